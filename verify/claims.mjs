// Every statistical claim that the docs make and that `npm run verify` measures: one file a claim, one line here.
import { dominanceUnbiased } from './claims/dominance-unbiased.mjs';
import { errorTable } from './claims/error-table.mjs';
import { expectedEstimates } from './claims/expected-estimates.mjs';
import { greBlocks } from './claims/gre-blocks.mjs';
import { greCoverage } from './claims/gre-coverage.mjs';
import { greLocal } from './claims/gre-local.mjs';
import { grePartition } from './claims/gre-partition.mjs';
import { greUnbiased } from './claims/gre-unbiased.mjs';
import { heErrors } from './claims/he-errors.mjs';
import { methodDifferences } from './claims/method-differences.mjs';
import { pcgcUnbiased } from './claims/pcgc-unbiased.mjs';
import { pedigree } from './claims/pedigree.mjs';
import { remlBoundary } from './claims/reml-boundary.mjs';
import { remlRg } from './claims/reml-rg.mjs';
import { rgUnbiased } from './claims/rg-unbiased.mjs';
import { twinCoverage } from './claims/twin-coverage.mjs';
import { whyMethodsDiffer } from './claims/why-methods-differ.mjs';

/**
 * @typedef {object} Claim
 * @property {string} name on the command line.
 * @property {string} claim what is said, in a sentence, with what would be wrong without it.
 * @property {string} docs the page that says so.
 * @property {string} size people, variants and traits, in words.
 * @property {number} seed of all its random numbers.
 * @property {number} replicates traits of each cell; all cells together have at least 1,000.
 * @property {number} [resolution] where cells should be one number: half-width of an interval beyond which such a cell says nothing.
 * @property {(run: ClaimRun) => Promise<import('./verdict.mjs').Cell[]>} measure
 *
 * @typedef {object} ClaimRun
 * @property {number} replicates @property {number} seed @property {number} threads
 * @property {string} folder of this run, which goes when it ends.
 */

/** @type {readonly Claim[]} */
export const CLAIMS = [
  greUnbiased,
  greCoverage,
  greBlocks,
  greLocal,
  grePartition,
  heErrors,
  errorTable,
  remlBoundary,
  remlRg,
  rgUnbiased,
  dominanceUnbiased,
  pedigree,
  twinCoverage,
  expectedEstimates,
  pcgcUnbiased,
  whyMethodsDiffer,
  methodDifferences,
];
