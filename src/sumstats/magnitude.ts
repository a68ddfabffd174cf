import type { GwasRow } from '../formats/gwas/table.js';
import { normalQuantile, normalTailQuantile } from '../linalg/distributions.js';
import type { RowBatch } from './row-batch.js';
import { numberIn } from './row-values.js';

/** Where the size of Z comes from. */
export type MagnitudeSource = 'P' | '-log10 P' | 'Z' | 'effect / SE' | 'log(OR) / SE';

/** An effect and its standard error, of which the ratio is Z. */
export interface EffectAndError {
  readonly effect: number;
  readonly se: number;
  /** Whether the effect is an odds ratio, and the error that of its logarithm. */
  readonly isOddsRatio: boolean;
}

export interface MagnitudePlan {
  readonly from: MagnitudeSource;
  /** Column of P (or its mantissa), -log10 P or Z, or of the effect. */
  readonly column: number;
  /** Column of the exponent of P. */
  readonly exponent?: number;
  /** Column of -log10 P, for a P that was written as 0. */
  readonly underflow?: number;
  readonly se?: number;
  /** For a P that was written as 0, and a logarithm of it that stands for no number. */
  readonly fallback?: EffectAndError;
}

/** Below it, the logarithm of P is used. */
const SMALL_P = 1e-300;
/** From here on -log10 P is that of a P that float64 cannot hold, and may be a number that stands for that. */
const LARGE_LOG = 300;
/** Sizes of Z from P and from effect / SE that differ by more are not the same number rounded. */
const TOLERANCE = 0.1;
/** A P of 1 beside an effect of so many standard errors is none. */
const CERTAIN = 5;

/** |Z| of each row, and a count of what could not be used. */
export class Magnitude {
  readonly #plan: MagnitudePlan;
  /** Values that are no P, or give no Z. */
  outOfRange = 0;
  /** P values of exactly 0, of which nothing else tells the size. */
  zeroP = 0;
  /** Variants whose Z is effect / SE because P is 0, or its logarithm stands for that. */
  fromEffect = 0;
  /** The largest -log10 P that was not believed beside effect / SE. */
  disbelieved = 0;

  constructor(plan: MagnitudePlan) {
    this.#plan = plan;
  }

  /** Columns in which no value may be missing. */
  get needed(): readonly number[] {
    const { column, exponent, underflow, se } = this.#plan;
    return [underflow === undefined ? column : undefined, exponent, se].filter(
      (column) => column !== undefined,
    );
  }

  /** Columns that {@link ofRows} may look at. */
  get columns(): readonly number[] {
    const { column, underflow, fallback } = this.#plan;
    return [...this.needed, column, underflow, fallback?.effect, fallback?.se].filter(
      (column) => column !== undefined,
    );
  }

  /** |Z| of `count` rows of a batch, those at the indices `kept`: `sizes[kept[i]]`, NaN as of one row. */
  ofRows(rows: RowBatch, kept: Int32Array, count: number, sizes: Float64Array): void {
    const { from, column, exponent } = this.#plan;
    const p = from === 'P' && exponent === undefined && rows.plain ? rows.numbers(column) : undefined;
    for (let i = 0; i < count; i++) {
      const k = kept[i];
      sizes[k] = p && isUsualP(p[k]) ? sizeOfP(p[k]) : this.#of(rows.at(k));
    }
  }

  /** |Z|, or NaN where P is outside [0, 1] or there is no Z. */
  #of(row: GwasRow): number {
    const { from, column, exponent, se } = this.#plan;
    if (from === 'P') {
      if (exponent !== undefined) {
        const logP = Math.log(numberIn(row, column)) + Math.LN10 * numberIn(row, exponent);
        if (logP <= 0 && logP > -Infinity) return sizeOfLog(logP);
        if (logP === -Infinity) return this.#withoutP(row);
      } else {
        const p = row.isNotAvailable(column) ? 0 : numberIn(row, column);
        if (isUsualP(p)) return sizeOfP(p);
        if (p >= 0 && p <= SMALL_P) return this.#ofSmallP(row, column);
      }
    } else if (from === '-log10 P') {
      const negLog10P = numberIn(row, column);
      if (negLog10P >= 0) return this.#ofLog10(row, negLog10P);
    } else {
      const value = numberIn(row, column);
      const z = from === 'log(OR) / SE' ? Math.log(value) : value;
      const size = Math.abs(se === undefined ? z : z / numberIn(row, se));
      if (size < Infinity) return size;
    }
    this.outOfRange++;
    return Number.NaN;
  }

  /** A P that float64 cannot hold still has digits in the file, or a logarithm beside it. */
  #ofSmallP(row: GwasRow, column: number): number {
    const logP = logOfDigits(row.text(column));
    if (Number.isFinite(logP)) return sizeOfLog(logP);
    const { underflow } = this.#plan;
    return underflow === undefined || row.isNotAvailable(underflow)
      ? this.#withoutP(row)
      : this.#ofLog10(row, numberIn(row, underflow));
  }

  /** Programs write 999, infinity or 0 for the logarithm of a P of 0: beside an effect and its error such a number is seen. */
  #ofLog10(row: GwasRow, negLog10P: number): number {
    if (negLog10P === Infinity) return this.#withoutP(row);
    const size = sizeOfLog(-negLog10P * Math.LN10);
    if (negLog10P < LARGE_LOG && negLog10P > 0) return size;
    const { fallback } = this.#plan;
    const other = fallback === undefined ? Number.NaN : sizeOfEffect(row, fallback);
    const isWrong =
      negLog10P === 0
        ? other > CERTAIN
        : Number.isFinite(other) && Math.abs(size - other) > TOLERANCE * other;
    if (!isWrong) return size;
    this.fromEffect++;
    this.disbelieved = Math.max(this.disbelieved, negLog10P);
    return other;
  }

  #withoutP(row: GwasRow): number {
    const { fallback } = this.#plan;
    const size = fallback === undefined ? Number.NaN : sizeOfEffect(row, fallback);
    if (Number.isFinite(size)) this.fromEffect++;
    else this.zeroP++;
    return Number.isFinite(size) ? size : Number.NaN;
  }
}

const isUsualP = (p: number): boolean => p > SMALL_P && p <= 1;

/** |Z| of a two-sided P. */
const sizeOfP = (p: number): number => -normalQuantile(p / 2);

/** |Z| of a two-sided P by its natural logarithm. */
export function sizeOfLog(logP: number): number {
  return normalTailQuantile(logP - Math.LN2);
}

/** The natural logarithm of a number that may be too small for float64, such as 1e-400. */
export function logOfDigits(text: string): number {
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e');
  return Math.log(Number(mantissa)) + Math.LN10 * Number(exponent);
}

/** |effect / SE| of a row; NaN where one of them is missing or no number. */
function sizeOfEffect(row: GwasRow, { effect, se, isOddsRatio }: EffectAndError): number {
  if (row.isNotAvailable(effect) || row.isNotAvailable(se)) return Number.NaN;
  const value = row.numeric(effect);
  return Math.abs((isOddsRatio ? Math.log(value) : value) / row.numeric(se));
}
