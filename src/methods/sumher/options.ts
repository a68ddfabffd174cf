import { categoryFlags } from '../../cohort/categories.js';
import { modelFlags, TAGGING_WINDOW_KB } from '../../cohort/heritability-model.js';
import { SUMHER_DEFAULTS } from '../../estimators/sumher/sumher.js';
import { boolean, defineFlags, fraction, integer, withDefault } from '../../options/flags.js';
import { windowFlagsWithDefault } from '../../options/window-flags.js';

const METHOD = { heading: 'Method' } as const;

/** How statistics are fitted to taggings, whatever these are. */
export const fitOptions = defineFlags({
  genomicControl: boolean('let confounding multiply all statistics by a constant, and estimate it', METHOD),
  intercept: boolean(
    "let confounding add a constant to all statistics, as LDSC's intercept, and estimate it",
    METHOD,
  ),
  cutoff: fraction('leave out variants that explain at least this share of the trait, S / (S + n)', METHOD),
  jackknifeBlocks: integer('blocks of variants for the jackknife', {
    ...METHOD,
    min: 2,
    max: 100_000,
    default: SUMHER_DEFAULTS.blocks,
  }),
});

/** Options of SumHer with taggings of the people themselves. */
export const sumherOptions = defineFlags({
  ...categoryFlags,
  unadjusted: modelFlags.unadjusted,
  ...windowFlagsWithDefault(TAGGING_WINDOW_KB),
  ...fitOptions,
});

/** The same where the weights are LDAK's. */
export const ldakModelOptions = defineFlags({ thin: modelFlags.thin, ...sumherOptions });

/** The same with a power and weights of one's own. */
export const powerOptions = defineFlags({
  power: withDefault(modelFlags.power, -0.25),
  weights: modelFlags.weights,
  ...sumherOptions,
});
