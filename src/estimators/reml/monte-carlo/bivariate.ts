import { sharedFloat32 } from '../../../kernels/memory.js';
import { dot, norm } from '../../../linalg/orthonormal-basis.js';
import type { Quadrature } from '../../../linalg/tridiagonal.js';
import { Stages } from '../../../progress.js';
import { type RunContext, silentRun } from '../../../run.js';
import {
  averageInformation,
  type BivariateFailure,
  type BivariateFit,
  type BivariateMeasure,
  type BivariateModel,
  bivariateScore,
  type Coordinates,
  covarianceOf,
  fitBivariate,
  PARAMETERS,
  type Symmetric2,
} from '../bivariate-fit.js';
import { LanczosRun } from './lanczos.js';
import type { ChosenOptions } from './options.js';
import { drawProbes } from './probes.js';
import { Relationship, type RelationshipData } from './relationship.js';
import { integrate, Spectrum } from './spectral-likelihood.js';

/** Columns in one run of the recurrence: enough for the products' full speed, few enough for memory. */
const MOST_COLUMNS = 256;
const COLUMN_NUMBERS = 64 << 20;
/** Steps before fits are looked at, and how far apart two looks that agree must be. */
const FIRST_LOOK = 6;
const LAG = 2;
const MOST_ITERATIONS = 100;

type Fit = BivariateFit | BivariateFailure;

export interface PairFit {
  readonly fit: Fit;
  /** Steps of the recurrence, and whether the last of them changed nothing any more. */
  readonly steps: number;
  readonly converged: boolean;
}

/**
 * REML of pairs of traits together, V = Σg⊗K + Σe⊗I, with one relationship matrix known by its products with the genotypes (METHODS 6).
 * Whatever REML needs is a form y_a'f(K)y_b or a trace of f(K): one Lanczos run from each trait, from the sum of each pair and from each random
 * vector gives them for all f, so that the iterations need no more products.
 * @param pairs traits of the design, of one group each.
 */
export async function fitPairsByVectors(
  data: RelationshipData,
  pairs: readonly (readonly [number, number])[],
  { vectors, seed, oneComponent: { tolerance, maxSteps } }: ChosenOptions,
  run: RunContext = silentRun,
): Promise<PairFit[]> {
  const relationship = new Relationship(data);
  const { design } = data;
  const means = (await relationship.traces()).map(
    ([trace], g) => trace / (design.groups[g].people.count - design.groups[g].columns),
  );
  const jobs = pairs.map(([a, b]) => {
    const group = design.groups.findIndex(({ traits }) => traits.includes(a));
    const { traits, residuals } = design.groups[group];
    return { group, traits: [a, b] as const, sides: [a, b].map((t) => residuals[traits.indexOf(t)]) };
  });
  const ofProbes = design.groups.flatMap((_, g) => Array<number>(vectors).fill(g));
  const room = Math.max(3, Math.min(MOST_COLUMNS, Math.floor(COLUMN_NUMBERS / design.stride)));
  const stages = new Stages(run.progress);
  const found: PairFit[] = [];
  let probes: LanczosRun | undefined;
  for (const batch of batches(jobs, room)) {
    const first = probes ? 0 : ofProbes.length;
    const { columns: own, placeOf } = columnsOf(batch);
    const columns = sharedFloat32((first + own.length) * design.stride);
    if (!probes) await drawProbes(relationship, ofProbes, seed, columns);
    for (const [c, { values }] of own.entries()) columns.set(values, (first + c) * design.stride);
    const lanczos = new LanczosRun(relationship, columns, [
      ...(probes ? [] : ofProbes),
      ...own.map(({ group }) => group),
    ]);
    const fitAll = (before: readonly Fit[]) => {
      const source = probes ?? lanczos;
      const spectra = design.groups.map((_, g) => {
        const parts = Array.from({ length: vectors }, (__, i) => source.quadrature(g * vectors + i));
        return new Spectrum(parts, means[g]);
      });
      return batch.map((job, k) => {
        const { people, columns: projected } = design.groups[job.group];
        const n = people.count - projected;
        const quadratures = placeOf(job).map((c) => lanczos.quadrature(first + c));
        const model = new SpectralModel(pairForms(quadratures, job.sides), spectra[job.group], n);
        const [v1, v12, v2] = covarianceOf(job.sides[0], job.sides[1], n);
        const half: Symmetric2 = [v1 / 2, v12 / 2, v2 / 2];
        const fitFrom = (start: Pick<BivariateFit, 'genetic' | 'residual'>) =>
          fitBivariate(model, start, MOST_ITERATIONS);
        const last = before[k];
        const found = last !== undefined && typeof last !== 'string' ? fitFrom(last) : 'not-converged';
        return typeof found === 'string' ? fitFrom({ genetic: half, residual: half }) : found;
      });
    };
    let latest: Fit[] = [];
    let agree = batch.map(() => false);
    while (!agree.every(Boolean) && lanczos.steps < maxSteps) {
      await lanczos.step();
      stages.at(
        `pairs ${found.length + 1} to ${found.length + batch.length}, step ${lanczos.steps}`,
        found.length,
        jobs.length,
      );
      if (lanczos.steps >= FIRST_LOOK && lanczos.steps % LAG === 0) {
        const before = latest;
        latest = fitAll(before);
        agree = latest.map(
          (fit, k) => lanczos.isExhausted || isAlike(fit, before[k], tolerance, lanczos.steps),
        );
      }
      // later pairs may need the random vectors' quadratures to reach further than earlier ones did
      if (probes && lanczos.steps >= probes.steps) await probes.step();
    }
    if (!probes) probes = lanczos.narrow(ofProbes.length);
    for (const [k, fit] of latest.entries()) found.push({ fit, steps: lanczos.steps, converged: agree[k] });
  }
  stages.end();
  return found;
}

interface Job {
  readonly group: number;
  readonly traits: readonly [number, number];
  /** Residuals of both traits. */
  readonly sides: readonly Float64Array[];
}

/** Runs of pairs whose traits and sums are no more columns than there is room for. */
function batches(jobs: readonly Job[], room: number): Job[][] {
  const found: Job[][] = [];
  let traits = new Set<number>();
  for (const job of jobs) {
    const next = new Set([...traits, ...job.traits]);
    const last = found.at(-1);
    if (last && next.size + last.length + 1 <= room) {
      last.push(job);
      traits = next;
    } else {
      found.push([job]);
      traits = new Set(job.traits);
    }
  }
  return found;
}

/** The traits of some pairs, then the sum of both of each, at unit length. */
function columnsOf(jobs: readonly Job[]) {
  const columns: { readonly group: number; readonly values: Float64Array }[] = [];
  const places = new Map<number, number>();
  const unit = (values: Float64Array) => values.map((value) => value / norm(values));
  for (const { group, traits, sides } of jobs)
    for (const [k, trait] of traits.entries())
      if (!places.has(trait)) {
        places.set(trait, columns.length);
        columns.push({ group, values: unit(sides[k]) });
      }
  const sums = new Map<Job, number>();
  for (const job of jobs) {
    const [a, b] = job.sides.map(unit);
    sums.set(job, columns.length);
    columns.push({ group: job.group, values: a.map((value, i) => value + b[i]) });
  }
  const placeOf = (job: Job) => [places.get(job.traits[0])!, places.get(job.traits[1])!, sums.get(job)!];
  return { columns, placeOf };
}

type Spectral = (eigenvalue: number) => number;

/** y_a'f(K)y_b of two traits (11, 12, 22). */
type PairForms = (f: Spectral) => Symmetric2;

/** Of {@link SpectralModel}. @param quadratures of both traits and of the sum of both at unit length. */
export function pairForms(quadratures: readonly Quadrature[], [a, b]: readonly Float64Array[]): PairForms {
  const [first, second, sum] = quadratures;
  const [ofA, ofB] = [norm(a), norm(b)];
  // squared norm of the sum at unit length
  const square = 2 + (2 * dot(a, b)) / (ofA * ofB);
  return (f) => {
    const [own, other, both] = [integrate(first, f), integrate(second, f), square * integrate(sum, f)];
    return [ofA ** 2 * own, (ofA * ofB * (both - own - other)) / 2, ofB ** 2 * other];
  };
}

/** Two traits by the eigenvalues of K, or what stands for them. */
export class SpectralModel implements BivariateModel {
  readonly n: number;
  readonly #forms: PairForms;
  readonly #spectrum: Spectrum;

  /** @param spectrum of K. @param n people less columns projected out. */
  constructor(forms: PairForms, spectrum: Spectrum, n: number) {
    this.n = n;
    this.#forms = forms;
    this.#spectrum = spectrum;
  }

  measure({ t, d }: Coordinates): BivariateMeasure | BivariateFailure {
    const { nodes } = this.#spectrum;
    if (nodes.some((node) => !(d[0] * node + 1 > 0 && d[1] * node + 1 > 0))) return 'not-positive-definite';
    const mean = (f: Spectral) => integrate(this.#spectrum, f);
    const inverse = d.map(
      (own): Spectral =>
        (node) =>
          1 / (own * node + 1),
    );
    // z_i'f(K)z_j, z = T y
    const form = (i: number, j: number, f: Spectral) => {
      const [y11, y12, y22] = this.#forms(f);
      const [ai, bi, aj, bj] = [t[2 * i], t[2 * i + 1], t[2 * j], t[2 * j + 1]];
      return ai * aj * y11 + (ai * bj + bi * aj) * y12 + bi * bj * y22;
    };
    const power = (exponent: number): Spectral => (exponent === 0 ? () => 1 : (node) => node ** exponent);
    const between = (i: number, j: number, exponent: number) => {
      const raised = power(exponent);
      return form(i, j, (node) => raised(node) * inverse[i](node) * inverse[j](node));
    };
    const ofTraces = inverse.map((own) => [(node: number) => node * own(node), own] as const);
    let logLikelihood = 0;
    for (const k of [0, 1])
      logLikelihood -= (this.n * mean((node) => Math.log(d[k] * node + 1)) + form(k, k, inverse[k])) / 2;
    return {
      logLikelihood,
      score: bivariateScore(
        ofTraces.map(([withK, without]) => [this.n * mean(withK), this.n * mean(without)] as const),
        [1, 0].map((e): Symmetric2 => [between(0, 0, e), between(0, 1, e), between(1, 1, e)]),
      ),
      // vectors K u_1, K u_2, u_1, u_2
      information: averageInformation((a, b, k) => {
        const raised = power(Number(a < 2) + Number(b < 2));
        const [i, j] = [a % 2, b % 2];
        return form(i, j, (node) => raised(node) * inverse[i](node) * inverse[j](node) * inverse[k](node));
      }),
      random: this.#random([...ofTraces[0], ...ofTraces[1]]),
    };
  }

  /**
   * What the random vectors leave in the score, by tr PK and tr P of both sides: a vector's tr f / 2 has variance tr f² / 2, less what the
   * calibrated mean explains (as SpectralLikelihood.randomShare).
   */
  #random(functions: readonly Spectral[]): Float64Array {
    const mean = (f: Spectral) => integrate(this.#spectrum, f);
    const means = functions.map(mean);
    const middle = mean((node) => node);
    const spread = mean((node) => (node - middle) ** 2);
    const slopes = functions.map((f, p) =>
      spread > 0 ? mean((node) => (f(node) - means[p]) * (node - middle)) / spread : 0,
    );
    const left = functions.map(
      (f, p): Spectral =>
        (node) =>
          f(node) - means[p] - slopes[p] * (node - middle),
    );
    const random = new Float64Array(PARAMETERS * PARAMETERS);
    for (const [p, at] of TRACED.entries())
      for (const [r, other] of TRACED.entries())
        random[at * PARAMETERS + other] =
          (this.n * mean((node) => left[p](node) * left[r](node))) / 2 / this.#spectrum.vectors;
    return random;
  }
}

/** The parameters whose score has a trace: Σg,11, Σe,11, Σg,22, Σe,22. */
const TRACED = [0, 3, 2, 5];

/** Before small eigenvalues are found, a pair may seem to have no fit: that is believed only after so many steps. */
const CERTAIN_STEPS = 60;

/** Whether no variance or covariance differs by more than a part of its standard error from that of the look before. */
function isAlike(fit: Fit, before: Fit | undefined, tolerance: number, steps: number): boolean {
  if (before === undefined) return false;
  if (typeof fit === 'string' || typeof before === 'string') return fit === before && steps >= CERTAIN_STEPS;
  const [own, other] = [fit, before].map(({ genetic, residual }) => [...genetic, ...residual]);
  return own.every(
    (value, p) => Math.abs(value - other[p]) <= tolerance * Math.sqrt(fit.covariance[p * (PARAMETERS + 1)]),
  );
}
