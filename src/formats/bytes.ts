import { joined } from '../kernels/memory.js';

/** Bytes one after another. */
export const concatenated = (pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  joined((length) => new Uint8Array(length), pieces);

/** The text of each byte that is a character: texts of one need no decoder. */
export const SINGLE_CHARACTERS = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
