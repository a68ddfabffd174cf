import { host } from '../host/host.js';

/**
 * Arrays in shared memory: worker threads see them without a copy. Allocation is zeroed.
 * Whatever a task writes, and whatever is too large to copy to a worker, has to be one of these. A browser page that is not
 * isolated from others has no shared memory; there the calling thread does all the work (src/kernels/pool.ts), in plain memory.
 */
const Memory: new (bytes: number) => ArrayBufferLike =
  typeof SharedArrayBuffer === 'undefined' ? ArrayBuffer : SharedArrayBuffer;

export const sharedBytes = (length: number): Uint8Array => new Uint8Array(shared(length));
export const sharedInt8 = (length: number): Int8Array => new Int8Array(shared(length));
export const sharedInt32 = (length: number): Int32Array => new Int32Array(shared(4 * length));
export const sharedFloat32 = (length: number): Float32Array => new Float32Array(shared(4 * length));
export const sharedFloat64 = (length: number): Float64Array => new Float64Array(shared(8 * length));

/** Bytes after which what is not used any more is given back to the machine: an engine left alone waits for a hundred megabytes. */
const COLLECT_AFTER = 16 << 20;
/** ... but for at most this share of the time: with large tables a collection takes longer. */
const COLLECT_SHARE = 0.04;
/** Bytes after which it is given back however long that takes: what waits comes on top of --memory. */
const COLLECT_SURELY_AFTER = 2 * COLLECT_AFTER;

let sinceCollection = 0;
let collections = 0;
let mayCollectAt = 0;

/** How often garbage was collected: threads, which keep what they were sent until they collect theirs, are to follow. */
export const collectionsSoFar = (): number => collections;

function shared(bytes: number): ArrayBufferLike {
  sinceCollection += bytes;
  const start = performance.now();
  if (sinceCollection > (start > mayCollectAt ? COLLECT_AFTER : COLLECT_SURELY_AFTER)) {
    giveBackUnused();
    const end = performance.now();
    mayCollectAt = end + (end - start) / COLLECT_SHARE;
    sinceCollection = bytes;
  }
  return inHugePages(new Memory(bytes));
}

/** Gives what this thread does not use any more back to the machine; others follow with their next work, or are told to (KernelPool.giveBackUnused). */
export function giveBackUnused(): void {
  host().machine.collectGarbage?.();
  sinceCollection = 0;
  collections++;
}

/** Smaller memory is not worth a question, or a page of this size that it would not fill. */
const HUGE_PAGE = 2 << 20;
const WORTH_HUGE_PAGES = 2 * HUGE_PAGE;

function inHugePages<T extends ArrayBufferLike>(memory: T): T {
  if (memory.byteLength >= WORTH_HUGE_PAGES) host().machine.hugePages?.(new Uint8Array(memory));
  return memory;
}

/** Memory in which there are that many bytes from a page's beginning on, wherever it begins itself. */
const whole = (bytes: number): number => (Math.ceil(bytes / HUGE_PAGE) + 1) * HUGE_PAGE;

type Created<T> = new (memory: ArrayBuffer, offset: number, length: number) => T;

/**
 * An array in memory of this thread, zeroed. Where it is large its memory is larger, so that it begins where a page of 2 MB
 * does; what is not touched takes no memory.
 */
function own<T>(Numbers: Created<T> & { readonly BYTES_PER_ELEMENT: number }, length: number): T {
  const bytes = length * Numbers.BYTES_PER_ELEMENT;
  const { hugePages } = host().machine;
  if (bytes < WORTH_HUGE_PAGES || hugePages === undefined)
    return new Numbers(new ArrayBuffer(bytes), 0, length);
  const memory = new ArrayBuffer(whole(bytes));
  return new Numbers(memory, hugePages(new Uint8Array(memory)), length);
}

/** Arrays that may have millions of numbers, in memory of this thread: as `new Float64Array(length)`, and faster to fill. */
export const largeFloat64 = (length: number) => own<Float64Array<ArrayBuffer>>(Float64Array, length);
export const largeFloat32 = (length: number) => own<Float32Array<ArrayBuffer>>(Float32Array, length);
export const largeInt32 = (length: number) => own<Int32Array<ArrayBuffer>>(Int32Array, length);
export const largeUint32 = (length: number) => own<Uint32Array<ArrayBuffer>>(Uint32Array, length);
export const largeUint8 = (length: number) => own<Uint8Array<ArrayBuffer>>(Uint8Array, length);

/** Whether threads see the memory of an array; where none is shared, any will do. */
export const isShared = ({ buffer }: ArrayBufferView): boolean => buffer instanceof Memory;

/** A shared copy of whole numbers. */
export function toSharedInt32(values: ArrayLike<number>): Int32Array {
  const copy = sharedInt32(values.length);
  copy.set(values);
  return copy;
}

/** A shared copy of numbers. */
export function toSharedFloat64(values: ArrayLike<number>): Float64Array {
  const copy = sharedFloat64(values.length);
  copy.set(values);
  return copy;
}

/** Numbers of several arrays behind each other, in an array that `create` makes, such as {@link sharedFloat64}. */
export function joined<T extends Uint8Array | Int32Array | Float32Array | Float64Array>(
  create: (length: number) => T,
  parts: readonly ArrayLike<number>[],
): T {
  const all = create(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
