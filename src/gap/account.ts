import { HeredityError } from '../errors.js';
import { normalCdf, normalQuantile } from '../linalg/distributions.js';
import { quantile } from '../linalg/quantile.js';
import { type ClaimContext, evaluateModel, type GapModel, type NumberInput, type Pool } from './model.js';

/** A number and its standard error; 0 for a number that is known. */
export interface Uncertain {
  readonly value: number;
  readonly se: number;
}

/** A model with its inputs: numbers with their uncertainty, everything else as it is. Defaults fill in the rest. */
export interface Mechanism {
  readonly model: GapModel;
  readonly inputs: Readonly<Record<string, Uncertain | string | readonly unknown[]>>;
}

export interface AccountQuestion {
  readonly twin: Uncertain;
  readonly snp: Uncertain;
  /** What the SNP estimate sums over. */
  readonly snps: ClaimContext['snps'];
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
  readonly notes: readonly string[];
}

/** Why two claims on one pool are claims on the same variance. */
const SAME_VARIANCE: Readonly<Record<Pool, string>> = {
  'common variants': 'both say how much variance of common variants tags lose',
  'low-frequency and rare variants':
    'a variant that no tag follows, one below the frequency that an array sees and one that selection keeps rare are the same variants',
  'structural variants and repeats':
    'both describe variance of structural variants and repeats that is not seen',
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
      .filter((earlier) => earlier.pool === claim.pool && earlier.amount !== 0);
    const isDouble = Math.abs(claim.amount - claim.counted) > 1e-12;
    return {
      model: claim.model,
      pool: claim.pool,
      label: claim.label,
      claimed: over((one) => one.claims[k].amount),
      counted: over((one) => one.claims[k].counted),
      doubleCounted: over((one) => one.claims[k].amount - one.claims[k].counted),
      reason: isDouble
        ? `counted already in ${[...new Set(before.map((earlier) => earlier.model))].join(' and ')}: ${SAME_VARIANCE[claim.pool]}`
        : null,
    };
  });
  const unexplained = over((one) => one.twin - one.snp - explainedBy(one));
  return {
    twin: over((one) => one.twin),
    snp: over((one) => one.snp),
    gap: over((one) => one.twin - one.snp),
    steps,
    explained: over(explainedBy),
    unexplained,
    draws,
    rejectedDraws: draws - sums.length,
    notes: notesOf(question, point, unexplained),
  };
}

/** What a reader should know who looks at the numbers alone. */
function notesOf({ mechanisms, snps }: AccountQuestion, point: Tally, unexplained: Interval95): string[] {
  const claiming = new Set(point.claims.map((claim) => claim.model));
  const notes = mechanisms
    .filter(({ model }) => !claiming.has(model.name))
    .map(({ model }) => `${model.name} takes nothing from an estimate over ${SNPS_IN_WORDS[snps]}`);
  if (unexplained.value < 0) {
    const chance = unexplained.high < 0 ? 'more than chance allows' : 'within its uncertainty';
    notes.push(
      `the mechanisms explain more than the gap, ${chance}: inputs are too large, or pools overlap that are counted apart`,
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
  if (Object.values(inputs).some((input) => isUncertain(input) && input.se > 0)) return evaluate;
  const known = evaluate((source) => source.value);
  return () => known;
}

/** The account at one set of inputs. */
function tally(
  { twin, snp, snps, mechanisms }: AccountQuestion,
  evaluations: readonly Evaluation[],
  read: Read,
): Tally {
  const [twinH2, snpH2] = [read(twin), read(snp)];
  // The most that earlier mechanisms have taken from, or given to, each pool.
  const covered = new Map<Pool, { taken: number; given: number }>();
  const claims = mechanisms.flatMap(({ model }, m) => {
    const { values, result } = evaluations[m](read);
    return (model.claims?.(values, result, { twinH2, snps }) ?? []).map((claim): CountedClaim => {
      const pool = covered.get(claim.pool) ?? { taken: 0, given: 0 };
      const counted =
        claim.amount >= 0 ? Math.max(0, claim.amount - pool.taken) : Math.min(0, claim.amount - pool.given);
      covered.set(claim.pool, {
        taken: Math.max(pool.taken, claim.amount),
        given: Math.min(pool.given, claim.amount),
      });
      return { model: model.name, ...claim, counted };
    });
  });
  return { twin: twinH2, snp: snpH2, claims };
}

/** A sampler of every uncertain quantity: estimates are normal, inputs normal within their range. */
function drawInputs({ twin, snp, mechanisms, draws, normals }: AccountQuestion) {
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
      range
        ? z.map((one) => withinRange(one, source, range))
        : z.map((one) => source.value + source.se * one),
    );
  };
  add(twin);
  add(snp);
  for (const { model, inputs } of mechanisms) {
    for (const [name, input] of Object.entries(inputs)) {
      const range = model.inputs[name];
      if (isUncertain(input) && range?.kind === 'number') add(input, range);
    }
  }
  const sampler = (source: Uncertain, draw: number) => streams.get(source)?.[draw] ?? source.value;
  return { sources: streams.size, sampler };
}

/** The normal distribution cut to the input's range: the same quantile, of what is left. */
function withinRange(z: number, { value, se }: Uncertain, { min, max, whole }: NumberInput): number {
  const [low, high] = [normalCdf((min - value) / se), normalCdf((max - value) / se)];
  const drawn = value + se * normalQuantile(low + normalCdf(z) * (high - low));
  return whole ? Math.round(drawn) : Math.min(max, Math.max(min, drawn));
}

function isUncertain(input: Mechanism['inputs'][string]): input is Uncertain {
  return typeof input === 'object' && !Array.isArray(input);
}

function interval(value: number, draws: readonly number[]): Interval95 {
  if (draws.length === 0) return { value, mean: value, low: value, high: value };
  const sorted = Float64Array.from(draws).sort();
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
  return { value, mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
