import type { Kernels } from '../../kernels/kernels.js';
import { choleskyFactor, choleskySolve } from '../../linalg/small-dense.js';
import { type SumherData, weightedGram } from './likelihood.js';

/**
 * Parameters without each of `blocks` runs of consecutive variants, by weighted least squares of S - 1 with the variances
 * t E² of the fit to all (METHODS 8.5).
 * @returns undefined where some block cannot be left out: the rest does not tell the categories apart.
 */
export function leaveOutBlocks(
  kernels: Kernels,
  data: SumherData,
  expected: Float64Array,
  blocks: number,
): Float64Array[] | undefined {
  const { variants, parameters, regressors, statistics } = data;
  const weights = data.weights.map((weight, j) => weight / expected[j] ** 2);
  const grams: Float64Array[] = [];
  const products: Float64Array[] = [];
  for (let b = 0; b < blocks; b++) {
    const first = Math.floor((b * variants) / blocks);
    const end = Math.floor(((b + 1) * variants) / blocks);
    grams.push(weightedGram(kernels, data, weights, first, end));
    const product = new Float64Array(parameters);
    for (let q = 0; q < parameters; q++) {
      let sum = 0;
      for (let j = first; j < end; j++)
        sum += weights[j] * regressors[q * variants + j] * (statistics[j] - 1);
      product[q] = sum;
    }
    products.push(product);
  }
  const gram = sum(grams);
  const product = sum(products);
  const left: Float64Array[] = [];
  for (let b = 0; b < blocks; b++) {
    const factor = choleskyFactor(
      gram.map((value, i) => value - grams[b][i]),
      parameters,
    );
    if (!factor) return undefined;
    left.push(
      choleskySolve(
        factor,
        parameters,
        product.map((value, q) => value - products[b][q]),
      ),
    );
  }
  return left;
}

/** Standard error of each number from its values without each block. */
export function jackknifeErrors(leftOut: readonly Float64Array[]): Float64Array {
  const blocks = leftOut.length;
  return leftOut[0].map((_, k) => {
    const mean = leftOut.reduce((total, values) => total + values[k], 0) / blocks;
    const squares = leftOut.reduce((total, values) => total + (values[k] - mean) ** 2, 0);
    return Math.sqrt(((blocks - 1) / blocks) * squares);
  });
}

function sum(arrays: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(arrays[0].length);
  for (const array of arrays) for (let i = 0; i < total.length; i++) total[i] += array[i];
  return total;
}
