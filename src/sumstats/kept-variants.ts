import { NO_PAIR } from '../formats/alleles.js';
import type { GwasRow } from '../formats/gwas/table.js';
import { IdTable } from '../formats/id-table.js';
import type { AlleleList } from '../formats/merge-alleles.js';
import { largeFloat32, largeFloat64, largeUint8 } from '../kernels/memory.js';

const bytesOf = (characters: string) =>
  Uint8Array.from({ length: 256 }, (_, byte) => Number(characters.includes(String.fromCharCode(byte))));
/** Characters that make an ID worth a look: several IDs in one, and rsIDs in capitals. */
const UNUSUAL = bytesOf(',;|R');
/** The same, where rsIDs stand within longer IDs. */
const UNUSUAL_OR_LONG = bytesOf(',;|R:_-');

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
  readonly #fromList: boolean;
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

  /** @param hasLongIds whether rsIDs are looked for within longer IDs. */
  constructor(columns: KeptColumns, hasLongIds: boolean, list?: AlleleList) {
    this.#unusual = hasLongIds ? UNUSUAL_OR_LONG : UNUSUAL;
    this.ids = list?.ids ?? new IdTable();
    this.#fromList = list !== undefined;
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

  /** Place of the variant of a row on the list, by one of its IDs; -1 where it is not there, and without a list. */
  find(row: GwasRow, column: number): number {
    if (!this.#fromList) return -1;
    const place = row.indexIn(this.ids, column);
    if (place >= 0 || !row.holdsAny(column, this.#unusual)) return place;
    for (const id of idsIn(row.text(column))) {
      const place = this.ids.indexOf(id);
      if (place >= 0) return place;
    }
    return -1;
  }

  /**
   * A place for the variant of a row; -1 where it has one already.
   * @param listed of {@link find}.
   */
  placeFor(row: GwasRow, column: number, listed: number): number {
    if (this.#fromList) return Number.isNaN(this.z[listed]) ? listed : -1;
    const present = row.holdsAny(column, this.#unusual)
      ? this.ids.add(usualId(row.text(column)))
      : row.addTo(this.ids, column);
    if (present >= 0) return -1;
    const place = this.ids.count - 1;
    if (place === this.#capacity) this.#grow();
    return place;
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

  /** One value of each variant that is kept, in one array. */
  valuesOf<T extends Float64Array | Float32Array>(column: T): T {
    const values = new (column.constructor as new (length: number) => T)(this.count());
    let at = 0;
    for (let place = 0; place < this.places; place++) if (this.has(place)) values[at++] = column[place];
    return values;
  }

  #grow(): void {
    this.#capacity *= 2;
    const { signed, n, people, studies, frequency } = this.#columns;
    const grown = <T extends Float64Array | Float32Array | Uint8Array>(
      create: (length: number) => T,
      values: T,
      kept = true,
    ): T => {
      if (!kept) return values;
      const larger = create(this.#capacity);
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
