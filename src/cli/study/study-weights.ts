import type { StudyData } from '../../study/data.js';
import { ldakWeightsOf, unpartitionedScores } from '../../study/ld.js';
import type { StudyOptions } from '../../study/run.js';
import type { CommandContext } from '../command.js';
import type { FlagValues } from '../flags.js';
import { readWeights, type weightFlags } from '../simulate/weights.js';

/** The weights of a study's variants by kind, from a file where there is one, else computed on the study's people. */
export function studyWeights(
  { weights, ldScores }: FlagValues<typeof weightFlags>,
  data: StudyData,
  context: CommandContext,
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
