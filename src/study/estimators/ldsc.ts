import { partitionedScores, unpartitionedScores } from '../../cohort/dataset-ld.js';
import type { TraitColumns } from '../../cohort/trait-columns.js';
import { estimateH2 } from '../../estimators/ldsc/h2.js';
import { estimatePartitioned } from '../../estimators/ldsc/partitioned.js';
import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { annotationTotals } from '../../ld/annotations.js';
import { binAnnotations, levelOfLd, mafBins } from '../../ld/maf-bins.js';
import type { Annotations } from '../../ld/windowed-r2.js';
import type { StudyEstimator } from '../estimator.js';
import { chiSquares, put, taken } from './columns.js';

/** Variants of a regression with its jackknife that one thread takes in a millisecond, for deciding on threads. */
const VARIANTS_PER_MS = 4000;

/** h² and standard error of one column into `out`. */
const ldscColumn = defineTask(
  'ldscColumn',
  (
    _kernels,
    scores: Float64Array,
    b: Float64Array,
    columns: number,
    column: number,
    n: number,
    out: Float64Array,
  ): void => {
    put(out, () => ldscOf(scores, b, columns, column, n));
  },
);

function ldscOf(scores: Float64Array, b: Float64Array, columns: number, column: number, n: number) {
  const ld = { scores: [scores], weightScores: scores, counts: [scores.length] };
  return estimateH2(ld, [chiSquares(b, columns, column, n)])[0]!;
}

/**
 * LD score regression as in the published comparison: in-sample LD scores of all variants, which are also the weights, all
 * variants in the regression and in M, free intercept in two steps, no limit on χ² (METHODS 3.4).
 */
export const ldsc: StudyEstimator = {
  name: 'ldsc',
  title: 'LDSC',
  async prepare(data, run) {
    const scores = await unpartitionedScores(data, run);
    return {
      async evaluate(traits: TraitColumns) {
        const { columns } = traits;
        const b = await traits.marginalEffects();
        const calls = Array.from(
          { length: columns },
          (_, c) => [scores, b, columns, c, data.degreesOfFreedom, sharedFloat64(2)] as const,
        );
        await data.pool.run(ldscColumn, calls, { milliseconds: b.length / VARIANTS_PER_MS });
        const outs = calls.map((call) => call[5]);
        return taken(outs, (c) => ldscOf(scores, b, columns, c, data.degreesOfFreedom));
      },
    };
  },
};

/** h² and standard error of one column by annotation into `out`. */
const partitionedColumn = defineTask(
  'partitionedLdscColumn',
  (
    kernels,
    ld: PartitionedLd,
    b: Float64Array,
    columns: number,
    column: number,
    n: number,
    out: Float64Array,
  ): void => put(out, () => partitionedOf(kernels, ld, b, columns, column, n)),
);

interface PartitionedLd {
  readonly scores: Float64Array[];
  readonly weightScores: Float64Array;
  readonly counts: Float64Array;
}

function partitionedOf(
  kernels: Kernels,
  ld: PartitionedLd,
  b: Float64Array,
  columns: number,
  column: number,
  n: number,
) {
  return estimatePartitioned(ld, [chiSquares(b, columns, column, n)], { chi2Max: null, kernels })[0]!;
}

const MAF_BINS = 10;

/**
 * Stratified LD score regression with annotations made from the study's genotypes, settings as for {@link ldsc}
 * (METHODS 4.6): ten bins by frequency of as many variants each, and with `withLevel` the level of LD within them.
 */
function stratified(name: string, title: string, withLevel: boolean): StudyEstimator {
  return {
    name,
    title,
    async prepare(data, run) {
      const weightScores = await unpartitionedScores(data, run);
      const count = weightScores.length;
      const frequencies = Float64Array.from({ length: count }, (_, v) =>
        data.genotypes.statistics.minorAlleleFrequency(v),
      );
      const bins = mafBins(frequencies, MAF_BINS);
      const inBins = binAnnotations(bins);
      const annotations = withLevel ? withColumn(inBins, levelOfLd(weightScores, bins)) : inBins;
      const all = await partitionedScores(data, annotations, run);
      const { columns: width } = annotations;
      const scores = Array.from({ length: width }, (_, c) => {
        const own = sharedFloat64(count);
        for (let v = 0; v < count; v++) own[v] = all[v * width + c]!;
        return own;
      });
      const ld = { scores, weightScores, counts: annotationTotals(annotations) };
      return {
        async evaluate(traits: TraitColumns) {
          const b = await traits.marginalEffects();
          const calls = Array.from(
            { length: traits.columns },
            (_, c) => [ld, b, traits.columns, c, data.degreesOfFreedom, sharedFloat64(2)] as const,
          );
          const milliseconds = (width * b.length) / VARIANTS_PER_MS;
          await data.pool.run(partitionedColumn, calls, { milliseconds });
          const outs = calls.map((call) => call[5]);
          const { pool, degreesOfFreedom: n } = data;
          return taken(outs, (c) => partitionedOf(pool.kernels, ld, b, traits.columns, c, n));
        },
      };
    },
  };
}

/** Annotations with one more at the end. */
function withColumn({ values, columns }: Annotations, added: Float64Array): Annotations {
  const width = columns + 1;
  const wider = sharedFloat64(added.length * width);
  for (let v = 0; v < added.length; v++) {
    for (let c = 0; c < columns; c++) wider[v * width + c] = values[v * columns + c]!;
    wider[v * width + columns] = added[v]!;
  }
  return { values: wider, columns: width };
}

export const sldscMaf = stratified('sldsc-maf', 'S-LDSC (MAF)', false);
export const sldscMafLld = stratified('sldsc-maf-lld', 'S-LDSC (MAF+LLD)', true);
