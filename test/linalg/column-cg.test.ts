import { expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedFloat32 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { solveColumns } from '../../src/linalg/column-cg.js';

const ORDER = 60;
/** Diagonal matrices, one a column; the last is indefinite. */
const entry = (column: number, i: number) =>
  column === 3 && i === 5 ? -1 : 1 + (column + 1) * (i / ORDER) ** 2;

async function solve(start: number) {
  const columns = 4;
  const b = sharedFloat32(columns * ORDER).fill(1);
  const x = sharedFloat32(columns * ORDER).fill(start);
  const pool = new KernelPool(loadKernels('auto'), 1);
  const result = await solveColumns({
    pool,
    stride: ORDER,
    b,
    x,
    tolerance: 1e-5,
    maxSteps: 100,
    apply: async (p, active, out) => {
      for (const [k, c] of active.entries())
        for (let i = 0; i < ORDER; i++) out[k * ORDER + i] = entry(c, i) * p[k * ORDER + i];
    },
  });
  return { x, ...result };
}

it('solves each column with its own matrix, and says which are not positive definite', async () => {
  const { x, failed } = await solve(0);
  expect(failed).toEqual([3]);
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < ORDER; i++) expect(x[c * ORDER + i]).toBeCloseTo(1 / entry(c, i), 4);
});

it('needs fewer steps from a better start', async () => {
  const [cold, warm] = [await solve(0), await solve(0.7)];
  expect(warm.steps).toBeLessThanOrEqual(cold.steps);
});
