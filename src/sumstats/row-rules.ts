import { NO_PAIR, pairSign } from '../formats/alleles.js';
import type { GwasRow, GwasRows } from '../formats/gwas/table.js';
import { COLUMN_NUMBER, COLUMN_TEXT } from '../kernels/table-rows.js';
import { KeptVariants } from './kept-variants.js';
import { Magnitude } from './magnitude.js';
import type { MungeOptions } from './munge.js';
import type { MungePlan } from './plan.js';
import { ManyRows, OneRow, type RowBatch } from './row-batch.js';
import { isSampleSize, notPeople } from './row-values.js';
import { pairsOfRows } from './variant-pair.js';

/** Values beyond are no imputation quality; some measures exceed 1. */
const MOST_INFO = 2;

/**
 * The rules of munge_sumstats that look at one row each, in its order (METHODS 3.3), applied to many rows at once: each
 * rule to those that the rules before it have left.
 */
export class RowRules {
  readonly kept: KeptVariants;
  /** Rows so far. */
  rows = 0;
  /** Rows that each rule has left out. */
  readonly lost = {
    nameless: 0,
    test: 0,
    missing: 0,
    unlisted: 0,
    info: 0,
    frequency: 0,
    p: 0,
    alleles: 0,
    repeated: 0,
  };
  readonly outOfRange = { info: 0, frequency: 0 };
  readonly magnitude: Magnitude;
  /** Columns in which no value may be missing. */
  readonly needed: readonly number[];
  /** Rows in which each of the needed columns was the first without a value. */
  readonly missing: Float64Array;
  /** Rows with a value in a column that counts as absent. */
  readonly unexpected: Float64Array;
  /** Rows whose sign is negative although A1 always increases the trait. */
  negative = 0;
  /** The first ID that is not on the list. */
  unlistedId = '';
  readonly infoMin: number;
  readonly mafMin: number;
  readonly #plan: MungePlan;
  readonly #options: MungeOptions;
  readonly #one = new OneRow();
  // of the rows of a batch, those that are left, and by index in the batch what is known of each
  #left = new Int32Array(1);
  #count = 0;
  #sizes = new Float64Array(1);
  #pairs = new Uint8Array(1);
  #qualities = new Float64Array(1);
  #frequencies = new Float64Array(1);
  /** Place of each of those that are left. */
  #places = new Int32Array(1);

  constructor(plan: MungePlan, options: MungeOptions) {
    this.#plan = plan;
    this.#options = options;
    this.infoMin = options.infoMin ?? 0.9;
    this.mafMin = options.mafMin ?? 0.01;
    const { alleles, sign, sampleSize, studies, frequency } = plan;
    this.magnitude = new Magnitude(plan.magnitude);
    this.unexpected = new Float64Array(plan.watched.length);
    const { source } = sampleSize;
    this.needed = [
      plan.snp,
      ...Object.values(alleles ?? {}),
      ...this.magnitude.needed,
      ...(sign === undefined ? [] : [sign.column]),
      ...(source.from === 'column' ? [source.column] : []),
      ...(source.from === 'cases and controls' ? [source.cases, source.controls] : []),
      ...(studies === undefined ? [] : [studies]),
      ...(frequency === undefined ? [] : [frequency]),
    ];
    this.missing = new Float64Array(this.needed.length);
    this.kept = new KeptVariants(
      {
        signed: sign !== undefined,
        n: source.from !== 'constant',
        people: source.from === 'cases and controls',
        studies: studies !== undefined && source.from === 'constant',
        frequency: options.keepFrequency === true && frequency !== undefined,
      },
      plan.hasLongIds,
      options.alleles,
    );
  }

  /** Columns that {@link add} looks at. */
  get columns(): readonly number[] {
    return [...new Set([...this.#texts, ...this.#quantities])];
  }

  /** Of these, the columns of numbers. */
  get numbers(): readonly number[] {
    const texts = this.#texts;
    return this.#quantities.filter((column) => !texts.includes(column));
  }

  /** Columns that are looked at as texts. */
  get #texts(): readonly number[] {
    const { snp, alleles, test, watched } = this.#plan;
    const all = [snp, test, ...Object.values(alleles ?? {}), ...watched.map(({ column }) => column)];
    return all.filter((column) => column !== undefined);
  }

  /** Columns that are looked at as numbers. */
  get #quantities(): readonly number[] {
    const { info, sign, positive, studies, frequency, sampleSize } = this.#plan;
    const { source } = sampleSize;
    const all = [
      ...this.magnitude.columns,
      ...info,
      ...(source.from === 'column' ? [source.column] : []),
      ...(source.from === 'cases and controls' ? [source.cases, source.controls] : []),
      ...[sign?.column, positive?.column, studies, frequency],
    ];
    return [...new Set(all.filter((column) => column !== undefined))];
  }

  /** Counts a row that has no name, of a file whose variants are renamed. */
  leaveOut(): void {
    this.rows++;
    this.lost.nameless++;
  }

  /**
   * Takes one row.
   * @throws HeredityError `bad-input` for a value that is no number.
   */
  add(row: GwasRow): void {
    this.#apply(this.#one.of(row));
  }

  /** Takes many rows. @throws HeredityError as {@link add}. */
  addRows(rows: GwasRows): void {
    const { plain } = rows;
    const areCut =
      this.#texts.every((column) => plain.kindOf(column) === COLUMN_TEXT) &&
      this.#quantities.every((column) => plain.kindOf(column) === COLUMN_NUMBER);
    if (areCut) this.#apply(new ManyRows(rows));
    else for (let k = 0; k < plain.count; k++) this.add(rows.at(k));
  }

  #apply(batch: RowBatch): void {
    const { test, watched, info, frequency, alleles, snp } = this.#plan;
    const { lost } = this;
    this.#begin(batch.count);
    if (test !== undefined) lost.test += this.#leave((k) => batch.at(k).symbol(test) === 'ADD');
    for (const [i, { column }] of watched.entries())
      for (let at = 0; at < this.#count; at++)
        if (batch.plain || !batch.at(this.#left[at]).isNotAvailable(column)) this.unexpected[i]++;
    if (!batch.plain) lost.missing += this.#leave((k) => this.#isWhole(batch.at(k)));
    const isListed = this.#options.alleles !== undefined;
    if (isListed) this.#findListed(batch);
    if (info.length > 0 && this.#count > 0) this.#applyInfo(batch);
    if (frequency !== undefined && this.#count > 0) this.#applyFrequency(batch, frequency);
    this.magnitude.ofRows(batch, this.#left, this.#count, this.#sizes);
    lost.p += this.#leave((k) => !Number.isNaN(this.#sizes[k]));
    if (alleles === undefined) {
      this.#pairs.fill(NO_PAIR);
    } else {
      pairsOfRows(batch, alleles, this.#left, this.#count, this.#pairs);
      lost.alleles += this.#leave((k) => this.#pairs[k] !== NO_PAIR);
    }
    if (this.#count === 0) return;
    if (isListed) {
      this.#placeListed();
    } else {
      this.kept.add(batch, snp, this.#left, this.#count, this.#places);
      lost.repeated += this.#leave((_, place) => place >= 0);
    }
    this.#keep(batch);
  }

  #begin(count: number): void {
    this.rows += count;
    if (this.#left.length < count) {
      this.#left = new Int32Array(count);
      this.#sizes = new Float64Array(count);
      this.#pairs = new Uint8Array(count);
      this.#qualities = new Float64Array(count);
      this.#frequencies = new Float64Array(count);
      this.#places = new Int32Array(count);
    }
    for (let k = 0; k < count; k++) this.#left[k] = k;
    this.#count = count;
  }

  /** Leaves those that pass, with their places. @returns how many do not. */
  #leave(passes: (index: number, place: number) => boolean): number {
    const left = this.#left;
    const places = this.#places;
    const before = this.#count;
    let count = 0;
    for (let i = 0; i < before; i++) {
      if (!passes(left[i], places[i])) continue;
      places[count] = places[i];
      left[count++] = left[i];
    }
    this.#count = count;
    return before - count;
  }

  /** Whether a row has a value in each column that is needed; the first without one is counted. */
  #isWhole(row: GwasRow): boolean {
    const lacking = this.needed.findIndex((column) => row.isNotAvailable(column));
    if (lacking >= 0) this.missing[lacking]++;
    return lacking < 0;
  }

  #findListed(batch: RowBatch): void {
    const { lost } = this;
    const { snp } = this.#plan;
    this.kept.find(batch, snp, this.#left, this.#count, this.#places);
    this.#leave((k, place) => {
      if (place < 0 && lost.unlisted++ === 0) this.unlistedId = batch.at(k).text(snp);
      return place >= 0;
    });
  }

  /** Several columns of imputation quality count by their mean, those without a value as 0. */
  #applyInfo(batch: RowBatch): void {
    const { info } = this.#plan;
    const sums = this.#qualities.fill(0, 0, batch.count);
    for (const column of info) {
      if (!batch.plain && batch.at(0).isNotAvailable(column)) continue;
      const values = batch.numbers(column);
      for (let i = 0; i < this.#count; i++) {
        const value = values[this.#left[i]];
        if (value < 0 || value > MOST_INFO) this.outOfRange.info++;
        sums[this.#left[i]] += value;
      }
    }
    const least = this.infoMin * info.length;
    this.lost.info += this.#leave((k) => sums[k] >= least);
  }

  #applyFrequency(batch: RowBatch, column: number): void {
    const values = batch.numbers(column);
    this.#frequencies.set(values);
    this.lost.frequency += this.#leave((k) => {
      const value = values[k];
      const inside = value >= 0 && value <= 1;
      if (!inside) this.outOfRange.frequency++;
      return inside && Math.min(value, 1 - value) > this.mafMin;
    });
  }

  /** Of the rows of a site with several alternate alleles, the one with the alleles of the list counts. */
  #placeListed(): void {
    const { kept, lost } = this;
    const listed = this.#options.alleles!.pair;
    this.#leave((k, place) => {
      const pair = this.#pairs[k];
      if (kept.has(place)) {
        lost.repeated++;
        const other = listed[place];
        if (pairSign(kept.pair[place], other) !== 0 || pairSign(pair, other) === 0) return false;
      }
      kept.pair[place] = pair;
      kept.z[place] = this.#sizes[k]; // the next row of the variant sees that it has one
      return true;
    });
  }

  /** Notes what is to be known of those that are left, in their places. */
  #keep(batch: RowBatch): void {
    const { kept } = this;
    const { sign, positive, sampleSize, studies } = this.#plan;
    const { source } = sampleSize;
    const count = this.#count;
    const left = this.#left;
    const places = this.#places;
    const note = (values: Float64Array, target: Float64Array, factor = 1) => {
      for (let i = 0; i < count; i++) target[places[i]] = factor * values[left[i]];
    };
    if (positive !== undefined) {
      const values = batch.plain?.numbers(positive.column);
      for (let i = 0; i < count; i++)
        if ((values?.[left[i]] ?? batch.at(left[i]).numeric(positive.column)) < positive.nullValue)
          this.negative++;
    }
    for (let i = 0; i < count; i++) {
      kept.pair[places[i]] = this.#pairs[left[i]];
      kept.z[places[i]] = this.#sizes[left[i]];
    }
    if (sign !== undefined) {
      const values = batch.numbers(sign.column);
      for (let i = 0; i < count; i++) {
        const statistic = values[left[i]];
        kept.signed[places[i]] = statistic;
        if (statistic < sign.nullValue) kept.z[places[i]] = -this.#sizes[left[i]];
      }
    }
    if (source.from === 'column') {
      this.#checkSampleSizes(batch, [source.column]);
      note(batch.numbers(source.column), kept.n, source.factor);
    } else if (source.from === 'cases and controls') {
      this.#checkSampleSizes(batch, [source.cases, source.controls]);
      note(batch.numbers(source.cases), kept.cases);
      note(batch.numbers(source.controls), kept.controls);
    }
    if (kept.studies.length > 0) note(batch.numbers(studies!), kept.studies);
    if (kept.frequency.length > 0) note(this.#frequencies, kept.frequency);
  }

  /** @throws HeredityError `bad-input` for the first row in which one is no number of people. */
  #checkSampleSizes(batch: RowBatch, columns: readonly number[]): void {
    const values = columns.map((column) => batch.numbers(column));
    for (let i = 0; i < this.#count; i++) {
      const k = this.#left[i];
      for (const [c, column] of columns.entries())
        if (!isSampleSize(values[c][k])) throw notPeople(batch.at(k), column);
    }
  }
}
