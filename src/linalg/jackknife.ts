/**
 * The block jackknife (Busing 1999; METHODS 3.4): standard errors of an estimate from what it is when one block of
 * consecutive data is left out at a time.
 */

/** An estimate of several numbers with the covariance of its sampling error. */
export interface Jackknifed {
  readonly estimate: Float64Array;
  /** Row-major, order x order. */
  readonly covariance: Float64Array;
  readonly se: Float64Array;
  /** Mean of the pseudovalues: the estimate with its bias of order 1 / n taken out. */
  readonly biasCorrected: Float64Array;
  readonly blocks: number;
  /** The estimate without each block, blocks x order, row-major. */
  readonly deleted: Float64Array;
}

/**
 * Where `count` rows are cut into `blocks` of almost the same size: blocks + 1 positions, from 0 to count, those of
 * NumPy's floor(linspace(0, count, blocks + 1)).
 */
export function blockSeparators(count: number, blocks: number): Int32Array {
  const step = count / blocks;
  return Int32Array.from({ length: blocks + 1 }, (_, b) => (b === blocks ? count : Math.floor(b * step)));
}

/** Block of each of `count` rows, ascending from 0: {@link blockSeparators} of at most one block a row. */
export function blockLabels(count: number, blocks: number): Int32Array {
  const separators = blockSeparators(count, Math.min(blocks, count));
  const labels = new Int32Array(count);
  for (let b = 1; b < separators.length; b++) labels.fill(b - 1, separators[b - 1], separators[b]);
  return labels;
}

/** Standard error of a statistic of independent draws, from what it is without each of them: sqrt((n - 1) / n Σ (θ_t - mean)²). */
export function leaveOneOutError(deleted: readonly number[]): number {
  const count = deleted.length;
  const mean = deleted.reduce((sum, value) => sum + value, 0) / count;
  const squares = deleted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(((count - 1) / count) * squares);
}

/**
 * Covariance from delete values: pseudovalues B θ - (B - 1) θ_b, their covariance (divisor B - 1) over B.
 *
 * Blocks that lie beside each other may go together. With a reach of L the covariances of pseudovalues less than L blocks apart count too,
 * by Bartlett's weights 1 - d / L (divisor B - L): to first order the mean over all ways to leave out L blocks at a time (Künsch 1989).
 *
 * @param estimate of all data, `order` numbers.
 * @param deleted the estimate without each block, blocks x order, row-major.
 * @param reach L, from 1 (blocks are independent) to below the number of blocks.
 */
export function jackknife(estimate: Float64Array, deleted: Float64Array, reach = 1): Jackknifed {
  const order = estimate.length;
  const blocks = deleted.length / order;
  const pseudo = new Float64Array(deleted.length);
  const mean = new Float64Array(order);
  for (let b = 0; b < blocks; b++) {
    for (let i = 0; i < order; i++) {
      const value = blocks * estimate[i] - (blocks - 1) * deleted[b * order + i];
      pseudo[b * order + i] = value;
      mean[i] += value / blocks;
    }
  }
  const covariance = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      const product = (b: number, c: number) =>
        (pseudo[b * order + i] - mean[i]) * (pseudo[c * order + j] - mean[j]);
      let sum = 0;
      for (let b = 0; b < blocks; b++) {
        sum += product(b, b);
        for (let d = 1; d < Math.min(reach, blocks - b); d++)
          sum += (1 - d / reach) * (product(b, b + d) + product(b + d, b));
      }
      covariance[i * order + j] = covariance[j * order + i] = sum / (blocks - reach) / blocks;
    }
  }
  const se = Float64Array.from(estimate, (_, i) => Math.sqrt(covariance[i * order + i]));
  return { estimate, covariance, se, biasCorrected: mean, blocks, deleted };
}

/**
 * Jackknife of ratios: delete values are those of the numerators over those of the denominators.
 *
 * @param ratio of all data, `order` numbers.
 * @param numerators without each block, blocks x order, row-major; @param denominators likewise, or one a block.
 */
export function jackknifeRatio(
  ratio: Float64Array,
  numerators: Float64Array,
  denominators: Float64Array,
): Jackknifed {
  const blocks = numerators.length / ratio.length;
  const shared = denominators.length === blocks ? ratio.length : 1;
  return jackknife(
    ratio,
    numerators.map((numerator, k) => numerator / denominators[Math.floor(k / shared)]),
  );
}

/** A matrix times a jackknifed estimate, with the covariance that goes with it: rows x order, row-major. */
export function transformCovariance(
  matrix: Float64Array,
  covariance: Float64Array,
  order: number,
): Float64Array {
  const rows = matrix.length / order;
  const half = new Float64Array(rows * order);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < order; k++) {
      const weight = matrix[r * order + k];
      if (weight === 0) continue;
      for (let j = 0; j < order; j++) half[r * order + j] += weight * covariance[k * order + j];
    }
  }
  const result = new Float64Array(rows * rows);
  for (let r = 0; r < rows; r++) {
    for (let s = 0; s < rows; s++) {
      let sum = 0;
      for (let j = 0; j < order; j++) sum += half[r * order + j] * matrix[s * order + j];
      result[r * rows + s] = sum;
    }
  }
  return result;
}
