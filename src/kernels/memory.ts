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
  return new Memory(bytes);
}

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
