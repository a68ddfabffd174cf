import { ColumnProjector } from '../../association/project-columns.js';
import { HeredityError } from '../../errors.js';
import { jackknife, leaveOneOutError } from '../../linalg/jackknife.js';
import { norm } from '../../linalg/orthonormal-basis.js';
import { type RunContext, silentRun } from '../../run.js';
import { checkComponents } from '../components.js';
import { type ComponentMoments, formCovariances } from './analytic-error.js';
import { MOST_WITH_THEORY } from './cost.js';
import { deletedComponents, type HeData, type HeMoments, jackknifeBlocks } from './data.js';
import { blocksInLd, combinedVariance, evenErrors, evenVariance, type HeTheory, heTheory } from './error.js';
import { exactTraces } from './exact-traces.js';
import {
  componentSums,
  flatten,
  isSingular,
  type MomentEquations,
  type Summary,
  solveMoments,
  summarise,
  total,
  unflatten,
  withoutBlock,
} from './moments.js';
import { randomTraces } from './random-traces.js';
import { TraitMoments } from './trait-moments.js';
import { type LevelTrends, levelTrends } from './trends.js';
import { VariantSums } from './variant-sums.js';

export interface HeOptions {
  /** Random vectors for the traces, at least 2. */
  readonly vectors: number;
  /** Traces from all pairs of variants instead of random vectors. */
  readonly exact: boolean;
  /** Take most of the vectors' noise out of the traces by what is known exactly about them. */
  readonly controls: boolean;
  readonly seed: number;
  /**
   * The trace of the noise: people less columns projected out, or, as the published program has it where there are no
   * covariates, the number of people although the mean is taken off (METHODS 7.1).
   */
  readonly noiseTrace: 'projected' | 'people';
}

export const HE_DEFAULTS: HeOptions = {
  vectors: 10,
  exact: false,
  controls: true,
  seed: 1,
  noiseTrace: 'projected',
};

/** With more components the sums that the controls need would outweigh everything else. */
const MOST_CONTROLLED = 16;

/** The standard error is that of the block jackknife over variants, or as {@link HeEstimate.isCombined} says. */
export interface EstimateWithError {
  readonly estimate: number;
  readonly se: number;
}

export interface HeComponent {
  readonly name: string;
  /** Sum of its weights: its variants where it is a set. */
  readonly size: number;
  /** In units of the trait's variance. */
  readonly variance: EstimateWithError;
  readonly h2: EstimateWithError;
  /** Heritability of its variants, those shared with other components included. */
  readonly category: EstimateWithError;
  readonly enrichment: EstimateWithError;
}

export interface HeEstimate {
  /** People with a value of the trait. */
  readonly n: number;
  /** Columns projected out, intercept included. */
  readonly covariates: number;
  readonly h2: number;
  /** With one component that of theory and jackknife together ({@link combinedVariance}); else as {@link isCombined} says. */
  readonly se: number;
  readonly jackknifeSe: number;
  /** Error of h² that comes from the random vectors alone; 0 with exact traces. */
  readonly monteCarloSe: number;
  /** Standard error from theory, for even effects; null with more than {@link MOST_WITH_THEORY} components. */
  readonly analyticSe: number | null;
  /** Whether errors of several components, and of all that is made of them, are the larger of theory's and the jackknife's. */
  readonly isCombined: boolean;
  readonly noise: EstimateWithError;
  /** Shares of all components, of dominance too, together. */
  readonly allShares: EstimateWithError;
  readonly components: readonly HeComponent[];
  /** Where components are strata of frequency and LD. */
  readonly trends: LevelTrends | undefined;
  /**
   * Variances of the components, then of the noise, of the trait scaled to squared norm n; and without each jackknife block, row-major, with
   * the number of blocks that share LD.
   */
  readonly scaledVariances: {
    readonly estimate: Float64Array;
    readonly deleted: Float64Array;
    readonly reach: number;
  };
  /** With one component. */
  readonly theory?: HeTheory;
}

/**
 * Randomised Haseman-Elston regression (RHE-reg, Wu & Sankararaman 2018; RHE-mc, Pazokitoroudi et al. 2020; METHODS 7):
 * variances of any number of components by the method of moments, all traits in the same passes over the genotypes.
 * Covariates are projected out of traits and genotypes; missing genotypes are at the mean.
 *
 * @returns one estimate a trait, in the order in which the design was given them; not clipped.
 * @throws HeredityError `degenerate-data` where components cannot be told apart; `bad-input` for weights not allowed.
 */
export async function randomisedHe(
  data: HeData,
  options: HeOptions = HE_DEFAULTS,
  run: RunContext = silentRun,
): Promise<HeEstimate[]> {
  checkComponents(data.components);
  const { design, components } = data;
  const projector = new ColumnProjector(data.genotypes.pool, design);
  const count = components.names.length;
  const sums = componentSums(data);
  const ofTraits = new VariantSums(data, projector, options.exact);
  const accounts = {
    sums: ofTraits,
    forms: count <= MOST_WITH_THEORY ? new TraitMoments(data, ofTraits, sums.whole.sizes) : undefined,
  };
  const moments = options.exact
    ? await exactTraces(data, projector, accounts, run)
    : await randomTraces(
        data,
        projector,
        accounts,
        { ...options, controls: options.controls && count <= MOST_CONTROLLED },
        run,
      );
  const forms = accounts.forms?.moments;
  const estimates: HeEstimate[] = [];
  let flat = 0;
  for (const [g, group] of design.groups.entries()) {
    for (const [own, trait] of group.traits.entries())
      estimates[trait] = estimateTrait(data, moments[g], sums, g, own, options, forms?.[flat++]);
  }
  return estimates;
}

function estimateTrait(
  data: HeData,
  moments: HeMoments,
  sums: ReturnType<typeof componentSums>,
  g: number,
  trait: number,
  { noiseTrace }: HeOptions,
  forms: ComponentMoments | undefined,
): HeEstimate {
  const { design, components } = data;
  const { names } = components;
  const count = names.length;
  const { people, columns, residuals } = design.groups[g];
  const n = people.count - columns;
  const noise = { noiseTrace: noiseTrace === 'people' && columns === 1 ? people.count : n, square: n };
  const traces = total(moments.traces, count);
  const quadratic = total(moments.quadratics[trait], count);
  const solve = (
    equations: Pick<MomentEquations, 'products' | 'traces' | 'quadratic'>,
    part = sums.whole,
  ) => {
    const variances = solveMoments({ ...equations, ...noise }, part.sizes);
    if (!variances) throw cannotTellApart(names);
    return summarise(variances, part);
  };
  if (isSingular({ products: moments.products, traces, noiseTrace: n }, sums.whole.sizes))
    throw cannotTellApart(names);
  const estimate = solve({ products: moments.products, traces, quadratic });
  const isDeleted = deletedComponents(data);
  const blocks = jackknifeBlocks(data);
  const flat = flatten(estimate);
  const withoutBlocks = sums.deleted.map((part, b) =>
    solve(withoutBlock(moments, trait, b, isDeleted), part),
  );
  const deleted = new Float64Array(blocks * flat.length);
  for (const [b, without] of withoutBlocks.entries()) deleted.set(flatten(without), b * flat.length);
  const reach = blocksInLd(
    { products: moments.products, traces: moments.traces },
    blocks,
    sums.whole.variants,
    n,
  );
  const jackknifed = jackknife(flat, deleted, reach).se;
  const withoutProbes = leaveOneOut(moments.probes).map((products) =>
    flatten(solve({ products, traces, quadratic })),
  );
  const monteCarlo = flat.map((_, at) =>
    withoutProbes.length > 1 ? leaveOneOutError(withoutProbes.map((own) => own[at])) : 0,
  );
  const even =
    count > 1 && forms
      ? evenErrors(
          formCovariances(forms, estimate.variances, n),
          (changed) => flatten(solve({ products: moments.products, traces, quadratic: changed })),
          { quadratic, sizes: sums.whole.sizes, n, monteCarlo },
        )
      : undefined;
  const se = unflatten(even ? jackknifed.map((own, at) => Math.max(own, even[at])) : jackknifed, count);
  const jackknifeSe = unflatten(jackknifed, count).total;
  const unit = norm(residuals[trait]) ** 2 / n; // variance of the trait: y'y is n in the equations
  const of = (key: Exclude<keyof Summary, 'total' | 'all'>, k: number, scale = 1): EstimateWithError => ({
    estimate: estimate[key][k] * scale,
    se: se[key][k] * scale,
  });
  const theory = count === 1 && forms ? heTheory(forms, moments, sums.whole.sizes[0], traces[0]) : undefined;
  const analyticSe = theory
    ? Math.sqrt(evenVariance(estimate.variances, theory, n))
    : even
      ? unflatten(even, count).total
      : null;
  const combined =
    theory && combinedVariance(estimate.total, analyticSe! ** 2, jackknifeSe ** 2, moments.unevenness ?? 0);
  return {
    n: people.count,
    covariates: columns,
    h2: estimate.total,
    se: combined === undefined ? se.total : Math.sqrt(combined),
    jackknifeSe,
    monteCarloSe: unflatten(monteCarlo, count).total,
    analyticSe,
    isCombined: even !== undefined,
    noise: of('variances', count, unit),
    trends:
      components.levels &&
      levelTrends(
        components.levels,
        { ...estimate, ...sums.whole },
        withoutBlocks.map((own, b) => ({ ...own, ...sums.deleted[b] })),
        reach,
      ),
    allShares: { estimate: estimate.all, se: se.all },
    scaledVariances: {
      estimate: estimate.variances,
      deleted: Float64Array.from(
        { length: blocks * (count + 1) },
        (_, at) => deleted[Math.floor(at / (count + 1)) * flat.length + (at % (count + 1))],
      ),
      reach,
    },
    ...(theory && { theory }),
    components: names.map((name, k) => ({
      name,
      size: sums.whole.sizes[k],
      variance: of('variances', k, unit),
      h2: of('h2', k),
      category: of('category', k),
      enrichment: of('enrichment', k),
    })),
  };
}

/** The mean of all matrices but one, for each. */
function leaveOneOut(list: readonly Float64Array[]): Float64Array[] {
  if (list.length < 2) return [];
  const sum = list[0].map((_, at) => list.reduce((part, values) => part + values[at], 0));
  return list.map((own) => sum.map((value, at) => (value - own[at]) / (list.length - 1)));
}

function cannotTellApart(names: readonly string[]): HeredityError {
  if (names.length === 1) {
    return new HeredityError('degenerate-data', 'the genotypes do not tell genetic variance from noise', {
      expected: 'people who differ in how much of their genotypes they share',
    });
  }
  return new HeredityError(
    'degenerate-data',
    'the components cannot be told apart: the moment equations are singular',
    {
      value: names.join(', '),
      fix: 'leave out components that nearly coincide, or merge them',
    },
  );
}
