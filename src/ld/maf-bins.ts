import { HeredityError } from '../errors.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { normalQuantile } from '../linalg/distributions.js';
import type { Annotations } from './windowed-r2.js';

/** The ten bins of the GRE paper's S-LDSC (MAF), with as many variants of UK Biobank's array in each (METHODS 2.5). */
export const PAPER_MAF_EDGES: readonly number[] = [
  0, 0.01260001, 0.02056777, 0.02990142, 0.04335571, 0.06586248, 0.10604216, 0.17037983, 0.26082496,
  0.37356658, 0.5,
];

/** Variants by minor allele frequency. */
export interface MafBins {
  /** Bin k holds frequencies from `edges[k]` to below `edges[k + 1]`; the last one also what equals its end. */
  readonly edges: Float64Array;
  /** Bin of each variant. */
  readonly bin: Int32Array;
  /** Variants in each bin. */
  readonly counts: Int32Array;
}

/** Bins of S-LDSC's frequency models (METHODS 4.6). */
export const USUAL_BINS = 10;

/**
 * Bins by minor allele frequency: so many with equal numbers of variants, or between given edges. Variants of one frequency are
 * in one bin, so that numbers may differ, and there may be fewer bins; between given edges a bin may be empty.
 *
 * @param bins number of bins, or ascending edges from the lowest to the highest frequency.
 * @throws HeredityError `usage` for edges that do not ascend or leave a variant out.
 */
export function mafBins(maf: Float64Array, bins: number | ArrayLike<number> = USUAL_BINS): MafBins {
  const edges = typeof bins === 'number' ? equalEdges(maf, bins) : Float64Array.from(bins);
  checkEdges(edges);
  const count = edges.length - 1;
  const counts = new Int32Array(count);
  const bin = Int32Array.from(maf, (frequency) => {
    let k = 0;
    while (k + 1 < count && frequency >= edges[k + 1]) k++;
    if (frequency < edges[k] || frequency > edges[count]) {
      throw new HeredityError('usage', 'a minor allele frequency lies in no bin', {
        value: frequency,
        expected: `${edges[0]} to ${edges[count]}`,
        fix: 'begin the edges with 0 and end them with 0.5',
      });
    }
    counts[k]++;
    return k;
  });
  return { edges, bin, counts };
}

/** One annotation a bin, 1 for its variants: they sum to one, so that no base annotation goes with them (METHODS 4.6). */
export function binAnnotations({ bin, counts }: MafBins): Annotations {
  const columns = counts.length;
  const values = sharedFloat64(bin.length * columns);
  for (let v = 0; v < bin.length; v++) values[v * columns + bin[v]] = 1;
  return { values, columns };
}

/**
 * Level of LD (METHODS 4.6): within each bin the normal quantile of (rank - 1/2) / variants of the bin, ranks by LD score,
 * equal scores at their average rank.
 */
export function levelOfLd(scores: ArrayLike<number>, { bin, counts }: MafBins): Float64Array {
  const level = new Float64Array(bin.length);
  const members = Array.from(counts, (count) => new Int32Array(count));
  const filled = new Int32Array(counts.length);
  for (let v = 0; v < bin.length; v++) members[bin[v]][filled[bin[v]]++] = v;
  for (const variants of members) {
    variants.sort((a, b) => scores[a] - scores[b]);
    for (let from = 0; from < variants.length; ) {
      let to = from + 1;
      while (to < variants.length && scores[variants[to]] === scores[variants[from]]) to++;
      const rank = (from + 1 + to) / 2;
      for (let i = from; i < to; i++) level[variants[i]] = normalQuantile((rank - 0.5) / variants.length);
      from = to;
    }
  }
  return level;
}

/** Edges that repeat, because many variants have one frequency, count once. */
function equalEdges(maf: Float64Array, bins: number): Float64Array {
  const sorted = maf.toSorted();
  const cuts = Array.from(
    { length: bins - 1 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / bins)],
  );
  return Float64Array.from([0, ...new Set(cuts.filter((cut) => cut > sorted[0])), 0.5]);
}

function checkEdges(edges: Float64Array): void {
  const wrong = edges.findIndex(
    (edge, k) => !(k === 0 || edge >= edges[k - 1]) || !(edge >= 0 && edge <= 0.5),
  );
  if (edges.length >= 2 && wrong < 0) return;
  throw new HeredityError('usage', 'these are no edges of bins by minor allele frequency', {
    value: edges.join(', '),
    expected: 'two or more numbers from 0 to 0.5 in ascending order',
  });
}

/** What a bin is called by its limits. */
export function frequencyBinName(edges: ArrayLike<number>, bin: number): string {
  return `maf${edges[bin].toFixed(4)}-${edges[bin + 1].toFixed(4)}`;
}
