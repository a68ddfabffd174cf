import { componentFlags } from '../../cohort/components.js';
import { dominanceFlag } from '../../cohort/dominance-flag.js';
import { SE_FORMULAS } from '../../estimators/gre/estimate.js';
import { CORRECTION_PROBES, DIAGNOSIS_PROBES, GRE_DEFAULTS, LOCAL_PROBES } from '../../estimators/gre/gre.js';
import { boolean, choice, defineFlags, integer, number, string } from '../../options/flags.js';

const METHOD = { heading: 'Method' } as const;

/** How variants are cut into blocks, in whatever way (src/cohort/blocks.ts). */
export const blocksFlag = string(
  'blocks of GRE: auto (chromosomes, cut where LD is weakest if that lowers the predicted error), ld or ld:K (cut so in any case, into about K), chromosome, genome, count:K, or a file (chr start end [name], or ID block)',
  {
    ...METHOD,
    default: 'auto',
    placeholder: 'blocks',
    words: ['auto', 'ld', 'ld:', 'chromosome', 'genome', 'count:'],
    mayBeFile: true,
  },
);

/** Options of GRE beside the blocks, which are those of the run; {@link greOnlyOptions} are of the plain sum alone. */
export const greOptions = defineFlags({
  solver: choice(
    "how b'V⁺b is found: dense LD, conjugate gradients, or whichever is faster",
    ['auto', 'direct', 'iterative'],
    { ...METHOD, default: GRE_DEFAULTS.solver },
  ),
  probes: integer('random genetic values that measure what blocks share through relatives and structure', {
    ...METHOD,
    min: 2,
    max: 10_000,
    defaultText: `${DIAGNOSIS_PROBES}, ${LOCAL_PROBES} where blocks are cut inside chromosomes, ${CORRECTION_PROBES} a block with --cross-block`,
  }),
  rankTolerance: number(
    "share of a variant's variance that others must leave unexplained for it to count in the rank",
    { ...METHOD, min: 1e-14, max: 0.1, default: GRE_DEFAULTS.rankTolerance },
  ),
  se: choice(
    "standard error: the paper's, with the factor (n/(n-q))² or without as in its simulations, or calibrated to the spread of the estimate",
    SE_FORMULAS,
    { ...METHOD, default: GRE_DEFAULTS.seFormula },
  ),
  rg: boolean(
    'genetic covariance and correlation of all pairs of traits, each among the people who have both',
    METHOD,
  ),
});

export const greOnlyOptions = defineFlags({
  ...greOptions,
  ...componentFlags,
  unique: boolean(
    'what each category explains beyond all others: all variants less those without it, a run more for each category',
    { ...METHOD, goesWith: ['partition', 'ldms', 'mafBins', 'annot'] },
  ),
  ...dominanceFlag,
  referenceCompatible: boolean(
    'conventions of the published implementation: b = t/sqrt(N), n = N, LD without covariates',
    METHOD,
  ),
});
