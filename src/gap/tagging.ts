import { checkTotal, defineModel, share } from './model.js';

/** A class of causal variants: the heritability they carry, and the mean r2 between them and their best tags. */
export interface TaggedClass {
  readonly h2: number;
  readonly r2: number;
}

/** Heritability that tags capture, sum over classes of E[r2 | class] h2_class (METHODS 10.2). */
export function capturedByTags(classes: readonly TaggedClass[]): number {
  return classes.reduce((sum, { h2, r2 }) => sum + r2 * h2, 0);
}

export const tagging = defineModel({
  name: 'tagging',
  description:
    'A causal variant that is not on the array is seen through a tag in linkage disequilibrium with it, and a tag captures ' +
    'the share r2 of its variance. Common variants are tagged well, low-frequency variants badly: captured h2 = E[r2 | ' +
    'common] h2_common + E[r2 | low-frequency] h2_low-frequency. With several tags a variant, r2 is that of the regression ' +
    'on all of them. "heredity gap tagging-variants" takes a list of variants instead.',
  source: 'chapter on missing heritability, problem 5086633',
  formulas: ['h²_{captured} = E[r² | common] h²_{common} + E[r² | low] h²_{low}'],
  inputs: {
    h2Common: share('heritability from common variants', 0.2),
    r2Common: share('mean r2 of common causal variants with their tags', 0.9, 'r2'),
    h2LowFrequency: share('heritability from low-frequency variants', 0.3),
    r2LowFrequency: share('mean r2 of low-frequency causal variants with their tags', 0.25, 'r2'),
  },
  outputs: {
    total: { label: 'heritability', unit: 'share of variance' },
    captured: { label: 'heritability captured by the array', unit: 'share of variance' },
    capturedShare: { label: 'captured share of it', unit: 'share of h2' },
    missedCommon: { label: 'missed from common variants', unit: 'share of variance' },
    missedLowFrequency: { label: 'missed from low-frequency variants', unit: 'share of variance' },
  },
  curve: {
    over: 'r2LowFrequency',
    from: 0,
    to: 1,
    outputs: ['captured', 'missedLowFrequency'],
    yLabel: 'share of variance',
  },
  evaluate({ h2Common, r2Common, h2LowFrequency, r2LowFrequency }) {
    const total = h2Common + h2LowFrequency;
    checkTotal(['h2Common', 'h2LowFrequency'], total, 'positive');
    const captured = capturedByTags([
      { h2: h2Common, r2: r2Common },
      { h2: h2LowFrequency, r2: r2LowFrequency },
    ]);
    return {
      values: {
        total,
        captured,
        capturedShare: captured / total,
        missedCommon: (1 - r2Common) * h2Common,
        missedLowFrequency: (1 - r2LowFrequency) * h2LowFrequency,
      },
    };
  },
  claims: (_, { values }) => [
    { pool: 'common variants', label: 'common variants tagged imperfectly', amount: values.missedCommon },
    {
      pool: 'low-frequency and rare variants',
      label: 'low-frequency variants tagged badly',
      amount: values.missedLowFrequency,
    },
  ],
});
