import { HeredityError } from '../errors.js';
import { defineModel, positive, share, table } from './model.js';
import { variantVariance } from './tagging-variants.js';

/** Effect of a variant under the power law a(p) = k p^-g (METHODS 10.3). */
function powerLawEffect(frequency: number, k: number, g: number): number {
  return k * frequency ** -g;
}

/** Variance of listed variants, and of those at or above each threshold (a variant at the threshold counts as seen). */
function varianceAbove(frequencies: readonly number[], k: number, g: number, thresholds: readonly number[]) {
  const variances = frequencies.map((p) => variantVariance(p, powerLawEffect(p, k, g)));
  const above = (threshold: number) =>
    variances.reduce((sum, variance, j) => sum + (frequencies[j] >= threshold ? variance : 0), 0);
  return { variances, total: above(0), seen: thresholds.map(above) };
}

export const rareVariantList = defineModel({
  name: 'rare-variant-list',
  description:
    'Variants of given frequencies with effects a(p) = k p^-g contribute v(p) = 2 p (1 - p) k2 p^-2g each. An array sees ' +
    'those with a frequency of at least its threshold, sequencing those of at least its own.',
  source: 'chapter on missing heritability, problem 5086625',
  formulas: ['v(p) = 2 p (1 − p) k² p^{−2g}', 'V_{array} = Σ v(p) over p ≥ t_{array}'],
  inputs: {
    variants: table(
      'variants',
      {
        maf: {
          kind: 'number',
          label: 'minor allele frequency',
          unit: 'frequency',
          min: 0,
          max: 0.5,
          open: 'min',
        },
      },
      [0.0005, 0.002, 0.01, 0.03, 0.1, 0.3].map((maf) => ({ maf })),
    ),
    k: positive('effect k of a variant of frequency 1', 'units of the trait', 0.1),
    g: {
      kind: 'number',
      label: 'exponent g of the effect size p^-g',
      unit: '',
      min: 0,
      max: 3,
      default: 0.5,
    },
    arrayThreshold: share('lowest frequency that the array sees', 0.05, 'frequency'),
    sequencingThreshold: share('lowest frequency that sequencing sees', 0.001, 'frequency'),
  },
  outputs: {
    total: { label: 'variance of all variants', unit: 'units of the trait squared' },
    array: { label: 'variance that the array sees', unit: 'units of the trait squared' },
    sequencing: { label: 'variance that sequencing sees', unit: 'units of the trait squared' },
    arrayShare: { label: 'share that the array sees', unit: 'share of V_A' },
    sequencingShare: { label: 'share that sequencing sees', unit: 'share of V_A' },
    gained: { label: 'share that sequencing sees and the array misses', unit: 'share of V_A' },
  },
  curve: {
    over: 'g',
    from: 0,
    to: 1,
    outputs: ['arrayShare', 'sequencingShare'],
    yLabel: 'share of V_A that is seen',
  },
  evaluate({ variants, k, g, arrayThreshold, sequencingThreshold }) {
    if (sequencingThreshold > arrayThreshold) {
      throw new HeredityError('usage', '--sequencing-threshold is above --array-threshold', {
        value: sequencingThreshold,
        expected: `at most ${arrayThreshold}, frequency`,
      });
    }
    const frequencies = variants.map(({ maf }) => maf);
    const { variances, total, seen } = varianceAbove(frequencies, k, g, [
      arrayThreshold,
      sequencingThreshold,
    ]);
    const [array, sequencing] = seen;
    return {
      values: {
        total,
        array,
        sequencing,
        arrayShare: array / total,
        sequencingShare: sequencing / total,
        gained: (sequencing - array) / total,
      },
      rows: frequencies.map((maf, j) => ({ maf, effect: powerLawEffect(maf, k, g), variance: variances[j] })),
    };
  },
  claims: (_, { values }, { twinH2 }) => [
    {
      pool: 'low-frequency and rare variants',
      label: 'listed variants too rare for the array',
      amount: (1 - values.arrayShare) * twinH2,
    },
  ],
});
