import { readFileSync } from 'node:fs';
import type { Kernels } from './kernels.js';

const MODULE = new URL('../../native/build/kernels.wasm', import.meta.url);

/** How an argument crosses into linear memory: a number, an array copied in, copied out, or both. */
type Passing = 'number' | 'in' | 'out' | 'inout' | 'out+length';

const SIGNATURES = {
  countGenotypes: ['in', 'number', 'number', 'number', 'out'],
  repack: ['in', 'number', 'number', 'number', 'in', 'out', 'number'],
  gram: ['in', 'number', 'in', 'number', 'number', 'out'],
  gramWithMissing: ['in', 'number', 'in', 'number', 'number', 'out', 'out', 'out', 'out'],
  transposeProduct: ['in', 'number', 'number', 'in', 'in', 'number', 'number', 'out'],
  transposeProduct64: ['in', 'number', 'number', 'in', 'in', 'number', 'number', 'out'],
  product: ['in', 'number', 'number', 'number', 'number', 'in', 'in', 'number', 'inout', 'number'],
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
    'out',
    'number',
  ],
  cholesky: ['inout', 'number', 'number', 'number'],
  choleskyPivoted: ['inout', 'number', 'number', 'number', 'inout'],
  solveLowerRight: ['in', 'number', 'number', 'inout', 'number', 'number'],
  solveLower: ['in', 'number', 'number', 'inout', 'number', 'number'],
  solveLowerTransposed: ['in', 'number', 'number', 'inout', 'number', 'number'],
  multiplyTransposed: ['in', 'number', 'in', 'number', 'inout', 'number', 'number', 'number', 'number', 'number'],
  multiply: ['in', 'number', 'in', 'number', 'inout', 'number', 'number', 'number', 'number', 'number'],
} as const satisfies Partial<Record<keyof Kernels, readonly Passing[]>>;

type Array_ = Uint8Array | Int32Array | Float32Array | Float64Array;

/** Arguments are laid out on this boundary, so that vector loads are aligned. */
const ALIGNMENT = 64;
const PAGE = 65536;

/** The kernels as WebAssembly SIMD. Arrays are copied into linear memory for each call, so callers pass tiles, not files. */
export function loadWasm(): Kernels {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(MODULE)));
  const exports = instance.exports as unknown as { memory: WebAssembly.Memory; heap_base(): number } & Record<
    string,
    (...args: number[]) => number
  >;
  const heapBase = exports.heap_base();
  const kernels: Record<string, unknown> = { backend: 'wasm', level: 'simd128' };
  for (const [name, passing] of Object.entries(SIGNATURES)) {
    const kernel = exports[name]!;
    kernels[name] = (...args: (number | Array_)[]) => {
      const offsets: number[] = [];
      let end = align(heapBase);
      for (const arg of args) {
        offsets.push(typeof arg === 'number' ? arg : end);
        if (typeof arg !== 'number') end = align(end + arg.byteLength);
      }
      const missing = end - exports.memory.buffer.byteLength;
      if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
      const heap = new Uint8Array(exports.memory.buffer);
      args.forEach((arg, i) => {
        if (typeof arg !== 'number' && !passing[i]!.startsWith('out')) heap.set(bytesOf(arg), offsets[i]);
      });
      const last = args.at(-1)!;
      if (passing.at(-1) === 'out+length') offsets.push((last as Array_).length);
      const result = kernel(...offsets);
      args.forEach((arg, i) => {
        if (typeof arg === 'number' || passing[i] === 'in') return;
        const at = offsets[i]!;
        bytesOf(arg).set(heap.subarray(at, at + arg.byteLength));
      });
      return result;
    };
  }
  return kernels as unknown as Kernels;
}

const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
const bytesOf = (array: Array_): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
