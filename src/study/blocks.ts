import type { StudyEstimator } from './estimator.js';

/** Estimators whose blocks may be cut inside chromosomes: LD between blocks is taken out of their sum. */
const OF_CUT_BLOCKS = ['gre', 'gre-calibrated'];
/** Those that take the plain sum of the same blocks, or correct it by random values of each, which is for few. */
const OF_WHOLE_BLOCKS = ['gre-cross-block', 'gre-shrunk', 'gre-panel', 'gre-mixed'];

/**
 * The blocks of a study. `auto` stands for whole chromosomes where no estimator has cut ones, and beside one that needs whole ones.
 */
export function studyBlocks(choice: string, estimators: readonly StudyEstimator[]): string {
  const names = estimators.map(({ name }) => name);
  const isCut =
    names.some((name) => OF_CUT_BLOCKS.includes(name)) &&
    !names.some((name) => OF_WHOLE_BLOCKS.includes(name));
  return choice === 'auto' && !isCut ? 'chromosome' : choice;
}
