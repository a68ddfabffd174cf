import { noAnnotation } from '../ld/annotations.js';
import { LDAK_WEIGHT_DEFAULTS, ldakWeights } from '../ld/ldak-weights.js';
import { type Annotations, ldScores } from '../ld/windowed-r2.js';
import { chromosomeStarts, variantWindows, type Windows } from '../ld/windows.js';
import type { StudyData } from './data.js';
import type { EstimatorProgress } from './estimator.js';

/** LD scores and taggings reach so far to each side, as in the published comparison (METHODS 2.4, 3.4, 8.5). */
const REACH_KB = 1000;
/** LDAK's own window. */
const LDAK_REACH_KB = 100;

/** The neighbours of each variant for LD scores and taggings. */
export function scoreWindows({ bim, block }: StudyData, reach = REACH_KB): Windows {
  return variantWindows(bim, block.variants, { unit: 'kb', reach });
}

/** In-sample LD scores of all variants of a study, of adjusted r², within 1 Mb to each side; made once. */
export function unpartitionedScores(
  data: StudyData,
  onProgress: EstimatorProgress = () => {},
): Promise<Float64Array> {
  const { length } = data.block.variants;
  return data.once('ld scores', () => partitionedScores(data, noAnnotation(length), onProgress));
}

/** As {@link unpartitionedScores}, by annotation: variants x columns, row-major. */
export function partitionedScores(
  data: StudyData,
  annotations: Annotations,
  onProgress: EstimatorProgress,
): Promise<Float64Array> {
  const { pool, block, table } = data;
  let done = 0;
  return ldScores(pool, block, table, scoreWindows(data), annotations, {
    adjusted: true,
    onProgress: (variants) => onProgress('LD scores', (done += variants), block.variants.length),
  });
}

/** LDAK weights of all variants of a study, without thinning, as the published simulations took them (METHODS 2.4); made once. */
export function ldakWeightsOf(
  data: StudyData,
  onProgress: EstimatorProgress = () => {},
): Promise<Float64Array> {
  const { pool, block, table, bim } = data;
  const { length } = block.variants;
  let done = 0;
  const progress = (variants: number) => onProgress('LDAK weights', (done += variants), length);
  return data.once('computed ldak weights', async () => {
    const windows = scoreWindows(data, LDAK_REACH_KB);
    const options = { ...LDAK_WEIGHT_DEFAULTS, onProgress: progress };
    const starts = chromosomeStarts(bim, block.variants);
    return (await ldakWeights(pool, block, table, windows, starts, options)).weight;
  });
}
