import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import type { Warning } from '../../estimate/warnings.js';
import type { LdScores } from '../../estimators/ldsc/score-regression.js';
import type { MatchedSumstats } from '../../formats/sumstats.js';
import { largeFloat64, largeInt32 } from '../../kernels/memory.js';
import { LossTable } from '../../provenance.js';
import { uncoveredChromosomes } from './chromosomes.js';
import type { Reference } from './reference.js';

/** Fewer common SNPs than this share of the smaller file mean that something is wrong with the IDs. */
const SUSPICIOUS_OVERLAP = 0.1;

/** SNPs that a trait has in common with the LD scores and the weights, in genome order. */
export interface Merged {
  readonly ld: LdScores;
  readonly common: CommonRows;
  readonly z: Float64Array;
  readonly n: Float64Array;
  readonly losses: LossTable;
  /** Chromosomes of the LD scores that the statistics hardly have. */
  readonly uncovered: Warning | undefined;
}

/**
 * Joins summary statistics with the LD scores for which they were read.
 * @throws HeredityError `mismatch`, with the likely cause, where the files hardly share a SNP.
 */
export function mergeWithReference(
  file: string,
  sumstats: MatchedSumstats,
  reference: Reference,
  allowSmallOverlap: boolean,
): Merged {
  const { table, weightScores } = reference;
  const losses = new LossTable(sumstats.count + sumstats.skipped);
  const needed = sumstats.allele1.length > 0 ? 'Z, N or allele' : 'Z or N';
  losses.step('missing values', sumstats.count, `no ${needed} in the summary statistics`);
  const common = rowsInBoth(sumstats.rowOf, weightScores);
  const { withScore, count: both } = common;
  losses.step('LD scores', withScore, 'not among the LD scores');
  losses.step('weights', both, 'not among the LD scores of the weights');
  const smaller = Math.min(sumstats.count, table.count);
  if (both === 0 || (both < SUSPICIOUS_OVERLAP * smaller && !allowSmallOverlap)) {
    throw new HeredityError(
      'mismatch',
      `${formatCount(both)} of the ${formatCount(sumstats.count)} SNPs are among the ${formatCount(table.count)} with LD scores${likelyCause(sumstats, reference)}`,
      {
        file,
        expected: `IDs such as ${table.ids.text(0)}`,
        ...(both > 0 && { fix: 'if this is meant, pass --allow-small-overlap' }),
      },
    );
  }
  return {
    ld: common.areAll ? reference : keepRows(reference, common.referenceRows),
    common,
    z: common.areAll ? sumstats.z : gather(sumstats.z, common.rows),
    n: common.areAll ? sumstats.n : gather(sumstats.n, common.rows),
    losses,
    uncovered: common.areAll ? undefined : uncoveredChromosomes(table, common.referenceRows),
  };
}

/** SNPs that two tables have in common, in the order of the LD scores. */
class CommonRows {
  readonly count: number;
  /** SNPs with a statistic and LD scores, whether they have a weight or not. */
  readonly withScore: number;
  /** Whether the tables are the same rows in the same order. */
  readonly areAll: boolean;
  #both: { readonly referenceRows: Int32Array; readonly rows: Int32Array } | undefined;

  /** @param both undefined where they are all. */
  constructor(count: number, withScore: number, both?: { referenceRows: Int32Array; rows: Int32Array }) {
    this.count = count;
    this.withScore = withScore;
    this.#both = both;
    this.areAll = both === undefined;
  }

  /** Row of each SNP in the LD scores. */
  get referenceRows(): Int32Array {
    return this.#rows().referenceRows;
  }

  /** Row of each SNP in the summary statistics. */
  get rows(): Int32Array {
    return this.#rows().rows;
  }

  #rows() {
    if (this.#both === undefined) {
      const each = largeInt32(this.count);
      for (let row = 0; row < this.count; row++) each[row] = row;
      this.#both = { referenceRows: each, rows: each };
    }
    return this.#both;
  }
}

/** @param rowOf as {@link MatchedSumstats}. @param weightScores NaN where there is none. */
function rowsInBoth(rowOf: Int32Array | undefined, weightScores: Float64Array): CommonRows {
  const { length } = weightScores;
  if (rowOf === undefined && !weightScores.includes(Number.NaN)) return new CommonRows(length, length);
  const referenceRows = largeInt32(length);
  const rows = largeInt32(length);
  let [withScore, both] = [0, 0];
  for (let j = 0; j < length; j++) {
    const row = rowOf === undefined ? j : rowOf[j];
    if (row < 0) continue;
    withScore++;
    if (Number.isNaN(weightScores[j])) continue;
    referenceRows[both] = j;
    rows[both++] = row;
  }
  const common = { referenceRows: referenceRows.subarray(0, both), rows: rows.subarray(0, both) };
  return new CommonRows(both, withScore, common);
}

/** LD scores of some SNPs, ascending; the very same arrays where they are all. */
export function keepRows({ scores, weightScores, counts }: LdScores, rows: Int32Array): LdScores {
  const count = rows.length;
  const take = (column: Float64Array) => (column.length === count ? column : gather(column, rows));
  const weights = take(weightScores);
  return {
    scores: scores.map((column) => (column === weightScores ? weights : take(column))),
    weightScores: weights,
    counts,
  };
}

/** The values of some rows; the very same array where the rows are all, in order. */
function gather(values: Float64Array, rows: Int32Array): Float64Array {
  let inOrder = 0;
  while (inOrder < rows.length && rows[inOrder] === inOrder) inOrder++;
  if (inOrder === values.length) return values;
  const taken = largeFloat64(rows.length);
  for (let k = 0; k < rows.length; k++) taken[k] = values[rows[k]];
  return taken;
}

function likelyCause({ firstId }: MatchedSumstats, { table }: Reference): string {
  const [own, other] = [kindOfId(firstId), kindOfId(table.ids.text(0))];
  if (own !== other) return `; the summary statistics name SNPs by ${own}, the LD scores by ${other}`;
  if (own === 'position') return '; positions are perhaps of another genome build';
  return '; perhaps the LD scores are of other chromosomes, or of another panel';
}

function kindOfId(id: string): string {
  if (/^rs\d+$/i.test(id)) return 'rs number';
  return /^(chr)?[0-9XYM]+[:_]\d+/i.test(id) ? 'position' : 'names of their own';
}
