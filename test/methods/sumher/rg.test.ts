import { expect, it } from 'vitest';
import type { TraitSet } from '../../../src/cohort/trait-set.js';
import type { Taggings } from '../../../src/formats/tagging.js';
import { sumherPairs } from '../../../src/methods/sumher/rg.js';
import { silentRun } from '../../../src/run.js';
import { randomNormals } from '../../genotype-data.js';

const VARIANTS = 400;
const N = 10_000;
/** Each variant expects a tenth of a unit of heritability. */
const SIZE = 0.1 * VARIANTS;
const tagging = Float64Array.from(randomNormals(VARIANTS, 2), (x) => 1 + x * x);
const taggings: Taggings = {
  kind: 'annotations',
  names: ['Base'],
  variants: VARIANTS,
  tagging,
  byCategory: tagging.map((t) => 0.1 * t),
  contribution: Float64Array.of(SIZE),
  sizes: Float64Array.of(VARIANTS),
  reference: VARIANTS,
};

/** Z scores whose squares are what SumHer expects for a heritability, without chance. */
const scores = (h2: number) =>
  tagging.map((t, j) => (j % 2 ? -1 : 1) * Math.sqrt(1 + (N * h2 * 0.1 * t) / SIZE));

it('finds what statistics without chance have in them, whatever the unit of expected heritability', async () => {
  const z = [scores(0.3), scores(0.3).map((value) => -value)];
  const n = new Float64Array(VARIANTS).fill(N);
  const traits = {
    facts: ['a', 'b'].map((name) => ({ name, kind: 'quantitative' })),
    statistics: async () => z.map((own) => ({ z: own, n, chi2: own.map((value) => value * value) })),
  } as unknown as TraitSet;
  const options = { blocks: 20, intercept: false };
  const [pair] = await sumherPairs('sumher-ldak', taggings, traits, options, silentRun);
  expect(pair.method).toBe('sumher-ldak');
  expect(pair.rg.value).toBeCloseTo(-1, 10);
  expect(pair.covariance.value).toBeCloseTo(-0.3, 10);
  expect(pair.quantities['cross-intercept'].value).toBeCloseTo(-1, 8);
});
