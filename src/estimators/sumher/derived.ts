import type { Taggings } from '../../formats/tagging.js';

/** What the parameters of a fit stand for: numbers that a reader wants, and their derivatives. */
export interface DerivedNumbers {
  readonly values: Float64Array;
  /** numbers x parameters, row-major. */
  readonly jacobian: Float64Array;
}

/** Where each number is among the {@link DerivedNumbers} of a model with so many categories. */
export function placesOf(categories: number) {
  return {
    total: 0,
    scaling: 1,
    intercept: 2,
    part: 3,
    category: 3 + categories,
    partShare: 3 + 2 * categories,
    share: 3 + 3 * categories,
    count: 3 + 4 * categories,
  };
}

/** Which confounding the model has: its parameters follow those of the categories. */
export interface Confounding {
  readonly scaling: boolean;
  readonly intercept: boolean;
}

/**
 * Heritability of parts and categories, their shares, scaling and intercept (METHODS 8.5).
 * @param theta c n̄ tau_c of each category, then c - 1 with a scaling, then c n̄ a with an intercept.
 * @param meanN n̄.
 */
export function deriveNumbers(
  taggings: Pick<Taggings, 'names' | 'contribution'>,
  confounding: Confounding,
  theta: ArrayLike<number>,
  meanN: number,
): DerivedNumbers {
  const categories = taggings.names.length;
  const at = placesOf(categories);
  const parameters = theta.length;
  const values = new Float64Array(at.count);
  const jacobian = new Float64Array(at.count * parameters);
  const row = (k: number) => jacobian.subarray(k * parameters, (k + 1) * parameters);
  const scale = confounding.scaling ? 1 + theta[categories] : 1;

  /** Adds theta_c * factor / (scale n̄) to number k. */
  const add = (k: number, c: number, factor: number) => {
    const slope = factor / (scale * meanN);
    values[k] += slope * theta[c];
    row(k)[c] += slope;
    if (confounding.scaling) row(k)[categories] -= (slope * theta[c]) / scale;
  };
  for (let c = 0; c < categories; c++) {
    const own = taggings.contribution[c * categories + c];
    add(at.part + c, c, own);
    add(at.total, c, own);
    for (let k = 0; k < categories; k++) add(at.category + c, k, taggings.contribution[c * categories + k]);
  }

  const total = values[at.total];
  const divide = (target: number, k: number) => {
    values[target] = values[k] / total;
    for (let p = 0; p < parameters; p++)
      row(target)[p] = (row(k)[p] - values[target] * row(at.total)[p]) / total;
  };
  for (let c = 0; c < categories; c++) {
    divide(at.partShare + c, at.part + c);
    divide(at.share + c, at.category + c);
  }

  values[at.scaling] = scale;
  if (confounding.scaling) row(at.scaling)[categories] = 1;
  values[at.intercept] = 1;
  if (confounding.intercept) {
    const p = parameters - 1;
    values[at.intercept] += theta[p] / scale;
    row(at.intercept)[p] = 1 / scale;
    if (confounding.scaling) row(at.intercept)[categories] = -theta[p] / scale ** 2;
  }
  return { values, jacobian };
}
