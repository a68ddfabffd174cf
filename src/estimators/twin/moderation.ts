import { type Comparison, compare } from './comparisons.js';
import { deltaErrors, LIFT, NEGLIGIBLE } from './delta.js';
import { fitFactors } from './factor-fit.js';
import type { Factor, FactorModel, Loading } from './factor-model.js';
import type { FamilySums } from './families.js';
import { COMPONENTS } from './models.js';
import { type Component, type Relationship, sharedPart } from './relatives.js';

/** What a pair shares, and the moderator of each member in standard deviations about its mean. */
export interface ModeratedKind {
  readonly relationship: Relationship;
  readonly moderator: readonly [number, number];
}

export interface ModeratorScale {
  readonly center: number;
  readonly spread: number;
}

/** How much of a component a trait takes at value M of the moderator: level + slope M, in the trait's units. */
export interface ModeratedPath {
  readonly component: Component;
  readonly level: number;
  readonly levelSe: number | null;
  /** A unit of the moderator; 0 without a standard error where the model has none. */
  readonly slope: number;
  readonly slopeSe: number | null;
}

export interface ModeratedShares {
  /** The value of the moderator. */
  readonly at: number;
  readonly total: number;
  readonly parts: readonly {
    readonly component: Component;
    readonly variance: number;
    readonly varianceSe: number | null;
    readonly share: number;
    readonly shareSe: number | null;
  }[];
  readonly genetic: { readonly share: number; readonly se: number | null };
}

export interface ModerationFit {
  readonly name: string;
  readonly base: string;
  /** Components whose path has a slope. */
  readonly moderated: readonly Component[];
  readonly minus2lnL: number;
  readonly parameters: number;
  readonly aic: number;
  readonly bic: number;
  readonly paths: readonly ModeratedPath[];
  readonly shares: readonly ModeratedShares[];
}

/**
 * Purcell's (2002) model: the path coefficient of every component changes along a line with the moderator, and so do variances and the
 * covariance of relatives (METHODS 9.6).
 * @param moderated components whose path has a slope
 * @param at values of the moderator at which shares are wanted
 */
export function fitModeration(
  base: string,
  moderated: readonly Component[],
  sums: FamilySums<ModeratedKind>,
  { center, spread }: ModeratorScale,
  at: readonly number[],
): ModerationFit {
  const components = COMPONENTS.filter((component) => base.includes(component));
  const count = components.length;
  const placeOf = components.map((component) => {
    const place = moderated.indexOf(component);
    return place < 0 ? undefined : count + place;
  });
  const model: FactorModel<ModeratedKind> = {
    parameters: count + moderated.length,
    factors: ({ kind, positions }) =>
      components.map(
        (component, c): Factor => ({
          shared: sharedPart(kind.relationship, component),
          loadings: positions.map(({ member }): Loading => {
            const slope = placeOf[c];
            const level = { times: 1, of: [c] } as const;
            return slope === undefined ? [level] : [level, { times: kind.moderator[member], of: [slope] }];
          }),
        }),
      ),
  };
  const fit = fitFactors(sums, model, startsOf(count, moderated.length));
  // a component that is nothing over the whole range stands at its bound
  const absent = components.map((_, c) => {
    const slope = placeOf[c] === undefined ? 0 : fit.parameters[placeOf[c]];
    return fit.parameters[c] ** 2 + slope ** 2 < NEGLIGIBLE;
  });
  const held = absent.flatMap((is, c) => (is ? [c, ...(placeOf[c] === undefined ? [] : [placeOf[c]])] : []));
  const point = fit.parameters.map((value, k) => (held.includes(k) ? 0 : value));
  const errorOf = deltaErrors(fit, point, held);
  const scale = sums.scales[0];
  const path = (point: ArrayLike<number>, c: number, value: number) => {
    const slope = placeOf[c];
    return point[c] + (slope === undefined ? 0 : point[slope] * ((value - center) / spread));
  };
  const variance = (point: ArrayLike<number>, c: number, value: number) => path(point, c, value) ** 2;
  const total = (point: ArrayLike<number>, value: number) =>
    components.reduce((sum, _, c) => sum + variance(point, c, value), 0);
  const parameters = model.parameters + sums.means;
  return {
    name: moderated.length === 0 ? `${base}, no moderation` : `${base}, ${moderated.join('')} moderated`,
    base,
    moderated,
    minus2lnL: fit.minus2lnL,
    parameters,
    aic: fit.minus2lnL + 2 * parameters,
    bic: fit.minus2lnL + parameters * Math.log(sums.families),
    paths: components.map((component, c): ModeratedPath => {
      // of the two signs that a path may have the one that is positive at the moderator's mean
      const sign = point[c] < 0 ? -1 : 1;
      const slope = placeOf[c];
      const level = (own: Float64Array) => sign * scale * path(own, c, 0);
      const slopeOf = (own: Float64Array) => (slope === undefined ? 0 : (sign * scale * own[slope]) / spread);
      return {
        component,
        level: level(point),
        levelSe: absent[c] ? null : errorOf(level),
        slope: slopeOf(point),
        slopeSe: slope === undefined || absent[c] ? null : errorOf(slopeOf),
      };
    }),
    shares: at.map((value): ModeratedShares => {
      const genetic = (own: Float64Array) =>
        components.reduce((sum, name, c) => ('AD'.includes(name) ? sum + variance(own, c, value) : sum), 0) /
        total(own, value);
      return {
        at: value,
        total: total(point, value) * scale ** 2,
        parts: components.map((component, c) => {
          const part = (own: Float64Array) => variance(own, c, value) * scale ** 2;
          const share = (own: Float64Array) => variance(own, c, value) / total(own, value);
          return {
            component,
            variance: part(point),
            varianceSe: absent[c] ? null : errorOf(part),
            share: share(point),
            shareSe: absent[c] ? null : errorOf(share),
          };
        }),
        genetic: { share: genetic(point), se: errorOf(genetic) },
      };
    }),
  };
}

/** Tests of the slope of each component, and of all of them, against the model with every slope. */
export function compareModeration(models: readonly ModerationFit[]): Comparison[] {
  return models.flatMap((model): Comparison[] => {
    const against = models.find(
      ({ base, moderated }) => base === model.base && moderated.length === base.length,
    );
    if (against === undefined || against === model) return [];
    const df = against.moderated.length - model.moderated.length;
    return [compare(model, against, [{ df, weight: 1 }])];
  });
}

/** Several splits of a variance of 1, and slopes of both signs: the sign of a path is arbitrary, that of its slope beside it is not. */
function startsOf(count: number, slopes: number): number[][] {
  const paths = [1 / count, 0.6, 0.2].map((first) =>
    Array.from({ length: count }, (_, c) =>
      Math.sqrt(c === 0 ? first : (1 - first) / Math.max(1, count - 1)),
    ),
  );
  if (slopes === 0) return paths;
  return paths.flatMap((own) =>
    [LIFT / 4, -LIFT / 4].map((slope) => [...own, ...Array.from({ length: slopes }, () => slope)]),
  );
}
