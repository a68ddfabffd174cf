/**
 * Arrays in shared memory: worker threads see them without a copy. Allocation is zeroed.
 * Whatever a task writes, and whatever is too large to copy to a worker, has to be one of these.
 */
export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));
export const sharedInt8 = (length: number): Int8Array => new Int8Array(new SharedArrayBuffer(length));
export const sharedInt32 = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
export const sharedFloat32 = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length));
export const sharedFloat64 = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * length));

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
