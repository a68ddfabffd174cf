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
const COLLECT_AFTER = 32 << 20;
/** ... but for at most this share of the time: with large tables a collection takes longer. */
const COLLECT_SHARE = 0.04;

let sinceCollection = 0;
let collections = 0;
let mayCollectAt = 0;

/** How often garbage was collected: threads, which keep what they were sent until they collect theirs, are to follow. */
export const collectionsSoFar = (): number => collections;

function shared(bytes: number): ArrayBufferLike {
  sinceCollection += bytes;
  if (sinceCollection > COLLECT_AFTER && performance.now() > mayCollectAt) {
    const start = performance.now();
    host().machine.collectGarbage?.();
    const end = performance.now();
    mayCollectAt = end + (end - start) / COLLECT_SHARE;
    sinceCollection = bytes;
    collections++;
  }
  return inHugePages(new Memory(bytes));
}

/** Smaller memory is not worth a question, or a page of this size that it would not fill. */
const HUGE_PAGE = 2 << 20;
const WORTH_HUGE_PAGES = 2 * HUGE_PAGE;
/** What an allocator notes before a piece of memory: with it the whole is so many pages, which then begin where one does. */
const ALLOCATOR_BYTES = 64;

function inHugePages<T extends ArrayBufferLike>(memory: T): T {
  if (memory.byteLength >= WORTH_HUGE_PAGES) host().machine.hugePages?.(new Uint8Array(memory));
  return memory;
}

/** Memory of this thread, zeroed; more than was asked for where it is large. What is not touched takes no memory. */
function own(bytes: number): ArrayBuffer {
  if (bytes < WORTH_HUGE_PAGES) return new ArrayBuffer(bytes);
  const pages = Math.ceil((bytes + ALLOCATOR_BYTES) / HUGE_PAGE);
  return inHugePages(new ArrayBuffer(pages * HUGE_PAGE - ALLOCATOR_BYTES));
}

/** Arrays that may have millions of numbers, in memory of this thread: as `new Float64Array(length)`, and faster to fill. */
export const largeFloat64 = (length: number) => new Float64Array(own(8 * length), 0, length);
export const largeInt32 = (length: number) => new Int32Array(own(4 * length), 0, length);
export const largeUint32 = (length: number) => new Uint32Array(own(4 * length), 0, length);
export const largeUint8 = (length: number) => new Uint8Array(own(length), 0, length);

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
