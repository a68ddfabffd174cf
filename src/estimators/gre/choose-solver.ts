import { STANDARD_RATES, secondsOf, times, together, type Work } from '../../kernels/rates.js';
import { localRunBytes, RUN_VARIANTS, VARIANTS_BEFORE } from '../../ld/local-runs.js';
import { tiledLowerBytes } from '../../linalg/tiled-lower.js';

export type Solver = 'direct' | 'iterative';

export interface SolverCost {
  readonly solver: Solver;
  readonly work: Work;
  /** About how long on this many threads of a usual machine, by which the choice goes. */
  readonly seconds: number;
  /** Memory beside the packed genotypes. */
  readonly bytes: number;
}

/** Work of a block: people, variants, groups of people, vectors projected in each group. */
export interface SolverWork {
  readonly samples: number;
  readonly variants: number;
  readonly groups: number;
  /** Vectors over all groups. */
  readonly vectors: number;
  readonly threads: number;
}

const MOST_ITERATIONS = 100;
/** Columns that counting null directions costs: half as many, for twice as many steps. */
const RANK_PROBES = 8;

/**
 * Seconds of one thread that conjugate gradients have to save. The direct solver has no error but rounding, and needs no LD that can be
 * inverted: in closely related animals, whose variants are nearly copies of each other, conjugate gradients do not converge.
 */
const LEAST_SAVING = 20;

/** Bytes of conjugate gradients over people: columns and products of each vector, and packed rows of two runs. */
export const solverVectorBytes = (samples: number, vectors: number): number =>
  28 * samples * (vectors + RANK_PROBES) + (2 * (1.5 * RUN_VARIANTS + VARIANTS_BEFORE) * samples) / 4;

/**
 * About how many steps conjugate gradients take: as the square root of the condition number of X'X/n, which for independent variants
 * is (1 + √γ)/(1 - √γ) with γ = p/n (Marchenko and Pastur 1967). Measured: 3 at γ = 0.03, 6 at 0.15, 12 at 0.5, 34 at 0.8.
 */
function iterationsOf(samples: number, variants: number): number {
  const root = Math.sqrt(variants / samples);
  const steps = root < 1 ? 1 + (2 * (1 + root)) / (1 - root) : MOST_ITERATIONS;
  return Math.min(MOST_ITERATIONS, steps);
}

/** Time and memory of both solvers for a block (METHODS 1.9: "choose by cost"). */
function solverCosts(block: SolverWork): Record<Solver, SolverCost> {
  const { samples, variants, groups, vectors } = block;
  const genotypes = samples * variants;
  const factor: Work = { pairs: (variants * genotypes) / 2, dense: variants ** 3 / 3 };
  const solutions: Work = { products: vectors * (2 * genotypes + variants ** 2) };
  const preconditioner: Work = { pairs: variants * (RUN_VARIANTS / 2 + VARIANTS_BEFORE) * samples };
  const columns = vectors + RANK_PROBES;
  // beside the steps: X'y, and the residual in full
  const steps: Work = {
    products: (2 * iterationsOf(samples, variants) * columns + 3 * vectors) * genotypes,
  };
  return {
    direct: {
      ...timed('direct', together(times(groups, factor), solutions), block),
      bytes: tiledLowerBytes(variants) + (groups > 1 ? genotypes / 4 : 0),
    },
    iterative: {
      ...timed('iterative', together(steps, preconditioner), block),
      bytes: localRunBytes(variants) + solverVectorBytes(samples, vectors),
    },
  };
}

/** Blocks of so few variants are solved by a thread each, with a factor of its own, where there are many. */
const SMALL_BLOCK = 1024;

export const isSmallBlock = (variants: number): boolean => variants <= SMALL_BLOCK;

/** Time and memory of a block that is cut inside a chromosome, with the LD that it has with blocks near it. */
export function cutBlockCost(block: SolverWork, near: number): SolverCost {
  const { samples, variants, groups, vectors, threads } = block;
  const own: Work = {
    pairs: (variants ** 2 / 2 + variants * near) * samples,
    dense: variants ** 3 / 3 + variants ** 2 * (near + vectors),
  };
  return {
    ...timed('direct', together(times(groups, own), { products: vectors * samples * variants }), block),
    bytes:
      (isSmallBlock(variants) ? threads : 1) * tiledLowerBytes(variants) +
      (groups > 1 ? (samples * (variants + near)) / 4 : 0),
  };
}

function timed(solver: Solver, work: Work, { threads }: SolverWork): Omit<SolverCost, 'bytes'> {
  return { solver, work, seconds: secondsOf(work, STANDARD_RATES, threads) };
}

/**
 * The solver asked for, or the direct one unless conjugate gradients are faster by {@link LEAST_SAVING} or it does not fit the memory.
 * `isMemoryBound` where the direct one is faster and does not fit.
 */
export function chooseSolver(
  work: SolverWork,
  memory: number,
  isResident: boolean,
  choice: 'auto' | Solver = 'auto',
): SolverCost & { readonly isMemoryBound: boolean } {
  const { direct, iterative } = solverCosts(work);
  if (choice !== 'auto') return { ...(choice === 'direct' ? direct : iterative), isMemoryBound: false };
  if (direct.seconds - iterative.seconds > LEAST_SAVING / work.threads)
    return { ...iterative, isMemoryBound: false };
  // the direct solver reads pairs of tiles, so it wants the block in memory
  const fits = isResident && direct.bytes <= memory;
  return { ...(fits ? direct : iterative), isMemoryBound: !fits };
}
