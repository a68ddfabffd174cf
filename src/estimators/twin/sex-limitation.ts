import { HeredityError } from '../../errors.js';
import { chiSquareTail } from '../../linalg/distributions.js';
import { type Comparison, compare, type Mixture } from './comparisons.js';
import { type DeltaError, deltaErrors, LIFT, liftedCoefficient, NEGLIGIBLE } from './delta.js';
import { type FactorFit, fitHeld } from './factor-fit.js';
import { type Factor, type FactorModel, type Loading, loading } from './factor-model.js';
import type { FamilySums } from './families.js';
import { COMPONENTS } from './models.js';
import { type Interval, profileInterval } from './profile.js';
import { type Component, type Relationship, sharedPart } from './relatives.js';

export const SEXES = ['women', 'men'] as const;
/** 0 for women, 1 for men: the place in {@link SEXES}. */
export type Sex = 0 | 1;

/** What pairs of one kind share, and the sexes of first and second members. */
export interface SexedKind {
  readonly relationship: Relationship;
  readonly sexes: readonly [Sex, Sex];
}

/**
 * How women and men may differ (Neale and Maes 2004): in other causes, the correlation of genes or of common environments between the
 * sexes free; in the sizes of the same causes; in one factor of scale; or not at all.
 */
export const LIMITATIONS = [
  'other genes',
  'other environments',
  'other sizes',
  'one scale',
  'no difference',
] as const;
export type Limitation = (typeof LIMITATIONS)[number];

export interface SexShare {
  readonly component: Component;
  readonly variance: number;
  readonly varianceSe: number | null;
  readonly share: number;
  readonly shareSe: number | null;
  readonly isAtBound: boolean;
}

export interface SexLimitationFit {
  /** Components, such as `ACE`, and how sexes differ. */
  readonly name: string;
  readonly base: string;
  readonly limitation: Limitation;
  readonly minus2lnL: number;
  readonly parameters: number;
  readonly aic: number;
  readonly bic: number;
  /** By sex. */
  readonly shares: readonly [readonly SexShare[], readonly SexShare[]];
  /** Of the genetic components together, by sex. */
  readonly genetic: readonly [GeneticShare, GeneticShare];
  /** Which component's correlation between the sexes is free. */
  readonly free?: Component;
  /** The correlation between the sexes of what {@link free} names, with its profile interval; null where it does nothing in one. */
  readonly correlation?: {
    readonly value: number | null;
    readonly se: number | null;
    readonly ci95: Interval | null;
    /** Of a correlation of 0, by the likelihood ratio. */
    readonly p: number | null;
  };
  /** Standard deviation of men over that of women, where it is all that differs. */
  readonly scale?: { readonly value: number; readonly se: number | null };
  readonly means: readonly [number, number];
}

export interface GeneticShare {
  readonly value: number;
  readonly se: number | null;
}

export type SexedSums = FamilySums<SexedKind>;

/** Which models pairs of these sexes can tell apart: without opposite sexes nothing says whether causes are the same. */
export function identifiedLimitations(base: string, kinds: readonly SexedKind[]): Limitation[] {
  const opposite = kinds.filter(({ sexes }) => sexes[0] !== sexes[1]).map(({ relationship }) => relationship);
  return LIMITATIONS.filter((limitation) => {
    const freed = freedComponent(limitation);
    return (
      freed === undefined || (base.includes(freed) && opposite.some((own) => sharedPart(own, freed) > 0))
    );
  });
}

function freedComponent(limitation: Limitation): Component | undefined {
  if (limitation === 'other genes') return 'A';
  return limitation === 'other environments' ? 'C' : undefined;
}

/**
 * One trait of pairs of both sexes (METHODS 9.5). The mean's first two coefficients are those of women and of men.
 * @throws HeredityError `degenerate-data` where only one sex is there
 */
export function fitSexLimitation(
  base: string,
  limitation: Limitation,
  sums: SexedSums,
  intervals: boolean,
): SexLimitationFit {
  for (const sex of [0, 1] as const)
    if (!sums.cells.some(({ kind }) => kind.sexes.includes(sex)))
      throw new HeredityError(
        'degenerate-data',
        `no pair has ${SEXES[sex]}, so that sexes cannot be compared`,
      );
  const components = COMPONENTS.filter((component) => base.includes(component));
  const model = limitedModel(components, limitation);
  const fit = fitSigned(sums, model, model.starts);
  const { point, held } = settle(fit.parameters, model);
  const errorOf = deltaErrors(fit, point, held);
  const variance = sums.scales[0] ** 2;
  const freed = freedComponent(limitation);
  const shares = ([0, 1] as const).map((sex) =>
    components.map((component, c): SexShare => {
      const own = (at: Float64Array) => model.variances(at, sex)[c];
      const share = (at: Float64Array) => own(at) / sum(model.variances(at, sex));
      const isAtBound = own(point) === 0;
      return {
        component,
        variance: own(point) * variance,
        varianceSe: isAtBound ? null : times(errorOf(own), variance),
        share: share(point),
        shareSe: isAtBound ? null : errorOf(share),
        isAtBound,
      };
    }),
  );
  const genetic = ([0, 1] as const).map((sex) => geneticShare(components, model, sex, point, errorOf));
  const parameters = model.factors.parameters + sums.means;
  const [means0, means1] = ([0, 1] as const).map((sex) => sums.centers[0] + fit.means[sex] * sums.scales[0]);
  return {
    name: `${base}, ${limitation}`,
    base,
    limitation,
    minus2lnL: fit.minus2lnL,
    parameters,
    aic: fit.minus2lnL + 2 * parameters,
    bic: fit.minus2lnL + parameters * Math.log(sums.families),
    shares: [shares[0], shares[1]],
    genetic: [genetic[0], genetic[1]],
    ...(freed && {
      free: freed,
      correlation: correlationOf(components, freed, sums, fit, errorOf, intervals, held),
    }),
    ...(limitation === 'one scale' && {
      scale: { value: point[components.length], se: errorOf((at) => at[components.length]) },
    }),
    means: [means0, means1],
  };
}

/** Likelihood-ratio tests of each model against those of the same components that contain it. */
export function compareLimitations(models: readonly SexLimitationFit[]): Comparison[] {
  const order = (limitation: Limitation) => LIMITATIONS.indexOf(limitation);
  return models.flatMap((against) =>
    models.flatMap((model): Comparison[] => {
      const isNested =
        model.base === against.base &&
        order(model.limitation) > Math.max(order(against.limitation), order('other environments'));
      if (!isNested) return [];
      const df = against.parameters - model.parameters;
      // a correlation of 1 is the end of its range; other parameters are inside theirs
      const mixture: Mixture =
        against.free === undefined
          ? [{ df, weight: 1 }]
          : [
              { df: df - 1, weight: 0.5 },
              { df, weight: 0.5 },
            ];
      return [compare(model, against, mixture)];
    }),
  );
}

interface LimitedModel {
  readonly factors: FactorModel<SexedKind>;
  readonly starts: readonly number[][];
  /** Parameters of women and men that must not differ in sign. */
  readonly signed: readonly (readonly [number, number])[];
  /** Of each component in one sex. */
  variances(point: Float64Array, sex: Sex): number[];
}

/** Women's coefficients come first, then those of men or the factor of scale, then what is men's alone. */
function limitedModel(components: readonly Component[], limitation: Limitation): LimitedModel {
  const count = components.length;
  const freed = freedComponent(limitation);
  const isSized = LIMITATIONS.indexOf(limitation) <= LIMITATIONS.indexOf('other sizes');
  const own = 2 * count;
  const menOf = (c: number): Loading => {
    if (isSized) return loading(count + c);
    return limitation === 'one scale' ? [{ times: 1, of: [count, c] }] : loading(c);
  };
  const parameters = isSized ? own + (freed ? 1 : 0) : count + (limitation === 'one scale' ? 1 : 0);
  // one cause takes women and men the same way, unless its correlation between the sexes is free
  const signed = components.flatMap((component, c): [number, number][] =>
    isSized && component !== freed && component !== 'E' ? [[c, count + c]] : [],
  );
  const factors: FactorModel<SexedKind> = {
    parameters,
    factors: ({ kind, positions }) =>
      components.flatMap((component, c): Factor[] => {
        const shared = sharedPart(kind.relationship, component);
        const sexOf = (member: 0 | 1) => kind.sexes[member];
        const both = {
          shared,
          loadings: positions.map(({ member }) => (sexOf(member) === 0 ? loading(c) : menOf(c))),
        };
        if (component !== freed) return [both];
        const menAlone = {
          shared,
          loadings: positions.map(({ member }) => (sexOf(member) === 0 ? [] : loading(own))),
        };
        return [both, menAlone];
      }),
    isAllowed: (point) => signed.every(([woman, man]) => point[woman] * point[man] >= 0),
  };
  const variances = (point: Float64Array, sex: Sex) =>
    components.map((component, c) => {
      const path =
        sex === 0
          ? point[c]
          : isSized
            ? point[count + c]
            : point[c] * (limitation === 'one scale' ? point[count] : 1);
      return path ** 2 + (sex === 1 && component === freed ? point[own] ** 2 : 0);
    });
  const starts = [1 / count, 0.6, 0.2].map((first) => {
    const paths = components.map((_, c) => Math.sqrt(c === 0 ? first : (1 - first) / Math.max(1, count - 1)));
    if (!isSized) return limitation === 'one scale' ? [...paths, 1] : paths;
    return [...paths, ...paths, ...(freed ? [LIFT] : [])];
  });
  return { factors, starts, signed, variances };
}

/** What is 0 but for rounding is 0. */
function settle(parameters: Float64Array, { factors }: LimitedModel) {
  const held: number[] = [];
  const point = parameters.map((value, k) => {
    if (value ** 2 >= NEGLIGIBLE || k >= factors.parameters) return value;
    held.push(k);
    return 0;
  });
  return { point, held };
}

function geneticShare(
  components: readonly Component[],
  { variances }: LimitedModel,
  sex: Sex,
  point: Float64Array,
  errorOf: DeltaError,
): GeneticShare {
  const share = (at: Float64Array) => {
    const own = variances(at, sex);
    return sum(own.filter((_, c) => 'AD'.includes(components[c]))) / sum(own);
  };
  const value = share(point);
  return { value, se: value === 0 ? null : errorOf(share) };
}

function correlationOf(
  components: readonly Component[],
  freed: Component,
  sums: SexedSums,
  fit: FactorFit,
  errorOf: DeltaError,
  intervals: boolean,
  held: readonly number[],
): NonNullable<SexLimitationFit['correlation']> {
  const count = components.length;
  const c = components.indexOf(freed);
  const [woman, man, alone] = [c, count + c, 2 * count];
  const value = (at: ArrayLike<number>) => (Math.sign(at[woman]) * at[man]) / Math.hypot(at[man], at[alone]);
  const womens = fit.parameters[woman] ** 2;
  const mens = fit.parameters[man] ** 2 + fit.parameters[alone] ** 2;
  if (womens < NEGLIGIBLE || mens < NEGLIGIBLE) return { value: null, se: null, ci95: null, p: null };
  const correlation = value(fit.parameters);
  const isAtBound = held.includes(alone);
  const estimate = isAtBound ? Math.sign(correlation) : correlation;
  if (!intervals) return { value: estimate, se: isAtBound ? null : errorOf(value), ci95: null, p: null };
  const minus2lnL = (x: number) => heldBetweenSexes(components, c, x, sums, fit);
  // where the component does nothing in one sex its correlation is any number
  const absent = Math.min(...[woman, man].map((k) => withoutOne(components, k, sums, fit)));
  const profile = (x: number) => Math.min(absent, minus2lnL(x));
  return {
    value: estimate,
    se: isAtBound ? null : errorOf(value),
    ci95: profileInterval(profile, estimate, fit.minus2lnL, 0.1, [-1, 1]),
    p: chiSquareTail(Math.max(0, profile(0) - fit.minus2lnL), 1),
  };
}

/** -2 lnL with the correlation between the sexes held at x: men take x d of the women's cause and sqrt(1 - x^2) d of their own. */
function heldBetweenSexes(
  components: readonly Component[],
  c: number,
  x: number,
  sums: SexedSums,
  fit: FactorFit,
): number {
  const count = components.length;
  const full = limitedModel(components, components[c] === 'A' ? 'other genes' : 'other environments');
  const rest = Math.sqrt(Math.max(0, 1 - x * x));
  const factors: FactorModel<SexedKind> = {
    parameters: 2 * count,
    factors: (cell) =>
      full.factors.factors(cell).map((factor, f) => {
        if (f !== c && f !== c + 1) return factor;
        const isOwn = f === c + 1;
        const loadings = cell.positions.map(({ member }): Loading => {
          if (cell.kind.sexes[member] === 0) return isOwn ? [] : loading(c);
          return loading(count + c, isOwn ? rest : x);
        });
        return { ...factor, loadings };
      }),
    isAllowed: (point) =>
      point[c] * point[count + c] >= 0 && full.signed.every(([woman, man]) => point[woman] * point[man] >= 0),
  };
  const start = Array.from(fit.parameters.slice(0, 2 * count), (value) => Math.abs(liftedCoefficient(value)));
  start[count + c] = Math.max(LIFT, Math.hypot(fit.parameters[count + c], fit.parameters[2 * count]));
  // signs of the others: what a fit ends at on the edge of them, its faces reach
  const faces = full.signed.flatMap(([woman, man]) => [[woman], [man], [woman, man]]);
  return Math.min(...[[], ...faces].map((zeros) => fitHeld(sums, factors, [start], zeros).minus2lnL));
}

/** -2 lnL without the component in one sex. @param place the parameter of that sex */
function withoutOne(
  components: readonly Component[],
  place: number,
  sums: SexedSums,
  fit: FactorFit,
): number {
  const model = limitedModel(components, 'other sizes');
  const start = Array.from(fit.parameters.slice(0, 2 * components.length), (value) =>
    Math.abs(liftedCoefficient(value)),
  );
  return fitSigned(sums, model, [start], [place]).minus2lnL;
}

/**
 * The best fit in which no cause takes women and men in opposite ways. Where the best of all does, it lies inside the signs, or where
 * the cause does nothing in one sex.
 * @param zeros parameters held at 0
 */
function fitSigned(
  sums: SexedSums,
  model: LimitedModel,
  starts: readonly (readonly number[])[],
  zeros: readonly number[] = [],
): FactorFit {
  const { isAllowed: _, ...unsigned } = model.factors;
  const fit = fitHeld(sums, unsigned, starts, zeros);
  const wrong = model.signed.filter(([woman, man]) => fit.parameters[woman] * fit.parameters[man] < 0);
  if (wrong.length === 0) return fit;
  if (!sums.cells.some(({ kind }) => kind.sexes[0] !== kind.sexes[1])) {
    const men = wrong.map(([, man]) => man);
    // without opposite sexes signs mean nothing
    return {
      ...fit,
      parameters: fit.parameters.map((value, k) => (men.includes(k) ? -value : value)),
      hessian: turned(fit.hessian, men),
    };
  }
  const faces = wrong[0].map((place) => fitSigned(sums, model, starts, [...zeros, place]));
  return [fitHeld(sums, model.factors, starts, zeros), ...faces].reduce((best, own) =>
    own.minus2lnL < best.minus2lnL ? own : best,
  );
}

/** The Hessian where some parameters have the other sign. */
function turned(hessian: Float64Array, places: readonly number[]): Float64Array {
  const order = Math.sqrt(hessian.length);
  const sign = (k: number) => (places.includes(k) ? -1 : 1);
  return hessian.map((value, kl) => value * sign(Math.floor(kl / order)) * sign(kl % order));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
