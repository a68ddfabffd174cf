import { count, defineModel, notNegative, share, signed } from './model.js';

/**
 * LD score regression where confounding follows the LD score, E[chi2] = 1 + alpha + (N h2 / M + beta) l: the estimate is
 * h2 + M beta / N, the intercept 1 + alpha (METHODS 10.8).
 */
function confoundedLdsc(h2: number, samples: number, variants: number, alpha: number, beta: number) {
  const bias = (variants * beta) / samples;
  return { estimate: h2 + bias, bias, intercept: 1 + alpha, slope: (samples * h2) / variants + beta };
}

export const ldscBias = defineModel({
  name: 'ldsc-bias',
  description:
    'LD score regression tells confounding from polygenicity by assuming that confounding inflates all SNPs alike and so ' +
    'moves the intercept. Confounding that grows with the LD score l, E[g2 | l] = alpha + beta l, moves the slope as well, ' +
    'and is taken for heritability: the bias is exactly M beta / N. It makes the gap look smaller than it is.',
  source: 'chapter on missing heritability, problem 5086627',
  formulas: ['E[χ² | ℓ] = 1 + α + (N h² / M + β) ℓ', 'E[ĥ²] = h² + M β / N'],
  inputs: {
    h2: share('true SNP heritability', 0.31),
    samples: count('samples N', 100_000),
    variants: count('variants M', 1_000_000),
    alpha: notNegative('confounding alpha that all SNPs share', 'chi-square units', 0.02),
    beta: signed('confounding beta for each unit of LD score', 'chi-square units', 0.001),
  },
  outputs: {
    estimate: { label: 'estimated SNP heritability', unit: 'share of variance' },
    bias: { label: 'bias M beta / N', unit: 'share of variance', range: 'difference' },
    intercept: { label: 'intercept of the regression', unit: 'chi-square units' },
    slope: { label: 'slope of the regression', unit: 'chi-square units for each unit of LD score' },
  },
  curve: { over: 'beta', from: 0, to: 0.01, outputs: ['estimate', 'bias'], yLabel: 'share of variance' },
  evaluate({ h2, samples, variants, alpha, beta }) {
    return { values: confoundedLdsc(h2, samples, variants, alpha, beta) };
  },
  claims: (_, { values }) => [
    { pool: 'confounding', label: 'confounding taken for SNP heritability', amount: -values.bias },
  ],
});
