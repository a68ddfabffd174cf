import { liabilityFactor } from '../estimators/liability.js';
import { type LiabilityQuantity, type Quantity, scaled } from './estimate.js';

/**
 * @param prevalence share of cases in the population; @param ascertainment share of cases in the sample.
 * @returns an observed-scale heritability of a case-control trait on the liability scale.
 * @throws HeredityError `usage` for shares that are not between 0 and 1.
 */
export function onLiabilityScale(h2: Quantity, prevalence: number, ascertainment: number): LiabilityQuantity {
  return { ...scaled(h2, liabilityFactor(prevalence, ascertainment)), prevalence, ascertainment };
}
