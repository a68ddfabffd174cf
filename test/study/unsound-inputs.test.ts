import { afterAll, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { silentRun } from '../../src/run.js';
import { estimatorNamed } from '../../src/study/estimators.js';
import { namedGrid, selectCells } from '../../src/study/grids.js';
import { runStudy } from '../../src/study/run.js';
import { summariseStudy } from '../../src/study/summary.js';
import { studyOn } from './study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const NAMES = [
  'gre',
  'gre-shrunk',
  'gre-panel',
  'gre-mixed',
  'ldsc',
  'ldsc-shrunk',
  'ldsc-panel',
  'ldsc-mixed',
];

it('inputs that estimators should not get make them too high, and each says what is wrong', async () => {
  const data = await studyOn(pool, { samples: 1000, variants: [250, 250, 250, 250], founders: 1000 });
  const { cells } = selectCells(namedGrid('64')!, { ids: ['h0.5_p1_maf0-0.5_a-1_none'] });
  const estimators = (await Promise.all(NAMES.map(estimatorNamed))).map((estimator) => estimator!);
  const parts = await runStudy(
    data,
    { cells, replicates: 20, estimators, seed: 2, scaling: 'exact', weights: async () => new Float64Array() },
    {},
    silentRun,
  );
  const found = new Map(
    summariseStudy(cells, NAMES, parts).map((summary) => [summary.estimator, summary] as const),
  );
  const above = (name: string, sound: string) => {
    const [a, b] = [found.get(name)!, found.get(sound)!];
    return (a.mean - b.mean) / Math.hypot(a.sem, b.sem);
  };
  for (const { name, caution } of estimators) {
    expect(found.get(name)!.failed, name).toBe(0);
    expect(caution !== undefined, name).toBe(name.includes('-'));
  }
  expect(Math.abs(found.get('gre')!.z!)).toBeLessThan(3.5);
  expect(above('gre-mixed', 'gre')).toBeGreaterThan(4);
  expect(above('gre-panel', 'gre')).toBeGreaterThan(4);
  expect(found.get('ldsc-mixed')!.mean).toBeGreaterThan(1.1 * found.get('ldsc')!.mean);
  expect(found.get('ldsc-panel')!.mean).not.toBe(found.get('ldsc')!.mean);
  expect(found.get('ldsc-shrunk')!.mean).toBeGreaterThan(1.1 * found.get('ldsc')!.mean);
});

it('a panel of a handful of people is refused, with the reason in the study', async () => {
  const data = await studyOn(pool, { samples: 60, variants: [30, 30] });
  const panel = (await estimatorNamed('ldsc-panel'))!;
  await expect(panel.prepare(data, silentRun)).rejects.toThrow('a reference panel of 6 people');
});
