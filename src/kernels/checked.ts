import { HeredityError } from '../errors.js';
import { type Kernels, ROW_ALIGNMENT } from './kernels.js';

/**
 * The same kernels, with the size of every array checked before each call: compiled code that reads or writes past the
 * end of an array corrupts memory in silence. The check costs nothing beside the work of a call.
 * @throws HeredityError `internal` from a kernel whose arguments do not fit together.
 */
export function checked(kernels: Kernels): Kernels {
  const wrapped: Record<string, unknown> = { backend: kernels.backend, level: kernels.level };
  for (const [name, check] of Object.entries(CHECKS)) {
    const kernel = kernels[name as keyof Checks] as (...args: unknown[]) => unknown;
    wrapped[name] = (...args: unknown[]) => {
      for (const arg of args) {
        if (typeof arg === 'number' && !(arg >= 0 || arg < 0)) fail(name, 'an argument', arg, 'a number');
      }
      (check as (need: Need, ...args: unknown[]) => void)(
        (what, found, least) => {
          if (!(found >= least)) fail(name, what, found, `at least ${least}`);
        },
        ...args,
      );
      return kernel(...args);
    };
  }
  return wrapped as unknown as Kernels;
}

type Need = (what: string, found: number, least: number) => void;
type Checks = {
  readonly [K in keyof Omit<Kernels, 'backend' | 'level'>]: (need: Need, ...args: Parameters<Kernels[K]>) => void;
};

/** Elements of a matrix of so many rows, `distance` apart, when of the last row only `width` are touched. */
const extent = (rows: number, distance: number, width: number): number =>
  rows === 0 || width === 0 ? 0 : (rows - 1) * distance + width;

const CHECKS: Checks = {
  countGenotypes(need, packed, stride, variants, samples, counts) {
    needRows(need, 'packed', packed, stride, variants);
    need('4 * stride', 4 * stride, samples);
    need('counts', counts.length, 4 * variants);
  },

  repack(need, source, sourceStride, variants, samples, mask, target, targetStride) {
    need('source', source.length, extent(variants, sourceStride, Math.ceil(samples / 4)));
    need('mask', mask.length, Math.ceil(samples / 8));
    needRows(need, 'target', target, targetStride, variants);
    let kept = 0;
    for (let i = 0; i < samples; i++) kept += (mask[i >> 3]! >> (i & 7)) & 1;
    need('4 * targetStride', 4 * targetStride, kept);
  },

  gram(need, a, variantsA, b, variantsB, stride, dots) {
    needRows(need, 'a', a, stride, variantsA);
    needRows(need, 'b', b, stride, variantsB);
    need('dots', dots.length, variantsA * variantsB);
  },

  gramWithMissing(need, a, variantsA, b, variantsB, stride, ...outputs) {
    needRows(need, 'a', a, stride, variantsA);
    needRows(need, 'b', b, stride, variantsB);
    for (const output of outputs) need('output', output.length, variantsA * variantsB);
  },

  transposeProduct: needTransposeProduct,
  transposeProduct64: needTransposeProduct,

  product(need, packed, stride, variants, firstByte, bytes, table, b, columns, out, outStride) {
    needRows(need, 'packed', packed, stride, variants);
    needAligned(need, firstByte);
    needAligned(need, bytes);
    need('stride', stride, firstByte + bytes);
    need('table', table.length, 4 * variants);
    need('b', b.length, variants * columns);
    need('out', out.length, extent(columns, outStride, 4 * (firstByte + bytes)));
  },

  uniform() {},
  normal() {},

  mosaic(
    need,
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
    needRows(need, 'founders', founders, founderStride, founderCount);
    need('8 * founderStride', 8 * founderStride, first + variants);
    need('map', map.length, first + variants);
    for (const state of [segments, copied, ends]) need('state', state.length, 2 * samples);
    needRows(need, 'packed', packed, stride, variants);
    need('4 * stride', 4 * stride, samples);
  },

  cholesky(need, a, order, lda) {
    need('a', a.length, extent(order, lda, order));
  },

  choleskyPivoted(need, a, order, lda, _tolerance, pivots) {
    need('a', a.length, extent(order, lda, order));
    need('pivots', pivots.length, order);
  },

  solveLowerRight(need, l, order, ldl, b, rows, ldb) {
    need('l', l.length, extent(order, ldl, order));
    need('b', b.length, extent(rows, ldb, order));
  },

  solveLower: needSolveLower,
  solveLowerTransposed: needSolveLower,

  multiplyTransposed(need, a, lda, b, ldb, c, ldc, m, n, k) {
    need('a', a.length, extent(m, lda, k));
    need('b', b.length, extent(n, ldb, k));
    need('c', c.length, extent(m, ldc, n));
  },

  multiply(need, a, lda, b, ldb, c, ldc, m, n, k) {
    need('a', a.length, extent(m, lda, k));
    need('b', b.length, extent(k, ldb, n));
    need('c', c.length, extent(m, ldc, n));
  },
};

function needTransposeProduct(
  need: Need,
  packed: Uint8Array,
  stride: number,
  variants: number,
  table: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  yStride: number,
  columns: number,
  out: Float64Array,
): void {
  needRows(need, 'packed', packed, stride, variants);
  need('table', table.length, 4 * variants);
  need('y', y.length, extent(columns, yStride, 4 * stride));
  need('out', out.length, variants * columns);
}

function needSolveLower(
  need: Need,
  l: Float64Array,
  order: number,
  ldl: number,
  b: Float64Array,
  columns: number,
  ldb: number,
): void {
  need('l', l.length, extent(order, ldl, order));
  need('b', b.length, extent(order, ldb, columns));
}

function needRows(need: Need, what: string, packed: Uint8Array, stride: number, rows: number): void {
  needAligned(need, stride);
  need(what, packed.length, rows * stride);
}

/** A remainder is asked to be at least 0 from below: -0 passes, -1 does not. */
function needAligned(need: Need, bytes: number): void {
  need('whole rows of 64 bytes: minus the rest', -(bytes % ROW_ALIGNMENT), 0);
}

function fail(kernel: string, what: string, found: number, expected: string): never {
  throw new HeredityError('internal', `kernel ${kernel}: ${what} does not fit the other arguments`, {
    value: found,
    expected,
  });
}
