import { expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../src/linalg/symmetric-eigenvalues.js';
import { gaussQuadrature, smallestEigenvalueBound } from '../../src/linalg/tridiagonal.js';
import { randomSource } from '../kernels/packed.js';

it('is within 3 digits above the smallest eigenvalue of the matrix that it describes', () => {
  const random = randomSource(11);
  for (let order = 1; order <= 20; order++) {
    const alphas = Array.from({ length: order }, () => 0.2 + 3 * random());
    const betas = Array.from({ length: order }, () => random());
    const matrix = new Float64Array(order * order);
    for (let k = 0; k < order; k++) {
      matrix[k * order + k] = 1 / alphas[k] + (k > 0 ? betas[k - 1] / alphas[k - 1] : 0);
      if (k + 1 < order)
        matrix[k * order + k + 1] = matrix[(k + 1) * order + k] = Math.sqrt(betas[k]) / alphas[k];
    }
    const [smallest] = symmetricEigenvalues(matrix, order);
    const bound = smallestEigenvalueBound(alphas, betas);
    expect(bound).toBeGreaterThanOrEqual(smallest * (1 - 1e-12));
    expect(bound).toBeLessThanOrEqual(smallest * 1.0011);
  }
});

it('integrates polynomials against the spectrum of a Jacobi matrix exactly', () => {
  const random = randomSource(12);
  for (let order = 1; order <= 30; order++) {
    const diagonal = Array.from({ length: order }, () => 4 * random());
    const beside = Array.from({ length: order - 1 }, () => (random() < 0.1 ? 0 : random()));
    const { nodes, weights } = gaussQuadrature(diagonal, beside);
    // e1'T^k e1 by multiplying out
    let vector = Float64Array.from({ length: order }, (_, i) => Number(i === 0));
    for (let power = 0; power < 6; power++) {
      const moment = nodes.reduce((sum, node, k) => sum + weights[k] * node ** power, 0);
      expect(moment).toBeCloseTo(vector[0], 8);
      vector = vector.map(
        (value, i) =>
          diagonal[i] * value +
          (i > 0 ? beside[i - 1] * vector[i - 1] : 0) +
          (i + 1 < order ? beside[i] * vector[i + 1] : 0),
      );
    }
    expect(Math.max(...weights)).toBeLessThanOrEqual(1 + 1e-12);
  }
});
