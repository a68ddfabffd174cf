import { expect, it } from 'vitest';
import { expectedHeritability } from '../../src/genotypes/heritability-model.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { taggings } from '../../src/ld/tagging.js';
import { operatorOf, range } from '../fixture.js';
import { meanImputed, randomGenotypes, standardised } from '../genotype-data.js';

it.each([true, false])('sums up what the categories give to neighbours: adjusted %s', async (adjusted) => {
  const [variants, samples, reach] = [12, 80, 3];
  const genotypes = randomGenotypes(variants, samples, { seed: 4, missing: 0.05 });
  const pool = new KernelPool(loadKernels('auto'), 1);
  const operator = await operatorOf(genotypes, pool);
  const expected = expectedHeritability(operator.statistics, -0.25);
  const windows = {
    first: Int32Array.from({ length: variants }, (_, j) => Math.max(0, j - reach)),
    last: Int32Array.from({ length: variants }, (_, j) => Math.min(variants - 1, j + reach)),
  };
  const annotation = Array.from({ length: variants }, (_, l) => (l % 3 === 0 ? 0.5 * l : 0));
  const values = Float64Array.from([...annotation, ...new Array(variants).fill(1)]);
  const result = await taggings(
    operator,
    windows,
    expected,
    { kind: 'annotations', names: ['a', 'Base'], values },
    { adjusted },
  );

  const x = genotypes.map((row) => standardised(meanImputed(row)));
  const r2 = (j: number, k: number) => {
    const raw = (x[j].reduce((sum, value, i) => sum + value * x[k][i], 0) / samples) ** 2;
    return j === k ? 1 : raw - (adjusted ? (1 - raw) / (samples - 2) : 0);
  };
  for (let j = 0; j < variants; j++) {
    const near = Array.from(range(windows.first[j], windows.last[j] + 1));
    const sum = (term: (l: number) => number) => near.reduce((total, l) => total + term(l) * r2(j, l), 0);
    expect(result.tagging[j]).toBeCloseTo(
      sum(() => 1),
      10,
    );
    expect(result.byCategory[j]).toBeCloseTo(
      sum((l) => annotation[l] * expected[l]),
      10,
    );
    expect(result.byCategory[variants + j]).toBeCloseTo(
      sum((l) => expected[l]),
      10,
    );
  }
  const inside = Array.from(range(0, variants)).filter((l) => annotation[l] !== 0);
  const total = (list: number[], a: (l: number) => number) =>
    list.reduce((sum, l) => sum + a(l) * expected[l], 0);
  const all = Array.from(range(0, variants));
  const [s00, s01, s10, s11] = result.contribution;
  expect(s00).toBeCloseTo(
    total(inside, (l) => annotation[l]),
    10,
  );
  expect(s01).toBeCloseTo(
    total(inside, () => 1),
    10,
  );
  expect(s10).toBeCloseTo(
    total(all, (l) => annotation[l]),
    10,
  );
  expect(s11).toBeCloseTo(
    total(all, () => 1),
    10,
  );
  expect(Array.from(result.sizes)).toEqual([3, 12]);
});
