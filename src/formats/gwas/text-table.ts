import { HeredityError } from '../../errors.js';
import { type Line, plural, type ReadLinesOptions, readLines } from '../text.js';
import { type GwasSource, type GwasTable, headerAt, MISSING_WORDS } from './table.js';

/** Rows that are looked at to choose between columns. */
const SAMPLE_ROWS = 200;

/**
 * Results as text: one line with the names of the columns (after lines that begin with ##), one line a variant. Tabs
 * separate where the header has one, else commas where it has one, else spaces.
 * @throws HeredityError `bad-input` where there is no header, and from `read` for lines of another width.
 */
export async function openTextTable({ file, head, whole, bytes }: GwasSource): Promise<GwasTable> {
  const { options, kind } = separation(head);
  const lines: string[][] = [];
  const end = whole ? head.length : head.lastIndexOf(NEWLINE) + 1;
  await readLines(
    file,
    (line) => {
      if (lines.length > SAMPLE_ROWS || isAboutTheFile(line.text(0))) return;
      lines.push(Array.from({ length: line.fields }, (_, field) => line.text(field)));
    },
    { ...options, missing: MISSING_WORDS, bytes: [head.subarray(0, end)] },
  );
  const [header, ...sample] = lines;
  if (header === undefined) throw new HeredityError('bad-input', 'there are no column names', { file });
  const names = header.map((name, field) => (field === 0 ? name.replace(/^#/, '') : name));

  return {
    file,
    kind,
    names,
    sample,
    async read(_, onRow) {
      let inRows = false;
      await readLines(
        file,
        (line) => {
          if (inRows) {
            if (line.fields !== names.length) throw wrongWidth(line, names.length);
            onRow(line);
          } else if (!isAboutTheFile(line.text(0))) {
            inRows = true;
          }
        },
        { ...options, missing: MISSING_WORDS, bytes },
      );
    },
  };
}

const NEWLINE = 10;

const isAboutTheFile = (field: string): boolean => field.startsWith('##');

function separation(head: Buffer): { options: ReadLinesOptions; kind: string } {
  const start = headerAt(head);
  const end = head.indexOf(NEWLINE, start);
  const header = head.toString('utf8', start, end < 0 ? head.length : end).trim();
  if (header.includes('\t')) return { options: { separator: '\t' }, kind: 'text, tab-separated' };
  if (header.includes(',')) return { options: { separator: ',' }, kind: 'text, comma-separated' };
  return { options: { quotes: true }, kind: 'text, space-separated' };
}

function wrongWidth(line: Line, width: number): HeredityError {
  const fix =
    line.fields === width + 1 && line.text(0).match(/^\d+$/)
      ? { fix: 'if the lines begin with row names, write the table of R with row.names = FALSE' }
      : {};
  return line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
    expected: `${width}, as in the header`,
    ...fix,
  });
}
