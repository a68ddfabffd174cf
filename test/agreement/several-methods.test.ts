import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heredity, resultUnder } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-several-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each method with the command that runs it alone. REML alone takes other people: all that are listed, as GCTA's two steps do. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  gre: ['gre'],
  he: ['he'],
  ldsc: ['ldsc'],
  'sldsc-maf': ['ldsc', '--model', 'sldsc-maf'],
  'sumher-gcta': ['sumher', '--model', 'gcta'],
};

describe.skipIf(SHARED === undefined)('heredity h2 on 5,000 people', () => {
  it('gives the numbers of each method alone, to the digit', { timeout: 240_000 }, async () => {
    const data = [
      ...['--bfile', sharedFile('data/bench5k/bench'), '--pheno', sharedFile('data/bench5k/bench.pheno')],
      // three chromosomes and a trait: with all of them this took as long as the rest of the folder
      ...['--chr', '1-3', '--pheno-name', 'p1'],
      ...['--covar', sharedFile('data/bench5k/bench.covar'), '--quiet'],
    ];
    const out = join(folder, 'all');
    const names = Object.keys(ALONE);
    const all = await heredity(['h2', ...data, '--methods', names.join(','), '--out', out]);
    expect([all.exitCode, all.stderr.match(/^error.*/m)]).toEqual([0, null]);
    const together = resultUnder(out, ['h2'])!.estimates;
    for (const [name, words] of Object.entries(ALONE)) {
      const own = await heredity([...words, ...data, '--out', join(folder, name)]);
      expect([name, own.exitCode, own.stderr.match(/^error.*/m)]).toEqual([name, 0, null]);
      const alone = resultUnder(join(folder, name), [name, words[0]])!.estimates;
      const same = together.filter(({ method }: { method: string }) => method === name);
      expect(same.length).toBeGreaterThan(0);
      const numbers = (estimates: { trait: string; h2: object; parts: object; quantities: object }[]) =>
        estimates.map(({ trait, h2, parts, quantities }) => ({ trait, h2, parts, quantities }));
      expect(numbers(same)).toEqual(numbers(alone));
    }
  });
});
