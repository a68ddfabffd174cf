import { HeredityError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { scratchInt32 } from '../kernels/scratch.js';
import { DIGIT_OF_CODE, DOSAGE_ROWS, LEVELS_OF_COPY } from '../kernels/variant-rows.js';
import type { GramSide } from './gram.js';
import { VariantStatistics } from './statistics.js';

/*
 * A dosage is a level of 8 bits: 0 to 254, 1/127 of a copy each. Its four digits to the base 4 stand in four packed rows, one
 * behind the other, as codes of hard calls do (native/dosage-rows.c). A product with dosages is thus the sum of four products with
 * rows of codes, each with a table of its own, and every kernel for hard calls serves.
 */

/** What a digit of each row is worth, in copies. */
const WORTH = Float64Array.from({ length: DOSAGE_ROWS }, (_, row) => 4 ** row / LEVELS_OF_COPY);

/** Numbers of a variant in {@link dosageSums}: missing dosages, the sum of the digits of each row, the sum of squared levels. */
export const SUMS_OF_DOSAGES = 2 + DOSAGE_ROWS;

/**
 * Statistics of variants whose dosages are known: mean and variance are theirs, over everybody, missing ones at the mean; the counts,
 * and with them Hardy-Weinberg equilibrium, are of hard calls.
 */
export class DosageStatistics extends VariantStatistics {
  readonly #samples: number;
  readonly #sums: Float64Array;

  /** @param counts of hard calls. @param sums {@link SUMS_OF_DOSAGES} a variant, over `samples` people. */
  constructor(counts: Int32Array, sums: Float64Array, samples: number) {
    super(counts);
    this.#sums = sums;
    this.#samples = samples;
  }

  override present(v: number): number {
    return this.#samples - this.missing(v);
  }

  override missing(v: number): number {
    return this.#sums[SUMS_OF_DOSAGES * v];
  }

  override centredSum(v: number): number {
    return this.centredMean(v) * this.present(v);
  }

  /** Mean copies less one, over everybody. */
  override centredMean(v: number): number {
    const all = LEVELS_OF_COPY * this.#samples;
    return (this.#levels(v) - all) / all;
  }

  override variance(v: number): number {
    return this.#scatter(v) / (LEVELS_OF_COPY * this.#samples) ** 2;
  }

  override isMonomorphic(v: number): boolean {
    return this.#scatter(v) === 0;
  }

  /** Mean of the digits that stand in a row of the variant. */
  meanDigit(v: number, row: number): number {
    return this.#sums[SUMS_OF_DOSAGES * v + 1 + row] / this.#samples;
  }

  override subset(variants: ArrayLike<number>): DosageStatistics {
    const { counts } = super.subset(variants);
    const sums = new Float64Array(SUMS_OF_DOSAGES * variants.length);
    for (let k = 0; k < variants.length; k++) {
      const at = SUMS_OF_DOSAGES * variants[k];
      sums.set(this.#sums.subarray(at, at + SUMS_OF_DOSAGES), SUMS_OF_DOSAGES * k);
    }
    return new DosageStatistics(counts, sums, this.#samples);
  }

  /** n sum l² - (sum l)² of the levels l: whole numbers, exact. */
  #scatter(v: number): number {
    const squares = this.#sums[SUMS_OF_DOSAGES * v + 1 + DOSAGE_ROWS];
    return this.#samples * squares - this.#levels(v) ** 2;
  }

  #levels(v: number): number {
    const at = SUMS_OF_DOSAGES * v + 1;
    let sum = 0;
    for (let row = 0; row < DOSAGE_ROWS; row++) sum += 4 ** row * this.#sums[at + row];
    return sum;
  }
}

/**
 * What the codes of a variant's rows stand for, so that their sum is (copies - mean) * scale: `values[4 * row + code]`. Each row is centred by
 * its own mean, so that sums of products in float32 do not cancel.
 */
export function dosageValues(
  statistics: DosageStatistics,
  v: number,
  scale: number,
  values: Float64Array,
): void {
  for (let row = 0; row < DOSAGE_ROWS; row++) {
    const mean = statistics.meanDigit(v, row);
    for (const [code, digit] of DIGIT_OF_CODE.entries())
      values[4 * row + code] = scale * WORTH[row] * (digit - mean);
  }
}

/**
 * Puts missing dosages of packed rows at the mean of the others, rounded to a level, and adds up: see {@link SUMS_OF_DOSAGES}.
 * @param packed rows of `variants`, padded.
 */
export function dosageSums(
  kernels: Kernels,
  packed: Uint8Array,
  stride: number,
  variants: number,
  samples: number,
  sums: Float64Array,
): void {
  const counts = new Int32Array(4 * DOSAGE_ROWS);
  const size = DOSAGE_ROWS * stride;
  for (let v = 0; v < variants; v++) {
    const rows = packed.subarray(v * size, (v + 1) * size);
    const own = sums.subarray(SUMS_OF_DOSAGES * v, SUMS_OF_DOSAGES * (v + 1));
    const missing = missingDosages(rows, stride);
    if (missing > 0) {
      const digits = digitSums(kernels, rows, stride, samples, counts);
      const level = digits.reduce((sum, digit, row) => sum + 4 ** row * (digit - 3 * missing), 0);
      fillMissing(rows, stride, missing === samples ? 0 : Math.round(level / (samples - missing)));
    }
    own[0] = missing;
    own.set(digitSums(kernels, rows, stride, samples, counts), 1);
    own[1 + DOSAGE_ROWS] = squareOfLevels(kernels, rows, stride);
  }
}

function digitSums(
  kernels: Kernels,
  rows: Uint8Array,
  stride: number,
  samples: number,
  counts: Int32Array,
): number[] {
  kernels.countGenotypes(rows, stride, DOSAGE_ROWS, samples, counts);
  return Array.from({ length: DOSAGE_ROWS }, (_, row) =>
    DIGIT_OF_CODE.reduce<number>((sum, digit, code) => sum + digit * counts[4 * row + code], 0),
  );
}

/** Missing is the one level of which every digit is 3, the code of which is 00. */
function missingDosages(rows: Uint8Array, stride: number): number {
  let missing = 0;
  for (let byte = 0; byte < stride; byte++) missing += POPULATION[missingAt(rows, stride, byte)];
  return missing;
}

/** Low bits of the samples of a byte whose dosage is missing. */
function missingAt(rows: Uint8Array, stride: number, byte: number): number {
  let used = 0;
  for (let row = 0; row < DOSAGE_ROWS; row++) used |= rows[row * stride + byte];
  return ~(used | (used >> 1)) & 0x55;
}

function fillMissing(rows: Uint8Array, stride: number, level: number): void {
  for (let byte = 0; byte < stride; byte++) {
    const missing = missingAt(rows, stride, byte);
    if (missing === 0) continue;
    for (let row = 0; row < DOSAGE_ROWS; row++)
      rows[row * stride + byte] |= missing * CODE_OF_LEVEL[(level >> (2 * row)) & 3];
  }
}

const CODE_OF_LEVEL = Uint8Array.from(DIGIT_OF_CODE, (_, digit) =>
  DIGIT_OF_CODE.indexOf(digit as (typeof DIGIT_OF_CODE)[number]),
);
const POPULATION = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function squareOfLevels(kernels: Kernels, rows: Uint8Array, stride: number): number {
  const square = new Float64Array(1);
  levelProducts(kernels, rows, 1, rows, 1, stride, square, 1);
  return square[0];
}

/**
 * Sums over samples of the products of levels, exact: variantsA x variantsB. With d the centred code of a digit's row and p its
 * presence, as hard calls have them ({@link Kernels.gramWithMissing}), the digit is d + 2p.
 */
function levelProducts(
  kernels: Kernels,
  a: Uint8Array,
  variantsA: number,
  b: Uint8Array,
  variantsB: number,
  stride: number,
  out: Float64Array,
  ldo: number,
): void {
  const [rowsA, rowsB] = [DOSAGE_ROWS * variantsA, DOSAGE_ROWS * variantsB];
  const cells = rowsA * rowsB;
  const [dots, sumsA, sumsB, present] = room.map((space) => space.of(cells));
  kernels.gramWithMissing(a, rowsA, b, rowsB, stride, dots, sumsA, sumsB, present);
  for (let i = 0; i < variantsA; i++) out.fill(0, i * ldo, i * ldo + variantsB);
  for (let row = 0, cell = 0; row < rowsA; row++) {
    const worth = 4 ** (row % DOSAGE_ROWS);
    const at = Math.floor(row / DOSAGE_ROWS) * ldo;
    for (let j = 0; j < variantsB; j++) {
      let sum = 0;
      for (let k = 0, unit = worth; k < DOSAGE_ROWS; k++, cell++, unit *= 4)
        sum += unit * (dots[cell] + 2 * (sumsA[cell] + sumsB[cell]) + 4 * present[cell]);
      out[at + j] += sum;
    }
  }
}

const room = [scratchInt32(), scratchInt32(), scratchInt32(), scratchInt32()];

/** As standardisedGram, of rows of dosages. */
export function dosageGram(
  kernels: Kernels,
  a: GramSide,
  b: GramSide,
  stride: number,
  samples: number,
  out: Float64Array,
  ldo: number,
): void {
  levelProducts(kernels, a.packed, a.variants, b.packed, b.variants, stride, out, ldo);
  const [sumsA, sumsB] = [copiesOf(kernels, a, stride, samples), copiesOf(kernels, b, stride, samples)];
  for (let i = 0; i < a.variants; i++) {
    const meanA = a.mean[i] + 1;
    for (let j = 0; j < b.variants; j++) {
      const meanB = b.mean[j] + 1;
      const product = out[i * ldo + j] / LEVELS_OF_COPY ** 2;
      const sum = product - meanA * sumsB[j] - meanB * sumsA[i] + meanA * meanB * samples;
      out[i * ldo + j] = a.scale[i] * b.scale[j] * sum;
    }
  }
}

/** Sum of the copies of each variant. */
function copiesOf(kernels: Kernels, { packed, variants }: GramSide, stride: number, samples: number) {
  const counts = new Int32Array(4 * DOSAGE_ROWS);
  const size = DOSAGE_ROWS * stride;
  return Float64Array.from({ length: variants }, (_, v) =>
    digitSums(kernels, packed.subarray(v * size, (v + 1) * size), stride, samples, counts).reduce(
      (sum, digits, row) => sum + digits * WORTH[row],
      0,
    ),
  );
}

/** What a variant's dosages add up to among some people. */
export interface DosageMoments {
  /** Sum of the copies, and of their squares. */
  readonly copies: number;
  readonly squares: number;
  /** All the same. */
  readonly isConstant: boolean;
}

/** Moments of packed rows of dosages. */
export function dosageMoments(
  kernels: Kernels,
  packed: Uint8Array,
  stride: number,
  variants: number,
  samples: number,
): DosageMoments[] {
  const counts = new Int32Array(4 * DOSAGE_ROWS);
  const size = DOSAGE_ROWS * stride;
  return Array.from({ length: variants }, (_, v) => {
    const rows = packed.subarray(v * size, (v + 1) * size);
    const levels = digitSums(kernels, rows, stride, samples, counts).reduce(
      (sum, digits, row) => sum + digits * 4 ** row,
      0,
    );
    const squares = squareOfLevels(kernels, rows, stride);
    return {
      copies: levels / LEVELS_OF_COPY,
      squares: squares / LEVELS_OF_COPY ** 2,
      isConstant: samples * squares === levels * levels, // whole numbers
    };
  });
}

/** @throws HeredityError `internal` where rows of dosages come to what knows hard calls only. */
export function requireHardCalls(rows: number, what: string): void {
  if (rows > 1) throw new HeredityError('internal', `${what} of dosages`, { expected: 'hard calls' });
}
