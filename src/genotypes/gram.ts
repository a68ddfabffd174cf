import type { Kernels } from '../kernels/kernels.js';
import { joined, sharedBytes, sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { type Scratch, scratchFloat64, scratchInt32 } from '../kernels/scratch.js';
import { DOSAGE_ROWS } from '../kernels/variant-rows.js';
import { dosageGram } from './dosages.js';

/** Standardised rows of packed genotypes: what a tile of X'X needs to know about one of its sides. */
export interface GramSide {
  readonly packed: Uint8Array;
  readonly variants: number;
  /** Mean centred code and 1/sd with which the variants were standardised. */
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** Genotype counts of these rows, four a variant, where they are known; else each product counts them. */
  readonly counts?: Int32Array | undefined;
  /** Packed rows of a variant: 1 of hard calls, DOSAGE_ROWS of dosages. @default 1 */
  readonly rows?: number | undefined;
  /** Rows of the same variants with another code, which are added to these: what dominance is made of (src/genotypes/dominance.ts). */
  readonly plus?: GramSide | undefined;
}

/**
 * `out[i * ldo + j] = sum over samples of x_i x_j`, the exact product of standardised genotypes from integer counts.
 * With d the centred code and p presence, x = scale (d - mean p), so the sum needs sum d_i d_j, and where genotypes are
 * missing also sum d_i p_j, sum p_i d_j and sum p_i p_j. The samples may be fewer than those behind mean and scale.
 *
 * @param samples people in the packed rows; @param stride bytes a row.
 */
export function standardisedGram(
  kernels: Kernels,
  a: GramSide,
  b: GramSide,
  stride: number,
  samples: number,
  out: Float64Array,
  ldo: number,
): void {
  if (a.rows === DOSAGE_ROWS) {
    dosageGram(kernels, a, b, stride, samples, out, ldo);
    return;
  }
  gramOfCodes(kernels, a, b, stride, samples, out, ldo);
  if (!a.plus && !b.plus) return;
  const width = b.variants;
  const added = new Float64Array(a.variants * width);
  const { plus: more, ...first } = a;
  const { plus: other, ...second } = b;
  for (const [left, right] of [
    [more, second],
    [first, other],
    [more, other],
  ]) {
    if (!left || !right) continue;
    gramOfCodes(kernels, left, right, stride, samples, added, width);
    for (let i = 0, cell = 0; i < a.variants; i++)
      for (let j = 0; j < width; j++, cell++) out[i * ldo + j] += added[cell];
  }
}

/** The same of rows of one code. */
function gramOfCodes(
  kernels: Kernels,
  a: GramSide,
  b: GramSide,
  stride: number,
  samples: number,
  out: Float64Array,
  ldo: number,
): void {
  const cells = a.variants * b.variants;
  const countsA = countsOf(kernels, a, stride, samples, room.countsA);
  const countsB = countsOf(kernels, b, stride, samples, room.countsB);
  const dots = room.dots.of(cells);
  if (!hasMissing(countsA, a.variants) && !hasMissing(countsB, b.variants)) {
    kernels.gram(a.packed, a.variants, b.packed, b.variants, stride, dots);
    const excess = sumsOf(countsA, a.variants, room.excessA);
    for (let i = 0; i < a.variants; i++) excess[i] -= a.mean[i] * samples;
    const sums = sumsOf(countsB, b.variants, room.codesB);
    const isWhole = ldo === b.variants; // a tile of its own, else rows of a larger one: kernels write whole tiles
    const values = isWhole ? out.subarray(0, cells) : room.values.of(cells);
    kernels.standardiseGram(
      ...([dots, a.variants, b.variants, a.mean, a.scale, excess, b.mean, b.scale, sums, values] as const),
    );
    if (!isWhole)
      for (let i = 0; i < a.variants; i++)
        out.set(values.subarray(i * b.variants, (i + 1) * b.variants), i * ldo);
    return;
  }
  const sumsA = room.sumsA.of(cells);
  const sumsB = room.sumsB.of(cells);
  const present = room.present.of(cells);
  kernels.gramWithMissing(a.packed, a.variants, b.packed, b.variants, stride, dots, sumsA, sumsB, present);
  for (let i = 0; i < a.variants; i++) {
    const meanA = a.mean[i];
    for (let j = 0; j < b.variants; j++) {
      const cell = i * b.variants + j;
      const meanB = b.mean[j];
      const sum = dots[cell] - meanB * sumsA[cell] - meanA * sumsB[cell] + meanA * meanB * present[cell];
      out[i * ldo + j] = a.scale[i] * b.scale[j] * sum;
    }
  }
}

/** Variants in a step of {@link standardisedGramBand}: short enough to skip most of what is not wanted. */
const BAND_STEP = 64;

/**
 * The lower triangle of the Gram matrix of one side with itself, or of it the band of cells at most `reach` variants off
 * the diagonal (and some beyond); other cells of `out` are left as they are.
 */
export function standardisedGramBand(
  kernels: Kernels,
  rows: GramSide,
  stride: number,
  samples: number,
  reach: number,
  out: Float64Array,
  ldo: number,
): void {
  for (let i = 0; i < rows.variants; i += BAND_STEP) {
    const first = Math.max(0, Math.floor((i - reach) / BAND_STEP) * BAND_STEP);
    const a = sliceSide(rows, stride, i, Math.min(rows.variants, i + BAND_STEP));
    const b = sliceSide(rows, stride, first, i + a.variants);
    standardisedGram(kernels, a, b, stride, samples, out.subarray(i * ldo + first), ldo);
  }
}

/** Some of the rows, not copied. */
export function sliceSide(
  { packed, mean, scale, counts, rows = 1, plus }: GramSide,
  stride: number,
  first: number,
  end: number,
): GramSide {
  return {
    packed: packed.subarray(first * rows * stride, end * rows * stride),
    variants: end - first,
    mean: mean.subarray(first, end),
    scale: scale.subarray(first, end),
    ...(counts && { counts: counts.subarray(4 * first, 4 * end) }),
    rows,
    ...(plus && { plus: sliceSide(plus, stride, first, end) }),
  };
}

/** Rows that follow each other as one side, copied. */
export function joinedSides(sides: readonly GramSide[]): GramSide {
  const each = <T>(field: (side: GramSide) => T | undefined) =>
    sides.map(field).filter((own) => own !== undefined);
  const counts = each((side) => side.counts);
  const plus = each((side) => side.plus);
  return {
    packed: joined(
      sharedBytes,
      each(({ packed }) => packed),
    ),
    variants: sides.reduce((sum, { variants }) => sum + variants, 0),
    mean: joined(
      sharedFloat64,
      each(({ mean }) => mean),
    ),
    scale: joined(
      sharedFloat64,
      each(({ scale }) => scale),
    ),
    ...(counts.length === sides.length && { counts: joined(sharedInt32, counts) }),
    rows: sides[0].rows,
    ...(plus.length === sides.length && { plus: joinedSides(plus) }),
  };
}

/** The rows with all that they stand for divided by a number: Gram matrices with them are, too. */
export function dividedSide(side: GramSide, by: number): GramSide {
  const { scale, plus } = side;
  return { ...side, scale: divided(scale, by), ...(plus && { plus: dividedSide(plus, by) }) };
}

export const divided = (values: Float64Array, by: number): Float64Array => values.map((value) => value / by);

function countsOf(
  kernels: Kernels,
  { packed, variants, counts }: GramSide,
  stride: number,
  samples: number,
  space: Scratch<Int32Array>,
): Int32Array {
  if (counts) return counts;
  const found = space.of(4 * variants);
  kernels.countGenotypes(packed, stride, variants, samples, found);
  return found;
}

/** Sum of centred codes of each variant. */
function sumsOf(counts: Int32Array, variants: number, space: Scratch<Float64Array>): Float64Array {
  const sums = space.of(variants);
  for (let v = 0; v < variants; v++) sums[v] = counts[4 * v] - counts[4 * v + 3];
  return sums;
}

function hasMissing(counts: Int32Array, variants: number): boolean {
  for (let v = 0; v < variants; v++) if (counts[4 * v + 1] > 0) return true;
  return false;
}

const room = {
  ...{ countsA: scratchInt32(), countsB: scratchInt32() },
  ...{ excessA: scratchFloat64(), codesB: scratchFloat64(), values: scratchFloat64() },
  ...{ dots: scratchInt32(), sumsA: scratchInt32(), sumsB: scratchInt32(), present: scratchInt32() },
};
