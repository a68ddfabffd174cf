import type { GenotypeOperator } from '../genotypes/operator.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64, sharedInt32, toSharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { STANDARD_RATES, secondsOf, together, type Work } from '../kernels/rates.js';
import { largest } from '../linalg/extremes.js';
import { nonNegativeLeastSquares } from '../linalg/nnls.js';
import { overUnits } from '../parts/division.js';
import { type RunContext, silentRun } from '../run.js';
import { type BandedR2, bandedR2, bandedR2Bytes, ldScoreWork } from './windowed-r2.js';
import type { Windows } from './windows.js';

export interface LdakWeightOptions {
  /** Variants of a section at most; each chromosome is cut into sections of almost the same size. */
  readonly sectionLength: number;
  /** 1 / (sum of r² over the window) in place of the solution. */
  readonly quick: boolean;
  /** Lets r² of variants d apart count 2^(-d / halfLife) times; `at` is each variant's place on the map. */
  readonly decay?: { readonly halfLife: number; readonly at: Float64Array };
  /** Told, before the r² of neighbours are computed, how many bytes they, genotypes in memory and the threads' heaps take; may throw. */
  readonly onMemory?: ((bytes: number) => void) | undefined;
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

/** Bytes of a thread's heap that sections leave to be collected: sets of variants that change with each exchange. Measured (docs/memory.md). */
export const WEIGHTS_HEAP = 25e6;

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
  const { count } = genotypes;
  const sections = cutSections(windows, chromosomes, options.sectionLength);
  const found = {
    ...{ weight: new Float64Array(count), neighbours: new Float64Array(count) },
    ...{ tagging: new Float64Array(count), check: new Float64Array(count) },
  };
  const work = {
    name: 'sections',
    weights: sections.map(({ first, end }) => end - first),
    choices: sections.map(({ coreFirst }) => coreFirst),
  };
  const solve = (first: number, end: number, inside: RunContext) =>
    solveSections(genotypes, windows, sections.slice(first, end), options, inside);
  for await (const { section, ...own } of overUnits(run, work, solve))
    for (const [name, values] of Object.entries(own))
      found[name as keyof typeof own].set(values, section.coreFirst);
  return { ...found, sections: sections.length };
}

/** What a section finds for its own variants. */
type SolvedSection = Omit<LdakWeightResult, 'sections'> & { readonly section: Section };

/** Consecutive sections, from the r² of their variants alone. */
async function* solveSections(
  genotypes: GenotypeOperator,
  whole: Windows,
  sections: readonly Section[],
  options: LdakWeightOptions,
  run: RunContext,
): AsyncGenerator<SolvedSection> {
  if (sections.length === 0) return;
  const offset = sections[0].first;
  const end = largest(sections.map((section) => section.end));
  const variants = genotypes.variants.subarray(offset, end);
  const isAll = variants.length === genotypes.count;
  const operator = isAll ? genotypes : await genotypes.subset(variants, genotypes.resident ? Infinity : 0);
  const windows = isAll ? whole : windowsWithin(whole, offset, end);
  const held = genotypes.resident ? genotypes.bytes : 0;
  options.onMemory?.(bandedR2Bytes(windows) + held + WEIGHTS_HEAP * genotypes.pool.threads);
  const band = await bandedR2(operator, windows, { adjusted: false, label: 'weights' }, run);
  if (!isAll) operator.close();
  const neighbours = Float64Array.from(windows.first, (first, j) => windows.last[j] - first + 1);
  const { decay } = options;
  if (decay) applyDecay(band, neighbours, { ...decay, at: decay.at.subarray(offset, end) });
  const count = windows.first.length;
  const starts = toSharedFloat64(band.starts);
  const [weight, tagging, check] = [sharedFloat64(count), sharedFloat64(count), sharedFloat64(count)];
  const firstNeighbour = sharedInt32(count);
  firstNeighbour.set(windows.first);
  const placed = sections.map(
    (section): Section => ({
      first: section.first - offset,
      end: section.end - offset,
      coreFirst: section.coreFirst - offset,
      coreEnd: section.coreEnd - offset,
    }),
  );
  const calls = placed.map((section) => {
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
    milliseconds: options.quick ? 1 : 1000 * secondsOf(solvingWork(windows), STANDARD_RATES, 1),
  });
  for (const [s, section] of sections.entries()) {
    const core = [placed[s].coreFirst, placed[s].coreEnd] as const;
    yield {
      section,
      weight: weight.subarray(...core),
      neighbours: neighbours.subarray(...core),
      tagging: tagging.subarray(...core),
      check: check.subarray(...core),
    };
  }
}

/** Windows over some consecutive variants, as far as they reach among these. */
function windowsWithin({ first, last }: Windows, offset: number, end: number): Windows {
  return {
    first: first.subarray(offset, end).map((at) => Math.max(at, offset) - offset),
    last: last.subarray(offset, end).map((at) => Math.min(at, end - 1) - offset),
  };
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

/** What {@link ldakWeights} with these windows take. */
export function ldakWeightsWork(windows: Windows, samples: number): Work {
  return together(ldScoreWork(windows, samples), solvingWork(windows));
}

/** The factors of C C: its band is twice as wide as that of C, and too narrow for the speed of dense algebra. */
function solvingWork({ first }: Windows): Work {
  return { loops: (EXCHANGES / 4) * first.reduce((sum, left, j) => sum + (2 * (j - left) + 64) ** 2, 0) };
}
