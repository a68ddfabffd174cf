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
  /** Row of each SNP in the LD scores. */
  readonly referenceRows: Int32Array;
  /** Row of each SNP in the summary statistics. */
  readonly rows: Int32Array;
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
  const { withScore, referenceRows, rows } = rowsInBoth(sumstats.rowOf, weightScores);
  const both = rows.length;
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
    ld: keepRows(reference, referenceRows),
    referenceRows,
    rows,
    z: gather(sumstats.z, rows),
    n: gather(sumstats.n, rows),
    losses,
    uncovered: uncoveredChromosomes(table, referenceRows),
  };
}

/** Rows of the reference that have statistics (`withScore` of them) and a weight, and those of the statistics beside them. */
function rowsInBoth(rowOf: Int32Array, weightScores: Float64Array) {
  let [withScore, both, inOrder] = [0, 0, 0];
  for (let j = 0; j < rowOf.length; j++) {
    if (rowOf[j] < 0) continue;
    withScore++;
    if (Number.isNaN(weightScores[j])) continue;
    both++;
    if (rowOf[j] === inOrder) inOrder++;
  }
  if (both === rowOf.length && inOrder === both) return { withScore, referenceRows: rowOf, rows: rowOf };
  const referenceRows = largeInt32(both);
  const rows = largeInt32(both);
  for (let j = 0, k = 0; k < both; j++) {
    if (rowOf[j] < 0 || Number.isNaN(weightScores[j])) continue;
    referenceRows[k] = j;
    rows[k++] = rowOf[j];
  }
  return { withScore, referenceRows, rows };
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
