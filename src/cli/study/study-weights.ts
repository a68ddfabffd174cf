import { HeredityError } from '../../errors.js';
import type { StudyData } from '../../study/data.js';
import type { Cell } from '../../study/grids.js';
import { unpartitionedScores } from '../../study/ld.js';
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
      data.block.variants,
      context,
    ) as Promise<Float64Array>;
  const made = {
    ldak: () => read({ weights }),
    'ld-score': async () =>
      ldScores ? read({ ldScores }) : (await unpartitionedScores(data)).map((score) => 1 / score),
  };
  return (kind) => data.once(`${kind} weights`, made[kind]);
}

/** @throws HeredityError `usage` where a cell needs weights that are not given. */
export function checkWeightFlags(
  { weights }: Pick<FlagValues<typeof weightFlags>, 'weights'>,
  cells: readonly Cell[],
): void {
  const missing = weights === undefined && cells.find((cell) => cell.weights === 'ldak');
  if (!missing) return;
  throw new HeredityError('usage', `cell ${missing.id} needs --weights`, {
    fix: "give LDAK weights, or choose other cells, such as --cells '*_none'",
  });
}
