import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSumstats, SumstatsWriter } from '../../src/formats/sumstats.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith, folderWith } from './folder.js';

test('columns in any order and case; rows without values are counted', async () => {
  const text =
    'snp\tN\tz\tA1\tA2\tINFO\nrs1\t1000\t-1.5\tA\tG\t1\nrs2\t\t\t\t\t\nrs3\t1e3\tNA\tT\tC\t1\nrs4\t999.5\t2\tTA\tT\tNA\n';
  for (const content of [text, gzipSync(text)]) {
    const { ids, ...columns } = await readSumstats(fileWith(content));
    expect(ids.texts()).toEqual(['rs1', 'rs4']);
    expect(columns).toEqual({
      count: 2,
      allele1: ['A', 'TA'],
      allele2: ['G', 'T'],
      z: Float64Array.of(-1.5, 2),
      n: Float64Array.of(1000, 999.5),
      skipped: 2,
    });
  }
});

test('A1 is the allele of the effect; variants without a result are left out and counted', async () => {
  const folder = folderWith();
  const variants = { id: ['rs1', 'rs2', 'rs3'], allele1: ['A', 'C', 'G'], allele2: ['T', 'G', 'A'] };
  for (const name of ['x.sumstats', 'x.sumstats.gz']) {
    const writer = await SumstatsWriter.create(join(folder, name), variants);
    await writer.append({
      variant: Int32Array.of(0, 1, 2),
      effectAllele: Uint8Array.of(2, 1, 1),
      z: Float64Array.of(-12.3456789, Number.NaN, 1e-5),
      n: Int32Array.of(337205, 5, 337000),
    });
    expect(writer.skipped).toBe(1);
    await writer.finish();
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    expect(text).toBe('SNP\tA1\tA2\tZ\tN\nrs1\tT\tA\t-12.3457\t337205\nrs3\tG\tA\t1e-05\t337000\n');
  }
});

test.skipIf(SHARED === undefined).each([
  ['data/sumstats/sim-part-chr21-22.sumstats.gz', 34958, 'rs3965725', -1.76, 200000],
  ['data/sumstats/BBJ_BMI_EAS_chr22.munged.sumstats.gz', 15212, 'rs738157', 0.401, 188613],
  ['expected/peers/bench5k.p1.sumstats.gz', 20000, 'rs2', 0.614771, 5000],
])('%s', async (name, count, id, z, n) => {
  const sumstats = await readSumstats(sharedFile(name));
  expect([sumstats.count, sumstats.skipped]).toEqual([count, 0]);
  const index = sumstats.ids.indexOf(id);
  expect([sumstats.z[index], sumstats.n[index]]).toEqual([z, n]);
});
