import { HeredityError } from '../errors.js';
import { normalCdf, normalDensity, normalQuantile } from '../linalg/distributions.js';
import { integrate } from '../linalg/quadrature.js';
import { count, defineModel, positive, share } from './model.js';

/** |z| that a test must exceed for a two-sided P value; 5.4513 for 5e-8. */
export function significanceThreshold(pValue: number): number {
  return -normalQuantile(pValue / 2);
}

/**
 * Chance that a variant explaining the share v of the variance is significant among n samples: the noncentrality is
 * n v / (1 - v), power = P(chi2_1(ncp) > z*^2) (METHODS 10.12); it tends to 1 as v does.
 */
export function gwasPower(v: number, samples: number, threshold: number): number {
  if (v >= 1) return 1;
  const shift = Math.sqrt((samples * v) / (1 - v));
  return normalCdf(shift - threshold) + normalCdf(-shift - threshold);
}

/** Mean over causal variants of power and of power times variance, for a mean variance a variant. */
export function expectedDiscoveries(
  meanVariance: number,
  samples: number,
  threshold: number,
  effects: 'equal' | 'normal',
): { readonly power: number; readonly variance: number } {
  if (effects === 'equal') {
    const power = gwasPower(meanVariance, samples, threshold);
    return { power, variance: power * meanVariance };
  }
  // Effects z ~ N(0, 1): v = z^2 times the mean; symmetric, and nothing is left beyond |z| = 12. Power rises from the
  // significance level to 1 where the test's mean passes the threshold, which many samples make a step near 0.
  const effectAt = (shift: number) => Math.sqrt(shift ** 2 / (samples + shift ** 2) / meanVariance);
  const ends = [Math.max(0, threshold - 8), threshold, threshold + 8].map(effectAt);
  const cuts = [0, ...ends, 1 / Math.sqrt(meanVariance), 12].filter((z) => z <= 12).sort((a, b) => a - b);
  const over = (f: (v: number, power: number) => number) => {
    const density = (z: number) => {
      const v = meanVariance * z * z;
      return normalDensity(z) * f(v, gwasPower(v, samples, threshold));
    };
    return 2 * cuts.slice(1).reduce((sum, to, k) => sum + integrate(density, cuts[k], to, 32), 0);
  };
  return { power: over((_, power) => power), variance: over((v, power) => v * power) };
}

/** A word where so few causal variants share h2 that normal effects pass the variance of the trait. */
function tooLarge(meanVariance: number): string[] {
  const share = 2 * normalCdf(-1 / Math.sqrt(meanVariance));
  if (share < 1e-6) return [];
  return [
    `${Number((100 * share).toPrecision(2))} % of normally distributed effects would each explain more than all of the variance: with so few causal variants see --effects equal`,
  ];
}

export const gwasPowerModel = defineModel({
  name: 'gwas-power',
  description:
    'Thousands of causal variants each explain little. One that explains the share v reaches significance among N samples ' +
    'with power P(chi2(N v / (1 - v)) > 29.72) at P = 5e-8, so hits explain sum v x power on average: h2 of the hits is ' +
    'below h2 of all SNPs, and rises to it only with the sample size. SNP estimators that use all SNPs do not pay this price.',
  source: 'chapter on missing heritability, section on polygenicity',
  formulas: [
    'power(v) = P(χ²_{1}(λ) > z²_{α}),  λ = N v / (1 − v)',
    'h²_{hits} = Σ_{j} v_{j} · power(v_{j})',
  ],
  inputs: {
    h2: { ...share('heritability of all SNPs', 0.31), open: 'min' },
    causal: count('causal variants', 10_000),
    samples: count('samples N', 300_000, 2),
    pValue: { ...positive('P value of significance', 'probability', 5e-8, 1), open: 'both' },
    effects: {
      kind: 'choice',
      label: 'whether effects (per SD of genotype) are all equal or normally distributed',
      words: ['normal', 'equal'],
      default: 'normal',
    },
  },
  outputs: {
    threshold: { label: 'significance threshold of |z|', unit: 'z' },
    chiSquare: { label: 'the same for chi-square', unit: 'chi-square units' },
    meanVariance: { label: 'mean variance of a causal variant', unit: 'share of variance' },
    power: { label: 'mean power', unit: 'probability' },
    hits: { label: 'expected significant variants', unit: 'count' },
    h2Hits: { label: 'heritability of significant variants', unit: 'share of variance' },
    hitShare: { label: 'their share of all SNPs', unit: 'share of h2' },
  },
  curve: {
    over: 'samples',
    from: 1e4,
    to: 1e7,
    scale: 'log',
    outputs: ['h2Hits'],
    yLabel: 'heritability of significant variants',
  },
  evaluate({ h2, causal, samples, pValue, effects }) {
    const meanVariance = h2 / causal;
    if (!(meanVariance < 1)) {
      throw new HeredityError('usage', 'one variant cannot explain all of the variance', {
        value: meanVariance,
        expected: '--h2 over --causal below 1',
      });
    }
    const threshold = significanceThreshold(pValue);
    const { power, variance } = expectedDiscoveries(meanVariance, samples, threshold, effects);
    return {
      values: {
        threshold,
        chiSquare: threshold ** 2,
        meanVariance,
        power,
        hits: causal * power,
        h2Hits: causal * variance,
        hitShare: variance / meanVariance,
      },
      warnings: effects === 'normal' ? tooLarge(meanVariance) : [],
    };
  },
  claims: ({ h2 }, { values }, { snps }) =>
    snps === 'all'
      ? []
      : [{ pool: 'small effects', label: 'SNPs too small to be significant', amount: h2 - values.h2Hits }],
});
