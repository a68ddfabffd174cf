import type { HeredityError } from '../../errors.js';
import { COLUMN_NUMBER } from '../../kernels/table-rows.js';
import type { IdTable } from '../id-table.js';
import { errorInLine } from '../line-error.js';
import { type PlainRows, SharedTexts } from '../plain-rows.js';
import type { GwasRow, GwasRows } from './table.js';
import { isMissingText } from './values.js';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One of rows that were cut many at once; the same object for every row. */
export class PlainRow implements GwasRow, GwasRows {
  readonly #file: string;
  readonly plain: PlainRows;
  readonly #symbols: SharedTexts[] = [];
  #row = 0;

  constructor(file: string, plain: PlainRows) {
    this.#file = file;
    this.plain = plain;
  }

  /** The row at an index. */
  at(row: number): this {
    this.#row = row;
    return this;
  }

  isNotAvailable(column: number): boolean {
    // where a value is wanted, a plain row has one
    return this.plain.kindOf(column) === 0 && isMissingText(this.text(column));
  }

  numeric(column: number): number {
    if (this.plain.kindOf(column) === COLUMN_NUMBER) return this.plain.numberAt(column, this.#row);
    const text = this.text(column);
    return DECIMAL.test(text) ? Number(text) : Number.NaN;
  }

  text(column: number): string {
    return UTF8.decode(this.plain.bytes.subarray(this.#start(column), this.#end(column)));
  }

  symbol(column: number): string {
    const symbols = (this.#symbols[column] ??= new SharedTexts());
    return symbols.of(this.plain.bytes, this.#start(column), this.#end(column));
  }

  holdsAny(column: number, marked: Uint8Array): boolean {
    const { bytes } = this.plain;
    const end = this.#end(column);
    for (let at = this.#start(column); at < end; at++) if (marked[bytes[at]] === 1) return true;
    return false;
  }

  addTo(table: IdTable, column: number): number {
    return table.addBytes(this.plain.bytes, this.#start(column), this.#end(column));
  }

  indexIn(table: IdTable, column: number): number {
    return table.indexOfBytes(this.plain.bytes, this.#start(column), this.#end(column));
  }

  error(
    column: number | undefined,
    problem: string,
    more: { expected?: string; fix?: string } = {},
  ): HeredityError {
    const line = this.plain.firstLine + this.#row;
    const field = column === undefined ? {} : { field: column, text: this.text(column) };
    return errorInLine({ file: this.#file, line, ...field }, problem, more);
  }

  #start(column: number): number {
    return this.plain.fieldStart(column, this.#row);
  }

  #end(column: number): number {
    return this.plain.fieldEnd(column, this.#row);
  }
}

const UTF8 = new TextDecoder();
