import { growingInt32 } from './growing-array.js';
import { IdTable } from './id-table.js';
import type { Line } from './text.js';

/** Where rows of one table are in another. */
export interface RowMatch {
  /** Row in the other table; -1 where the ID is not there, or is the ID of several rows in either. */
  readonly rows: Int32Array;
  /** The first row whose ID is that of several rows; -1 where there is none. */
  readonly ambiguous: number;
}

/** The ID of each row of a table. IDs may come again: an ID of several rows finds none of them. */
export class RowIds {
  readonly #ids = new IdTable();
  readonly #idOfRow = growingInt32();
  readonly #rowOfId = growingInt32();

  /** @param ids of the rows, in order. */
  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.#note(this.#ids.add(id));
  }

  get count(): number {
    return this.#idOfRow.length;
  }

  /** Adds the next row, whose ID a line has in `field`. */
  addFromLine(line: Line, field: number): void {
    this.#note(line.addTo(this.#ids, field));
  }

  text(row: number): string {
    return this.#ids.text(this.#idOfRow.at(row));
  }

  texts(): string[] {
    return Array.from({ length: this.count }, (_, row) => this.text(row));
  }

  /** The row with the ID of row `own` of another table; -1 where there is none, or several. */
  rowOf(ids: IdTable, own: number): number {
    const id = this.#ids.indexIn(ids, own);
    return id < 0 ? -1 : Math.max(-1, this.#rowOfId.at(id));
  }

  /**
   * Where the rows of this table are in another: row by row where both have the same IDs in the same order, whatever IDs come
   * again; else by ID.
   */
  rowsIn(other: RowIds): RowMatch {
    const rows = new Int32Array(this.count);
    if (this.#isInOrderOf(other)) return { rows: rows.map((_, row) => row), ambiguous: -1 };
    let ambiguous = -1;
    for (let row = 0; row < rows.length; row++) {
      const id = this.#idOfRow.at(row);
      const there = other.#ids.indexIn(this.#ids, id, row);
      rows[row] = there < 0 ? -1 : other.#rowOfId.at(there);
      const isRepeated = rows[row] === REPEATED || (there >= 0 && this.#rowOfId.at(id) === REPEATED);
      if (!isRepeated) continue;
      rows[row] = -1;
      if (ambiguous < 0) ambiguous = row;
    }
    return { rows, ambiguous };
  }

  #isInOrderOf(other: RowIds): boolean {
    if (other.count !== this.count) return false;
    for (let row = 0; row < this.count; row++) {
      const id = other.#idOfRow.at(row);
      if (other.#ids.indexIn(this.#ids, this.#idOfRow.at(row), id) !== id) return false;
    }
    return true;
  }

  #note(present: number): void {
    const row = this.count;
    if (present < 0) this.#rowOfId.push(row);
    else this.#rowOfId.set(present, REPEATED);
    this.#idOfRow.push(present < 0 ? this.#rowOfId.length - 1 : present);
  }
}

/** In place of the row of an ID that several rows have. */
const REPEATED = -2;
