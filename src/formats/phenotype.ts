import { type GrowingArray, growingFloat64 } from './growing-array.js';
import {
  type ColumnReader,
  MISSING_CODES,
  numberOrMissing,
  readSampleTable,
  type SampleValues,
} from './sample-table.js';
import type { Line } from './text.js';

/** A column of numbers. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  /** NaN where missing. */
  readonly values: Float64Array;
  readonly missing: number;
  /** How many values of 0 were taken for missing, PLINK's coding of cases; those count in `missing` as well. */
  readonly missingZeros: number;
}

export interface PhenotypeOptions {
  /** Phenotypes to read, by name. @default all */
  readonly names?: readonly string[];
  /** Names the phenotypes of a table without header: `y`, or `y1`, `y2`, … @default 'y' */
  readonly prefix?: string;
  /** Numbers that stand for missing. @default -9, and 0 in a column of 0, 1 and 2 alone, which is how PLINK codes cases */
  readonly missing?: readonly number[] | undefined;
  /** How many rows the table is thought to have. */
  readonly rows?: number;
}

/**
 * Reads a phenotype file: every value a number, or missing (NA, NaN, `.`, a missing code, or nothing between tabs).
 * @throws HeredityError `bad-input` as {@link readSampleTable}, and with line, column and value for what is not a number.
 */
export function readPhenotypes(
  path: string,
  options: PhenotypeOptions = {},
): Promise<SampleValues<NumericColumn>> {
  return readSampleTable(
    path,
    { prefix: 'y', ...options },
    (name, hasHeader, rows) => new PhenotypeReader(name, hasHeader, options.missing, rows),
  );
}

class PhenotypeReader implements ColumnReader<NumericColumn> {
  readonly #name: string;
  readonly #hasHeader: boolean;
  readonly #values: GrowingArray<Float64Array<ArrayBuffer>>;
  readonly #codes: readonly number[] | undefined;
  #missing = 0;

  constructor(
    name: string,
    hasHeader: boolean,
    codes: readonly number[] | undefined,
    rows: number | undefined,
  ) {
    this.#values = growingFloat64(rows);
    this.#name = name;
    this.#hasHeader = hasHeader;
    this.#codes = codes;
  }

  add(line: Line, field: number): void {
    const value = numberOrMissing(line, field, this.#codes ?? MISSING_CODES);
    if (value === undefined) throw this.#notANumber(line, field);
    if (Number.isNaN(value)) this.#missing++;
    this.#values.push(value);
  }

  finish(): NumericColumn {
    const values = this.#values.toArray();
    const missingZeros = this.#codes === undefined && isPlinkCases(values) ? dropZeros(values) : 0;
    const missing = this.#missing + missingZeros;
    return { kind: 'numeric', name: this.#name, values, missing, missingZeros };
  }

  #notANumber(line: Line, field: number) {
    const fix = notANumberFix(line, field, this.#name, this.#hasHeader);
    const expected = 'a finite number, or NA or -9 where it is missing';
    return line.error(field, `phenotype ${this.#name} has a value that is not a number`, {
      expected,
      ...(fix && { fix }),
    });
  }
}

/** Whether the values are 0, 1 and 2, all three present: in PLINK's coding not known, control and case. */
function isPlinkCases(values: Float64Array): boolean {
  const found = [false, false, false];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value !== 0 && value !== 1 && value !== 2) return false;
    found[value] = true;
  }
  return found.every(Boolean);
}

/** Makes values of 0 missing, and counts them. */
function dropZeros(values: Float64Array): number {
  let dropped = 0;
  for (const [i, value] of values.entries()) {
    if (value !== 0) continue;
    values[i] = Number.NaN;
    dropped++;
  }
  return dropped;
}

/** What mostly is the matter with a value that should have been a number. */
export function notANumberFix(
  line: Line,
  field: number,
  name: string,
  hasHeader: boolean,
): string | undefined {
  if (line.number === 1 && !hasHeader) return 'if line 1 is a header, let it begin with FID IID';
  const text = line.text(field);
  if (text === name) return 'the header stands here again, as where files were joined: remove the line';
  if (/^[+-]?\d*,\d+$/.test(text)) return 'write numbers with a point as the decimal mark';
  if (/^(cases?|controls?|yes|no|true|false|t|f|affected|unaffected|y|n)$/i.test(text))
    return 'write cases as 2 and controls as 1, or as 1 and 0';
  return undefined;
}

/** A phenotype as it is analysed. */
export interface Trait {
  readonly name: string;
  readonly kind: 'quantitative' | 'case-control';
  /** NaN where missing; a case is 1 and a control 0. */
  readonly values: Float64Array;
  /** Samples that have a value. */
  readonly present: number;
  /** Number of different values, counted up to 4: a constant has 1, and with 2 or 3 one may stand for missing. */
  readonly distinct: number;
  /** 0 for a quantitative trait. */
  readonly cases: number;
  readonly controls: number;
}

const MOST_DISTINCT = 4;

/**
 * Tells case-control from quantitative traits: values that are all 1 and 2 (PLINK: 2 is a case), or all 0 and 1 (1 is a
 * case), with both present.
 */
export function asTrait({ name, values }: Pick<NumericColumn, 'name' | 'values'>): Trait {
  const distinct = new Set<number>();
  let present = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    present++;
    if (distinct.size < MOST_DISTINCT) distinct.add(value);
  }
  const both = (a: number, b: number) => distinct.size === 2 && distinct.has(a) && distinct.has(b);
  if (!both(1, 2) && !both(0, 1)) {
    return { name, kind: 'quantitative', values, present, distinct: distinct.size, cases: 0, controls: 0 };
  }
  const control = both(1, 2) ? 1 : 0;
  const recoded = values.map((value) => value - control);
  const cases = recoded.reduce((count, value) => count + (value === 1 ? 1 : 0), 0);
  return {
    name,
    kind: 'case-control',
    values: recoded,
    present,
    distinct: 2,
    cases,
    controls: present - cases,
  };
}
