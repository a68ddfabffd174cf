import { HeredityError } from '../errors.js';
import type { VariantTable } from '../formats/bim.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { type RunContext, silentRun } from '../run.js';
import { AlikeRows } from './alike-rows.js';
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

/** Variants that are compared together with those before them: many for the kernel, few beyond what a window needs. */
const LEAST_TOGETHER = 64;
const MOST_TOGETHER = 128;

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
  const { variants, statistics, count } = genotypes;
  const kept = new Uint8Array(count).fill(1);
  // what it finds is not needed: windows below move on by other rules, but positions have to be right
  if (rule.unit === 'kb') variantWindows(table, variants, { unit: 'kb', reach: rule.window }, file);
  const data: PruningData = {
    statistics,
    major: Float64Array.from({ length: count }, (_, v) => 1 - statistics.minorAlleleFrequency(v)),
    position: Float64Array.from(variants, (v) => table.position[v]),
  };
  const rows = new AlikeRows(genotypes, rule.r2 * (1 + EPSILON));
  const segments = segmentsOf(table, variants, rule)
    .filter(({ start, end }) => end - start > 1)
    .map((segment) => new SegmentPruner(segment, rule, data, kept));
  let next = 0;
  const phase = run.progress.phase('r²', { total: count, unit: 'variants' });
  for await (const { first, count: own, packed } of genotypes.parts()) {
    while (next < segments.length && segments[next].start < first + own) {
      const pruner = segments[next];
      let at = Math.max(first, pruner.start);
      for (let end = at; at < Math.min(first + own, pruner.end); at = end) {
        end = Math.min(first + own, pruner.needs(at));
        const stride = genotypes.rowStride;
        const coming = {
          first: at,
          variants: end - at,
          packed: packed.subarray((at - first) * stride, (end - first) * stride),
        };
        await rows.compare(coming, (one, other) => pruner.areAlike(one, other));
        pruner.advance(end);
        rows.keep(coming, (v) => pruner.compares(v) && !statistics.isMonomorphic(v));
      }
      if (at < pruner.end) break;
      rows.clear();
      next++;
    }
    phase.advance(own);
  }
  phase.end();
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

interface PruningData {
  readonly statistics: VariantStatistics;
  /** Frequency of the major allele. */
  readonly major: Float64Array;
  readonly position: Float64Array;
}

/** Moves windows along a segment as its variants come, and removes variants from `kept`. */
class SegmentPruner {
  readonly start: number;
  readonly end: number;
  readonly #rule: PruningRule;
  readonly #data: PruningData;
  readonly #kept: Uint8Array;
  /** The window, and its variants that are kept so far. */
  #windowStart: number;
  #windowEnd: number;
  #live: number[] = [];
  /** By variant of the segment: those behind it that are too alike, ascending, and which of them is next. */
  readonly #partners: (number[] | undefined)[];
  readonly #next: Int32Array;

  constructor({ start, end }: Segment, rule: PruningRule, data: PruningData, kept: Uint8Array) {
    this.start = start;
    this.end = end;
    this.#rule = rule;
    this.#data = data;
    this.#kept = kept;
    this.#windowStart = start;
    this.#windowEnd = start;
    this.#partners = Array.from({ length: end - start });
    this.#next = new Int32Array(end - start);
  }

  /** Up to where variants from `at` on should come before {@link advance}. */
  needs(at: number): number {
    const end = Math.min(at + MOST_TOGETHER, Math.max(at + LEAST_TOGETHER, this.#nextEnd()));
    return Math.min(this.end, end);
  }

  /** Notes that r² of two variants is larger than the limit; those of a variant come in ascending order. */
  areAlike(first: number, second: number): void {
    const own = first - this.start;
    (this.#partners[own] ??= []).push(second);
  }

  /** Whether a variant that has come may be compared with those to come. */
  compares(variant: number): boolean {
    return this.#kept[variant] === 1 && variant >= this.#windowStart;
  }

  /** Prunes all windows that end before `available`, or there. */
  advance(available: number): void {
    const { statistics, position } = this.#data;
    while (this.#windowEnd < this.end) {
      const end = this.#nextEnd();
      if (end > available) return;
      for (let v = this.#windowEnd; v < end; v++) {
        if (statistics.isMonomorphic(v)) this.#kept[v] = 0;
        else this.#live.push(v);
      }
      this.#windowEnd = end;
      while (this.#removeSome());
      if (end === this.end) return;
      if (this.#rule.unit === 'snps') this.#windowStart += this.#rule.step;
      else
        do this.#windowStart++;
        while (position[this.#windowStart] < position[end] - this.#reach);
      this.#live = this.#live.filter((v) => this.compares(v));
    }
  }

  get #reach(): number {
    return 1000 * this.#rule.window;
  }

  /** Where the window ends that starts at its start. */
  #nextEnd(): number {
    const start = this.#windowStart;
    if (this.#rule.unit === 'snps') return Math.min(start + this.#rule.window, this.end);
    const { position } = this.#data;
    let end = this.#windowEnd;
    while (end < this.end && position[end] <= position[start] + this.#reach) end++;
    return end;
  }

  /** Compares every variant of the window up to the first that is too alike; whether one was removed. */
  #removeSome(): boolean {
    const { major } = this.#data;
    const kept = this.#kept;
    let hasRemoved = false;
    for (const first of this.#live) {
      const own = first - this.start;
      const partners = this.#partners[own];
      if (!kept[first] || !partners) continue;
      while (this.#next[own] < partners.length && !kept[partners[this.#next[own]]]) this.#next[own]++;
      const second = partners[this.#next[own]] ?? this.#windowEnd;
      if (second >= this.#windowEnd) continue;
      hasRemoved = true;
      if (major[first] > major[second] * (1 + EPSILON)) kept[first] = 0;
      else {
        kept[second] = 0;
        this.#next[own]++;
      }
    }
    return hasRemoved;
  }
}
