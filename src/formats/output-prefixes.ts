import { HeredityError } from '../errors.js';

/** What file systems take in a name, in bytes, less room for the endings that follow. */
const MOST_BYTES = 255 - 32;

/**
 * The prefix of the own files of each trait, chromosome or part, `<out>.<name>`: the one rule for names in names of files.
 * @param out prefix of the run's outputs.
 * @throws HeredityError `bad-input` where two would have the same files, on a file system without letter case too;
 *   where a name is too long for a file.
 */
export function outputPrefixes(out: string, names: readonly string[]): string[] {
  const owner = new Map<string, string>();
  const base = out.slice(out.lastIndexOf('/') + 1);
  return names.map((name) => {
    const inFile = nameInFile(name);
    const key = keyOf(name);
    const other = owner.get(key);
    if (other !== undefined) {
      throw new HeredityError('bad-input', `${other} and ${name} would write to the same file`, {
        value: inFile,
        expected: 'names that differ in more than letter case and signs that files cannot have',
        fix: 'rename one of them',
      });
    }
    owner.set(key, name);
    const bytes = new TextEncoder().encode(`${base}.${inFile}`).length;
    if (bytes > MOST_BYTES) {
      throw new HeredityError('bad-input', 'the name is too long for the name of a file', {
        value: name,
        expected: `--out and name of at most ${MOST_BYTES} bytes together`,
        fix: 'rename it',
      });
    }
    return `${out}.${inFile}`;
  });
}

/** Whether files named after these would be one, on a file system without letter case too. */
export function shareFile(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}

const keyOf = (name: string): string => nameInFile(name).normalize('NFC').toLowerCase();

/** A name without the signs that a file's name cannot have on some system. */
function nameInFile(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no file has them in its name
  return name.replace(/[\\/:*?"<>|\u0000-\u001f]/g, '_');
}

/** The same where a trait that is alone needs no name: `<out>` for one, `<out>.<name>` for several. */
export function prefixesOfTraits(out: string, names: readonly string[]): string[] {
  return names.length === 1 ? [out] : outputPrefixes(out, names);
}
