import type { Dataset } from '../cohort/dataset.js';
import { ldakWeightsOf, unpartitionedScores } from '../cohort/dataset-ld.js';
import { readWeights, type weightFlags } from '../cohort/effect-weights.js';
import type { FlagValues } from '../options/flags.js';
import type { RecordedRun } from '../run.js';
import type { StudyOptions } from './run.js';

/** The weights of a study's variants by kind, from a file where there is one, else computed on the study's people. */
export function studyWeights(
  { weights, ldScores }: FlagValues<typeof weightFlags>,
  data: Dataset,
  context: RecordedRun,
): StudyOptions['weights'] {
  const read = (flags: Partial<FlagValues<typeof weightFlags>>) =>
    readWeights(
      { weights: undefined, ldScores: undefined, ...flags },
      data.bim,
      data.genotypes.variants,
      context,
    ) as Promise<Float64Array>;
  const made = {
    ldak: () => (weights ? read({ weights }) : ldakWeightsOf(data)),
    'ld-score': async () =>
      ldScores ? read({ ldScores }) : (await unpartitionedScores(data)).map((score) => 1 / score),
  };
  return (kind) => data.once(`${kind} weights`, made[kind]);
}
