import { HeredityError } from '../../errors.js';
import { choleskyFactor } from '../../linalg/small-dense.js';
import { type Comparison, compareModels, droppedCorrelation, type Fitted } from './comparisons.js';
import type { Bounds } from './components.js';
import {
  correlationError,
  fromCorrelations,
  pairCorrelation,
  type RelativeCorrelation,
} from './correlations.js';
import { type AffectedCounts, tetrachoric } from './liability.js';
import { droppedLiabilityCorrelation, fitLiabilityModel } from './liability-models.js';
import { COMPONENTS, fitModel, type ModelEstimate, type ShareKey, shareKey } from './models.js';
import type { PairGroup } from './pairs.js';
import { type Component, type Relationship, sharedPart } from './relatives.js';
import { fitSaturated, type SaturatedFit } from './saturated.js';
import { type MeanModel, type PairSums, sumPairs, sumsFromCorrelations } from './strata.js';

export interface AnalysisOptions {
  /** Names of the models. @default every one of ACE, ADE, AE, CE, E that the relatives identify */
  readonly models?: readonly string[];
  readonly bounds?: Bounds;
  readonly intervals?: boolean;
}

export interface CorrelationRow {
  readonly r: number;
  readonly se?: number;
  readonly pairs?: number;
  readonly singletons?: number;
  readonly relationship: Relationship;
}

/** Standardised components solved from the correlations, not clipped. */
export interface SolvedComponents extends Partial<Readonly<Record<ShareKey, number>>> {
  readonly se?: Partial<Readonly<Record<ShareKey, number>>>;
}

/** Everything that `heredity twin` reports. */
export interface TwinAnalysis {
  readonly correlations: Readonly<Record<string, CorrelationRow>>;
  /** With components A and C: Falconer's formula where the relatives are MZ and DZ twins. */
  readonly falconer?: SolvedComponents;
  /** With components A and D. */
  readonly falconerDominance?: SolvedComponents;
  readonly models: readonly ModelEstimate[];
  readonly saturated?: Fitted & Partial<SaturatedFit>;
  readonly comparisons: readonly Comparison[];
  /** Name of the model with the lowest AIC; undefined without models. */
  readonly preferred?: string;
}

const DEFAULT_MODELS = ['ACE', 'ADE', 'AE', 'CE', 'E'];

/** Correlations of relatives; maximum likelihood as well where the number of pairs is known for each. */
export function analyseCorrelations(
  correlations: readonly RelativeCorrelation[],
  options: AnalysisOptions = {},
): TwinAnalysis {
  const counted = correlations.filter(
    (row): row is RelativeCorrelation & { pairs: number } => row.pairs !== undefined,
  );
  const rows = Object.fromEntries(
    correlations.map(({ label, relationship, r, pairs }): [string, CorrelationRow] => [
      label,
      { r, ...(pairs === undefined ? {} : { se: correlationError(r, pairs), pairs }), relationship },
    ]),
  );
  const solved = solveComponents(correlations);
  if (counted.length < correlations.length) {
    return { correlations: rows, ...solved, models: [], comparisons: [] };
  }
  const sums = sumsFromCorrelations(counted);
  return { correlations: rows, ...solved, ...fitAll(sums, undefined, options) };
}

/**
 * Pairs of relatives with a measured trait.
 * @param covariateNames columns of the groups' covariates
 */
export function analysePairs(
  groups: readonly PairGroup[],
  options: AnalysisOptions & { readonly means?: MeanModel; readonly covariateNames?: readonly string[] } = {},
): TwinAnalysis {
  const { means = 'equal', covariateNames = [] } = options;
  const sums = sumPairs(groups, means, covariateNames);
  const correlations = observedCorrelations(groups, sums, covariateNames);
  const saturated = fitSaturated(groups, covariateNames);
  const rows = Object.fromEntries(
    correlations.map(({ label, relationship, r, pairs }, g): [string, CorrelationRow] => [
      label,
      { r, se: correlationError(r, pairs), pairs, singletons: sums.groups[g].singletons, relationship },
    ]),
  );
  const analysis = fitAll(sums, saturated && { ...saturated, name: 'saturated' }, options);
  return { correlations: rows, ...solveComponents(correlations), ...analysis };
}

/** Pairs of relatives with a binary trait, through the liability-threshold model. */
export function analyseCounts(
  counts: readonly AffectedCounts[],
  options: AnalysisOptions & { readonly means?: MeanModel } = {},
): TwinAnalysis {
  const { means: thresholds = 'equal', bounds = 'bounded' } = options;
  const full = tetrachoric(counts);
  const correlations = counts.map(({ label, relationship, both, one, neither }, g) => ({
    label,
    relationship,
    r: full.correlations[g],
    pairs: both + one + neither,
  }));
  const rows = Object.fromEntries(
    correlations.map(({ label, relationship, r, pairs }, g): [string, CorrelationRow] => {
      const singletons = (counts[g].singleAffected ?? 0) + (counts[g].singleUnaffected ?? 0);
      return [label, { r, se: full.standardErrors[g], pairs, singletons, relationship }];
    }),
  );
  const models = modelNames(
    counts.map((group) => group.relationship),
    options,
  ).map((name) => fitLiabilityModel(name, counts, thresholds, options));
  const saturated = { name: 'saturated', minus2lnL: full.minus2lnL, parameters: full.freeParameters };
  const droppedShares = droppedLiabilityCorrelation(counts, thresholds);
  const comparisons = compareModels(models, saturated, bounds, droppedShares);
  return {
    correlations: rows,
    // Sampling variances of tetrachoric correlations are not those of Pearson's, so no weights and no errors here.
    ...solveComponents(correlations.map(({ label, relationship, r }) => ({ label, relationship, r }))),
    models,
    saturated,
    comparisons,
    ...preferredOf(models),
  };
}

function fitAll(
  sums: PairSums,
  saturated: (Fitted & SaturatedFit) | undefined,
  options: AnalysisOptions,
): Omit<TwinAnalysis, 'correlations' | 'falconer'> {
  const models = modelNames(
    sums.strata.map((stratum) => stratum.relationship),
    options,
  ).map((name) => fitModel(name, sums, options));
  const dropped = droppedCorrelation(sums);
  const comparisons = compareModels(models, saturated, options.bounds ?? 'bounded', dropped);
  return {
    models,
    ...(saturated && { saturated }),
    comparisons,
    ...preferredOf(models),
  };
}

/** Correlations within groups, of what covariates and group means leave. */
function observedCorrelations(
  groups: readonly PairGroup[],
  sums: PairSums,
  covariateNames: readonly string[],
) {
  // Under E all variances are equal, so its means are those of ordinary least squares.
  const { means } = fitModel('E', sums, { intervals: false });
  const effects = means.slice(means.length - covariateNames.length).map((mean) => mean.value);
  const residual = (y: Float64Array, covariates: Float64Array | undefined) =>
    y.map((value, i) =>
      effects.reduce((rest, effect, j) => rest - effect * covariates![i * effects.length + j], value),
    );
  return groups.map((group) => ({
    label: group.label,
    relationship: meanRelationship(group),
    ...pairCorrelation(
      group.label,
      residual(group.first, group.firstCovariates),
      residual(group.second, group.secondCovariates),
    ),
  }));
}

function meanRelationship({ relationship }: PairGroup): Relationship {
  if (!Array.isArray(relationship)) return relationship as Relationship;
  const mean = (part: (one: Relationship) => number) =>
    relationship.reduce((sum, one) => sum + part(one), 0) / relationship.length;
  return {
    additive: mean((r) => r.additive),
    dominance: mean((r) => r.dominance),
    shared: mean((r) => r.shared),
  };
}

/**
 * The models asked for, or those of the default list that the relatives identify.
 * @throws HeredityError `usage` for what is no model, or one that the relatives do not identify
 */
export function modelNames(
  relationships: readonly Relationship[],
  { models }: Pick<AnalysisOptions, 'models'>,
  defaults: readonly string[] = DEFAULT_MODELS,
): readonly string[] {
  for (const name of models ?? []) {
    if (!/^A?C?D?E$/.test(name)) {
      throw new HeredityError('usage', 'not a model', {
        value: name,
        expected: 'letters of A, C, D, E in this order, with E, such as ACE or AE',
      });
    }
    if (!isIdentified(name, relationships)) {
      throw new HeredityError('usage', `these relatives do not identify model ${name}`, {
        expected: 'as many kinds of relatives, sharing different parts, as components besides E',
        fix: 'leave a component out (twins reared together confound C and D) or add relatives',
      });
    }
  }
  return models ?? defaults.filter((name) => isIdentified(name, relationships));
}

function isIdentified(name: string, relationships: readonly Relationship[]): boolean {
  const components = COMPONENTS.filter((component) => component !== 'E' && name.includes(component));
  const order = components.length;
  const products = new Float64Array(order * order);
  for (const relationship of relationships) {
    components.forEach((row, i) => {
      components.forEach((column, j) => {
        products[i * order + j] += sharedPart(relationship, row) * sharedPart(relationship, column);
      });
    });
  }
  return choleskyFactor(products, order) !== undefined;
}

function solveComponents(
  correlations: readonly RelativeCorrelation[],
): Pick<TwinAnalysis, 'falconer' | 'falconerDominance'> {
  const solve = (components: readonly ('A' | 'C' | 'D')[]): SolvedComponents | undefined => {
    const relationships = correlations.map((row) => row.relationship);
    if (!isIdentified(components.join(''), relationships)) return undefined;
    const { shares, standardErrors } = fromCorrelations(correlations, components);
    return { ...byShare(shares), ...(standardErrors && { se: byShare(standardErrors) }) };
  };
  const falconer = solve(['A', 'C']);
  const falconerDominance = solve(['A', 'D']);
  return { ...(falconer && { falconer }), ...(falconerDominance && { falconerDominance }) };
}

function byShare(values: ReadonlyMap<Component, number>): Partial<Record<ShareKey, number>> {
  return Object.fromEntries([...values].map(([component, value]) => [shareKey(component), value]));
}

/** AICs that differ by less say the same. */
const SAME_AIC = 1e-6;

/** The lowest AIC. Of models that fit alike, as free ACE and ADE do, the one with fewer negative components. */
function preferredOf(models: readonly ModelEstimate[]): Pick<TwinAnalysis, 'preferred'> {
  const lowest = Math.min(...models.map(({ aic }) => aic));
  const negatives = (model: ModelEstimate) => COMPONENTS.filter((c) => model[shareKey(c)] < 0).length;
  const [best] = models
    .filter(({ aic }) => aic - lowest < SAME_AIC)
    .sort((a, b) => negatives(a) - negatives(b));
  return best ? { preferred: best.name } : {};
}
