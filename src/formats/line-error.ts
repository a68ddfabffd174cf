import { HeredityError } from '../errors.js';

/** Values are quoted in messages up to this length. */
const LONGEST_QUOTE = 60;

/** An error about a line, or about one field of it, counted from 0, which is then quoted. */
export function errorInLine(
  { file, line, field, text = '' }: { file: string; line: number; field?: number; text?: string },
  problem: string,
  more: { expected?: string; fix?: string } = {},
): HeredityError {
  const where = field === undefined ? {} : { column: field + 1, value: quotable(text) };
  return new HeredityError('bad-input', problem, { file, line, ...where, ...more });
}

function quotable(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
