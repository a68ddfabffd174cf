import { HeredityError } from '../errors.js';
import { PartFileWriter, readPartFile } from '../formats/part-file.js';
import { host } from '../host/host.js';
import { sharedBytes } from '../kernels/memory.js';
import type { Manifest } from './manifest.js';

interface Made {
  readonly name: string;
  readonly value: unknown;
}

/**
 * What all parts of a run make in common before their own units (src/parts/division.ts), in the order in which it is asked for: read from a file
 * where one of them has made it, else made here, and kept for the others.
 */
export class CommonWork {
  readonly #made: Made[];
  #next = 0;
  /** Of the run that made it; undefined where nothing was there. */
  readonly manifest: Manifest | undefined;

  private constructor(made: Made[], manifest: Manifest | undefined) {
    this.#made = made;
    this.manifest = manifest;
  }

  /** @throws HeredityError `bad-input` where the file was cut off or changed. */
  static async open(path: string): Promise<CommonWork> {
    if (!host().files.exists(path)) return new CommonWork([], undefined);
    const file = await readPartFile(path, {
      problem: 'this is not whole: what parts have in common was cut off or changed',
      fix: 'remove it, and a part or "--plan --parts" makes it again; or copy it again',
    });
    const made: Made[] = [];
    for await (const product of file.products(sharedBytes)) made.push(product as Made);
    return new CommonWork(made, file.about.manifest as Manifest);
  }

  /** The next piece of it. */
  async next<T>(name: string, make: () => Promise<T>): Promise<T> {
    const at = this.#next++;
    if (at === this.#made.length) this.#made.push({ name, value: await make() });
    const made = this.#made[at];
    if (made?.name !== name)
      throw new HeredityError('internal', `${name} was asked for where another run asked for ${made?.name}`);
    return made.value as T;
  }

  /** The next piece of it, where it is there and has this name. */
  known<T>(name: string): T | undefined {
    const made = this.#made[this.#next];
    return made?.name === name ? (made.value as T) : undefined;
  }

  /** Keeps it for the others, where it was not there. */
  async write(path: string, manifest: Manifest): Promise<void> {
    if (this.manifest || this.#made.length === 0) return;
    const writer = await PartFileWriter.create(path, {
      schema: 'heredity/common@1',
      command: manifest.command,
    });
    for (const made of this.#made) await writer.append(made);
    await writer.finish({ manifest });
  }
}
