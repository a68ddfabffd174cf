import { groupBasis } from '../../association/design.js';
import { type PeopleNeeded, pairedDesign } from '../../cohort/trait-pairs.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { type Quantity, quantity, type TraitPair } from '../../estimate/estimate.js';
import { failedPair, phenotypicCorrelation, tested, traitPair } from '../../estimate/pair.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { type BivariateFailure, type BivariateFit, fitPairs } from '../../estimators/reml/bivariate.js';
import { reduceGrm } from '../../estimators/reml/one-grm.js';
import { maskHas } from '../../genotypes/sample-mask.js';
import type { KernelPool } from '../../kernels/pool.js';
import { cosine, dot } from '../../linalg/orthonormal-basis.js';
import { quadraticForm } from '../../linalg/small-dense.js';
import { completeDiagonalTiles, symmetricSubmatrix } from '../../linalg/symmetric-tiled.js';
import type { TiledLower } from '../../linalg/tiled-lower.js';
import type { RunContext } from '../../run.js';

const METHOD = 'greml';
const NEEDED: PeopleNeeded = { above: 6, because: 'and bivariate REML takes those who have both' };

/** Genetic correlation of all pairs of traits by bivariate REML with one relationship matrix, each among the people who have both. */
export async function remlPairs(
  pool: KernelPool,
  matrix: TiledLower,
  traits: TraitSet,
  maxIterations: number,
  run: RunContext,
): Promise<TraitPair[]> {
  const { covariates, samples } = traits;
  const named = traits.traitValues().map((values, t) => ({ name: traits.facts[t].name, values }));
  const { design, pairs } = pairedDesign(named, covariates, samples, NEEDED);
  const found: TraitPair[] = [];
  for (const [k, { traits: own, reason }] of pairs.entries())
    if (reason !== undefined)
      found[k] = failedPair(
        [named[own[0]].name, named[own[1]].name],
        METHOD,
        reason,
        'GRE, HE and LDSC need no people in common',
      );
  for (const group of design.groups) {
    const inGroup = pairs.flatMap(({ columns }, k) =>
      columns && group.traits.includes(columns[0]) ? [{ k, columns }] : [],
    );
    if (inGroup.length === 0) continue;
    const people = Int32Array.from({ length: samples }, (_, i) => i).filter((i) => maskHas(group.people, i));
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
    const positions = inGroup.map(
      ({ columns: [a, b] }) => [group.traits.indexOf(a), group.traits.indexOf(b)] as const,
    );
    const n = group.people.count - group.columns;
    const fits = await fitPairs(
      pool,
      reduced,
      positions,
      positions.map(([a, b]) => {
        const covariance = (i: number, j: number) => dot(residuals[i], residuals[j]) / n;
        return [covariance(a, a), covariance(a, b), covariance(b, b)];
      }),
      maxIterations,
    );
    for (const [at, { k }] of inGroup.entries()) {
      const [a, b] = pairs[k].traits;
      const facts = [traits.facts[a], traits.facts[b]] as const;
      const [i, j] = positions[at];
      found[k] = pairOf(facts, fits[at], cosine(residuals[i], residuals[j]), n, group.columns);
    }
  }
  return found;
}

const REASONS: Readonly<Record<BivariateFailure, string>> = {
  'not-positive-definite': 'the variances of the two traits left what a covariance matrix can be',
  'collinear-covariates': 'the covariates are collinear',
  'not-converged': 'the iterations of bivariate REML did not converge',
  flat: 'the likelihood of the two traits together is flat: the genotypes do not tell genetic covariance from the rest',
};

function pairOf(
  facts: readonly [TraitFacts, TraitFacts],
  fit: BivariateFit | BivariateFailure,
  phenotypic: number,
  n: number,
  covariates: number,
): TraitPair {
  if (typeof fit === 'string')
    return failedPair(
      [facts[0].name, facts[1].name],
      METHOD,
      REASONS[fit],
      'more people, or Haseman-Elston regression, which has no iterations',
    );
  const { genetic, residual, covariance, iterations, logLikelihood } = fit;
  const [g1, g, g2] = genetic;
  const [e1, e, e2] = residual;
  const [v1, v2] = [g1 + e1, g2 + e2];
  /** By the delta method. @param gradient with respect to the six variances and covariances. */
  const of = (value: number, gradient: readonly number[]): Quantity =>
    quantity(
      value,
      Math.sqrt(Math.max(0, quadraticForm(covariance, gradient.length, gradient))),
      'information',
    );
  const unit = Math.sqrt(v1 * v2);
  const share = (value: number, isGenetic: boolean) => {
    const [a, b] = [-value / (2 * unit * v1), -value / (2 * unit * v2)];
    return of(value / unit, [a, isGenetic ? 1 / unit : 0, b, a, isGenetic ? 0 : 1 / unit, b]);
  };
  const rg = g / Math.sqrt(g1 * g2);
  return traitPair(facts, {
    method: METHOD,
    rg: tested(
      g1 > 0 && g2 > 0
        ? of(rg, [-rg / (2 * g1), 1 / Math.sqrt(g1 * g2), -rg / (2 * g2), 0, 0, 0])
        : quantity(null, null),
    ),
    covariance: share(g, true),
    h2: [
      of(g1 / v1, [e1 / v1 ** 2, 0, 0, -g1 / v1 ** 2, 0, 0]),
      of(g2 / v2, [0, 0, e2 / v2 ** 2, 0, 0, -g2 / v2 ** 2]),
    ],
    quantities: {
      'phenotypic-correlation': phenotypicCorrelation(phenotypic, n),
      'environmental-covariance': share(e, false),
    },
    diagnostics: { n: n + covariates, covariates, iterations, logL: logLikelihood },
    words: {
      where: ' among the people who have both traits',
      unreliable: 'the correlation has no standard error',
      behind: 'one h² is too small, or variants do not explain alike',
    },
  });
}
