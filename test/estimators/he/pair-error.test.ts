import { describe, expect, it } from 'vitest';
import { analyticVariance } from '../../../src/estimators/he/analytic-error.js';
import type { HeTheory } from '../../../src/estimators/he/error.js';
import { type PairTheory, pairVariances } from '../../../src/estimators/he/pair-error.js';
import { randomNormals } from '../../genotype-data.js';

const N = 60;
const VARIANTS = 40;
const x = Array.from({ length: VARIANTS }, (_, j) => randomNormals(N, 50 + j));
const kinship = Array.from({ length: N }, (_, i) =>
  Float64Array.from({ length: N }, (_, k) => x.reduce((sum, own) => sum + own[i] * own[k], 0) / VARIANTS),
);
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const kTimes = (y: Float64Array) => Float64Array.from(kinship, (row) => dot(row, y));
const scaled = (y: Float64Array) => y.map((value) => value * Math.sqrt(N / dot(y, y)));
const trace = kinship.reduce((sum, row, i) => sum + row[i], 0);
const traceOfSquare = kinship.reduce((sum, row) => sum + dot(row, row), 0);

function theoryOf(y: Float64Array): HeTheory {
  const image = kTimes(y);
  const moments = { first: dot(y, image), second: dot(image, image), third: dot(image, kTimes(image)) };
  return { kinship: moments, trace, traceOfSquare, traceVariance: 0 };
}

function pair(
  y1: Float64Array,
  y2: Float64Array,
  genetic: PairTheory['genetic'],
  other: PairTheory['other'],
) {
  const phenotypic = dot(y1, y2) / N;
  const sum = scaled(y1.map((value, i) => value + (phenotypic < 0 ? -1 : 1) * y2[i]));
  const traits = [theoryOf(y1), theoryOf(y2)] as const;
  return { traits, sum: theoryOf(sum), phenotypic, genetic, other, n: N };
}

const first = scaled(kTimes(randomNormals(N, 1)));

describe('errors of a pair of traits by theory', () => {
  it('are those of the heritability where both traits are the same', () => {
    const same = (value: number) =>
      [
        [value, value],
        [value, value],
      ] as const;
    const theory = pair(first, first, same(0.4), same(0.6));
    const { covariance, rg } = pairVariances(theory);
    const own = analyticVariance(theory.traits[0].kinship, [0.4, 0.6], trace, traceOfSquare, N);
    expect(covariance).toBeCloseTo(own, 10);
    expect(rg).toBeLessThan(1e-12);
  });

  it.each([0.5, -0.5])("are 2 y'WVWy of the dense forms (%f)", (mixture) => {
    const second = scaled(randomNormals(N, 2).map((value, i) => value + mixture * first[i]));
    const genetic = [
      [0.5, 0.2 * mixture],
      [0.2 * mixture, 0.3],
    ] as const;
    const other = [
      [0.5, 0.1],
      [0.1, 0.7],
    ] as const;
    const { covariance, environmental, rg } = pairVariances(pair(first, second, genetic, other));
    const identity = kinship.map((_, i) => Float64Array.from(kinship, (__, k) => (i === k ? 1 : 0)));
    const centred = kinship.map((row, i) => row.map((value, k) => value - (trace / N) * identity[i][k]));
    const denominator = traceOfSquare - trace ** 2 / N;
    // estimates as functions of y₁ and y₂, whatever their scale
    const form = (a: Float64Array, b: Float64Array) =>
      dot(
        a,
        Float64Array.from(centred, (row) => dot(row, b)),
      );
    const norms = (a: Float64Array, b: Float64Array) => Math.sqrt(dot(a, a) * dot(b, b)) / N;
    const estimates = [
      (a: Float64Array, b: Float64Array) => form(a, b) / denominator / norms(a, b),
      (a: Float64Array, b: Float64Array) =>
        (dot(a, b) / N - ((trace / N) * form(a, b)) / denominator) / norms(a, b),
      (a: Float64Array, b: Float64Array) => form(a, b) / Math.sqrt(form(a, a) * form(b, b)),
    ];
    const V = (a: 0 | 1, b: 0 | 1) =>
      kinship.map((row, i) => row.map((value, k) => genetic[a][b] * value + other[a][b] * identity[i][k]));
    const step = 1e-5;
    for (const [k, found] of [covariance, environmental, rg].entries()) {
      // the gradient is 2 Wy, so that 2 y'WVWy is half of gradient' V gradient
      const gradient = [0, 1].map((t) =>
        Float64Array.from({ length: N }, (_, i) => {
          const moved = (sign: number) => {
            const y = [first.slice(), second.slice()];
            y[t][i] += sign * step;
            return estimates[k](y[0], y[1]);
          };
          return (moved(1) - moved(-1)) / (2 * step);
        }),
      );
      let dense = 0;
      for (const a of [0, 1] as const)
        for (const b of [0, 1] as const)
          dense +=
            dot(
              gradient[a],
              Float64Array.from(V(a, b), (row) => dot(row, gradient[b])),
            ) / 2;
      expect(found / dense).toBeCloseTo(1, 5);
    }
  });
});
