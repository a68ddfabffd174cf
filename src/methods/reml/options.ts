import { componentFlags } from '../../cohort/components.js';
import { dominanceFlag } from '../../cohort/dominance-flag.js';
import { partitionFlags } from '../../cohort/partition.js';
import { matrixFileFlags, relativesFlag } from '../../cohort/relationship-matrices.js';
import { relationshipFlags } from '../../cohort/relationship-model.js';
import { vectorsFor } from '../../estimators/reml/monte-carlo/options.js';
import { boolean, choice, defineFlags, integer, list, withDefault } from '../../options/flags.js';

const METHOD = { heading: 'Method' } as const;

const noConstrain = {
  remlNoConstrain: boolean('let variances be negative (default with --ldak)', METHOD),
};

/** How exact REML iterates, and what it tests. */
const iterationOptions = defineFlags({
  grmCutoff: matrixFileFlags.grmCutoff,
  remlAlg: choice(
    'average information, Fisher scoring (expected information; more work an iteration), or expectation-maximisation',
    ['ai', 'fisher', 'em'],
    { ...METHOD, default: 'ai' },
  ),
  remlMaxit: integer('iterations at most', { ...METHOD, min: 1, max: 10_000, default: 100 }),
  remlPriors: list('starting variances, one a component and the residual last', {
    ...METHOD,
    placeholder: 'variances',
  }),
  remlLrt: list('components that the likelihood ratio test leaves out, counted from 1', {
    ...METHOD,
    placeholder: 'numbers',
    defaultText: 'the first',
  }),
});

/** Options of exact REML, for which the constraint may be lifted. */
const exactOptions = defineFlags({ ...iterationOptions, ...noConstrain });

const { partition, mafBins, annot, thinAnnot } = componentFlags;
const { missing: _, ...products } = relationshipFlags;

/** Options of GREML with a matrix of all variants, or one a part. */
export const gremlOptions = defineFlags({
  ...relationshipFlags,
  partition,
  ...dominanceFlag,
  ...relativesFlag,
  ...exactOptions,
});

/** Options of GREML-LDMS-I. */
export const ldmsOptions = defineFlags({
  ...relationshipFlags,
  ...partitionFlags,
  ...dominanceFlag,
  ...exactOptions,
});

/** Options of REML with LDAK's kinships. */
export const ldakOptions = defineFlags({
  ...relationshipFlags,
  model: withDefault(relationshipFlags.model, 'ldak'),
  weights: { ...relationshipFlags.weights, defaultText: 'computed from these genotypes, with --model ldak' },
  missing: withDefault(relationshipFlags.missing, 'mean'),
  partition,
  ...iterationOptions,
});

const vectors = {
  vectors: integer('random vectors for the traces of Monte Carlo REML', {
    ...METHOD,
    min: 2,
    max: 10_000,
    defaultText: `${vectorsFor(1)}; with several components four for each and four more, if that is more`,
  }),
};

/** Options of Monte Carlo REML; missing genotypes are at the mean. */
export const remlMcOptions = defineFlags({
  ...products,
  ...dominanceFlag,
  partition,
  mafBins,
  annot,
  thinAnnot,
  ...vectors,
  ...noConstrain,
});

/** Options of Monte Carlo REML with strata of frequency and LD. */
export const ldmsMcOptions = defineFlags({ ...products, ...dominanceFlag, ...partitionFlags, ...vectors });
