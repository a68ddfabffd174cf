import { inputText } from './formats/input.js';
import { apartFromRun, writeOutput } from './formats/output.js';
import { host } from './host/host.js';
import { sha256 } from './host/sha256.js';
import { type Provenance, VERSION } from './provenance.js';

/**
 * Finished parts of a long run, kept in `<out>.<method>.resume.json` until it is whole: when the same command is given
 * again with the same inputs, they are not computed again.
 */
export class Checkpoint<T extends { readonly id: string }> {
  readonly #path: string;
  /** Of the settings and the contents of the inputs; undefined where an input, such as a pipe, cannot be read twice. */
  readonly #fingerprint: Promise<string | undefined>;
  #parts: T[] = [];

  private constructor(path: string, fingerprint: Promise<string | undefined>) {
    this.#path = path;
    this.#fingerprint = fingerprint;
    fingerprint.catch(() => {}); // told when it is awaited
  }

  /**
   * Waits for the hashes of the inputs only where there is something to go on from.
   * @param settings every flag that the result depends on.
   * @param provenance knows by now every input that the parts depend on.
   */
  static async open<T extends { readonly id: string }>(
    path: string,
    settings: unknown,
    provenance: Provenance,
  ): Promise<Checkpoint<T>> {
    const checkpoint = new Checkpoint<T>(path, fingerprintOf(settings, provenance));
    const saved = await readSaved<T>(path);
    if (saved !== undefined && saved.fingerprint === (await checkpoint.#fingerprint))
      checkpoint.#parts = saved.parts;
    return checkpoint;
  }

  get finished(): number {
    return this.#parts.length;
  }

  recall(id: string): T | undefined {
    return this.#parts.find((part) => part.id === id);
  }

  async remember(part: T): Promise<void> {
    this.#parts = [...this.#parts, part];
    const fingerprint = await this.#fingerprint;
    if (fingerprint === undefined) return;
    const saved: Saved<T> = { fingerprint, check: await checkOf(this.#parts), parts: this.#parts };
    // a part may be computed twice at once
    await apartFromRun(() => writeOutput(this.#path, JSON.stringify(saved), { beside: true }));
  }

  /** Lets the file go together with the appearance of the results. */
  finish(): void {
    host().run()?.outputs?.removeAtCommit(this.#path);
  }
}

interface Saved<T> {
  readonly fingerprint: string;
  /** SHA-256 of the parts: a damaged one means starting anew. */
  readonly check: string;
  readonly parts: T[];
}

const checkOf = (parts: unknown): Promise<string> => sha256(JSON.stringify(parts));

async function fingerprintOf(settings: unknown, provenance: Provenance): Promise<string | undefined> {
  const inputs = await provenance.inputs();
  if (inputs.some(({ sha256 }) => sha256 === null)) return undefined;
  const contents = inputs.map(({ path, sha256 }) => [path, sha256]);
  return sha256(JSON.stringify([VERSION, settings, contents]));
}

/** What is on file, where it is whole. */
async function readSaved<T>(path: string): Promise<Saved<T> | undefined> {
  try {
    const saved = JSON.parse(await apartFromRun(() => inputText(path))) as Saved<T>;
    const parts: unknown = saved.parts;
    const isOurs = Array.isArray(parts) && parts.every((part) => typeof part?.id === 'string');
    return isOurs && saved.check === (await checkOf(saved.parts)) ? saved : undefined;
  } catch {
    return undefined; // none, or not ours: begin anew
  }
}
