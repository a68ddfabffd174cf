import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { FileError, type FileFacts, type OpenFile } from '../host/inputs.js';
import { DamagedZstd, isZstd, unzstd } from './decompress.js';
import { didYouMean } from './near-names.js';

/**
 * Size and kind of an input file.
 * @throws HeredityError `bad-input` where there is no such file, or it is a folder.
 */
export async function statInput(path: string): Promise<FileFacts> {
  const run = host().run(); // asked before anything is awaited: some hosts keep one run at a time
  const facts = await host()
    .files.facts(path)
    .catch(async (cause) => {
      throw await unreadable(path, cause);
    });
  await run?.outputs?.reading(path);
  if (facts.kind !== 'folder') return facts;
  throw new HeredityError('bad-input', 'this is a folder, not a file', {
    file: path,
    fix: 'name a file in it',
  });
}

/**
 * Opens an input for reading at any position; its errors are a user's.
 * @throws HeredityError `bad-input` as {@link statInput}, and where permission is missing.
 */
export async function openInput(path: string): Promise<OpenFile> {
  const run = host().run();
  await statInput(path);
  const orExplain = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw await unreadable(path, cause);
    }
  };
  const file = await orExplain(host().files.open(path));
  const { byteLength } = file;
  return {
    byteLength,
    slice(start, end = byteLength) {
      run?.onRead?.(path, start, end);
      return orExplain(file.slice(start, end));
    },
    readInto(target, position) {
      run?.onRead?.(path, position, position + target.length);
      return orExplain(file.readInto(target, position));
    },
    close: () => file.close(),
  };
}

/**
 * The bytes of a file or pipe in order; gzip (also of several members, as bgzip writes) and zstd are recognised by their
 * first bytes, whatever the name, and decompressed. Each piece is good until the next is asked for.
 * @param onRead is told after each piece how many bytes of the file, compressed or not, have been read in all, and how many it
 *   has (0 for a pipe).
 * @throws HeredityError `bad-input` as {@link openInput}; for an empty file; for compressed data that are cut off or damaged.
 */
export async function* inputBytes(
  path: string,
  onRead?: (fileBytes: number, size: number) => void,
): AsyncGenerator<Uint8Array, void, void> {
  host().run()?.onRead?.(path, 0, Number.POSITIVE_INFINITY);
  const { size } = await statInput(path);
  let fileBytes = 0;
  async function* counted(pieces: AsyncIterable<Uint8Array>, stepBytes: number) {
    for await (const piece of pieces) {
      // in small steps, so that what comes out of them is told to be the share of the file that it is
      for (let at = 0; at < piece.length; at += stepBytes) {
        const step = piece.subarray(at, at + stepBytes);
        fileBytes += step.length;
        yield step;
      }
    }
  }
  let bytes = 0;
  try {
    const { first, pieces } = await beginning(host().files.pieces(path));
    const source = decompressed(first, (stepBytes) => counted(pieces, stepBytes));
    for await (const piece of source) {
      bytes += piece.length;
      onRead?.(fileBytes, size);
      yield piece;
    }
  } catch (cause) {
    throw await unreadable(path, cause);
  }
  if (bytes === 0) throw new HeredityError('bad-input', 'the file is empty', { file: path });
}

/** @param pieces of the file, in steps of so many bytes. */
function decompressed(
  first: readonly number[],
  pieces: (stepBytes: number) => AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (first[0] === 0x1f && first[1] === 0x8b) return host().gunzip(pieces(COMPRESSED_STEP_BYTES));
  return isZstd(first) ? unzstd(pieces(COMPRESSED_STEP_BYTES)) : pieces(PLAIN_STEP_BYTES);
}

/** So many bytes of a file are read on at once. */
const COMPRESSED_STEP_BYTES = 1 << 15;
const PLAIN_STEP_BYTES = 1 << 18;

/** Looks at the first four bytes, which a pipe may bring one by one. */
async function beginning(pieces: AsyncIterable<Uint8Array>) {
  const iterator = pieces[Symbol.asyncIterator]();
  const begun: Uint8Array[] = [];
  let next = await iterator.next();
  for (let bytes = 0; !next.done; next = await iterator.next()) {
    begun.push(next.value.length < 4 ? next.value.slice() : next.value);
    bytes += next.value.length;
    if (bytes >= 4) break;
  }
  const first = begun.flatMap((piece) => [...piece.subarray(0, 4)]);
  async function* all() {
    try {
      yield* begun;
      for (let rest = await iterator.next(); !rest.done; rest = await iterator.next()) yield rest.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { first, pieces: all() };
}

/** A whole text file. @throws HeredityError as {@link inputBytes}. */
export async function inputText(path: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of inputBytes(path)) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** What the machine says about a file, in a user's words; what is no {@link FileError} stays as it is. */
async function unreadable(path: string, cause: unknown): Promise<unknown> {
  if (cause instanceof DamagedZstd) {
    const fix = 'copy or download the file again; zstd -t checks it';
    return new HeredityError('bad-input', cause.message, { file: path, fix, cause });
  }
  if (!(cause instanceof FileError)) return cause;
  if (cause.kind === 'missing') return missing(path, cause);
  const refuse = (problem: string, fix?: string) =>
    new HeredityError('bad-input', problem, { file: path, ...(fix && { fix }), cause });
  if (cause.kind === 'forbidden')
    return refuse('no permission to read the file', 'check its permissions with ls -l');
  const again = 'copy or download the file again; gzip -t checks it';
  if (cause.kind === 'gzip-cut') return refuse('the gzip data are cut off', again);
  if (cause.kind === 'gzip-damaged') return refuse('the gzip data are damaged', again);
  return refuse(`the file cannot be read: ${cause.message}`);
}

async function missing(path: string, cause: unknown): Promise<HeredityError> {
  const { files } = host();
  const folder = files.folderName(path);
  const neighbours = await files.list(folder);
  if (neighbours === undefined) {
    const problem = `the file does not exist, nor does the folder ${folder}`;
    return new HeredityError('bad-input', problem, { file: path, cause });
  }
  const fix = didYouMean(files.baseName(path), neighbours);
  return new HeredityError('bad-input', 'the file does not exist', {
    file: path,
    ...(fix && { fix }),
    cause,
  });
}
