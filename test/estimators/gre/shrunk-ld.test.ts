import { afterAll, expect, it } from 'vitest';
import { groupBasis } from '../../../src/association/design.js';
import { TraitColumns } from '../../../src/cohort/trait-columns.js';
import { PreparedGre } from '../../../src/estimators/gre/prepared.js';
import { ShrunkGre } from '../../../src/estimators/gre/shrunk-ld.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { covarianceMatrix } from '../../../src/ld/covariance.js';
import { TILE } from '../../../src/linalg/tiled-lower.js';
import { silentRun } from '../../../src/run.js';
import { denseInverse, denseProduct } from '../../dense.js';
import { randomNormals } from '../../genotype-data.js';
import { studyOn } from '../../study/study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

async function start(variants: readonly number[]) {
  const data = await studyOn(pool, { samples: 700, variants });
  const traits = new TraitColumns(data, 2);
  await traits.load(2, (values) => {
    for (let c = 0; c < 2; c++) values.set(randomNormals(700, c + 1), c * data.design.stride);
  });
  return { data, b: await traits.marginalEffects(), n: data.degreesOfFreedom };
}

it('GRE with shrunk LD is its dense formula, tr(W V) in place of the rank', async () => {
  const { data, b, n } = await start([60]);
  const { genotypes, design } = data;
  const [group] = design.groups;
  const { panels } = await covarianceMatrix(genotypes, group.people, groupBasis(design, group), n);
  const entry = (i: number, j: number): number => {
    const { values, width } = panels[Math.floor(i / TILE)];
    return i >= j ? values[(i % TILE) * width + j] : entry(j, i);
  };
  const v = Array.from({ length: 60 }, (_, i) => Float64Array.from({ length: 60 }, (__, j) => entry(i, j)));
  const w = denseInverse(v.map((row, i) => Array.from(row, (value, j) => 0.8 * value + (i === j ? 0.2 : 0))));
  const q = denseProduct(w, v).reduce((sum, row, i) => sum + row[i], 0);
  const shrunk = await ShrunkGre.create(data, data.blocks, 0.2, 1e9, silentRun);
  const estimates = await shrunk.estimate(b, 2, n);
  for (const [c, { h2 }] of estimates.entries()) {
    const own = Float64Array.from({ length: 60 }, (_, j) => b[2 * j + c]);
    const r2 = w.reduce((sum, row, i) => sum + own[i] * row.reduce((s, x, j) => s + x * own[j], 0), 0);
    expect(h2).toBeCloseTo((n * r2 - q) / (n - q), 8);
  }
});

it('is GRE where nothing is shrunk away', async () => {
  const { data, b, n } = await start([90, 40]);
  const shrunk = await ShrunkGre.create(data, data.blocks, 1e-9, 1e9, silentRun);
  const whole = await (await PreparedGre.create(data, data.blocks, { memory: 1e9 })).estimate(b, 2);
  for (const [c, { h2, se }] of (await shrunk.estimate(b, 2, n)).entries()) {
    expect(h2).toBeCloseTo(whole[c].h2, 4);
    expect(se).toBeCloseTo(whole[c].se, 4);
  }
});
