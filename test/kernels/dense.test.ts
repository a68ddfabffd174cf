import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';

const ORDERS = [0, 1, 2, 3, 17, 32, 33, 64, 65, 161];

/** A row-major matrix with room beside its rows, which no kernel may touch. */
interface Matrix {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly ld: number;
}

const UNTOUCHED = 7e77;

function matrix(
  rows: number,
  columns: number,
  at: (i: number, j: number) => number,
  ld = columns + 3,
): Matrix {
  const values = new Float64Array(rows * ld).fill(UNTOUCHED);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * ld + j] = at(i, j);
  return { values, rows, columns, ld };
}

let stream = 0;
function random(rows: number, columns: number): Matrix {
  const numbers = new Float64Array(rows * columns);
  oracle.normal(11, stream++, 0, numbers);
  return matrix(rows, columns, (i, j) => numbers[i * columns + j]);
}

const at = (m: Matrix, i: number, j: number): number => m.values[i * m.ld + j];
const copy = (m: Matrix): Matrix => ({ ...m, values: m.values.slice() });
const lowerOf = (m: Matrix): Matrix => matrix(m.rows, m.columns, (i, j) => (i >= j ? at(m, i, j) : 0));
const transpose = (m: Matrix): Matrix => matrix(m.columns, m.rows, (i, j) => at(m, j, i));

function times(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows, b.columns, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += at(a, i, k) * at(b, k, j);
    return sum;
  });
}

/** Gram matrix X'X of the columns `pick` of a random X. */
function gram(
  order: number,
  pick: (j: number, columns: readonly Float64Array[]) => Float64Array | undefined,
): Matrix {
  const samples = order + 40;
  const columns: Float64Array[] = [];
  for (let j = 0; j < order; j++) {
    const fresh = new Float64Array(samples);
    oracle.normal(12, stream++, 0, fresh);
    columns.push(pick(j, columns) ?? fresh);
  }
  return matrix(
    order,
    order,
    (i, j) => columns[i].reduce((sum, x, k) => sum + x * columns[j][k], 0) / samples,
  );
}

const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, k) => x + b[k]);

/** Made once for all backends. */
function remember(make: (order: number) => Matrix): (order: number) => Matrix {
  const made = new Map<number, Matrix>();
  return (order) => made.get(order) ?? made.set(order, make(order)).get(order)!;
}

const complete = remember((order) => gram(order, () => undefined));

/** Every fifth column repeats an earlier one, every seventh is the sum of two. */
const rankDeficient = remember((order) =>
  gram(order, (j, columns) => {
    if (j % 5 === 4) return columns[Math.floor(j / 2)];
    return j % 7 === 6 ? sum(columns[j - 1], columns[j >> 2]) : undefined;
  }),
);
const dependentColumns = (order: number): number[] =>
  Array.from({ length: order }, (_, j) => j).filter((j) => j % 5 === 4 || j % 7 === 6);

function largestDifference(a: Matrix, b: Matrix): number {
  let largest = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) largest = Math.max(largest, Math.abs(at(a, i, j) - at(b, i, j)));
  }
  return largest;
}

function expectUntouched(before: Matrix, after: Matrix, touched: (i: number, j: number) => boolean): void {
  for (let i = 0; i < before.rows; i++) {
    for (let j = 0; j < before.ld; j++) {
      if (j >= before.columns || !touched(i, j)) {
        if (at(before, i, j) !== at(after, i, j)) expect.fail(`element (${i}, ${j}) was overwritten`);
      }
    }
  }
}

const cholesky = (k: Kernels, m: Matrix, tolerance = 1e-10) => k.cholesky(m.values, m.rows, m.ld, tolerance);

function pivoted(k: Kernels, m: Matrix, tolerance = 1e-10) {
  const pivots = new Int32Array(m.rows);
  return { rank: k.choleskyPivoted(m.values, m.rows, m.ld, tolerance, pivots), pivots: [...pivots] };
}

describeBackends((kernels) => {
  // The oracle needs a second for what the others do in a millisecond.
  const orders = kernels === oracle ? ORDERS.filter((order) => order < 128) : ORDERS;

  describe('multiply, multiplyTransposed and transposedMultiply', () => {
    const shapes = [
      ...orders.map((n) => [n, n, n]),
      [1, 300, 5],
      [300, 1, 5],
      [5, 7, 600],
      [129, 265, 257],
      [8, 24, 256],
      [9, 25, 1],
      [13, 3, 0],
    ];
    it.each(shapes)('C += alpha A B with %d x %d and depth %d', (m, n, k) => {
      const a = random(m, k);
      const b = random(k, n);
      const start = random(m, n);
      const product = times(a, b);
      const expected = matrix(m, n, (i, j) => at(start, i, j) - 1.5 * at(product, i, j));
      const c = copy(start);
      kernels.multiply(a.values, a.ld, b.values, b.ld, c.values, c.ld, m, n, k, -1.5);
      expect(largestDifference(c, expected)).toBeLessThan(1e-12);
      expectUntouched(start, c, () => true);
      const turned = transpose(b);
      const c2 = copy(start);
      kernels.multiplyTransposed(a.values, a.ld, turned.values, turned.ld, c2.values, c2.ld, m, n, k, -1.5);
      expect(largestDifference(c2, expected)).toBeLessThan(1e-12);
      expectUntouched(start, c2, () => true);
      const upright = transpose(a);
      const c3 = copy(start);
      kernels.transposedMultiply(upright.values, upright.ld, b.values, b.ld, c3.values, c3.ld, m, n, k, -1.5);
      expect(largestDifference(c3, expected)).toBeLessThan(1e-12);
      expectUntouched(start, c3, () => true);
    });
  });

  describe('sumOfSquares', () => {
    it('adds eight sums side by side, with the same bits as the oracle', () => {
      for (const count of [0, 1, 7, 8, 9, 1000, 4099]) {
        const values = Float64Array.from({ length: count }, (_, k) => Math.sin(k + 1));
        const sumOf = (own: Kernels) => {
          const out = new Float64Array(2).fill(UNTOUCHED);
          own.sumOfSquares(values, count, out);
          return [...out];
        };
        expect(sumOf(kernels)).toEqual(sumOf(oracle));
        const plain = values.reduce((sum, value) => sum + value * value, 0);
        expect(sumOf(kernels)[0]).toBeCloseTo(plain, 9);
        expect(sumOf(kernels)[1]).toBe(UNTOUCHED);
      }
    });
  });

  describe('householder', () => {
    const shapes = [
      [1, 1],
      [2, 1],
      [5, 3],
      [40, 40],
      [130, 33],
      [90, 70],
    ];
    it.each(shapes)('factors a matrix of %d x %d', (rows, columns) => {
      for (const a of [random(rows, columns), matrix(rows, columns, (i, j) => (j === 1 ? 0 : i % 7))]) {
        const r = copy(a);
        const v = matrix(rows, columns, () => 5);
        const t = matrix(columns, columns, () => 5);
        kernels.householder(r.values, rows, columns, r.ld, v.values, v.ld, t.values, t.ld);
        const vt = times(v, t);
        const identity = matrix(rows, rows, (i, j) => Number(i === j));
        const turned = times(vt, transpose(v));
        const q = matrix(rows, rows, (i, j) => at(identity, i, j) - at(turned, i, j));
        expect(largestDifference(times(transpose(q), q), identity)).toBeLessThan(1e-13);
        expect(largestDifference(times(q, r), a)).toBeLessThan(1e-11);
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < Math.min(i, columns); j++) if (at(r, i, j) !== 0) expect.fail('R is not upper');
      }
    });
  });

  describe('cholesky', () => {
    it.each(orders)('factors a positive definite matrix of order %d', (order) => {
      const a = complete(order);
      const l = copy(a);
      expect(cholesky(kernels, l)).toBe(order);
      const lower = lowerOf(l);
      expect(largestDifference(times(lower, transpose(lower)), a)).toBeLessThan(1e-13);
      expectUntouched(a, l, (i, j) => j <= i);
    });

    it.each(orders)(
      "drops the dependent columns of a matrix of order %d and still gives L L' = A",
      (order) => {
        const a = rankDeficient(order);
        const l = copy(a);
        const dropped = dependentColumns(order);
        expect(cholesky(kernels, l)).toBe(order - dropped.length);
        for (const j of dropped) for (let i = j; i < order; i++) expect(at(l, i, j)).toBe(0);
        const lower = lowerOf(l);
        expect(largestDifference(times(lower, transpose(lower)), a)).toBeLessThan(1e-12);
      },
    );

    it('keeps a pivot only when it is above the tolerance', () => {
      const diagonal = [4, 0.25, 1, 0.5];
      const a = matrix(4, 4, (i, j) => (i === j ? diagonal[i] : 0));
      expect(cholesky(kernels, a, 0.5)).toBe(2);
      expect(diagonal.map((_, i) => at(a, i, i))).toEqual([2, 0, 1, 0]);
    });
  });

  describe('choleskyPivoted', () => {
    it.each(orders)('factors a matrix of order %d, largest pivot first', (order) => {
      for (const a of [complete(order), rankDeficient(order)]) {
        const l = copy(a);
        const { rank, pivots } = pivoted(kernels, l);
        // Ties between duplicates are decided by rounding.
        if (a === complete(order)) expect({ rank, pivots }).toEqual(pivoted(oracle, copy(a)));
        expect([...pivots].sort((x, y) => x - y)).toEqual(pivots.map((_, i) => i));
        const permuted = matrix(order, order, (i, j) => at(a, pivots[i], pivots[j]));
        const lower = lowerOf(l);
        expect(largestDifference(times(lower, transpose(lower)), permuted)).toBeLessThan(1e-12);
        for (let j = 1; j < rank; j++)
          expect(at(l, j, j)).toBeLessThanOrEqual(at(l, j - 1, j - 1) * (1 + 1e-12));
        for (let i = rank; i < order; i++) for (let j = rank; j <= i; j++) expect(at(l, i, j)).toBe(0);
        expectUntouched(a, l, (i, j) => j <= i);
      }
    });

    it('finds the rank of a matrix with duplicates and sums', () => {
      const order = orders.at(-1)!;
      expect(pivoted(kernels, copy(rankDeficient(order))).rank).toBe(order - dependentColumns(order).length);
    });

    it('gives rank 0 where no pivot is above the tolerance', () => {
      const a = matrix(3, 3, (i, j) => (i === j ? 1 : 0.1));
      expect(pivoted(kernels, a, 1)).toEqual({ rank: 0, pivots: [0, 1, 2] });
    });
  });

  it.skipIf(kernels === oracle)('factors matrices of several cache blocks, with and without pivoting', () => {
    const order = 700;
    const rank = 600; // the last columns repeat the first ones
    const x = random(rank, rank + 20);
    const row = (i: number) => x.values.subarray((i % rank) * x.ld);
    const a = matrix(order, order, () => 0);
    for (let i = 0; i < order; i++) {
      kernels.multiplyTransposed(
        row(i),
        x.ld,
        x.values,
        x.ld,
        a.values.subarray(i * a.ld),
        a.ld,
        1,
        rank,
        x.columns,
        1,
      );
      for (let j = rank; j < order; j++) a.values[i * a.ld + j] = a.values[i * a.ld + j - rank];
    }
    const plain = copy(a);
    expect(cholesky(kernels, plain, 1e-6)).toBe(rank);
    const turned = copy(a);
    const { rank: found, pivots } = pivoted(kernels, turned, 1e-6);
    expect(found).toBe(rank);
    for (const [l, sequence] of [
      [lowerOf(plain), Array.from(pivots.keys())],
      [lowerOf(turned), pivots],
    ] as const) {
      const rest = matrix(order, order, (i, j) => at(a, sequence[i], sequence[j]));
      kernels.multiplyTransposed(
        l.values,
        l.ld,
        l.values,
        l.ld,
        rest.values,
        rest.ld,
        order,
        order,
        order,
        -1,
      );
      expect(
        largestDifference(
          rest,
          matrix(order, order, () => 0),
        ),
      ).toBeLessThan(1e-9);
    }
  });

  describe('triangular solves', () => {
    /** A well conditioned factor in which `zeros` marks dropped columns. */
    function factor(order: number, zeros: readonly number[]): Matrix {
      const numbers = random(order, order);
      return matrix(order, order, (i, j) => {
        if (j > i) return UNTOUCHED; // never read
        if (zeros.includes(j)) return 0;
        return i === j ? 1 + Math.abs(at(numbers, i, j)) : at(numbers, i, j) / (4 * Math.sqrt(order));
      });
    }

    const cases = orders.flatMap((order) =>
      (order > 100 ? [33] : [0, 1, 3, 70]).map((width) => [order, width] as const),
    );

    it.each(cases)('solve with order %d and %d right-hand sides', (order, width) => {
      for (const zeros of [[], dependentColumns(order)]) {
        const l = factor(order, zeros);
        const lower = lowerOf(l);
        const x = random(order, width);
        for (const j of zeros) for (let c = 0; c < width; c++) x.values[j * x.ld + c] = 0;
        const known = (i: number) => !zeros.includes(i);

        // A dropped row of B holds anything, and its unknown is 0.
        const forward = times(lower, x);
        kernels.solveLower(l.values, order, l.ld, forward.values, width, forward.ld);
        expect(largestDifference(forward, x)).toBeLessThan(1e-12);

        const right = transpose(times(lower, x));
        kernels.solveLowerRight(l.values, order, l.ld, right.values, width, right.ld);
        expect(largestDifference(right, transpose(x))).toBeLessThan(1e-12);

        const product = times(transpose(lower), x);
        const backward = matrix(order, width, (i, c) => (known(i) ? at(product, i, c) : 5));
        const before = copy(backward);
        kernels.solveLowerTransposed(l.values, order, l.ld, backward.values, width, backward.ld);
        expect(largestDifference(backward, x)).toBeLessThan(1e-12);
        expectUntouched(before, backward, () => true);
      }
    });
  });
});
