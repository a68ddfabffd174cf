import { HeredityError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { type BandPanel, bandPanels, factorBand, solveBand } from './banded-cholesky.js';

/** The lower triangle of a symmetric matrix, row after row, from the first column that is not zero to the diagonal. */
export interface SymmetricBand {
  readonly order: number;
  /** First column of each row; it never falls from one row to the next. */
  readonly first: Int32Array;
  /** Row i begins at `start[i]` of `values`; one entry more than rows. */
  readonly start: Float64Array;
  readonly values: Float64Array | Float32Array;
}

/** Gradients and unknowns this close to zero count as zero: rounding, beside matrices of ones and unknowns near 1. */
const ZERO = 1e-12;

/** Share of the largest diagonal element below which a pivot is rounding: the column repeats those before it. */
const DEPENDENT = 1e-13;

/** Steps of exchanging all variables of the wrong sign that may pass without a new best, before single exchanges. */
const PATIENCE = 10;

const MOST_STEPS = 10_000;

/** Corrections of the last solution with the residual of C itself. */
const REFINEMENTS = 2;

/**
 * The w >= 0 that minimises |C w - 1|², C symmetric and banded, by exchanging variables between the set that is free and the set that
 * is zero until all signs are right (block principal pivoting; Portugal 1994, Kim and Park 2011), starting with all free.
 * The normal equations on the free set are solved by a banded Cholesky factor and refined with the residual of C itself, so
 * that their squared condition does not show. Where C is singular the minimum is shared by many w; columns that repeat
 * earlier ones then get 0.
 *
 * @returns w; with g = C (C w - 1), the gradient of half the sum of squares, |g_j| for w_j > 0 and -g_j for w_j = 0 are rounding.
 * @throws HeredityError `numerical` where the exchanges do not end.
 */
export function nonNegativeLeastSquares(kernels: Kernels, band: SymmetricBand): Float64Array {
  const { order } = band;
  const c = wholeRows(band);
  const gram = squared(kernels, c, order);
  const largest = gram.reduce((most, panel) => Math.max(most, ...diagonalOf(panel)), 0);
  const target = multiply(c, new Float64Array(order).fill(1));
  let free = Array.from({ length: order }, (_, j) => j);
  let best = order + 1;
  let patience = PATIENCE;
  for (let step = 0; step < MOST_STEPS; step++) {
    const factor = restricted(gram, free);
    factorBand(kernels, factor, largest * DEPENDENT);
    const w = new Float64Array(order);
    let gradient = addSolution(c, factor, free, target, w);
    let wrong = wrongSigns(w, gradient, free);
    for (let refinement = 0; wrong.length === 0 && refinement < REFINEMENTS; refinement++) {
      gradient = addSolution(c, factor, free, gradient.map(negative), w);
      wrong = wrongSigns(w, gradient, free);
    }
    if (wrong.length === 0) return w.map((value) => Math.max(0, value));
    if (wrong.length < best) {
      best = wrong.length;
      patience = PATIENCE;
    } else patience--;
    const changed = new Set(patience > 0 ? wrong : wrong.slice(-1));
    const isFree = new Set(free);
    free = Array.from({ length: order }, (_, j) => j).filter((j) => isFree.has(j) !== changed.has(j));
  }
  throw new HeredityError('numerical', 'non-negative least squares did not converge', {
    expected: `an answer within ${MOST_STEPS} exchanges`,
    fix: 'thin the variants first (--thin)',
  });
}

/** All of each row, both sides of the diagonal. */
function wholeRows({ order, first, start, values }: SymmetricBand): BandPanel[] {
  const last = Int32Array.from({ length: order }, (_, i) => i);
  for (let i = 0; i < order; i++) last[first[i]] = i;
  for (let i = 1; i < order; i++) last[i] = Math.max(last[i], last[i - 1]);
  const panels = bandPanels(
    order,
    (row) => first[row],
    (row) => last[row] + 1,
  );
  const height = panels[0]?.height ?? 1;
  const place = (i: number, j: number, value: number) => {
    const panel = panels[Math.floor(i / height)];
    panel.values[(i - panel.row) * panel.width + j - panel.left] = value;
  };
  for (let i = 0; i < order; i++) {
    for (let j = first[i]; j <= i; j++) {
      const value = values[start[i] + j - first[i]];
      place(i, j, value);
      place(j, i, value);
    }
  }
  return panels;
}

/** Lower panels of C C. */
function squared(kernels: Kernels, c: readonly BandPanel[], order: number): BandPanel[] {
  const height = c[0]?.height ?? 1;
  const panelOf = (row: number) => c[Math.floor(row / height)];
  const gram = bandPanels(
    order,
    (row) => panelOf(panelOf(row).left).left,
    (row) => row + 1,
  );
  for (const [k, target] of gram.entries()) {
    const a = c[k];
    for (const b of c.slice(0, k + 1)) {
      const columns = b.left + b.width - a.left;
      if (columns <= 0 || b.row < target.left) continue;
      kernels.multiplyTransposed(
        a.values,
        a.width,
        b.values.subarray(a.left - b.left),
        b.width,
        target.values.subarray(b.row - target.left),
        target.width,
        a.height,
        b.height,
        columns,
        1,
      );
    }
  }
  return gram;
}

/** Adds to w the solution of the normal equations on the free variables; returns the gradient C (C w - 1) there. */
function addSolution(
  c: readonly BandPanel[],
  factor: readonly BandPanel[],
  free: readonly number[],
  right: Float64Array,
  w: Float64Array,
): Float64Array {
  const step = Float64Array.from(free, (j) => right[j]);
  solveBand(factor, step);
  for (const [k, j] of free.entries()) w[j] += step[k];
  return multiply(
    c,
    multiply(c, w).map((value) => value - 1),
  );
}

const negative = (value: number): number => -value;

/** Free variables below 0, and others that would lower the sum of squares by rising above it. */
function wrongSigns(w: Float64Array, gradient: Float64Array, free: readonly number[]): number[] {
  const wrong: number[] = [];
  for (let j = 0, k = 0; j < w.length; j++) {
    const isFree = free[k] === j;
    if (isFree) k++;
    if (isFree ? w[j] < -ZERO : gradient[j] < -ZERO) wrong.push(j);
  }
  return wrong;
}

/** Panels of the rows and columns in `chosen`, ascending. */
function restricted(panels: readonly BandPanel[], chosen: readonly number[]): BandPanel[] {
  const height = panels[0]?.height ?? 1;
  const panelOf = (k: number) => panels[Math.floor(chosen[k] / height)];
  let low = 0;
  const leftmost = chosen.map((_, k) => {
    const { left } = panelOf(k);
    while (chosen[low] < left) low++;
    return low;
  });
  const result = bandPanels(
    chosen.length,
    (row) => leftmost[row],
    (row) => row + 1,
  );
  for (const target of result) {
    for (let k = target.row; k < target.row + target.height; k++) {
      const source = panelOf(k);
      const from = (chosen[k] - source.row) * source.width - source.left;
      const to = (k - target.row) * target.width - target.left;
      for (let l = leftmost[k]; l <= k; l++) target.values[to + l] = source.values[from + chosen[l]];
    }
  }
  return result;
}

function multiply(c: readonly BandPanel[], x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (const { row, height, left, width, values } of c) {
    for (let i = 0; i < height; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += values[i * width + j] * x[left + j];
      out[row + i] = sum;
    }
  }
  return out;
}

function* diagonalOf({ row, height, left, width, values }: BandPanel): Generator<number> {
  for (let i = 0; i < height; i++) yield values[i * width + row + i - left];
}
