import { estimateH2, type LdscTrait } from '../../estimators/ldsc/h2.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import type { StudyEstimator } from '../estimator.js';
import { unpartitionedScores } from '../ld.js';
import type { TraitColumns } from '../traits.js';

/** Variants of a regression with its jackknife that one thread takes in a millisecond, for deciding on threads. */
const VARIANTS_PER_MS = 4000;

/** χ² = n b² of one column of marginal effects. */
export function chiSquares(b: Float64Array, columns: number, column: number, n: number): LdscTrait {
  const count = b.length / columns;
  const chi2 = Float64Array.from({ length: count }, (_, v) => n * b[v * columns + column]! ** 2);
  return { chi2, n: new Float64Array(count).fill(n) };
}

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
    const ld = { scores: [scores], weightScores: scores, counts: [scores.length] };
    const [estimate] = estimateH2(ld, [chiSquares(b, columns, column, n)]);
    out[0] = estimate!.h2;
    out[1] = estimate!.se;
  },
);

/**
 * LD score regression as in the published comparison: in-sample LD scores of all variants, which are also the weights, all
 * variants in the regression and in M, free intercept in two steps, no limit on χ² (METHODS 3.4).
 */
export const ldsc: StudyEstimator = {
  name: 'ldsc',
  title: 'LDSC',
  async prepare(data, onProgress) {
    const scores = await unpartitionedScores(data, onProgress);
    return {
      async evaluate(traits: TraitColumns) {
        const { columns } = traits;
        const b = await traits.marginalEffects();
        const calls = Array.from(
          { length: columns },
          (_, c) => [scores, b, columns, c, data.degreesOfFreedom, sharedFloat64(2)] as const,
        );
        await data.pool.run(ldscColumn, calls, { milliseconds: b.length / VARIANTS_PER_MS });
        return calls.map(([, , , , , [h2, se]]) => ({ h2: h2!, se: se! }));
      },
    };
  },
};
