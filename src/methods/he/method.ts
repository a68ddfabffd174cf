import { defineComponents } from '../../cohort/components.js';
import { NO_DOMINANCE, tellDominance } from '../../cohort/dominance-flag.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { HeredityError } from '../../errors.js';
import { componentCounts, dominanceBeside } from '../../estimators/components.js';
import { doubledJackknifeBlocks, equalJackknifeBlocks } from '../../estimators/he/data.js';
import { HE_DEFAULTS, randomisedHe } from '../../estimators/he/randomised.js';
import { genotypesIn } from '../../plan.js';
import type { RunContext } from '../../run.js';
import { defineMethod } from '../method.js';
import { heEstimate } from './estimate.js';
import { withLiability } from './liability.js';
import { heOptions } from './options.js';
import { hePairs } from './rg.js';

/** Bytes of a person for each random vector, and for each trait and covariate column: vectors, their products, and what is projected. */
const RANDOM_BYTES = 36;
const COLUMN_BYTES = 24;

/** Randomised Haseman-Elston regression, by component where variants are divided; errors from the jackknife over variants. */
export const he = defineMethod({
  options: heOptions,
  memory({ people, groups, traits, columns }, { vectors, exactTraces }) {
    const random = exactTraces ? 0 : RANDOM_BYTES * vectors * groups;
    return people * (random + COLUMN_BYTES * (traits + columns * groups));
  },
  plan({ open, packed, memory, own }, { exactTraces }) {
    const room = memory - own;
    return {
      steps: [
        {
          name: exactTraces ? 'exact traces' : 'random traces',
          variants: open.variants.length,
          how: packed <= room ? 'in memory' : 'streamed',
          memory: { ...genotypesIn(packed, room), vectors: own },
          seconds: null,
        },
      ],
      passes: packed <= room ? 1 : 2,
    };
  },
  async prepare(data, options, run) {
    const told = data.told(run);
    const additive = await defineComponents(options, data.counted, told);
    const { variants } = additive;
    const alleles = await data.genotypesOf(variants);
    const ofAlleles = equalJackknifeBlocks(variants.length, options.jackknifeBlocks);
    const dominant = options.dominance ? alleles.dominance() : undefined;
    if (dominant) tellDominance(dominant, NO_DOMINANCE, told);
    const components = dominant
      ? dominanceBeside(additive.components, (v) => dominant.statistics.isConstant(v))
      : additive.components;
    const genotypes = dominant ? alleles.withDominance() : alleles;
    const jackknife = dominant ? doubledJackknifeBlocks(ofAlleles) : ofAlleles;
    const counts = componentCounts(components);
    const { vectors, exactTraces: exact } = options;
    const shared = { ...HE_DEFAULTS, vectors, exact, seed: data.seed };
    return {
      async evaluate(traits, own) {
        if (dominant && traits.facts.some(({ cases }) => cases !== undefined && cases !== null))
          throw new HeredityError('usage', '--prevalence has no dominance: PCGC is of additive liability', {
            fix: 'leave out --prevalence or --dominance',
          });
        const settings = { ...shared, seed: traits.seed ?? data.seed };
        const design = await traits.design();
        const found = await randomisedHe({ genotypes, design, components, jackknife }, settings, own);
        const estimates = traits.facts.map((facts, t) =>
          heEstimate(facts, found[t], variants.length, counts),
        );
        return dominant
          ? estimates
          : withLiability(estimates, traits, { genotypes, design, components }, settings);
      },
      ...(components.names.length === 1 && {
        pairs: (traits: TraitSet, own: RunContext) =>
          hePairs({ genotypes, components, jackknife }, traits, shared, own),
      }),
    };
  },
});
