/** Arrays that can be cut to size. */
interface Sliceable<T> {
  readonly length: number;
  subarray(start: number, end: number): T;
}

/**
 * Work space that is used again and again: tiles come by the thousand and have nearly the same size, an engine is slow to free large
 * arrays, and threads are slower to let go of shared ones. One at the top of a module is of the thread that runs it.
 */
export class Scratch<T extends Sliceable<T>> {
  readonly #create: (length: number) => T;
  #room: T;

  /** @param create makes an array of a given length, such as `sharedFloat32`. */
  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#room = create(0);
  }

  /** An array of this length, holding whatever was left there; good until the next one is asked for. */
  of(length: number): T {
    if (this.#room.length < length) this.#room = this.#create(length);
    return this.#room.subarray(0, length);
  }
}

/** In memory of this thread. */
export const scratchFloat64 = (): Scratch<Float64Array> => new Scratch((length) => new Float64Array(length));
export const scratchInt32 = (): Scratch<Int32Array> => new Scratch((length) => new Int32Array(length));
