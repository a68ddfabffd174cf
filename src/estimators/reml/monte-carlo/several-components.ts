import { joined, sharedFloat32, sharedFloat64 } from '../../../kernels/memory.js';
import { solveColumns } from '../../../linalg/column-cg.js';
import { norm } from '../../../linalg/orthonormal-basis.js';
import { Stages } from '../../../progress.js';
import { type RunContext, silentRun } from '../../../run.js';
import { randomisedHe } from '../../he/randomised.js';
import { LanczosRun } from './lanczos.js';
import type { ChosenOptions } from './options.js';
import { averageCovariance, calibratedWeights } from './probe-weights.js';
import { drawProbes } from './probes.js';
import { FULL_DIGITS, type Relationship } from './relationship.js';
import { integrate, Spectrum } from './spectral-likelihood.js';
import { trustRegionStep } from './trust-region.js';

/** A trait's fit with several components, in units in which y'y = n. */
export interface ComponentsFit {
  /** Variances of the components, and last that of the noise. */
  readonly variances: Float64Array;
  /** Average information at the variances, order components + 1, row-major. */
  readonly information: Float64Array;
  /** Covariance of the gradient that the random vectors leave. */
  readonly randomCovariance: Float64Array;
  readonly logL: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly isAtBound: boolean;
}

/** The two phases of BOLT-REML (METHODS 6.1): random vectors, and the foreseen rise of log L at which a phase ends. */
const FIRST_VECTORS = 15;
const FIRST_RISE = 1e-2;
const LAST_RISE = 1e-4;

const MOST_ITERATIONS = 20;
/** Residual at which conjugate gradients stop, relative to the right-hand side. */
const RESIDUAL = 5e-4;
/** Least variance of a component or of the noise, of the trait's variance. */
export const LEAST_VARIANCE = 1e-9;
/** Random vectors of the moment estimate from which the iteration starts. */
const START_VECTORS = 5;
const LEAST_START = 0.01;

/** Numbers that the columns of a batch of traits may take. */
const COLUMN_NUMBERS = 64 << 20;

interface TraitState {
  readonly trait: number;
  readonly group: number;
  /** Degrees of freedom: people less columns projected out. */
  readonly n: number;
  readonly y: Float32Array;
  variances: Float64Array;
  /** Solutions for the random vectors and, last, the trait: where the next solve starts. */
  readonly solutions: Float32Array;
  readonly informationSolutions: Float32Array;
  gradient: Float64Array;
  information: Float64Array;
  /** By random vector, half of z'V⁻¹K_k z. */
  traces: Float64Array[];
  /** y'V⁻¹y. */
  form: number;
  radius: number;
  iterations: number;
  converged: boolean;
}

/**
 * REML of every trait with several components by BOLT-REML's iteration: Newton steps with average information in a trust
 * region, gradients from random vectors that stay the same, in two phases. All random vectors of all traits are columns
 * of the same products; each solve starts from the last one's solution, which is close.
 */
export async function fitComponents(
  relationship: Relationship,
  traces: readonly Float64Array[],
  options: ChosenOptions,
  run: RunContext = silentRun,
): Promise<ComponentsFit[]> {
  const { design } = relationship.data;
  const starts = await startingVariances(relationship, options.seed);
  const probes = await ProbeSet.draw(relationship, traces, options);
  const count = relationship.sizes.length;
  const traits = design.groups.flatMap(({ traits: own, residuals, people, columns }, group) =>
    own.map((trait, k) => ({ trait, group, n: people.count - columns, residual: residuals[k] })),
  );
  const batch = Math.max(1, Math.floor(COLUMN_NUMBERS / design.stride / (options.vectors + count + 2)));
  const fits: ComponentsFit[] = [];
  const stages = new Stages(run.progress);
  for (let from = 0; from < traits.length; from += batch) {
    const states = traits.slice(from, from + batch).map(({ trait, group, n, residual }): TraitState => {
      const y = sharedFloat32(design.stride);
      const scale = Math.sqrt(n) / norm(residual);
      y.set(residual.map((value) => value * scale));
      return {
        trait,
        group,
        n,
        y,
        variances: starts[trait],
        solutions: sharedFloat32((options.vectors + 1) * design.stride),
        informationSolutions: sharedFloat32((count + 1) * design.stride),
        gradient: new Float64Array(count + 1),
        information: new Float64Array((count + 1) ** 2),
        traces: [],
        form: 0,
        radius: Infinity,
        iterations: 0,
        converged: false,
      };
    });
    const solver = new ComponentSolver(relationship, probes, (stage) =>
      stages.at(stage, from, traits.length),
    );
    const first = Math.min(FIRST_VECTORS, options.vectors);
    if (first < options.vectors) await iterate(solver, states, first, FIRST_RISE);
    await iterate(solver, states, options.vectors, LAST_RISE);
    const determinants = await solver.logDeterminants(states);
    for (const [k, state] of states.entries()) {
      fits[state.trait] = {
        variances: state.variances,
        information: state.information,
        randomCovariance: averageCovariance(state.traces, probes.formsOf(state.group), count),
        logL: -0.5 * (determinants[k] + state.form),
        iterations: state.iterations,
        converged: state.converged,
        isAtBound: state.variances.some((value) => value <= LEAST_VARIANCE),
      };
    }
  }
  stages.end();
  return fits;
}

/** Moment estimates, kept off the bounds, adding up to the trait's variance. */
async function startingVariances({ data }: Relationship, seed: number): Promise<Float64Array[]> {
  const jackknife = new Int32Array(data.genotypes.count);
  const estimates = await randomisedHe(
    { ...data, jackknife },
    { vectors: START_VECTORS, exact: false, controls: false, seed, noiseTrace: 'projected' },
  );
  return estimates.map(({ components, h2 }) => {
    const shares = [...components.map((c) => c.h2.estimate), 1 - h2].map((share) =>
      Math.min(1, Math.max(LEAST_START, share)),
    );
    const sum = shares.reduce((total, share) => total + share, 0);
    return Float64Array.from(shares, (share) => share / sum);
  });
}

/** Random vectors of each group of people, of squared norm n, with their scores and weights. */
class ProbeSet {
  readonly vectors: number;
  /** Columns over samples by group and vector. */
  readonly columns: Float32Array;
  /** X'z: variants x (group, vector). */
  readonly scores: Float32Array;
  readonly width: number;
  /** z'K_k z by group and vector. */
  readonly #forms: readonly (readonly Float64Array[])[];
  readonly #traces: readonly Float64Array[];

  private constructor(
    vectors: number,
    columns: Float32Array,
    scores: Float32Array,
    forms: readonly (readonly Float64Array[])[],
    traces: readonly Float64Array[],
  ) {
    this.vectors = vectors;
    this.columns = columns;
    this.scores = scores;
    this.width = forms.length * vectors;
    this.#forms = forms;
    this.#traces = traces;
  }

  static async draw(
    relationship: Relationship,
    traces: readonly Float64Array[],
    { vectors, seed }: ChosenOptions,
  ): Promise<ProbeSet> {
    const { design, genotypes, components } = relationship.data;
    const groups = design.groups.flatMap((_, g) => Array<number>(vectors).fill(g));
    const columns = sharedFloat32(groups.length * design.stride);
    await drawProbes(relationship, groups, seed, columns);
    for (const [p, g] of groups.entries()) {
      const column = columns.subarray(p * design.stride, (p + 1) * design.stride);
      let square = 0;
      for (let i = 0; i < column.length; i++) square += column[i] ** 2;
      const scale = Math.sqrt((design.groups[g].people.count - design.groups[g].columns) / square);
      for (let i = 0; i < column.length; i++) column[i] *= scale;
    }
    const width = groups.length;
    const count = components.names.length;
    const scores = sharedFloat32(genotypes.count * width);
    const forms = design.groups.map(() => Array.from({ length: vectors }, () => new Float64Array(count)));
    await relationship.scores(columns, width, (first, part) => {
      scores.set(part, first * width);
      for (let at = 0; at < part.length; at++) {
        const [j, p] = [first + Math.floor(at / width), at % width];
        for (let k = 0; k < count; k++)
          forms[groups[p]][p % vectors][k] +=
            (components.weights[j * count + k] / relationship.sizes[k]) * part[at] ** 2;
      }
    });
    return new ProbeSet(vectors, columns, scores, forms, traces);
  }

  column(group: number, vector: number, stride: number): Float32Array {
    const at = (group * this.vectors + vector) * stride;
    return this.columns.subarray(at, at + stride);
  }

  formsOf(group: number): readonly Float64Array[] {
    return this.#forms[group];
  }

  /** Weights of the first vectors, with which the known traces come out. */
  weights(group: number, vectors: number): Float64Array {
    return calibratedWeights(this.#forms[group].slice(0, vectors), this.#traces[group]);
  }

  traces(group: number): Float64Array {
    return this.#traces[group];
  }
}

/** One phase: Newton steps of all traits side by side until each has converged. */
async function iterate(
  solver: ComponentSolver,
  states: readonly TraitState[],
  vectors: number,
  rise: number,
): Promise<void> {
  for (const state of states) Object.assign(state, { radius: Infinity, converged: false });
  await solver.gradients(states, vectors);
  await solver.informations(states);
  let active = [...states];
  for (let iteration = 0; iteration < MOST_ITERATIONS && active.length > 0; iteration++) {
    const steps = new Map<TraitState, ReturnType<typeof trustRegionStep>>();
    for (const state of active) {
      state.iterations++;
      const step = trustRegionStep(
        state.gradient,
        state.information,
        state.variances,
        LEAST_VARIANCE,
        state.radius,
      );
      steps.set(state, step);
      state.converged = step.predicted < rise;
    }
    const moving = active.filter(({ converged }) => !converged);
    const before = moving.map(({ variances, gradient, form }) => ({ variances, gradient, form }));
    for (const state of active)
      state.variances = state.variances.map((value, k) =>
        Math.max(LEAST_VARIANCE, value + steps.get(state)!.step[k]),
      );
    const failed = moving.length > 0 ? await solver.gradients(moving, vectors) : [];
    const accepted: TraitState[] = [];
    for (const [k, state] of moving.entries()) {
      const { step, predicted, length } = steps.get(state)!;
      const old = before[k].gradient;
      const actual = step.reduce((sum, value, i) => sum + (value * (old[i] + state.gradient[i])) / 2, 0);
      const isWorse = norm(state.gradient) > 2 * norm(old) || failed.includes(state);
      const ratio = isWorse ? -1 : actual / predicted;
      if (ratio > ACCEPT) accepted.push(state);
      else Object.assign(state, before[k]);
      if (ratio <= ACCEPT) state.radius = SHRINK * length;
      else if (ratio > GOOD) state.radius = Math.max(state.radius, GROW * length);
    }
    if (accepted.length > 0) await solver.informations(accepted);
    active = moving;
  }
}

const ACCEPT = 1e-4;
const GOOD = 0.99;
const SHRINK = 0.25;
const GROW = 3.5;

/** Solves with each trait's V, all traits' columns in the same products. */
class ComponentSolver {
  readonly #relationship: Relationship;
  readonly #probes: ProbeSet;
  readonly #onStage: (stage: string) => void;

  constructor(relationship: Relationship, probes: ProbeSet, onStage: (stage: string) => void) {
    this.#relationship = relationship;
    this.#probes = probes;
    this.#onStage = onStage;
  }

  /** V⁻¹z, V⁻¹y and with them each trait's gradient; returns the traits whose V is not positive definite. */
  async gradients(states: readonly TraitState[], vectors: number): Promise<TraitState[]> {
    const { design, components } = this.#relationship.data;
    const { stride } = design;
    const width = vectors + 1;
    const columns = states.flatMap((state) => [
      ...Array.from({ length: vectors }, (_, t) => this.#probes.column(state.group, t, stride)),
      state.y,
    ]);
    const b = joined(sharedFloat32, columns);
    const starts = states.flatMap(({ solutions }) => [
      ...Array.from({ length: vectors }, (_, t) => solutions.subarray(t * stride, (t + 1) * stride)),
      solutions.subarray(solutions.length - stride),
    ]);
    const x = joined(sharedFloat32, starts);
    const failed = await this.#solve(states, width, b, x);
    for (const [c, start] of starts.entries()) start.set(x.subarray(c * stride, (c + 1) * stride));

    const count = components.names.length;
    const sums = states.map(() => Array.from({ length: width }, () => new Float64Array(count + 1)));
    await this.#relationship.scores(x, columns.length, (first, scores) => {
      const variants = scores.length / columns.length;
      for (let j = 0; j < variants; j++) {
        for (let k = 0; k < count; k++) {
          const weight = components.weights[(first + j) * count + k] / this.#relationship.sizes[k];
          if (weight === 0) continue;
          for (const [s, { group }] of states.entries()) {
            const at = j * columns.length + s * width;
            const probe = (first + j) * this.#probes.width + group * this.#probes.vectors;
            const own = sums[s];
            for (let t = 0; t < vectors; t++)
              own[t][k] += weight * scores[at + t] * this.#probes.scores[probe + t];
            own[vectors][k] += weight * scores[at + vectors] ** 2;
          }
        }
      }
    });
    for (const [s, state] of states.entries()) {
      const own = sums[s];
      const solution = (t: number) => x.subarray((s * width + t) * stride, (s * width + t + 1) * stride);
      for (let t = 0; t < vectors; t++)
        own[t][count] = dot(solution(t), this.#probes.column(state.group, t, stride));
      own[vectors][count] = dot(solution(vectors), solution(vectors));
      state.form = dot(solution(vectors), state.y);
      state.traces = own.slice(0, vectors).map((values) => values.map((value) => value / 2));
      const weights = this.#probes.weights(state.group, vectors);
      state.gradient = own[vectors].map(
        (value, k) => value / 2 - state.traces.reduce((sum, values, t) => sum + weights[t] * values[k], 0),
      );
    }
    return failed.map((c) => states[Math.floor(c / width)]);
  }

  /** Average information (K_i V⁻¹y)'V⁻¹(K_j V⁻¹y) / 2, K of the noise being I, from the solutions of the last gradient. */
  async informations(states: readonly TraitState[]): Promise<void> {
    const { design, components } = this.#relationship.data;
    const { stride } = design;
    const count = components.names.length;
    const order = count + 1;
    const groups = states.flatMap(({ group }) => Array<number>(count).fill(group));
    const solutions = joined(
      sharedFloat32,
      states.flatMap((state) => Array<Float32Array>(count).fill(lastColumn(state.solutions, stride))),
    );
    const factors = Float64Array.from({ length: groups.length * count }, (_, at) =>
      Number(at % count === Math.floor(at / count) % count),
    );
    const images = sharedFloat64(groups.length * stride);
    await this.#relationship.apply(solutions, groups, factors, FULL_DIGITS, images);
    const b = sharedFloat32(states.length * order * stride);
    for (const [s, state] of states.entries()) {
      b.set(images.subarray(s * count * stride, (s + 1) * count * stride), s * order * stride);
      b.set(lastColumn(state.solutions, stride), (s * order + count) * stride);
    }
    const x = joined(
      sharedFloat32,
      states.map(({ informationSolutions }) => informationSolutions),
    );
    await this.#solve(states, order, b, x);
    for (const [s, state] of states.entries()) {
      const part = (array: Float32Array, k: number) =>
        array.subarray((s * order + k) * stride, (s * order + k + 1) * stride);
      state.informationSolutions.set(x.subarray(s * order * stride, (s + 1) * order * stride));
      const information = new Float64Array(order * order);
      for (let i = 0; i < order; i++)
        for (let j = 0; j < order; j++) information[i * order + j] = dot(part(b, i), part(x, j)) / 2;
      state.information = information.map(
        (value, at) => (value + information[(at % order) * order + Math.floor(at / order)]) / 2,
      );
    }
  }

  /** log|M V M| of each trait by stochastic Lanczos quadrature (METHODS 6.2). */
  async logDeterminants(states: readonly TraitState[]): Promise<number[]> {
    const { design } = this.#relationship.data;
    const { vectors } = this.#probes;
    const count = this.#relationship.sizes.length;
    const columns = joined(
      sharedFloat32,
      states.flatMap(({ group }) =>
        Array.from({ length: vectors }, (_, t) => this.#probes.column(group, t, design.stride)),
      ),
    );
    const groups = states.flatMap(({ group }) => Array<number>(vectors).fill(group));
    const factors = Float64Array.from(
      states.flatMap(({ variances }) =>
        Array.from({ length: vectors }, () => [...variances.subarray(0, count)]).flat(),
      ),
    );
    const run = new LanczosRun(this.#relationship, columns, groups, factors);
    let values: number[] = [];
    for (;;) {
      await run.step();
      this.#onStage(`log-likelihood, step ${run.steps}`);
      const latest = states.map(({ group, variances, n }, s) => {
        const parts = Array.from({ length: vectors }, (_, t) => run.quadrature(s * vectors + t));
        const mean = this.#probes.traces(group).reduce((sum, trace, k) => sum + variances[k] * trace, 0) / n;
        const noise = variances[count];
        return n * integrate(new Spectrum(parts, mean), (theta) => Math.log(Math.max(theta, 0) + noise));
      });
      const isSettled = latest.every((value, s) => Math.abs(value - (values[s] ?? Infinity)) < SETTLED);
      values = latest;
      if (isSettled || run.steps >= MOST_LIKELIHOOD_STEPS) return values;
    }
  }

  async #solve(
    states: readonly TraitState[],
    width: number,
    b: Float32Array,
    x: Float32Array,
  ): Promise<readonly number[]> {
    const { genotypes, design } = this.#relationship.data;
    const { stride } = design;
    const count = this.#relationship.sizes.length;
    const { failed } = await solveColumns({
      pool: genotypes.pool,
      stride,
      b,
      x,
      tolerance: RESIDUAL,
      maxSteps: MOST_STEPS,
      apply: async (p, active, out) => {
        const own = active.map((c) => states[Math.floor(c / width)]);
        const factors = Float64Array.from(own.flatMap(({ variances }) => [...variances.subarray(0, count)]));
        const groups = own.map(({ group }) => group);
        await this.#relationship.apply(p, groups, factors, FULL_DIGITS, out);
        for (const [k, { variances }] of own.entries()) {
          const noise = variances[count];
          for (let i = k * stride; i < (k + 1) * stride; i++) out[i] += noise * p[i];
        }
      },
      onStep: (step, active) => this.#onStage(`conjugate gradients, step ${step} of ${active} columns`),
    });
    return failed;
  }
}

const MOST_STEPS = 500;
/** Change of log|V| at which its quadrature has converged. */
const SETTLED = 0.01;
const MOST_LIKELIHOOD_STEPS = 100;

const lastColumn = (columns: Float32Array, stride: number): Float32Array =>
  columns.subarray(columns.length - stride);

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
