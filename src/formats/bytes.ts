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

/** The text of each byte that is a character: texts of one need no decoder. */
export const SINGLE_CHARACTERS = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
