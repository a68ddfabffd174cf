import { HeredityError } from '../errors.js';
import type { GapModelName } from './catalogue.js';

/**
 * One mechanism by which heritability goes missing: a pure function with a description of its inputs, outputs and main
 * curve. Validation, the command line, its help, JSON, tables, charts and the account all read this one description.
 */
export interface GapModel<I extends Inputs = Inputs, O extends string = string> {
  /** As it is typed: `heredity gap <name>`. */
  readonly name: GapModelName;
  /** A paragraph: the formula in words, its assumptions, and the meaning of the result. */
  readonly description: string;
  /** Section of METHODS, and number of the problem in the chapter. */
  readonly source: string;
  /** What it computes, a line each: `_{…}` below and `^{…}` above the line. */
  readonly formulas: readonly string[];
  /** Defaults are the worked example. */
  readonly inputs: I;
  readonly outputs: Readonly<Record<O, Output>>;
  readonly curve: Curve<I, NoInfer<O>>;
  /** @throws HeredityError `usage` for inputs that are impossible together */
  evaluate(values: Values<I>): ModelResult<NoInfer<O>>;
  /** What the mechanism takes from h2 between a twin study and a SNP estimate; absent where it takes nothing. */
  claims?(values: Values<I>, result: ModelResult<NoInfer<O>>, context: ClaimContext): readonly Claim[];
}

export type Inputs = Readonly<Record<string, Input>>;
// biome-ignore lint/suspicious/noExplicitAny: rows of any columns; TableInput is not covariant in them
export type Input = NumberInput | ChoiceInput<readonly string[]> | TextInput | TableInput<any>;

export interface NumberInput {
  readonly kind: 'number';
  /** What it is; completes a sentence, starts in lower case. */
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** The ends themselves are not allowed. */
  readonly open?: 'min' | 'max' | 'both';
  readonly whole?: boolean;
  readonly default: number;
}

export interface ChoiceInput<W extends readonly string[]> {
  readonly kind: 'choice';
  readonly label: string;
  readonly words: W;
  readonly default: W[number];
}

export interface TextInput {
  readonly kind: 'text';
  readonly label: string;
  readonly default: string;
}

/** Rows of named columns; on the command line a file. */
export interface TableInput<C extends TableColumns> {
  readonly kind: 'table';
  readonly label: string;
  readonly columns: C;
  readonly default: readonly Row<C>[];
}

export type TableColumns = Readonly<Record<string, TableColumn>>;
export type TableColumn =
  | (Omit<NumberInput, 'kind' | 'default'> & { readonly kind: 'number'; readonly default?: number })
  | { readonly kind: 'text'; readonly label: string };
export type Row<C extends TableColumns> = {
  readonly [K in keyof C]: C[K]['kind'] extends 'text' ? string : number;
};

export type Value<I> = I extends NumberInput
  ? number
  : I extends TextInput
    ? string
    : I extends ChoiceInput<infer W>
      ? W[number]
      : I extends TableInput<infer C>
        ? readonly Row<C>[]
        : never;
export type Values<I extends Inputs> = { readonly [K in keyof I]: Value<I[K]> };

export interface Output {
  readonly label: string;
  readonly unit: string;
  /**
   * Values that make sense, which a result is checked against: shares lie from 0 to 1, differences of them from -1 to 1.
   * @default share where the unit is a share, a probability or a frequency, else any
   */
  readonly range?: keyof typeof RANGES;
}

const RANGES = {
  share: [0, 1],
  difference: [-1, 1],
  any: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
} as const;

export interface ModelResult<O extends string = string> {
  readonly values: Readonly<Record<O, number>>;
  /** What lies behind the values: one row a variant, gene, genotype or category. */
  readonly rows?: readonly Readonly<Record<string, string | number>>[];
  /** What a reader should know who looks at the values alone. */
  readonly warnings?: readonly string[];
}

/** The picture of a model: some of its outputs over one of its inputs. */
export interface Curve<I extends Inputs, O extends string> {
  readonly over: keyof I & string;
  readonly from: number;
  /** Where the range depends on other inputs, a function of them. */
  readonly to: number | ((values: Values<I>) => number);
  readonly scale?: 'linear' | 'log';
  readonly outputs: readonly O[];
  readonly yLabel: string;
}

/** Variance that a mechanism hides, and to which pool it belongs: claims on one pool overlap. */
export interface Claim {
  readonly pool: Pool;
  readonly label: string;
  /** Share of the trait's variance; negative where the mechanism inflates the SNP estimate. */
  readonly amount: number;
}

/** Where hidden variance lies. Two mechanisms that claim one pool explain the same variance twice. */
export type Pool =
  | 'common variants'
  | 'low-frequency and rare variants'
  | 'structural variants and repeats'
  | 'variants beyond the tags'
  | 'non-additive effects'
  | 'age'
  | 'confounding'
  | 'small effects';

export interface ClaimContext {
  /** Heritability of the twin study that is to be accounted for. */
  readonly twinH2: number;
  /** What the SNP estimate sums over: all SNPs, or those that reached genome-wide significance. */
  readonly snps: 'all' | 'significant';
}

/** Returns the model as it is; gives `evaluate` the types of its inputs and outputs. */
export function defineModel<const I extends Inputs, const O extends string>(
  model: GapModel<I, O>,
): GapModel<I, O> {
  return model;
}

/** Rows of named columns. */
export function table<const C extends TableColumns>(
  label: string,
  columns: C,
  fallback: readonly Row<C>[],
): TableInput<C> {
  return { kind: 'table', label, columns, default: fallback };
}

/** A share from 0 to 1, such as an r2 or a heritability. */
export function share(label: string, fallback: number, unit = 'share of variance'): NumberInput {
  return { kind: 'number', label, unit, min: 0, max: 1, default: fallback };
}

/** A quantity above 0. */
export function positive(label: string, unit: string, fallback: number, max = Number.MAX_VALUE): NumberInput {
  return { kind: 'number', label, unit, min: 0, max, open: 'min', default: fallback };
}

/** A quantity of at least 0, such as a variance. */
export function notNegative(
  label: string,
  unit: string,
  fallback: number,
  max = Number.MAX_VALUE,
): NumberInput {
  return { kind: 'number', label, unit, min: 0, max, default: fallback };
}

/** A quantity of either sign, such as an effect. */
export function signed(label: string, unit: string, fallback: number): NumberInput {
  return { kind: 'number', label, unit, min: -Number.MAX_VALUE, max: Number.MAX_VALUE, default: fallback };
}

/** A whole number of at least `min`. */
export function count(label: string, fallback: number, min = 1): NumberInput {
  return {
    kind: 'number',
    label,
    unit: 'count',
    min,
    max: Number.MAX_SAFE_INTEGER,
    whole: true,
    default: fallback,
  };
}

/**
 * Evaluates a model with defaults filled in.
 * @throws HeredityError `usage` for an unknown or impossible input, naming the range that is allowed
 */
export function evaluateModel<I extends Inputs, O extends string>(
  model: GapModel<I, O>,
  given: Partial<Values<I>> = {},
): Evaluated<I, O> {
  const values = validateInputs(model, given);
  const result = model.evaluate(values);
  const rowValues = (result.rows ?? []).flatMap((row) => Object.entries(row));
  for (const [name, value] of [...Object.entries(result.values), ...rowValues]) {
    if (typeof value === 'string' || Number.isFinite(value)) continue;
    throw new HeredityError('usage', `the inputs are too extreme: ${name} cannot be computed`, {
      value: String(value),
      expected: 'inputs nearer to the defaults',
    });
  }
  return { values, result, warnings: [...(result.warnings ?? []), ...rangeWarnings(model, result)] };
}

export interface Evaluated<I extends Inputs = Inputs, O extends string = string> {
  readonly values: Values<I>;
  readonly result: ModelResult<O>;
  /** The model's own, and one for each output outside its range. */
  readonly warnings: readonly string[];
}

/** Rounding of a share. */
const TOLERANCE = 1e-9;

function rangeWarnings<I extends Inputs, O extends string>(
  { outputs }: GapModel<I, O>,
  { values }: ModelResult<O>,
): string[] {
  return Object.entries<Output>(outputs).flatMap(([name, { label, unit, range }]) => {
    const isShare = /^(share of|probability|frequency)/.test(unit);
    const [least, most] = RANGES[range ?? (isShare ? 'share' : 'any')];
    const value = values[name as O];
    if (value >= least - TOLERANCE && value <= most + TOLERANCE) return [];
    return [
      `${label} is ${Number(value.toPrecision(4))}, outside ${least} to ${most}: these inputs are impossible together, or beyond what the model describes`,
    ];
  });
}

/** The name of an input as it is typed, with its dashes: `r2Common` is `--r2-common`. */
export function inputFlagName(input: string): string {
  return `--${input.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @throws HeredityError `usage` where shares of one variance add up to more than 1, beyond rounding, or not to more than 0 */
export function checkTotal(names: readonly string[], total: number, least: 'positive' | 'any'): void {
  if (total <= 1 + TOLERANCE && (least === 'any' || total > 0)) return;
  const flags = names.map(inputFlagName);
  const listed = `${flags.slice(0, -1).join(', ')} and ${flags[flags.length - 1]}`;
  throw new HeredityError('usage', `${listed} are impossible together`, {
    value: total,
    expected: `a sum ${least === 'positive' ? 'above 0 and ' : ''}of at most 1`,
  });
}

/** One point of a curve: the input, then the outputs by name. */
export type CurvePoint<O extends string> = { readonly x: number } & Readonly<Record<O, number>>;

/** The model's curve with the other inputs as given; points at which the model refuses its inputs are left out. */
export function evaluateCurve<I extends Inputs, O extends string>(
  model: GapModel<I, O>,
  values: Values<I>,
  points = 101,
): CurvePoint<O>[] {
  const { over, from, scale = 'linear', outputs } = model.curve;
  const to = typeof model.curve.to === 'function' ? model.curve.to(values) : model.curve.to;
  const curve: CurvePoint<O>[] = [];
  for (let i = 0; i < points; i++) {
    const part = i / (points - 1);
    const at = scale === 'log' ? from * (to / from) ** part : from + part * (to - from);
    const input = model.inputs[over] as NumberInput;
    const x = input.whole ? Math.round(at) : at;
    try {
      const { result } = evaluateModel(model, { ...values, [over]: x });
      curve.push({ x, ...pick(result.values, outputs) } as CurvePoint<O>);
    } catch (error) {
      if (!(error instanceof HeredityError)) throw error;
    }
  }
  return curve;
}

function pick<O extends string>(values: Readonly<Record<O, number>>, names: readonly O[]): Record<O, number> {
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Record<O, number>;
}

/** @throws HeredityError `usage` as {@link evaluateModel} */
function validateInputs<I extends Inputs>(
  model: { readonly name: string; readonly inputs: I },
  given: Partial<Values<I>>,
): Values<I> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(model.inputs, name));
  if (unknown !== undefined) {
    throw new HeredityError('usage', `gap ${model.name} has no input ${inputFlagName(unknown)}`, {
      expected: Object.keys(model.inputs).map(inputFlagName).join(', '),
    });
  }
  const values: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(model.inputs)) {
    const value = given[name] ?? input.default;
    if (input.kind === 'number') checkNumber(inputFlagName(name), input, value as number);
    else if (input.kind === 'choice') checkChoice(inputFlagName(name), input, value as string);
    else if (input.kind === 'table')
      checkRows(inputFlagName(name), input, value as readonly Record<string, unknown>[]);
    values[name] = value;
  }
  return values as Values<I>;
}

/** `from 0 to 1`, `above 0`, `at least 0 and below 1`. */
export function rangeInWords({ min, max, open }: Pick<NumberInput, 'min' | 'max' | 'open'>): string {
  const [openMin, openMax] = [open === 'min' || open === 'both', open === 'max' || open === 'both'];
  const low = min === -Number.MAX_VALUE ? undefined : `${openMin ? 'above' : 'at least'} ${min}`;
  const high =
    max === Number.MAX_VALUE || max === Number.MAX_SAFE_INTEGER
      ? undefined
      : `${openMax ? 'below' : 'at most'} ${max}`;
  if (low && high) return openMin || openMax ? `${low} and ${high}` : `from ${min} to ${max}`;
  return low ?? high ?? 'any number';
}

function checkNumber(name: string, range: Omit<NumberInput, 'kind' | 'default'>, value: number): void {
  const { min, max, open, whole } = range;
  const aboveMin = open === 'min' || open === 'both' ? value > min : value >= min;
  const belowMax = open === 'max' || open === 'both' ? value < max : value <= max;
  if (aboveMin && belowMax && Number.isFinite(value) && (!whole || Number.isInteger(value))) return;
  throw new HeredityError('usage', `${name} is impossible: ${range.label}`, {
    value: Number.isFinite(value) ? value : String(value),
    expected: `${whole ? 'a whole number ' : ''}${rangeInWords(range)}${range.unit ? `, ${range.unit}` : ''}`,
  });
}

function checkChoice(name: string, input: ChoiceInput<readonly string[]>, value: string): void {
  if (input.words.includes(value)) return;
  throw new HeredityError('usage', `${name} is not a choice: ${input.label}`, {
    value,
    expected: `one of ${input.words.join(', ')}`,
  });
}

function checkRows(
  name: string,
  input: TableInput<TableColumns>,
  rows: readonly Readonly<Record<string, unknown>>[],
): void {
  if (rows.length === 0) throw new HeredityError('usage', `${name} has no rows: ${input.label}`);
  rows.forEach((row, i) => {
    for (const [column, range] of Object.entries(input.columns)) {
      if (range.kind === 'number')
        checkNumber(`${name} row ${i + 1}, ${column},`, range, row[column] as number);
      else if (typeof row[column] !== 'string' || row[column] === '') {
        throw new HeredityError('usage', `${name} row ${i + 1} has no ${column}: ${range.label}`);
      }
    }
  });
}
