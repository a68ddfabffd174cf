import { HeredityError } from '../../errors.js';
import type { SeFormula } from '../../estimators/gre/estimate.js';
import { type BlockDefinition, CORRECTION_PROBES } from '../../estimators/gre/gre.js';
import { PreparedGre } from '../../estimators/gre/prepared.js';
import { equalParts } from '../../genotypes/parts.js';
import type { RunContext } from '../../run.js';
import type { StudyData } from '../data.js';
import type { StudyEstimator } from '../estimator.js';
import type { TraitColumns } from '../traits.js';

/** GRE (Hou et al. 2019): the sum over blocks, standard errors as in the paper's Eq 14 and 15. */
export const gre: StudyEstimator = {
  name: 'gre',
  title: 'GRE',
  prepare: (data, run) => greOn(data, data.blocks, '', run),
};

/** The same estimate with the calibrated standard error. */
export const greCalibrated: StudyEstimator = {
  name: 'gre-calibrated',
  title: 'GRE, calibrated SE',
  prepare: (data, run) => greOn(data, data.blocks, '', run, 'calibrated'),
};

/** GRE of K blocks of equal numbers of variants, for the experiment on the number of blocks. */
export function greOfBlocks(count: number): StudyEstimator {
  return {
    name: `gre:${count}`,
    title: `GRE, ${count} block${count === 1 ? '' : 's'}`,
    prepare: (data, run) => greOn(data, equalBlocks(data.genotypes.variants, count), `:${count}`, run),
  };
}

/** GRE with the overlap of blocks taken out (METHODS 1.10); the standard error is the plain sum's. */
export const greCrossBlock: StudyEstimator = {
  name: 'gre-cross-block',
  title: 'GRE, cross-block',
  async prepare(data, run) {
    const prepared = await factored(data, data.blocks, '', run);
    const shares = await prepared.crossBlockShares(CORRECTION_PROBES, data.seed, run);
    return {
      async evaluate(traits) {
        const estimates = await prepared.estimate(await traits.marginalEffects(), traits.columns);
        return estimates.map(({ r2, se }) => ({ h2: prepared.corrected(r2, shares), se }));
      },
    };
  },
};

async function greOn(
  data: StudyData,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
  formula: SeFormula = 'default',
) {
  const prepared = await factored(data, blocks, key, run);
  return {
    async evaluate(traits: TraitColumns) {
      return prepared.estimate(await traits.marginalEffects(), traits.columns, formula);
    },
  };
}

/** The factored LD, which plain and corrected estimates share. */
function factored(
  data: StudyData,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
): Promise<PreparedGre> {
  return data.once(`gre${key}`, () => PreparedGre.create(data, blocks, { memory: data.memory }, run));
}

function equalBlocks(variants: Int32Array, count: number): BlockDefinition[] {
  if (count > variants.length) {
    throw new HeredityError('usage', 'there are fewer variants than blocks', {
      value: count,
      expected: `at most ${variants.length} blocks`,
    });
  }
  return equalParts(variants, count).map((own, k) => ({ id: `block${k + 1}`, variants: own, breaks: [] }));
}
