type NumberArray = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

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
    if (this.#length === this.#values.length) {
      const larger = this.#create(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index];
  }

  /** Changes what was added before. */
  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** What was added, in an array of its own. Nothing is to be added after that. */
  toArray(): T {
    if (this.#length === this.#values.length) return this.#values;
    return this.#values.slice(0, this.#length) as T;
  }
}

export const growingFloat64 = (room?: number) => new GrowingArray((length) => new Float64Array(length), room);
export const growingInt32 = () => new GrowingArray((length) => new Int32Array(length));
export const growingUint8 = () => new GrowingArray((length) => new Uint8Array(length));
