import { HeredityError } from '../errors.js';
import { IdIndex } from './id-index.js';
import { headerIdColumns, isNote } from './sample-id.js';
import { idsOf, SampleIds, type SampleNames } from './sample-ids.js';
import { readLines } from './text.js';

/** Samples to keep or to remove. */
export interface SampleList {
  readonly path: string;
  /** Different samples listed. */
  readonly count: number;
  /** Further lines that list a sample again. */
  readonly duplicates: number;
  /** False where the file names individuals without their families. */
  readonly hasFamilies: boolean;
  /**
   * Which of some samples are listed, 1 for each that is: by both IDs, or by that of the individual alone where the list or the
   * samples have no families.
   */
  among(samples: SampleNames & { readonly withoutFamilies?: boolean }): Uint8Array;
}

/** Variants to extract or to exclude. */
export interface VariantList {
  readonly path: string;
  /** Different variants listed. */
  readonly count: number;
  readonly duplicates: number;
  has(id: string): boolean;
}

/**
 * Reads a list of samples: `FID IID` or `IID` alone a line, decided by the first line; further columns are ignored, and a
 * header that begins with FID IID or IID is skipped, as are lines before it that begin with #.
 * @throws HeredityError `bad-input` where a line has fewer IDs than the first, or nothing is listed.
 */
export async function readSampleList(path: string): Promise<SampleList> {
  const ids = new SampleIds();
  let duplicates = 0;
  let idColumns = 0;
  await readLines(path, (line) => {
    if (idColumns === 0) {
      if (isNote(line)) return;
      const header = headerIdColumns(line);
      idColumns = header || Math.min(line.fields, 2);
      if (header > 0) return;
    }
    if (line.fields < idColumns) {
      throw line.error(undefined, 'the line has 1 field', {
        expected: 'FID and IID, as in the lines before',
      });
    }
    if (ids.add(line, idColumns === 2 ? 0 : -1, idColumns - 1) >= 0) duplicates++;
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'the list names no samples', { file: path });
  const hasFamilies = idColumns === 2;
  return {
    path,
    count: ids.count,
    duplicates,
    hasFamilies,
    among: (samples) => {
      const places = idsOf(samples).indicesIn(ids, hasFamilies && !samples.withoutFamilies);
      return Uint8Array.from(places, (place) => Number(place >= 0));
    },
  };
}

/**
 * Reads a list of variant IDs, one or more a line; lines before the first that begin with # are notes.
 * @throws HeredityError `bad-input` where nothing is listed.
 */
export async function readVariantList(path: string): Promise<VariantList> {
  const variants = new IdIndex();
  let duplicates = 0;
  await readLines(path, (line) => {
    if (variants.count === 0 && line.startsWith('#')) return;
    for (let field = 0; field < line.fields; field++) {
      if (variants.add(line.text(field)) >= 0) duplicates++;
    }
  });
  if (variants.count === 0)
    throw new HeredityError('bad-input', 'the list names no variants', { file: path });
  return { path, count: variants.count, duplicates, has: (id) => variants.indexOf(id) >= 0 };
}
