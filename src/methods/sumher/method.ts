import type { Dataset } from '../../cohort/dataset.js';
import { ldakWeightsOf, scoreWindows } from '../../cohort/dataset-ld.js';
import { TraitColumns } from '../../cohort/trait-columns.js';
import { isHeredityError } from '../../errors.js';
import type { Estimate } from '../../estimate/estimate.js';
import { failedEstimate, traitWarnings } from '../../estimate/trait-facts.js';
import { SUMHER_DEFAULTS, sumher } from '../../estimators/sumher/sumher.js';
import type { Taggings } from '../../formats/tagging.js';
import {
  expectedHeritability,
  HERITABILITY_MODELS,
  type HeritabilityModelName,
} from '../../genotypes/heritability-model.js';
import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { baseCategory, taggings } from '../../ld/tagging.js';
import { defineFlags, type FlagValues, integer } from '../../options/flags.js';
import type { RunContext } from '../../run.js';
import { type ColumnEstimate, chiSquares, columnEstimates, put, taken, VARIANTS_PER_MS } from '../columns.js';
import { estimandOf, type MethodName } from '../facts.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { sumherEstimate } from './estimate.js';

/** Options of every heritability model. */
export const sumherOptions = defineFlags({
  jackknifeBlocks: integer('blocks of variants for the jackknife', {
    heading: 'Method',
    min: 2,
    max: 100_000,
    default: SUMHER_DEFAULTS.blocks,
  }),
});

type SumherValues = FlagValues<typeof sumherOptions>;
type Model = Exclude<HeritabilityModelName, 'ldak-thin'>;

/** SumHer where every variant is expected to hold the same. */
export const sumherGcta = sumherOf('sumher-gcta', 'gcta');
/** SumHer under the LDAK model, which the published comparison used. */
export const sumherLdak = sumherOf('sumher-ldak', 'ldak');
/** SumHer under LDAK's Human Default model. */
export const sumherHd = sumherOf('sumher-hd', 'human-default');

/**
 * SumHer as in the published comparison: in-sample taggings of all variants within 1 Mb to each side, no confounding, all
 * variants in the fit, standard errors from the curvature of the likelihood (METHODS 8.5).
 */
function sumherOf(name: MethodName, model: Model) {
  return defineMethod({
    options: sumherOptions,
    prepare: (data, options, run) => prepareSumher(name, model, data, options, run),
  });
}

async function prepareSumher(
  method: MethodName,
  model: Model,
  data: Dataset,
  { jackknifeBlocks: blocks }: SumherValues,
  run: RunContext,
): Promise<PreparedMethod> {
  const tags = await data.once(`taggings of ${model}`, () => taggingsOf(model, data, run));
  return {
    async evaluate(traits, own) {
      if (data.manyTraits && traits instanceof TraitColumns)
        return evaluateColumns(method, data, traits, tags, blocks);
      const statistics = await traits.statistics(own);
      return traits.facts.map((trait, t): Estimate => {
        const { chi2, n } = statistics[t];
        const given = { statistics: chi2, n };
        try {
          const [found] = sumher(data.pool.kernels, tags, [given], { blocks });
          const estimate = sumherEstimate(trait, given, found, {
            method,
            taggings: tags,
            model,
            cutoff: undefined,
          });
          return { ...estimate, warnings: [...estimate.warnings, ...traitWarnings(trait)] };
        } catch (error) {
          if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
          const { count } = data.genotypes;
          const estimand = estimandOf(method, { reference: count, regression: null, heritability: count });
          return failedEstimate(
            trait.name,
            method,
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

async function taggingsOf(model: Model, data: Dataset, run: RunContext): Promise<Taggings> {
  const { genotypes } = data;
  const { power, weights } = HERITABILITY_MODELS[model];
  const own = weights === 'ldak' ? await ldakWeightsOf(data, run) : undefined;
  const expected = expectedHeritability(genotypes.statistics, power, own);
  const base = baseCategory(genotypes.count);
  const made = await taggings(genotypes, scoreWindows(data), expected, base, undefined, run);
  const { tagging, byCategory } = made;
  return { ...made, tagging: toSharedFloat64(tagging), byCategory: toSharedFloat64(byCategory) };
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
