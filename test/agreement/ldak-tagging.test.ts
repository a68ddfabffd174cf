import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { flatTraits } from '../cli/flat-traits.js';
import { heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

const peer = (name: string) => readFileSync(sharedFile(`expected/peers/bench5k.${name}`));
const bench = (name: string) => sharedFile(`data/bench5k/bench${name}`);

describe.skipIf(!SHARED)('taggings of 20,000 variants', () => {
  it.each([
    ['gcta', '--power -1'],
    ['hd', '--model human-default'],
    ['ldak', '--power -0.25 --weights'],
  ])("are LDAK 6.2's, byte for byte: %s", async (model, flags) => {
    const weights = join(folder, 'weights');
    writeFileSync(weights, gunzipSync(peer('ldak.weights.short.gz')));
    const words = flags.endsWith('--weights') ? [...flags.split(' '), weights] : flags.split(' ');
    const out = join(folder, model);
    const { exitCode } = await heredity(
      ['ld', 'tagging', '--bfile', bench(''), '--ld-wind-cm', '1', '--out', out, '--quiet'].concat(words),
    );
    expect(exitCode).toBe(0);
    const theirs = gunzipSync(peer(`tag_${model}.tagging.gz`));
    expect(readFileSync(`${out}.tagging`).equals(theirs)).toBe(true);
  });
});

describe.skipIf(!SHARED)('SumHer from genotypes', () => {
  it("agrees with LDAK's from its own association, whose statistics have four decimals", async () => {
    const out = join(folder, 'direct');
    const { exitCode } = await heredity(
      ['sumher', '--bfile', bench(''), '--pheno', bench('.pheno'), '--covar', bench('.covar')].concat([
        '--model',
        'gcta',
        '--ld-wind-cm',
        '1',
        '--out',
        out,
        '--quiet',
      ]),
    );
    expect(exitCode).toBe(0);
    const traits = flatTraits(JSON.parse(readFileSync(`${out}.sumher-gcta.json`, 'utf8')));
    for (const { name, h2, se } of traits) {
      const [, theirs, theirSe] = peer(`sumher-gcta.${name}.hers`)
        .toString()
        .split('\n')[1]
        .split(' ')
        .map(Number);
      expect(h2, name).toBeCloseTo(theirs, 5);
      expect(se, name).toBeCloseTo(theirSe, 5);
    }
  });
});
