import { Decompress } from 'fzstd';
import { host } from '../host/host.js';

/** Whether bytes begin as a Zstandard frame does. */
export function isZstd(bytes: ArrayLike<number>): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

/** The bytes in Zstandard data of one or more frames. @throws DamagedZstd */
export async function* unzstd(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let ready: Uint8Array<ArrayBuffer>[] = [];
  const zstd = new Decompress((chunk) => {
    if (chunk.length > 0) ready.push(Uint8Array.from(chunk)); // a copy: the window is written over
  });
  const push = (piece: Uint8Array, isLast = false) => {
    ready = [];
    try {
      zstd.push(piece, isLast);
    } catch (error) {
      throw new DamagedZstd(error);
    }
    return ready;
  };
  for await (const piece of pieces) yield* push(piece.slice()); // it keeps what it cannot use yet
  yield* push(new Uint8Array(0), true);
}

/** What {@link unzstd} ends with where its data are cut off or damaged. */
export class DamagedZstd extends Error {
  constructor(cause: unknown) {
    super('the zstd data are cut off or damaged', { cause });
  }
}

/** Decompresses zlib data that are exactly `size` bytes long; undefined where they are damaged or of another size. */
export function inflateExactly(bytes: Uint8Array, size: number): Uint8Array | undefined {
  return exactly(host().inflate, bytes, size);
}

/** As {@link inflateExactly}, of Zstandard data. */
export function unzstdExactly(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const { unzstd } = host();
  return unzstd ? exactly(unzstd, bytes, size) : unzstdInJavaScript(bytes, size);
}

function exactly(
  decompress: (bytes: Uint8Array, most: number) => Uint8Array,
  bytes: Uint8Array,
  size: number,
): Uint8Array | undefined {
  try {
    const decompressed = decompress(bytes, Math.max(size, 1));
    return decompressed.length === size ? decompressed : undefined;
  } catch {
    return undefined;
  }
}

export function unzstdInJavaScript(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const target = new Uint8Array(size);
  let filled = 0;
  const zstd = new Decompress((chunk) => {
    target.set(chunk, filled); // throws where it is too long
    filled += chunk.length;
  });
  try {
    zstd.push(bytes, true);
  } catch {
    return undefined;
  }
  return filled === size ? target : undefined;
}
