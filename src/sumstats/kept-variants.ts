import { NO_PAIR } from '../formats/alleles.js';
import type { GwasRow } from '../formats/gwas/table.js';
import { IdTable } from '../formats/id-table.js';
import type { AlleleList } from '../formats/merge-alleles.js';
import { expectedRows, type PlainRows } from '../formats/plain-rows.js';
import { largeFloat32, largeFloat64, largeUint8 } from '../kernels/memory.js';
import type { RowBatch } from './row-batch.js';

const bytesOf = (characters: string) =>
  Uint8Array.from({ length: 256 }, (_, byte) => Number(characters.includes(String.fromCharCode(byte))));
/** Characters that make an ID worth a look: several IDs in one, and rsIDs in capitals. */
const UNUSUAL = bytesOf(',;|R');
/** The same, where rsIDs stand within longer IDs. */
const UNUSUAL_OR_LONG = bytesOf(',;|R:_-');

/** So many IDs are added in one go: of those behind one that is there already, the search begins again. */
const MOST_AT_ONCE = 256;

/** The rsID within a longer ID, such as rs1:1000:A:G, rs1_A or exm-rs1; undefined where there is none, or nothing else. */
export function rsIdWithin(id: string): string | undefined {
  const found = /(?:^|[:_-])(rs\d+)(?=$|[:_-])/i.exec(id)?.[1];
  return found === undefined || found.length === id.length ? undefined : found.toLowerCase();
}

/** The IDs of a variant that has several, such as rs1,rs2; rsIDs in small letters. */
function idsIn(text: string): string[] {
  return text
    .split(/[,;|]/)
    .map((part) => part.trim())
    .filter((id) => id !== '')
    .map((id) => rsIdWithin(id) ?? id.replace(/^rs(?=\d+$)/i, 'rs'));
}

/** The ID that is kept: of several the first rsID, where there is one. */
function usualId(text: string): string {
  const ids = idsIn(text);
  const first = ids.find((id) => /^rs\d+$/.test(id));
  if (first !== undefined) return first;
  return ids.length === 1 ? ids[0] : text;
}

/** The numbers that are kept of a variant; those without a use are absent. */
export interface KeptColumns {
  readonly signed: boolean;
  readonly n: boolean;
  readonly people: boolean;
  readonly studies: boolean;
  readonly frequency: boolean;
}

/**
 * The variants that have passed every rule so far, a column an array: in the order of the file, or of the list of
 * variants where there is one. Memory grows with what is kept, not with what is read.
 */
export class KeptVariants {
  readonly ids: IdTable;
  #capacity: number;
  /** Signed; NaN for a variant of the list that is not (or no longer) kept. */
  z: Float64Array<ArrayBuffer>;
  pair: Uint8Array<ArrayBuffer>;
  /** The signed statistic, to seven digits. */
  signed: Float32Array<ArrayBuffer>;
  n: Float64Array<ArrayBuffer>;
  cases: Float64Array<ArrayBuffer>;
  controls: Float64Array<ArrayBuffer>;
  studies: Float64Array<ArrayBuffer>;
  frequency: Float64Array<ArrayBuffer>;
  readonly #columns: KeptColumns;
  readonly #unusual: Uint8Array;
  #spans = new Int32Array(0);
  /** Where the list is looked at first for the next variant. */
  #guess = 0;

  /** @param hasLongIds whether rsIDs are looked for within longer IDs. */
  constructor(columns: KeptColumns, hasLongIds: boolean, list?: AlleleList) {
    this.#unusual = hasLongIds ? UNUSUAL_OR_LONG : UNUSUAL;
    this.ids = list?.ids ?? new IdTable();
    this.#capacity = list?.ids.count ?? 1024;
    this.#columns = columns;
    const of = (kept: boolean) => new Float64Array(kept ? this.#capacity : 0);
    this.z = of(true).fill(Number.NaN);
    this.pair = new Uint8Array(this.#capacity).fill(NO_PAIR);
    this.signed = new Float32Array(columns.signed ? this.#capacity : 0);
    this.n = of(columns.n);
    this.cases = of(columns.people);
    this.controls = of(columns.people);
    this.studies = of(columns.studies);
    this.frequency = of(columns.frequency);
  }

  /** Places in the arrays: variants added, or variants of the list. */
  get places(): number {
    return this.ids.count;
  }

  /**
   * Places on the list of the variants of `count` rows of a batch, those at the indices `rows`, by one of their IDs:
   * `places[i]`, -1 for a variant that is not on it.
   */
  find(batch: RowBatch, column: number, rows: Int32Array, count: number, places: Int32Array): void {
    const { plain } = batch;
    if (plain === undefined) {
      for (let i = 0; i < count; i++) places[i] = this.#find(batch.at(rows[i]), column);
      return;
    }
    const spans = this.#spansOf(plain, column, rows, count);
    this.#guess = this.ids.findSpans(plain.bytes, spans, count, this.#guess, places);
    for (let i = 0; i < count; i++)
      if (places[i] < 0 && this.#isUnusual(plain.bytes, spans, i))
        places[i] = this.#findOneOf(batch.at(rows[i]).text(column));
  }

  #find(row: GwasRow, column: number): number {
    const place = row.indexIn(this.ids, column);
    return place >= 0 || !row.holdsAny(column, this.#unusual) ? place : this.#findOneOf(row.text(column));
  }

  /** Place of the first of several IDs that is on the list, or -1. */
  #findOneOf(text: string): number {
    for (const id of idsIn(text)) {
      const place = this.ids.indexOf(id);
      if (place >= 0) return place;
    }
    return -1;
  }

  /**
   * Makes places for the variants of `count` rows of a batch, those at the indices `rows`, where there is no list:
   * `places[i]`, -1 for a variant that has one already.
   */
  add(batch: RowBatch, column: number, rows: Int32Array, count: number, places: Int32Array): void {
    const { plain } = batch;
    if (plain === undefined) {
      for (let i = 0; i < count; i++) places[i] = this.#add(batch.at(rows[i]), column);
    } else {
      this.#addPlain(batch, plain, column, rows, count, places);
    }
    const room = plain ? expectedRows(this.places, plain.share) : 0;
    if (this.places > this.#capacity) this.#growTo(Math.max(2 * this.#capacity, this.places, room));
  }

  #add(row: GwasRow, column: number): number {
    const present = row.holdsAny(column, this.#unusual)
      ? this.ids.add(usualId(row.text(column)))
      : row.addTo(this.ids, column);
    return present >= 0 ? -1 : this.places - 1;
  }

  #addPlain(
    batch: RowBatch,
    plain: PlainRows,
    column: number,
    rows: Int32Array,
    count: number,
    places: Int32Array,
  ): void {
    const spans = this.#spansOf(plain, column, rows, count);
    const { bytes } = plain;
    const expected = expectedRows(this.places + count, plain.share);
    for (let i = 0; i < count; ) {
      if (this.#isUnusual(bytes, spans, i)) {
        places[i] = this.#add(batch.at(rows[i]), column);
        i++;
        continue;
      }
      let end = i + 1;
      while (end < Math.min(count, i + MOST_AT_ONCE) && !this.#isUnusual(bytes, spans, end)) end++;
      const first = this.places;
      const added = this.ids.addSpans(bytes, spans.subarray(2 * i, 2 * end), end - i, expected);
      for (let k = 0; k < added; k++) places[i++] = first + k;
      if (i < end) places[i++] = -1;
    }
  }

  /** Where the IDs of some rows are, without gaps. A view, until the next call. */
  #spansOf(plain: PlainRows, column: number, rows: Int32Array, count: number): Int32Array {
    if (this.#spans.length < 2 * count) this.#spans = new Int32Array(2 * plain.most);
    const spans = this.#spans;
    const all = plain.spans(column);
    for (let i = 0; i < count; i++) {
      spans[2 * i] = all[2 * rows[i]];
      spans[2 * i + 1] = all[2 * rows[i] + 1];
    }
    return spans;
  }

  #isUnusual(bytes: Uint8Array, spans: Int32Array, i: number): boolean {
    const end = spans[2 * i + 1];
    for (let at = spans[2 * i]; at < end; at++) if (this.#unusual[bytes[at]] === 1) return true;
    return false;
  }

  has(place: number): boolean {
    return !Number.isNaN(this.z[place]);
  }

  drop(place: number): void {
    this.z[place] = Number.NaN;
  }

  /** How many are kept. */
  count(): number {
    let count = 0;
    for (let place = 0; place < this.places; place++) if (this.has(place)) count++;
    return count;
  }

  /** One value of each variant that is kept, in one array: a view, where all of them are. Not to be changed. */
  valuesOf<T extends Float64Array | Float32Array>(column: T): T {
    const count = this.count();
    if (count === this.places) return column.subarray(0, count) as T;
    const values = new (column.constructor as new (length: number) => T)(count);
    let at = 0;
    for (let place = 0; place < this.places; place++) if (this.has(place)) values[at++] = column[place];
    return values;
  }

  #growTo(capacity: number): void {
    this.#capacity = capacity;
    const { signed, n, people, studies, frequency } = this.#columns;
    const grown = <T extends Float64Array | Float32Array | Uint8Array>(
      create: (length: number) => T,
      values: T,
      kept = true,
    ): T => {
      if (!kept) return values;
      const larger = create(capacity);
      larger.set(values);
      return larger;
    };
    this.z = grown(largeFloat64, this.z);
    this.pair = grown(largeUint8, this.pair);
    this.signed = grown(largeFloat32, this.signed, signed);
    this.n = grown(largeFloat64, this.n, n);
    this.cases = grown(largeFloat64, this.cases, people);
    this.controls = grown(largeFloat64, this.controls, people);
    this.studies = grown(largeFloat64, this.studies, studies);
    this.frequency = grown(largeFloat64, this.frequency, frequency);
  }
}
