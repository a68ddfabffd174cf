import { HeredityError } from '../errors.js';
import { defineModel, positive, share, table } from './model.js';

export interface TaggedVariant {
  readonly variant: string;
  /** Minor allele frequency, 0 to 1/2. */
  readonly maf: number;
  /** Effect of one copy on the trait, in the trait's units. */
  readonly effect: number;
  /** Squared correlation with the best tag, or R2 on all tags. */
  readonly r2: number;
}

/** Variance that a variant in Hardy-Weinberg proportions contributes, 2 p (1 - p) a^2. */
export function variantVariance(frequency: number, effect: number): number {
  return 2 * frequency * (1 - frequency) * effect ** 2;
}

/** Variance of all variants, and what their tags capture of it, sum_j r2_j 2 p_j (1 - p_j) a_j^2 (METHODS 10.2). */
function variantsCaptured(variants: readonly TaggedVariant[], lowestR2: number) {
  const rows = variants.map(({ variant, maf, effect, r2 }) => {
    const variance = variantVariance(maf, effect);
    return { variant, maf, r2, variance, captured: r2 >= lowestR2 ? r2 * variance : 0 };
  });
  const sum = (key: 'variance' | 'captured') => rows.reduce((total, row) => total + row[key], 0);
  return { rows, total: sum('variance'), captured: sum('captured') };
}

/** Below this minor allele frequency a variant counts as low-frequency. */
const COMMON = 0.05;

export const taggingVariants = defineModel({
  name: 'tagging-variants',
  description:
    'Each causal variant contributes 2 p (1 - p) a2 / V_P, of which its tag captures the share r2; badly tagged (or badly ' +
    'imputed) variants can be left out with --lowest-r2, as an imputation filter does. Variants are taken as independent, ' +
    'in Hardy-Weinberg proportions.',
  source: 'chapter on missing heritability, problem 5086633',
  formulas: ['h²_{captured} = Σ_{j} r²_{j} · 2 p_{j} (1 − p_{j}) a_{j}² / V_{P}'],
  inputs: {
    variants: table(
      'causal variants',
      {
        variant: { kind: 'text', label: 'name of the variant' },
        maf: {
          kind: 'number',
          label: 'minor allele frequency',
          unit: 'frequency',
          min: 0,
          max: 0.5,
          open: 'min',
        },
        effect: {
          kind: 'number',
          label: 'effect of one copy',
          unit: 'units of the trait',
          min: -Number.MAX_VALUE,
          max: Number.MAX_VALUE,
        },
        r2: { kind: 'number', label: 'r2 with the tags', unit: 'r2', min: 0, max: 1 },
      },
      [
        { variant: 'common1', maf: 0.4, effect: 0.3, r2: 0.98 },
        { variant: 'common2', maf: 0.2, effect: 0.4, r2: 0.9 },
        { variant: 'lowfreq1', maf: 0.03, effect: 0.8, r2: 0.4 },
        { variant: 'lowfreq2', maf: 0.01, effect: -1.2, r2: 0.2 },
        { variant: 'rare1', maf: 0.002, effect: 2, r2: 0.05 },
      ],
    ),
    phenotypicVariance: positive('variance of the trait V_P', 'units of the trait squared', 1),
    lowestR2: share('leave out variants with a lower r2', 0, 'r2'),
  },
  outputs: {
    total: { label: 'heritability from these variants', unit: 'share of variance' },
    captured: { label: 'heritability captured by their tags', unit: 'share of variance' },
    capturedShare: { label: 'captured share of it', unit: 'share of h2' },
    missedCommon: {
      label: `missed from variants with a frequency of at least ${COMMON}`,
      unit: 'share of variance',
    },
    missedLowFrequency: { label: 'missed from rarer variants', unit: 'share of variance' },
  },
  curve: { over: 'lowestR2', from: 0, to: 1, outputs: ['captured'], yLabel: 'captured heritability' },
  evaluate({ variants, phenotypicVariance, lowestR2 }) {
    const { rows, total, captured } = variantsCaptured(variants, lowestR2);
    const h2 = total / phenotypicVariance;
    if (!(h2 > 0 && h2 <= 1 + 1e-9)) {
      throw new HeredityError(
        'usage',
        'these variants explain an impossible share of --phenotypic-variance',
        {
          value: h2,
          expected: 'above 0 and at most 1',
          fix: 'give effects and --phenotypic-variance in the same units',
        },
      );
    }
    const missed = (common: boolean) =>
      rows.reduce((sum, row) => sum + (row.maf >= COMMON === common ? row.variance - row.captured : 0), 0);
    return {
      values: {
        total: h2,
        captured: captured / phenotypicVariance,
        capturedShare: captured / total,
        missedCommon: missed(true) / phenotypicVariance,
        missedLowFrequency: missed(false) / phenotypicVariance,
      },
      rows,
    };
  },
  claims: (_, { values }) => [
    {
      pool: 'common variants',
      label: 'listed common variants tagged imperfectly',
      amount: values.missedCommon,
    },
    {
      pool: 'low-frequency and rare variants',
      label: 'listed rare variants tagged badly',
      amount: values.missedLowFrequency,
    },
  ],
});
