import { ascertainmentWarnings } from '../../estimate/ascertainment.js';
import type { Estimand, Estimate, Part, Quantities, Quantity } from '../../estimate/estimate.js';
import { quantity } from '../../estimate/estimate.js';
import { onLiabilityScale } from '../../estimate/liability.js';
import { failedEstimate, type TraitFacts, traitWarnings } from '../../estimate/trait-facts.js';
import { liabilityFactor } from '../../estimators/liability.js';
import { hasFailed, type RemlEstimate, type RemlResult, varianceShare } from '../../estimators/reml/reml.js';
import { hsqText } from '../../formats/hsq.js';
import { explainFailure, type RandomError, randomWarnings, remlWarnings } from './warnings.js';

/** What is said of the model whose variances are fitted, the same for all traits of a run. */
export interface RemlModel {
  readonly method: string;
  readonly estimand: Estimand;
  /** A relationship matrix each, formed or not. */
  readonly components: readonly RemlComponentFacts[];
  /** Names of the covariates, in the order of their columns. */
  readonly covariates: readonly string[];
}

export interface RemlComponentFacts {
  readonly name: string;
  /** Null where that is not on file. */
  readonly variants: number | null;
  /** What the matrix was divided by: variants behind a pair on average, or what they count for in the model. */
  readonly size: number | undefined;
  /** Mean of the diagonal. */
  readonly scale: number;
  /** What it is beside the heritability, of which it is no part; undefined where it is a part. */
  readonly role?: ComponentRole | undefined;
}

/** Dominance of the variants; what relatives share beyond the variants (Zaitlen 2013). */
export type ComponentRole = 'dominance' | 'relatives';

/**
 * A fit in the terms of all methods: components are its parts.
 * @param random what random vectors add to the error, where there are any.
 */
export function remlEstimate(
  trait: TraitFacts,
  result: RemlResult,
  model: RemlModel,
  random?: RandomError,
): Estimate {
  const { method, estimand } = model;
  const names = model.components.map(({ name }) => name);
  if (hasFailed(result)) {
    const { problem, fix } = explainFailure(result.failure, names, result.iterations);
    return failedEstimate(trait.name, method, result.n, estimand, problem, fix);
  }
  const { n, covariates, residual, phenotypic, logL, logL0, lrt, df, p, iterations } = result;
  const shareOf = sharesOf(result, model.components);
  const heritable = model.components.filter(({ role }) => role === undefined).length;
  // the test is of the heritability where it leaves out all of it
  const isWhole = heritable === names.length;
  const isTested = isWhole && df === names.length;
  const share = isWhole ? quantity(result.h2, result.se, 'information') : shareOf();
  const h2 = isTested ? { ...share, p } : share;
  return {
    trait: trait.name,
    method,
    n,
    estimand,
    h2,
    scale: 'observed',
    liability: trait.cases ? onLiabilityScale(h2, trait.cases.prevalence, trait.cases.ascertainment) : null,
    parts: result.components.map((component, k) => componentPart(component, model.components[k])),
    quantities: {
      ...besideHeritability(model.components, shareOf),
      ...(random && {
        'monte-carlo': quantity(
          h2.value,
          isWhole ? random.monteCarloSe : sharesOf(result, model.components, random.randomCovariance)().se,
          'probes',
        ),
      }),
      genetic: geneticVariance(result),
      residual: quantity(residual.variance, residual.se, 'information'),
      phenotypic: quantity(phenotypic.variance, phenotypic.se, 'information'),
    },
    diagnostics: {
      covariates,
      logL,
      logL0,
      lrt,
      df,
      p,
      iterations,
      converged: random?.converged ?? true,
      ...(random && { vectors: random.vectors }),
    },
    warnings: [
      ...remlWarnings(result, h2, random === undefined),
      ...(random ? randomWarnings(random, result) : []),
      ...ascertainmentWarnings(trait, [h2.value ?? 0], true),
      ...traitWarnings(trait),
    ],
    ...(result.effects.length > 0 && { details: { effects: namedEffects(result, model.covariates) } }),
  };
}

/** The share of the variance of the heritable components, and of those of some other roles. */
function sharesOf(
  { components, residual, covariance }: RemlEstimate,
  facts: readonly RemlComponentFacts[],
  errors = covariance,
): (heritable?: boolean, ...roles: readonly ComponentRole[]) => Quantity {
  const variances = [...components, residual].map(({ variance }) => variance);
  return (heritable = true, ...roles) => {
    const weights = facts.map(({ role }) => Number(role === undefined ? heritable : roles.includes(role)));
    const { value, se } = varianceShare(variances, errors, [...weights, 0]);
    // a variance that is held at its bound has no error
    const isHeld = weights.every((weight, k) => weight === 0 || components[k].constrained);
    return quantity(value, isHeld ? null : se, 'information');
  };
}

/** Dominance, and what relatives share beyond the variants, where the model has them. */
function besideHeritability(
  components: readonly RemlComponentFacts[],
  shareOf: ReturnType<typeof sharesOf>,
): Quantities {
  const has = (role: ComponentRole) => components.some((component) => component.role === role);
  return {
    ...(has('dominance') && {
      dominance: shareOf(false, 'dominance'),
      'broad-sense': shareOf(true, 'dominance'),
    }),
    ...(has('relatives') && {
      pedigree: shareOf(true, 'relatives'),
      'beyond-variants': shareOf(false, 'relatives'),
    }),
  };
}

function componentPart(
  { variance, se, h2, h2Se, constrained }: RemlEstimate['components'][number],
  { name, variants, size, scale }: RemlComponentFacts,
): Part {
  return {
    kind: 'component',
    id: name,
    variants,
    h2: quantity(h2, h2Se, 'information'),
    quantities: { variance: quantity(variance, se, 'information') },
    diagnostics: { constrained, size: size ?? null, meanDiagonal: scale },
  };
}

/** Sum of the components' variances. */
function geneticVariance({ components, covariance }: RemlEstimate) {
  const order = components.length + 1;
  let square = 0;
  for (let i = 0; i < components.length; i++)
    for (let j = 0; j < components.length; j++) square += covariance[i * order + j];
  const total = components.reduce((sum, { variance }) => sum + variance, 0);
  return quantity(total, Math.sqrt(Math.max(0, square)), 'information');
}

function namedEffects({ effects }: RemlEstimate, covariates: readonly string[]) {
  return effects.map(({ column, estimate, se }) => ({
    name: column === 0 ? 'intercept' : covariates[column - 1],
    estimate,
    se,
  }));
}

/** The fit as GCTA's .hsq file has it. */
export function hsqOf(result: RemlEstimate, cases: TraitFacts['cases']): string {
  const number = ({ variance, se }: { variance: number; se: number }) => ({ value: variance, se });
  const shares = result.components.map(({ h2, h2Se }) => ({ value: h2, se: h2Se }));
  const sumOfShares = { value: result.h2, se: result.se };
  const factor = cases ? liabilityFactor(cases.prevalence, cases.ascertainment) : 1;
  const onLiability = ({ value, se }: { value: number; se: number }) => ({
    value: factor * value,
    se: factor * se,
  });
  const { logL, logL0, lrt, df, p, n } = result;
  return hsqText({
    components: result.components.map(number),
    residual: number(result.residual),
    phenotypic: number(result.phenotypic),
    shares,
    sumOfShares,
    liability: cases && {
      ...cases,
      shares: shares.map(onLiability),
      sumOfShares: onLiability(sumOfShares),
    },
    ...{ logL, logL0, lrt, df, p, n },
  });
}
