import type { Dataset } from '../../cohort/dataset.js';
import { scoreWindows, unpartitionedScores } from '../../cohort/dataset-ld.js';
import { TraitColumns } from '../../cohort/trait-columns.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { isHeredityError } from '../../errors.js';
import type { Estimate } from '../../estimate/estimate.js';
import { failedEstimate } from '../../estimate/trait-facts.js';
import { estimateH2 } from '../../estimators/ldsc/h2.js';
import { type InSampleScores, inSampleScores, type ScoreModel } from '../../estimators/ldsc/in-sample.js';
import { estimatePartitioned } from '../../estimators/ldsc/partitioned.js';
import type { LdScores } from '../../estimators/ldsc/score-regression.js';
import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { ldscMinorFrequencies } from '../../ld/annotations.js';
import type { RunContext } from '../../run.js';
import { chiSquares, columnEstimates, put, taken, VARIANTS_PER_MS } from '../columns.js';
import { estimandOf } from '../facts.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { fitInSample } from './fit-in-sample.js';
import { ldscOptions, regressionOptions } from './flags.js';
import { inSamplePairs } from './rg-in-sample.js';

interface Settings {
  readonly nBlocks: number;
  readonly twoStep: number | undefined;
}

/**
 * LD score regression with LD scores of the people themselves (r² adjusted, within 1 Mb to each side), which are the weights,
 * too; all variants in the regression and in M, free intercept, no limit on χ² (METHODS 3.4).
 */
export const ldsc = defineMethod({
  options: ldscOptions,
  prepare: (data, options, run) => prepareLdsc('ldsc', data, options, run),
});

/** The same by ten bins of allele frequency with as many variants each (METHODS 4.6). */
export const sldscMaf = defineMethod({
  options: regressionOptions,
  prepare: (data, { nBlocks }, run) => prepareLdsc('sldsc-maf', data, { nBlocks, twoStep: undefined }, run),
});

/** The same by these and the level of LD within them. */
export const sldscMafLld = defineMethod({
  options: regressionOptions,
  prepare: (data, { nBlocks }, run) =>
    prepareLdsc('sldsc-maf-lld', data, { nBlocks, twoStep: undefined }, run),
});

async function prepareLdsc(
  model: ScoreModel,
  data: Dataset,
  settings: Settings,
  run: RunContext,
): Promise<PreparedMethod> {
  const scores = await scoresOf(model, data, run);
  return {
    ...(model === 'ldsc' && {
      pairs: (traits: TraitSet, own: RunContext) => inSamplePairs(scores.ld, traits, settings.nBlocks, own),
    }),
    async evaluate(traits, own) {
      if (data.manyTraits && traits instanceof TraitColumns)
        return evaluateColumns(model, data, traits, scores.ld, settings);
      const statistics = await traits.statistics(own);
      return traits.facts.map((trait, t): Estimate => {
        const flags = { ...settings, chisqMax: null, printCoefficients: false };
        const { kernels } = data.pool;
        const work = {
          trait,
          scores,
          model,
          statistics: statistics[t],
          intercept: undefined,
          flags,
          kernels,
        };
        try {
          return fitInSample(work).estimate;
        } catch (error) {
          if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
          const { count } = data.genotypes;
          const estimand = estimandOf(model, { reference: count, regression: null, heritability: count });
          return failedEstimate(
            trait.name,
            model,
            data.samples,
            estimand,
            error.problem,
            error.details.fix ?? null,
          );
        }
      });
    },
  };
}

/** LD scores by the model, made once; those of all variants are shared with other methods. */
async function scoresOf(model: ScoreModel, data: Dataset, run: RunContext): Promise<InSampleScores> {
  if (model === 'ldsc') {
    const scores = await unpartitionedScores(data, run);
    const ld = { scores: [scores], weightScores: scores, counts: [scores.length] };
    return { ld, names: ['base'], overlap: undefined };
  }
  return data.once(`ld scores of ${model}`, async () => {
    const { genotypes } = data;
    const maf = ldscMinorFrequencies(genotypes.statistics);
    const made = await inSampleScores(genotypes, scoreWindows(data), maf, model, run);
    const { scores, weightScores, counts } = made.ld;
    const ld = { scores: scores.map(toSharedFloat64), weightScores: toSharedFloat64(weightScores), counts };
    return { ...made, ld };
  });
}

/** h² and standard error of one of many columns into `out`. */
const ldscColumn = defineTask(
  'ldscColumn',
  (
    kernels,
    ld: LdScores,
    settings: Settings,
    b: Float64Array,
    columns: number,
    column: number,
    n: number,
    out: Float64Array,
  ): void => put(out, () => columnOf(kernels, ld, settings, b, columns, column, n)),
);

function columnOf(
  kernels: Kernels,
  ld: LdScores,
  { nBlocks: blocks, twoStep }: Settings,
  b: Float64Array,
  columns: number,
  column: number,
  n: number,
) {
  const statistics = chiSquares(b, columns, column, n);
  if (ld.scores.length > 1)
    return estimatePartitioned(ld, [statistics], { chi2Max: null, blocks, kernels })[0];
  return estimateH2(ld, [statistics], { blocks, twoStep })[0];
}

/** Many traits of everybody, a column a thread. */
async function evaluateColumns(
  model: ScoreModel,
  data: Dataset,
  traits: TraitColumns,
  ld: LdScores,
  settings: Settings,
): Promise<Estimate[]> {
  const { columns } = traits;
  const { pool, degreesOfFreedom: n } = data;
  const b = await traits.marginalEffects();
  const calls = Array.from(
    { length: columns },
    (_, c) => [ld, settings, b, columns, c, n, sharedFloat64(2)] as const,
  );
  await pool.run(ldscColumn, calls, { milliseconds: (ld.scores.length * b.length) / VARIANTS_PER_MS });
  const outs = calls.map((call) => call[6]);
  const found = taken(outs, (c) => columnOf(pool.kernels, ld, settings, b, columns, c, n));
  return columnEstimates(data, traits.facts, model, 'jackknife', found);
}
