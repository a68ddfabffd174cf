import { HeredityError } from '../errors.js';
import {
  DIGIT_SAMPLES,
  DIGIT_VARIANTS,
  type Digits,
  digitRow,
  sampleDigitsLengths,
  variantDigitsLengths,
} from '../kernels/digits.js';
import { ROW_ALIGNMENT } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt8, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool, kernelTask } from '../kernels/pool.js';
import { PRODUCTS_PER_MS, sampleColumnStride, stripCalls } from './products.js';
import type { GenotypeTable } from './standardise.js';
import { type GenotypeBlock, type PackedTile, splitTile } from './store.js';

const sampleDigitsTask = kernelTask('sampleDigits');
const variantDigitsTask = kernelTask('variantDigits');
const transposeProductDigitsTask = kernelTask('transposeProductDigits');

/** Variants that X'Y takes through the samples together: pieces of a tile are multiples of them. */
export const DIGIT_ROWS = 128;

/** About how many numbers one thread splits into digits in a millisecond. */
const SPLITS_PER_MS = 1e6;

type Shape = Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>;

/** Right-hand sides in digits (src/kernels/digits.ts). */
export interface DigitColumns {
  readonly columns: number;
  readonly digits: Digits;
  readonly planes: Int8Array;
  readonly rows: Int32Array;
  readonly units: Float64Array;
}

/** Columns over samples, ready for products X'Y; their digits where those pay. */
export interface SampleSide {
  readonly columns: number;
  readonly values: Float32Array;
  readonly split: DigitColumns | undefined;
}

/** Shared memory for right-hand sides in digits, used again at each product: threads let go of shared memory late. */
export class DigitRoom {
  #bySample = empty();
  #byVariant = empty();

  /** @param y columns x {@link sampleColumnStride}, shared, zero in the padding. */
  async splitSamples(
    pool: KernelPool,
    shape: Shape,
    y: Float32Array,
    columns: number,
    digits: Digits,
  ): Promise<DigitColumns> {
    const stride = sampleColumnStride(shape);
    this.#bySample = roomFor(this.#bySample, sampleDigitsLengths(stride, columns, digits));
    const { planes, rows, units } = this.#bySample;
    const perCall = DIGIT_SAMPLES * Math.max(1, Math.ceil(stride / DIGIT_SAMPLES / (4 * pool.threads)));
    const calls = [];
    for (let first = 0; first < stride; first += perCall) {
      calls.push([
        y.subarray(first),
        stride,
        Math.min(perCall, stride - first),
        columns,
        digits,
        planes.subarray(first * columns * digits),
        units.subarray((first / DIGIT_SAMPLES) * 2 * columns),
      ] as const);
    }
    await pool.run(sampleDigitsTask, calls, { milliseconds: (stride * columns) / SPLITS_PER_MS });
    return { columns, digits, planes, rows, units };
  }

  /** @param tile consecutive variants. @param b these variants x columns, row-major, shared. */
  async splitVariants(
    pool: KernelPool,
    tile: Pick<PackedTile, 'first' | 'variants'>,
    { mean, scale }: GenotypeTable,
    b: Float32Array,
    columns: number,
    digits: Digits,
  ): Promise<DigitColumns> {
    if (tile.first % DIGIT_VARIANTS !== 0) {
      throw new HeredityError('internal', 'a product in digits starts where no unit of variants does', {
        value: tile.first,
        expected: `a multiple of ${DIGIT_VARIANTS}`,
      });
    }
    this.#byVariant = roomFor(this.#byVariant, variantDigitsLengths(tile.variants, columns, digits));
    const { planes, rows, units } = this.#byVariant;
    const perCall =
      DIGIT_VARIANTS * Math.max(1, Math.ceil(tile.variants / DIGIT_VARIANTS / (4 * pool.threads)));
    const row = digitRow(columns);
    const calls = [];
    for (let first = 0; first < tile.variants; first += perCall) {
      const variants = Math.min(perCall, tile.variants - first);
      calls.push([
        b.subarray(first * columns, (first + variants) * columns),
        variants,
        mean.subarray(tile.first + first, tile.first + first + variants),
        scale.subarray(tile.first + first, tile.first + first + variants),
        columns,
        digits,
        planes.subarray(first * columns * digits),
        rows.subarray(first * row),
        units.subarray((first / DIGIT_VARIANTS) * 3 * columns),
      ] as const);
    }
    await pool.run(variantDigitsTask, calls, { milliseconds: (tile.variants * columns) / SPLITS_PER_MS });
    return { columns, digits, planes, rows, units };
  }
}

/** X'Y of one tile. @param out the tile's variants x columns, row-major, shared; overwritten. */
export async function transposeProductDigitsTile(
  pool: KernelPool,
  shape: Shape,
  tile: PackedTile,
  { mean, scale }: GenotypeTable,
  { columns, digits, planes, units }: DigitColumns,
  out: Float64Array,
): Promise<void> {
  const calls = splitTile(shape, tile, pool.threads, DIGIT_ROWS).map(({ first, variants, packed }) => {
    const range = [first, first + variants] as const;
    const at = (first - tile.first) * columns;
    return [
      ...([packed, shape.stride, variants, shape.samples] as const),
      ...([mean.subarray(...range), scale.subarray(...range), planes, units, columns, digits] as const),
      out.subarray(at, at + variants * columns),
    ] as const;
  });
  await pool.run(transposeProductDigitsTask, calls, {
    milliseconds: (tile.variants * shape.samples * columns) / PRODUCTS_PER_MS,
  });
}

/** Of the result, in bytes, what stays in the cache of a thread while tile after tile is added to it. */
const CACHED_RESULT = 1 << 18;

/** out += X B of some tiles for a range of the samples: a piece of the result for all tiles, then the next one. */
const productDigitsTask = defineTask(
  'productDigitsOfTiles',
  (
    kernels,
    tiles: readonly Uint8Array[],
    { stride, samples }: Shape,
    firstByte: number,
    bytes: number,
    { columns, digits, planes, rows, units }: DigitColumns,
    out: Float64Array,
    outStride: number,
  ): void => {
    const row = digitRow(columns);
    const strips = Math.max(1, Math.floor(CACHED_RESULT / (8 * columns * 4 * ROW_ALIGNMENT)));
    const piece = tiles.length === 1 ? bytes : ROW_ALIGNMENT * strips;
    for (let at = firstByte; at < firstByte + bytes; at += piece) {
      const here = Math.min(piece, firstByte + bytes - at);
      let first = 0;
      for (const packed of tiles) {
        const variants = packed.length / stride;
        kernels.productDigits(
          ...([packed, stride, variants, samples, at, here] as const),
          planes.subarray(first * columns * digits),
          rows.subarray(first * row),
          units.subarray((first / DIGIT_VARIANTS) * 3 * columns),
          ...([columns, digits, out, outStride] as const),
        );
        first += variants;
      }
    }
  },
);

/**
 * out := out + X B of some tiles that follow each other.
 * @param columns B of all of them. @param out columns x {@link sampleColumnStride}, shared; its padding stays zero.
 */
export async function productDigitsOfTiles(
  pool: KernelPool,
  { stride, samples, rows }: Shape,
  tiles: readonly PackedTile[],
  columns: DigitColumns,
  out: Float64Array,
): Promise<void> {
  const shape = { stride, samples, rows }; // no more of it can be sent
  const packed = tiles.map((tile) => tile.packed);
  const variants = tiles.reduce((sum, tile) => sum + tile.variants, 0);
  const calls = stripCalls(shape, pool.threads).map(
    ({ firstByte, bytes }) =>
      [packed, shape, firstByte, bytes, columns, out, sampleColumnStride(shape)] as const,
  );
  await pool.run(productDigitsTask, calls, {
    milliseconds: (variants * samples * columns.columns) / PRODUCTS_PER_MS,
  });
}

type Room = Pick<DigitColumns, 'planes' | 'rows' | 'units'>;

const empty = (): Room => ({ planes: sharedInt8(0), rows: sharedInt32(0), units: sharedFloat64(0) });

function roomFor(room: Room, least: { planes: number; rows: number; units: number }): Room {
  return {
    planes: room.planes.length < least.planes ? sharedInt8(least.planes) : room.planes,
    rows: room.rows.length < least.rows ? sharedInt32(least.rows) : room.rows,
    units: room.units.length < least.units ? sharedFloat64(least.units) : room.units,
  };
}
