import { HeredityError } from '../errors.js';
import { MOST_REFLECTIONS } from './dense.js';
import { type DigitLengths, sampleDigitsLengths, variantDigitsLengths } from './digits.js';
import { type Kernels, ROW_ALIGNMENT, STRIP_SAMPLES } from './kernels.js';
import { CELL_SUMS, COLUMN_SUMS, WEIGHTED_SUMS } from './score-regression.js';
import { COLUMN_NUMBER, COLUMN_TEXT } from './table-rows.js';
import { AS_DOSAGES, DOSAGE_ROWS, DOSAGE_SUMS } from './variant-rows.js';

/**
 * The same kernels, with the size of every array checked before each call: compiled code that reads or writes past the
 * end of an array corrupts memory in silence. The check costs nothing beside the work of a call.
 * @throws HeredityError `internal` from a kernel whose arguments do not fit together.
 */
export function checked(kernels: Kernels): Kernels {
  const wrapped: Record<string, unknown> = { backend: kernels.backend, level: kernels.level };
  for (const name of Object.keys(CHECKS) as (keyof Checks)[]) {
    const kernel = kernels[name] as (...args: unknown[]) => unknown;
    const check = CHECKS[name] as (call: Call, ...args: unknown[]) => void;
    const call = new Call(name);
    wrapped[name] = (...args: unknown[]) => {
      check(call, ...args);
      return kernel(...args);
    };
  }
  return wrapped as unknown as Kernels;
}

const rowsOfVariant = (threshold: number): number => (threshold === AS_DOSAGES ? DOSAGE_ROWS : 1);

type Checks = {
  readonly [K in keyof Omit<Kernels, 'backend' | 'level'>]: (
    call: Call,
    ...args: Parameters<Kernels[K]>
  ) => void;
};

/** What the arguments of a kernel have to be. */
class Call {
  readonly #kernel: string;

  constructor(kernel: string) {
    this.#kernel = kernel;
  }

  atLeast(what: string, found: number, least: number): void {
    if (!(found >= least)) this.#fail(what, found, `at least ${least}`);
  }

  /** Whole packed rows. */
  rows(what: string, packed: Uint8Array, stride: number, rows: number): void {
    this.aligned(`the stride of ${what}`, stride);
    this.atLeast(what, packed.length, rows * stride);
  }

  aligned(what: string, bytes: number): void {
    this.multiple(what, bytes, ROW_ALIGNMENT);
  }

  multiple(what: string, found: number, of: number): void {
    if (!(found >= 0 && found % of === 0)) this.#fail(what, found, `a multiple of ${of}`);
  }

  among(what: string, found: number, choices: readonly number[]): void {
    if (!choices.includes(found)) this.#fail(what, found, choices.join(' or '));
  }

  #fail(what: string, found: number, expected: string): never {
    throw new HeredityError('internal', `kernel ${this.#kernel}: ${what} does not fit the other arguments`, {
      value: found,
      expected,
    });
  }
}

/** Elements of a matrix of so many rows, `distance` apart, when of the last row only `width` are touched. */
const extent = (rows: number, distance: number, width: number): number =>
  rows === 0 || width === 0 ? 0 : (rows - 1) * distance + width;

const BITS_OF_BYTE = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte.toString(2).replaceAll('0', '').length,
);

/** How many of the first `count` bits are 1. */
function bitsOf(bytes: Uint8Array, count: number): number {
  const whole = count >> 3;
  let sum = 0;
  for (let k = 0; k < whole; k++) sum += BITS_OF_BYTE[bytes[k]];
  return sum + (count % 8 === 0 ? 0 : BITS_OF_BYTE[bytes[whole] & ((1 << (count % 8)) - 1)]);
}

const NEWLINE = 10;

const CHECKS: Checks = {
  countGenotypes(call, packed, stride, variants, samples, counts) {
    call.rows('packed', packed, stride, variants);
    call.atLeast('4 * stride', 4 * stride, samples);
    call.atLeast('counts', counts.length, 4 * variants);
  },

  repack(call, source, sourceStride, variants, samples, mask, target, targetStride) {
    call.atLeast('source', source.length, extent(variants, sourceStride, Math.ceil(samples / 4)));
    call.atLeast('mask', mask.length, Math.ceil(samples / 8));
    call.rows('target', target, targetStride, variants);
    // tiles come by the thousand: bits are counted only where the rows have no room for everybody
    if (4 * targetStride < samples) call.atLeast('4 * targetStride', 4 * targetStride, bitsOf(mask, samples));
  },

  gram(call, a, variantsA, b, variantsB, stride, dots) {
    call.rows('a', a, stride, variantsA);
    call.rows('b', b, stride, variantsB);
    call.atLeast('dots', dots.length, variantsA * variantsB);
  },

  standardiseGram(call, dots, variantsA, variantsB, meanA, scaleA, excessA, meanB, scaleB, sumsB, out) {
    checkColumns(call, variantsA, { meanA, scaleA, excessA });
    checkColumns(call, variantsB, { meanB, scaleB, sumsB });
    call.atLeast('dots', dots.length, variantsA * variantsB);
    call.atLeast('out', out.length, variantsA * variantsB);
  },

  gramWithMissing(call, a, variantsA, b, variantsB, stride, ...outputs) {
    call.rows('a', a, stride, variantsA);
    call.rows('b', b, stride, variantsB);
    for (const output of outputs) call.atLeast('output', output.length, variantsA * variantsB);
  },

  kinshipCounts: checkKinship,
  kinshipCountsWithMissing: checkKinship,

  transposeGenotypes(
    call,
    packed,
    stride,
    variants,
    firstSample,
    samples,
    target,
    targetStride,
    firstVariant,
  ) {
    call.rows('packed', packed, stride, variants);
    call.multiple('firstSample', firstSample, 4);
    call.multiple('firstVariant', firstVariant, 8);
    call.atLeast('4 * stride', 4 * stride, firstSample + samples);
    call.aligned('targetStride', targetStride);
    call.atLeast('4 * targetStride', 4 * targetStride, firstVariant + variants);
    call.rows('target', target, targetStride, samples);
  },

  transposeProduct: checkTransposeProduct,
  transposeProduct64: checkTransposeProduct,

  product(call, packed, stride, variants, firstByte, bytes, table, b, columns, out, outStride) {
    call.rows('packed', packed, stride, variants);
    call.aligned('firstByte', firstByte);
    call.aligned('bytes', bytes);
    call.atLeast('stride', stride, firstByte + bytes);
    call.atLeast('table', table.length, 4 * variants);
    call.atLeast('b', b.length, variants * columns);
    call.atLeast('out', out.length, extent(columns, outStride, 4 * (firstByte + bytes)));
  },

  sampleDigits(call, y, yStride, samples, columns, digits, planes, units) {
    call.multiple('samples', samples, 4 * ROW_ALIGNMENT);
    call.atLeast('y', y.length, extent(columns, yStride, samples));
    checkDigits(call, digits, sampleDigitsLengths(samples, columns, digits), planes, units);
  },

  variantDigits(call, b, variants, mean, scale, columns, digits, planes, rows, units) {
    call.atLeast('b', b.length, variants * columns);
    call.atLeast('mean', mean.length, variants);
    call.atLeast('scale', scale.length, variants);
    checkDigits(call, digits, variantDigitsLengths(variants, columns, digits), planes, units, rows);
  },

  transposeProductDigits(call, packed, stride, variants, samples, mean, scale, ...rest) {
    const [planes, units, columns, digits, out] = rest;
    call.rows('packed', packed, stride, variants);
    call.atLeast('4 * stride', 4 * stride, samples);
    call.atLeast('mean', mean.length, variants);
    call.atLeast('scale', scale.length, variants);
    checkDigits(call, digits, sampleDigitsLengths(4 * stride, columns, digits), planes, units);
    call.atLeast('out', out.length, variants * columns);
  },

  productDigits(call, packed, stride, variants, samples, firstByte, bytes, planes, rows, units, ...rest) {
    const [columns, digits, out, outStride] = rest;
    call.rows('packed', packed, stride, variants);
    call.aligned('firstByte', firstByte);
    call.aligned('bytes', bytes);
    call.atLeast('stride', stride, firstByte + bytes);
    call.atLeast('4 * stride', 4 * stride, samples);
    checkDigits(call, digits, variantDigitsLengths(variants, columns, digits), planes, units, rows);
    call.atLeast('out', out.length, extent(columns, outStride, 4 * (firstByte + bytes)));
  },

  sampleGram(call, packed, stride, variants, table, firstRow, rows, columns, out, ldo) {
    call.rows('packed', packed, stride, variants);
    call.multiple('firstRow', firstRow, STRIP_SAMPLES);
    call.atLeast('4 * stride', 4 * stride, Math.max(firstRow + rows, columns));
    call.atLeast('table', table.length, 4 * variants);
    call.atLeast('out', out.length, extent(rows, ldo, columns));
  },

  uniform() {},
  normal() {},

  mosaic(
    call,
    founders,
    founderStride,
    founderCount,
    map,
    _meanLength,
    first,
    variants,
    _seed,
    _stream,
    samples,
    segments,
    copied,
    ends,
    packed,
    stride,
  ) {
    call.rows('founders', founders, founderStride, founderCount);
    call.atLeast('8 * founderStride', 8 * founderStride, first + variants);
    call.atLeast('map', map.length, first + variants);
    for (const state of [segments, copied, ends]) call.atLeast('state', state.length, 2 * samples);
    call.rows('packed', packed, stride, variants);
    call.atLeast('4 * stride', 4 * stride, samples);
  },

  pgenRecords(call, bytes, places, types, rows, records, samples, threshold, base, target, stride, sums) {
    call.atLeast('places', places.length, 2 * records);
    call.atLeast('types', types.length, records);
    call.atLeast('rows', rows.length, records);
    call.atLeast('sums', sums.length, DOSAGE_SUMS * records);
    call.atLeast('base', base.length, Math.ceil(samples / 4));
    call.atLeast('4 * stride', 4 * stride, samples);
    for (let r = 0; r < records; r++) {
      call.atLeast('the start of a record', places[2 * r], 0);
      call.atLeast('the length of a record', places[2 * r + 1], 0);
      call.atLeast('bytes', bytes.length, places[2 * r] + places[2 * r + 1]);
      call.atLeast('target', target.length, (rows[r] + 1) * rowsOfVariant(threshold) * stride);
    }
  },

  bgenBlock(call, block, length, samples, threshold, row, stride, sums) {
    call.atLeast('block', block.length, length);
    call.atLeast('4 * stride', 4 * stride, samples);
    call.atLeast('row', row.length, rowsOfVariant(threshold) * stride);
    call.atLeast('sums', sums.length, DOSAGE_SUMS);
  },

  plainRows(call, bytes, from, end, kinds, width, _separator, most, starts, numbers, spans) {
    call.atLeast('from', from, 0);
    call.atLeast('bytes', bytes.length, end);
    if (end > from) call.among('the last byte', bytes[end - 1], [NEWLINE]);
    call.atLeast('kinds', kinds.length, width);
    call.atLeast('starts', starts.length, most + 1);
    const columns = (kind: number) => kinds.subarray(0, width).filter((own) => own === kind).length;
    call.atLeast('numbers', numbers.length, most * columns(COLUMN_NUMBER));
    call.atLeast('spans', spans.length, 2 * most * columns(COLUMN_TEXT));
  },

  addIds(call, source, spans, count, bytes, ends, hashes, slots, slotCount, present) {
    const added = checkSpans(call, source, spans, count);
    call.atLeast('bytes', bytes.length, (present === 0 ? 0 : ends[present - 1]) + added);
    checkIds(call, ends, hashes, slots, slotCount, present + count);
  },

  hashIds(call, bytes, ends, count, hashes) {
    call.atLeast('ends', ends.length, count);
    call.atLeast('hashes', hashes.length, count);
    if (count > 0) call.atLeast('bytes', bytes.length, ends[count - 1]);
  },

  fillSlots(call, hashes, count, slots, slotCount) {
    call.atLeast('hashes', hashes.length, count);
    checkSlots(call, slots, slotCount, count);
  },

  findIds(
    call,
    wanted,
    wantedEnds,
    wantedHashes,
    count,
    bytes,
    ends,
    hashes,
    present,
    slots,
    slotCount,
    rows,
  ) {
    call.atLeast('wantedEnds', wantedEnds.length, count);
    call.atLeast('wantedHashes', wantedHashes.length, count);
    call.atLeast('rows', rows.length, count);
    if (count > 0) call.atLeast('wanted', wanted.length, wantedEnds[count - 1]);
    if (present > 0) call.atLeast('bytes', bytes.length, ends[present - 1]);
    checkIds(call, ends, hashes, slots, slotCount, present);
  },

  findSpans(call, source, spans, count, bytes, ends, hashes, present, slots, slotCount, guess, rows) {
    checkSpans(call, source, spans, count);
    call.atLeast('rows', rows.length, count);
    call.atLeast('guess', guess, 0);
    if (present > 0) call.atLeast('bytes', bytes.length, ends[present - 1]);
    call.atLeast('ends', ends.length, present);
    if (slotCount > 0) checkIds(call, ends, hashes, slots, slotCount, present);
  },

  chi2Weights(call, scores, weightScores, n, chi2, count, _slope, _intercept, _below, weights) {
    checkColumns(call, count, { scores, weightScores, n, chi2, weights });
  },

  scaledScores(call, scores, n, count, _meanN, scaled) {
    checkColumns(call, count, { scores, n, scaled });
  },

  weightedSums(call, x, z, y, _offset, weights, count, sums) {
    checkColumns(call, count, { x, z, y, weights });
    call.atLeast('sums', sums.length, WEIGHTED_SUMS);
  },

  columnSums(call, y, n, scores, count, sums) {
    checkColumns(call, count, { y, n, scores });
    call.atLeast('sums', sums.length, COLUMN_SUMS);
  },

  countBelow(call, values, count) {
    checkColumns(call, count, { values });
  },

  scoreCells(call, scores, predicted, n, chi2, count, _lowest, _scale, cells, _below, sums) {
    checkColumns(call, count, { scores, predicted, n, chi2 });
    call.atLeast('cells', cells, 0);
    call.atLeast('sums', sums.length, CELL_SUMS * (cells + 2));
  },

  cholesky(call, a, order, lda) {
    call.atLeast('a', a.length, extent(order, lda, order));
  },

  choleskyPivoted(call, a, order, lda, _tolerance, pivots) {
    call.atLeast('a', a.length, extent(order, lda, order));
    call.atLeast('pivots', pivots.length, order);
  },

  solveLowerRight(call, l, order, ldl, b, rows, ldb) {
    call.atLeast('l', l.length, extent(order, ldl, order));
    call.atLeast('b', b.length, extent(rows, ldb, order));
  },

  solveLower: checkSolveLower,
  solveLowerTransposed: checkSolveLower,

  multiplyTransposed(call, a, lda, b, ldb, c, ldc, m, n, k) {
    call.atLeast('a', a.length, extent(m, lda, k));
    call.atLeast('b', b.length, extent(n, ldb, k));
    call.atLeast('c', c.length, extent(m, ldc, n));
  },

  multiply(call, a, lda, b, ldb, c, ldc, m, n, k) {
    call.atLeast('a', a.length, extent(m, lda, k));
    call.atLeast('b', b.length, extent(k, ldb, n));
    call.atLeast('c', c.length, extent(m, ldc, n));
  },

  transposedMultiply(call, a, lda, b, ldb, c, ldc, m, n, k) {
    call.atLeast('a', a.length, extent(k, lda, m));
    call.atLeast('b', b.length, extent(k, ldb, n));
    call.atLeast('c', c.length, extent(m, ldc, n));
  },

  sumOfSquares(call, values, count, out) {
    call.atLeast('values', values.length, count);
    call.atLeast('out', out.length, 1);
  },

  householder(call, a, rows, columns, lda, v, ldv, t, ldt) {
    call.atLeast('rows', rows, columns);
    call.atLeast('the largest number of columns', MOST_REFLECTIONS, columns);
    call.atLeast('a', a.length, extent(rows, lda, columns));
    call.atLeast('v', v.length, extent(rows, ldv, columns));
    call.atLeast('t', t.length, extent(columns, ldt, columns));
  },
};

function checkKinship(
  call: Call,
  a: Uint8Array,
  rowsA: number,
  b: Uint8Array,
  rowsB: number,
  stride: number,
  ...outputs: Int32Array[]
): void {
  call.rows('a', a, stride, rowsA);
  call.rows('b', b, stride, rowsB);
  for (const output of outputs) call.atLeast('output', output.length, rowsA * rowsB);
}

function checkTransposeProduct(
  call: Call,
  packed: Uint8Array,
  stride: number,
  variants: number,
  table: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  yStride: number,
  columns: number,
  out: Float64Array,
): void {
  call.rows('packed', packed, stride, variants);
  call.atLeast('table', table.length, 4 * variants);
  call.atLeast('y', y.length, extent(columns, yStride, 4 * stride));
  call.atLeast('out', out.length, variants * columns);
}

function checkDigits(
  call: Call,
  digits: number,
  lengths: DigitLengths,
  planes: Int8Array,
  units: Float64Array,
  rows?: Int32Array,
): void {
  call.among('digits', digits, [2, 3]);
  call.atLeast('planes', planes.length, lengths.planes);
  if (rows) call.atLeast('rows', rows.length, lengths.rows);
  call.atLeast('units', units.length, lengths.units);
}

function checkSolveLower(
  call: Call,
  l: Float64Array,
  order: number,
  ldl: number,
  b: Float64Array,
  columns: number,
  ldb: number,
): void {
  call.atLeast('l', l.length, extent(order, ldl, order));
  call.atLeast('b', b.length, extent(order, ldb, columns));
}

function checkColumns(call: Call, count: number, columns: Readonly<Record<string, Float64Array>>): void {
  for (const [name, column] of Object.entries(columns)) call.atLeast(name, column.length, count);
}

/** @returns the bytes in all spans. */
function checkSpans(call: Call, source: Uint8Array, spans: Int32Array, count: number): number {
  call.atLeast('spans', spans.length, 2 * count);
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    call.atLeast('a span', spans[2 * i], 0);
    call.atLeast('the end of a span', spans[2 * i + 1], spans[2 * i]);
    call.atLeast('source', source.length, spans[2 * i + 1]);
    bytes += spans[2 * i + 1] - spans[2 * i];
  }
  return bytes;
}

function checkIds(
  call: Call,
  ends: Uint32Array,
  hashes: Int32Array,
  slots: Int32Array,
  slotCount: number,
  count: number,
): void {
  call.atLeast('ends', ends.length, count);
  call.atLeast('hashes', hashes.length, count);
  checkSlots(call, slots, slotCount, count);
}

/** A search ends at a free slot: there has to be one. */
function checkSlots(call: Call, slots: Int32Array, slotCount: number, count: number): void {
  call.atLeast('slots', slots.length, slotCount);
  call.atLeast('slotCount', slotCount, count + 1);
  call.among('the bits of slotCount', slotCount & (slotCount - 1), [0]);
}
