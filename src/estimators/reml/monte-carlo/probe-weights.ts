import { choleskyFactor, choleskySolve } from '../../../linalg/small-dense.js';

/** Vectors for each known mean that there must be, so that fitting them does not cost more than it gains. */
const VECTORS_PER_CONTROL = 4;

/** The least number of vectors from which averages are corrected by so many known means. */
export const leastCalibrated = (controls: number): number => VECTORS_PER_CONTROL * (controls + 1);

/**
 * Weights of random vectors, adding up to 1, with which the averages of some quadratic forms are what they are known to be:
 * any other average with these weights is the regression estimator with those forms as control variates.
 * @param forms one row a vector. @param known the means.
 */
export function calibratedWeights(forms: readonly Float64Array[], known: ArrayLike<number>): Float64Array {
  const vectors = forms.length;
  const uniform = new Float64Array(vectors).fill(1 / vectors);
  const controls = known.length;
  if (vectors < leastCalibrated(controls)) return uniform;
  const mean = Float64Array.from(
    { length: controls },
    (_, k) => forms.reduce((sum, row) => sum + row[k], 0) / vectors,
  );
  const factor = choleskyFactor(spread(forms, mean), controls);
  if (!factor) return uniform;
  const tilt = choleskySolve(
    factor,
    controls,
    mean.map((value, k) => known[k] - value),
  );
  return uniform.map(
    (weight, t) => weight * (1 + tilt.reduce((sum, value, k) => sum + value * (forms[t][k] - mean[k]), 0)),
  );
}

/**
 * Covariance of the weighted average of rows: from the scatter of the rows around their regression on the forms where
 * the weights are calibrated, else around their mean.
 */
export function averageCovariance(
  rows: readonly Float64Array[],
  forms: readonly Float64Array[],
  controls: number,
): Float64Array {
  const vectors = rows.length;
  const order = rows[0].length;
  const isCalibrated = vectors >= leastCalibrated(controls);
  const meanOf = (list: readonly Float64Array[], width: number) =>
    Float64Array.from({ length: width }, (_, k) => list.reduce((sum, row) => sum + row[k], 0) / vectors);
  const mean = meanOf(rows, order);
  let residuals = rows.map((row) => row.map((value, k) => value - mean[k]));
  let degrees = vectors - 1;
  const center = meanOf(forms, controls);
  const factor = isCalibrated ? choleskyFactor(spread(forms, center), controls) : undefined;
  if (factor) {
    const slopes = Array.from({ length: order }, (_, k) =>
      choleskySolve(
        factor,
        controls,
        Array.from(
          { length: controls },
          (_, m) => residuals.reduce((sum, row, t) => sum + row[k] * (forms[t][m] - center[m]), 0) / vectors,
        ),
      ),
    );
    residuals = residuals.map((row, t) =>
      row.map((value, k) => value - slopes[k].reduce((sum, b, m) => sum + b * (forms[t][m] - center[m]), 0)),
    );
    degrees -= controls;
  }
  const covariance = new Float64Array(order * order);
  for (const row of residuals)
    for (let k = 0; k < order; k++)
      for (let l = 0; l < order; l++) covariance[k * order + l] += (row[k] * row[l]) / degrees / vectors;
  return covariance;
}

function spread(forms: readonly Float64Array[], mean: Float64Array): Float64Array {
  const order = mean.length;
  const matrix = new Float64Array(order * order);
  for (const row of forms)
    for (let k = 0; k < order; k++)
      for (let l = 0; l < order; l++)
        matrix[k * order + l] += ((row[k] - mean[k]) * (row[l] - mean[l])) / forms.length;
  return matrix;
}
