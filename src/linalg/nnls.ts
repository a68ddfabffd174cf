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

/** Exchanges without a new best after which only the last variable of the wrong sign moves (Murty's rule). */
const PATIENCE = 10;

/** Exchanges after which they are taken to go in circles. */
const MOST_EXCHANGES = 100;

/** Corrections of a solution with the residual of C itself. */
const REFINEMENTS = 2;

/**
 * The w >= 0 that minimises |C w - 1|², C symmetric and banded. Variables are exchanged between the set that is free and the set
 * that is zero until all signs are right (block principal pivoting; Portugal 1994, Kim and Park 2011), starting with all
 * free. Where that goes in circles, as it may where C is nearly singular, Lawson and Hanson's active set takes over, one
 * variable at a time and always downhill. The normal equations on the free set are solved by a banded Cholesky factor and refined with the
 * residual of C itself, so that their squared condition does not show. Where C is singular the minimum is shared by many w;
 * columns that repeat earlier ones then get 0.
 *
 * @returns w; with g = C (C w - 1), the gradient of half the sum of squares, |g_j| for w_j > 0 and -g_j for w_j = 0 are rounding.
 */
export function nonNegativeLeastSquares(kernels: Kernels, band: SymmetricBand): Float64Array {
  const equations = new NormalEquations(kernels, band);
  const all = Array.from({ length: band.order }, (_, j) => j);
  let free = all;
  let best = band.order + 1;
  for (let step = 0, patience = PATIENCE; step < MOST_EXCHANGES; step++, patience--) {
    const { w, wrong } = equations.solve(free);
    if (wrong.length === 0) return atLeastZero(w);
    if (wrong.length < best) {
      best = wrong.length;
      patience = PATIENCE;
    }
    const changed = new Set(patience > 0 ? wrong : wrong.slice(-1));
    const isFree = new Set(free);
    free = all.filter((j) => isFree.has(j) !== changed.has(j));
  }
  return activeSet(equations, band.order);
}

/**
 * Lawson and Hanson's method, from 0: the variable with the steepest gradient becomes free, then towards the solution on the free set
 * until a variable reaches 0 and leaves it again. A variable that left waits for the next gain: without that, rounding could
 * send it in and out for ever.
 */
function activeSet(equations: NormalEquations, order: number): Float64Array {
  const w = new Float64Array(order);
  const free = new Set<number>();
  const waiting = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (;;) {
    const { gradient, squares } = equations.evaluate(w);
    if (squares < least * (1 - GAIN)) {
      least = squares;
      waiting.clear();
    }
    let steepest = -1;
    for (let j = 0; j < order; j++) {
      if (free.has(j) || waiting.has(j) || gradient[j] > -ZERO) continue;
      if (steepest < 0 || gradient[j] < gradient[steepest]) steepest = j;
    }
    if (steepest < 0) return w;
    free.add(steepest);
    for (let length = 0; length < 1; ) {
      const { w: target } = equations.solve([...free].sort((a, b) => a - b));
      const falling = [...free].filter((j) => target[j] <= 0);
      length = falling.reduce((least, j) => Math.min(least, w[j] / (w[j] - target[j])), 1);
      if (Number.isNaN(length)) length = 0; // 0 / 0: it stays where it is
      for (const j of free) w[j] += length * (target[j] - w[j]);
      for (const j of falling) {
        if (length === 1 || w[j] > ZERO) continue;
        w[j] = 0;
        free.delete(j);
        waiting.add(j);
      }
    }
  }
}

/** Share of the sum of squares that counts as a gain. */
const GAIN = 1e-12;

const atLeastZero = (w: Float64Array): Float64Array => w.map((value) => Math.max(0, value));

/** C C w = C 1, restricted to some of the variables. */
class NormalEquations {
  readonly #kernels: Kernels;
  readonly #c: readonly BandPanel[];
  readonly #gram: readonly BandPanel[];
  readonly #target: Float64Array;
  readonly #tolerance: number;

  constructor(kernels: Kernels, band: SymmetricBand) {
    this.#kernels = kernels;
    this.#c = wholeRows(band);
    this.#gram = squared(kernels, this.#c, band.order);
    this.#target = multiply(this.#c, new Float64Array(band.order).fill(1));
    const largest = this.#gram.reduce((most, panel) => Math.max(most, ...diagonalOf(panel)), 0);
    this.#tolerance = largest * DEPENDENT;
  }

  /** The solution with all but the free variables 0, refined where all signs are right, and the variables whose sign is wrong. */
  solve(free: readonly number[]): { w: Float64Array; wrong: number[] } {
    const factor = restricted(this.#gram, free);
    factorBand(this.#kernels, factor, this.#tolerance);
    const w = new Float64Array(this.#target.length);
    let right = this.#target;
    for (let refinement = 0; ; refinement++) {
      const step = Float64Array.from(free, (j) => right[j]);
      solveBand(factor, step);
      for (const [k, j] of free.entries()) w[j] += step[k];
      const { gradient } = this.evaluate(w);
      const wrong = wrongSigns(w, gradient, free);
      if (wrong.length > 0 || refinement === REFINEMENTS) return { w, wrong };
      right = gradient.map((value) => -value);
    }
  }

  /** The gradient C (C w - 1) and the sum of squares |C w - 1|². */
  evaluate(w: Float64Array): { gradient: Float64Array; squares: number } {
    const residual = multiply(this.#c, w).map((value) => value - 1);
    return {
      gradient: multiply(this.#c, residual),
      squares: residual.reduce((sum, value) => sum + value * value, 0),
    };
  }
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
