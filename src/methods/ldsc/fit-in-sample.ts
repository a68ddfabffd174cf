import { HeredityError } from '../../errors.js';
import type { Estimate } from '../../estimate/estimate.js';
import { type TraitFacts, traitWarnings } from '../../estimate/trait-facts.js';
import type { LdscTrait } from '../../estimators/ldsc/h2.js';
import type { InSampleScores, ScoreModel } from '../../estimators/ldsc/in-sample.js';
import type { Kernels } from '../../kernels/kernels.js';
import { largest } from '../../linalg/extremes.js';
import { LossTable } from '../../provenance.js';
import { ldscEstimate } from './estimate.js';
import type { LdscFlags } from './flags.js';
import { type MethodFlags, runH2 } from './h2.js';
import { keepRows } from './merge.js';
import { ldscFiles } from './native-files.js';
import { aboveAll } from './warnings.js';

export interface InSampleWork {
  readonly trait: TraitFacts;
  readonly scores: InSampleScores;
  readonly model: ScoreModel;
  /** χ² and people of every variant of the scores; NaN where the association has no result. */
  readonly statistics: LdscTrait;
  /** Undefined where it is free. */
  readonly intercept: number | undefined;
  readonly flags: MethodFlags & Partial<Pick<LdscFlags, 'printCov' | 'printDeleteVals'>>;
  readonly kernels: Kernels;
}

/**
 * The regression on LD scores of the people themselves, with the settings of the GRE paper's "LDSC (in-sample)" (all SNPs
 * counted, no limit on χ²), and with all SNPs in both steps unless a first step is given.
 * @throws HeredityError `degenerate-data` for a trait without association results, and as the regression.
 */
export function fitInSample(work: InSampleWork): Estimate {
  const { trait, scores, model, flags, kernels, intercept } = work;
  const { chi2, n } = work.statistics;
  const { length } = chi2;
  const losses = new LossTable(length);
  const rows = Int32Array.from({ length }, (_, k) => k).filter((k) => !Number.isNaN(chi2[k]));
  losses.step('association', rows.length, 'no result of the association');
  if (rows.length < 2)
    throw new HeredityError('degenerate-data', `trait ${trait.name} has no association result`);
  const statistics = {
    chi2: Float64Array.from(rows, (k) => chi2[k]),
    n: Float64Array.from(rows, (k) => n[k]),
  };
  const mostChi2 = largest(statistics.chi2);
  const result = runH2(
    {
      trait,
      ld: keepRows(scores.ld, rows),
      names: scores.names,
      statistics,
      intercept,
      overlap: scores.overlap,
      quantiles: [],
      losses,
      kernels,
    },
    {
      ...flags,
      chisqMax: flags.chisqMax ?? null,
      usualTwoStep: scores.names.length === 1 ? aboveAll(mostChi2) : undefined,
    },
  );
  const estimate = ldscEstimate(result, model, { reference: length, heritability: length }, 'in-sample');
  return {
    ...estimate,
    warnings: [...estimate.warnings, ...traitWarnings(trait)],
    native: { text: result.logText, losses: result.losses, files: ldscFiles(result, flags) },
  };
}
