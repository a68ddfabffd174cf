import { HeredityError } from '../errors.js';
import type { VariantTable } from '../formats/bim.js';
import { growingInt32 } from '../formats/growing-array.js';
import type { VariantRange } from '../genotypes/gather-ranges.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { sharedBytes, toSharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { type RunContext, silentRun } from '../run.js';
import { chromosomeStarts, variantWindows } from './windows.js';

/** PLINK's --indep-pairwise: a window of variants or of kilobases, by how many variants it moves, and the largest r² that stays. */
export interface PruningRule {
  readonly unit: 'kb' | 'snps';
  readonly window: number;
  /** Variants by which a window of variants moves on; 1 for one of kilobases. */
  readonly step: number;
  readonly r2: number;
}

/** Relative difference below which r² and frequencies are equal, as in PLINK. */
const EPSILON = 2 ** -44;

/** Variants of a call, and those of one packed Gram: few, so that little is counted beyond a short window. */
const UNIT = 256;
const ROWS = 16;
const COLUMNS = 512;
/** Bytes of results that wait to be read. */
const RESULT_BYTES = 32 << 20;
/** Genotype pairs that one thread counts in a millisecond. */
const PAIRS_PER_MS = 1e8;

/**
 * Which variants are kept so that no two of a window have a larger r²: PLINK's rule. In each window, as long as there is something to
 * remove, every variant in turn is compared with those behind it that it has not been compared with, up to the first whose
 * r² with it is larger; of the two the one with the more frequent major allele goes, if they are alike the second. r² is that
 * of the hard calls of those who have both. Variants that do not vary are removed, but one that is alone on its chromosome,
 * or farther from others than a window, stays.
 *
 * @param genotypes of the people whose LD counts, with their statistics. Positions in `table` are needed for kilobases.
 * @returns 1 for each variant that is kept, else 0.
 * @throws HeredityError `bad-input` as {@link variantWindows}.
 */
export async function pruneVariants(
  genotypes: GenotypeOperator,
  table: VariantTable,
  rule: PruningRule,
  file?: string,
  run: RunContext = silentRun,
): Promise<Uint8Array> {
  if (genotypes.samples < 2)
    throw new HeredityError('degenerate-data', 'LD needs more people', {
      value: genotypes.samples,
      expected: 'at least 2, better hundreds',
    });
  const segments = segmentsOf(table, genotypes.variants, rule);
  const last = lastPartners(table, genotypes.variants, segments, rule, file);
  const alike = await alikePairs(genotypes, last, rule.r2 * (1 + EPSILON), run);
  const { statistics } = genotypes;
  const kept = new Uint8Array(genotypes.count).fill(1);
  const major = Float64Array.from(
    { length: genotypes.count },
    (_, v) => 1 - statistics.minorAlleleFrequency(v),
  );
  const position = Float64Array.from(genotypes.variants, (v) => table.position[v]);
  for (const segment of segments)
    if (segment.end - segment.start > 1)
      pruneSegment(segment, rule, { alike, statistics, major, position }, kept);
  return kept;
}

/** Consecutive variants, as positions in the list, no window of which holds others. */
interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Chromosomes; for windows of kilobases cut where two neighbours are farther apart than a window. */
function segmentsOf(table: VariantTable, variants: Int32Array, { unit, window }: PruningRule): Segment[] {
  const starts = chromosomeStarts(table, variants);
  const segments: Segment[] = [];
  for (const [c, first] of starts.entries()) {
    const end = starts[c + 1] ?? variants.length;
    let start = first;
    for (let v = first + 1; v < end && unit === 'kb'; v++) {
      if (table.position[variants[v]] - table.position[variants[v - 1]] <= 1000 * window) continue;
      segments.push({ start, end: v });
      start = v;
    }
    segments.push({ start, end });
  }
  return segments;
}

/** The last variant that shares a window with each. */
function lastPartners(
  table: VariantTable,
  variants: Int32Array,
  segments: readonly Segment[],
  { unit, window, step }: PruningRule,
  file: string | undefined,
): Int32Array {
  if (unit === 'kb') return variantWindows(table, variants, { unit, reach: window }, file).last;
  const last = new Int32Array(variants.length);
  for (const { start, end } of segments) {
    const lastWindow = Math.max(0, Math.ceil((end - start - window) / step));
    for (let v = start; v < end; v++) {
      const latest = Math.min(Math.floor((v - start) / step), lastWindow);
      last[v] = Math.max(v, Math.min(end, start + latest * step + window) - 1);
    }
  }
  return last;
}

/** Those behind each variant that are too alike: of variant v `partners[starts[v]]` to `partners[starts[v + 1] - 1]`, ascending. */
interface AlikePairs {
  readonly starts: Float64Array;
  readonly partners: Int32Array;
}

interface Unit extends VariantRange {
  readonly own: number;
}

/** Marks the pairs of a unit: bit j & 7 of byte i * width + (j >> 3) of `marks` for variant i and the j-th of the rows. */
const alikeUnit = defineTask(
  'alikeUnit',
  (
    kernels,
    packed: Uint8Array,
    variants: number,
    stride: number,
    samples: number,
    last: Int32Array,
    limit: number,
    marks: Uint8Array,
  ): void => {
    const counts = work(0, 4 * variants);
    kernels.countGenotypes(packed, stride, variants, samples, counts);
    const hasMissing = Array.from({ length: variants }, (_, v) => v).some((v) => counts[4 * v + 1] > 0);
    const width = Math.ceil(variants / 8);
    marks.fill(0);
    for (let row = 0; row < last.length; row += ROWS) {
      const rows = Math.min(ROWS, last.length - row);
      const end = last[row + rows - 1] + 1;
      const a = packed.subarray(row * stride, (row + rows) * stride);
      for (let column = row; column < end; column += COLUMNS) {
        const columns = Math.min(COLUMNS, end - column);
        const b = packed.subarray(column * stride, (column + columns) * stride);
        const cells = rows * columns;
        const [dots, sumsA, sumsB, present, hetHet, opposed, hetA, hetB] = Array.from({ length: 8 }, (_, k) =>
          work(k + 1, k === 0 || hasMissing ? cells : 0),
        );
        if (hasMissing) {
          kernels.gramWithMissing(a, rows, b, columns, stride, dots, sumsA, sumsB, present);
          kernels.kinshipCountsWithMissing(
            ...([a, rows, b, columns, stride, hetHet, opposed, hetA, hetB, present] as const),
          );
        } else kernels.gram(a, rows, b, columns, stride, dots);
        for (let i = 0; i < rows; i++) {
          const own = 4 * (row + i);
          const from = Math.max(column, row + i + 1);
          const to = Math.min(column + columns, last[row + i] + 1);
          for (let j = from; j < to; j++) {
            const cell = i * columns + j - column;
            const other = 4 * j;
            const people = hasMissing ? present[cell] : samples;
            const sum1 = hasMissing ? sumsA[cell] : counts[own] - counts[own + 3];
            const sum2 = hasMissing ? sumsB[cell] : counts[other] - counts[other + 3];
            const squares1 = people - (hasMissing ? hetA[cell] : counts[own + 2]);
            const squares2 = people - (hasMissing ? hetB[cell] : counts[other + 2]);
            const covariance = dots[cell] * people - sum1 * sum2;
            const variance1 = squares1 * people - sum1 * sum1;
            const variance2 = squares2 * people - sum2 * sum2;
            if (covariance * covariance > limit * variance1 * variance2)
              marks[(row + i) * width + (j >> 3)] |= 1 << (j & 7);
          }
        }
      }
    }
  },
);

/** Work space of this thread, kept between calls. */
const spaces: Int32Array[] = [];

function work(slot: number, length: number): Int32Array {
  if (!spaces[slot] || spaces[slot].length < length) spaces[slot] = new Int32Array(length);
  return spaces[slot].subarray(0, length);
}

/** All pairs that share a window and have a larger r²: one pass over the genotypes. */
async function alikePairs(
  genotypes: GenotypeOperator,
  last: Int32Array,
  limit: number,
  run: RunContext,
): Promise<AlikePairs> {
  const { count, rowStride, samples, pool } = genotypes;
  const units: Unit[] = [];
  for (let first = 0; first < count; first += UNIT) {
    const own = Math.min(UNIT, count - first);
    units.push({ first, own, variants: last[first + own - 1] + 1 - first });
  }
  const starts = new Float64Array(count + 1);
  const partners = growingInt32();
  const phase = run.progress.phase('r²', { total: count, unit: 'variants' });
  const most = units.reduce((bytes, { variants }) => Math.max(bytes, UNIT * Math.ceil(variants / 8)), 1);
  const room = Math.max(2 * pool.threads, Math.floor(RESULT_BYTES / most));
  for await (const gathered of genotypes.ranges(units)) {
    for (let at = 0; at < gathered.length; at += room) {
      const batch = gathered.slice(at, at + room).map(({ range, rows }) => ({
        range,
        rows,
        marks: sharedBytes(range.own * Math.ceil(range.variants / 8)),
      }));
      const calls = batch.map(({ range, rows, marks }) => {
        const own = toSharedInt32(
          last.subarray(range.first, range.first + range.own).map((v) => v - range.first),
        );
        return [rows.packed, range.variants, rowStride, samples, own, limit, marks] as const;
      });
      const pairs = batch.reduce((sum, { range }) => sum + range.own * range.variants, 0);
      await pool.run(alikeUnit, calls, { milliseconds: (pairs * samples) / PAIRS_PER_MS });
      for (const { range, marks } of batch) {
        const width = Math.ceil(range.variants / 8);
        for (let i = 0; i < range.own; i++) {
          for (let byte = 0; byte < width; byte++) {
            for (let bits = marks[i * width + byte]; bits !== 0; bits &= bits - 1)
              partners.push(range.first + 8 * byte + 31 - Math.clz32(bits & -bits));
          }
          starts[range.first + i + 1] = partners.length;
        }
        phase.advance(range.own);
      }
    }
  }
  phase.end();
  return { starts, partners: partners.toArray() };
}

interface PruningData {
  readonly alike: AlikePairs;
  readonly statistics: VariantStatistics;
  /** Frequency of the major allele. */
  readonly major: Float64Array;
  readonly position: Float64Array;
}

/** Moves windows along a segment, and removes variants from `kept`. */
function pruneSegment(
  segment: Segment,
  rule: PruningRule,
  { alike: { starts, partners }, statistics, major, position }: PruningData,
  kept: Uint8Array,
): void {
  const reach = 1000 * rule.window;
  let start = segment.start;
  let end = start;
  const advanceEnd = () => {
    if (rule.unit === 'snps') end = Math.min(start + rule.window, segment.end);
    else while (end < segment.end && position[end] <= position[start] + reach) end++;
  };
  /** Variants of the window that are kept so far. */
  let live: number[] = [];
  /** By variant of the segment: the next place in the list of its partners. */
  const next = starts.slice(segment.start, segment.end);
  for (;;) {
    const before = end;
    advanceEnd();
    for (let v = before; v < end; v++) {
      if (statistics.isMonomorphic(v)) kept[v] = 0;
      else live.push(v);
    }
    for (let isOver = false; !isOver; ) {
      isOver = true;
      for (const first of live) {
        if (!kept[first]) continue;
        const own = first - segment.start;
        while (next[own] < starts[first + 1] && !kept[partners[next[own]]]) next[own]++;
        const second = next[own] < starts[first + 1] ? partners[next[own]] : end;
        if (second >= end) continue;
        isOver = false;
        if (major[first] > major[second] * (1 + EPSILON)) kept[first] = 0;
        else {
          kept[second] = 0;
          next[own]++;
        }
      }
    }
    if (end === segment.end) return;
    if (rule.unit === 'snps') start += rule.step;
    else
      do start++;
      while (position[start] < position[end] - reach);
    live = live.filter((v) => v >= start && kept[v] === 1);
  }
}
