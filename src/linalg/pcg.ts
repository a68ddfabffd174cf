import { HeredityError } from '../errors.js';
import { largest } from './extremes.js';
import { smallestEigenvalueBound } from './tridiagonal.js';

/**
 * A positive semidefinite system V x = b for many right-hand sides, V known only by its products.
 * Matrices are row-major, one row an unknown.
 */
export interface PcgProblem {
  readonly order: number;
  readonly columns: number;
  /** order x columns; each column in the range of V. */
  readonly b: Float64Array;
  /** V x for some of the columns; `active` holds their positions in b. */
  readonly apply: (x: Float64Array, active: readonly number[]) => Promise<Float64Array>;
  /**
   * V x of all columns in full, where `apply` is rounded more coarsely: what the steps leave is then computed from their
   * solution with it, and columns that are not good enough go on from there with it.
   */
  readonly applyInFull?: (x: Float64Array, active: readonly number[]) => Promise<Float64Array>;
  /** M^-1 r, M close to V. */
  readonly precondition: (r: Float64Array, columns: number) => Promise<Float64Array>;
  /** Error of b' V⁺ b at which a column is done. Called again as its estimate improves. */
  readonly tolerance: (column: number, quad: number, smallestEigenvalue: number) => number;
  readonly maxIterations: number;
  /** Smallest eigenvalue of M^-1 V that another solve with the same V and M has seen: error bounds hold from the first step. */
  readonly smallestEigenvalue?: number;
  readonly onIteration?: (iteration: number, active: number) => void;
}

export interface PcgColumn {
  /** b' V⁺ b: the middle of the interval between what the steps add up to and the upper bound. */
  readonly quad: number;
  /** Half that interval. */
  readonly error: number;
  readonly iterations: number;
}

export interface PcgResult {
  readonly columns: readonly PcgColumn[];
  /** order x columns. */
  readonly solution: Float64Array;
  /** Smallest Ritz value of M^-1 V seen. */
  readonly smallestEigenvalue: number;
}

/** Ritz values approach the smallest eigenvalue from above; the error bound takes this fraction of the smallest seen. */
const EIGENVALUE_SAFETY = 0.5;

/**
 * The smallest Ritz value says enough about the spectrum for an error bound once it has kept this fraction of itself over
 * so many steps: before that, where the spectrum is wide, errors may be ten times the bound.
 */
const SETTLED = 0.8;
const SETTLED_STEPS = 2;

/** Rounding of the float32 products, relative to the quadratic form. A residual below it is noise: further steps only amplify it. */
const ROUNDING = 2 ** -22;
/** What the stated error allows for it: near-collinear LD magnifies rounding (seen on mice: 1.1 times ROUNDING). */
const STATED_ROUNDING = 4 * ROUNDING;

/** Rounding of the coarser product may take a column this far beyond its tolerance before it goes on in full. */
const SLACK = 1.1;

/** One column's scalars of the recurrence, from which error bounds are computed anew at each step. */
interface State {
  readonly alphas: number[];
  readonly betas: number[];
  /** Preconditioned squared residual r' M^-1 r. */
  rho: number;
  quad: number;
  error: number;
  done: boolean;
}

/**
 * Preconditioned conjugate gradients on all columns at once: each has its own scalars, and finished columns drop out.
 *
 * The quadratic form grows as sum of alpha_i rho_i; what is missing is the squared energy norm of the error, bounded
 * from above by a Gauss-Radau rule (Meurant & Tichý 2013, eq. 3.6) with a lower bound for the smallest eigenvalue of
 * M^-1 V from the recurrence's own Ritz values over all columns (METHODS 1.9).
 *
 * With `applyInFull` the steps take the coarser product, and the form comes from their solution instead: for any x and
 * r = b - V x in full, b' V⁺ b = b'x + r'x + r' V⁺ r. What is unknown is the last term, of second order: r is the recurrence's
 * residual, whose energy the rule above bounds, and a rest that rounding left, whose energy is at most that of the
 * preconditioner over the smallest eigenvalue. So the coarser product costs steps at most, not certainty.
 * @throws HeredityError `numerical` when a column does not reach its tolerance.
 */
export async function solvePcg(problem: PcgProblem): Promise<PcgResult> {
  if (!problem.applyInFull) return toResult(await takeSteps(problem));
  const full = { ...problem, apply: problem.applyInFull };
  let steps: Steps;
  try {
    steps = await takeSteps(problem);
  } catch (error) {
    // rounding can make a nearly singular matrix indefinite
    if (error instanceof HeredityError && error.tag === 'numerical') return toResult(await takeSteps(full));
    throw error;
  }
  return finishInFull(problem, full, steps);
}

/** What the steps of all columns came to. */
interface Steps {
  readonly states: readonly State[];
  readonly solution: Float64Array;
  /** Residuals of the recurrence when their columns were done: order x columns. */
  readonly residual: Float64Array;
  readonly smallestEigenvalue: number;
}

function toResult({ states, solution, smallestEigenvalue }: Steps): PcgResult {
  const columns = states.map(({ quad, error, alphas }) => ({
    quad: quad + error / 2,
    error: error / 2 + STATED_ROUNDING * quad,
    iterations: alphas.length,
  }));
  return { columns, solution, smallestEigenvalue };
}

async function takeSteps(problem: PcgProblem): Promise<Steps> {
  const { order, columns } = problem;
  const solution = new Float64Array(order * columns);
  const residual = Float64Array.from(problem.b);
  const states: State[] = Array.from({ length: columns }, () => ({
    alphas: [],
    betas: [],
    rho: 0,
    quad: 0,
    error: Infinity,
    done: false,
  }));
  let active = states.map((_, c) => c);
  let r = Float64Array.from(problem.b);
  let z = await problem.precondition(r, active.length);
  let p = Float64Array.from(z);
  for (const [k, c] of active.entries()) {
    states[c].rho = columnDot(r, z, order, active.length, k);
    if (states[c].rho <= 0) Object.assign(states[c], { error: 0, done: true });
  }
  [active, [r, z, p]] = dropFinished(states, active, [r, z, p], order);
  let smallest = problem.smallestEigenvalue ?? Infinity;
  const ritz: number[] = problem.smallestEigenvalue === undefined ? [] : Array(SETTLED_STEPS).fill(smallest);
  for (let iteration = 1; active.length > 0; iteration++) {
    if (iteration > problem.maxIterations) throw notConverged(problem, states, active);
    const width = active.length;
    const vp = await problem.apply(p, active);
    for (const [k, c] of active.entries()) {
      const state = states[c];
      const alpha = state.rho / columnDot(p, vp, order, width, k);
      if (!Number.isFinite(alpha) || alpha <= 0) throw notConverged(problem, states, active);
      state.alphas.push(alpha);
      state.quad += alpha * state.rho;
      for (let j = 0; j < order; j++) {
        solution[j * columns + c] += alpha * p[j * width + k];
        r[j * width + k] -= alpha * vp[j * width + k];
        residual[j * columns + c] = r[j * width + k];
      }
    }
    z = await problem.precondition(r, width);
    for (const [k, c] of active.entries()) {
      const state = states[c];
      const rho = columnDot(r, z, order, width, k);
      const beta = rho / state.rho;
      state.betas.push(beta);
      state.rho = rho;
      for (let j = 0; j < order; j++) p[j * width + k] = z[j * width + k] + beta * p[j * width + k];
      smallest = Math.min(smallest, smallestEigenvalueBound(state.alphas, state.betas));
    }
    ritz.push(smallest);
    const isSettled = smallest >= SETTLED * (ritz.at(-1 - SETTLED_STEPS) ?? Infinity);
    for (const c of active) {
      const state = states[c];
      state.error = radauBound(state, EIGENVALUE_SAFETY * smallest);
      const isGoodEnough =
        isSettled && state.error / 2 <= problem.tolerance(c, state.quad, EIGENVALUE_SAFETY * smallest);
      state.done = isGoodEnough || state.rho <= ROUNDING ** 2 * state.quad;
    }
    [active, [r, z, p]] = dropFinished(states, active, [r, z, p], order);
    problem.onIteration?.(iteration, active.length);
  }
  return { states, solution, residual, smallestEigenvalue: smallest };
}

/** The quadratic forms from the steps' solution and its residual in full; further steps in full where they are not good enough. */
async function finishInFull(problem: PcgProblem, full: PcgProblem, steps: Steps): Promise<PcgResult> {
  const { order, columns, b, tolerance } = problem;
  const { states, solution, residual, smallestEigenvalue } = steps;
  const mu = EIGENVALUE_SAFETY * smallestEigenvalue;
  const every = states.map((_, c) => c);
  const image = await full.apply(solution, every);
  const r = b.map((value, at) => value - image[at]);
  const rest = r.map((value, at) => value - residual[at]);
  const preconditioned = await problem.precondition(rest, columns);
  const results = states.map(({ error, alphas }, c): PcgColumn => {
    const known = columnDot(b, solution, order, columns, c) + columnDot(r, solution, order, columns, c);
    const ofRest = Math.max(0, columnDot(rest, preconditioned, order, columns, c)) / mu;
    const unknown = alphas.length === 0 ? 0 : (Math.sqrt(error) + Math.sqrt(ofRest)) ** 2;
    return {
      quad: known + unknown / 2,
      error: unknown / 2 + STATED_ROUNDING * known,
      iterations: alphas.length,
    };
  });
  const isGoodEnough = ({ quad, error }: PcgColumn, c: number) =>
    error - STATED_ROUNDING * quad <= SLACK * tolerance(c, quad, mu);
  const open = every.filter((c) => !isGoodEnough(results[c], c));
  if (open.length === 0) return { columns: results, solution, smallestEigenvalue };
  const pick = (matrix: Float64Array) =>
    Float64Array.from({ length: order * open.length }, (_, at) => {
      return matrix[Math.floor(at / open.length) * columns + open[at % open.length]];
    });
  const base = open.map((c) => results[c].quad);
  const more = await takeSteps({
    ...full,
    columns: open.length,
    b: pick(r),
    apply: (x, active) =>
      full.apply(
        x,
        active.map((k) => open[k]),
      ),
    tolerance: (k, quad, smallest) => tolerance(open[k], base[k] + quad, smallest),
    smallestEigenvalue,
  });
  for (const [k, c] of open.entries()) {
    const { quad, error, alphas } = more.states[k];
    const known =
      columnDot(b, solution, order, columns, c) + columnDot(r, solution, order, columns, c) + quad;
    results[c] = {
      quad: known + error / 2,
      error: error / 2 + STATED_ROUNDING * known,
      iterations: results[c].iterations + alphas.length,
    };
    for (let j = 0; j < order; j++) solution[j * columns + c] += more.solution[j * open.length + k];
  }
  return {
    columns: results,
    solution,
    smallestEigenvalue: Math.min(smallestEigenvalue, more.smallestEigenvalue),
  };
}

/** Gauss-Radau upper bound of the squared energy norm of the error after the steps taken, mu <= smallest eigenvalue. */
function radauBound({ alphas, betas, rho }: State, mu: number): number {
  let gamma = 1 / mu;
  for (const [k, alpha] of alphas.entries()) {
    const difference = gamma - alpha;
    gamma = difference / (mu * difference + betas[k]);
  }
  return Number.isFinite(gamma) && gamma > 0 ? gamma * rho : rho / mu;
}

function columnDot(a: Float64Array, b: Float64Array, order: number, width: number, k: number): number {
  let sum = 0;
  for (let j = 0, at = k; j < order; j++, at += width) sum += a[at] * b[at];
  return sum;
}

/** Removes the finished columns from row-major matrices. */
function dropFinished<T extends Float64Array[]>(
  states: State[],
  active: number[],
  matrices: T,
  order: number,
): [number[], T] {
  const kept = active.flatMap((c, k) => (states[c].done ? [] : [k]));
  if (kept.length === active.length) return [active, matrices];
  const narrowed = matrices.map((matrix) => {
    const next = new Float64Array(order * kept.length);
    for (let j = 0; j < order; j++)
      for (let k = 0; k < kept.length; k++) next[j * kept.length + k] = matrix[j * active.length + kept[k]];
    return next;
  });
  return [kept.map((k) => active[k]), narrowed as T];
}

function notConverged(problem: PcgProblem, states: State[], active: number[]): HeredityError {
  const worst = largest(active.map((c) => states[c].error));
  return new HeredityError(
    'numerical',
    `conjugate gradients did not converge in ${problem.maxIterations} iterations (error bound ${worst.toExponential(1)})`,
    {
      fix: 'use --solver direct, or leave out near-collinear variants',
    },
  );
}
