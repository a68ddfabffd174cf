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
