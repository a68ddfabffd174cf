import { describe, expect, it } from 'vitest';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { simulateFounders } from '../../src/simulation/founders.js';
import { addFst, driftFounders, type FstSums } from '../../src/simulation/groups.js';
import { copiesOf, simulate } from './simulated.js';

const FOUNDERS = {
  seed: 1,
  chromosome: 1,
  variants: 400,
  founders: 300,
  minFrequency: 0.05,
  spacing: 20_000,
};

/** Correlation of two columns of alleles. */
function r2(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const p = a.reduce((x, y) => x + y) / n;
  const q = b.reduce((x, y) => x + y) / n;
  const joint = a.reduce((sum, x, i) => sum + x * b[i], 0) / n;
  return (joint - p * q) ** 2 / (p * (1 - p) * q * (1 - q));
}

describe('driftFounders', () => {
  it.each([0.01, 0.1])('drives groups apart by an F_ST of %d, on average over populations', (fst) => {
    const populations = 24;
    const values = Array.from({ length: populations }, (_, seed) => {
      const founders = simulateFounders(typescriptKernels, { ...FOUNDERS, seed });
      const sums: FstSums[] = [];
      const groups = [0, 1].map((group) =>
        driftFounders(typescriptKernels, founders, { seed, chromosome: 1, group, fst }),
      );
      addFst(sums, groups);
      return sums[0];
    });
    const between = values.reduce((sum, value) => sum + value.between, 0);
    const total = values.reduce((sum, value) => sum + value.total, 0);
    const mean = between / total;
    const sd = Math.sqrt(
      values.reduce((sum, value) => sum + (value.between / value.total - mean) ** 2, 0) / (populations - 1),
    );
    expect(Math.abs(mean - fst)).toBeLessThan((3 * sd) / Math.sqrt(populations));
    expect(sd / Math.sqrt(populations)).toBeLessThan(0.15 * fst);
  });

  it('keeps LD: neighbours are correlated in a group as they are in the population, up to drift', () => {
    const founders = simulateFounders(typescriptKernels, { ...FOUNDERS, spacing: 5000 });
    const group = driftFounders(typescriptKernels, founders, { seed: 1, chromosome: 1, group: 0, fst: 0.02 });
    const column = ({ alleles, stride }: typeof founders, v: number) =>
      Array.from({ length: FOUNDERS.founders }, (_, h) => (alleles[h * stride + (v >> 3)] >> (v & 7)) & 1);
    let [inPopulation, inGroup, pairs] = [0, 0, 0];
    for (let v = 0; v + 1 < FOUNDERS.variants; v++) {
      const own = r2(column(group, v), column(group, v + 1));
      if (Number.isNaN(own)) continue; // an allele that drifted away
      inPopulation += r2(column(founders, v), column(founders, v + 1));
      inGroup += own;
      pairs++;
    }
    expect(pairs).toBeGreaterThan(390);
    expect(inPopulation / pairs).toBeGreaterThan(0.15);
    expect(Math.abs(inGroup / pairs - inPopulation / pairs)).toBeLessThan(0.04);
  });

  it('says which F_ST is in reach of so few founders', () => {
    const founders = simulateFounders(typescriptKernels, FOUNDERS);
    expect(() =>
      driftFounders(typescriptKernels, founders, { seed: 1, chromosome: 1, group: 0, fst: 0.003 }),
    ).toThrow(/--fst is out of reach.*a number above 0\.0033/);
  });
});

describe('simulateGenotypes in groups', () => {
  it('gives people of each group its frequencies, whatever the sizes', async () => {
    const sizes = [701, 802, 500];
    const { genotypes, variants } = await simulate({
      seed: 4,
      samples: 2003,
      variants: [600, 400],
      groups: { sizes, fst: 0.08 },
    });
    const starts = [0, 701, 1503, 2003];
    const sums = { between: 0, total: 0 };
    for (let v = 0; v < 1000; v++) {
      const copies = copiesOf(genotypes, v);
      const [p, q] = [0, 2].map((g) => {
        const own = copies.subarray(starts[g], starts[g + 1]);
        return own.reduce((a, b) => a + b, 0) / (2 * own.length);
      });
      const [n, m] = [2 * sizes[0] - 1, 2 * sizes[2] - 1];
      sums.between += (p - q) ** 2 - (p * (1 - p)) / n - (q * (1 - q)) / m;
      sums.total += p * (1 - q) + q * (1 - p);
    }
    // pairs of groups are listed as 1 and 2, 1 and 3, 2 and 3
    expect(variants.fst).toHaveLength(3);
    expect(Math.abs(sums.between / sums.total - variants.fst[1])).toBeLessThan(0.004);
    expect(Math.abs(variants.fst[1] - 0.08)).toBeLessThan(0.03);
  });
});
