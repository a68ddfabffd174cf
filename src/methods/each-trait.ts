import { type HeredityError, isHeredityError } from '../errors.js';
import type { Estimate } from '../estimate/estimate.js';
import { failedEstimate, type TraitFacts } from '../estimate/trait-facts.js';
import { estimandOf, type MethodName } from './facts.js';

/**
 * One estimate a trait; a trait on which none exists gets one without a number that says why.
 * @param people of the run. @param variants behind the method.
 * @throws HeredityError of the first trait where there is no estimate for any.
 */
export function eachTrait(
  traits: readonly TraitFacts[],
  method: MethodName,
  { people, variants }: { readonly people: number; readonly variants: number },
  estimate: (trait: TraitFacts, position: number) => Estimate,
): Estimate[] {
  const problems: HeredityError[] = [];
  const found = traits.map((trait, t) => {
    try {
      return estimate(trait, t);
    } catch (error) {
      if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
      problems.push(error);
      const estimand = estimandOf(method, { reference: variants, regression: null, heritability: variants });
      return failedEstimate(trait.name, method, people, estimand, error.problem, error.details.fix ?? null);
    }
  });
  if (traits.length > 0 && problems.length === traits.length) throw problems[0];
  return found;
}
