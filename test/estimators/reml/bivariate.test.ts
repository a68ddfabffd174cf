import { afterAll, describe, expect, it } from 'vitest';
import { createDesign } from '../../../src/association/design.js';
import { oneComponent } from '../../../src/estimators/components.js';
import { fitPairs } from '../../../src/estimators/reml/bivariate.js';
import {
  type BivariateFit,
  fitBivariate,
  type Symmetric2,
} from '../../../src/estimators/reml/bivariate-fit.js';
import {
  fitPairsByVectors,
  pairForms,
  SpectralModel,
} from '../../../src/estimators/reml/monte-carlo/bivariate.js';
import { MONTE_CARLO_DEFAULTS } from '../../../src/estimators/reml/monte-carlo/options.js';
import { Spectrum } from '../../../src/estimators/reml/monte-carlo/spectral-likelihood.js';
import { reduceGrm } from '../../../src/estimators/reml/one-grm.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { dot, orthonormalBasis, projectOut } from '../../../src/linalg/orthonormal-basis.js';
import { choleskyFactor, choleskyInverse, choleskySolve } from '../../../src/linalg/small-dense.js';
import { completeDiagonalTiles } from '../../../src/linalg/symmetric-tiled.js';
import { createTiledLower } from '../../../src/linalg/tiled-lower.js';
import { operatorOf } from '../../fixture.js';
import { randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { eigen } from '../../regression.js';

const N = 90;
const x = randomGenotypes(60, N, { seed: 4 }).map((row) => standardised(row));
const relationship = (i: number, j: number) => x.reduce((sum, row) => sum + row[i] * row[j], 0) / x.length;
const genetic1 = standardised(
  Float64Array.from({ length: N }, (_, i) => x.reduce((s, row, j) => s + row[i] * (j % 2 ? 1 : -1), 0)),
);
const noise = randomNormals(N, 8);
const y1 = noise.map((e, i) => 3 + 1.2 * genetic1[i] + e);
const y2 = randomNormals(N, 9).map((e, i) => 0.8 * genetic1[i] + 0.4 * noise[i] + e);
const { basis } = orthonormalBasis([new Float64Array(N).fill(1), randomNormals(N, 10)]);
const pool = new KernelPool(loadKernels('auto'), 1);
afterAll(() => pool.close());

/** -½ (log|V| + log|X'V⁻¹X| + y'Py) with V of both traits, 2n x 2n, by plain arithmetic. */
function denseLikelihood([g11, g12, g22]: Symmetric2, [e11, e12, e22]: Symmetric2): number {
  const size = 2 * N;
  const g = [
    [g11, g12],
    [g12, g22],
  ];
  const e = [
    [e11, e12],
    [e12, e22],
  ];
  const v = new Float64Array(size * size);
  for (let a = 0; a < 2; a++)
    for (let b = 0; b < 2; b++)
      for (let i = 0; i < N; i++)
        for (let j = 0; j < N; j++)
          v[(a * N + i) * size + b * N + j] = g[a][b] * relationship(i, j) + (i === j ? e[a][b] : 0);
  const l = choleskyFactor(v, size)!;
  let logDeterminant = 0;
  for (let i = 0; i < size; i++) logDeterminant += 2 * Math.log(l[i * size + i]);
  const y = Float64Array.from([...y1, ...y2]);
  const columns = [0, 1].flatMap((a) =>
    basis.map((q) => Float64Array.from({ length: size }, (_, k) => (Math.floor(k / N) === a ? q[k % N] : 0))),
  );
  const solved = columns.map((c) => choleskySolve(l, size, c));
  const p = columns.length;
  const xvx = Float64Array.from({ length: p * p }, (_, k) => dot(columns[Math.floor(k / p)], solved[k % p]));
  const inner = choleskyFactor(xvx, p)!;
  let columnsDeterminant = 0;
  for (let k = 0; k < p; k++) columnsDeterminant += 2 * Math.log(inner[k * p + k]);
  const xvy = solved.map((s) => dot(s, y));
  const effects = choleskySolve(inner, p, xvy);
  const yPy = dot(y, choleskySolve(l, size, y)) - xvy.reduce((sum, value, k) => sum + value * effects[k], 0);
  return -(logDeterminant + columnsDeterminant + yPy) / 2;
}

async function fitted(): Promise<BivariateFit> {
  const matrix = createTiledLower(N);
  for (const { values, height, width } of matrix.panels)
    for (let r = 0; r < height; r++)
      for (let c = 0; c <= width - height + r; c++)
        values[r * width + c] = relationship(width - height + r, c);
  completeDiagonalTiles(matrix);
  const reduced = await reduceGrm(pool, matrix, basis, [y1, y2]);
  const [fit] = await fitPairs(pool, reduced, [[0, 1]], [[3, 1, 2]], 100);
  expect(typeof fit).not.toBe('string');
  return fit as BivariateFit;
}

describe('bivariate REML', () => {
  it('stands where the dense likelihood of both traits is highest', async () => {
    const { genetic, residual, logLikelihood } = await fitted();
    expect(logLikelihood).toBeCloseTo(denseLikelihood(genetic, residual), 6);
    for (let k = 0; k < 6; k++)
      for (const step of [-0.01, 0.01]) {
        const moved = [...genetic, ...residual];
        moved[k] += step;
        const [a, b, c, d, e, f] = moved;
        expect(denseLikelihood([a, b, c], [d, e, f])).toBeLessThan(logLikelihood);
      }
    // both slopes are alike, so the top is here
    const at = (step: number) =>
      denseLikelihood([genetic[0], genetic[1] + step, genetic[2]], residual) - logLikelihood;
    expect(Math.abs(at(1e-4) - at(-1e-4))).toBeLessThan(1e-8);
  });

  it('has errors like the curvature of the dense likelihood, as average information has', async () => {
    const { genetic, residual, covariance } = await fitted();
    const h = 0.01;
    const at = (...moves: [number, number][]) => {
      const moved = [...genetic, ...residual];
      for (const [k, step] of moves) moved[k] += step;
      const [a, b, c, d, e, f] = moved;
      return denseLikelihood([a, b, c], [d, e, f]);
    };
    const curvature = Float64Array.from({ length: 36 }, (_, k) => {
      const [i, j] = [Math.floor(k / 6), k % 6];
      return (
        -(at([i, h], [j, h]) - at([i, h], [j, -h]) - at([i, -h], [j, h]) + at([i, -h], [j, -h])) / (4 * h * h)
      );
    });
    const observed = choleskyInverse(choleskyFactor(curvature, 6)!, 6);
    for (let k = 0; k < 6; k++) {
      const ratio = covariance[k * 7] / observed[k * 7];
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.7);
    }
  });

  it('is the same by the eigenvalues of the relationships', async () => {
    const exact = await fitted();
    // what is left of the relationships and of the traits without covariates, whose two dimensions have eigenvalue 0
    const projected = (values: Float64Array) => {
      const own = Float64Array.from(values);
      projectOut(own, basis);
      return own;
    };
    const rows = x.map((row) => projected(row));
    // with the covariates far above all others, so that they are told from directions without relationship
    const matrix = Array.from({ length: N }, (_, i) =>
      Array.from(
        { length: N },
        (__, j) =>
          rows.reduce((sum, row) => sum + row[i] * row[j], 0) / x.length +
          basis.reduce((sum, q) => sum + 1000 * q[i] * q[j], 0),
      ),
    );
    const { values, vectors } = eigen(matrix);
    const kept = [...values.keys()].filter((k) => values[k] < 500);
    expect(kept).toHaveLength(N - 2);
    const nodes = Float64Array.from(kept, (k) => values[k]);
    const quadrature = (v: Float64Array) => ({
      nodes,
      weights: Float64Array.from(kept, (k) => dot(v, Float64Array.from(vectors[k])) ** 2 / dot(v, v)),
    });
    const sides = [projected(y1), projected(y2)];
    const [a, b] = sides.map((side) => side.map((value) => value / Math.sqrt(dot(side, side))));
    const sum = a.map((value, i) => value + b[i]);
    const mean = nodes.reduce((all, value) => all + value, 0) / nodes.length;
    const even = { nodes, weights: nodes.map(() => 1 / nodes.length) };
    const model = new SpectralModel(
      pairForms([...sides, sum].map(quadrature), sides),
      new Spectrum([even], mean),
      N - 2,
    );
    const fit = fitBivariate(model, { genetic: [3, 1, 2], residual: [3, 1, 2] }, 100) as BivariateFit;
    const numbers = (own: BivariateFit) => [...own.genetic, ...own.residual];
    for (const [k, value] of numbers(fit).entries()) expect(value).toBeCloseTo(numbers(exact)[k], 4);
    for (let at = 0; at < 36; at++)
      expect(fit.covariance[at] - fit.random![at]).toBeCloseTo(exact.covariance[at], 4);
  });

  it('is the same by random vectors, to the error that these leave', async () => {
    const exact = await fitted();
    const design = createDesign(
      [y1, y2].map((values, t) => ({ name: `y${t}`, values })),
      [{ name: 'c', values: randomNormals(N, 10) }],
      N,
    );
    const genotypes = await operatorOf(randomGenotypes(60, N, { seed: 4 }), pool);
    const data = { genotypes, design, components: oneComponent(60) };
    const [{ fit, converged }] = await fitPairsByVectors(data, [[0, 1]], {
      ...MONTE_CARLO_DEFAULTS,
      vectors: 60,
    });
    expect(converged).toBe(true);
    const { genetic, residual, random } = fit as BivariateFit;
    const expected = [...exact.genetic, ...exact.residual];
    for (const [k, value] of [...genetic, ...residual].entries()) {
      const error = Math.sqrt(random![k * 7]);
      expect(Math.abs(value - expected[k])).toBeLessThan(4 * error);
      expect(error).toBeLessThan(0.2 * Math.sqrt(exact.covariance[k * 7]));
    }
  });
});
