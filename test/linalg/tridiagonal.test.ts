import { expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../src/linalg/symmetric-eigenvalues.js';
import { smallestEigenvalueBound } from '../../src/linalg/tridiagonal.js';
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
