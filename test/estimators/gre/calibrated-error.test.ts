import { describe, expect, it } from 'vitest';
import { calibratedError } from '../../../src/estimators/gre/calibrated-error.js';
import { blockHeritability } from '../../../src/estimators/gre/estimate.js';
import { ParkMiller } from '../../fixture.js';

describe('calibratedError', () => {
  it('is the exact spread of R² where there is no heritability, but for n + 2 (METHODS 1.6)', () => {
    const [n, rank] = [1500, 600];
    const exact = Math.sqrt((2 * rank) / ((n - rank) * (n + 2)));
    expect(calibratedError([{ h2: 0, rank }], n)).toBeCloseTo(exact * Math.sqrt((n + 2) / n), 12);
  });

  it('is a closed formula for one block', () => {
    const [h2, rank, n] = [0.25, 9654, 337_204];
    const variance = ((1 - h2) ** 2 * ((2 * n) / (n - rank) - 2 * (1 - h2) ** 2)) / n;
    expect(calibratedError([{ h2, rank }], n)).toBeCloseTo(Math.sqrt(variance), 14);
  });

  it('stays a number for estimates outside [0, 1]', () => {
    for (const h2 of [-0.2, 1, 1.3, 7]) {
      const se = calibratedError(
        [
          { h2, rank: 300 },
          { h2: -0.01, rank: 200 },
        ],
        1000,
      );
      expect(se).toBeGreaterThanOrEqual(0);
      expect(se).toBeLessThan(1);
    }
  });

  // Blocks here are random subspaces, so a block's projection is that of orthonormal random vectors: no genotypes needed.
  it.each([
    [1, 100, 0.5],
    [4, 80, 0.25],
    [4, 80, 0.7],
    [12, 60, 0.6], // more dimensions than people: the spread over directions is a third of the variance
  ])(
    'is the spread of simulated estimates around what the effects explain: %i blocks of rank %i, h² %f',
    (count, rank, h2) => {
      const n = 400;
      const random = new ParkMiller(3);
      const bases = Array.from({ length: count }, () => orthonormal(random, n, rank));
      const errors: number[] = [];
      for (let r = 0; r < 600; r++) {
        const genetic = new Float64Array(n);
        for (const basis of bases) {
          const own = new Float64Array(n);
          for (const vector of basis) addTo(own, vector, random.normal());
          addTo(genetic, own, Math.sqrt((h2 * n) / count / dot(own, own)));
        }
        const y = genetic.map((g) => g + Math.sqrt(1 - h2) * random.normal());
        const scale = n / dot(y, y);
        let sum = 0;
        for (const basis of bases) {
          const r2 = (basis.reduce((total, vector) => total + dot(vector, y) ** 2, 0) * scale) / n;
          sum += blockHeritability({ r2, rank, n }).h2;
        }
        const explained = dot(genetic, genetic) / n;
        errors.push(sum - explained / (explained + 1 - h2));
      }
      const mean = errors.reduce((a, b) => a + b, 0) / errors.length;
      const sd = Math.sqrt(errors.reduce((a, x) => a + (x - mean) ** 2, 0) / (errors.length - 1));
      const se = calibratedError(
        bases.map(() => ({ h2: h2 / count, rank })),
        n,
      );
      // The spread of 600 values is known to 3 %.
      expect(Math.abs(sd / se - 1)).toBeLessThan(0.1);
    },
  );
});

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addTo(sum: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += factor * vector[i];
}

function orthonormal(random: ParkMiller, n: number, rank: number): Float64Array[] {
  const basis: Float64Array[] = [];
  for (let k = 0; k < rank; k++) {
    const vector = Float64Array.from({ length: n }, () => random.normal());
    for (const other of basis) addTo(vector, other, -dot(vector, other));
    const norm = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((x) => x / norm));
  }
  return basis;
}
