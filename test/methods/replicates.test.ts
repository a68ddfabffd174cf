import { afterAll, expect, test } from 'vitest';
import { HeredityError } from '../../src/errors.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { compareMethods } from '../../src/methods/compare-methods.js';
import type { PreparedMethod } from '../../src/methods/method.js';
import { replicatesOf } from '../../src/methods/replicate-estimates.js';
import { Replicates } from '../../src/methods/replicates.js';
import { silentRun } from '../../src/run.js';
import { estimate } from '../report/findings.js';
import { studyOn } from '../study/study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const SAMPLES = 60;
const TRAIT = {
  name: 'y',
  kind: 'quantitative',
  values: Float64Array.from({ length: SAMPLES }, (_, i) => (i === 7 ? Number.NaN : Math.sin(i))),
  distinct: SAMPLES - 1,
  present: SAMPLES - 1,
  cases: 0,
  controls: 0,
  offset: 0,
  unit: 1,
  position: 0,
  requested: 1,
} as const;

const methodThat = (evaluate: PreparedMethod['evaluate']): PreparedMethod => ({ evaluate });
const allAlike = methodThat(async (traits) => traits.facts.map(({ name }) => estimate(name, 'gre')));
const failing = (error: Error) => methodThat(() => Promise.reject(error)); // for simulated traits alone: those of the run have their estimates by then

test('a method that fails on the simulated traits keeps its estimates, and the comparison says why it has no error', async () => {
  const replicates = new Replicates(
    await studyOn(pool, { samples: SAMPLES, variants: [40] }),
    [TRAIT],
    20,
    1e9,
  );
  const gre = await replicates.addTo([estimate('y', 'gre')], allAlike, silentRun);
  const problem = 'component 2 explains nothing';
  const he = await replicates.addTo(
    [estimate('y', 'he')],
    failing(new HeredityError('numerical', problem, { fix: 'fewer components' })),
    silentRun,
  );
  expect(he[0].h2).toEqual(estimate('y', 'he').h2);
  expect([replicatesOf(gre[0])?.h2.length, replicatesOf(he[0])?.h2.length]).toEqual([20, 0]);
  const [difference] = compareMethods([...gre, ...he])!.differences;
  expect(difference).toMatchObject({
    difference: { se: null },
    noError: `Haseman-Elston could not be used on the simulated traits: ${problem}`,
  });
});

test('what is no matter of the data ends the run', async () => {
  const replicates = new Replicates(
    await studyOn(pool, { samples: SAMPLES, variants: [40] }),
    [TRAIT],
    20,
    1e9,
  );
  const mistake = new TypeError('a mistake of the program');
  await expect(replicates.addTo([estimate('y', 'he')], failing(mistake), silentRun)).rejects.toBe(mistake);
});
