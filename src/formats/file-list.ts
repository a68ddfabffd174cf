import { HeredityError } from '../errors.js';

/** One of several files of a cohort. */
export interface ListedFile {
  readonly name: string;
  /** What `@` stood for. */
  readonly chromosome?: string;
}

export interface FileList {
  readonly files: readonly ListedFile[];
  /** Chromosomes that have no file, in words. */
  readonly notes: readonly string[];
}

const AUTOSOMES = Array.from({ length: 22 }, (_, k) => String(k + 1));
const OTHERS = ['X', '23', 'Y', '24', 'XY', '25', 'MT', '26'];

/**
 * The files that a flag names: one, several between commas, or one a chromosome where the name holds `@`, which stands for
 * 1 to 22, X, Y, XY and MT (or 23 to 26) as far as there are such files.
 * @param exists whether there is a file, or a file set, of this name.
 * @throws HeredityError `bad-input` where no file is found for a name with `@`; `usage` for an empty name, or one twice.
 */
export async function listFiles(
  value: string,
  exists: (name: string) => Promise<boolean>,
): Promise<FileList> {
  if (await exists(value)) return { files: [{ name: value }], notes: [] };
  const files: ListedFile[] = [];
  const notes: string[] = [];
  for (const name of value.split(',')) {
    if (name === '') {
      throw new HeredityError('usage', 'a list of files has an empty name', {
        value,
        expected: 'names between commas',
      });
    }
    if (!name.includes('@')) {
      files.push({ name });
      continue;
    }
    const found: ListedFile[] = [];
    for (const chromosome of [...AUTOSOMES, ...OTHERS]) {
      const own = name.replaceAll('@', chromosome);
      if (await exists(own)) found.push({ name: own, chromosome });
    }
    if (found.length === 0) {
      throw new HeredityError('bad-input', 'there is no file of this name for any chromosome', {
        file: name,
        expected: `such as ${name.replaceAll('@', '22')}, where @ stands for the chromosome`,
      });
    }
    const absent = AUTOSOMES.filter((code) => !found.some(({ chromosome }) => chromosome === code));
    if (absent.length > 0) notes.push(`${name}: there is no file of chromosome ${absent.join(', ')}`);
    files.push(...found);
  }
  const repeated = files.find(({ name }, k) => files.findIndex((other) => other.name === name) < k);
  if (repeated) throw new HeredityError('usage', 'a file is named twice', { file: repeated.name });
  return { files, notes };
}
