import { HeredityError } from '../../errors.js';
import { dot, orthonormalBasis, projectOut } from '../../linalg/orthonormal-basis.js';

/** Ordinary least squares of y on one x. */
export interface LineFit {
  readonly slope: number;
  readonly slopeSE: number;
  readonly intercept: number;
  readonly interceptSE: number;
  readonly n: number;
}

/**
 * Least-squares line through the points that have every value (NaN is missing), with covariates as further predictors;
 * the intercept is then that of people with average covariates.
 * @param covariates one array a covariate, each as long as x; one that depends on those before it adds nothing
 * @throws HeredityError `degenerate-data` with too few points, or an x that does not vary or follows from the covariates;
 *   `numerical` for a slope that is no number
 */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  covariates: readonly ArrayLike<number>[] = [],
): LineFit {
  const all = [x, y, ...covariates];
  const rows = Array.from({ length: x.length }, (_, i) => i).filter((i) =>
    all.every((values) => Number.isFinite(values[i])),
  );
  const n = rows.length;
  const take = (values: ArrayLike<number>) => {
    // in units of the largest, so that no square leaves the range of numbers
    const unit = rows.reduce((most, i) => Math.max(most, Math.abs(values[i])), 0) || 1;
    const mean = rows.reduce((sum, i) => sum + values[i] / unit, 0) / n;
    return { mean, unit, centred: Float64Array.from(rows, (i) => values[i] / unit - mean) };
  };
  const [{ mean: mx, unit: ux, centred: dx }, { mean: my, unit: uy, centred: dy }] = [take(x), take(y)];
  const { basis } = orthonormalBasis(covariates.map((values) => take(values).centred));
  const before = dot(dx, dx);
  projectOut(dx, basis);
  projectOut(dy, basis);
  const sxx = dot(dx, dx);
  const degreesOfFreedom = n - 2 - basis.length;
  if (degreesOfFreedom < 1 || !(sxx > 1e-20 * before)) {
    const more = covariates.length > 0 ? ', beside the covariates' : '';
    throw new HeredityError(
      'degenerate-data',
      `a regression needs at least three pairs and a predictor that varies${more}`,
      { value: n },
    );
  }
  const slope = dot(dx, dy) / sxx;
  const residual = dy.reduce((sum, value, i) => sum + (value - slope * dx[i]) ** 2, 0) / degreesOfFreedom;
  const unit = uy / ux;
  const line = {
    slope: slope * unit,
    slopeSE: Math.sqrt(residual / sxx) * unit,
    intercept: (my - slope * mx) * uy,
    interceptSE: Math.sqrt(residual * (1 / n + mx ** 2 / sxx)) * uy,
    n,
  };
  if (!Object.values(line).every(Number.isFinite)) {
    throw new HeredityError('numerical', 'the slope of the regression is beyond the range of numbers', {
      fix: 'give the values in other units',
    });
  }
  return line;
}

/**
 * Heritability from offspring on parents: the slope on the parents' mean is h2, on one parent h2 / 2 (METHODS 9.1).
 * A common environment of parents and offspring adds to the slope, and assortative mating to that on one parent.
 */
export function heritabilityFromParents(slope: number, slopeSE: number, parents: 'both' | 'one') {
  const factor = parents === 'both' ? 1 : 2;
  return { h2: factor * slope, se: factor * slopeSE };
}

export interface SiblingSharingEstimate {
  readonly a2: number;
  readonly a2SE: number;
  readonly c2: number;
  readonly c2SE: number;
  readonly pairs: number;
  readonly meanSharing: number;
  readonly sdSharing: number;
}

/**
 * Heritability within full siblings from their realised sharing pi of the genome (mean 1/2, SD about 0.036):
 * Cov(y1, y2) = pi V_A + V_C, so the product of standardised phenotypes is regressed on pi (METHODS 9.1). No twins and
 * no assumption on environments; the small spread of pi makes it imprecise.
 * @param sharing share of alleles identical by descent, 0 to 1, one a pair
 * @throws HeredityError `bad-input` for a sharing outside 0 to 1
 */
export function siblingSharingRegression(
  first: Float64Array,
  second: Float64Array,
  sharing: Float64Array,
): SiblingSharingEstimate {
  const wrong = sharing.find((pi) => pi < 0 || pi > 1);
  if (wrong !== undefined) {
    throw new HeredityError('bad-input', 'a sharing of alleles is impossible', {
      value: wrong,
      expected: '0 to 1',
    });
  }
  const complete = [...first.keys()].filter((i) => Number.isFinite(first[i] + second[i] + sharing[i]));
  const people = complete.flatMap((i) => [first[i], second[i]]);
  const mean = people.reduce((sum, y) => sum + y, 0) / people.length;
  const variance = people.reduce((sum, y) => sum + (y - mean) ** 2, 0) / people.length;
  if (!(variance > 0))
    throw new HeredityError('degenerate-data', 'no two siblings with sharing differ in the trait');
  const products = complete.map((i) => ((first[i] - mean) * (second[i] - mean)) / variance);
  const pi = complete.map((i) => sharing[i]);
  const line = fitLine(pi, products);
  const meanSharing = pi.reduce((sum, value) => sum + value, 0) / pi.length;
  return {
    a2: line.slope,
    a2SE: line.slopeSE,
    c2: line.intercept,
    c2SE: line.interceptSE,
    pairs: line.n,
    meanSharing,
    sdSharing: Math.sqrt(pi.reduce((sum, value) => sum + (value - meanSharing) ** 2, 0) / pi.length),
  };
}
