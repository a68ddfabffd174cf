import { expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { LocalPreconditioner } from '../../src/ld/local-preconditioner.js';
import { factorLocalRuns } from '../../src/ld/local-runs.js';
import { denseInverse } from '../dense.js';
import { operatorOf } from '../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../genotype-data.js';
import { dot } from '../regression.js';

const SAMPLES = 300;
const pool = new KernelPool(loadKernels(), 1);
const columnsOf = (flat: Float64Array, columns: number) =>
  Array.from({ length: columns }, (_, c) => flat.filter((_, at) => at % columns === c));

async function preconditioner(variants: number, breaks: readonly number[], size: number) {
  const genotypes = randomGenotypes(variants, SAMPLES, { seed: 11, copying: 0.9 });
  const x = genotypes.map((row) => standardised(meanImputed(row)));
  const operator = await operatorOf(genotypes, pool);
  const runs = await factorLocalRuns(operator, breaks, size, 1e-9);
  const order = runs.flatMap(({ kept }) => [...kept]);
  const ld = order.map((a) => Float64Array.from(order, (b) => dot(x[a], x[b]) / SAMPLES));
  return { runs, ld, m: new LocalPreconditioner(pool, runs) };
}

it('is the inverse of the LD where all variants before a run are given', async () => {
  const { runs, ld, m } = await preconditioner(100, [], 50); // the second run has all of the first before it
  expect(runs.map(({ before }) => before.length > 0)).toEqual([false, true]);
  const inverse = denseInverse(ld.map((row) => [...row]));
  const r = randomNormals(ld.length * 3, 4);
  const solved = columnsOf(await m.solve(r, 3), 3);
  for (const [c, column] of columnsOf(r, 3).entries())
    for (const [j, row] of inverse.entries()) expect(solved[c][j]).toBeCloseTo(dot(row, column), 8);
});

it('is symmetric, and the square of what it colours white noise with', async () => {
  const { runs, ld, m } = await preconditioner(420, [300], 60);
  expect(runs.length).toBeGreaterThan(5);
  const count = ld.length;
  const unit = Float64Array.from({ length: count * count }, (_, at) =>
    Number(Math.floor(at / count) === at % count),
  );
  const inverse = await m.solve(unit, count);
  const coloured = m.colour(unit, count); // S'
  for (let i = 0; i < count; i += 7)
    for (let j = 0; j < count; j += 5) {
      expect(inverse[i * count + j]).toBeCloseTo(inverse[j * count + i], 9);
      const product = dot(
        coloured.subarray(i * count, (i + 1) * count),
        coloured.subarray(j * count, (j + 1) * count),
      );
      expect(product).toBeCloseTo(inverse[i * count + j], 8);
    }
  const white = randomNormals(count * 2, 8);
  for (const [at, value] of m.whiten(m.colour(white, 2), 2).entries())
    expect(value).toBeCloseTo(white[at], 9);
});
