import { HeredityError } from './errors.js';
import { host } from './host/host.js';
import { type FileHash, HASH_PIECE_BYTES } from './host/inputs.js';

/** A file that a run reads, by its contents. */
export interface HashedInput extends FileHash {
  readonly path: string;
}

/**
 * Hashes what a run reads, beside it: whole files; of a large file whose pieces are known, it checks those that are read, so that
 * many machines that each read some of it do not each hash all of it.
 */
export class InputHashes {
  readonly #signal: AbortSignal | undefined;
  readonly #withPieces: boolean;
  readonly #inputs = new Map<string, Promise<HashedInput> | KnownInput>();
  readonly #known = new Map<string, KnownInput>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param withPieces whether the pieces of large files are wanted, too. */
  constructor(signal?: AbortSignal, withPieces = false) {
    this.#signal = signal;
    this.#withPieces = withPieces;
  }

  /** Tells what the files were elsewhere, before any is read. */
  know(inputs: readonly HashedInput[]): void {
    for (const input of inputs)
      if (input.pieces && host().files.checksums)
        this.#known.set(input.path, new KnownInput(input, this.#signal));
  }

  /** Names a file that is read, and begins to hash it in the background, one file after another. */
  add(path: string): void {
    if (this.#inputs.has(path)) return;
    const known = this.#known.get(path);
    if (known) {
      this.#inputs.set(path, known);
      return;
    }
    const hashed = this.#last.then(() => hashFile(path, this.#signal, this.#withPieces));
    this.#last = hashed.catch(() => undefined);
    this.#inputs.set(path, hashed);
  }

  /** As {@link add}, for a file all of whose contents count, although not it is read but what was made of it. */
  addWhole(path: string): void {
    this.add(path);
    this.read(path, 0, Number.POSITIVE_INFINITY);
  }

  /** The contents of a file, which is added. @throws as {@link all}. */
  async of(path: string): Promise<HashedInput> {
    this.add(path);
    const input = this.#inputs.get(path)!;
    return input instanceof KnownInput ? input.found() : input;
  }

  /** Told of bytes that are read. */
  read(path: string, start: number, end: number): void {
    this.#known.get(path)?.read(start, end);
  }

  /** Files named so far, in that order: those that are hashed whole. @throws HeredityError `resource` as {@link all}. */
  async whole(): Promise<HashedInput[]> {
    const inputs = [...this.#inputs.values()].filter((input) => !(input instanceof KnownInput));
    return Promise.all(inputs as Promise<HashedInput>[]);
  }

  /**
   * Files named so far, in that order. A file whose pieces are known is what it was if the pieces that have been read are.
   * @throws HeredityError `resource` where a file can no longer be read.
   */
  all(): Promise<HashedInput[]> {
    return Promise.all(
      Array.from(this.#inputs.values(), (input) => (input instanceof KnownInput ? input.found() : input)),
    );
  }
}

/** A large file of which it is known what it was. */
class KnownInput {
  readonly #was: HashedInput;
  readonly #signal: AbortSignal | undefined;
  readonly #isRead: Uint8Array;
  readonly #isChecked: Uint8Array;

  constructor(was: HashedInput, signal: AbortSignal | undefined) {
    this.#was = was;
    this.#signal = signal;
    this.#isRead = new Uint8Array(was.pieces!.length);
    this.#isChecked = new Uint8Array(was.pieces!.length);
  }

  read(start: number, end: number): void {
    if (end > start)
      this.#isRead.fill(1, Math.floor(start / HASH_PIECE_BYTES), Math.ceil(end / HASH_PIECE_BYTES));
  }

  async found(): Promise<HashedInput> {
    const { path, bytes, pieces } = this.#was;
    const { files } = host();
    const wanted = Array.from(pieces!.keys()).filter(
      (piece) => this.#isRead[piece] === 1 && this.#isChecked[piece] === 0,
    );
    const { size } = await orExplain(path, files.facts(path), this.#signal);
    if (size === bytes) {
      const found = await orExplain(path, files.checksums!(path, wanted, this.#signal), this.#signal);
      if (wanted.every((piece, k) => found[k] === pieces![piece])) {
        for (const piece of wanted) this.#isChecked[piece] = 1;
        return this.#was;
      }
    }
    return hashFile(path, this.#signal, true);
  }
}

async function hashFile(
  path: string,
  signal: AbortSignal | undefined,
  withPieces: boolean,
): Promise<HashedInput> {
  return { path, ...(await orExplain(path, host().files.hash(path, signal, withPieces), signal)) };
}

async function orExplain<T>(path: string, work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new HeredityError('resource', 'cannot read the file to hash it', { file: path, cause });
  }
}
