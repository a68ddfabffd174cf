import { associationWork, fitWork } from '../../association/linear.js';
import type { Dataset } from '../../cohort/dataset.js';
import { unpartitionedScores } from '../../cohort/dataset-ld.js';
import { TraitColumns } from '../../cohort/trait-columns.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import type { Estimate } from '../../estimate/estimate.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { estimateH2 } from '../../estimators/ldsc/h2.js';
import {
  type InSampleScores,
  inSampleScores,
  inSampleScoresWork,
  type ScoreModel,
} from '../../estimators/ldsc/in-sample.js';
import { estimatePartitioned } from '../../estimators/ldsc/partitioned.js';
import type { LdScores } from '../../estimators/ldsc/score-regression.js';
import { prefixesOfTraits } from '../../formats/output-prefixes.js';
import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { together } from '../../kernels/rates.js';
import { ldscMinorFrequencies } from '../../ld/annotations.js';
import { variantWindows } from '../../ld/windows.js';
import type { FlagSet, FlagValues } from '../../options/flags.js';
import { type WindowReachFlags, windowReach } from '../../options/window-flags.js';
import { genotypesIn } from '../../plan.js';
import type { RunContext } from '../../run.js';
import { chiSquares, columnEstimates, put, taken, VARIANTS_PER_MS } from '../columns.js';
import { eachTrait } from '../each-trait.js';
import { defineMethod, type MethodPlan, type PlannedWork, type PreparedMethod } from '../method.js';
import { fitInSample } from './fit-in-sample.js';
import {
  inSampleAnnotationOptions,
  inSampleOptions,
  type LdscFlags,
  readIntercepts,
  WINDOW_KB,
} from './flags.js';
import { inSamplePairs } from './rg-in-sample.js';
import { INTERCEPT_CAVEAT } from './warnings.js';

/**
 * LD score regression with LD scores of the people themselves (r² adjusted, within 1 Mb to each side), which are the weights,
 * too; all variants in the regression and in M, free intercept, no limit on χ² (METHODS 3.4), and all SNPs in both steps: a first
 * step of small χ² alone biases the intercept where many SNPs are associated.
 */
export const ldsc = inSampleMethod('ldsc', inSampleOptions);

/** The same by ten bins of allele frequency with as many variants each (METHODS 4.6). */
export const sldscMaf = inSampleMethod('sldsc-maf', inSampleAnnotationOptions);

/** The same by these and the level of LD within them. */
export const sldscMafLld = inSampleMethod('sldsc-maf-lld', inSampleAnnotationOptions);

/** What the options of all models have in common; one that a model does not have is undefined. */
type InSampleFlags = WindowReachFlags &
  Pick<LdscFlags, 'nBlocks' | 'chisqMax' | 'interceptH2' | 'fixedAtNull' | 'printDeleteVals'> & {
    readonly twoStep?: number | undefined;
    readonly printCov?: boolean;
  };

type Settings = Pick<InSampleFlags, 'nBlocks' | 'twoStep'>;

/** Said where the rule differs from LDSC's. */
const IN_SAMPLE_STEPS =
  'From genotypes all SNPs determine the intercept, whatever their χ²: a first step of χ² below 30, as LDSC has it, makes h² too low where many SNPs are associated (--two-step 30 brings it back).';

/** What the engine's heap takes for regressions with jackknife blocks, intercepts free and fixed, and their pictures. */
const REGRESSION_HEAP = 25e6;

function inSampleMethod<const F extends FlagSet>(model: ScoreModel, options: F) {
  return defineMethod({
    options,
    genotypeShare: () => 0.5, // the other half is for r² of neighbours
    memory: () => REGRESSION_HEAP,
    natives: {
      outputs: [
        { file: '<out>[.<trait>].delete', what: 'h² without each block (--print-delete-vals)' },
        ...(model === 'ldsc'
          ? []
          : [{ file: '<out>[.<trait>].cov, .part_delete', what: 'the same of the coefficients' }]),
      ],
      prefixes: prefixesOfTraits,
    },
    plan: (work, values) => planInSample(model, work, values as unknown as InSampleFlags),
    prepare: (data, values: FlagValues<F>, run) =>
      prepareLdsc(model, data, values as unknown as InSampleFlags, run),
  });
}

function planInSample(
  model: ScoreModel,
  { open, packed, memory, own, sizes }: PlannedWork,
  flags: WindowReachFlags,
): MethodPlan {
  const { variants, fileset } = open;
  const reach = windowReach(flags, WINDOW_KB);
  const windows = variantWindows(fileset.variants, variants, reach, fileset.variantFile);
  const passes = model === 'sldsc-maf-lld' ? 3 : 2;
  const step = {
    name: 'LD scores',
    variants: sizes.variants,
    memory: { ...genotypesIn(packed, (memory - own) / 2), process: own },
    work: inSampleScoresWork(windows, sizes.people, model),
  };
  const association = together(
    associationWork(sizes.people, sizes.variants, sizes.traits),
    fitWork(sizes.variants, sizes.traits),
  );
  return {
    preparing: [step],
    steps: [{ ...step, name: 'association and fit', work: association }],
    passes: packed <= (memory - own) / 2 ? 1 : passes,
  };
}

async function prepareLdsc(
  model: ScoreModel,
  data: Dataset,
  flags: InSampleFlags,
  run: RunContext,
): Promise<PreparedMethod> {
  const scores = await scoresOf(model, data, flags, run);
  const { log } = data.told(run);
  const { nBlocks, twoStep } = flags;
  return {
    ...(model === 'ldsc' && {
      pairs: (traits: TraitSet, own: RunContext) =>
        inSamplePairs(scores.ld, traits, { method: 'ldsc', blocks: nBlocks }, own),
    }),
    async evaluate(traits, own) {
      if (data.manyTraits && traits instanceof TraitColumns)
        return evaluateColumns(model, data, traits, scores.ld, { nBlocks, twoStep });
      const { facts } = traits;
      const intercepts = readIntercepts(flags, facts[0].place?.requested ?? facts.length);
      const interceptOf = ({ place }: TraitFacts, t: number) => intercepts[place?.position ?? t];
      if (model === 'ldsc' && twoStep === undefined && intercepts.includes(undefined))
        log.info(IN_SAMPLE_STEPS);
      log.info(`\n${INTERCEPT_CAVEAT}`);
      const statistics = await traits.statistics(own);
      const { kernels } = data.pool;
      const settings = { ...flags, twoStep, printCoefficients: false };
      const size = { people: data.samples, variants: data.genotypes.count };
      return eachTrait(facts, model, size, (trait, t) =>
        fitInSample({
          trait,
          scores,
          model,
          statistics: statistics[t],
          intercept: interceptOf(trait, t),
          flags: settings,
          kernels,
        }),
      );
    },
  };
}

/** LD scores by the model, made once; those of all variants in the usual window are shared with other methods. */
async function scoresOf(
  model: ScoreModel,
  data: Dataset,
  flags: WindowReachFlags,
  run: RunContext,
): Promise<InSampleScores> {
  const reach = windowReach(flags, WINDOW_KB);
  const isUsual = reach.unit === 'kb' && reach.reach === WINDOW_KB;
  if (model === 'ldsc' && isUsual) {
    const scores = await unpartitionedScores(data, run);
    const ld = { scores: [scores], weightScores: scores, counts: [scores.length] };
    return { ld, names: ['base'], overlap: undefined };
  }
  return data.once(`ld scores of ${model} within ${reach.reach} ${reach.unit}`, async () => {
    const { genotypes } = data;
    const { fileset } = data.counted;
    const windows = variantWindows(fileset.variants, genotypes.variants, reach, fileset.variantFile);
    const maf = ldscMinorFrequencies(genotypes.statistics);
    const made = await inSampleScores(genotypes, windows, maf, model, run);
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
  return estimateH2(ld, [statistics], { blocks, twoStep, kernels })[0];
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
