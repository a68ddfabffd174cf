import { associationWork, fitWork } from '../../association/linear.js';
import type { Dataset } from '../../cohort/dataset.js';
import { ldakWeightsOf } from '../../cohort/dataset-ld.js';
import {
  checkModelFlags,
  inSampleTaggings,
  type ModelFlags,
  TAGGING_WINDOW_KB,
  taggingNeeds,
} from '../../cohort/heritability-model.js';
import { TraitColumns } from '../../cohort/trait-columns.js';
import type { Estimate } from '../../estimate/estimate.js';
import { sumher } from '../../estimators/sumher/sumher.js';
import { prefixesOfTraits } from '../../formats/output-prefixes.js';
import type { Taggings } from '../../formats/tagging.js';
import type { HeritabilityModelName } from '../../genotypes/heritability-model.js';
import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { together } from '../../kernels/rates.js';
import type { FlagSet, FlagValues } from '../../options/flags.js';
import { type WindowReachFlags, windowReach } from '../../options/window-flags.js';
import { genotypesIn } from '../../plan.js';
import type { RunContext } from '../../run.js';
import { type ColumnEstimate, chiSquares, columnEstimates, put, taken, VARIANTS_PER_MS } from '../columns.js';
import { eachTrait } from '../each-trait.js';
import type { MethodName } from '../facts.js';
import { defineMethod, type MethodPlan, type PlannedWork, type PreparedMethod } from '../method.js';
import { LDAK_OUTPUTS, sumherFound } from './found.js';
import { type fitOptions, ldakModelOptions, powerOptions, sumherOptions } from './options.js';
import { sumherPairs } from './rg.js';

/** SumHer where every variant is expected to hold the same. */
export const sumherGcta = sumherOf('sumher-gcta', 'gcta', sumherOptions);
/** SumHer under the LDAK model, which the published comparison used. */
export const sumherLdak = sumherOf('sumher-ldak', 'ldak', ldakModelOptions);
/** SumHer under LDAK's Human Default model. */
export const sumherHd = sumherOf('sumher-hd', 'human-default', sumherOptions);
/** SumHer on variants thinned for LD. */
export const sumherLdakThin = sumherOf('sumher-ldak-thin', 'ldak-thin', sumherOptions);
/** SumHer with a power of frequency and weights of one's own. */
export const sumherPower = sumherOf('sumher-power', undefined, powerOptions);

/** What the options of all models have in common; those that a model does not have are undefined. */
type SumherFlags = Omit<ModelFlags, 'model' | 'power' | 'weights' | 'thin'> &
  Partial<Pick<ModelFlags, 'power' | 'weights' | 'thin'>> &
  WindowReachFlags &
  FlagValues<typeof fitOptions>;

/**
 * SumHer as in the published comparison: in-sample taggings of all variants within 1 Mb to each side, no confounding, all
 * variants in the fit, standard errors from the curvature of the likelihood (METHODS 8.5).
 */
function sumherOf<const F extends FlagSet>(
  name: MethodName,
  model: HeritabilityModelName | undefined,
  options: F,
) {
  return defineMethod({
    options,
    genotypeShare: () => 0.5, // the other half is for r² of neighbours
    natives: { outputs: LDAK_OUTPUTS, prefixes: prefixesOfTraits },
    plan: (work, values) => plan(work, { ...(values as unknown as SumherFlags), model }),
    prepare: (data, values: FlagValues<F>, run) =>
      prepare(name, data, { ...(values as unknown as SumherFlags), model }, run),
  });
}

function plan(
  { open, packed, memory, sizes, threads }: PlannedWork,
  flags: SumherFlags & Pick<ModelFlags, 'model'>,
): MethodPlan {
  const { people, variants, traits } = sizes;
  const reach = windowReach(flags, TAGGING_WINDOW_KB);
  const { work, memory: beside } = taggingNeeds(open, { people, threads }, modelFlags(flags), reach);
  const step = { name: 'taggings', variants, memory: genotypesIn(packed, memory / 2), work };
  const association = together(associationWork(people, variants, traits), fitWork(variants, traits));
  return {
    preparing: [{ ...step, memory: { ...step.memory, ...beside } }],
    steps: [{ ...step, name: 'association and fit', work: association }],
    passes: packed <= memory / 2 ? 1 : 2,
  };
}

async function prepare(
  method: MethodName,
  data: Dataset,
  flags: SumherFlags & Pick<ModelFlags, 'model'>,
  run: RunContext,
): Promise<PreparedMethod> {
  const own = modelFlags(flags);
  checkModelFlags(own);
  const tags = await taggingsOf(data, own, flags, run);
  const { jackknifeBlocks: blocks, genomicControl: scaling, intercept, cutoff } = flags;
  const name = own.model ?? `power ${own.power}`;
  const source = { method, taggings: tags, kind: tags.kind, model: name, cutoff };
  return {
    pairs: (traits, run) => sumherPairs(method, tags, traits, { blocks, intercept }, run),
    async evaluate(traits, run) {
      if (data.manyTraits && traits instanceof TraitColumns)
        return evaluateColumns(method, data, traits, tags, blocks);
      const statistics = await traits.statistics(run);
      const size = { people: data.samples, variants: data.genotypes.count };
      return eachTrait(traits.facts, method, size, (trait, t) => {
        const { chi2, n } = statistics[t];
        const given = { statistics: chi2, n };
        const [found] = sumher(data.pool.kernels, tags, [given], { blocks, scaling, intercept, cutoff });
        return sumherFound(trait, given, found, source);
      });
    },
  };
}

/** The model whole: what is not an option of the method is left as it is. */
function modelFlags(flags: SumherFlags & Pick<ModelFlags, 'model'>): ModelFlags {
  const { model: name, power, weights, thin = false } = flags;
  const isOwn = name === undefined;
  return {
    ...flags,
    model: name,
    power: isOwn ? power : undefined,
    weights: isOwn ? weights : undefined,
    thin,
  };
}

async function taggingsOf(
  data: Dataset,
  own: ModelFlags,
  flags: WindowReachFlags,
  run: RunContext,
): Promise<Taggings> {
  const reach = windowReach(flags, TAGGING_WINDOW_KB);
  const weights = () => ldakWeightsOf(data, run);
  const made = await inSampleTaggings(data.counted, own, reach, data.memory / 2, data.told(run), weights);
  const { kind, names, variants, tagging, byCategory, contribution, sizes, reference } = made;
  const facts = { kind, names, variants, contribution, sizes, reference };
  return { ...facts, tagging: toSharedFloat64(tagging), byCategory: toSharedFloat64(byCategory) };
}

/** h² and standard error of one of many columns into `out`. */
const sumherColumn = defineTask(
  'sumherColumn',
  (
    kernels,
    tags: Taggings,
    blocks: number,
    b: Float64Array,
    columns: number,
    column: number,
    n: number,
    out: Float64Array,
  ): void => put(out, () => columnOf(kernels, tags, blocks, b, columns, column, n)),
);

function columnOf(
  kernels: Kernels,
  tags: Taggings,
  blocks: number,
  b: Float64Array,
  columns: number,
  column: number,
  n: number,
): ColumnEstimate {
  const statistics = chiSquares(b, columns, column, n).chi2;
  const [{ h2 }] = sumher(kernels, tags, [{ statistics, n }], { blocks });
  return { h2: h2.estimate, se: h2.se };
}

/** Many traits of everybody, a column a thread. */
async function evaluateColumns(
  method: MethodName,
  data: Dataset,
  traits: TraitColumns,
  tags: Taggings,
  blocks: number,
): Promise<Estimate[]> {
  const { columns } = traits;
  const { pool, degreesOfFreedom: n } = data;
  const b = await traits.marginalEffects();
  const calls = Array.from(
    { length: columns },
    (_, c) => [tags, blocks, b, columns, c, n, sharedFloat64(2)] as const,
  );
  await pool.run(sumherColumn, calls, { milliseconds: b.length / VARIANTS_PER_MS });
  const outs = calls.map((call) => call[6]);
  const found = taken(outs, (c) => columnOf(pool.kernels, tags, blocks, b, columns, c, n));
  return columnEstimates(data, traits.facts, method, 'curvature', found);
}
