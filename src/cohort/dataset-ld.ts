import { noAnnotation } from '../ld/annotations.js';
import { LDAK_WEIGHT_DEFAULTS, ldakWeights } from '../ld/ldak-weights.js';
import { type Annotations, ldScores, ldScoreWork } from '../ld/windowed-r2.js';
import { chromosomeStarts, variantWindows, type Windows } from '../ld/windows.js';
import type { WorkStep } from '../plan.js';
import { type RunContext, silentRun } from '../run.js';
import type { Dataset } from './dataset.js';
import {
  inSampleWeightsNeeds,
  type ListedVariants,
  pairsMemory,
  WEIGHT_WINDOW_KB,
} from './in-sample-weights.js';

/** LD scores and taggings reach so far to each side, as in the published comparison (METHODS 2.4, 3.4, 8.5). */
const REACH_KB = 1000;
/** The neighbours of each variant for LD scores and taggings. */
function scoreWindows({ bim, genotypes }: Dataset, reach = REACH_KB): Windows {
  return variantWindows(bim, genotypes.variants, { unit: 'kb', reach });
}

/** In-sample LD scores of all variants of a study, of adjusted r², within 1 Mb to each side; made once. */
export function unpartitionedScores(data: Dataset, run: RunContext = silentRun): Promise<Float64Array> {
  const { count } = data.genotypes;
  return data.once('ld scores', () => partitionedScores(data, noAnnotation(count), run));
}

/** As {@link unpartitionedScores}, by annotation: variants x columns, row-major. */
export function partitionedScores(
  data: Dataset,
  annotations: Annotations,
  run: RunContext,
): Promise<Float64Array> {
  return ldScores(data.genotypes, scoreWindows(data), annotations, { adjusted: true }, run);
}

/** The step of a plan that makes {@link unpartitionedScores} of so many people. */
export function ldScoresStep({ fileset, variants }: ListedVariants, people: number): WorkStep {
  const windows = variantWindows(fileset.variants, variants, { unit: 'kb', reach: REACH_KB });
  return {
    name: 'LD scores',
    variants: variants.length,
    memory: {},
    work: ldScoreWork(windows, people),
  };
}

/** LDAK weights of all variants of a study, without thinning, as the published simulations took them (METHODS 2.4); made once. */
export function ldakWeightsOf(data: Dataset, run: RunContext = silentRun): Promise<Float64Array> {
  const { genotypes, bim } = data;
  return data.once('computed ldak weights', async () => {
    const windows = scoreWindows(data, WEIGHT_WINDOW_KB);
    const starts = chromosomeStarts(bim, genotypes.variants);
    const options = { ...LDAK_WEIGHT_DEFAULTS, onMemory: pairsMemory(data.counted) };
    return (await ldakWeights(genotypes, windows, starts, options, run)).weight;
  });
}

/** The step of a plan that makes {@link ldakWeightsOf} of so many people. */
export function ldakWeightsStep(
  open: ListedVariants,
  size: { readonly people: number; readonly threads: number },
): WorkStep {
  const needs = inSampleWeightsNeeds(open, size, { unit: 'kb', reach: WEIGHT_WINDOW_KB });
  return { name: 'LDAK weights', variants: open.variants.length, ...needs };
}
