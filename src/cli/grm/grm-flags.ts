import { choice, defineFlags, number, path } from '../flags.js';

const METHOD = { heading: 'Method' } as const;

/** How relationships are computed from genotypes: shared by every command that makes a matrix. */
export const relationshipFlags = defineFlags({
  power: number(
    "exponent of 2f(1-f) in a variant's weight: -1 for GCTA's first formula, 0 for its second, -0.25 for LDAK's models",
    { ...METHOD, min: -5, max: 5, default: -1, placeholder: 'alpha' },
  ),
  weights: path('weights of variants, such as LDAK weights: ID and weight; variants that are not listed weigh 0', METHOD),
  missing: choice(
    'pairs of samples: divided by the variants that both have, or by all (missing genotypes at the mean)',
    ['pairwise', 'mean'],
    { ...METHOD, default: 'pairwise' },
  ),
});
