import { HeredityError } from '../errors.js';
import { type PartFile, readPartFile } from '../formats/part-file.js';
import { host } from '../host/host.js';
import type { PartRecord } from '../provenance.js';
import { differenceOf, type Manifest, partPath, type WorkRecord } from './manifest.js';

/** The end of a part's file. */
export interface PartAbout extends PartRecord {
  readonly manifest: Manifest;
  /** Units that the part computed: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  readonly warnings: readonly string[];
}

/** The file of one part of a round. */
interface OpenPartFile extends PartFile {
  readonly path: string;
  readonly own: PartAbout;
}

/** Where the parts of a round are, or will be. */
interface RoundPlace {
  /** As given with --out, and the part of the files' names after it. */
  readonly prefix: string;
  readonly name: string;
  readonly parts: number;
  /** From 1. */
  readonly round: number;
}

export function pathsOfRound({ prefix, name, parts, round }: RoundPlace): string[] {
  return Array.from({ length: parts }, (_, k) => partPath(prefix, name, { part: k + 1, parts }, round));
}

/** Parts of a round that have no file, from 1. */
export function missingParts(place: RoundPlace): number[] {
  return pathsOfRound(place).flatMap((path, k) => (host().files.exists(path) ? [] : [k + 1]));
}

/** @throws HeredityError `bad-input` where the file is not whole. */
export async function openPartFile(path: string): Promise<OpenPartFile> {
  const file = await readPartFile(path);
  return { ...file, path, own: file.about as unknown as PartAbout };
}

/** All parts of a round that go with a manifest. */
export class Round {
  readonly files: readonly OpenPartFile[];
  readonly #place: RoundPlace;

  private constructor(files: readonly OpenPartFile[], place: RoundPlace) {
    this.files = files;
    this.#place = place;
  }

  /**
   * @param manifest that they have to go with. @param path where that stands.
   * @throws HeredityError `bad-input` where parts are missing or damaged; `mismatch` where one is of another run.
   */
  static async open(place: RoundPlace, manifest: Manifest, path: string): Promise<Round> {
    const missing = missingParts(place);
    if (missing.length > 0)
      throw new HeredityError('bad-input', `${missing.length} of ${place.parts} parts are not there`, {
        file: pathsOfRound(place)[missing[0] - 1],
        fix: `run the same command with ${missing.length === 1 ? '' : 'each of '}--part ${missing.join(', ')}`,
      });
    const files: OpenPartFile[] = [];
    for (const own of pathsOfRound(place)) files.push(await openPartFile(own));
    for (const { path: own, own: about } of files) {
      const reason =
        differenceOf(manifest, about.manifest) ?? differenceOf(files[0].own.manifest, about.manifest);
      if (reason !== undefined)
        throw new HeredityError('mismatch', `this part does not go with ${path}: ${reason}`, {
          file: own,
          fix: 'compute it again with the same command, program and files as the others',
        });
    }
    return new Round(files, place);
  }

  /** What all its parts say of the run. */
  get manifest(): Manifest {
    return this.files[0].own.manifest;
  }

  /** What the round divided. */
  get work(): WorkRecord {
    return this.manifest.work[this.#place.round - 1];
  }

  /** The products of all units, in order. */
  async *products(): AsyncGenerator<unknown, void, void> {
    let next = 0;
    for (const { own: about, path: file, products } of this.files) {
      if (about.first !== next)
        throw new HeredityError('internal', 'parts do not follow each other', { file });
      next = about.end;
      yield* products();
    }
    if (next !== this.work.units)
      throw new HeredityError('internal', 'units are missing', { file: this.files[0].path });
  }
}
