import { HeredityError } from '../errors.js';
import { type GrowingArray, growingFloat64, growingInt32 } from './growing-array.js';
import { didYouMean } from './near-names.js';
import { type NumericColumn, notANumberFix } from './phenotype.js';
import {
  type ColumnReader,
  MISSING_CODES,
  numberOrMissing,
  readSampleTable,
  type SampleValues,
} from './sample-table.js';
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
  /** Numbers that stand for missing. @default -9 */
  readonly missing?: readonly number[] | undefined;
  /** How many rows the table is thought to have. */
  readonly rows?: number;
  /** Columns whose numbers are codes of categories. */
  readonly categorical?: readonly string[] | undefined;
  /** Columns that hold numbers only. */
  readonly quantitative?: readonly string[] | undefined;
}

/**
 * Reads a covariate file. A column is categorical when it is said to be, or when it has a value that is not a number, unless
 * most of its values are numbers: then that value is a mistake. Missing are NA, NaN, `.`, the missing codes and, between
 * tabs, nothing.
 * @throws HeredityError `bad-input` as {@link readSampleTable}, and with line, column and value for such a mistake; `usage`
 *   where a column is said to be both kinds, or is not among those read.
 */
export async function readCovariates(
  path: string,
  options: CovariateOptions = {},
): Promise<SampleValues<CovariateColumn>> {
  const { categorical = [], quantitative = [], missing = MISSING_CODES } = options;
  const both = categorical.find((name) => quantitative.includes(name));
  if (both !== undefined)
    throw new HeredityError('usage', `covariate ${both} is said to be categorical and quantitative`, {
      fix: 'leave it out of --catcovar or of --qcovar',
    });
  const kinds = new Map<string, CovariateColumn['kind']>([
    ...categorical.map((name) => [name, 'categorical'] as const),
    ...quantitative.map((name) => [name, 'numeric'] as const),
  ]);
  const table = await readSampleTable(
    path,
    { prefix: 'covar', ofFam: ['sex'], ...options },
    (name, hasHeader, rows) => new CovariateReader(name, hasHeader, missing, kinds.get(name), rows),
  );
  const names = table.columns.map(({ name }) => name);
  const absent = [...kinds.keys()].find((name) => !names.includes(name));
  if (absent === undefined) return table;
  const near = didYouMean(absent, names);
  throw new HeredityError(
    'usage',
    `there is no covariate ${JSON.stringify(absent)} of which to say its kind`,
    {
      file: path,
      expected: `some of ${names.slice(0, 20).join(', ')}`,
      ...(near && { fix: near }),
    },
  );
}

/** Keeps numbers as numbers, and words, should there be any, as indices into a list of them. */
class CovariateReader implements ColumnReader<CovariateColumn> {
  readonly #name: string;
  readonly #hasHeader: boolean;
  readonly #missingCodes: readonly number[];
  readonly #kind: CovariateColumn['kind'] | undefined;
  readonly #numbers: GrowingArray<Float64Array<ArrayBuffer>>;
  /** Index of the word at each sample, or -1; made when the first word comes. */
  #wordCodes: GrowingArray<Int32Array<ArrayBuffer>> | undefined;
  readonly #words = new Map<string, number>();
  #wordValues = 0;
  #missing = 0;
  /** Complains about the first word, in case it should have been a number. */
  #mistake: HeredityError | undefined;

  /** @param kind where it is known; else the values decide. */
  constructor(
    name: string,
    hasHeader: boolean,
    missingCodes: readonly number[],
    kind: CovariateColumn['kind'] | undefined,
    rows: number | undefined,
  ) {
    this.#numbers = growingFloat64(rows);
    this.#name = name;
    this.#hasHeader = hasHeader;
    this.#missingCodes = missingCodes;
    this.#kind = kind;
    if (kind === 'categorical') this.#wordCodes = growingInt32();
  }

  add(line: Line, field: number): void {
    const value = numberOrMissing(line, field, this.#missingCodes);
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
    if (this.#wordCodes === undefined) return { kind: 'numeric', name, values, missing, missingZeros: 0 };
    const isMistake = this.#kind === undefined && values.length - missing > 2 * this.#wordValues;
    if (isMistake) throw this.#mistake;
    const words = [...this.#words.keys()];
    const wordCodes = this.#wordCodes.toArray();
    const levelAt = (i: number) => {
      if (wordCodes[i] >= 0) return words[wordCodes[i]];
      return Number.isNaN(values[i]) ? undefined : String(values[i]);
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
    if (this.#kind !== 'categorical') this.#refuse(line, field, word);
    this.#wordValues++;
    const code = this.#words.get(word) ?? this.#words.size;
    this.#words.set(word, code);
    return code;
  }

  /** Complains at once about what cannot be meant as a category, and keeps its complaint about what may be. */
  #refuse(line: Line, field: number, word: string): void {
    const number = 'a finite number, or NA or -9 where it is missing';
    const isNumber = !Number.isNaN(Number(word)) || /^[+-]?inf(inity)?$/i.test(word);
    if (isNumber || this.#kind === 'numeric') throw this.#notANumber(line, field, number);
    const expected = 'a number, as most values of this column are, or NA or -9 where it is missing';
    this.#mistake ??= this.#notANumber(
      line,
      field,
      expected,
      `if the column holds categories, say so with --catcovar ${this.#name}`,
    );
  }

  #notANumber(line: Line, field: number, expected: string, otherwise?: string): HeredityError {
    const fix = notANumberFix(line, field, this.#name, this.#hasHeader) ?? otherwise;
    const problem = `covariate ${this.#name} has a value that is not a number`;
    return line.error(field, problem, { expected, ...(fix && { fix }) });
  }
}

function allMissing(length: number): GrowingArray<Int32Array<ArrayBuffer>> {
  const codes = growingInt32();
  for (let i = 0; i < length; i++) codes.push(-1);
  return codes;
}
