import { normalCdf } from '../../linalg/distributions.js';
import { orthonormalBasis, projectOut } from '../../linalg/orthonormal-basis.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import { symmetricSubmatrix } from '../../linalg/symmetric-tiled.js';
import { TILE, type TiledLower } from '../../linalg/tiled-lower.js';
import { groupByPeople, pick, sampleVariance } from '../people.js';

/** A coefficient with the error of least squares over pairs, and of leaving out one person at a time. */
export interface PairCoefficient {
  readonly estimate: number;
  readonly olsSe: number;
  readonly jackknifeSe: number;
  readonly olsP: number;
  readonly jackknifeP: number;
}

export interface PairRegression {
  readonly intercept: PairCoefficient;
  /** Shares of variance, one a matrix. */
  readonly components: readonly PairCoefficient[];
  /** Their sum. */
  readonly total: PairCoefficient;
}

export interface PairEstimate {
  readonly n: number;
  readonly covariates: number;
  /** y_i y_k on the relationship of i and k. */
  readonly crossProduct: PairRegression;
  /** -(y_i - y_k)² / 2 on it. */
  readonly squaredDifference: PairRegression;
}

/**
 * Haseman-Elston regression over all pairs of people (METHODS 5.5), of many traits on some relationship matrices.
 * Covariates are taken out of a trait first; it then has mean 0 and variance 1 (divisor n - 1).
 *
 * @param matrices over the same samples. @param traits one value a sample, NaN where missing.
 * @returns undefined for a trait for which the matrices cannot be told apart, or do not vary.
 */
export function pairRegressions(
  matrices: readonly TiledLower[],
  traits: readonly Float64Array[],
  covariates: readonly Float64Array[],
): (PairEstimate | undefined)[] {
  const results: (PairEstimate | undefined)[] = [];
  for (const { people, members } of groupByPeople(traits)) {
    const own = matrices.map((matrix) =>
      people.length === matrix.order ? matrix : symmetricSubmatrix(matrix, people),
    );
    const columns = [
      new Float64Array(people.length).fill(1),
      ...covariates.map((values) => pick(values, people)),
    ];
    const { basis } = orthonormalBasis(columns);
    const scaled = members.map((t) => {
      const y = pick(traits[t], people);
      projectOut(y, basis);
      const sd = Math.sqrt(sampleVariance(y));
      return y.map((value) => value / sd);
    });
    const sums = relationshipSums(own, scaled);
    for (const [k, t] of members.entries()) {
      const crossProduct = regress(sums, crossProducts(scaled[k], sums.weighted[k]));
      const squaredDifference = regress(sums, squaredDifferences(scaled[k], sums, k));
      results[t] = crossProduct &&
        squaredDifference && { n: people.length, covariates: basis.length, crossProduct, squaredDifference };
    }
  }
  return results;
}

/** Sums over the pairs of each person, the intercept as a regressor of ones before the matrices. */
interface RelationshipSums {
  readonly people: number;
  readonly regressors: number;
  /** Σ_k z_a z_b, people x regressors², row-major. */
  readonly products: Float64Array;
  /** Σ_k z_a y_k of each trait, people x regressors. */
  readonly weighted: readonly Float64Array[];
  /** Σ_k z_a y_k² of each trait. */
  readonly weightedSquares: readonly Float64Array[];
}

function relationshipSums(
  matrices: readonly TiledLower[],
  traits: readonly Float64Array[],
): RelationshipSums {
  const people = matrices[0].order;
  const regressors = matrices.length + 1;
  const products = new Float64Array(people * regressors * regressors);
  const weighted = traits.map(() => new Float64Array(people * regressors));
  const weightedSquares = traits.map(() => new Float64Array(people * regressors));
  const z = new Float64Array(regressors);
  z[0] = 1;
  const size = regressors * regressors;
  for (let i = 0; i < people; i++) {
    const panels = matrices.map((matrix) => matrix.panels[Math.floor(i / TILE)]);
    for (let k = 0; k < i; k++) {
      for (let m = 0; m < panels.length; m++) z[m + 1] = panels[m].values[(i % TILE) * panels[m].width + k];
      for (let a = 0, at = 0; a < regressors; a++)
        for (let b = 0; b < regressors; b++, at++) {
          const product = z[a] * z[b];
          products[i * size + at] += product;
          products[k * size + at] += product;
        }
      for (let t = 0; t < traits.length; t++) {
        const [yi, yk] = [traits[t][i], traits[t][k]];
        for (let a = 0; a < regressors; a++) {
          weighted[t][i * regressors + a] += z[a] * yk;
          weighted[t][k * regressors + a] += z[a] * yi;
          weightedSquares[t][i * regressors + a] += z[a] * yk * yk;
          weightedSquares[t][k * regressors + a] += z[a] * yi * yi;
        }
      }
    }
  }
  return { people, regressors, products, weighted, weightedSquares };
}

/** Of each person: Σ_k z_a c_ik over the pairs, people x regressors; and Σ c² over all pairs. */
interface Response {
  readonly moments: Float64Array;
  readonly squares: number;
}

function crossProducts(y: Float64Array, weighted: Float64Array): Response {
  const regressors = weighted.length / y.length;
  const moments = weighted.map((sum, at) => sum * y[Math.floor(at / regressors)]);
  let second = 0;
  let fourth = 0;
  for (const value of y) {
    second += value ** 2;
    fourth += value ** 4;
  }
  return { moments, squares: (second ** 2 - fourth) / 2 };
}

function squaredDifferences(
  y: Float64Array,
  { regressors, products, weighted, weightedSquares }: RelationshipSums,
  trait: number,
): Response {
  const moments = new Float64Array(y.length * regressors);
  for (const [i, own] of y.entries())
    for (let a = 0; a < regressors; a++) {
      const at = i * regressors + a;
      const sum = products[i * regressors * regressors + a];
      moments[at] = -(own * own * sum - 2 * own * weighted[trait][at] + weightedSquares[trait][at]) / 2;
    }
  // Σ_{i<k} (y_i - y_k)⁴ from the power sums
  const [s0, s1, s2, s3, s4] = [0, 1, 2, 3, 4].map((power) =>
    y.reduce((sum, value) => sum + value ** power, 0),
  );
  return { moments, squares: (s0 * s4 - 4 * s1 * s3 + 3 * s2 * s2) / 4 };
}

/** Least squares over the pairs, with both errors; undefined where the normal equations are singular. */
function regress(
  { people, regressors, products }: RelationshipSums,
  { moments, squares }: Response,
): PairRegression | undefined {
  const size = regressors * regressors;
  const gram = new Float64Array(size);
  const right = new Float64Array(regressors);
  for (let i = 0; i < people; i++) {
    for (let at = 0; at < size; at++) gram[at] += products[i * size + at] / 2;
    for (let a = 0; a < regressors; a++) right[a] += moments[i * regressors + a] / 2;
  }
  const inverse = inverseOf(gram, regressors);
  if (!inverse) return undefined;
  const solve = (matrix: Float64Array, vector: Float64Array) =>
    Float64Array.from({ length: regressors }, (_, a) => {
      let sum = 0;
      for (let b = 0; b < regressors; b++) sum += matrix[a * regressors + b] * vector[b];
      return sum;
    });
  const estimate = solve(inverse, right);
  const residual = squares - estimate.reduce((sum, value, a) => sum + value * right[a], 0);
  const pairs = (people * (people - 1)) / 2;
  const variance = residual / (pairs - regressors);
  const without: Float64Array[] = [];
  for (let i = 0; i < people; i++) {
    const left = inverseOf(
      gram.map((value, at) => value - products[i * size + at]),
      regressors,
    );
    if (!left) return undefined;
    without.push(
      solve(
        left,
        right.map((value, a) => value - moments[i * regressors + a]),
      ),
    );
  }
  const coefficient = (weights: readonly number[]): PairCoefficient => {
    const dot = (values: ArrayLike<number>) =>
      weights.reduce((sum, weight, a) => sum + weight * values[a], 0);
    let ols = 0;
    for (let a = 0; a < regressors; a++)
      for (let b = 0; b < regressors; b++) ols += weights[a] * weights[b] * inverse[a * regressors + b];
    const left = without.map(dot);
    const mean = left.reduce((sum, value) => sum + value, 0) / people;
    const spread = left.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const olsSe = Math.sqrt(Math.max(0, ols * variance));
    const jackknifeSe = Math.sqrt((spread * (people - 1)) / people);
    const p = (se: number) => (se > 0 ? 2 * normalCdf(-Math.abs(dot(estimate)) / se) : 1);
    return { estimate: dot(estimate), olsSe, jackknifeSe, olsP: p(olsSe), jackknifeP: p(jackknifeSe) };
  };
  const only = (a: number) => Array.from({ length: regressors }, (_, b) => Number(a === b));
  return {
    intercept: coefficient(only(0)),
    components: Array.from({ length: regressors - 1 }, (_, m) => coefficient(only(m + 1))),
    total: coefficient(only(0).map((flag) => 1 - flag)),
  };
}

function inverseOf(matrix: Float64Array, order: number): Float64Array | undefined {
  const factor = choleskyFactor(matrix, order);
  return factor && choleskyInverse(factor, order);
}
