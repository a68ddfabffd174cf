import { HeredityError } from '../../errors.js';
import type { OutputSink, RunOutputs } from '../outputs.js';
import { resolvePath } from './files.js';

/** Prefixes of runs that are neither committed nor aborted. */
const taken = new Set<string>();

/** The outputs of a run in memory, which go to the page together when it is over. */
export class WebOutputs implements RunOutputs {
  readonly #prefix: string;
  readonly #names: readonly RegExp[];
  readonly #written: Map<string, Blob>;
  readonly #sinks = new Map<string, Sink>();
  readonly #inputs = new Set<string>();
  readonly #useless: string[] = [];
  #isOver = false;

  /**
   * @param written all that runs have written, by path: the new files are put there.
   * @see Host.openOutputs
   */
  constructor(prefix: string, names: readonly RegExp[], written: Map<string, Blob>) {
    this.#prefix = resolvePath(prefix);
    this.#names = names;
    this.#written = written;
    if (taken.has(this.#prefix))
      throw new HeredityError('usage', 'another run is writing under this prefix', { file: prefix });
    taken.add(this.#prefix);
  }

  async create(name: string): Promise<OutputSink> {
    const path = resolvePath(name);
    if (this.#inputs.has(path)) throw isInput(name);
    if (this.#sinks.has(path))
      throw new HeredityError('usage', 'two outputs of this run have the same name', { file: name });
    const sink = new Sink(name, () => this.#sinks.delete(path));
    this.#sinks.set(path, sink);
    return sink;
  }

  async folder(): Promise<void> {}

  async reading(name: string): Promise<void> {
    const path = resolvePath(name);
    this.#inputs.add(path);
    const rest = path.startsWith(this.#prefix) ? path.slice(this.#prefix.length) : undefined;
    const isOwn = rest !== undefined && this.#names.some((pattern) => pattern.test(rest));
    if (isOwn || this.#sinks.has(path)) throw isInput(name);
  }

  removeAtCommit(name: string): void {
    this.#useless.push(name);
  }

  async sync(): Promise<void> {
    for (const sink of this.#sinks.values())
      if (!sink.isWhole)
        throw new HeredityError('internal', 'an output was not finished', { file: sink.name });
  }

  async commit(): Promise<void> {
    this.#end();
    for (const [path, sink] of this.#sinks) this.#written.set(path, sink.contents());
    for (const name of this.#useless) this.#written.delete(resolvePath(name));
  }

  async abort(): Promise<void> {
    if (!this.#isOver) this.#end();
  }

  #end(): void {
    if (this.#isOver)
      throw new HeredityError('interrupted', 'the run is over, and its outputs are gone', {
        file: this.#prefix,
      });
    this.#isOver = true;
    taken.delete(this.#prefix);
    for (const sink of this.#sinks.values()) sink.isOver = true;
  }
}

class Sink implements OutputSink {
  readonly name: string;
  readonly #forget: () => void;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  isWhole = false;
  isOver = false;

  constructor(name: string, forget: () => void) {
    this.name = name;
    this.#forget = forget;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.isOver)
      throw new HeredityError('interrupted', 'the run is over, and its outputs are gone', {
        file: this.name,
      });
    this.#pieces.push(new Uint8Array(bytes)); // out of shared memory, and out of reach of the caller
  }

  close(): void {
    this.isWhole = true;
  }

  async discard(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.#pieces = [];
    this.#forget();
  }

  contents(): Blob {
    return new Blob(this.#pieces);
  }
}

const isInput = (file: string): HeredityError =>
  new HeredityError('usage', 'the output would replace an input of the run', {
    file,
    fix: 'choose another name for the results',
  });
