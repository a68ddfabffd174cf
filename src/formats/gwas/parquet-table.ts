import { HeredityError } from '../../errors.js';
import type { IdTable } from '../id-table.js';
import { openInput } from '../input.js';
import { type GwasRow, MISSING_WORDS, type OpenGwasTable } from './table.js';

const SAMPLE_ROWS = 1000;
/** Rows that are decoded at once: row groups may hold millions. */
const BATCH_ROWS = 1 << 17;
/** More rows than variants that any study has. */
const MOST_ROWS = 2 ** 31;

/**
 * Results as Parquet, one row a variant; only the columns that are looked at are read.
 * @throws HeredityError `bad-input` where the file is damaged or has nested columns alone.
 */
export async function openParquetTable(
  path: string,
  onRead?: (fileBytes: number) => void,
): Promise<OpenGwasTable> {
  const { parquetRead } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const { file, metadata, names } = await openParquet(path);
  const rows = Number(metadata.num_rows);
  if (names.length === 0)
    throw new HeredityError('bad-input', 'the file has no plain columns', { file: path });
  if (rows === 0) throw new HeredityError('bad-input', 'the file has no rows', { file: path });

  /** Columns of the rows from `rowStart` to before `rowEnd`; undefined for a column that is not asked for. */
  async function batch(columns: readonly number[], rowStart: number, rowEnd: number) {
    const values: (ArrayLike<unknown> | undefined)[] = names.map(() => undefined);
    await parquetRead({
      file,
      metadata,
      compressors,
      columns: columns.map((column) => names[column]),
      rowStart,
      rowEnd,
      onChunk({ columnName, columnData, rowStart: first }) {
        const column = names.indexOf(columnName);
        const whole = (values[column] ??= new Array(rowEnd - rowStart).fill(null)) as unknown[];
        const from = Math.max(first, rowStart);
        const to = Math.min(first + columnData.length, rowEnd);
        for (let row = from; row < to; row++) whole[row - rowStart] = columnData[row - first];
      },
    }).catch((cause) => {
      throw damaged(path, cause);
    });
    return values;
  }

  const head = await batch([...names.keys()], 0, Math.min(rows, SAMPLE_ROWS)).catch(async (error) => {
    await file.close();
    throw error;
  });
  return {
    file: path,
    close: () => file.close(),
    kind: 'Parquet',
    names,
    sample: Array.from({ length: Math.min(rows, SAMPLE_ROWS) }, (_, row) =>
      names.map((_, column) => asText(head[column]?.[row])),
    ),
    async read(columns, onRow) {
      const row = new ParquetRow(path);
      for (let start = 0; start < rows; start += BATCH_ROWS) {
        const end = Math.min(start + BATCH_ROWS, rows);
        row.load(await batch(columns, start, end), start);
        for (let i = 0; i < end - start; i++) {
          row.at = i;
          onRow(row);
        }
        onRead?.((file.byteLength * end) / rows);
      }
      return [];
    },
  };
}

/** The head of a file, as far as it can be trusted: the parser believes what the file says of itself. */
async function openParquet(path: string) {
  const file = await openInput(path);
  try {
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata)
      .children.filter(({ children }) => children.length === 0)
      .map(({ element }) => element.name);
    const inGroups = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
    if (inGroups !== metadata.num_rows || inGroups < 0n || inGroups > BigInt(MOST_ROWS))
      throw new Error(`${metadata.num_rows} rows, of which ${inGroups} are in row groups`);
    return { file, metadata, names };
  } catch (cause) {
    await file.close();
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): HeredityError {
  const fix = 'copy or download the file again';
  return new HeredityError('bad-input', 'the Parquet data are damaged or cut off', {
    file: path,
    fix,
    cause,
  });
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  // what is nested or a date is no value of ours, and its own toString may fail
  return typeof value === 'object' ? '[nested]' : String(value);
}

class ParquetRow implements GwasRow {
  readonly #file: string;
  #columns: readonly (ArrayLike<unknown> | undefined)[] = [];
  #first = 0;
  /** Row within the columns that are loaded. */
  at = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param first row of the file that these columns begin with. */
  load(columns: readonly (ArrayLike<unknown> | undefined)[], first: number): void {
    this.#columns = columns;
    this.#first = first;
  }

  #value(column: number): unknown {
    return this.#columns[column]![this.at];
  }

  isNotAvailable(column: number): boolean {
    const value = this.#value(column);
    if (typeof value === 'number') return Number.isNaN(value);
    const text = asText(value);
    return text === '' || text === '.' || MISSING_WORDS.has(text.toLowerCase());
  }

  numeric(column: number): number {
    const value = this.#value(column);
    if (typeof value === 'number') return value;
    const text = asText(value);
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  }

  text(column: number): string {
    return asText(this.#value(column));
  }

  symbol(column: number): string {
    return this.text(column);
  }

  holdsAny(column: number, marked: Uint8Array): boolean {
    const text = this.text(column);
    for (let i = 0; i < text.length; i++) if (marked[text.charCodeAt(i)] === 1) return true;
    return false;
  }

  addTo(table: IdTable, column: number): number {
    return table.add(this.text(column));
  }

  indexIn(table: IdTable, column: number): number {
    return table.indexOf(this.text(column));
  }

  error(column: number | undefined, problem: string, more: { expected?: string; fix?: string } = {}) {
    const where = { line: this.#first + this.at + 1, ...(column !== undefined && { column: column + 1 }) };
    const value = column === undefined ? {} : { value: this.text(column) };
    return new HeredityError('bad-input', problem, { file: this.#file, ...where, ...value, ...more });
  }
}
