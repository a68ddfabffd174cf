import { checkTotal, defineModel, type NumberInput, notNegative, positive, share } from './model.js';

/** Variants of one kind: their variance, how well tags follow them, and how detection falls with their length. */
export interface VariantClass {
  /** Share of the trait's variance. */
  readonly variance: number;
  readonly r2: number;
  /** Base pairs; 0 is always detected. */
  readonly length: number;
  /** Length at which half are detected, in base pairs. */
  readonly halfLength: number;
  /** Steepness kappa of the fall. */
  readonly steepness: number;
}

/** Probability that a variant is detected, 1 / (1 + (L / lambda)^kappa) (METHODS 10.5). */
export function detectionProbability(length: number, halfLength: number, steepness: number): number {
  return length === 0 ? 1 : 1 / (1 + (length / halfLength) ** steepness);
}

/** Variance that an array observes of a class: detection x tagging x variance. */
function observedVariance({ variance, r2, length, halfLength, steepness }: VariantClass): number {
  return detectionProbability(length, halfLength, steepness) * r2 * variance;
}

function length(label: string, fallback: number): NumberInput {
  return notNegative(label, 'base pairs', fallback);
}

export const structural = defineModel({
  name: 'structural',
  description:
    'Of a variant of length L a caller detects the share p_det(L) = 1 / (1 + (L / lambda)^kappa), one half at L = lambda, ' +
    'and array SNPs then follow it with r2: observed variance = p_det r2 V. Single-nucleotide variants (SNVs) are always ' +
    'detected. The defaults put V = .30 into SNVs, .12 into structural variants (SVs) and .08 into short tandem repeats (STRs).',
  source: 'chapter on missing heritability, problem 5086621',
  formulas: ['p_{det}(L) = 1 / (1 + (L / λ)^{κ})', 'V_{observed} = Σ p_{det}(L) r² V'],
  inputs: {
    snvVariance: share('variance of SNVs', 0.3),
    snvR2: share('r2 of SNVs with their tags', 0.9, 'r2'),
    svVariance: share('variance of structural variants', 0.12),
    svR2: share('r2 of structural variants with their tags', 0.3, 'r2'),
    svLength: length('length of structural variants', 5000),
    svHalfLength: positive('length lambda at which half of them are detected', 'base pairs', 1000),
    svSteepness: notNegative('steepness kappa of their detection', '', 2),
    strVariance: share('variance of tandem repeats', 0.08),
    strR2: share('r2 of tandem repeats with their tags', 0.4, 'r2'),
    strLength: length('length of tandem repeats', 50),
    strHalfLength: positive('length lambda at which half of them are detected', 'base pairs', 100),
    strSteepness: notNegative('steepness kappa of their detection', '', 1.5),
  },
  outputs: {
    svDetection: { label: 'structural variants detected', unit: 'probability' },
    strDetection: { label: 'tandem repeats detected', unit: 'probability' },
    total: { label: 'variance of all three kinds', unit: 'share of variance' },
    observed: { label: 'variance observed', unit: 'share of variance' },
    missedSnv: { label: 'missed from SNVs', unit: 'share of variance' },
    missedSv: { label: 'missed from structural variants', unit: 'share of variance' },
    missedStr: { label: 'missed from tandem repeats', unit: 'share of variance' },
  },
  curve: {
    over: 'svLength',
    from: 10,
    to: 1e5,
    scale: 'log',
    outputs: ['observed', 'missedSv'],
    yLabel: 'share of variance',
  },
  evaluate(v) {
    const snv = { variance: v.snvVariance, r2: v.snvR2, length: 0, halfLength: 1, steepness: 1 };
    const sv = {
      variance: v.svVariance,
      r2: v.svR2,
      length: v.svLength,
      halfLength: v.svHalfLength,
      steepness: v.svSteepness,
    };
    const str = {
      variance: v.strVariance,
      r2: v.strR2,
      length: v.strLength,
      halfLength: v.strHalfLength,
      steepness: v.strSteepness,
    };
    const total = snv.variance + sv.variance + str.variance;
    checkTotal(['snvVariance', 'svVariance', 'strVariance'], total, 'any');
    const missed = (one: VariantClass) => one.variance - observedVariance(one);
    return {
      values: {
        svDetection: detectionProbability(sv.length, sv.halfLength, sv.steepness),
        strDetection: detectionProbability(str.length, str.halfLength, str.steepness),
        total,
        observed: observedVariance(snv) + observedVariance(sv) + observedVariance(str),
        missedSnv: missed(snv),
        missedSv: missed(sv),
        missedStr: missed(str),
      },
    };
  },
  claims: (_, { values }) => [
    {
      pool: 'structural variants and repeats',
      label: 'structural variants and repeats not seen',
      amount: values.missedSv + values.missedStr,
    },
    { pool: 'common variants', label: 'SNVs tagged imperfectly', amount: values.missedSnv },
  ],
});
