import type { TraitSet } from '../../cohort/trait-set.js';
import { isHeredityError } from '../../errors.js';
import { type Estimate, quantity, scaled } from '../../estimate/estimate.js';
import { warning } from '../../estimate/warnings.js';
import { type PcgcData, type PcgcEstimate, pcgc } from '../../estimators/he/pcgc.js';

/**
 * The estimates with the heritability of the liability beside that of case status, by PCGC, for the traits whose share of cases in the
 * population is known. A trait of which it cannot be had keeps its estimate, and says why.
 */
export async function withLiability(
  estimates: readonly Estimate[],
  traits: Pick<TraitSet, 'facts' | 'traitValues'>,
  data: PcgcData,
  settings: { readonly vectors: number; readonly seed: number },
): Promise<Estimate[]> {
  const found: Estimate[] = [];
  const values = traits.traitValues();
  for (const [index, estimate] of estimates.entries()) {
    const { cases } = traits.facts[index];
    if (!cases) {
      found.push(estimate);
      continue;
    }
    try {
      const own = await pcgc(data, { index, status: values[index], ...cases }, settings);
      found.push(onLiability(estimate, own, cases));
    } catch (error) {
      if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
      const text = `no heritability of the liability: ${error.problem}`;
      found.push({
        ...estimate,
        warnings: [...estimate.warnings, warning('note', text, error.details.fix ?? null)],
      });
    }
  }
  return found;
}

function onLiability(
  estimate: Estimate,
  { h2, se, explained }: PcgcEstimate,
  cases: { readonly prevalence: number; readonly ascertainment: number },
): Estimate {
  const liability = quantity(h2, se, 'analytic');
  const hasCovariates = Number(estimate.diagnostics.covariates) > 1;
  return {
    ...estimate,
    liability: { ...liability, ...cases },
    quantities: {
      ...estimate.quantities,
      ...(hasCovariates && { 'whole-liability': scaled(liability, 1 / (1 + explained)) }),
    },
    diagnostics: {
      ...estimate.diagnostics,
      ...(hasCovariates && { liabilityOfCovariates: explained / (1 + explained) }),
    },
  };
}
