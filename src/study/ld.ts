import { sharedFloat64 } from '../kernels/memory.js';
import { type Annotations, ldScores } from '../ld/windowed-r2.js';
import { variantWindows } from '../ld/windows.js';
import type { StudyData } from './data.js';
import type { EstimatorProgress } from './estimator.js';

/** LD reaches so far to each side, as in the published comparison (METHODS 2.4, 3.4). */
const WINDOW = { unit: 'kb', reach: 1000 } as const;

/** In-sample LD scores of all variants of a study, of adjusted r², within 1 Mb to each side; made once. */
export function unpartitionedScores(
  data: StudyData,
  onProgress: EstimatorProgress = () => {},
): Promise<Float64Array> {
  const ones = { values: sharedFloat64(data.block.variants.length).fill(1), columns: 1 };
  return data.once('ld scores', () => partitionedScores(data, ones, onProgress));
}

/** As {@link unpartitionedScores}, by annotation: variants x columns, row-major. */
export function partitionedScores(
  data: StudyData,
  annotations: Annotations,
  onProgress: EstimatorProgress,
): Promise<Float64Array> {
  const { pool, block, table, bim } = data;
  const windows = variantWindows(bim, block.variants, WINDOW);
  let done = 0;
  return ldScores(pool, block, table, windows, annotations, {
    adjusted: true,
    onProgress: (variants) => onProgress('LD scores', (done += variants), block.variants.length),
  });
}
