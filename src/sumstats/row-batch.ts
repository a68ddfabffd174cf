import type { GwasRow, GwasRows } from '../formats/gwas/table.js';
import type { PlainRows } from '../formats/plain-rows.js';
import { numberIn } from './row-values.js';

/** Rows to which rules are applied together: one of any kind, or many plain ones. */
export interface RowBatch {
  readonly count: number;
  /** Where texts lie as bytes; undefined for a row of any kind. In plain rows no value is missing, and each number is one. */
  readonly plain: PlainRows | undefined;
  /** The row at an index, the same object for every row. */
  at(index: number): GwasRow;
  /**
   * The numbers of a column, one a row.
   * @throws HeredityError `bad-input` as {@link numberIn}.
   */
  numbers(column: number): Float64Array;
}

/** A row of any kind: its values are looked at when a rule wants them, and not before. */
export class OneRow implements RowBatch {
  readonly count = 1;
  readonly plain = undefined;
  /** By column. */
  readonly #numbers: Float64Array[] = [];
  #row!: GwasRow;

  of(row: GwasRow): this {
    this.#row = row;
    return this;
  }

  at(): GwasRow {
    return this.#row;
  }

  /** The same array for every row. */
  numbers(column: number): Float64Array {
    const numbers = (this.#numbers[column] ??= new Float64Array(1));
    numbers[0] = numberIn(this.#row, column);
    return numbers;
  }
}

/** Rows that were cut many at once. */
export class ManyRows implements RowBatch {
  readonly #rows: GwasRows;

  constructor(rows: GwasRows) {
    this.#rows = rows;
  }

  get count(): number {
    return this.plain.count;
  }

  get plain(): PlainRows {
    return this.#rows.plain;
  }

  at(index: number): GwasRow {
    return this.#rows.at(index);
  }

  numbers(column: number): Float64Array {
    return this.plain.numbers(column);
  }
}
