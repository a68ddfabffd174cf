import { type Rates, secondsOf, type Work } from './kernels/rates.js';
import { largest } from './linalg/extremes.js';

/** What a run would read, hold in memory and take, told before a genotype is read (`--plan`). */
export interface Plan {
  /** What the run is of, such as `600 people, 2,000 variants`; no full stop. */
  readonly about: readonly string[];
  /** How often the genotypes are read, how many bytes that is, and from which files; undefined where none are. */
  readonly reading?: { readonly passes: number; readonly bytes: number; readonly files: readonly string[] };
  /** Bytes that every step holds, beside its own. */
  readonly held?: MemoryTerms;
  /** In order, one after another; what one holds is given back before the next. */
  readonly steps: readonly PlanStep[];
  /** What should be known of the figures; sentences with a full stop. */
  readonly notes?: readonly string[];
}

export interface PlanStep {
  /** One or two words: `chr1`, `relationships`. */
  readonly name: string;
  readonly variants?: number;
  /** How it is done, in a word or two: `direct`. */
  readonly how?: string;
  /** Bytes that are held at once, by what they are for. */
  readonly memory: MemoryTerms;
  /** About how long; null where that is not known. */
  readonly seconds: number | null;
}

/** A step that is told by what it does instead of how long it takes: undefined where that is not known. */
export type WorkStep = Omit<PlanStep, 'seconds'> & { readonly work: Work | undefined };

/** How long steps take, about, at so much of each kind a second and thread. */
export function timed(steps: readonly WorkStep[], rates: Rates, threads: number): PlanStep[] {
  return steps.map(({ work, ...step }) => ({
    ...step,
    seconds: work === undefined ? null : secondsOf(work, rates, threads),
  }));
}

/** What memory goes to. */
export const MEMORY_TERMS = {
  process: 'the program and its threads',
  genotypes: 'packed genotypes',
  table: 'tables of variants and people',
  vectors: 'traits, covariates and random vectors',
  factor: 'LD of a block and its factor',
  matrices: 'relationships of people by people',
  tiles: 'genotypes on their way, and sums of a pass',
  pairs: 'r² of neighbours',
} as const;

export type MemoryTerm = keyof typeof MEMORY_TERMS;
export type MemoryTerms = Readonly<Partial<Record<MemoryTerm, number>>>;

/**
 * Bytes that a run may take beside --memory: the program, its tables and the tiles on their way fit into it for most cohorts. What they
 * take beyond it comes off --memory, so that the whole process stays within --memory plus this.
 */
export const BESIDE_MEMORY = 300e6;

/** The sum of all terms. */
export function termBytes(terms: MemoryTerms): number {
  return Object.values(terms).reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of a step beside what all hold. */
export const stepMemory = ({ memory }: Pick<PlanStep, 'memory'>): number => termBytes(memory);

/** Bytes of the step that needs most, with what all hold. */
export function peakMemory({ held = {}, steps }: Pick<Plan, 'held' | 'steps'>): number {
  return termBytes(held) + largest([0, ...steps.map(stepMemory)]);
}

/** Seconds of all steps; null where there is none, or that of some step is not known. */
export function planSeconds({ steps }: Pick<Plan, 'steps'>): number | null {
  if (steps.length === 0) return null;
  let sum = 0;
  for (const { seconds } of steps) {
    if (seconds === null) return null;
    sum += seconds;
  }
  return sum;
}

/** Packed genotypes in memory where they fit; else they are read again at each pass. */
export function genotypesIn(bytes: number, memory: number): MemoryTerms {
  return { genotypes: bytes <= memory ? bytes : 0 };
}
