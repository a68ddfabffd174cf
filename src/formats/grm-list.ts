import { HeredityError } from '../errors.js';
import { readLines } from './text.js';

/** Reads a file with one prefix a line. @throws HeredityError `bad-input` where there is none. */
export async function readGrmList(path: string): Promise<string[]> {
  const names: string[] = [];
  await readLines(path, (line) => {
    names.push(line.text(0));
  });
  if (names.length === 0)
    throw new HeredityError('bad-input', 'the list names no matrix', {
      file: path,
      expected: 'a prefix a line',
    });
  return names;
}
