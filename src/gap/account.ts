import { HeredityError } from '../errors.js';
import { normalCdf, normalQuantile } from '../linalg/distributions.js';
import { quantile } from '../linalg/quantile.js';
import {
  type Claim,
  type ClaimContext,
  evaluateModel,
  type GapModel,
  inputFlagName,
  type NumberInput,
  type Pool,
  rangeInWords,
} from './model.js';
import type { Uncertain } from './uncertain.js';

/** A model with its inputs: numbers with their uncertainty, everything else as it is. Defaults fill in the rest. */
export interface Mechanism {
  readonly model: GapModel;
  readonly inputs: Readonly<Record<string, Uncertain | string | readonly unknown[]>>;
}

/** What a cohort's own results say of one pool of variance, without a model's inputs. */
export interface Measured {
  /** What was measured: `dominance (measured)`. */
  readonly name: string;
  readonly pool: Pool;
  readonly label: string;
  /** Share of the trait's variance; negative where the SNP estimate is inflated. */
  readonly amount: Uncertain;
  /** What has to hold for the number to mean that. */
  readonly assumption: string;
}

export interface AccountQuestion {
  readonly twin: Uncertain;
  readonly snp: Uncertain;
  /** What the SNP estimate sums over. */
  readonly snps: ClaimContext['snps'];
  /** Counted first, in their order. @default none */
  readonly measured?: readonly Measured[];
  /** In the order in which they are to be counted. */
  readonly mechanisms: readonly Mechanism[];
  readonly draws: number;
  /** Standard normal numbers, one a draw, for each uncertain quantity by its number. */
  normals(quantity: number, draws: number): Float64Array;
}

/** A quantity at the inputs as given, and its mean and central 95 % over the draws. */
export interface Interval95 {
  readonly value: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** One step of the waterfall: what one mechanism claims of one pool. */
export interface AccountStep {
  readonly model: string;
  readonly pool: Pool;
  readonly label: string;
  /** What the mechanism claims alone. */
  readonly claimed: Interval95;
  /** What it adds to the mechanisms counted before it: this is what the waterfall takes off. */
  readonly counted: Interval95;
  /** Claimed but counted already, and why; null where there is nothing. */
  readonly doubleCounted: Interval95;
  readonly reason: string | null;
}

export interface Account {
  readonly twin: Interval95;
  readonly snp: Interval95;
  readonly gap: Interval95;
  readonly steps: readonly AccountStep[];
  readonly explained: Interval95;
  readonly unexplained: Interval95;
  readonly draws: number;
  /** Draws whose inputs were impossible together, and so left out. */
  readonly rejectedDraws: number;
  /** Inputs of each mechanism that were not given: numbers of the textbook's worked example, not of any study. */
  readonly textbook: readonly {
    readonly model: string;
    readonly inputs: Readonly<Record<string, number | string>>;
  }[];
  readonly notes: readonly string[];
}

/** Why two claims on one pool are claims on the same variance. */
const SAME_VARIANCE: Readonly<Record<Pool, string>> = {
  'common variants': 'both say how much variance of common variants tags lose',
  'low-frequency and rare variants':
    'a variant that no tag follows, one below the frequency that an array sees and one that selection keeps rare are the same variants',
  'structural variants and repeats':
    'both describe variance of structural variants and repeats that is not seen',
  'variants beyond the tags':
    'what relatives share beyond the variants is everything that tags lose: common, rare and structural',
  'non-additive effects': 'both describe what dominance and epistasis add to the twin estimate',
  age: 'both describe how heritability falls from the age of the twins to that of the SNP study',
  confounding: 'both describe confounding in the same SNP estimate',
  'small effects':
    'variance spread over peripheral genes is variance of variants too small to be significant',
};

/**
 * The account of missing heritability: from the twin estimate through each mechanism's contribution to the SNP estimate,
 * with intervals from drawing every uncertain input (normal, within its range). Claims on different pools of variance add
 * up; of claims on one pool only the largest can be true, so each counts what it adds to those before it.
 * @throws HeredityError `usage` for impossible inputs, or where more than half of the draws are impossible
 */
export function accountForGap(question: AccountQuestion): Account {
  const { mechanisms, draws } = question;
  const outside = [
    ...checkEstimate('--twin', 'twin', question.twin),
    ...checkEstimate('--snp', 'SNP', question.snp),
  ];
  const { sources, sampler } = drawInputs(question);
  const evaluations = mechanisms.map(prepareEvaluation);
  const point = tally(question, evaluations, (source) => source.value);
  const sums: Tally[] = [];
  for (let draw = 0; draw < draws; draw++) {
    try {
      sums.push(tally(question, evaluations, (source) => sampler(source, draw)));
    } catch (error) {
      // Inputs that are possible one by one can be impossible together; others are bugs or were found at the point.
      if (!(error instanceof HeredityError) || error.tag !== 'usage') throw error;
    }
  }
  if (sources > 0 && sums.length < draws / 2) {
    throw new HeredityError(
      'usage',
      `the uncertain inputs are impossible together in ${draws - sums.length} of ${draws} draws`,
      {
        fix: 'give smaller standard errors, or inputs further from the ends of their ranges',
      },
    );
  }
  const over = (quantity: (one: Tally) => number) => interval(quantity(point), sums.map(quantity));
  const steps = point.claims.map((claim, k): AccountStep => {
    const before = point.claims
      .slice(0, k)
      .filter((earlier) => overlapping(earlier.pool, claim.pool) && earlier.amount !== 0);
    const isDouble = Math.abs(claim.amount - claim.counted) > 1e-12;
    return {
      model: claim.model,
      pool: claim.pool,
      label: claim.label,
      claimed: over((one) => one.claims[k].amount),
      counted: over((one) => one.claims[k].counted),
      doubleCounted: over((one) => one.claims[k].amount - one.claims[k].counted),
      reason: isDouble
        ? `counted already in ${[...new Set(before.map((earlier) => earlier.model))].join(' and ')}: ${SAME_VARIANCE[before.some(({ pool }) => pool === BEYOND_TAGS) ? BEYOND_TAGS : claim.pool]}`
        : null,
    };
  });
  const given = ({ interval }: Uncertain) => interval && { low: interval[0], high: interval[1] };
  const account = {
    twin: { ...over((one) => one.twin), ...given(question.twin) },
    snp: { ...over((one) => one.snp), ...given(question.snp) },
    gap: over((one) => one.twin - one.snp),
    steps,
    explained: over(explainedBy),
    unexplained: over((one) => one.twin - one.snp - explainedBy(one)),
    draws,
    rejectedDraws: draws - sums.length,
    textbook: mechanisms.map(textbookInputs).filter(({ inputs }) => Object.keys(inputs).length > 0),
  };
  const notes = [
    ...outside,
    ...point.warnings,
    ...rangeNotes(mechanisms),
    ...notesOf(question, point, account),
  ];
  return { ...account, notes };
}

/**
 * Estimates may lie outside 0 to 1 by chance, which is worth a word; further out they are no shares of a variance.
 * @throws HeredityError `usage` more than three standard errors outside
 */
function checkEstimate(flag: string, name: string, { value, se, interval }: Uncertain): string[] {
  // The standard deviation of an even spread over 0 to 1: an error above it says nothing of the value.
  const notes: string[] = [];
  if (se > Math.sqrt(1 / 12))
    notes.push(
      `the ${name} heritability ${Number(value.toPrecision(4))} has a standard error of ${Number(se.toPrecision(4))}: it says nothing about a share between 0 and 1. ${flag} takes value:se`,
    );
  const beyond = Math.max(-value, value - 1);
  if (beyond <= 0) return notes;
  const reach = interval ? interval[1] - interval[0] : se;
  if (beyond > 3 * reach) {
    throw new HeredityError('usage', `${flag} is no share of the trait's variance`, {
      value,
      expected: 'a number from 0 to 1',
      fix: 'where it is an estimate that strayed outside by chance, give its standard error as value:se',
    });
  }
  notes.push(
    `the ${name} heritability ${Number(value.toPrecision(4))} is outside 0 to 1, as estimates can be by chance`,
  );
  return notes;
}

function textbookInputs({ model, inputs }: Mechanism): Account['textbook'][number] {
  const absent = Object.entries(model.inputs).filter(([name]) => !Object.hasOwn(inputs, name));
  const worded = absent.map(([name, input]) => [
    name,
    input.kind === 'table' ? `${input.default.length} rows` : input.default,
  ]);
  return { model: model.name, inputs: Object.fromEntries(worded) };
}

/** Uncertain inputs whose standard error reaches beyond their range. */
function rangeNotes(mechanisms: readonly Mechanism[]): string[] {
  return mechanisms.flatMap(({ model, inputs }) =>
    Object.entries(inputs).flatMap(([name, input]) => {
      const range = model.inputs[name];
      if (!isUncertain(input) || range?.kind !== 'number' || input.se === 0) return [];
      const { below, above } = cutOff(input, range);
      if (below + above < MUCH) return [];
      return [
        `${model.name} ${inputFlagName(name).slice(2)} ${input.value} with standard error ${input.se} reaches beyond its range (${rangeInWords(range)}): draws stay within it, half of them on each side of the value`,
      ];
    }),
  );
}

/** What a reader should know who looks at the numbers alone. */
function notesOf(
  { mechanisms, snps, twin }: AccountQuestion,
  point: Tally,
  { unexplained, steps }: Pick<Account, 'unexplained' | 'steps'>,
): string[] {
  const claiming = new Set(point.claims.map((claim) => claim.model));
  const notes = mechanisms
    .filter(({ model }) => !claiming.has(model.name))
    .map(({ model }) => `${model.name} takes nothing from an estimate over ${SNPS_IN_WORDS[snps]}`);
  if (unexplained.value < 0) {
    const chance = unexplained.high < 0 ? 'more than chance allows' : 'within its uncertainty';
    notes.push(
      point.claims.length === 0
        ? `the SNP heritability is above that of the twins, ${chance}: are they of one trait, population and scale?`
        : `the mechanisms explain more than the gap, ${chance}: inputs are too large, or pools overlap that are counted apart`,
    );
  }
  for (const { model, pool, claimed } of steps) {
    if (Math.abs(claimed.value) <= Math.max(0, twin.value) + 1e-9) continue;
    notes.push(
      `${model} claims ${Number(claimed.value.toPrecision(4))} of the variance (${pool}), more than the twin heritability itself: its inputs do not belong to this trait`,
    );
  }
  for (const { model, pool, claimed, counted } of steps) {
    if ([claimed, counted].every(({ value, low, high }) => value >= low - 1e-12 && value <= high + 1e-12))
      continue;
    notes.push(
      `${model} (${pool}) lies outside its own interval: the uncertain inputs all stray to one side of the values given`,
    );
  }
  return notes;
}

const SNPS_IN_WORDS = { all: 'all SNPs', significant: 'significant SNPs' };

interface CountedClaim {
  readonly model: string;
  readonly pool: Pool;
  readonly label: string;
  readonly amount: number;
  readonly counted: number;
}

interface Tally {
  readonly twin: number;
  readonly snp: number;
  readonly claims: readonly CountedClaim[];
  /** Of the models. */
  readonly warnings: readonly string[];
}

function explainedBy({ claims }: Tally): number {
  return claims.reduce((sum, claim) => sum + claim.counted, 0);
}

type Read = (source: Uncertain) => number;
type Evaluation = (read: Read) => ReturnType<typeof evaluateModel>;

/** Evaluates a mechanism once where all its inputs are known, else at every draw. */
function prepareEvaluation({ model, inputs }: Mechanism): Evaluation {
  const evaluate = (read: Read) => {
    const entries = Object.entries(inputs).map(([name, input]) => [
      name,
      isUncertain(input) ? read(input) : input,
    ]);
    return evaluateModel(model, Object.fromEntries(entries));
  };
  const known = atPoint(model, () => evaluate((source) => source.value));
  const isUncertainly = Object.values(inputs).some((input) => isUncertain(input) && input.se > 0);
  return isUncertainly ? evaluate : () => known;
}

/** The message at the inputs as given, with their names as they are typed after `--mechanism`. */
function atPoint<T>(model: GapModel, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof HeredityError) || error.tag !== 'usage') throw error;
    const typed = Object.keys(model.inputs).map(inputFlagName);
    const message = typed.reduce((text, flag) => text.replaceAll(flag, flag.slice(2)), error.message);
    throw new HeredityError('usage', `--mechanism ${model.name}: ${message}`, { cause: error });
  }
}

/** The account at one set of inputs. */
function tally(
  { twin, snp, snps, mechanisms, measured = [] }: AccountQuestion,
  evaluations: readonly Evaluation[],
  read: Read,
): Tally {
  const [twinH2, snpH2] = [read(twin), read(snp)];
  const pools = new Pools();
  const warnings: string[] = [];
  const counted = (model: string, claim: Claim): CountedClaim => ({
    model,
    ...claim,
    counted: pools.add(claim),
  });
  const ofData = measured.map(({ name, pool, label, amount }) =>
    counted(name, { pool, label, amount: read(amount) }),
  );
  const claims = mechanisms.flatMap(({ model }, m) => {
    const { values, result, warnings: own } = evaluations[m](read);
    for (const warning of own) warnings.push(`${model.name}: ${warning}`);
    return (model.claims?.(values, result, { twinH2, snps }) ?? []).map((claim) =>
      counted(model.name, claim),
    );
  });
  return { twin: twinH2, snp: snpH2, claims: [...ofData, ...claims], warnings };
}

/** What relatives share beyond the variants, and the pools that it consists of. */
const BEYOND_TAGS = 'variants beyond the tags' satisfies Pool;
const UNDER_IT: readonly Pool[] = [
  'common variants',
  'low-frequency and rare variants',
  'structural variants and repeats',
];

function overlapping(a: Pool, b: Pool): boolean {
  return (
    a === b || (a === BEYOND_TAGS && UNDER_IT.includes(b)) || (b === BEYOND_TAGS && UNDER_IT.includes(a))
  );
}

/** What has been counted of each pool: the largest claim on it, and of what lies under another the larger of the whole and the sum. */
class Pools {
  readonly #covered = new Map<Pool, { readonly taken: number; readonly given: number }>();
  #sumUnder = 0;

  /** @returns what the claim adds to those before it. */
  add({ pool, amount }: Claim): number {
    const { taken, given } = this.#covered.get(pool) ?? { taken: 0, given: 0 };
    const before = this.#whole;
    this.#covered.set(pool, { taken: Math.max(taken, amount), given: Math.min(given, amount) });
    if (amount < 0) return Math.min(0, amount - given);
    const own = Math.max(0, amount - taken);
    if (UNDER_IT.includes(pool)) this.#sumUnder += own;
    return pool === BEYOND_TAGS || UNDER_IT.includes(pool) ? this.#whole - before : own;
  }

  get #whole(): number {
    return Math.max(this.#sumUnder, this.#covered.get(BEYOND_TAGS)?.taken ?? 0);
  }
}

/** A sampler of every uncertain quantity: estimates are normal, inputs normal within their range. */
function drawInputs({ twin, snp, mechanisms, measured = [], draws, normals }: AccountQuestion) {
  const streams = new Map<Uncertain, Float64Array>();
  const add = (source: Uncertain, range?: NumberInput) => {
    if (!(source.se >= 0 && Number.isFinite(source.se))) {
      throw new HeredityError('usage', 'a standard error is impossible', {
        value: String(source.se),
        expected: 'a number of at least 0',
      });
    }
    if (source.se === 0 || streams.has(source)) return;
    const z = normals(streams.size, draws);
    streams.set(
      source,
      z.map((one) => (range ? withinRange(one, source, range) : drawn(one, source))),
    );
  };
  add(twin);
  add(snp);
  for (const { amount } of measured) add(amount);
  for (const { model, inputs } of mechanisms) {
    for (const [name, input] of Object.entries(inputs)) {
      const range = model.inputs[name];
      if (isUncertain(input) && range?.kind === 'number') add(input, range);
    }
  }
  const sampler = (source: Uncertain, draw: number) => streams.get(source)?.[draw] ?? source.value;
  return { sources: streams.size, sampler };
}

/** Normal; where the interval is not symmetric, with its own spread to each side of the value. */
function drawn(z: number, { value, se, interval }: Uncertain): number {
  if (!interval) return value + se * z;
  return value + ((z < 0 ? value - interval[0] : interval[1] - value) / Z95) * z;
}

/**
 * The normal distribution cut to the input's range: the same quantile of what is left. Where much is cut off, that of each
 * side of the value by itself, so that the value stays the median and an interval of what depends on it contains it.
 */
function withinRange(z: number, { value, se }: Uncertain, range: NumberInput): number {
  const { min, max, whole } = range;
  const { below, above } = cutOff({ value, se }, range);
  let drawn: number;
  if (below + above < MUCH) drawn = value + se * normalQuantile(below + normalCdf(z) * (1 - above - below));
  else {
    const tail = z < 0 ? below : above;
    const quantile = normalQuantile(tail + normalCdf(-Math.abs(z)) * (1 - 2 * tail));
    drawn = value - Math.sign(z) * se * quantile;
  }
  return whole ? Math.round(drawn) : Math.min(max, Math.max(min, drawn));
}

/** Probability beyond each end of an input's range. */
function cutOff({ value, se }: Uncertain, { min, max }: NumberInput) {
  return { below: normalCdf((min - value) / se), above: normalCdf((value - max) / se) };
}

/** So much probability cut off is said. */
const MUCH = 0.025;

/** A 95 % interval reaches this many standard errors to each side. */
const Z95 = normalQuantile(0.975);

function isUncertain(input: Mechanism['inputs'][string]): input is Uncertain {
  return typeof input === 'object' && !Array.isArray(input);
}

function interval(value: number, draws: readonly number[]): Interval95 {
  if (draws.length === 0) return { value, mean: value, low: value, high: value };
  const sorted = Float64Array.from(draws).sort();
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
  return { value, mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
