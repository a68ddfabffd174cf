import { HeredityError } from '../errors.js';
import { normalDensity, normalQuantile } from '../linalg/distributions.js';

/**
 * Factor from observed-scale to liability-scale heritability of a case-control trait, K²(1-K)² / (P(1-P) φ(t)²) with
 * t = Φ⁻¹(1-K) (Lee 2011; METHODS 3.7). Standard errors take the same factor.
 *
 * @param prevalence K, share of cases in the population; @param ascertainment P, share of cases in the sample.
 * @throws HeredityError `usage` when either is not strictly between 0 and 1.
 */
export function liabilityFactor(prevalence: number, ascertainment: number): number {
  for (const [flag, value] of [
    ['--prevalence', prevalence],
    ['--ascertainment', ascertainment],
  ] as const) {
    if (!(value > 0 && value < 1)) {
      throw new HeredityError('usage', `${flag} is not a share of people`, {
        value,
        expected: 'a number between 0 and 1, both excluded',
      });
    }
  }
  const density = normalDensity(normalQuantile(1 - prevalence));
  return (prevalence * (1 - prevalence)) ** 2 / (ascertainment * (1 - ascertainment) * density ** 2);
}

/**
 * How much the selection of cases and controls shrinks what a regression on genotypes explains of a case-control trait. In a sample
 * with a share P of cases, genetic liability g of variance h² has the mean i h² among cases and -i' h² among controls (i = φ/K,
 * i' = φ/(1-K)), and within them the variance h² (1 - i (i - t) h²) and h² (1 - i' (i' + t) h²) (truncated normal distributions). So
 * the share of the variance of case status that g explains in the sample is, on the liability scale of {@link liabilityFactor},
 *
 *     h² / (1 + B h²),   B = P (1-P) (i + i')² - P i (i - t) - (1-P) i' (i' + t).
 *
 * @param prevalence K. @param ascertainment P.
 * @returns B; about 0 where cases have their share of the population and are common.
 */
export function ascertainmentShrinkage(prevalence: number, ascertainment: number): number {
  const t = normalQuantile(1 - prevalence);
  const cases = normalDensity(t) / prevalence;
  const controls = normalDensity(t) / (1 - prevalence);
  return (
    ascertainment * (1 - ascertainment) * (cases + controls) ** 2 -
    ascertainment * cases * (cases - t) -
    (1 - ascertainment) * controls * (controls + t)
  );
}
