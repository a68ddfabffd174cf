import { largeFloat64, largeInt32, largeUint8 } from '../kernels/memory.js';

type NumberArray = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** In larger arrays, what is not used was never touched, and so takes no memory: a copy would take some. */
const LARGE_BYTES = 4 << 20;

/** A typed array that grows as numbers are added to it. */
export class GrowingArray<T extends NumberArray> {
  readonly #create: (length: number) => T;
  #values: T;
  #length = 0;

  /**
   * @param create makes an array of a given length, such as `(length) => new Float64Array(length)`.
   * @param room for so many numbers before it grows. @default few, as a table may have 300,000 columns
   */
  constructor(create: (length: number) => T, room = 16) {
    this.#create = create;
    this.#values = create(room);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow(2 * this.#length);
    this.#values[this.#length++] = value;
  }

  /**
   * Adds the first `count` of some numbers.
   * @param expected so many numbers in the end, as far as one can tell: more memory is not asked for before.
   */
  append(values: ArrayLike<number>, count = values.length, expected = 0): void {
    const length = this.#length + count;
    if (length > this.#values.length) this.#grow(Math.max(expected, length, 2 * this.#values.length));
    const added = ArrayBuffer.isView(values) ? (values as NumberArray).subarray(0, count) : values;
    this.#values.set(added, this.#length);
    this.#length = length;
  }

  #grow(room: number): void {
    const larger = this.#create(room);
    larger.set(this.#values.subarray(0, this.#length));
    this.#values = larger;
  }

  at(index: number): number {
    return this.#values[index];
  }

  /** Where a number is first, or -1. */
  indexOf(value: number): number {
    const index = this.#values.indexOf(value);
    return index < this.#length ? index : -1;
  }

  /** Changes what was added before. */
  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** What was added. Nothing is to be added after that. */
  toArray(): T {
    const isNearlyFull = this.#length * 4 >= this.#values.length * 3 || this.#values.byteLength > LARGE_BYTES;
    return (isNearlyFull ? this.#values.subarray(0, this.#length) : this.#values.slice(0, this.#length)) as T;
  }
}

export const growingFloat64 = (room?: number) => new GrowingArray(largeFloat64, room);
export const growingInt32 = () => new GrowingArray(largeInt32);
export const growingUint8 = () => new GrowingArray(largeUint8);
