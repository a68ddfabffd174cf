/**
 * Arrays in shared memory: worker threads see them without a copy. Allocation is zeroed.
 * Whatever a task writes, and whatever is too large to copy to a worker, has to be one of these. A browser page that is not
 * isolated from others has no shared memory; there the calling thread does all the work (src/kernels/pool.ts), in plain memory.
 */
const Memory: new (bytes: number) => ArrayBufferLike =
  typeof SharedArrayBuffer === 'undefined' ? ArrayBuffer : SharedArrayBuffer;

export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new Memory(length));
export const sharedInt8 = (length: number): Int8Array => new Int8Array(new Memory(length));
export const sharedInt32 = (length: number): Int32Array => new Int32Array(new Memory(4 * length));
export const sharedFloat32 = (length: number): Float32Array => new Float32Array(new Memory(4 * length));
export const sharedFloat64 = (length: number): Float64Array => new Float64Array(new Memory(8 * length));

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
