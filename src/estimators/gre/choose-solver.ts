import { tiledLowerBytes } from '../../linalg/tiled-lower.js';

export type Solver = 'direct' | 'iterative';

export interface SolverCost {
  readonly solver: Solver;
  /** About how long on this many threads. */
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

/**
 * Rates of one thread of the native backend, a second, as whole runs of 337,205 people have them; only their proportions decide.
 */
const PAIRS = 3e11;
const DENSE = 1.5e10;
const PRODUCTS = 6e10;
/** Conjugate gradients take so many steps at least where there are more runs of the preconditioner than one. */
const LEAST_ITERATIONS = 10;
const MOST_ITERATIONS = 100;
/** Columns that counting null directions costs. */
const RANK_PROBES = 8;

/**
 * Seconds of one thread that conjugate gradients have to save. The direct solver has no error but rounding, and needs no LD that can be
 * inverted: in closely related animals, whose variants are nearly copies of each other, conjugate gradients do not converge.
 */
const LEAST_SAVING = 20;

/** Variants of a run of the preconditioner. */
const RUN = 512;

/** Bytes of conjugate gradients over people: columns and products of each vector, and packed rows of two runs. */
export const solverVectorBytes = (samples: number, vectors: number): number =>
  28 * samples * (vectors + RANK_PROBES) + (2 * 1.5 * RUN * samples) / 4;

/**
 * About how many steps conjugate gradients take: as the square root of the condition number of X'X/n, which for independent variants
 * is (1 + √γ)/(1 - √γ) with γ = p/n (Marchenko and Pastur 1967). Measured: 10 at γ = 0.14 and 0.5, 31 at 0.8.
 */
function iterationsOf(samples: number, variants: number): number {
  const root = Math.sqrt(variants / samples);
  const steps = root < 1 ? (2 * (1 + root)) / (1 - root) : MOST_ITERATIONS;
  return Math.min(MOST_ITERATIONS, Math.max(LEAST_ITERATIONS, steps));
}

/** Time and memory of both solvers for a block (METHODS 1.9: "choose by cost"). */
function solverCosts({
  samples,
  variants,
  groups,
  vectors,
  threads,
}: SolverWork): Record<Solver, SolverCost> {
  const pairs = (variants ** 2 * samples) / 2;
  const products = samples * variants;
  return {
    direct: {
      solver: 'direct',
      seconds:
        (groups * (pairs / PAIRS + variants ** 3 / 3 / DENSE) +
          (vectors * (2 * products + variants ** 2)) / PRODUCTS) /
        threads,
      bytes: tiledLowerBytes(variants) + (groups > 1 ? (samples * variants) / 4 : 0),
    },
    iterative: {
      solver: 'iterative',
      seconds:
        ((2 * iterationsOf(samples, variants) * (vectors + RANK_PROBES) * products) / PRODUCTS +
          (variants * 512 * (samples + 512)) / PAIRS) /
        threads,
      bytes: 8 * variants * RUN + solverVectorBytes(samples, vectors),
    },
  };
}

/** Time and memory of a block that is cut inside a chromosome, with the LD that it has with blocks near it. */
export function cutBlockCost(
  { samples, variants, groups, vectors, threads }: SolverWork,
  near: number,
): SolverCost {
  const pairs = (variants ** 2 / 2 + variants * near) * samples;
  const dense = variants ** 3 / 3 + variants ** 2 * (near + vectors);
  return {
    solver: 'direct',
    seconds: (groups * (pairs / PAIRS + dense / DENSE) + (vectors * samples * variants) / PRODUCTS) / threads,
    bytes: tiledLowerBytes(variants) + (groups > 1 ? (samples * (variants + near)) / 4 : 0),
  };
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
