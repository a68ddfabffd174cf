import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { apartFromRun, writeOutput } from '../formats/output.js';
import { host } from '../host/host.js';
import { VERSION } from '../provenance.js';

/**
 * Finished parts of a long run, kept in `<out>.<method>.resume.json` until it is whole: when the same command is given
 * again with the same inputs, they are not computed again.
 */
export class Checkpoint<T extends { readonly id: string }> {
  readonly #path: string;
  readonly #fingerprint: string;
  #parts: T[];

  private constructor(path: string, fingerprint: string, parts: T[]) {
    this.#path = path;
    this.#fingerprint = fingerprint;
    this.#parts = parts;
  }

  /**
   * @param settings every flag that the result depends on.
   * @param inputs files that are read; size and time of change stand for their contents.
   */
  static async open<T extends { readonly id: string }>(
    path: string,
    settings: unknown,
    inputs: readonly string[],
  ): Promise<Checkpoint<T>> {
    const files = await Promise.all(
      inputs.map(async (file) => {
        const { size, mtimeMs } = await stat(file);
        return [file, size, mtimeMs];
      }),
    );
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([VERSION, settings, files]))
      .digest('hex');
    return new Checkpoint<T>(path, fingerprint, await readParts<T>(path, fingerprint));
  }

  get finished(): number {
    return this.#parts.length;
  }

  recall(id: string): T | undefined {
    return this.#parts.find((part) => part.id === id);
  }

  async remember(part: T): Promise<void> {
    this.#parts = [...this.#parts, part];
    const text = JSON.stringify({ fingerprint: this.#fingerprint, parts: this.#parts });
    await apartFromRun(() => writeOutput(this.#path, text));
  }

  /** Lets the file go together with the appearance of the results. */
  finish(): void {
    host().runOutputs()?.removeAtCommit(this.#path);
  }
}

async function readParts<T>(path: string, fingerprint: string): Promise<T[]> {
  try {
    const saved = JSON.parse(await readFile(path, 'utf8')) as { fingerprint: string; parts: T[] };
    return saved.fingerprint === fingerprint ? saved.parts : [];
  } catch {
    return []; // none, or not ours: begin anew
  }
}
