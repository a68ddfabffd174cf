import { HeredityError } from '../errors.js';
import { NO_PAIR, pairSign } from '../formats/alleles.js';
import { compactName } from '../formats/gwas/column-names.js';
import { listOf } from '../formats/gwas/columns.js';
import type { GwasRow, GwasTable } from '../formats/gwas/table.js';
import { sampleOf } from '../formats/gwas/values.js';
import type { IdTable } from '../formats/id-table.js';
import { plural } from '../formats/text.js';
import { placeKey, placeText, type VariantPlaces } from '../formats/variant-places.js';
import { rsIdWithin } from './kept-variants.js';
import type { MungePlan } from './plan.js';
import { pairOfRow } from './variant-pair.js';

/** What variants are to be called: as the reference does, or by chromosome and position. */
export type Naming = 'reference' | 'position';

/** What became of the rows. */
export interface RenamingCounts {
  /** Found by their place, and by their ID. */
  byPlace: number;
  byId: number;
  /** Not at a place, and under no ID, of the reference. */
  unknown: number;
  /** At a place of the reference, with other alleles. */
  alleles: number;
  /** At a place where several variants of the reference fit. */
  several: number;
  /** Of those that are found, on the other strand. */
  otherStrand: number;
  /** Variants found by their ID that have a place, and of them those with another place than the reference. */
  placed: number;
  elsewhere: number;
}

const CHROMOSOME_NAMES = 'HMCHROM CHR CHROM CHROMOSOME HMCHR'.split(' ');
const POSITION_NAMES = 'HMPOS BP POS POSITION BASEPAIRLOCATION BASEPAIR BPPOS GENPOS BPPOSITION'.split(' ');
const PLACE = /^(?:chr)?(\d{1,2}|X|Y|XY|MT?)[:_-](\d+)(?=$|[:_-])/i;
/** Share of the variants that are at no place of the reference, or have other alleles there, beyond which places are of another build. */
const MOST_ELSEWHERE = 0.1;
/** Fewest variants that tell. */
const ENOUGH = 20;

/** Columns of a GWAS file that say where a variant is; undefined where its ID does, or nothing. */
export function placeColumns({ names }: GwasTable): { chromosome: number; position: number } | undefined {
  const compact = names.map(compactName);
  const find = (wanted: readonly string[]) => {
    const name = wanted.find((one) => compact.includes(one));
    return name === undefined ? -1 : compact.indexOf(name);
  };
  const [chromosome, position] = [find(CHROMOSOME_NAMES), find(POSITION_NAMES)];
  return chromosome < 0 || position < 0 ? undefined : { chromosome, position };
}

/**
 * Gives the rows of a GWAS the IDs of a reference by place and alleles, in either order and on either strand; or, the other
 * way, the place of the reference to those with its IDs.
 */
export class RenamedRows {
  readonly counts: RenamingCounts = {
    byPlace: 0,
    byId: 0,
    unknown: 0,
    alleles: 0,
    several: 0,
    otherStrand: 0,
    placed: 0,
    elsewhere: 0,
  };
  readonly #reference: VariantPlaces;
  readonly #plan: MungePlan;
  readonly #naming: Naming;
  readonly #places: ReturnType<typeof placeColumns>;
  /** Variants of the reference in the order of their places. */
  readonly #order: Int32Array;
  readonly #sorted: Float64Array;
  readonly #row = new RenamedRow();

  /** @throws HeredityError `mismatch` where neither IDs nor columns of the file say where its variants are. */
  constructor(table: GwasTable, plan: MungePlan, reference: VariantPlaces, naming: Naming) {
    this.#reference = reference;
    this.#plan = plan;
    this.#naming = naming;
    this.#places = placeColumns(table);
    const ids = sampleOf(table, plan.snp);
    if (!this.#places && !ids.some((id) => PLACE.test(id) || /^rs\d/i.test(id)))
      throw new HeredityError('mismatch', 'nothing says where the variants are', {
        file: table.file,
        value: ids[0] ?? '',
        expected: `IDs such as 1:1000 or rs1000, or columns such as CHR and BP; the file has ${listOf(table.names)}`,
      });
    const order = Int32Array.from(reference.key, (_, i) => i).filter((i) => !Number.isNaN(reference.key[i]));
    this.#order = order.sort((a, b) => reference.key[a] - reference.key[b] || a - b);
    this.#sorted = Float64Array.from(this.#order, (i) => reference.key[i]);
  }

  /** Columns that are looked at. */
  get columns(): readonly number[] {
    const { snp, alleles } = this.#plan;
    return [snp, ...Object.values(this.#places ?? {}), ...Object.values(alleles ?? {})];
  }

  /** The row under its new name; undefined where it has none. */
  renamed(row: GwasRow): GwasRow | undefined {
    const id = row.text(this.#plan.snp);
    const listed = this.#reference.ids.indexOf(rsIdWithin(id) ?? id);
    const key = this.#keyOf(row, id);
    const place = listed >= 0 ? this.#byId(listed, key) : this.#byPlace(row, key);
    if (place === undefined) return undefined;
    return this.#row.of(row, this.#plan.snp, this.#nameOf(place));
  }

  #nameOf(place: number): string {
    if (this.#naming === 'reference') return this.#reference.ids.text(place);
    return placeText(this.#reference.key[place]);
  }

  #keyOf(row: GwasRow, id: string): number {
    if (this.#places) {
      const { chromosome, position } = this.#places;
      return placeKey(row.symbol(chromosome), row.numeric(position));
    }
    const [, chromosome, position] = PLACE.exec(id) ?? [];
    return chromosome === undefined ? Number.NaN : placeKey(chromosome, Number(position));
  }

  #byId(place: number, key: number): number | undefined {
    const { counts } = this;
    const own = this.#reference.key[place];
    if (!Number.isNaN(key) && !Number.isNaN(own)) {
      counts.placed++;
      if (own !== key) counts.elsewhere++;
    }
    if (this.#naming === 'position' && Number.isNaN(own)) {
      counts.unknown++;
      return undefined;
    }
    counts.byId++;
    return place;
  }

  #byPlace(row: GwasRow, key: number): number | undefined {
    const { counts } = this;
    const { pair } = this.#reference;
    const sorted = this.#sorted;
    const first = Number.isNaN(key) ? sorted.length : lowerBound(sorted, key);
    if (sorted[first] !== key) {
      counts.unknown++;
      return undefined;
    }
    const { alleles } = this.#plan;
    const own = pair === undefined || alleles === undefined ? undefined : pairOfRow(row, alleles);
    let found: number | undefined;
    let fits = 0;
    for (let at = first; sorted[at] === key; at++) {
      const place = this.#order[at];
      // alleles that cannot be compared are left to the rules that follow
      const isFit = own === undefined || own === NO_PAIR || pairSign(own, pair![place]) !== 0;
      if (!isFit) continue;
      fits++;
      found ??= place;
    }
    if (fits === 0) counts.alleles++;
    else if (fits > 1) counts.several++;
    else {
      counts.byPlace++;
      if (own !== undefined && own !== NO_PAIR && isOtherStrand(own, pair![found!])) counts.otherStrand++;
      return found;
    }
    return undefined;
  }

  /**
   * What is wrong with the places as a whole: one sentence each.
   * @param reference what the places are called, with their build.
   * @throws HeredityError `mismatch` where no variant has a name.
   */
  warnings(file: string, reference: string): string[] {
    const { byPlace, byId, unknown, alleles, several, otherStrand, placed, elsewhere } = this.counts;
    if (byPlace + byId === 0)
      throw new HeredityError('mismatch', `no variant is one of ${reference}`, {
        file,
        expected: 'positions of the same genome build, or its IDs',
        fix: unknown > alleles ? 'give the reference of their build' : 'check which columns are A1 and A2',
      });
    const atPlaces = byPlace + alleles;
    return [
      ...(elsewhere > MOST_ELSEWHERE * placed && placed >= ENOUGH
        ? [
            `${elsewhere} of ${placed} variants with an ID of ${reference} have another position there: the positions of this file are of another genome build`,
          ]
        : []),
      ...(alleles > MOST_ELSEWHERE * atPlaces && atPlaces >= ENOUGH
        ? [
            `${alleles} of ${atPlaces} variants at positions of ${reference} have other alleles: the positions of this file are perhaps of another genome build`,
          ]
        : []),
      ...(otherStrand > 0
        ? [
            `${plural(otherStrand, 'variant')} with the alleles of ${reference} on the other strand, taken for the same`,
          ]
        : []),
      ...(several > 0
        ? [
            `${plural(several, 'variant')} left out, as several of ${reference} at the position have such alleles`,
          ]
        : []),
    ];
  }
}

/** Whether two pairs that are of one variant show it on different strands. */
const isOtherStrand = (first: number, second: number): boolean =>
  first !== second && first !== (((second & 3) << 2) | (second >> 2));

/** The first place in a sorted array with at least that value. */
function lowerBound(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A row with another ID; the same object for every row. */
class RenamedRow implements GwasRow {
  #row!: GwasRow;
  #column = -1;
  #id = '';

  of(row: GwasRow, column: number, id: string): this {
    this.#row = row;
    this.#column = column;
    this.#id = id;
    return this;
  }
  isNotAvailable(column: number): boolean {
    return column !== this.#column && this.#row.isNotAvailable(column);
  }
  numeric(column: number): number {
    return this.#row.numeric(column);
  }
  text(column: number): string {
    return column === this.#column ? this.#id : this.#row.text(column);
  }
  symbol(column: number): string {
    return column === this.#column ? this.#id : this.#row.symbol(column);
  }
  holdsAny(column: number, marked: Uint8Array): boolean {
    return column !== this.#column && this.#row.holdsAny(column, marked);
  }
  addTo(table: IdTable, column: number): number {
    return column === this.#column ? table.add(this.#id) : this.#row.addTo(table, column);
  }
  indexIn(table: IdTable, column: number): number {
    return column === this.#column ? table.indexOf(this.#id) : this.#row.indexIn(table, column);
  }
  error(...about: Parameters<GwasRow['error']>) {
    return this.#row.error(...about);
  }
}
