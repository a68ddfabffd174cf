import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SHARED, sharedFile } from '../../shared.js';
import { heredity, resultUnder } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-he-related-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function warned(name: string, bfile: string, ...words: string[]) {
  const out = join(folder, name);
  const { exitCode, stderr } = await heredity(['he', '--bfile', bfile, '--out', out, ...words]);
  expect(exitCode).toBe(0);
  const [{ warnings, quantities, h2 }] = resultUnder(out)!.estimates;
  return {
    codes: warnings.map(({ code }: { code: string }) => code),
    jackknife: quantities.jackknife.se,
    h2,
    stderr,
  };
}

describe.skipIf(!SHARED)('a sample of close relatives', () => {
  it('is told from one of unrelated people by what the jackknife says beside theory', async () => {
    const mouse = sharedFile('data/mouse-hs/mouse');
    const mice = await warned('mice', mouse, '--pheno', `${mouse}.pheno`, '--pheno-name', 'CD8');
    expect(mice.codes).toContain('related-people');
    expect(mice.stderr).toContain('as in samples of related people');
    // theory's error is the one that stands: the jackknife's, a tenth of it, is of the variants and not of the animals
    expect(mice.h2.se).toBeGreaterThan(3 * mice.jackknife);

    const bench = sharedFile('data/bench5k/bench');
    const words = ['--pheno', `${bench}.pheno`, '--pheno-name', 'p1', '--chr', '1-4'];
    const people = await warned('people', bench, ...words);
    expect(people.codes).not.toContain('related-people');
  });
});
