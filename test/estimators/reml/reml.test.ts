import { afterAll, describe, expect, it } from 'vitest';
import { remlManyGrms } from '../../../src/estimators/reml/many-grms.js';
import {
  estimateReml,
  hasFailed,
  type RemlEstimate,
  type RemlResult,
} from '../../../src/estimators/reml/reml.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { orthonormalBasis } from '../../../src/linalg/orthonormal-basis.js';
import { completeDiagonalTiles, symmetricSubmatrix } from '../../../src/linalg/symmetric-tiled.js';
import type { TiledLower } from '../../../src/linalg/tiled-lower.js';
import { GCTA_MODEL, relationshipMatrix } from '../../../src/relatedness/grm.js';
import { methodsFixture, moments, operatorOf, range } from '../../fixture.js';
import { randomGenotypes, randomNormals } from '../../genotype-data.js';

const pool = new KernelPool(loadKernels(), 2);
afterAll(() => pool.close());

const fixture = methodsFixture();

async function grm(first: number, end: number, genotypes: readonly Int8Array[] = fixture.genotypes) {
  const operator = await operatorOf(genotypes.slice(first, end), pool);
  return (await relationshipMatrix(operator, GCTA_MODEL)).matrix;
}

function estimate(result: RemlResult): RemlEstimate {
  if (hasFailed(result)) throw new Error(result.failure);
  return result;
}

const scaled = (matrix: TiledLower, factor: number): TiledLower => {
  const copy = symmetricSubmatrix(matrix, range(0, matrix.order));
  for (const { values } of copy.panels) for (const at of values.keys()) values[at] *= factor;
  return copy;
};

describe('one relationship matrix', () => {
  it('is the fit of METHODS 12', async () => {
    const [result] = await estimateReml(pool, [await grm(0, 60)], ['G'], [fixture.y], []);
    const { components, residual, h2, se, logL, logL0, lrt, p, df, n } = estimate(result);
    expect(components[0].variance).toBeCloseTo(0.489983, 6);
    expect(components[0].se).toBeCloseTo(0.132349, 6);
    expect(residual.variance).toBeCloseTo(0.424871, 6);
    expect(residual.se).toBeCloseTo(0.050114, 6);
    expect([h2, se].map((x) => x.toFixed(6))).toEqual(['0.535586', '0.077844']);
    expect([logL, logL0!, lrt!].map((x) => x.toFixed(4))).toEqual(['-55.5314', '-98.5683', '86.0738']);
    expect(p).toBeCloseTo(8.667e-21, 23);
    expect([df, n]).toEqual([1, 200]);
  });

  it('is the same by the way for many matrices', async () => {
    const matrix = await grm(0, 60);
    const covariate = randomNormals(200, 4);
    const [one] = await estimateReml(pool, [matrix], ['G'], [fixture.y], [covariate]);
    completeDiagonalTiles(matrix);
    const { basis } = orthonormalBasis([new Float64Array(200).fill(1), covariate]);
    const variance = moments(fixture.y).sd ** 2 * (200 / 199);
    const { fit } = await remlManyGrms(pool, [matrix], basis, fixture.y, variance, {
      algorithm: 'ai',
      constrain: true,
      maxIterations: 100,
    });
    expect(fit!.variances[0]).toBeCloseTo(estimate(one).components[0].variance, 6);
    expect(fit!.variances[1]).toBeCloseTo(estimate(one).residual.variance, 6);
    fit!.covariance.forEach((value, k) => void expect(value).toBeCloseTo(estimate(one).covariance[k], 7));
  });

  it('serves many traits at once, with different people', async () => {
    const matrix = await grm(0, 60);
    const half = fixture.y.map((value, i) => (i % 3 === 0 ? Number.NaN : value));
    const noise = randomNormals(200, 8);
    const together = await estimateReml(pool, [matrix], ['G'], [fixture.y, half, noise], []);
    const people = range(0, 200).filter((i) => i % 3 !== 0);
    const [alone] = await estimateReml(
      pool,
      [symmetricSubmatrix(matrix, people)],
      ['G'],
      [Float64Array.from(people, (i) => fixture.y[i])],
      [],
    );
    expect(estimate(together[1]).h2).toBeCloseTo(estimate(alone).h2, 10);
    expect(estimate(together[1]).n).toBe(133);
    const [first] = await estimateReml(pool, [matrix], ['G'], [fixture.y], []);
    expect(estimate(together[0])).toEqual(estimate(first));
    expect(estimate(together[2]).lrt).toBeLessThan(8);
  });

  it('holds a variance at 0, or lets it go below', async () => {
    const matrix = await grm(0, 60);
    const traits = range(0, 12).map((seed) => seed);
    const noise = Array.from(traits, (seed) => randomNormals(200, 100 + seed));
    const held = (await estimateReml(pool, [matrix], ['G'], noise, [])).map(estimate);
    const free = (await estimateReml(pool, [matrix], ['G'], noise, [], { constrain: false })).map(estimate);
    const negative = free.flatMap(({ h2 }, t) => (h2 < 0 ? [t] : []));
    expect(negative.length).toBeGreaterThan(0);
    for (const [t, { h2 }] of held.entries()) {
      if (negative.includes(t)) expect([held[t].components[0].constrained, h2 < 1e-5]).toEqual([true, true]);
      else expect(h2).toBeCloseTo(free[t].h2, 5);
    }
  });

  it('finds h2 at 1, and a residual that is held at 0', async () => {
    const genotypes = randomGenotypes(400, 150, { seed: 3 });
    const matrix = await grm(0, 400, genotypes);
    const effects = randomNormals(400, 5);
    const y = Float64Array.from({ length: 150 }, (_, i) =>
      genotypes.reduce((sum, row, v) => sum + effects[v] * row[i], 0),
    );
    const [result] = await estimateReml(pool, [matrix], ['G'], [y], []);
    expect(hasFailed(result) ? 0 : result.h2).toBeGreaterThan(0.9);
  });
});

describe('several relationship matrices', () => {
  it('are the fit of METHODS 12', async () => {
    const matrices = [await grm(0, 30), await grm(30, 60)];
    const [result] = await estimateReml(pool, matrices, ['G1', 'G2'], [fixture.y], []);
    const { components, residual, logL, h2 } = estimate(result);
    const numbers = [
      components[0].variance,
      components[1].variance,
      residual.variance,
      ...components.flatMap((c) => [c.h2, c.h2Se]),
    ];
    // matrices are summed in float32, which moves the seventh digit
    const expected = [0.264701, 0.226317, 0.42466, 0.289076, 0.085281, 0.247158, 0.079691];
    numbers.forEach((x, k) => void expect(Math.abs(x - expected[k])).toBeLessThan(1e-6));
    expect(logL).toBeCloseTo(-55.4907, 4);
    expect(h2).toBeCloseTo(components[0].h2 + components[1].h2, 12);
  });

  it('test the first of them, or any', async () => {
    const matrices = [await grm(0, 30), await grm(30, 60)];
    const [first] = await estimateReml(pool, matrices, ['G1', 'G2'], [fixture.y], []);
    const [second] = await estimateReml(pool, [matrices[1]], ['G2'], [fixture.y], []);
    expect(estimate(first).logL0).toBeCloseTo(estimate(second).logL, 6);
    const [both] = await estimateReml(pool, matrices, ['G1', 'G2'], [fixture.y], [], { tested: [0, 1] });
    expect(estimate(both).logL0).toBeCloseTo(estimate(second).logL0!, 6);
    expect(estimate(both).df).toBe(2);
  });

  it('say so where one is a multiple of another', async () => {
    const matrix = await grm(0, 60);
    const [result] = await estimateReml(pool, [matrix, scaled(matrix, 2)], ['G1', 'G2'], [fixture.y], []);
    expect(result).toMatchObject({ failure: 'information-not-invertible' });
  });
});

describe('Fisher scoring', () => {
  const close = (a: RemlEstimate, b: RemlEstimate, digits: number) => {
    expect(a.logL).toBeCloseTo(b.logL, 6);
    for (const [i, { variance }] of a.components.entries())
      expect(variance).toBeCloseTo(b.components[i].variance, digits);
  };

  it('comes to the maximum that average information comes to', async () => {
    const covariate = randomNormals(200, 4);
    for (const matrices of [[await grm(0, 60)], [await grm(0, 30), await grm(30, 60)]]) {
      const names = matrices.map((_, i) => `G${i}`);
      const fit = (algorithm: 'ai' | 'fisher') =>
        estimateReml(pool, matrices, names, [fixture.y], [covariate], { algorithm });
      const [[ai], [fisher]] = [await fit('ai'), await fit('fisher')];
      close(estimate(ai), estimate(fisher), 4);
      const ratio = estimate(fisher).se / estimate(ai).se;
      expect(ratio).not.toBe(1);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    }
  });

  it('has the same expected information by the band and by tiles, over several tiles', async () => {
    const genotypes = randomGenotypes(150, 600, { seed: 8 });
    const matrix = await grm(0, 150, genotypes);
    const y = Float64Array.from(
      randomNormals(600, 9),
      (e, i) => e + genotypes.slice(0, 40).reduce((sum, row) => sum + 0.15 * row[i], 0),
    );
    const covariate = randomNormals(600, 10);
    const settings = { algorithm: 'fisher' } as const;
    const [band] = await estimateReml(pool, [matrix], ['G'], [y], [covariate], settings);
    completeDiagonalTiles(matrix);
    const { basis } = orthonormalBasis([new Float64Array(600).fill(1), covariate]);
    const variance = moments(y).sd ** 2 * (600 / 599);
    const options = { ...settings, constrain: true, maxIterations: 100 };
    const { fit } = await remlManyGrms(pool, [matrix], basis, y, variance, options);
    fit!.covariance.forEach(
      (value, k) => void expect(value / estimate(band).covariance[k]).toBeCloseTo(1, 6),
    );
  });
});

describe('effects of covariates', () => {
  it('are those of generalised least squares, in units of the covariates', async () => {
    const matrix = await grm(0, 60);
    const covariate = randomNormals(200, 4).map((x) => 1950 + 20 * x);
    const moved = fixture.y.map((value, i) => value + 0.5 * covariate[i]);
    const [plain, other] = (await estimateReml(pool, [matrix], ['G'], [fixture.y, moved], [covariate])).map(
      estimate,
    );
    expect(plain.effects.map(({ column }) => column)).toEqual([0, 1]);
    expect(other.effects[1].estimate - plain.effects[1].estimate).toBeCloseTo(0.5, 5);
    expect(other.effects[0].estimate - plain.effects[0].estimate).toBeCloseTo(0, 2);
    expect(other.effects[1].se / plain.effects[1].se).toBeCloseTo(1, 4);
  });

  it('are those of least squares where nothing is heritable', async () => {
    const matrix = await grm(0, 60);
    const covariate = randomNormals(200, 4);
    const traits = Array.from({ length: 12 }, (_, seed) => randomNormals(200, 100 + seed));
    const fits = (await estimateReml(pool, [matrix], ['G'], traits, [covariate])).map(estimate);
    const t = fits.findIndex(({ components }) => components[0].constrained);
    const centred = covariate.map((x) => x - moments(covariate).mean);
    const squares = centred.reduce((sum, x) => sum + x * x, 0);
    const slope = centred.reduce((sum, x, i) => sum + x * traits[t][i], 0) / squares;
    expect(fits[t].effects[1].estimate).toBeCloseTo(slope, 4);
    expect(fits[t].effects[1].se).toBeCloseTo(Math.sqrt(fits[t].residual.variance / squares), 4);
  });
});

describe('hard matrices', () => {
  it('takes people that are there twice', async () => {
    const twice = fixture.genotypes.map((row) => {
      const copy = row.slice();
      for (let i = 0; i < 50; i++) copy[150 + i] = copy[i];
      return copy;
    });
    const [result] = await estimateReml(pool, [await grm(0, 60, twice)], ['G'], [fixture.y], []);
    expect(Number.isFinite(estimate(result).h2)).toBe(true);
  });

  it('says where V is not positive definite', async () => {
    const [one] = await estimateReml(pool, [scaled(await grm(0, 60), -9)], ['G'], [fixture.y], []);
    expect(one).toMatchObject({ failure: 'not-positive-definite' });
    const wrong = [scaled(await grm(0, 30), -9), scaled(await grm(30, 60), -9)];
    const [two] = await estimateReml(pool, wrong, ['G1', 'G2'], [fixture.y], []);
    expect(two).toMatchObject({ failure: 'not-positive-definite' });
  });

  it('stops after the iterations allowed', async () => {
    const [result] = await estimateReml(pool, [await grm(0, 60)], ['G'], [fixture.y], [], {
      maxIterations: 2,
    });
    expect(result).toMatchObject({ failure: 'not-converged', iterations: 2 });
  });
});
