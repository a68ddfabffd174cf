import { afterAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import type { StudyEstimator } from '../../src/study/estimator.js';
import { ldsc, sldscMaf, sldscMafLld } from '../../src/study/estimators/ldsc.js';
import { rhe } from '../../src/study/estimators/rhe.js';
import { sumherGcta, sumherLdak } from '../../src/study/estimators/sumher.js';
import { namedGrid, selectCells } from '../../src/study/grids.js';
import { ldakWeightsOf } from '../../src/study/ld.js';
import { runStudy } from '../../src/study/run.js';
import { summariseStudy } from '../../src/study/summary.js';
import { studyOn } from './study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

/** Mean over replicates of an estimator under an architecture. */
async function meanOf(estimator: StudyEstimator, id: string, replicates = 30) {
  const data = await studyOn(pool, { samples: 1000, variants: [500, 500], founders: 1000 });
  const { cells } = selectCells(namedGrid('64')!, { ids: [id] });
  const estimators = [estimator];
  const options = { cells, replicates, estimators, seed: 2, scaling: 'expected' as const };
  const parts = await runStudy(data, {
    ...options,
    weights: () => ldakWeightsOf(data),
  });
  return summariseStudy(cells, [estimator.name], parts)[0]!;
}

describe('under its own model, the mean over replicates of', () => {
  it.each([
    ['LDSC', ldsc, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['S-LDSC (MAF)', sldscMaf, 'h0.25_p1_maf0-0.5_a-0.25_none'],
    ['S-LDSC (MAF+LLD)', sldscMafLld, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['SumHer under the GCTA model', sumherGcta, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['SumHer under the LDAK model', sumherLdak, 'h0.25_p1_maf0-0.5_a-0.25_ldak'],
    ['RHE', rhe, 'h0.25_p1_maf0-0.5_a-1_none'],
  ])('%s is the truth', async (_, estimator, cell) => {
    const { mean, sem, failed } = await meanOf(estimator, cell);
    expect(failed).toBe(0);
    expect(Math.abs(mean - 0.25)).toBeLessThan(3.5 * sem);
    expect(sem).toBeLessThan(0.05);
  });
});
