import { sharedFloat32 } from '../../../kernels/memory.js';
import type { Quadrature } from '../../../linalg/tridiagonal.js';
import { Stages } from '../../../progress.js';
import { type RunContext, silentRun } from '../../../run.js';
import { LanczosRun } from './lanczos.js';
import type { ChosenOptions } from './options.js';
import { drawProbes } from './probes.js';
import type { Relationship } from './relationship.js';
import { SpectralLikelihood, Spectrum } from './spectral-likelihood.js';

/** A trait's fit with one component: its likelihood as a function of the share h, and where that is largest. */
export interface OneComponentFit {
  readonly likelihood: SpectralLikelihood;
  readonly h: number;
  /** h lies at the end of the range in which V is positive definite, or that the constraint allows. */
  readonly isAtBound: boolean;
  readonly steps: number;
  readonly converged: boolean;
}

/** Traits in one run of the recurrence: enough for the products' full speed, few enough for memory. */
const MOST_COLUMNS = 256;
const COLUMN_NUMBERS = 64 << 20;

/** Steps before the estimates are looked at, and how far apart two looks that agree must be. */
const FIRST_LOOK = 6;
const LAG = 2;

/**
 * REML of every trait with one component. As V = s²(h K + (1 - h) I), one Lanczos run from the trait and one from each random
 * vector give the likelihood at every h: the iteration over variances needs no more products with the genotypes, and all
 * traits measured on the same people share the random vectors. Runs go on until two steps no longer change any h.
 */
export async function fitOneComponent(
  relationship: Relationship,
  meanEigenvalue: readonly number[],
  { vectors, seed, oneComponent: { tolerance, maxSteps, constrain } }: ChosenOptions,
  run: RunContext = silentRun,
): Promise<OneComponentFit[]> {
  const { design } = relationship.data;
  const ofProbes = design.groups.flatMap((_, g) => Array<number>(vectors).fill(g));
  const traits = design.groups.flatMap(({ traits: own, residuals }, g) =>
    own.map((trait, k) => ({ trait, group: g, residual: residuals[k] })),
  );
  const batch = Math.max(1, Math.min(MOST_COLUMNS, Math.floor(COLUMN_NUMBERS / design.stride)));
  const fits: OneComponentFit[] = [];
  let probes: LanczosRun | undefined;
  const stages = new Stages(run.progress);
  for (let from = 0; from < traits.length; from += batch) {
    const own = traits.slice(from, from + batch);
    const first = probes ? 0 : ofProbes.length;
    const columns = sharedFloat32((first + own.length) * design.stride);
    if (!probes) await drawProbes(relationship, ofProbes, seed, columns);
    for (const [k, { residual }] of own.entries())
      columns.set(unitScaled(residual), (first + k) * design.stride);
    const lanczos = new LanczosRun(relationship, columns, [
      ...(probes ? [] : ofProbes),
      ...own.map(({ group }) => group),
    ]);
    const spectra = (lag: number) => {
      const source = probes ?? lanczos;
      return design.groups.map((_, g) => {
        const parts = Array.from({ length: vectors }, (_, i) => source.quadrature(g * vectors + i, lag));
        return new Spectrum(parts, meanEigenvalue[g]);
      });
    };
    const fitAll = (spectrum: readonly Spectrum[], lag: number) => {
      const quadratures = own.map((_, k) => lanczos.quadrature(first + k, lag));
      const [low, high] = bounds([...quadratures, ...spectrum], constrain);
      return own.map(({ group }, k) => {
        const { people, columns: projected } = design.groups[group];
        const n = people.count - projected;
        const likelihood = new SpectralLikelihood(quadratures[k], spectrum[group], n);
        const h = likelihood.maximise(low, high);
        return { likelihood, h, isAtBound: h === low || h === high };
      });
    };
    let latest = [] as ReturnType<typeof fitAll>;
    let converged = false;
    while (!converged && lanczos.steps < maxSteps) {
      await lanczos.step();
      stages.at(`traits ${from + 1} to ${from + own.length}, step ${lanczos.steps}`, from, traits.length);
      if (lanczos.steps < FIRST_LOOK || lanczos.steps % LAG !== 0) continue;
      latest = fitAll(spectra(0), 0);
      const before = fitAll(spectra(LAG), LAG);
      converged = latest.every(
        ({ h, likelihood }, k) =>
          (h < UPPER_BOUND || lanczos.steps >= CERTAIN_STEPS || lanczos.isExhausted) &&
          Math.abs(h - before[k].h) <= Math.max(FINEST, tolerance * likelihood.standardError(h)),
      );
      // later traits may need the random vectors' quadratures to reach further than earlier ones did
      if (probes && !converged && lanczos.steps >= probes.steps) await probes.step();
    }
    if (!probes) probes = lanczos.narrow(ofProbes.length);
    for (const [k, fit] of latest.entries()) fits[own[k].trait] = { ...fit, steps: lanczos.steps, converged };
  }
  stages.end();
  return fits;
}

/** A trait with y'y = n would overflow float32 in unlucky units; its quadrature is of the unit vector anyway. */
function unitScaled(residual: Float64Array): Float64Array {
  let largest = 0;
  for (const value of residual) largest = Math.max(largest, Math.abs(value));
  return residual.map((value) => value / largest);
}

/** Before small eigenvalues are found, a trait may seem to be free of noise: that is believed only after so many steps. */
const CERTAIN_STEPS = 60;

/** A change of h below this never matters. */
const FINEST = 1e-5;

/** V must stay positive definite: h above 0 or so far below it as the largest eigenvalue allows, and below 1. */
const NEAR_BOUND = 1e-6;
const UPPER_BOUND = 1 - NEAR_BOUND;

function bounds(quadratures: readonly Quadrature[], constrain: boolean): [number, number] {
  let largest = 2;
  for (const { nodes } of quadratures) for (const node of nodes) largest = Math.max(largest, node);
  return [constrain ? 0 : -(1 - NEAR_BOUND) / (largest - 1), UPPER_BOUND];
}
