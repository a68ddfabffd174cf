import { expect, it } from 'vitest';
import { KernelPool } from '../../src/kernels/pool.js';
import { pseudoInverseForms } from '../../src/linalg/pseudo-inverse.js';
import { createTiledLower, factorTiledLower, TILE } from '../../src/linalg/tiled-lower.js';
import { randomNormals } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { dot, pseudoInverseForm } from '../regression.js';

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);

  /** The Gram matrix of vectors, as rows and factored. */
  async function factorGram(vectors: readonly Float64Array[]) {
    const dense = vectors.map((a) => vectors.map((b) => dot(a, b) / a.length));
    const matrix = createTiledLower(vectors.length);
    for (const [i, row] of dense.entries()) {
      const { values, width } = matrix.panels[Math.floor(i / TILE)];
      for (let j = 0; j <= i; j++) values[(i % TILE) * width + j] = row[j];
    }
    const rank = await factorTiledLower(pool, matrix, 1e-9, Number.POSITIVE_INFINITY);
    return { dense, matrix, rank };
  }

  it.each(['full', 'deficient'] as const)('agrees with eigenvectors for any b, rank %s', async (kind) => {
    const vectors = Array.from({ length: 14 }, (_, k) => randomNormals(50, 20 + k));
    if (kind === 'deficient') {
      vectors[1] = vectors[0].slice();
      vectors[7] = vectors[0].map((value) => -2 * value);
      vectors[13] = vectors[3].map((value, i) => value + vectors[4][i] - vectors[12][i]);
      vectors[10].fill(0);
    }
    const { dense, matrix, rank } = await factorGram(vectors);
    expect(rank).toBe(kind === 'full' ? 14 : 10);
    // columns: one in the range of V, and two that are not
    const inRange = vectors.map((vector) => dot(vector, randomNormals(50, 99)) / 50);
    const sides = [inRange, randomNormals(14, 1), randomNormals(14, 2)];
    const b = Float64Array.from({ length: 42 }, (_, k) => sides[k % 3][Math.floor(k / 3)]);
    const forms = await pseudoInverseForms(pool, matrix, b, 3);
    for (const [c, side] of sides.entries()) expect(forms[c]).toBeCloseTo(pseudoInverseForm(dense, side), 9);
  });

  it('sees dependence across tiles', async () => {
    // 270 vectors that are orthogonal but for copies: V⁺ averages over the copies of a vector
    const vectors = Array.from({ length: 270 }, (_, k) =>
      Float64Array.from({ length: 280 }, (__, i) => Number(i === k)),
    );
    for (const [copy, original] of [
      [260, 3],
      [269, 3],
      [265, 40],
    ])
      vectors[copy] = vectors[original].slice();
    const { matrix, rank } = await factorGram(
      vectors.map((vector) => vector.map((value) => value * Math.sqrt(280))),
    );
    expect(rank).toBe(267);
    const b = randomNormals(270, 8);
    const single = b.reduce(
      (sum, value, j) =>
        j === 3 || j === 40 || j === 260 || j === 265 || j === 269 ? sum : sum + value ** 2,
      0,
    );
    const ofThree = (b[3] + b[260] + b[269]) ** 2 / 9; // eigenvalue 3, eigenvector (1, 1, 1) / √3
    const ofTwo = (b[40] + b[265]) ** 2 / 4;
    expect((await pseudoInverseForms(pool, matrix, b, 1))[0]).toBeCloseTo(single + ofThree + ofTwo, 8);
  });
});
