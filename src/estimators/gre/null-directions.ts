import { HeredityError } from '../../errors.js';
import { streamOf } from '../../kernels/random-stream.js';
import { solvePcg } from '../../linalg/pcg.js';
import { symmetricEigenvalues } from '../../linalg/symmetric-eigenvalues.js';
import { Stages } from '../../progress.js';
import { type RunContext, silentRun } from '../../run.js';
import type { LdOperator } from './iterative.js';

/** Probes of the first try: enough to see whether there is any null direction. More follow to count them. */
const FIRST_PROBES = 4;

/** Beyond so many, the direct solver is the cheaper way to the rank. */
const MOST_PROBES = 64;

/** So few null directions among the probes stand clear of each other; with more, probes are doubled. */
const SAFE_SHARE = 1 / 3;

/** A null direction adds a χ² variable to a probe's M-norm; what conjugate gradients leave unsolved stays far below it. */
const UNSOLVED = 4e-3;
const PRESENT = 0.03;

export interface NullDirections {
  readonly count: number;
  /** Smallest eigenvalue of the preconditioned operator that the probes met, null directions aside. */
  readonly smallestEigenvalue?: number;
}

/**
 * Dimension of the null space of V beyond the collinearity that the runs removed: SNPs duplicated far away, sums of SNPs
 * in different runs.
 *
 * For a random z, conjugate gradients on V x = V z, started at 0, converge to the x nearest to z in the norm of the
 * preconditioner M, so z - x lies in the null space, and is 0 where there is none. With z drawn so that its covariance is M^-1, its squared
 * M-norm is a χ² with one degree of freedom a null direction, so that the Gram matrix of several probes' remainders has as
 * many eigenvalues that are not small as there are null directions (METHODS 1.9).
 */
export async function countNullDirections(
  operator: LdOperator,
  group: number,
  seed: number,
  run: RunContext = silentRun,
): Promise<NullDirections> {
  const order = operator.kept.length;
  const { design } = operator.data;
  const { people, columns } = design.groups[group];
  // one run: its own pivoted Cholesky saw everything, but for what covariates and absent people take away
  if (operator.runs.length < 2 && columns === 1 && people.count === design.samples) return { count: 0 };
  for (let probes = FIRST_PROBES; ; probes *= 2) {
    const found = await countWith(operator, group, Math.min(probes, order), seed, run);
    if (found.count <= SAFE_SHARE * probes || probes >= order) return found;
    if (probes >= MOST_PROBES) {
      throw new HeredityError('numerical', `more than ${found.count} variants depend on variants far away`, {
        fix: 'use --solver direct, or leave out duplicated variants',
      });
    }
  }
}

async function countWith(
  operator: LdOperator,
  group: number,
  probes: number,
  seed: number,
  run: RunContext,
): Promise<NullDirections> {
  const order = operator.kept.length;
  const { preconditioner } = operator;
  const { kernels } = operator.data.genotypes.pool;
  const white = new Float64Array(order * probes);
  kernels.normal(seed, streamOf('nullDirections', 0), 0, white);
  const z = preconditioner.colour(white, probes);
  const groups = Array.from({ length: probes }, () => group);
  const b = await operator.apply(z, groups);
  const stages = new Stages(run.progress);
  const { solution, smallestEigenvalue } = await solvePcg({
    order,
    columns: probes,
    b,
    ...operator.products(probes, (active) => active.map(() => group)),
    precondition: (r, width) => preconditioner.solve(r, width),
    tolerance: (_, __, smallestEigenvalue) => UNSOLVED * smallestEigenvalue,
    maxIterations: 500,
    onIteration: (iteration, active) => stages.at(`rank, step ${iteration}`, probes - active, probes),
  });
  stages.end();
  const remainder = z.map((value, k) => value - solution[k]);
  const whitened = preconditioner.whiten(remainder, probes); // its plain Gram matrix is that of the remainder in the norm of M
  const gram = new Float64Array(probes * probes);
  for (let j = 0; j < order; j++) {
    for (let a = 0; a < probes; a++)
      for (let c = 0; c < probes; c++)
        gram[a * probes + c] += whitened[j * probes + a] * whitened[j * probes + c];
  }
  return {
    count: symmetricEigenvalues(gram, probes).filter((value) => value > PRESENT).length,
    smallestEigenvalue,
  };
}
