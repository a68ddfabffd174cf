import { FileError } from './inputs.js';

/** zlib's inflate for one member of gzip after another: that of Node.js, or one in JavaScript. */
export interface Inflater {
  /** Takes some of the input and gives some output; both may be less than there is. */
  inflate(input: Uint8Array, output: Uint8Array<ArrayBuffer>): Inflation;
  /** Begins the next member. */
  reset(): void;
}

export interface Inflation {
  /** Bytes of the input that were taken. */
  readonly read: number;
  /** Bytes of the output that were filled. */
  readonly written: number;
  /** Whether the member ends here. */
  readonly ended: boolean;
  /** What is wrong with the data, in words; undefined where nothing is. */
  readonly damage?: string | undefined;
}

/**
 * @see Host.gunzip
 * @param output what is inflated stands in it, piece by piece.
 */
export async function* gunzipBy(
  inflater: Inflater,
  pieces: AsyncIterable<Uint8Array>,
  output: Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array, void, void> {
  let isInMember = true;
  for await (const piece of pieces) {
    let at = 0;
    let written = 0;
    do {
      if (!isInMember) {
        if (at === piece.length) break;
        if (piece[at] === 0) return; // zeros that pad the end
        inflater.reset();
        isInMember = true;
      }
      const step = inflater.inflate(piece.subarray(at), output);
      if (step.damage !== undefined) throw new FileError('gzip-damaged', step.damage);
      at += step.read;
      written = step.written;
      if (written > 0) yield output.subarray(0, written);
      if (step.ended) isInMember = false;
    } while (at < piece.length || written === output.length);
  }
  if (isInMember) throw new FileError('gzip-cut', 'the data end before the member does');
}
