import {
  type Diagnostics,
  type Estimate,
  NOTHING,
  type Part,
  type Quantities,
  type Quantity,
  quantity,
  quantityWithin,
  type SeKind,
} from '../../estimate/estimate.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import type { TwinAnalysis } from '../../estimators/twin/analysis.js';
import type { LineFit } from '../../estimators/twin/designs.js';
import {
  COMPONENTS,
  type EstimateKey,
  type ModelEstimate,
  shareKey,
  varianceKey,
} from '../../estimators/twin/models.js';
import type { Interval } from '../../estimators/twin/profile.js';
import { estimandOf } from '../facts.js';
import { twinWarnings } from './warnings.js';

/** What is known of a trait of relatives beside what was fitted. */
export interface TwinTrait {
  readonly name: string;
  readonly scale: Estimate['scale'];
  /** Where the data came from. */
  readonly design: TwinDesign;
  /** Of reading the data. */
  readonly warnings: readonly Warning[];
}

export type TwinDesign = 'pairs' | 'counts' | 'correlations' | 'parents' | 'sharing';

const NO_VARIANTS = { reference: null, regression: null, heritability: null };

/**
 * What was fitted to relatives, in the terms of all methods. The heritability is that in the broad sense, a2 + d2, of the
 * model with the lowest AIC, and that model's components are the parts; without models it is Falconer's a2. Correlations,
 * all models and tests are details.
 * @param more quantities of the design
 */
export function twinEstimate(
  trait: TwinTrait,
  analysis: TwinAnalysis,
  more: { readonly quantities?: Quantities; readonly details?: object } = {},
): Estimate {
  const { falconer, models } = analysis;
  const preferred = models.find(({ name }) => name === analysis.preferred);
  const seKind: SeKind = trait.scale === 'liability' ? 'information' : 'curvature';
  const solved =
    falconer?.a2 === undefined ? NOTHING : quantity(falconer.a2, falconer.se?.a2 ?? null, 'delta');
  const h2 = preferred ? broadShare(preferred, seKind) : solved;
  return {
    ...identity(trait),
    n: peopleOf(analysis),
    h2,
    parts: preferred ? componentsOf(preferred, seKind) : [],
    quantities: { ...(solved.value !== null && { falconer: solved }), ...more.quantities },
    diagnostics: { design: trait.design, ...(preferred && fitOf(preferred)) },
    warnings: [
      ...trait.warnings,
      ...(h2.value === null
        ? [warning('no-estimate', 'these relatives do not tell genes from a common environment')]
        : rangeWarnings(h2, 'see the correlations of the kinds of relatives, and bounded components')),
      ...twinWarnings(analysis),
    ],
    details: { ...analysis, ...more.details },
  };
}

/** Offspring on parents: the heritability is the slope on both parents' mean, or twice that on one. */
export function parentsEstimate(
  trait: TwinTrait,
  line: LineFit,
  { h2, se }: { readonly h2: number; readonly se: number },
  parents: 1 | 2,
): Estimate {
  const value = quantity(h2, se, 'least-squares');
  const estimand = {
    ...identity(trait).estimand,
    assumption: 'parents and offspring share no environment that matters; mating is random',
  };
  return {
    ...identity(trait),
    estimand,
    n: (parents + 1) * line.n,
    h2: value,
    parts: [],
    quantities: { slope: quantity(line.slope, line.slopeSE, 'least-squares') },
    diagnostics: { design: trait.design, parents, families: line.n },
    warnings: [
      ...trait.warnings,
      ...rangeWarnings(value, 'look for a common environment of parents and offspring'),
      warning(
        'common-environment',
        'a common environment of parents and offspring adds to the slope, and so to h2',
      ),
    ],
    details: { regression: line },
  };
}

function identity({ name, scale }: TwinTrait) {
  const estimand = estimandOf('twin', NO_VARIANTS);
  return { trait: name, method: 'twin', estimand, scale, liability: null };
}

/** People behind the correlations; 0 where the numbers of pairs are not known. */
function peopleOf({ correlations }: TwinAnalysis): number {
  return Object.values(correlations).reduce(
    (sum, { pairs = 0, singletons = 0 }) => sum + 2 * pairs + singletons,
    0,
  );
}

/**
 * a2 + d2 of a model. Where the model has one genetic component that is its share, and where it has no C it is what e2
 * leaves, so that either has an exact interval; of a model with all of A, C, D and E the interval is symmetric.
 */
function broadShare(model: ModelEstimate, seKind: SeKind): Quantity {
  const has = (component: string) => model.name.includes(component);
  const genetic = COMPONENTS.filter((component) => 'AD'.includes(component) && has(component));
  const value = genetic.reduce((sum, component) => sum + model[shareKey(component)], 0);
  if (genetic.length === 0) return quantity(0, null);
  if (genetic.length === 1) return numberOf(model, shareKey(genetic[0]), seKind);
  if (has('C')) return quantity(value, model.geneticSe, seKind);
  const rest = numberOf(model, 'e2', seKind);
  return { ...rest, value, ci95: rest.ci95 && [1 - rest.ci95[1], 1 - rest.ci95[0]] };
}

function numberOf(model: ModelEstimate, key: EstimateKey, seKind: SeKind): Quantity {
  const interval: Interval | undefined = model.ci95[key];
  const se = model.se[key] ?? null;
  return interval ? quantityWithin(model[key], se, interval, 'profile') : quantity(model[key], se, seKind);
}

function componentsOf(model: ModelEstimate, seKind: SeKind): Part[] {
  return COMPONENTS.filter((component) => model.name.includes(component)).map((component) => ({
    kind: 'component',
    id: component,
    variants: null,
    h2: numberOf(model, shareKey(component), seKind),
    quantities: { variance: numberOf(model, varianceKey(component), seKind) },
    diagnostics: { atBound: model.atBound.includes(component) },
  }));
}

function fitOf({ name, minus2lnL, parameters, aic, bic }: ModelEstimate): Diagnostics {
  return { model: name, minus2lnL, parameters, aic, bic };
}
