import { largest } from './linalg/extremes.js';

/** What a run would read, hold in memory and take, told before a genotype is read (`--plan`). */
export interface Plan {
  /** What the run is of, such as `600 people, 2,000 variants`; no full stop. */
  readonly about: readonly string[];
  /** How often the genotypes are read, and how many bytes that is; undefined where none are. */
  readonly reading?: { readonly passes: number; readonly bytes: number };
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

/** What memory goes to. */
export const MEMORY_TERMS = {
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

/** Bytes of a step: the sum of its terms. */
export function stepMemory({ memory }: Pick<PlanStep, 'memory'>): number {
  return Object.values(memory).reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of the step that needs most; 0 where there is no step. */
export function peakMemory({ steps }: Pick<Plan, 'steps'>): number {
  return largest([0, ...steps.map(stepMemory)]);
}

/** Seconds of all steps; null where that of some step is not known. */
export function planSeconds({ steps }: Pick<Plan, 'steps'>): number | null {
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
