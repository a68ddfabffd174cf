import { describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { factorLocalRuns } from '../../src/ld/local-runs.js';
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
  it('is that of its LD, less the collinear variants', async () => {
    const genotypes = randomGenotypes(300, SAMPLES, { seed: 5, missing: 0.03 });
    genotypes[20] = genotypes[19]; // a copy next to it
    genotypes[130] = genotypes[5].map((copies) => (copies < 0 ? -1 : 2 - copies)); // the other allele, far away
    const x = genotypes.map((row) => standardised(meanImputed(row)));
    const runs = await runsOf(genotypes, [], 150);
    expect(runs).toHaveLength(2);
    for (const { first, variants, kept, factor } of runs) {
      const rank = kept.length;
      expect(rank).toBe(variants - (first === 0 ? 1 + Number(variants > 130) : 0));
      expect(new Set(kept).size).toBe(rank);
      expect(kept.every((v) => v >= first && v < first + variants)).toBe(true);
      let largest = 0;
      for (let i = 0; i < rank; i += 3) {
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k <= j; k++) product += factor[i * variants + k] * factor[j * variants + k];
          largest = Math.max(largest, Math.abs(product - dot(x[kept[i]], x[kept[j]]) / SAMPLES));
        }
      }
      expect(largest).toBeLessThan(1e-10);
    }
  });
});
