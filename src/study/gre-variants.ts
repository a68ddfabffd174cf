import { HeredityError } from '../errors.js';
import type { BlockDefinition } from '../estimators/gre/result.js';
import { equalParts } from '../genotypes/parts.js';
import { prepareGre } from '../methods/gre/method.js';
import { greOptions } from '../methods/gre/options.js';
import { defaultsOf } from '../options/flags.js';
import type { StudyEstimator } from './estimator.js';
import { asEvaluation } from './method-estimator.js';

/** GRE of K blocks of equal numbers of variants, for the experiment on the number of blocks. */
export function greOfBlocks(count: number): StudyEstimator {
  return {
    name: `gre:${count}`,
    title: `GRE, ${count} block${count === 1 ? '' : 's'}`,
    async prepare(data, run) {
      const blocks = equalBlocks(data.genotypes.variants, count);
      const prepared = await prepareGre('gre', data, defaultsOf(greOptions), blocks, `:${count}`, run);
      return { evaluate: async (traits, own) => (await prepared.evaluate(traits, own)).map(asEvaluation) };
    },
  };
}

/** GRE with the calibrated standard error. */
export const greCalibrated: StudyEstimator = {
  name: 'gre-calibrated',
  title: 'GRE, calibrated SE',
  async prepare(data, run) {
    const options = { ...defaultsOf(greOptions), se: 'calibrated' as const };
    const prepared = await prepareGre('gre', data, options, data.blocks, '', run);
    return { evaluate: async (traits, own) => (await prepared.evaluate(traits, own)).map(asEvaluation) };
  },
};

function equalBlocks(variants: Int32Array, count: number): BlockDefinition[] {
  if (count > variants.length) {
    throw new HeredityError('usage', 'there are fewer variants than blocks', {
      value: count,
      expected: `at most ${variants.length} blocks`,
    });
  }
  return equalParts(variants, count).map((own, k) => ({ id: `block${k + 1}`, variants: own, breaks: [] }));
}
