import { expect, it } from 'vitest';
import { taggingNeeds } from '../../src/cohort/heritability-model.js';
import type { ListedVariants } from '../../src/cohort/in-sample-weights.js';

const COUNT = 500;

/** Variants 10 kb apart on one chromosome. */
const listed = {
  variants: Int32Array.from({ length: COUNT }, (_, v) => v),
  fileset: {
    variantFile: 'study.bim',
    variants: {
      count: COUNT,
      chromosome: new Array<string>(COUNT).fill('1'),
      position: Int32Array.from({ length: COUNT }, (_, v) => 1 + 10_000 * v),
      id: Array.from({ length: COUNT }, (_, v) => `rs${v}`),
      centimorgan: new Float64Array(COUNT),
    },
  },
} as unknown as ListedVariants;

it.each(['gcta', 'ldak', 'ldak-thin'] as const)(
  'LD under the model %s goes with the people, those of a smaller study too',
  (model) => {
    const of = (people: number) =>
      taggingNeeds(listed, { people, threads: 2 }, { model, thin: false }, { unit: 'kb', reach: 1000 }).work
        .pairs!;
    expect(of(1000)).toBeGreaterThan(1000 * COUNT);
    expect(of(2000)).toBeCloseTo(2 * of(1000), 6);
  },
);
