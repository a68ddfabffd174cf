/** Bytes one after another. */
export function concatenated(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Work space in which pieces are put one after another, again and again: new memory for each time would take as long as they do. */
export class JoinedBytes {
  #room = new Uint8Array(0);

  /** The pieces as one; good until the next are joined. */
  of(pieces: readonly Uint8Array[]): Uint8Array {
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (bytes > this.#room.length) this.#room = new Uint8Array(2 * bytes);
    let at = 0;
    for (const piece of pieces) {
      this.#room.set(piece, at);
      at += piece.length;
    }
    return this.#room.subarray(0, bytes);
  }
}
