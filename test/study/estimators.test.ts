import { afterAll, describe, expect, it } from 'vitest';
import { ldakWeightsOf } from '../../src/cohort/dataset-ld.js';
import { TraitColumns } from '../../src/cohort/trait-columns.js';
import { estimateReml, hasFailed } from '../../src/estimators/reml/reml.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { GCTA_MODEL, relationshipMatrix } from '../../src/relatedness/grm.js';
import { silentRun } from '../../src/run.js';
import type { StudyEstimator } from '../../src/study/estimator.js';
import { namedGrid, selectCells } from '../../src/study/grids.js';
import { methodEstimator } from '../../src/study/method-estimator.js';
import { runStudy } from '../../src/study/run.js';
import { summariseStudy } from '../../src/study/summary.js';
import { randomNormals } from '../genotype-data.js';
import { studyOn } from './study-data.js';

const [gremlSc, ldakReml, boltReml, gremlLdms, rhe] = await Promise.all(
  ['greml', 'ldak-reml', 'reml-mc', 'ldms-mc', 'he'].map(methodEstimator),
);
const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const methods = ['ldsc', 'sldsc-maf', 'sldsc-maf-lld', 'sumher-gcta', 'sumher-ldak', 'sumher-hd'];
const [ldsc, sldscMaf, sldscMafLld, sumherGcta, sumherLdak, sumherHd] = await Promise.all(
  methods.map(methodEstimator),
);

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
  return summariseStudy(cells, [estimator.name], parts)[0];
}

describe('under its own model, the mean over replicates of', () => {
  it.each([
    ['LDSC', ldsc, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['S-LDSC (MAF)', sldscMaf, 'h0.25_p1_maf0-0.5_a-0.25_none'],
    ['S-LDSC (MAF+LLD)', sldscMafLld, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['SumHer under the GCTA model', sumherGcta, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['SumHer under the LDAK model', sumherLdak, 'h0.25_p1_maf0-0.5_a-0.25_ldak'],
    ['SumHer under the Human Default model', sumherHd, 'h0.25_p1_maf0-0.5_a-0.25_none'],
    ['GREML', gremlSc, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['LDAK', ldakReml, 'h0.25_p1_maf0-0.5_a-0.25_ldak'],
    ['BOLT-REML', boltReml, 'h0.25_p1_maf0-0.5_a-1_none'],
    ['GREML-LDMS-I', gremlLdms, 'h0.25_p1_maf0-0.5_a-1_none', 12],
    ['RHE', rhe, 'h0.25_p1_maf0-0.5_a-1_none'],
  ] as [string, StudyEstimator, string, number?][])(
    '%s is the truth',
    async (_, estimator, cell, replicates) => {
      const { mean, sem, failed } = await meanOf(estimator, cell, replicates);
      expect(failed).toBe(0);
      expect(Math.abs(mean - 0.25)).toBeLessThan(3.5 * sem);
      expect(sem).toBeLessThan(0.05);
    },
  );
});

it('GREML rotates traits to what a run of REML gives them', async () => {
  const data = await studyOn(pool, { samples: 300, variants: [200] });
  const noise = [5, 6].map((seed) => randomNormals(300, seed));
  const traits = new TraitColumns(data, 2);
  await traits.load(2, (values) => {
    for (const [c, y] of noise.entries()) values.set(y, c * data.design.stride);
  });
  const prepared = await gremlSc.prepare(data, silentRun);
  const estimates = await prepared.evaluate(traits, silentRun);
  const { matrix } = await relationshipMatrix(data.genotypes, GCTA_MODEL);
  const expected = await estimateReml(pool, [matrix], ['G'], noise, [], { constrain: false });
  for (const [c, result] of expected.entries()) {
    if (hasFailed(result)) throw new Error(result.failure);
    expect(estimates[c].h2).toBeCloseTo(result.h2, 7);
    expect(estimates[c].se).toBeCloseTo(result.se, 7);
  }
});
