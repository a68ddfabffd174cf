import { defineFlags, integer } from '../options/flags.js';
import { LEAST_REPLICATES } from './compare-methods.js';

/** What gives differences between methods a standard error. */
export const differencesFlag = defineFlags({
  differences: integer(
    'traits to simulate on the same people for each trait: each method estimates them too, which gives differences between methods a standard error',
    { heading: 'Method', min: LEAST_REPLICATES, max: 100_000, defaultText: 'none, and no such errors' },
  ),
});
