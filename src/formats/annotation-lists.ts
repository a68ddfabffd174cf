import { HeredityError } from '../errors.js';
import { growingFloat64 } from './growing-array.js';
import { IdIndex } from './id-index.js';
import { isComment } from './table.js';
import { readLines } from './text.js';

/** The variants of one annotation or partition of LDAK, and its value for each. */
export interface AnnotationList {
  readonly path: string;
  readonly count: number;
  /** 0 for a variant that the list does not have. */
  valueOf(id: string): number;
}

/**
 * Reads one of LDAK's annotation files (`<prefix>1`, `<prefix>2`, …): a variant a line, with a number behind it or, where the
 * annotation is a yes or no, without.
 * @throws HeredityError `bad-input` with the line, for what is no number and for repeated variants.
 */
export async function readAnnotationList(path: string): Promise<AnnotationList> {
  const ids = new IdIndex();
  const values = growingFloat64();
  await readLines(path, (line) => {
    if (ids.count === 0 && isComment(line)) return;
    if (line.fields > 2) {
      throw line.error(undefined, `the line has ${line.fields} fields`, {
        expected: 'a variant, or a variant and a number',
      });
    }
    const value = line.fields === 2 ? line.numeric(1) : 1;
    if (!Number.isFinite(value)) throw line.error(1, 'the annotation is not a number');
    ids.addFromLine(line.text(0), line, 0, (id) => ({ what: `variant ${id}` }));
    values.push(value);
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'the list names no variants', { file: path });
  const all = values.toArray();
  return { path, count: ids.count, valueOf: (id) => all[ids.indexOf(id)] ?? 0 };
}
