type NumberArray = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that grows as numbers are added to it. */
export class GrowingArray<T extends NumberArray> {
  readonly #create: (length: number) => T;
  #values: T;
  #length = 0;

  /** @param create makes an array of a given length, such as `(length) => new Float64Array(length)`. */
  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#values = create(16); // a table may have 300,000 columns
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

  /** What was added, in an array of its own. */
  toArray(): T {
    return this.#values.slice(0, this.#length) as T;
  }
}

export const growingFloat64 = () => new GrowingArray((length) => new Float64Array(length));
export const growingInt32 = () => new GrowingArray((length) => new Int32Array(length));
export const growingUint8 = () => new GrowingArray((length) => new Uint8Array(length));
