import { describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { factorLocalRuns, VARIANTS_BEFORE } from '../../src/ld/local-runs.js';
import { operatorOf } from '../fixture.js';
import { type Genotypes, meanImputed, randomGenotypes, standardised } from '../genotype-data.js';
import { dot } from '../regression.js';

const SAMPLES = 400;
const pool = new KernelPool(loadKernels(), 1);

async function runsOf(genotypes: Genotypes, breaks: readonly number[], size: number, resident = true) {
  // tiles of 256 variants: runs straddle them
  const operator = await operatorOf(genotypes, pool, { memory: resident ? 1e9 : 0, tileBytes: 1 });
  return factorLocalRuns(operator, breaks, size, 1e-9);
}

const startsOf = (runs: readonly { first: number }[]) => runs.map(({ first }) => first);

describe('runs', () => {
  const genotypes = randomGenotypes(900, SAMPLES, { seed: 3 });

  it.each([
    [[], 100],
    [[], 128],
    [[300, 650], 128],
    [[10, 890], 200],
    [[1, 2, 3], 5000],
    [[0, 450, 900], 450],
  ])('cover all variants once and never cross a chromosome (%j, %d)', async (breaks, size) => {
    const runs = await runsOf(genotypes, breaks, size);
    let end = 0;
    for (const { first, variants } of runs) {
      expect(first).toBe(end);
      expect(variants).toBeGreaterThan(0);
      end = first + variants;
      for (const edge of breaks) expect(edge > first && edge < end).toBe(false);
    }
    expect(end).toBe(900);
    for (const { variants } of runs) expect(variants).toBeLessThanOrEqual(1.5 * size + 1);
    const inside = breaks.filter((edge) => edge > 0 && edge < 900);
    expect(runs.length).toBeGreaterThanOrEqual(inside.length + 1);
  });

  it('are cut where LD across is weakest', async () => {
    // independent stretches of 100 to 147 variants, strong LD inside: the cuts belong between them
    const edges = [0, 117, 264, 380, 507, 640];
    const rows = edges
      .slice(1)
      .flatMap((end, k) => randomGenotypes(end - edges[k], SAMPLES, { seed: 30 + k, copying: 0.97 }));
    expect(startsOf(await runsOf(rows, [], 128))).toEqual(edges.slice(0, 5));
  });

  it('are the same for streamed genotypes', async () => {
    const [resident, streamed] = [
      await runsOf(genotypes, [300], 128),
      await runsOf(genotypes, [300], 128, false),
    ];
    expect(streamed).toEqual(resident);
  });
});

describe('the factor of a run', () => {
  it('is that of its LD and of the variants before it, less the collinear ones', async () => {
    const genotypes = randomGenotypes(300, SAMPLES, { seed: 5, missing: 0.03 });
    genotypes[20] = genotypes[19]; // a copy next to it
    genotypes[100] = genotypes[5].map((copies) => (copies < 0 ? -1 : 2 - copies)); // the other allele, far away
    const x = genotypes.map((row) => standardised(meanImputed(row)));
    const runs = await runsOf(genotypes, [], 150);
    expect(runs).toHaveLength(2);
    for (const [k, { first, variants, kept, before, factor }] of runs.entries()) {
      const rank = kept.length;
      expect(rank).toBe(variants - (first === 0 ? 2 : 0));
      expect(new Set(kept).size).toBe(rank);
      expect(kept.every((v) => v >= first && v < first + variants)).toBe(true);
      const given = Array.from(before, (row) => runs[k - 1].kept[row]);
      expect(given.every((v) => v >= first - VARIANTS_BEFORE && v < first)).toBe(true);
      expect(given.length).toBeGreaterThanOrEqual(Math.min(VARIANTS_BEFORE, first) - 2);
      const both = [...given, ...kept];
      let largest = 0;
      for (let i = 0; i < both.length; i += 3) {
        for (let j = 0; j < both.length; j++) {
          if (j > i) expect(factor[i * both.length + j]).toBe(0);
          let product = 0;
          for (let c = 0; c <= Math.min(i, j); c++)
            product += factor[i * both.length + c] * factor[j * both.length + c];
          largest = Math.max(largest, Math.abs(product - dot(x[both[i]], x[both[j]]) / SAMPLES));
        }
      }
      expect(largest).toBeLessThan(1e-10);
    }
  });

  it('is that of the run alone at the start of a chromosome, and where the run depends on variants before it', async () => {
    const genotypes = randomGenotypes(300, SAMPLES, { seed: 5 });
    expect((await runsOf(genotypes, [150], 150))[1].before).toHaveLength(0);
    const [first] = await runsOf(genotypes, [], 150);
    genotypes[first.variants + 30] = genotypes[first.variants - 30];
    const [, second] = await runsOf(genotypes, [], 150);
    expect(second.kept).toHaveLength(second.variants);
    expect(second.before).toHaveLength(0);
  });
});
