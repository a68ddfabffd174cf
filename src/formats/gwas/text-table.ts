import { HeredityError } from '../../errors.js';
import { host } from '../../host/host.js';
import { withoutSignature } from '../foreign-files.js';
import { PlainRows } from '../plain-rows.js';
import { Line, type PlainReader, plural, type ReadLinesOptions, readLines } from '../text.js';
import { knownName } from './column-names.js';
import { listOf } from './columns.js';
import { PlainRow } from './plain-row.js';
import { type GwasRow, type GwasRows, type GwasSource, type GwasTable, MISSING_WORDS } from './table.js';

/** Rows that are looked at to choose between columns. */
const SAMPLE_ROWS = 1000;
/** Lines that are looked at to find the header and the separators. */
const LAYOUT_LINES = 50;

const SEPARATORS = {
  tab: { options: { separator: '\t' }, kind: 'text, tab-separated' },
  comma: { options: { separator: ',' }, kind: 'text, comma-separated' },
  space: { options: { quotes: true }, kind: 'text, space-separated' },
} as const satisfies Record<string, { options: ReadLinesOptions; kind: string }>;
type Separator = keyof typeof SEPARATORS;

interface Layout {
  readonly names: readonly string[];
  /** The first field of the header as it stands in the file. */
  readonly first: string;
  /** Line of the header, counted from 1. */
  readonly headerLine: number;
  readonly separator: Separator;
  /** Whether the lines begin with a field without a name in the header, as R's write.table makes them. */
  readonly hasRowNames: boolean;
}

/**
 * Results as text: one line with the names of the columns, one line a variant. Before the header there may be lines that
 * begin with #; of the last of them and the line below, the one that names more known columns is the header. Header and rows
 * are divided each by what makes most sense: tabs, commas or spaces. Rows may begin with R's row names, and end in separators
 * with nothing between; a header that is repeated (files that were joined) is skipped and counted.
 * @throws HeredityError `bad-input` where there is no header, for fields between semicolons or bars, and from `read` for
 *   lines of another width.
 */
export async function openTextTable({ file, head, whole, bytes }: GwasSource): Promise<GwasTable> {
  const end = whole ? head.length : head.lastIndexOf(NEWLINE) + 1;
  const start = head.subarray(0, end);
  const layout = await layoutOf(file, start);
  const { names, headerLine, separator } = layout;
  const options = { ...SEPARATORS[separator].options, missing: MISSING_WORDS, skip: headerLine };
  const sample: string[][] = [];
  await readLines(
    file,
    (line) => {
      if (sample.length === SAMPLE_ROWS || line.fields < names.length || isRepeated(line, layout)) return;
      sample.push(names.map((_, field) => line.text(field)));
    },
    { ...options, bytes: [start] },
  );
  return {
    file,
    kind: SEPARATORS[separator].kind,
    names,
    sample,
    async read(columns, onRow, numbers = [], onRows = eachRow(onRow)) {
      let headers = 0;
      // a row that repeats the header has no number where one is wanted, and so is none of the plain ones
      let plain = numbers.length > 0 ? plainReader(file, layout, columns, numbers, onRows) : undefined;
      await readLines(
        file,
        (line) => {
          if (plain) line.readPlainRows(plain);
          plain = undefined;
          if (isRepeated(line, layout)) {
            headers++;
            return;
          }
          if (line.fields !== names.length && !isPadded(line, names.length)) throw wrongWidth(line, names);
          onRow(line);
        },
        { ...options, bytes },
      );
      return headers === 0
        ? []
        : [
            `${plural(headers, 'line')} repeat${headers === 1 ? 's' : ''} the header, as where files were joined: left out`,
          ];
    },
  };
}

/** Shows plain rows one by one, as rows like others. */
function eachRow(onRow: (row: GwasRow) => void): (rows: GwasRows) => void {
  return (rows) => {
    const { count } = rows.plain;
    for (let k = 0; k < count; k++) onRow(rows.at(k));
  };
}

/** Reads plain rows many at once. */
function plainReader(
  file: string,
  { names, separator }: Layout,
  columns: readonly number[],
  numbers: readonly number[],
  onRows: (rows: GwasRows) => void,
): PlainReader {
  const { separator: character } = SEPARATORS[separator].options as ReadLinesOptions;
  const texts = columns.filter((column) => !numbers.includes(column));
  const rows = new PlainRows({ width: names.length, numbers, texts, separator: character });
  const row = new PlainRow(file, rows);
  return {
    rows,
    onRows({ count }) {
      onRows(row);
      return count;
    },
  };
}

const NEWLINE = 10;
const RETURN = 13;

/** Whether a line has more fields than the header only because it ends in separators. */
function isPadded(line: Line, width: number): boolean {
  if (line.fields < width) return false;
  for (let field = width; field < line.fields; field++) if (!line.isEmpty(field)) return false;
  return true;
}

/** Whether a line is the header once more. */
function isRepeated(line: Line, { names, first, hasRowNames }: Layout): boolean {
  if (!line.equals(0, first)) return false;
  const own = hasRowNames ? names.slice(1) : names;
  return line.fields >= own.length && own.every((name, field) => field === 0 || line.text(field) === name);
}

/** Finds the header among the first lines, and what separates its names and the fields of the rows. */
async function layoutOf(file: string, head: Uint8Array): Promise<Layout> {
  const lines = firstLines(withoutSignature(file, head));
  if (lines.length === 0) throw new HeredityError('bad-input', 'there are no column names', { file });
  const [first, second] = lines.map(({ text }) => namesIn(text));
  const isSecond = lines[0].text.startsWith('#') && second !== undefined && second.known > first.known;
  const place = isSecond ? 1 : 0;
  const header = isSecond ? second : first;
  if (lines[place].text.includes('\r')) throw new Line(file).notText(RETURN, lines[place].number);
  refuseOtherSeparators(file, lines[place]);
  const rows = lines.slice(place + 1).map(({ text }) => text);
  const { names } = header;
  const layout = { names, first: header.first, headerLine: lines[place].number, hasRowNames: false };
  const all = Object.keys(SEPARATORS) as Separator[];
  const width = names.length;
  const separator = [header.separator, ...all].find(
    (candidate) => rows.length === 0 || shareOf(rows, (row) => fits(fieldsOf(row, candidate), width)) > 0.5,
  );
  if (separator !== undefined) return { ...layout, separator };
  const withRowNames = all.find((candidate) => hasRowNames(rows, candidate, width));
  if (withRowNames === undefined) return { ...layout, separator: header.separator };
  return { ...layout, names: ['row names', ...names], separator: withRowNames, hasRowNames: true };
}

/** The first lines that are not blank; of lines in a row that begin with # only the last, which may be the header. */
function firstLines(head: Uint8Array): { text: string; number: number }[] {
  const lines: { text: string; number: number }[] = [];
  const read = host().textReader(head);
  for (let at = 0, number = 1; at < head.length && lines.length < LAYOUT_LINES; number++) {
    const newline = head.indexOf(NEWLINE, at);
    const end = newline < 0 ? head.length : newline;
    // only the end of the line is trimmed: a tab at its beginning encloses an empty field
    const text = read(at, end).replace(/[\r ]+$/, '');
    if (text.startsWith('#') && lines.length === 1 && lines[0].text.startsWith('#')) lines.pop();
    if (text.trim() !== '') lines.push({ text, number });
    at = end + 1;
  }
  return lines;
}

interface Header {
  readonly names: string[];
  readonly first: string;
  readonly known: number;
  readonly separator: Separator;
}

/**
 * Names by the separator that gives most known ones; of equal ones tabs before commas before spaces. A # before the first,
 * also with blanks behind it, is no part of them.
 */
function namesIn(line: string): Header {
  const text = line.replace(/^# +/, '#');
  let best: Header | undefined;
  for (const separator of Object.keys(SEPARATORS) as Separator[]) {
    const names = fieldsOf(text, separator);
    if (names.length === 1 && separator !== 'space') continue;
    while (names.length > 1 && names.at(-1) === '') names.pop();
    const first = names[0] ?? '';
    names[0] = first.replace(/^#/, '');
    const known = names.filter((name) => knownName(name) !== undefined).length;
    if (best === undefined || known > best.known) best = { names, first, known, separator };
  }
  return best!;
}

/** The same cut as {@link readLines} makes, of one line. */
function fieldsOf(text: string, separator: Separator): string[] {
  if (separator === 'space') {
    return (text.match(/"[^"]*"(?=\s|$)|\S+/g) ?? []).map(unquoted);
  }
  const character = separator === 'tab' ? '\t' : ',';
  const fields: string[] = [];
  for (const part of text.split(character)) {
    const last = fields.at(-1);
    const isOpen = last !== undefined && /^\s*"[^"]*$/.test(last);
    if (isOpen) fields[fields.length - 1] = `${last}${character}${part}`;
    else fields.push(part);
  }
  return fields.map((field) => unquoted(field.trim()));
}

function unquoted(field: string): string {
  return field.length > 1 && field.startsWith('"') && field.endsWith('"') ? field.slice(1, -1) : field;
}

/** So many fields, and then at most empty ones. */
function fits(fields: readonly string[], width: number): boolean {
  return fields.length >= width && fields.slice(width).every((field) => field === '');
}

function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

/** R writes a name, mostly a number, before each row and none into the header. */
function hasRowNames(rows: readonly string[], separator: Separator, width: number): boolean {
  if (rows.length < 2) return false;
  const fitting = rows.map((row) => fieldsOf(row, separator)).filter((fields) => fits(fields, width + 1));
  if (fitting.length <= rows.length / 2) return false;
  const labels = fitting.map((fields) => fields[0]);
  const areDistinct = new Set(labels).size === labels.length;
  return areDistinct && (rows[0].startsWith('"') || labels.every((label) => /^\d+$/.test(label)));
}

/** Semicolons and bars separate in files that we do not read: they are named rather than guessed at. */
function refuseOtherSeparators(file: string, { text, number }: { text: string; number: number }): void {
  for (const [character, what] of [
    [';', 'semicolons, as spreadsheets write where the decimal mark is a comma'],
    ['|', 'bars'],
  ] as const) {
    if (text.split(character).length < 3 || namesIn(text).known > 0) continue;
    if (text.split(character).filter((name) => knownName(name) !== undefined).length < 2) continue;
    throw new HeredityError('bad-input', `the fields are separated by ${what}`, {
      file,
      line: number,
      expected: 'tabs, commas or spaces between fields, and points in numbers',
      fix:
        character === ';'
          ? `convert it, such as with: tr ';,' '\\t.'`
          : `convert it, such as with: tr '|' '\\t'`,
    });
  }
}

function wrongWidth(line: Line, names: readonly string[]): HeredityError {
  const fix =
    line.fields === names.length + 1 && /^\d+$/.test(line.text(0))
      ? { fix: 'if the lines begin with row names, write the table of R with row.names = FALSE' }
      : {};
  return line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
    expected: `${names.length}, as in the header`,
    ...fix,
  });
}

/** @throws HeredityError `bad-input` where no name is known and the first line looks like one of values. */
export function refuseMissingHeader({ file, names }: Pick<GwasTable, 'file' | 'names'>): void {
  if (names.some((name) => knownName(name) !== undefined)) return;
  if (!names.some((name) => /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(name)) && names.length > 1) return;
  throw new HeredityError('bad-input', 'the first line names no columns', {
    file,
    expected: `names such as SNP, A1, A2, BETA, P; the first line is ${listOf(names)}`,
    fix:
      names.length === 1
        ? 'this seems to be no table: check the file'
        : 'give the file a first line with names',
  });
}
