import type { HeredityError } from '../errors.js';
import { type GrowingArray, growingFloat64, growingInt32 } from './growing-array.js';
import { type NumericColumn, notANumberFix } from './phenotype.js';
import { type ColumnReader, numberOrMissing, readSampleTable, type SampleValues } from './sample-table.js';
import type { Line } from './text.js';

/** A column of categories. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  /** Index in `levels`, -1 where missing. */
  readonly codes: Int32Array;
  /** Distinct and sorted; levels that are numbers are written in the shortest way (`01` is `1`). */
  readonly levels: readonly string[];
  readonly missing: number;
}

export type CovariateColumn = NumericColumn | CategoricalColumn;

export interface CovariateOptions {
  /** Covariates to read, by name. @default all */
  readonly names?: readonly string[];
  /** Names the covariates of a table without header: `covar`, or `covar1`, `covar2`, … @default 'covar' */
  readonly prefix?: string;
}

/**
 * Reads a covariate file. A column is categorical when it has a value that is not a number, unless most of its values are
 * numbers: then that value is a mistake. Missing are NA, NaN, `.`, -9 and, between tabs, nothing.
 * @throws HeredityError `bad-input` as {@link readSampleTable}, and with line, column and value for such a mistake.
 */
export function readCovariates(
  path: string,
  options: CovariateOptions = {},
): Promise<SampleValues<CovariateColumn>> {
  const tableOptions = { prefix: 'covar', ...options };
  return readSampleTable(path, tableOptions, (name, hasHeader) => new CovariateReader(name, hasHeader));
}

/** Keeps numbers as numbers, and words, should there be any, as indices into a list of them. */
class CovariateReader implements ColumnReader<CovariateColumn> {
  readonly #name: string;
  readonly #hasHeader: boolean;
  readonly #numbers = growingFloat64();
  /** Index of the word at each sample, or -1; made when the first word comes. */
  #wordCodes: GrowingArray<Int32Array<ArrayBuffer>> | undefined;
  readonly #words = new Map<string, number>();
  #wordValues = 0;
  #missing = 0;
  /** Complains about the first word, in case it should have been a number. */
  #mistake: HeredityError | undefined;

  constructor(name: string, hasHeader: boolean) {
    this.#name = name;
    this.#hasHeader = hasHeader;
  }

  add(line: Line, field: number): void {
    const value = numberOrMissing(line, field);
    const isWord = value === undefined;
    if (!isWord && Number.isNaN(value)) this.#missing++;
    if (isWord || this.#wordCodes !== undefined) {
      this.#wordCodes ??= allMissing(this.#numbers.length);
      this.#wordCodes.push(isWord ? this.#addWord(line, field) : -1);
    }
    this.#numbers.push(value ?? Number.NaN);
  }

  finish(): CovariateColumn {
    const values = this.#numbers.toArray();
    const name = this.#name;
    const missing = this.#missing;
    if (this.#wordCodes === undefined) return { kind: 'numeric', name, values, missing };
    if (values.length - missing > 2 * this.#wordValues) throw this.#mistake;
    const words = [...this.#words.keys()];
    const wordCodes = this.#wordCodes.toArray();
    const levelAt = (i: number) => {
      if (wordCodes[i]! >= 0) return words[wordCodes[i]!];
      return Number.isNaN(values[i]!) ? undefined : String(values[i]!);
    };
    const found = new Set(words);
    for (const value of values) if (!Number.isNaN(value)) found.add(String(value));
    const levels = [...found].sort();
    const codeOf = new Map<string | undefined, number>(levels.map((level, code) => [level, code]));
    const codes = Int32Array.from(values, (_, i) => codeOf.get(levelAt(i)) ?? -1);
    return { kind: 'categorical', name, codes, levels, missing };
  }

  #addWord(line: Line, field: number): number {
    const word = line.text(field);
    if (!Number.isNaN(Number(word)) || /^[+-]?inf(inity)?$/i.test(word)) {
      throw this.#notANumber(line, field, 'a finite number, or NA or -9 where it is missing');
    }
    const expected = 'a number, as most values of this column are, or NA or -9 where it is missing';
    this.#mistake ??= this.#notANumber(line, field, expected);
    this.#wordValues++;
    const code = this.#words.get(word) ?? this.#words.size;
    this.#words.set(word, code);
    return code;
  }

  #notANumber(line: Line, field: number, expected: string): HeredityError {
    const fix = notANumberFix(line, field, this.#hasHeader);
    const problem = `covariate ${this.#name} has a value that is not a number`;
    return line.error(field, problem, { expected, ...(fix && { fix }) });
  }
}

function allMissing(length: number): GrowingArray<Int32Array<ArrayBuffer>> {
  const codes = growingInt32();
  for (let i = 0; i < length; i++) codes.push(-1);
  return codes;
}
