import type { Dataset } from '../../cohort/dataset.js';
import { ldakWeightsOf, scoreWindows } from '../../cohort/dataset-ld.js';
import type { TraitColumns } from '../../cohort/trait-columns.js';
import { sumher } from '../../estimators/sumher/sumher.js';
import type { Taggings } from '../../formats/tagging.js';
import { expectedHeritability, HERITABILITY_MODELS } from '../../genotypes/heritability-model.js';
import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { baseCategory, taggings } from '../../ld/tagging.js';
import type { RunContext } from '../../run.js';
import type { Evaluation, StudyEstimator } from '../estimator.js';
import { chiSquares, put, taken } from './columns.js';

/** Variants of a fit with its jackknife that one thread takes in a millisecond, for deciding on threads. */
const VARIANTS_PER_MS = 4000;

/** h² and standard error of one column into `out`. */
const sumherColumn = defineTask(
  'sumherColumn',
  (
    kernels,
    tags: Taggings,
    b: Float64Array,
    columns: number,
    column: number,
    n: number,
    out: Float64Array,
  ): void => {
    put(out, () => sumherOfColumn(kernels, tags, b, columns, column, n));
  },
);

function sumherOfColumn(
  kernels: Kernels,
  tags: Taggings,
  b: Float64Array,
  columns: number,
  column: number,
  n: number,
): Evaluation {
  const statistics = chiSquares(b, columns, column, n).chi2;
  const { h2 } = sumher(kernels, tags, [{ statistics, n }])[0]!;
  return { h2: h2.estimate, se: h2.se };
}

/**
 * SumHer as in the published comparison: in-sample taggings of all variants within 1 Mb to each side, no confounding, all
 * variants in the fit, standard errors from the curvature of the likelihood (METHODS 8.5).
 */
function sumherOf(
  name: string,
  title: string,
  expectedOf: (data: Dataset, run: RunContext) => Promise<Float64Array>,
): StudyEstimator {
  return {
    name,
    title,
    async prepare(data, run) {
      const { genotypes, pool, degreesOfFreedom: n } = data;
      const expected = await expectedOf(data, run);
      const { count } = genotypes;
      const made = await taggings(genotypes, scoreWindows(data), expected, baseCategory(count));
      const tags = {
        ...made,
        tagging: toSharedFloat64(made.tagging),
        byCategory: toSharedFloat64(made.byCategory),
      };
      return {
        async evaluate(traits: TraitColumns) {
          const { columns } = traits;
          const b = await traits.marginalEffects();
          const calls = Array.from(
            { length: columns },
            (_, c) => [tags, b, columns, c, n, sharedFloat64(2)] as const,
          );
          await pool.run(sumherColumn, calls, { milliseconds: b.length / VARIANTS_PER_MS });
          const outs = calls.map((call) => call[5]);
          return taken(outs, (c) => sumherOfColumn(pool.kernels, tags, b, columns, c, n));
        },
      };
    },
  };
}

/** SumHer under the LDAK model, which the published comparison used. */
export const sumherLdak = sumherOf('sumher', 'SumHer', async (data, run) =>
  expectedHeritability(
    data.genotypes.statistics,
    HERITABILITY_MODELS.ldak.power,
    await ldakWeightsOf(data, run),
  ),
);

/** SumHer under the GCTA model: every variant is expected to hold the same. */
export const sumherGcta = sumherOf('sumher-gcta', 'SumHer, GCTA model', async (data) =>
  expectedHeritability(data.genotypes.statistics, HERITABILITY_MODELS.gcta.power),
);
