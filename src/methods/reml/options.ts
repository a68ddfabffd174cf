import { MONTE_CARLO_DEFAULTS } from '../../estimators/reml/monte-carlo/options.js';
import { boolean, choice, defineFlags, integer } from '../../options/flags.js';

const METHOD = { heading: 'Method' } as const;

const noConstrain = {
  remlNoConstrain: boolean('let variances be negative (default with --ldak)', METHOD),
};

/** Options of the iteration of exact REML, for which the constraint is decided. */
export const iterationOptions = defineFlags({
  remlAlg: choice(
    'average information, Fisher scoring (expected information; more work an iteration), or expectation-maximisation',
    ['ai', 'fisher', 'em'],
    { ...METHOD, default: 'ai' },
  ),
  remlMaxit: integer('iterations at most', { ...METHOD, min: 1, max: 10_000, default: 100 }),
});

/** Options of exact REML with one relationship matrix. */
export const exactOptions = defineFlags({ ...iterationOptions, ...noConstrain });

/** Options of Monte Carlo REML with several components. */
export const vectorOptions = defineFlags({
  vectors: integer('random vectors for the traces, with --method monte-carlo', {
    ...METHOD,
    min: 2,
    max: 10_000,
    default: MONTE_CARLO_DEFAULTS.vectors,
  }),
});

/** Options of Monte Carlo REML with one component. */
export const remlMcOptions = defineFlags({ ...vectorOptions, ...noConstrain });
