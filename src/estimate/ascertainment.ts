import { ascertainmentShrinkage, liabilityFactor } from '../estimators/liability.js';
import { significant } from './number.js';
import type { TraitFacts } from './trait-facts.js';
import { type Warning, warning } from './warnings.js';

/** A share of the estimate below which its bias is not worth a word. */
const MATTERS = 0.03;
const REPAIR = 'heredity he --prevalence K estimates it without this bias (PCGC; docs/case-control.md)';

/**
 * What the selection of cases does to methods that explain case status by genotypes, as GRE and REML do: the variance that a block or
 * the whole genome explains in the sample is too small, the more so the more it explains.
 * @param observed heritabilities of what the method fits at a time, on the observed scale: blocks, or all at once.
 * @param isAtMost whether the method falls short by the whole of it only with very many people.
 */
export function ascertainmentWarnings(
  { cases }: TraitFacts,
  observed: readonly (number | null)[],
  isAtMost: boolean,
): Warning[] {
  if (!cases) return [];
  const { prevalence, ascertainment } = cases;
  const shrinkage = ascertainmentShrinkage(prevalence, ascertainment);
  const factor = liabilityFactor(prevalence, ascertainment);
  const found = observed.map((value) => Math.max(0, (value ?? 0) * factor));
  const sum = found.reduce((total, value) => total + value, 0);
  // h² / (1 + B h²) solved for h²; beyond its range the liability is explained whole
  const whole = found.reduce(
    (total, value) => total + Math.min(1, value / Math.max(1e-9, 1 - shrinkage * value)),
    0,
  );
  const short = 1 - sum / whole;
  if (!(Math.abs(short) > MATTERS)) return [];
  const direction = short > 0 ? 'low' : 'high';
  const size = `${isAtMost ? 'by up to about' : 'by about'} ${significant(100 * Math.abs(short), 2)} %`;
  return [
    warning(
      'ascertained',
      `${sampling(cases)}: the heritability of the liability is too ${direction} ${size}, as selection changes what genotypes explain among cases and controls`,
      REPAIR,
    ),
  ];
}

/** What a free intercept of LD score regression does to an ascertained trait: it takes part of the signal. */
export function interceptWarnings({ cases }: TraitFacts, isFree: boolean): Warning[] {
  if (!cases || !isFree) return [];
  const { prevalence, ascertainment } = cases;
  if (!(ascertainmentShrinkage(prevalence, ascertainment) > MATTERS)) return [];
  return [
    warning(
      'ascertained',
      `${sampling(cases)}: with a free intercept the heritability of the liability is too low, by about a sixth where that was measured (prevalence 0.05, half the sample cases, h² 0.5), as the intercept takes part of the signal`,
      `compare with --intercept-h2 1, which is right without confounding; ${REPAIR}`,
    ),
  ];
}

function sampling({ prevalence, ascertainment }: NonNullable<TraitFacts['cases']>): string {
  return `cases are ${significant(100 * ascertainment, 2)} % of the sample and ${significant(100 * prevalence, 2)} % of the population`;
}
