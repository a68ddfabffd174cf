import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { concatenated, SINGLE_CHARACTERS } from './bytes.js';
import { SIGNATURE_BYTES, withoutSignature } from './foreign-files.js';
import type { IdTable } from './id-table.js';
import { inputBytes } from './input.js';
import { errorInLine } from './line-error.js';
import type { PlainRows } from './plain-rows.js';

/** A line beyond this is not a line of any of our formats; memory and time stay bounded on whatever is read by mistake. */
const LONGEST_LINE = 64 << 20;
/** So many blank lines in a row are no table either. */
const MOST_BLANK_LINES = 1_000_000;

/** Fewer plain rows in one go are hardly worth looking for; then so many lines at most are read one by one. */
const FEW_ROWS = 4;
const MOST_WAIT = 255;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;

export interface ReadLinesOptions {
  /**
   * Whether two tabs in a row enclose an empty field. Without it any run of tabs and spaces separates two fields, as in
   * PLINK; with it a tab always separates, and a run of spaces does where there is no tab beside it.
   * @default false
   */
  readonly emptyFields?: boolean;
  /**
   * The one character that separates fields: a field may then hold blanks, be empty, and stand in double quotes. Without it
   * tabs and spaces separate.
   */
  readonly separator?: '\t' | ',';
  /** Whether double quotes around a field are left out, as R writes them. @default only with a separator */
  readonly quotes?: boolean;
  /** So many lines at the beginning are counted but not cut. @default 0 */
  readonly skip?: number;
  /** Words (in lower case, five characters at most) that stand for a missing value. @default na, nan */
  readonly missing?: ReadonlySet<string>;
  /** The bytes of the file, where they are read already. @default {@link inputBytes} of the path */
  readonly bytes?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Reads a text file, plain, gzip or zstd, and shows each line that is not blank to `onLine`, cut into fields. Line ends are LF or
 * CR LF, the last may be absent; a UTF-8 byte order mark is skipped.
 *
 * @param onLine gets the same {@link Line} every time: what is to be kept has to be taken out of it.
 * @throws HeredityError `bad-input` where the file cannot be read ({@link inputBytes}) or is not text; whatever `onLine` throws.
 */
export async function readLines(
  path: string,
  onLine: (line: Line) => void,
  options: ReadLinesOptions = {},
): Promise<void> {
  const line = new Line(path, options);
  // pieces of a line that has not ended yet, copied, are joined once it has, so that a long one takes linear time
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let started = false;
  const noteShare = (read: number, size: number) => {
    line.share = size > 0 ? read / size : 0;
  };
  for await (const piece of options.bytes ?? inputBytes(path, noteShare)) {
    let chunk = piece;
    if (!started) {
      if (restBytes > 0) chunk = concatenated([...rest, piece]);
      started = chunk.length >= SIGNATURE_BYTES;
      if (!started) {
        [rest, restBytes] = [[chunk.slice()], chunk.length];
        continue;
      }
      chunk = withoutSignature(path, chunk);
      [rest, restBytes] = [[], 0];
    }
    const newline = chunk.lastIndexOf(NEWLINE) + 1;
    if (newline === 0) {
      // seen at once, and not only when the line ends: gigabytes of zeros are small when they are compressed
      if (chunk.includes(0)) throw line.notText(0, line.number + 1);
      rest.push(chunk.slice());
      restBytes += chunk.length;
      if (restBytes > LONGEST_LINE) throw line.tooLong();
      continue;
    }
    let from = 0;
    if (restBytes > 0) {
      from = chunk.indexOf(NEWLINE) + 1;
      const first = concatenated([...rest, chunk.subarray(0, from)]);
      line.readAll(first, 0, first.length, onLine);
    }
    line.readAll(chunk, from, newline, onLine);
    rest = newline < chunk.length ? [chunk.slice(newline)] : [];
    restBytes = chunk.length - newline;
  }
  if (restBytes === 0) return;
  const all = concatenated(rest);
  const last = concatenated([started ? all : withoutSignature(path, all), Uint8Array.of(NEWLINE)]);
  line.readAll(last, 0, last.length, onLine);
}

/** Who takes plain rows of a table. */
export interface PlainReader {
  readonly rows: PlainRows;
  /** Gets rows; returns how many of them it took: the one behind these is then shown as a line. */
  readonly onRows: (rows: PlainRows) => number;
}

/** One line of a text file, cut into fields; fields are counted from 0 here and from 1 in messages. */
export class Line {
  readonly file: string;
  /** Counted from 1. */
  number = 0;
  /** Share of the file that has been read, this line and some behind it included; 0 where it is not known. */
  share = 0;
  /** Number of fields. */
  fields = 0;
  readonly #emptyFields: boolean;
  /** Code of the character that separates fields; 0 where tabs and spaces do. */
  #separator: number;
  /** Where the line begins. */
  #start = 0;
  readonly #quotes: boolean;
  readonly #missing: ReadonlySet<string>;
  readonly #skip: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #read: (start: number, end: number) => string = () => '';
  #starts = new Int32Array(64);
  #ends = new Int32Array(64);
  #symbols: string[] = [];
  /** Blank lines since the last one with fields. */
  #blanks = 0;
  #plain: PlainReader | undefined;
  /** Lines to read one by one before plain rows are looked for again, and how many it was the last time. */
  #wait = 0;
  #lastWait = 0;

  constructor(file: string, options: ReadLinesOptions = {}) {
    const { emptyFields = false, separator, quotes = false, missing = NOT_AVAILABLE, skip = 0 } = options;
    this.#skip = skip;
    this.file = file;
    this.#missing = missing;
    this.#emptyFields = emptyFields;
    this.#separator = separator?.charCodeAt(0) ?? 0;
    this.#quotes = quotes;
  }

  /** Shows each line from `from` to before `end`, where the last byte is a newline, unless the line is blank. */
  readAll(bytes: Uint8Array, from: number, end: number, onLine: (line: Line) => void): void {
    this.#bytes = bytes;
    this.#read = host().textReader(bytes);
    for (let at = from; at < end; ) {
      if (this.#plain !== undefined && (at = this.#readPlain(this.#plain, at, end)) === end) return;
      if (++this.number <= this.#skip) {
        at = bytes.indexOf(NEWLINE, at) + 1;
        continue;
      }
      this.#start = at;
      at = this.#separator === 0 ? this.#split(at) : this.#splitBy(this.#separator, at);
      if (this.fields > 0) {
        this.#blanks = 0;
        onLine(this);
      } else if (++this.#blanks > MOST_BLANK_LINES) {
        throw this.error(undefined, 'this is not a table: a million blank lines follow each other');
      }
    }
  }

  /** From the next line on, plain rows come many at once; other lines come one by one as before. */
  readPlainRows(plain: PlainReader): void {
    this.#plain = plain;
  }

  /** Reads plain rows from `at` on. @returns where the line begins that is not one, or the end. */
  #readPlain({ rows, onRows }: PlainReader, at: number, end: number): number {
    if (this.#wait > 0) {
      this.#wait--;
      return at;
    }
    let taken: number;
    do {
      rows.share = this.share;
      const found = rows.take(this.#bytes, at, end, this.number + 1);
      taken = found === 0 ? 0 : onRows(rows);
      this.number += taken;
      at = rows.startOf(taken);
      if (taken > 0) this.#blanks = 0;
    } while (taken === rows.most && at < end);
    if (at === end) return at;
    // where hardly a row is plain, looking for them is most of the time
    this.#lastWait = taken < FEW_ROWS ? Math.min(2 * this.#lastWait + 1, MOST_WAIT) : 0;
    this.#wait = this.#lastWait;
    return at;
  }

  /** Cuts this line and those that follow at a character, once the first has shown that it separates. */
  cutAt(separator: ','): void {
    this.#separator = separator.charCodeAt(0);
    this.#splitBy(this.#separator, this.#start);
  }

  /** A field as text. */
  text(field: number): string {
    const start = this.#starts[field];
    const end = this.#ends[field];
    if (end - start === 1 && this.#bytes[start] < 128) return SINGLE_CHARACTERS[this.#bytes[start]];
    return this.#read(start, end);
  }

  /** Whether the first field begins so; the characters are ASCII. */
  startsWith(prefix: string): boolean {
    const start = this.#starts[0];
    if (this.#ends[0] - start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) {
      if (this.#bytes[start + i] !== prefix.charCodeAt(i)) return false;
    }
    return true;
  }

  /** As {@link text}, for a field that mostly is the same as in the line before: equal fields share one string. */
  symbol(field: number): string {
    const start = this.#starts[field];
    const length = this.#ends[field] - start;
    const last = this.#symbols[field];
    if (last !== undefined && last.length === length) {
      let i = 0;
      while (i < length && last.charCodeAt(i) === this.#bytes[start + i]) i++;
      if (i === length) return last;
    }
    return (this.#symbols[field] = this.text(field));
  }

  /** Whether a field is this text, of ASCII characters. */
  equals(field: number, text: string): boolean {
    const start = this.#starts[field];
    const length = this.#ends[field] - start;
    if (text.length !== length) return false;
    for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== this.#bytes[start + i]) return false;
    return true;
  }

  /** Whether a field holds a byte that is marked in a table of 256. */
  holdsAny(field: number, marked: Uint8Array): boolean {
    const bytes = this.#bytes;
    const end = this.#ends[field];
    for (let at = this.#starts[field]; at < end; at++) if (marked[bytes[at]] === 1) return true;
    return false;
  }

  /** Adds a field to a table of IDs, as {@link IdTable.addBytes}. */
  addTo(table: IdTable, field: number): number {
    return table.addBytes(this.#bytes, this.#starts[field], this.#ends[field]);
  }

  byteLength(field: number): number {
    return this.#ends[field] - this.#starts[field];
  }

  /** Writes the bytes of a field into an array, from `at` on. */
  copyTo(target: Uint8Array, at: number, field: number): void {
    const bytes = this.#bytes;
    const end = this.#ends[field];
    for (let from = this.#starts[field], to = at; from < end; ) target[to++] = bytes[from++];
  }

  /** Index of a field in a table of IDs, or -1; `guess` is where it is looked for before it is searched. */
  indexIn(table: IdTable, field: number, guess?: number): number {
    return table.indexOfBytes(this.#bytes, this.#starts[field], this.#ends[field], guess);
  }

  /** A field as a decimal number, `1e-5` and so on included; NaN where it is anything else, Infinity beyond float64. */
  numeric(field: number): number {
    const bytes = this.#bytes;
    const start = this.#starts[field];
    const end = this.#ends[field];
    const sign = bytes[start];
    const first = sign === MINUS || sign === PLUS ? start + 1 : start;
    let at = first;
    let whole = 0;
    let decimals = 0;
    for (; at < end && isDigit(bytes[at]); at++) whole = 10 * whole + bytes[at] - ZERO;
    let digits = at - first;
    if (at < end && bytes[at] === POINT) {
      const point = at++;
      for (; at < end && isDigit(bytes[at]); at++) whole = 10 * whole + bytes[at] - ZERO;
      decimals = at - point - 1;
      digits += decimals;
    }
    // correctly rounded: both numbers are exact in float64, so that only the division rounds
    if (
      at === end &&
      digits > 0 &&
      whole <= Number.MAX_SAFE_INTEGER &&
      decimals < EXACT_POWERS_OF_TEN.length
    ) {
      const magnitude = whole / EXACT_POWERS_OF_TEN[decimals];
      return sign === MINUS ? -magnitude : magnitude;
    }
    const text = this.text(field);
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  }

  /** Whether the field stands in quotes that were left out. */
  isQuoted(field: number): boolean {
    return this.#quotes && this.#starts[field] > 0 && this.#bytes[this.#starts[field] - 1] === QUOTE;
  }

  isEmpty(field: number): boolean {
    return this.#starts[field] === this.#ends[field];
  }

  /** NA, NaN (in any case; or {@link ReadLinesOptions.missing}), a point or nothing. */
  isNotAvailable(field: number): boolean {
    const start = this.#starts[field];
    const length = this.#ends[field] - start;
    if (length <= 1) return length === 0 || this.#bytes[start] === POINT;
    if (length > LONGEST_MISSING || isDigit(this.#bytes[start])) return false;
    return this.#missing.has(this.text(field).toLowerCase());
  }

  /** Throws unless the line has so many fields, which `names` lists. */
  expectFields(count: number, names: string, fix?: string): void {
    if (this.fields === count) return;
    throw this.error(undefined, `the line has ${plural(this.fields, 'field')} instead of ${count}`, {
      expected: names,
      ...(fix && { fix }),
    });
  }

  /** An error about this line, or about one field of it, which is then quoted. */
  error(
    field: number | undefined,
    problem: string,
    more: { expected?: string; fix?: string } = {},
  ): HeredityError {
    const { file, number: line } = this;
    return errorInLine(
      { file, line, ...(field !== undefined && { field, text: this.text(field) }) },
      problem,
      more,
    );
  }

  /** Finds the fields of the line that begins at `at`; returns where the next line begins. */
  #split(at: number): number {
    const bytes = this.#bytes;
    let count = 0;
    let filled = 0;
    let inCell = 0;
    for (;;) {
      const byte = bytes[at];
      if (byte > SPACE) {
        const start = at;
        const quoted = this.#quotes && byte === QUOTE ? this.#endOfQuoted(at) : 0;
        if (quoted > 0) {
          at = quoted;
          this.#mark(count++, start + 1, at - 1);
        } else {
          do at++;
          while (bytes[at] > SPACE);
          this.#mark(count++, start, at);
        }
        inCell++;
        filled++;
      } else if (byte === SPACE) {
        at++;
      } else if (byte === TAB) {
        if (this.#emptyFields && inCell === 0) this.#mark(count++, at, at);
        inCell = 0;
        at++;
      } else if (byte === NEWLINE) {
        if (this.#emptyFields && inCell === 0) this.#mark(count++, at, at);
        this.fields = filled === 0 ? 0 : count;
        return at + 1;
      } else if (byte === RETURN && bytes[at + 1] === NEWLINE) {
        at++;
      } else {
        throw this.notText(byte);
      }
    }
  }

  /** Where a field ends that begins with a quote and ends with the next one, after that; 0 where none ends so. */
  #endOfQuoted(at: number): number {
    const bytes = this.#bytes;
    let end = at + 1;
    while (bytes[end] !== QUOTE && bytes[end] !== NEWLINE) end++;
    return bytes[end] === QUOTE && bytes[end + 1] <= SPACE ? end + 1 : 0;
  }

  /** As {@link #split}, where one character separates. */
  #splitBy(separator: number, at: number): number {
    const bytes = this.#bytes;
    let count = 0;
    for (let filled = 0; ; at++) {
      while (bytes[at] === SPACE) at++;
      const start = at;
      let end: number;
      if (bytes[at] === QUOTE) {
        do at++;
        while (bytes[at] !== QUOTE && bytes[at] !== NEWLINE);
        if (bytes[at] === NEWLINE) throw this.error(undefined, 'a quoted field does not end');
        this.#mark(count++, start + 1, at++);
        filled++;
        while (bytes[at] === SPACE) at++;
        end = at;
      } else {
        for (let byte = bytes[at]; byte >= SPACE ? byte !== separator : byte === TAB && byte !== separator; )
          byte = bytes[++at];
        end = at;
        while (end > start && bytes[end - 1] === SPACE) end--;
        this.#mark(count++, start, end);
        if (end > start) filled++;
      }
      if (bytes[at] === separator) continue;
      if (bytes[at] === RETURN && bytes[at + 1] === NEWLINE) at++;
      if (bytes[at] !== NEWLINE) throw this.#unexpected(bytes[at]);
      this.fields = filled === 0 ? 0 : count;
      return at + 1;
    }
  }

  /** What neither is text nor ends a field. */
  #unexpected(byte: number): HeredityError {
    if (byte < SPACE || byte === 127) return this.notText(byte);
    return this.error(undefined, 'there is text between a quoted field and its separator');
  }

  /**
   * Divides a field at a character; the parts become the fields from `from` on.
   * @returns how many parts there are.
   */
  divide(field: number, character: string, from: number): number {
    const bytes = this.#bytes;
    const code = character.charCodeAt(0);
    const end = this.#ends[field];
    let part = from;
    for (let start = this.#starts[field], at = start; ; at++) {
      if (at < end && bytes[at] !== code) continue;
      this.#mark(part++, start, at);
      start = at + 1;
      if (at === end) return part - from;
    }
  }

  /** An error about a line that is longer than any of a table. */
  tooLong(): HeredityError {
    const problem = `this is not a text file: it has a line of more than ${LONGEST_LINE >> 20} MB`;
    return new HeredityError('bad-input', problem, { file: this.file, line: this.number + 1 });
  }

  #mark(field: number, start: number, end: number): void {
    if (field === this.#starts.length) {
      this.#starts = doubled(this.#starts);
      this.#ends = doubled(this.#ends);
    }
    this.#starts[field] = start;
    this.#ends[field] = end;
  }

  /** An error about a byte that no text has. */
  notText(byte: number, line = this.number): HeredityError {
    const where = { file: this.file, line };
    if (byte === RETURN) {
      return new HeredityError('bad-input', 'there is a carriage return inside the line', {
        ...where,
        expected: 'lines that end in LF or CR LF',
        fix: `convert the line ends, such as with tr '\\r' '\\n'`,
      });
    }
    const found = `byte 0x${byte.toString(16).padStart(2, '0')}`;
    return new HeredityError('bad-input', `this is not a text file: it holds ${found}`, {
      ...where,
      expected: 'text',
    });
  }
}

/** `1 field`, `3 fields`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const LONGEST_MISSING = 5;
const NOT_AVAILABLE: ReadonlySet<string> = new Set(['na', 'nan']);
const EXACT_POWERS_OF_TEN = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

const isDigit = (byte: number): boolean => byte >= ZERO && byte < ZERO + 10;

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}
