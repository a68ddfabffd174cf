import type { PackedRows } from '../genotypes/among.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2, MISSING } from '../kernels/kernels.js';
import { sharedBytes, sharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';

/** Rows of a call: those of a tile of the packed Gram. */
const ROWS = 64;
/** Genotype pairs that one thread counts in a millisecond. */
const PAIRS_PER_MS = 6.5e8;

/** Rows and, four a row, their genotype counts. */
interface CountedRows {
  readonly packed: Uint8Array;
  readonly counts: Int32Array;
}

/** Marks the pairs with a larger r² than the limit: bit j & 7 of byte i * ceil(columns / 8) + (j >> 3) for row i of a and j of b. */
const alikeRows = defineTask(
  'alikeRows',
  (
    kernels,
    packedA: Uint8Array,
    countsA: Int32Array,
    packedB: Uint8Array,
    countsB: Int32Array,
    stride: number,
    samples: number,
    limit: number,
    marks: Uint8Array,
  ): void => {
    const [rows, columns] = [countsA.length / 4, countsB.length / 4];
    const cells = rows * columns;
    const hasMissing = missesSomebody(countsA) || missesSomebody(countsB);
    const [dots, sumsA, sumsB, present, hetHet, opposed, hetA, hetB] = Array.from({ length: 8 }, (_, k) =>
      work(k, k === 0 || hasMissing ? cells : 0),
    );
    if (hasMissing) {
      const pair = [packedA, rows, packedB, columns, stride] as const;
      kernels.gramWithMissing(...pair, dots, sumsA, sumsB, present);
      kernels.kinshipCountsWithMissing(...pair, hetHet, opposed, hetA, hetB, present);
    } else kernels.gram(packedA, rows, packedB, columns, stride, dots);
    const width = Math.ceil(columns / 8);
    marks.fill(0);
    for (let i = 0; i < rows; i++) {
      const own = 4 * i;
      for (let j = 0; j < columns; j++) {
        const cell = i * columns + j;
        const other = 4 * j;
        const people = hasMissing ? present[cell] : samples;
        const sum1 = hasMissing ? sumsA[cell] : countsA[own + HOM_ALLELE1] - countsA[own + HOM_ALLELE2];
        const sum2 = hasMissing ? sumsB[cell] : countsB[other + HOM_ALLELE1] - countsB[other + HOM_ALLELE2];
        const squares1 = people - (hasMissing ? hetA[cell] : countsA[own + HET]);
        const squares2 = people - (hasMissing ? hetB[cell] : countsB[other + HET]);
        const covariance = dots[cell] * people - sum1 * sum2;
        const variance1 = squares1 * people - sum1 * sum1;
        const variance2 = squares2 * people - sum2 * sum2;
        if (covariance * covariance > limit * variance1 * variance2)
          marks[i * width + (j >> 3)] |= 1 << (j & 7);
      }
    }
  },
);

function missesSomebody(counts: Int32Array): boolean {
  for (let at = MISSING; at < counts.length; at += 4) if (counts[at] > 0) return true;
  return false;
}

/** Work space of this thread, kept between calls. */
const spaces: Int32Array[] = [];

function work(slot: number, length: number): Int32Array {
  if (!spaces[slot] || spaces[slot].length < length) spaces[slot] = new Int32Array(length);
  return spaces[slot].subarray(0, length);
}

/** Rows of consecutive variants. */
type ComingRows = Pick<PackedRows, 'first' | 'variants' | 'packed'>;

/** Rows of the variants that may still be compared, with all of which those that come are compared. */
export class AlikeRows {
  readonly #genotypes: GenotypeOperator;
  readonly #limit: number;
  /** Positions of the variants, ascending, a row each. */
  #variants: number[] = [];
  #packed = sharedBytes(0);
  #counts = sharedInt32(0);
  #marks = sharedBytes(0);

  /** @param limit the largest r² that is not told. */
  constructor(genotypes: GenotypeOperator, limit: number) {
    this.#genotypes = genotypes;
    this.#limit = limit;
  }

  /**
   * Compares each of some variants with all that are here, and with those before it among themselves.
   * @param coming variants that follow those that are here.
   * @param onPair told of each pair with a larger r²; for each first one its partners ascend.
   */
  async compare(coming: ComingRows, onPair: (first: number, second: number) => void): Promise<void> {
    const { rowStride: stride, samples, pool, statistics } = this.#genotypes;
    const { first, variants: columns, packed } = coming;
    const counts = sharedInt32(4 * columns);
    counts.set(statistics.counts.subarray(4 * first, 4 * (first + columns)));
    const here = this.#variants.length;
    const width = Math.ceil(columns / 8);
    const all = here + columns;
    if (this.#marks.length < all * width) this.#marks = sharedBytes(2 * all * width);
    const size = Math.min(ROWS, Math.max(8, Math.ceil(all / pool.threads / 8) * 8));
    let at = 0;
    const calls = [
      ...pieces({ packed: this.#packed, counts: this.#counts }, here, size, stride),
      ...pieces({ packed, counts }, columns, size, stride),
    ].map((own) => {
      const marks = this.#marks.subarray(at * width, (at + own.rows) * width);
      at += own.rows;
      return [own.packed, own.counts, packed, counts, stride, samples, this.#limit, marks] as const;
    });
    await pool.run(alikeRows, calls, { milliseconds: (all * columns * samples) / PAIRS_PER_MS });
    for (let i = 0; i < all; i++) {
      const own = i < here ? this.#variants[i] : first + i - here;
      for (let byte = 0; byte < width; byte++)
        for (let bits = this.#marks[i * width + byte]; bits !== 0; bits &= bits - 1) {
          const other = first + 8 * byte + 31 - Math.clz32(bits & -bits);
          if (other > own) onPair(own, other);
        }
    }
  }

  /** Keeps those of the variants that are here, and of those that came, with which others may be compared. */
  keep(coming: ComingRows, isKept: (variant: number) => boolean): void {
    const { rowStride: stride, statistics } = this.#genotypes;
    const kept: number[] = [];
    for (const [row, variant] of this.#variants.entries()) {
      if (!isKept(variant)) continue;
      const to = kept.push(variant) - 1;
      if (to === row) continue;
      this.#packed.copyWithin(to * stride, row * stride, (row + 1) * stride);
      this.#counts.copyWithin(4 * to, 4 * row, 4 * row + 4);
    }
    this.#variants = kept;
    this.#makeRoom(kept.length + coming.variants);
    for (let k = 0; k < coming.variants; k++) {
      const variant = coming.first + k;
      if (!isKept(variant)) continue;
      const to = kept.push(variant) - 1;
      this.#packed.set(coming.packed.subarray(k * stride, (k + 1) * stride), to * stride);
      this.#counts.set(statistics.counts.subarray(4 * variant, 4 * variant + 4), 4 * to);
    }
  }

  /** Leaves out all. */
  clear(): void {
    this.#variants = [];
  }

  #makeRoom(rows: number): void {
    const { rowStride: stride } = this.#genotypes;
    if (this.#packed.length >= rows * stride) return;
    const [packed, counts] = [this.#packed, this.#counts];
    this.#packed = sharedBytes(2 * rows * stride);
    this.#packed.set(packed);
    this.#counts = sharedInt32(8 * rows);
    this.#counts.set(counts);
  }
}

/** The first `rows` rows, `size` at a time. */
function pieces({ packed, counts }: CountedRows, rows: number, size: number, stride: number) {
  return Array.from({ length: Math.ceil(rows / size) }, (_, c) => {
    const [from, to] = [c * size, Math.min(rows, (c + 1) * size)];
    return {
      rows: to - from,
      packed: packed.subarray(from * stride, to * stride),
      counts: counts.subarray(4 * from, 4 * to),
    };
  });
}
