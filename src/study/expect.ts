import { groupBasis } from '../association/design.js';
import type { Dataset } from '../cohort/dataset.js';
import type { TraitStatistics } from '../cohort/trait-set.js';
import { HeredityError, isHeredityError } from '../errors.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { squaredGramSums } from '../ld/squared-gram.js';
import { loadMethod } from '../methods/catalogue.js';
import { defaultsOf } from '../options/flags.js';
import type { RunContext } from '../run.js';
import { GivenStatistics } from './given-statistics.js';
import type { Cell, WeightKind } from './grids.js';
import { PUBLISHED_SETTINGS } from './method-estimator.js';

/** Where a method goes for an architecture. */
export interface Expectation {
  readonly cell: string;
  readonly method: string;
  /** The heritability at the expected statistics; null where the method gives none there. */
  readonly h2: number | null;
  /** Why not. */
  readonly reason?: string | undefined;
}

/** Methods whose estimates follow from the test statistics of variants, so that expected statistics say where they go. */
export const MOMENT_METHODS = [
  'he',
  'ldsc',
  'sldsc-maf',
  'sldsc-maf-lld',
  'sumher-gcta',
  'sumher-ldak',
  'sumher-hd',
] as const;

/**
 * Each method's heritability at the statistics that an architecture is expected to give on these genotypes (METHODS 2.6):
 *
 *     E χ²_i = (1 - h²) + n Σ_j r²_ij σ²_j,
 *
 * over all pairs of variants, r² in the sample, as it is. For a method that is linear in the statistics, as Haseman-Elston regression with
 * exact traces is, that is its expected value. One with weights of its own, or a filter, is at a fixed point near it.
 *
 * @param weights of the variants, for the cells that have some.
 * @returns by cell, then method.
 */
export async function expectedEstimates(
  data: Dataset,
  cells: readonly Cell[],
  methods: readonly string[],
  weights: (kind: Exclude<WeightKind, 'none'>) => Promise<Float64Array>,
  run: RunContext,
): Promise<Expectation[]> {
  const { genotypes, degreesOfFreedom: n } = data;
  const { count } = genotypes;
  // cells that differ in h² alone have one architecture
  const shapes = [...new Set(cells.map(shapeOf))];
  const even = shapes.length; // one more: every variant alike, which Haseman-Elston regression needs
  const sets = sharedFloat64(count * (shapes.length + 1));
  for (const cell of cells) {
    const own = await effectVariances(data, cell, weights);
    const s = shapes.indexOf(shapeOf(cell));
    for (let j = 0; j < count; j++) sets[j * (even + 1) + s] = own[j];
  }
  for (let j = 0; j < count; j++) sets[j * (even + 1) + even] = 1 / count;
  const { people } = data.design.groups[0];
  const names = [...shapes, 'even'];
  const basis = groupBasis(data.design, data.design.groups[0]);
  const sums = await squaredGramSums(
    genotypes,
    people,
    basis,
    { names, weights: sets },
    sharedInt32(count),
    run,
  );
  /** n Σ_j r²_ij w_j of variant i for a set of weights w, r² = (x_i'x_j / n)². */
  const tagged = (i: number, s: number) => sums[i * 2 * (even + 1) + s] / n;
  let tagging = 0;
  for (let i = 0; i < count; i++) tagging += tagged(i, even) / count;
  const statistics = cells.map((cell): TraitStatistics => {
    const s = shapes.indexOf(shapeOf(cell));
    const chi2 = Float64Array.from({ length: count }, (_, i) => 1 - cell.h2 + cell.h2 * tagged(i, s));
    return { z: chi2.map(Math.sqrt), chi2, n: new Float64Array(count).fill(n) }; // h² does not look at signs
  });
  const found = new Map<string, Expectation[]>();
  for (const method of methods) {
    const own =
      method === 'he'
        ? statistics.map(({ chi2 }) => ({ h2: (mean(chi2) - 1) / (tagging - 1) }))
        : await atStatistics(data, method, statistics, run);
    found.set(
      method,
      own.map((estimate, c) => ({ cell: cells[c].id, method, ...estimate })),
    );
  }
  return cells.flatMap((_, c) => methods.map((method) => found.get(method)![c]));
}

const shapeOf = ({ id, h2 }: Cell) => id.slice(`h${h2}_`.length);

/** Each variant's expected part of the heritability, over the draws of causal variants; they sum to 1. */
async function effectVariances(
  { genotypes }: Dataset,
  { id, alpha, gamma, causalFrequency: [low, high], weights: kind }: Cell,
  weights: (kind: Exclude<WeightKind, 'none'>) => Promise<Float64Array>,
): Promise<Float64Array> {
  const { count, statistics } = genotypes;
  const own = kind === 'none' ? undefined : await weights(kind);
  const variances = Float64Array.from({ length: count }, (_, j) => {
    const f = statistics.allele1Frequency(j);
    const minor = Math.min(f, 1 - f);
    if (!(statistics.variance(j) > 0 && minor >= low && minor <= high)) return 0;
    return (f * (1 - f)) ** (1 + alpha) * (own && gamma !== 0 ? own[j] ** gamma : 1);
  });
  const sum = variances.reduce((total, value) => total + value, 0);
  if (!(sum > 0))
    throw new HeredityError('degenerate-data', `no variant can have an effect in cell ${id}`, {
      fix: 'leave the cell out (--cells), or take genotypes with variants of these frequencies',
    });
  return variances.map((value) => value / sum);
}

/** What a method of the catalogue finds in given statistics. */
async function atStatistics(
  data: Dataset,
  name: string,
  statistics: readonly TraitStatistics[],
  run: RunContext,
): Promise<Pick<Expectation, 'h2' | 'reason'>[]> {
  const { facts, method } = await loadMethod(name);
  const prepared = await method.prepare(
    data,
    { ...defaultsOf(method.options), ...PUBLISHED_SETTINGS[facts.name] },
    run,
  );
  try {
    const estimates = await prepared.evaluate(new GivenStatistics(data, statistics, 'cell'), run);
    return estimates.map(({ h2, warnings }) => ({
      h2: h2.value,
      reason: h2.value === null ? warnings.find(({ code }) => code === 'no-estimate')?.text : undefined,
    }));
  } catch (error) {
    if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
    return statistics.map(() => ({ h2: null, reason: error.problem }));
  }
}

/** What drives these expectations in the genotypes. */
export interface ExpectationDrivers {
  /** Of LD score and minor allele frequency, over variants. */
  readonly scoreFrequencyCorrelation: number;
  /** Sum of the LDAK weights over the number of variants; null where no cell or method has them. */
  readonly weightsPerVariant: number | null;
}

export function expectationDrivers(
  { genotypes }: Dataset,
  scores: Float64Array,
  ldak: Float64Array | undefined,
): ExpectationDrivers {
  const { statistics } = genotypes;
  const minor = scores.map((_, j) =>
    Math.min(statistics.allele1Frequency(j), 1 - statistics.allele1Frequency(j)),
  );
  return {
    scoreFrequencyCorrelation: correlation(scores, minor),
    weightsPerVariant: ldak ? mean(ldak) : null,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    ab += (value - meanA) * (b[i] - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
