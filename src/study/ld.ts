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
export function scoreWindows({ bim, genotypes }: StudyData, reach = REACH_KB): Windows {
  return variantWindows(bim, genotypes.variants, { unit: 'kb', reach });
}

/** In-sample LD scores of all variants of a study, of adjusted r², within 1 Mb to each side; made once. */
export function unpartitionedScores(
  data: StudyData,
  onProgress: EstimatorProgress = () => {},
): Promise<Float64Array> {
  const { count } = data.genotypes;
  return data.once('ld scores', () => partitionedScores(data, noAnnotation(count), onProgress));
}

/** As {@link unpartitionedScores}, by annotation: variants x columns, row-major. */
export function partitionedScores(
  data: StudyData,
  annotations: Annotations,
  onProgress: EstimatorProgress,
): Promise<Float64Array> {
  const { genotypes } = data;
  let done = 0;
  return ldScores(genotypes, scoreWindows(data), annotations, {
    adjusted: true,
    onProgress: (variants) => onProgress('LD scores', (done += variants), genotypes.count),
  });
}

/** LDAK weights of all variants of a study, without thinning, as the published simulations took them (METHODS 2.4); made once. */
export function ldakWeightsOf(
  data: StudyData,
  onProgress: EstimatorProgress = () => {},
): Promise<Float64Array> {
  const { genotypes, bim } = data;
  let done = 0;
  const progress = (variants: number) => onProgress('LDAK weights', (done += variants), genotypes.count);
  return data.once('computed ldak weights', async () => {
    const windows = scoreWindows(data, LDAK_REACH_KB);
    const options = { ...LDAK_WEIGHT_DEFAULTS, onProgress: progress };
    const starts = chromosomeStarts(bim, genotypes.variants);
    return (await ldakWeights(genotypes, windows, starts, options)).weight;
  });
}
