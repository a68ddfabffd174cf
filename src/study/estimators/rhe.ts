import { oneComponent } from '../../estimators/components.js';
import { equalJackknifeBlocks } from '../../estimators/he/data.js';
import { HE_DEFAULTS, randomisedHe } from '../../estimators/he/randomised.js';
import type { StudyEstimator } from '../estimator.js';

/** Random vectors: the replicates of a cell share them, so that their error would not average out over replicates. */
const VECTORS = 50;
const JACKKNIFE_BLOCKS = 100;

/** Randomised Haseman-Elston regression with one component; standard errors from the jackknife over variants. */
export const rhe: StudyEstimator = {
  name: 'rhe',
  title: 'RHE',
  async prepare(data) {
    const { genotypes, seed } = data;
    const components = oneComponent(genotypes.count);
    const jackknife = equalJackknifeBlocks(genotypes.count, JACKKNIFE_BLOCKS);
    return {
      async evaluate(traits) {
        const design = await traits.design();
        const options = { ...HE_DEFAULTS, vectors: VECTORS, seed };
        const estimates = await randomisedHe({ genotypes, design, components, jackknife }, options);
        return estimates.map(({ h2, se }) => ({ h2, se }));
      },
    };
  },
};
