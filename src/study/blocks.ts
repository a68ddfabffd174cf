import type { StudyEstimator } from './estimator.js';

/** Estimators whose blocks may be cut inside chromosomes: LD between blocks is taken out of their sum. */
const OF_CUT_BLOCKS = ['gre', 'gre-calibrated'];

/**
 * The blocks of a study. `auto` stands for whole chromosomes where no estimator has cut ones, and beside the correction by random values of
 * each block, which is for few.
 */
export function studyBlocks(choice: string, estimators: readonly StudyEstimator[]): string {
  const names = estimators.map(({ name }) => name);
  const isCut = names.some((name) => OF_CUT_BLOCKS.includes(name)) && !names.includes('gre-cross-block');
  return choice === 'auto' && !isCut ? 'chromosome' : choice;
}
