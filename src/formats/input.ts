import { once } from 'node:events';
import { createReadStream, type Stats } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { systemWords } from '../host/node/system-errors.js';
import { didYouMean } from './near-names.js';

const CHUNK_BYTES = 1 << 20;

/**
 * Size and kind of an input file.
 * @throws HeredityError `bad-input` where there is no such file, or it is a folder.
 */
export async function statInput(path: string): Promise<Stats> {
  const stats = await stat(path).catch(async (cause) => {
    throw await unreadable(path, cause);
  });
  await host().run()?.outputs?.reading(path);
  if (!stats.isDirectory()) return stats;
  throw new HeredityError('bad-input', 'this is a folder, not a file', {
    file: path,
    fix: 'name a file in it',
  });
}

/**
 * Opens an input for reading at any position.
 * @throws HeredityError `bad-input` as {@link statInput}, and where permission is missing.
 */
export async function openInput(path: string): Promise<FileHandle> {
  await statInput(path);
  return open(path, 'r').catch(async (cause) => {
    throw await unreadable(path, cause);
  });
}

/**
 * The bytes of a file or pipe in order; gzip (also of several members, as bgzip writes) is recognised by its first two
 * bytes, whatever the name, and decompressed.
 * @param onRead is told after each piece how many bytes of the file, compressed or not, have been read in all.
 * @throws HeredityError `bad-input` as {@link openInput}; for an empty file; for gzip data that are cut off or damaged.
 */
export async function* inputBytes(
  path: string,
  onRead?: (fileBytes: number) => void,
): AsyncGenerator<Buffer, void, void> {
  await statInput(path);
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  let gzip = false;
  let bytes = 0;
  try {
    await once(stream, 'readable');
    const first: Buffer | null = stream.read();
    if (first !== null) {
      gzip = first[0] === 0x1f && first[1] === 0x8b;
      stream.unshift(first);
    }
    // pipeline's callback has nothing to do: an error of the file destroys the gunzip stream, and so reaches the loop
    const source = gzip ? pipeline(stream, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : stream;
    for await (const chunk of source) {
      bytes += chunk.length;
      onRead?.(stream.bytesRead);
      yield chunk;
    }
  } catch (cause) {
    throw damagedGzip(path, cause) ?? (await unreadable(path, cause));
  } finally {
    stream.destroy();
  }
  if (bytes === 0) throw new HeredityError('bad-input', 'the file is empty', { file: path });
}

/** The error that zlib's own error stands for, or undefined where it is not zlib's. */
function damagedGzip(path: string, cause: unknown): HeredityError | undefined {
  const code = String((cause as NodeJS.ErrnoException).code);
  if (!code.startsWith('Z_')) return undefined;
  const problem = code === 'Z_BUF_ERROR' ? 'the gzip data are cut off' : 'the gzip data are damaged';
  const fix = 'copy or download the file again; gzip -t checks it';
  return new HeredityError('bad-input', problem, { file: path, fix, cause });
}

/** What the operating system says about a file, in a user's words. */
export async function unreadable(path: string, cause: unknown): Promise<HeredityError> {
  const { code, errno } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return missing(path, cause);
  if (code === 'EACCES' || code === 'EPERM') {
    const fix = `check its permissions with ls -l`;
    return new HeredityError('bad-input', 'no permission to read the file', { file: path, fix, cause });
  }
  return new HeredityError('bad-input', `the file cannot be read: ${systemWords(errno)}`, {
    file: path,
    cause,
  });
}

async function missing(path: string, cause: unknown): Promise<HeredityError> {
  const folder = dirname(path);
  const neighbours = await readdir(folder).catch(() => undefined);
  if (neighbours === undefined) {
    const problem = `the file does not exist, nor does the folder ${folder}`;
    return new HeredityError('bad-input', problem, { file: path, cause });
  }
  const fix = didYouMean(basename(path), neighbours);
  return new HeredityError('bad-input', 'the file does not exist', {
    file: path,
    ...(fix && { fix }),
    cause,
  });
}

/** A whole text file. @throws HeredityError as {@link inputBytes}. */
export async function inputText(path: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of inputBytes(path)) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}
