import type { Kernels } from './kernels.js';

/** What random numbers are for; numbers of different purposes never meet. */
const PURPOSES = {
  /** The mosaic of each haplotype. */
  haplotypes: 0,
  /** Founder haplotypes, their variants and the genetic map. */
  founders: 1,
  /** Which genotypes are missing. */
  missing: 2,
  /** Which variants are causal. */
  causal: 3,
  effects: 4,
  noise: 5,
  /** Random genetic values by which GRE measures the overlap of blocks. */
  probes: 6,
  /** Probes for directions in which an LD matrix is singular. */
  nullDirections: 7,
  /** Random vectors by which randomised Haseman-Elston regression estimates traces. */
  heProbes: 8,
  /** Random vectors and simulated traits of Monte Carlo REML. */
  remlProbes: 9,
  /** Starting vectors of stochastic Lanczos quadrature. */
  lanczos: 10,
  /** Founder haplotypes of a group that has drifted apart. */
  groups: 11,
  /** Founders and crossovers of families. */
  relatives: 12,
  /** Which cases and controls are kept. */
  ascertainment: 13,
  /** Seeds of the cells of an accuracy study, and which people a smaller study takes. */
  study: 15,
  /** Which people a random sub-sample takes. */
  subsample: 16,
  /** Effects of dominance. */
  dominance: 17,
  /** What the people whom a new person copies have in common, where mates are alike. */
  mates: 18,
  /** Traits simulated to see how methods' errors go together. */
  replicates: 19,
  /** Vectors by which the errors of GRE's categories are measured. */
  categories: 20,
} as const;

export type Purpose = keyof typeof PURPOSES;

/**
 * A stream of the counter-based generator ({@link Kernels.uniform}) for one purpose.
 * @param group such as a chromosome or trait, below 65,536; @param index below 2^32.
 */
export function streamOf(purpose: Purpose, group: number, index = 0): number {
  return PURPOSES[purpose] * 2 ** 48 + group * 2 ** 32 + index;
}

/** A seed, a random whole number below 2^53, for something that has random numbers of its own. */
export function seedOf(kernels: Kernels, seed: number, stream: number): number {
  const uniform = new Float64Array(1);
  kernels.uniform(seed, stream, 0, uniform);
  return Math.floor(uniform[0] * 2 ** 53);
}

/** The seed that lies `steps` on, and is one again, however large the first. */
export function laterSeed(seed: number, steps: number): number {
  return (seed + steps) % Number.MAX_SAFE_INTEGER;
}

const BATCH = 4096;

/** The numbers of one stream, one after another. */
export class RandomStream {
  readonly #kernels: Kernels;
  readonly #seed: number;
  readonly #stream: number;
  readonly #batch = new Float64Array(BATCH);
  #next: number;
  /** Whether the batch holds the numbers around the next one. */
  #filled = false;

  /** @param first index of the first number, for going on where another left off. */
  constructor(kernels: Kernels, seed: number, stream: number, first = 0) {
    this.#kernels = kernels;
    this.#seed = seed;
    this.#stream = stream;
    this.#next = first;
  }

  /** Index of the number that comes next. */
  get next(): number {
    return this.#next;
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    const at = this.#next % BATCH;
    if (at === 0 || !this.#filled) {
      this.#kernels.uniform(this.#seed, this.#stream, this.#next - at, this.#batch);
      this.#filled = true;
    }
    this.#next++;
    return this.#batch[at];
  }

  /** Uniform among 0 .. count - 1. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.uniform());
  }
}
