/** Memory of one size that is used again: what is touched first costs more than what is read into it. */
export class Rooms {
  readonly #bytes: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Memory with anything in it. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(this.#bytes);
  }

  giveBack(room: Uint8Array<ArrayBuffer>): void {
    this.#free.push(room);
  }
}
