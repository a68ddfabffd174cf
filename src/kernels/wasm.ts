import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { checked } from './checked.js';
import type { Kernels } from './kernels.js';
import { tableRowKernels } from './typescript/table-rows.js';

/**
 * How an argument crosses into linear memory: a number, an array copied in, or in and out again (a result too: what a
 * kernel leaves alone must come back unchanged), or an array copied out whole with its length as one more argument.
 */
type Passing = 'number' | 'in' | 'inout' | 'out+length';

const SIGNATURES = {
  countGenotypes: ['in', 'number', 'number', 'number', 'inout'],
  repack: ['in', 'number', 'number', 'number', 'in', 'inout', 'number'],
  gram: ['in', 'number', 'in', 'number', 'number', 'inout'],
  standardiseGram: ['in', 'number', 'number', 'in', 'in', 'in', 'in', 'in', 'in', 'inout'],
  gramWithMissing: ['in', 'number', 'in', 'number', 'number', 'inout', 'inout', 'inout', 'inout'],
  kinshipCounts: ['in', 'number', 'in', 'number', 'number', 'inout', 'inout'],
  kinshipCountsWithMissing: [
    ...(['in', 'number', 'in', 'number', 'number', 'inout', 'inout'] as const),
    ...(['inout', 'inout', 'inout'] as const),
  ],
  transposeGenotypes: ['in', 'number', 'number', 'number', 'number', 'inout', 'number', 'number'],
  transposeProduct: ['in', 'number', 'number', 'in', 'in', 'number', 'number', 'inout'],
  transposeProduct64: ['in', 'number', 'number', 'in', 'in', 'number', 'number', 'inout'],
  product: ['in', 'number', 'number', 'number', 'number', 'in', 'in', 'number', 'inout', 'number'],
  sampleDigits: ['in', 'number', 'number', 'number', 'number', 'inout', 'inout'],
  variantDigits: ['in', 'number', 'in', 'in', 'number', 'number', 'inout', 'inout', 'inout'],
  transposeProductDigits: [
    ...(['in', 'number', 'number', 'number', 'in', 'in', 'in', 'in'] as const),
    ...(['number', 'number', 'inout'] as const),
  ],
  productDigits: [
    ...['in', 'number', 'number', 'number', 'number', 'number', 'in', 'in', 'in'],
    ...['number', 'number', 'inout', 'number'],
  ],
  sampleGram: ['in', 'number', 'number', 'in', 'number', 'number', 'number', 'inout', 'number'],
  uniform: ['number', 'number', 'number', 'out+length'],
  normal: ['number', 'number', 'number', 'out+length'],
  mosaic: [
    'in',
    'number',
    'number',
    'in',
    'number',
    'number',
    'number',
    'number',
    'number',
    'number',
    'inout',
    'inout',
    'inout',
    'inout',
    'number',
  ],
  pgenRecords: ['in', 'in', 'in', 'in', 'number', 'number', 'number', 'inout', 'inout', 'number', 'inout'],
  bgenBlock: ['in', 'number', 'number', 'number', 'inout', 'number', 'inout'],
  plainRows: [
    ...(['in', 'number', 'number', 'in', 'number', 'number', 'number'] as const),
    ...(['inout', 'inout', 'inout'] as const),
  ],
  chi2Weights: [...(['in', 'in', 'in', 'in', 'number', 'number', 'number', 'number', 'inout'] as const)],
  scaledScores: ['in', 'in', 'number', 'number', 'inout'],
  weightedSums: ['in', 'in', 'in', 'number', 'in', 'number', 'inout'],
  columnSums: ['in', 'in', 'in', 'number', 'inout'],
  countBelow: ['in', 'number', 'number'],
  scoreCells: [
    ...(['in', 'in', 'in', 'in', 'number'] as const),
    ...(['number', 'number', 'number', 'number', 'inout'] as const),
  ],
  cholesky: ['inout', 'number', 'number', 'number'],
  choleskyPivoted: ['inout', 'number', 'number', 'number', 'inout'],
  solveLowerRight: ['in', 'number', 'number', 'inout', 'number', 'number'],
  solveLower: ['in', 'number', 'number', 'inout', 'number', 'number'],
  solveLowerTransposed: ['in', 'number', 'number', 'inout', 'number', 'number'],
  multiplyTransposed: [
    'in',
    'number',
    'in',
    'number',
    'inout',
    'number',
    'number',
    'number',
    'number',
    'number',
  ],
  multiply: ['in', 'number', 'in', 'number', 'inout', 'number', 'number', 'number', 'number', 'number'],
  transposedMultiply: [
    'in',
    'number',
    'in',
    'number',
    'inout',
    'number',
    'number',
    'number',
    'number',
    'number',
  ],
  sumOfSquares: ['in', 'number', 'inout'],
  householder: ['inout', 'number', 'number', 'number', 'inout', 'number', 'inout', 'number'],
} as const satisfies Partial<Record<keyof Kernels, readonly Passing[]>>;

/** Tables of IDs would be copied whole, for a few of them at a time. */
const { addIds, fillSlots, findIds, findSpans, hashIds } = tableRowKernels;
const inPlace = { addIds, fillSlots, findIds, findSpans, hashIds };

type NumberArray = Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array;
type Argument = number | NumberArray;

/** Arguments are laid out on this boundary, so that vector loads are aligned. */
const ALIGNMENT = 64;
const PAGE = 65536;
/** What the module was linked with (scripts/build-wasm.mjs). */
const MAX_BYTES = 2 ** 31;

interface Module {
  readonly memory: WebAssembly.Memory;
  readonly functions: Record<string, (...args: number[]) => number>;
  readonly heapBase: number;
}

/**
 * The kernels as WebAssembly SIMD. Arrays are copied into linear memory for each call, so callers pass tiles, not
 * files; that memory grows to what the largest call needs.
 * @throws the runtime's error where the module was not built; from a kernel, HeredityError `resource` when the
 * arguments are more than linear memory can hold.
 */
export function loadWasm(): Kernels {
  // never in shared memory, which a browser would refuse
  const bytes = host().machine.wasmKernels() as Uint8Array<ArrayBuffer>;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const functions = exports as Module['functions'];
  const module = {
    memory: exports.memory as WebAssembly.Memory,
    functions,
    heapBase: functions.heap_base(),
  };
  const kernels: Record<string, unknown> = { backend: 'wasm', level: 'simd128' };
  for (const [name, passing] of Object.entries(SIGNATURES)) {
    kernels[name] = (...args: Argument[]) => call(module, name, passing, args);
  }
  return checked({ ...withOwnStrips(kernels as unknown as Kernels), ...inPlace });
}

/** Copies the arrays in, calls, and copies the results out. */
function call(
  { memory, functions, heapBase }: Module,
  name: string,
  passing: readonly Passing[],
  args: Argument[],
): number {
  const { offsets, end } = layOut(passing, args, heapBase);
  reserve(memory, end, name);
  const heap = new Uint8Array(memory.buffer);
  args.forEach((arg, i) => {
    if (typeof arg !== 'number' && passing[i] !== 'out+length') heap.set(bytesOf(arg), offsets[i]);
  });
  if (passing.at(-1) === 'out+length') offsets.push((args.at(-1) as NumberArray).length);
  const result = functions[name](...offsets);
  args.forEach((arg, i) => {
    if (typeof arg === 'number' || passing[i] === 'in') return;
    bytesOf(arg).set(heap.subarray(offsets[i], offsets[i] + arg.byteLength));
  });
  return result;
}

/** Addresses of arrays, and numbers as they are. An input that is passed twice lies there once. */
function layOut(
  passing: readonly Passing[],
  args: Argument[],
  heapBase: number,
): { offsets: number[]; end: number } {
  const offsets: number[] = [];
  let end = align(heapBase);
  for (const [i, arg] of args.entries()) {
    if (typeof arg === 'number') {
      offsets.push(arg);
      continue;
    }
    const earlier = args.findIndex(
      (other, j) => j < i && passing[j] === 'in' && passing[i] === 'in' && sameView(other, arg),
    );
    offsets.push(earlier === -1 ? end : offsets[earlier]);
    if (earlier === -1) end = align(end + arg.byteLength);
  }
  return { offsets, end };
}

function reserve(memory: WebAssembly.Memory, end: number, name: string): void {
  const more = end - memory.buffer.byteLength;
  if (more <= 0) return;
  try {
    if (end > MAX_BYTES) throw new RangeError('over the limit');
    memory.grow(Math.ceil(more / PAGE));
  } catch (cause) {
    throw new HeredityError('resource', `the WebAssembly kernel ${name} cannot get the memory for one call`, {
      value: `${(end / 2 ** 20).toFixed(0)} MB`,
      expected: `at most ${MAX_BYTES / 2 ** 20} MB`,
      fix: 'use smaller tiles, or the native backend',
      cause,
    });
  }
}

/** A product of some bytes of each row copies only those, and only the samples of `out` that it changes. */
function withOwnStrips(kernels: Kernels): Kernels {
  return {
    ...kernels,
    product(packed, stride, variants, firstByte, bytes, table, b, columns, out, outStride) {
      const strip = copyStrip(packed, stride, variants, firstByte, bytes);
      inOwnSums(out, outStride, columns, firstByte, bytes, (sums) =>
        kernels.product(strip, bytes, variants, 0, bytes, table, b, columns, sums, 4 * bytes),
      );
    },
    productDigits(packed, stride, variants, samples, firstByte, bytes, ...rest) {
      const [planes, rows, units, columns, digits, out, outStride] = rest;
      const strip = copyStrip(packed, stride, variants, firstByte, bytes);
      const people = Math.max(0, Math.min(samples - 4 * firstByte, 4 * bytes));
      inOwnSums(out, outStride, columns, firstByte, bytes, (sums) =>
        kernels.productDigits(
          ...([strip, bytes, variants, people, 0, bytes] as const),
          ...([planes, rows, units, columns, digits, sums, 4 * bytes] as const),
        ),
      );
    },
  };
}

function copyStrip(
  packed: Uint8Array,
  stride: number,
  variants: number,
  firstByte: number,
  bytes: number,
): Uint8Array {
  const strip = new Uint8Array(variants * bytes);
  for (let v = 0; v < variants; v++) {
    const at = v * stride + firstByte;
    strip.set(packed.subarray(at, at + bytes), v * bytes);
  }
  return strip;
}

function inOwnSums(
  out: Float64Array,
  outStride: number,
  columns: number,
  firstByte: number,
  bytes: number,
  add: (sums: Float64Array) => void,
): void {
  const sums = new Float64Array(columns * 4 * bytes);
  const columnOf = (c: number) => {
    const at = c * outStride + 4 * firstByte;
    return out.subarray(at, at + 4 * bytes);
  };
  for (let c = 0; c < columns; c++) sums.set(columnOf(c), c * 4 * bytes);
  add(sums);
  for (let c = 0; c < columns; c++) columnOf(c).set(sums.subarray(c * 4 * bytes, (c + 1) * 4 * bytes));
}

const sameView = (a: Argument, b: NumberArray): boolean =>
  typeof a !== 'number' &&
  a.buffer === b.buffer &&
  a.byteOffset === b.byteOffset &&
  a.byteLength === b.byteLength;
const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
const bytesOf = (array: NumberArray): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
