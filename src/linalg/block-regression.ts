import type { Kernels } from '../kernels/kernels.js';
import { WEIGHTED_SUMS } from '../kernels/score-regression.js';
import { typescriptKernels } from '../kernels/typescript.js';
import { type Jackknifed, jackknife } from './jackknife.js';
import { solveLinear } from './linear-solve.js';

/** What weighted least squares needs of each block of rows: X'WX and X'Wy, one after another, row-major. */
export interface BlockSums {
  readonly blocks: number;
  /** Columns of X. */
  readonly order: number;
  /** blocks x order x order. */
  readonly grams: Float64Array;
  /** blocks x order. */
  readonly moments: Float64Array;
}

/** From so many columns on the Gram of a block is a matrix product of the kernels. */
const KERNEL_COLUMNS = 8;

/** Consecutive rows of a regression. */
export interface RegressionRows {
  /** Of the design, one array a column. */
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  /** Taken off every y. @default 0 */
  readonly offset?: number | undefined;
  /** One a row, of the squared residual; 0 leaves a row out. */
  readonly weights: Float64Array;
}

/**
 * Sums of weighted least squares over blocks of consecutive rows, in one pass.
 *
 * @param separators where blocks begin and end ({@link blockSeparators}).
 * @param kernels make the sums of one or two columns, and multiply many; without them plain loops do.
 */
export function weightedBlockSums(
  columns: readonly Float64Array[],
  y: Float64Array,
  weights: Float64Array,
  separators: Int32Array,
  kernels?: Kernels,
): BlockSums {
  const rowsOf = (from: number, to: number) => ({
    columns: columns.map((column) => column.subarray(from, to)),
    y: y.subarray(from, to),
    weights: weights.subarray(from, to),
  });
  return sumsOfBlocks(columns.length, rowsOf, separators, kernels);
}

/**
 * As {@link weightedBlockSums}, of rows that are made block by block.
 * @param rowsOf rows from one to before another, in work space that may be used again for the next.
 */
export function sumsOfBlocks(
  order: number,
  rowsOf: (from: number, to: number) => RegressionRows,
  separators: Int32Array,
  kernels?: Kernels,
): BlockSums {
  const blocks = separators.length - 1;
  const grams = new Float64Array(blocks * order * order);
  const moments = new Float64Array(blocks * order);
  const addBlock = adderFor(order, kernels);
  for (let b = 0; b < blocks; b++) {
    const gram = grams.subarray(b * order * order, (b + 1) * order * order);
    addBlock(rowsOf(separators[b], separators[b + 1]), gram, moments.subarray(b * order, (b + 1) * order));
  }
  return { blocks, order, grams, moments };
}

/** Sums over the rows of one block. */
type AddBlock = (rows: RegressionRows, gram: Float64Array, moment: Float64Array) => void;

function adderFor(order: number, kernels: Kernels | undefined): AddBlock {
  if (order <= 2) return sumsOfTwo(kernels ?? typescriptKernels);
  return kernels && order >= KERNEL_COLUMNS ? scaledProduct(kernels, order) : plainSums;
}

const plainSums: AddBlock = ({ columns, y, offset = 0, weights }, gram, moment) => {
  const order = columns.length;
  for (let i = 0; i < order; i++) {
    moment[i] = weightedDot(weights, columns[i], y, offset);
    for (let k = 0; k <= i; k++)
      gram[i * order + k] = gram[k * order + i] = weightedDot(weights, columns[i], columns[k], 0);
  }
};

function weightedDot(weights: Float64Array, a: Float64Array, b: Float64Array, offset: number): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += weights[j] * a[j] * (b[j] - offset);
  return sum;
}

/** {@link plainSums} of one column or two, such as a score and the intercept: the same sums, in one pass over memory. */
function sumsOfTwo(kernels: Kernels): AddBlock {
  const sums = new Float64Array(WEIGHTED_SUMS);
  return ({ columns, y, offset = 0, weights }, gram, moment) => {
    const [first, second = first] = columns;
    kernels.weightedSums(first, second, y, offset, weights, y.length, sums);
    const [xx, xz, zz, xy, zy] = sums;
    if (columns.length === 1) {
      gram[0] = xx;
      moment[0] = xy;
    } else {
      gram.set([xx, xz, xz, zz]);
      moment.set([xy, zy]);
    }
  };
}

/** (√w X)(√w X)' by the kernels' matrix product, y as one more row. */
function scaledProduct(kernels: Kernels, order: number): AddBlock {
  let scaled = new Float64Array(0);
  const product = new Float64Array((order + 1) * (order + 1));
  return ({ columns, y: given, offset = 0, weights }, gram, moment) => {
    const y = offset === 0 ? given : given.map((value) => value - offset);
    const rows = y.length;
    if (scaled.length < (order + 1) * rows) scaled = new Float64Array((order + 1) * rows);
    const roots = weights.map(Math.sqrt);
    for (const [i, column] of [...columns, y].entries())
      for (let j = 0; j < rows; j++) scaled[i * rows + j] = roots[j] * column[j];
    product.fill(0);
    const used = scaled.subarray(0, (order + 1) * rows);
    kernels.multiplyTransposed(used, rows, used, rows, product, order + 1, order + 1, order + 1, rows, 1);
    for (let i = 0; i < order; i++) {
      gram.set(product.subarray(i * (order + 1), i * (order + 1) + order), i * order);
      moment[i] = product[order * (order + 1) + i];
    }
  };
}

/** Sums over all blocks, in their order. */
export function totalSums({ blocks, order, grams, moments }: BlockSums): {
  gram: Float64Array;
  moment: Float64Array;
} {
  const gram = new Float64Array(order * order);
  const moment = new Float64Array(order);
  for (let b = 0; b < blocks; b++) {
    for (let k = 0; k < gram.length; k++) gram[k] += grams[b * gram.length + k];
    for (let k = 0; k < order; k++) moment[k] += moments[b * order + k];
  }
  return { gram, moment };
}

/**
 * Coefficients of weighted least squares.
 * @returns undefined where the columns are collinear.
 */
export function leastSquares(sums: BlockSums): Float64Array | undefined {
  const { gram, moment } = totalSums(sums);
  return solveLinear(gram, sums.order, moment);
}

/**
 * Coefficients of weighted least squares with their jackknife over the blocks, the weights held fixed.
 * @returns undefined where the columns are collinear, with all blocks or without one of them.
 */
export function jackknifedLeastSquares(sums: BlockSums): Jackknifed | undefined {
  const { blocks, order, grams, moments } = sums;
  const { gram, moment } = totalSums(sums);
  const estimate = solveLinear(gram, order, moment);
  if (!estimate) return undefined;
  const deleted = new Float64Array(blocks * order);
  for (let b = 0; b < blocks; b++) {
    const without = solveLinear(
      gram.map((value, k) => value - grams[b * gram.length + k]),
      order,
      moment.map((value, k) => value - moments[b * order + k]),
    );
    if (!without) return undefined;
    deleted.set(without, b * order);
  }
  return jackknife(estimate, deleted);
}
