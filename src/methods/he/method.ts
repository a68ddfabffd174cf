import { oneComponent } from '../../estimators/components.js';
import { equalJackknifeBlocks } from '../../estimators/he/data.js';
import { HE_DEFAULTS, randomisedHe } from '../../estimators/he/randomised.js';
import { defineMethod } from '../method.js';
import { heEstimate } from './estimate.js';
import { withLiability } from './liability.js';
import { heOptions } from './options.js';

/** Randomised Haseman-Elston regression with one component; standard errors from the jackknife over variants. */
export const he = defineMethod({
  options: heOptions,
  async prepare(data, { vectors, jackknifeBlocks, exactTraces }) {
    const { genotypes, seed } = data;
    const { count } = genotypes;
    const components = oneComponent(count);
    const jackknife = equalJackknifeBlocks(count, jackknifeBlocks);
    const settings = { ...HE_DEFAULTS, vectors, exact: exactTraces, seed };
    return {
      async evaluate(traits, run) {
        const design = await traits.design();
        const found = await randomisedHe({ genotypes, design, components, jackknife }, settings, run);
        const estimates = traits.facts.map((facts, t) => heEstimate(facts, found[t], count, [count]));
        return withLiability(estimates, traits, { genotypes, design, components }, { vectors, seed });
      },
    };
  },
});
