import { type Design, groupBasis } from '../../association/design.js';
import { type PairOfTraits, type PeopleNeeded, pairedDesign } from '../../cohort/trait-pairs.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { type Quantity, quantity, type TraitPair } from '../../estimate/estimate.js';
import { failedPair, phenotypicCorrelation, tested, traitPair } from '../../estimate/pair.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { fitPairs } from '../../estimators/reml/bivariate.js';
import {
  type BivariateFailure,
  type BivariateFit,
  covarianceOf,
} from '../../estimators/reml/bivariate-fit.js';
import { fitPairsByVectors } from '../../estimators/reml/monte-carlo/bivariate.js';
import type { ChosenOptions } from '../../estimators/reml/monte-carlo/options.js';
import type { RelationshipData } from '../../estimators/reml/monte-carlo/relationship.js';
import { reduceGrm } from '../../estimators/reml/one-grm.js';
import { maskHas } from '../../genotypes/sample-mask.js';
import type { KernelPool } from '../../kernels/pool.js';
import { cosine } from '../../linalg/orthonormal-basis.js';
import { quadraticForm } from '../../linalg/small-dense.js';
import { completeDiagonalTiles, symmetricSubmatrix } from '../../linalg/symmetric-tiled.js';
import type { TiledLower } from '../../linalg/tiled-lower.js';
import type { RunContext } from '../../run.js';

/** A fit of a pair, and what is told of how it came about. */
interface FoundPair {
  readonly fit: BivariateFit | BivariateFailure;
  readonly diagnostics?: Readonly<Record<string, number | boolean>>;
}

type PairMethod = 'greml' | 'reml-mc';

const NEEDED: PeopleNeeded = { above: 6, because: 'and bivariate REML takes those who have both' };

/** Genetic correlation of all pairs of traits by bivariate REML with one relationship matrix, each among the people who have both. */
export function remlPairs(
  pool: KernelPool,
  matrix: TiledLower,
  traits: TraitSet,
  maxIterations: number,
  run: RunContext,
): Promise<TraitPair[]> {
  return pairsOf('greml', traits, async (design, pairs) => {
    const found: FoundPair[] = [];
    for (const group of design.groups) {
      const own = pairs.flatMap(([a, b], k) => (group.traits.includes(a) ? [{ k, a, b }] : []));
      if (own.length === 0) continue;
      const people = Int32Array.from({ length: traits.samples }, (_, i) => i).filter((i) =>
        maskHas(group.people, i),
      );
      const pick = (vector: Float64Array) => Float64Array.from(people, (i) => vector[i]);
      const part = symmetricSubmatrix(matrix, people);
      completeDiagonalTiles(part);
      const { residuals } = group;
      const reduced = await reduceGrm(
        pool,
        part,
        groupBasis(design, group).map(pick),
        residuals.map(pick),
        run,
      );
      const positions = own.map(({ a, b }) => [group.traits.indexOf(a), group.traits.indexOf(b)] as const);
      const n = group.people.count - group.columns;
      const starts = positions.map(([a, b]) => covarianceOf(residuals[a], residuals[b], n));
      const fits = await fitPairs(pool, reduced, positions, starts, maxIterations);
      for (const [at, { k }] of own.entries()) found[k] = { fit: fits[at] };
    }
    return found;
  });
}

/** The same by random vectors, the matrix known by its products with the genotypes. */
export function monteCarloPairs(
  data: Omit<RelationshipData, 'design'>,
  traits: TraitSet,
  options: ChosenOptions,
  run: RunContext,
): Promise<TraitPair[]> {
  return pairsOf('reml-mc', traits, async (design, pairs) => {
    const fits = await fitPairsByVectors({ ...data, design }, pairs, options, run);
    return fits.map(({ fit, steps, converged }) => ({
      fit: converged || typeof fit === 'string' ? fit : 'not-converged',
      diagnostics: { vectors: options.vectors, steps },
    }));
  });
}

async function pairsOf(
  method: PairMethod,
  traits: TraitSet,
  fit: (design: Design, pairs: readonly PairOfTraits[]) => Promise<readonly FoundPair[]>,
): Promise<TraitPair[]> {
  const named = traits.traitValues().map((values, t) => ({ name: traits.facts[t].name, values }));
  const { design, pairs } = pairedDesign(named, traits.covariates, traits.samples, NEEDED);
  const fits = await fit(
    design,
    pairs.flatMap(({ columns }) => (columns ? [columns] : [])),
  );
  let next = 0;
  return pairs.map(({ traits: [a, b], columns, reason }) => {
    if (!columns)
      return failedPair(
        [named[a].name, named[b].name],
        method,
        reason!,
        'GRE, HE and LDSC need no people in common',
      );
    const group = design.groups.find((own) => own.traits.includes(columns[0]))!;
    const [first, second] = columns.map((column) => group.residuals[group.traits.indexOf(column)]);
    const facts = [traits.facts[a], traits.facts[b]] as const;
    const n = group.people.count - group.columns;
    return pairOf(method, facts, fits[next++], cosine(first, second), n, group.columns);
  });
}

const REASONS: Readonly<Record<BivariateFailure, string>> = {
  'not-positive-definite': 'the variances of the two traits left what a covariance matrix can be',
  'collinear-covariates': 'the covariates are collinear',
  'not-converged': 'the iterations of bivariate REML did not converge',
  flat: 'the likelihood of the two traits together is flat: the genotypes do not tell genetic covariance from the rest',
};

function pairOf(
  method: PairMethod,
  facts: readonly [TraitFacts, TraitFacts],
  { fit, diagnostics }: FoundPair,
  phenotypic: number,
  n: number,
  covariates: number,
): TraitPair {
  if (typeof fit === 'string')
    return failedPair(
      [facts[0].name, facts[1].name],
      method,
      REASONS[fit],
      'more people, or Haseman-Elston regression, which has no iterations',
    );
  const { genetic, residual, covariance, random, iterations, logLikelihood } = fit;
  const [g1, g, g2] = genetic;
  const [e1, e, e2] = residual;
  const [v1, v2] = [g1 + e1, g2 + e2];
  /** By the delta method. @param gradient with respect to the six variances and covariances. */
  const errorOf = (matrix: Float64Array, gradient: readonly number[]) =>
    Math.sqrt(Math.max(0, quadraticForm(matrix, gradient.length, gradient)));
  const of = (value: number, gradient: readonly number[]): Quantity =>
    quantity(value, errorOf(covariance, gradient), 'information');
  const unit = Math.sqrt(v1 * v2);
  const share = (value: number, isGenetic: boolean) => {
    const [a, b] = [-value / (2 * unit * v1), -value / (2 * unit * v2)];
    return of(value / unit, [a, isGenetic ? 1 / unit : 0, b, a, isGenetic ? 0 : 1 / unit, b]);
  };
  const rg = g / Math.sqrt(g1 * g2);
  const gradientOfRg = [-rg / (2 * g1), 1 / Math.sqrt(g1 * g2), -rg / (2 * g2), 0, 0, 0];
  const isCorrelated = g1 > 0 && g2 > 0;
  return traitPair(facts, {
    method,
    rg: tested(isCorrelated ? of(rg, gradientOfRg) : quantity(null, null)),
    covariance: share(g, true),
    h2: [
      of(g1 / v1, [e1 / v1 ** 2, 0, 0, -g1 / v1 ** 2, 0, 0]),
      of(g2 / v2, [0, 0, e2 / v2 ** 2, 0, 0, -g2 / v2 ** 2]),
    ],
    quantities: {
      'phenotypic-correlation': phenotypicCorrelation(phenotypic, n),
      'environmental-covariance': share(e, false),
    },
    diagnostics: {
      n: n + covariates,
      covariates,
      iterations,
      logL: logLikelihood,
      ...diagnostics,
      ...(random && isCorrelated && { monteCarloSe: errorOf(random, gradientOfRg) }),
    },
    words: {
      where: ' among the people who have both traits',
      unreliable: 'the correlation has no standard error',
      behind: 'one h² is too small, or variants do not explain alike',
    },
  });
}
