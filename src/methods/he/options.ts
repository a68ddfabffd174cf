import { componentFlags } from '../../cohort/components.js';
import { dominanceFlag } from '../../cohort/dominance-flag.js';
import { partitionFlags } from '../../cohort/partition.js';
import { HE_DEFAULTS } from '../../estimators/he/randomised.js';
import { boolean, defineFlags, type FlagValues, integer } from '../../options/flags.js';

const METHOD = { heading: 'Method' } as const;

const randomised = {
  ...dominanceFlag,
  vectors: integer('random vectors for the traces', {
    ...METHOD,
    min: 2,
    max: 10_000,
    default: HE_DEFAULTS.vectors,
  }),
  jackknifeBlocks: integer('blocks of consecutive variants that the jackknife leaves out in turn', {
    ...METHOD,
    min: 2,
    max: 10_000,
    default: 100,
  }),
  exactTraces: boolean(
    'traces from all pairs of variants instead of random vectors: no random error',
    METHOD,
  ),
};

/** Options of randomised Haseman-Elston regression. */
export const heOptions = defineFlags({ ...componentFlags, ...randomised });

export type HeOptions = FlagValues<typeof heOptions>;

/** The same with strata of frequency and LD. */
export const heLdmsOptions = defineFlags({ ...partitionFlags, ...randomised });
