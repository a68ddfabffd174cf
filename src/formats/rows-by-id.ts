import { largeInt32 } from '../kernels/memory.js';
import { growingInt32 } from './growing-array.js';
import { IdTable, type RowKeys, repeated } from './id-table.js';
import { LineNumbers } from './line-numbers.js';
import type { PlainRows } from './plain-rows.js';
import type { Line } from './text.js';

/**
 * Rows of a file, each looked for in a table of IDs as it is read: those that are there need no table of their own, and no
 * join afterwards.
 */
export class RowsById implements RowKeys {
  /** As {@link rowOf}; undefined while each row has the table's next ID. */
  #rowOf: Int32Array | undefined;
  readonly #table: IdTable;
  /** IDs that are not in the table, and their rows: they may not come again, either. */
  readonly #others = new IdTable();
  readonly #otherRows = growingInt32();
  readonly #lines = new LineNumbers();
  #count = 0;
  #first = '';
  /** Where the next ID is looked for before it is searched. */
  #guess = 0;
  #found = new Int32Array(0);
  #otherSpans = new Int32Array(0);

  constructor(table: IdTable) {
    this.#table = table;
  }

  /** Row of each ID of the table, -1 where the file does not have it; undefined where the rows are those of the table, in its order. */
  get rowOf(): Int32Array | undefined {
    return this.#rowOf === undefined && this.#count === this.#table.count ? undefined : this.#rows();
  }

  get count(): number {
    return this.#count;
  }

  /** ID of the first row; empty where there is none. */
  get first(): string {
    return this.#first;
  }

  addRows(rows: PlainRows, column: number, count = rows.count): number {
    const spans = rows.spans(column);
    if (this.#found.length < count)
      [this.#found, this.#otherSpans] = [new Int32Array(count), new Int32Array(2 * count)];
    this.#guess = this.#table.findSpans(rows.bytes, spans, count, this.#guess, this.#found);
    const taken = this.#isNext(count) ? count : this.#note(rows.bytes, spans, count);
    if (this.#count === 0 && taken > 0)
      this.#first = new TextDecoder().decode(rows.bytes.subarray(spans[0], spans[1]));
    this.#lines.note(this.#count, rows.firstLine);
    this.#count += taken;
    return taken;
  }

  addFromLine(line: Line, field: number, describe: (id: string) => { what: string; fix?: string }): void {
    const index = line.indexIn(this.#table, field, this.#guess);
    const other = index < 0 ? line.addTo(this.#others, field) : -1;
    if (index !== this.#count) this.#rows();
    const before = index >= 0 ? (this.#rowOf?.[index] ?? -1) : other >= 0 ? this.#otherRows.at(other) : -1;
    if (before >= 0) throw repeated(line, field, describe(line.text(field)), this.#lines.of(before));
    if (index < 0) this.#otherRows.push(this.#count);
    else {
      if (this.#rowOf) this.#rowOf[index] = this.#count;
      this.#guess = index + 1;
    }
    if (this.#count === 0) this.#first = line.text(field);
    this.#lines.note(this.#count++, line.number);
  }

  /** Whether the rows found go on where the table and the rows before are. */
  #isNext(count: number): boolean {
    if (this.#rowOf !== undefined) return false;
    let next = 0;
    while (next < count && this.#found[next] === this.#count + next) next++;
    return next === count;
  }

  /** Notes the rows found, up to one whose ID has come before. @returns how many. */
  #note(bytes: Uint8Array, spans: Int32Array, count: number): number {
    const rowOf = this.#rows();
    let [taken, others] = [0, 0];
    for (; taken < count; taken++) {
      const index = this.#found[taken];
      if (index >= 0) {
        if (rowOf[index] >= 0) break;
        rowOf[index] = this.#count + taken;
      } else {
        this.#otherSpans[2 * others] = spans[2 * taken];
        this.#otherSpans[2 * others++ + 1] = spans[2 * taken + 1];
      }
    }
    return others > 0 ? this.#addOthers(rowOf, bytes, others, taken) : taken;
  }

  /** {@link rowOf}, made of what it stands for where it is not there yet. */
  #rows(): Int32Array {
    if (this.#rowOf === undefined) {
      this.#rowOf = largeInt32(this.#table.count).fill(-1);
      for (let row = 0; row < this.#count; row++) this.#rowOf[row] = row;
    }
    return this.#rowOf;
  }

  /** Adds the IDs that were not found among `taken` rows. @returns how many rows there are before one whose ID has come before. */
  #addOthers(rowOf: Int32Array, bytes: Uint8Array, others: number, taken: number): number {
    const added = this.#others.addSpans(bytes, this.#otherSpans, others);
    let row = 0;
    for (let other = 0; row < taken; row++) {
      if (this.#found[row] >= 0) continue;
      if (other++ === added) break;
      this.#otherRows.push(this.#count + row);
    }
    for (let after = row; after < taken; after++) if (this.#found[after] >= 0) rowOf[this.#found[after]] = -1;
    return row;
  }
}
