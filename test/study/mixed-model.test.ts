import { afterAll, expect, it } from 'vitest';
import { TraitColumns } from '../../src/cohort/trait-columns.js';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedFloat32, sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { orthonormalBasis, projectOut } from '../../src/linalg/orthonormal-basis.js';
import { silentRun } from '../../src/run.js';
import { mixedModelScores } from '../../src/study/mixed-model.js';
import { denseInverse } from '../dense.js';
import { randomNormals } from '../genotype-data.js';
import { studyOn } from './study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const SAMPLES = 160;
const CHROMOSOMES = [
  [0, 25],
  [25, 40],
  [40, 75],
] as const;
const age = { name: 'age', values: randomNormals(SAMPLES, 7) };

async function start() {
  const data = await studyOn(pool, { samples: SAMPLES, variants: [25, 15, 35], covariates: [age] });
  const traits = new TraitColumns(data, 2);
  await traits.load(2, (values) => {
    for (let c = 0; c < 2; c++) values.set(randomNormals(SAMPLES, c + 1), c * data.design.stride);
  });
  return { data, traits };
}

it('a mixed model without the own chromosome has the Z scores of its dense formula', async () => {
  const { data, traits } = await start();
  const { genotypes, design, degreesOfFreedom: n } = data;
  const unit = sharedFloat32(75 * 75);
  for (let j = 0; j < 75; j++) unit[j * 76] = 1;
  const columns = sharedFloat64(75 * design.stride);
  await genotypes.times(unit, 75, columns);
  const { basis } = orthonormalBasis([new Float64Array(SAMPLES).fill(1), age.values]);
  const project = (column: Float64Array) => {
    projectOut(column, basis);
    return column;
  };
  const x = Array.from({ length: 75 }, (_, j) =>
    project(columns.slice(j * design.stride, j * design.stride + SAMPLES)),
  );
  const h2 = 0.6;
  const scores = await mixedModelScores(data, traits, h2, silentRun);
  for (const [first, end] of CHROMOSOMES) {
    const others = x.filter((_, j) => j < first || j >= end);
    const v = Array.from({ length: SAMPLES }, (_, a) =>
      Array.from({ length: SAMPLES }, (__, b) => {
        const related = others.reduce((sum, column) => sum + column[a] * column[b], 0) / others.length;
        return h2 * related + (a === b ? 1 - h2 : 0);
      }),
    );
    const inverse = denseInverse(v);
    const times = (w: Float64Array) => inverse.map((row) => dot(row, w));
    const own = x.slice(first, end);
    // at most 30 variants, evenly spread
    const some =
      own.length <= 30
        ? own
        : Array.from({ length: 30 }, (_, k) => own[Math.floor(((k + 0.5) * own.length) / 30)]);
    const gamma =
      some.reduce((sum, w) => sum + dot(times(w), w), 0) / some.reduce((sum, w) => sum + dot(w, w), 0);
    for (let c = 0; c < 2; c++) {
      const y = project(Float64Array.from(traits.trait(c)));
      const scale = Math.sqrt(n / dot(y, y));
      const solved = times(y);
      for (const [j, w] of own.entries())
        expect(scores[(first + j) * 2 + c]).toBeCloseTo((scale * dot(solved, w)) / Math.sqrt(gamma * n), 3);
    }
  }
});

it('is the linear model where h² is 0', async () => {
  const { data, traits } = await start();
  const scores = await mixedModelScores(data, traits, 0, silentRun);
  const b = await traits.marginalEffects();
  for (const [at, z] of scores.entries()) expect(z).toBeCloseTo(b[at] * Math.sqrt(data.degreesOfFreedom), 4);
});

it('needs two chromosomes', async () => {
  const data = await studyOn(pool, { samples: 100, variants: [20] });
  const traits = new TraitColumns(data, 1);
  await traits.load(1, (values) => values.set(randomNormals(100, 3)));
  await expect(mixedModelScores(data, traits, 0.5, silentRun)).rejects.toThrow('a second one');
});

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
