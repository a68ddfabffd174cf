import type { GenotypeOperator } from '../genotypes/operator.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32, toSharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { nonNegativeLeastSquares } from '../linalg/nnls.js';
import { type RunContext, silentRun } from '../run.js';
import { type BandedR2, bandedR2 } from './windowed-r2.js';
import type { Windows } from './windows.js';

export interface LdakWeightOptions {
  /** Variants of a section at most; each chromosome is cut into sections of almost the same size. */
  readonly sectionLength: number;
  /** 1 / (sum of r² over the window) in place of the solution. */
  readonly quick: boolean;
  /** Lets r² of variants d apart count 2^(-d / halfLife) times; `at` is each variant's place on the map. */
  readonly decay?: { readonly halfLife: number; readonly at: Float64Array };
}

export const LDAK_WEIGHT_DEFAULTS = { sectionLength: 1000, quick: false } as const;

/** Weights that even out LD, one a variant. */
export interface LdakWeightResult {
  readonly weight: Float64Array;
  /** Variants in the window, itself included; with a half-life each counts as much as its r² does. */
  readonly neighbours: Float64Array;
  /** Sum of r² over them. */
  readonly tagging: Float64Array;
  /** Sum of r² times weight over them, as the section saw it. */
  readonly check: Float64Array;
  readonly sections: number;
}

/** About how many multiply-adds of a section's solution one thread does in a millisecond. */
const OPERATIONS_PER_MS = 1e7;
/** Exchanges that a section takes, about. */
const EXCHANGES = 8;

/** Some consecutive variants of which a section solves all and keeps the core. */
interface Section {
  readonly first: number;
  readonly end: number;
  readonly coreFirst: number;
  readonly coreEnd: number;
}

const solveSection = defineTask(
  'solveLdakSection',
  (
    kernels: Kernels,
    { first, end, coreFirst, coreEnd }: Section,
    /** First neighbour of each variant of the section. */
    firstNeighbour: Int32Array,
    starts: Float64Array,
    r2: Float64Array,
    quick: boolean,
    weight: Float64Array,
    tagging: Float64Array,
    check: Float64Array,
  ): void => {
    const order = end - first;
    const left = firstNeighbour.map((neighbour) => Math.max(0, neighbour - first));
    const start = new Float64Array(order + 1);
    for (let i = 0; i < order; i++) start[i + 1] = start[i] + i - left[i] + 1;
    const values = new Float64Array(start[order]);
    for (let i = 0; i < order; i++) {
      const at = start[i] - left[i];
      const place = first + i - 1;
      for (let j = left[i]; j < i; j++) values[at + j] = r2[starts[first + j] + place - (first + j)];
      values[at + i] = 1;
    }
    const sums = times({ left, start, values }, new Float64Array(order).fill(1));
    const w = quick
      ? sums.map((sum) => 1 / sum)
      : nonNegativeLeastSquares(kernels, { order, first: left, start, values });
    const weighted = times({ left, start, values }, w);
    const core = [coreFirst - first, coreEnd - first] as const;
    weight.set(w.subarray(...core));
    tagging.set(sums.subarray(...core));
    check.set(weighted.subarray(...core));
  },
);

/** The symmetric matrix of a band times a vector. */
function times(
  { left, start, values }: { left: Int32Array; start: Float64Array; values: Float64Array },
  x: Float64Array,
): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const at = start[i] - left[i];
    for (let j = left[i]; j < i; j++) {
      out[i] += values[at + j] * x[j];
      out[j] += values[at + j] * x[i];
    }
    out[i] += x[i];
  }
  return out;
}

/**
 * LDAK weights (METHODS 8.1; Speed 2012): the w >= 0 that minimises |C w - 1|², C_jk = r²_jk within the window and 0 beyond, so
 * that variants in LD with many others count less. Solved exactly in sections; each also sees the neighbours of its first
 * and last variant, and keeps the weights of its own.
 *
 * @param genotypes of the variants left by thinning, if any; none may be constant. @param windows over them.
 * @param chromosomes positions among them at which a chromosome starts.
 */
export async function ldakWeights(
  genotypes: GenotypeOperator,
  windows: Windows,
  chromosomes: readonly number[],
  options: LdakWeightOptions = LDAK_WEIGHT_DEFAULTS,
  run: RunContext = silentRun,
): Promise<LdakWeightResult> {
  const band = await bandedR2(genotypes, windows, { adjusted: false, label: 'weights' }, run);
  const neighbours = Float64Array.from(windows.first, (first, j) => windows.last[j] - first + 1);
  if (options.decay) applyDecay(band, neighbours, options.decay);
  const { count } = genotypes;
  const starts = toSharedFloat64(band.starts);
  const [weight, tagging, check] = [sharedFloat64(count), sharedFloat64(count), sharedFloat64(count)];
  const sections = cutSections(windows, chromosomes, options.sectionLength);
  const firstNeighbour = sharedInt32(count);
  firstNeighbour.set(windows.first);
  const calls = sections.map((section) => {
    const core = [section.coreFirst, section.coreEnd] as const;
    return [
      section,
      firstNeighbour.subarray(section.first, section.end),
      starts,
      band.values,
      options.quick,
      weight.subarray(...core),
      tagging.subarray(...core),
      check.subarray(...core),
    ] as const;
  });
  await genotypes.pool.run(solveSection, calls, {
    milliseconds: options.quick ? 1 : operations(windows) / OPERATIONS_PER_MS,
  });
  return { weight, neighbours, tagging, check, sections: sections.length };
}

/**
 * LDAK's sections: as few of at most `length` as a chromosome needs, all but the last of the same size; and one alone where no more
 * than `length` variants lie between the neighbours of its two ends.
 */
function cutSections({ first, last }: Windows, chromosomes: readonly number[], length: number): Section[] {
  return chromosomes.flatMap((start, c) => {
    const end = chromosomes[c + 1] ?? first.length;
    const between = first[end - 1] + 1 - last[start];
    const sections = between <= length ? 1 : Math.ceil((end - start) / length);
    const size = Math.ceil((end - start) / sections);
    return Array.from({ length: Math.ceil((end - start) / size) }, (_, s): Section => {
      const coreFirst = start + s * size;
      const coreEnd = Math.min(coreFirst + size, end);
      return { first: first[coreFirst], end: last[coreEnd - 1] + 1, coreFirst, coreEnd };
    });
  });
}

function applyDecay(
  { starts, values }: BandedR2,
  neighbours: Float64Array,
  { at, halfLife }: NonNullable<LdakWeightOptions['decay']>,
): void {
  neighbours.fill(1);
  for (let j = 0; j < at.length; j++) {
    for (let cell = starts[j], k = j + 1; cell < starts[j + 1]; cell++, k++) {
      const share = 2 ** (-Math.abs(at[k] - at[j]) / halfLife);
      values[cell] *= share;
      neighbours[j] += share;
      neighbours[k] += share;
    }
  }
}

/** The factors of C C cost about this much: its band is twice as wide as that of C. */
function operations({ first }: Windows): number {
  return EXCHANGES * first.reduce((sum, left, j) => sum + (2 * (j - left) + 64) ** 2, 0);
}
