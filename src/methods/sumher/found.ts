import type { Estimate } from '../../estimate/estimate.js';
import { type TraitFacts, traitWarnings } from '../../estimate/trait-facts.js';
import { liabilityFactor } from '../../estimators/liability.js';
import type { SumherTrait } from '../../estimators/sumher/selection.js';
import type { SumherEstimate } from '../../estimators/sumher/sumher.js';
import type { Taggings } from '../../formats/tagging.js';
import { type SumherSource, sumherEstimate } from './estimate.js';
import { ldakFiles } from './ldak-files.js';

/** A fit in the terms of all methods, with LDAK's own files of it. */
export function sumherFound(
  trait: TraitFacts,
  statistics: SumherTrait,
  found: SumherEstimate,
  source: SumherSource & { readonly kind: Taggings['kind'] },
): Estimate {
  const { cases } = trait;
  const liability = cases && { factor: liabilityFactor(cases.prevalence, cases.ascertainment) };
  const estimate = sumherEstimate(trait, statistics, found, source);
  return {
    ...estimate,
    warnings: [...estimate.warnings, ...traitWarnings(trait)],
    native: { files: ldakFiles(found, source.kind, liability) },
  };
}

/** LDAK's files, for the help of every command that writes them. */
export const LDAK_OUTPUTS = [
  {
    file: '<out>.hers, .cats, .share, .enrich, .extra, .taus, .cross, .labels',
    what: "LDAK's files; <out>.<trait>.hers and so on where there are several traits",
  },
  { file: '<out>.hers.liab, .cats.liab', what: 'the same on the liability scale (--prevalence)' },
] as const;
