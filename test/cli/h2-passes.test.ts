import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { GenotypeStore } from '../../src/genotypes/store.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { cohortFiles } from './cohort-files.js';
import { heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-passes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [SAMPLES, VARIANTS] = [300, 240];

beforeAll(() => {
  const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 4 });
  const y = randomNormals(SAMPLES, 1).map((e, i) => e + genotypes[5][i] / 2);
  const files = cohortFiles({ genotypes, chromosome: (v) => 1 + Math.floor(v / 80), traits: { y } });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content!);
});

/** Passes over the genotypes of a run: variants that were read, over all there are; and how often they were counted. */
async function passesOf(words: readonly string[]) {
  let read = 0;
  let counted = 0;
  const { open, count } = GenotypeStore.prototype;
  const opening = vi.spyOn(GenotypeStore.prototype, 'open').mockImplementation(async function (
    this: GenotypeStore,
    ...args
  ) {
    const block = await open.apply(this, args);
    if (block.resident) read += args[0].length;
    const { tiles } = block;
    return {
      ...block,
      tiles: () => {
        if (!block.resident) read += args[0].length;
        return tiles();
      },
    };
  });
  const counting = vi.spyOn(GenotypeStore.prototype, 'count').mockImplementation(function (
    this: GenotypeStore,
    ...args
  ) {
    counted++;
    return count.apply(this, args);
  });
  try {
    const data = ['--bfile', join(folder, 'study'), '--pheno', join(folder, 'study.pheno')];
    const { exitCode, stderr } = await heredity([
      ...words,
      ...data,
      ...['--threads', '1', '--quiet', '--out', join(folder, words.join('-'))],
    ]);
    expect([exitCode, stderr.match(/^error.*/m)]).toEqual([0, null]);
  } finally {
    opening.mockRestore();
    counting.mockRestore();
  }
  return { passes: read / VARIANTS, counted };
}

it('what methods share is read once', async () => {
  const methods = ['gre', 'he', 'ldsc', 'sldsc-maf', 'sumher-gcta', 'sumher-ldak'];
  const alone: number[] = [];
  for (const method of methods) alone.push((await passesOf(['h2', '--methods', method])).passes);
  const together = await passesOf(['h2', '--methods', methods.join(',')]);
  expect(together.counted).toBe(1);
  // counting once for all; the scan of the traits once for the four methods that take its statistics
  const sum = alone.reduce((total, passes) => total + passes, 0);
  const [countings, scans] = [methods.length - 1, 3];
  expect(together.passes).toBeLessThanOrEqual(sum - countings - scans);
});
