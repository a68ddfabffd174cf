/** Files by name: those of a file system, or the ones that a user gave to a page. */
export interface InputFiles {
  /** Whether there is a file or folder of this name. */
  exists(name: string): boolean;
  /** @throws FileError where there is none. */
  facts(name: string): Promise<FileFacts>;
  /** Opens a file for reading at any position. @throws FileError */
  open(name: string): Promise<OpenFile>;
  /**
   * The bytes of a file or pipe in order, in pieces that are never empty; each is good until the next is asked for.
   * @throws FileError from its first piece on.
   */
  pieces(name: string): AsyncIterable<Uint8Array>;
  /** Names in a folder; undefined where it cannot be read. */
  list(folder: string): Promise<readonly string[] | undefined>;
  /**
   * Hashes a whole file, beside the calling thread where it is large.
   * @param withPieces whether checksums of the pieces of a large file are wanted, too. @throws the signal's reason, or FileError.
   */
  hash(name: string, signal?: AbortSignal, withPieces?: boolean): Promise<FileHash>;
  /** {@link FileHash.pieces} of some pieces of a file; a browser, which computes no parts of a run, has none. @throws as {@link hash}. */
  checksums?(name: string, pieces: readonly number[], signal?: AbortSignal): Promise<readonly string[]>;
  /** The last part of a path. */
  baseName(path: string): string;
  /** All but the last part of a path; `.` where there is one part. */
  folderName(path: string): string;
  join(...parts: string[]): string;
  /** The path from the root. */
  resolve(path: string): string;
}

export interface FileFacts {
  /** `other` is a pipe or a device, which has no size and can be read only once. */
  readonly kind: 'file' | 'folder' | 'other';
  /** In bytes. */
  readonly size: number;
}

/** Bytes by position: the shape of hyparquet's AsyncBuffer, which readers of binary formats share. */
export interface ByteSource {
  readonly byteLength: number;
  /** A copy of the bytes from `start` to before `end`, or to the end; fewer where the file ends earlier. @throws FileError */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

export interface OpenFile extends ByteSource {
  /**
   * Reads bytes from a position into an array, which may lie in shared memory.
   * @returns how many: fewer than there is room for where the file ends, and perhaps before; 0 only at its end.
   * @throws FileError
   */
  readInto(target: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Pieces that a large file is known by, where parts of it are read by different machines. */
export const HASH_PIECE_BYTES = 16 << 20;

/** The contents of a file; null for a pipe, which can be read only once. */
export interface FileHash {
  readonly bytes: number | null;
  /** In hexadecimal. */
  readonly sha256: string | null;
  /**
   * CRC-32 of each piece of {@link HASH_PIECE_BYTES}, in hexadecimal, where that was asked for and the file is large: four times as fast
   * as SHA-256, and enough to tell a file that has changed from one whose hash is known.
   */
  readonly pieces?: readonly string[];
}

export type FileErrorKind = 'missing' | 'forbidden' | 'gzip-cut' | 'gzip-damaged' | 'other';

/** What the machine says about a file that cannot be read; formats turn it into a user's words. */
export class FileError extends Error {
  readonly kind: FileErrorKind;

  /** @param words of the system, such as `input/output error`. */
  constructor(kind: FileErrorKind, words: string, cause?: unknown) {
    super(words, { cause });
    this.kind = kind;
  }
}
