import { afterAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { TILE, type TiledLower } from '../../src/linalg/tiled-lower.js';
import {
  GCTA_MODEL,
  type RelationshipModel,
  relationshipMatrix,
  relationshipPanels,
} from '../../src/relatedness/grm.js';
import { partOf, silentRun } from '../../src/run.js';
import { methodsFixture, operatorOf, range } from '../fixture.js';
import { type Genotypes, randomGenotypes } from '../genotype-data.js';
import { recordingProgress } from '../recording-progress.js';

const pool = new KernelPool(loadKernels(), 2);
afterAll(() => pool.close());

const at = ({ panels }: TiledLower, i: number, k: number) =>
  panels[Math.floor(i / TILE)].values[(i % TILE) * panels[Math.floor(i / TILE)].width + k];

async function matrixOf(genotypes: Genotypes, model: RelationshipModel, tileBytes?: number) {
  const operator = await operatorOf(genotypes, pool, { memory: 0, tileBytes });
  return { ...(await relationshipMatrix(operator, model)), operator };
}

/** One element from the definition (METHODS 5.1, 8.3). */
function element(genotypes: Genotypes, { power, weights, missing }: RelationshipModel, i: number, k: number) {
  let numerator = 0;
  let divisor = 0;
  for (const [v, row] of genotypes.entries()) {
    const present = row.filter((copies) => copies >= 0);
    const p = present.reduce((sum, copies) => sum + copies, 0) / present.length / 2;
    const variance = 2 * p * (1 - p);
    if (variance === 0) continue;
    const weight = weights?.[v] ?? 1;
    const both = row[i] >= 0 && row[k] >= 0;
    if (both) numerator += weight * variance ** power * (row[i] - 2 * p) * (row[k] - 2 * p);
    if (both || missing === 'mean') divisor += weight * variance ** (1 + power);
  }
  return numerator / divisor;
}

it('gives the relationships of METHODS 12', async () => {
  const { matrix, total } = await matrixOf(methodsFixture().genotypes, GCTA_MODEL);
  expect(total).toBe(60);
  expect(at(matrix, 0, 0)).toBeCloseTo(1.05961738, 6);
  expect(at(matrix, 1, 0)).toBeCloseTo(0.08016548, 7);
  const diagonal = Array.from({ length: 200 }, (_, i) => at(matrix, i, i));
  expect(diagonal.reduce((sum, value) => sum + value, 0) / 200).toBeCloseTo(0.99944176, 7);
});

const MODELS: [string, RelationshipModel][] = [
  ['GCTA', GCTA_MODEL],
  ["GCTA's second formula", { power: 0, missing: 'mean' }],
  ['weights and power', { power: -0.25, missing: 'pairwise', weights: range(0, 30).map((v) => v % 4) }],
];

describe.each(MODELS)('%s', (_, model) => {
  const genotypes = randomGenotypes(30, 300, { seed: 4, missing: 0.1 });
  genotypes[3].fill(2);

  it('is the definition, with missing genotypes', async () => {
    const { matrix } = await matrixOf(genotypes, model);
    for (const [i, k] of [
      [0, 0],
      [5, 2],
      [256, 255],
      [299, 0],
      [299, 298],
      [299, 299],
    ])
      expect(at(matrix, i, k)).toBeCloseTo(element(genotypes, model, i, k), 6);
  });

  it('is the same in blocks of rows and in tiles of variants', async () => {
    const { matrix, operator } = await matrixOf(genotypes, model);
    const { progress, events } = recordingProgress();
    let rows = 0;
    const panels = relationshipPanels(operator, model, 1, partOf(silentRun, progress));
    for await (const { firstRow, panel } of panels) {
      expect(firstRow).toBe(rows);
      const whole = matrix.panels[firstRow / TILE];
      for (let r = 0; r < panel.height; r++) {
        const own = (p: typeof panel) =>
          p.values.subarray(r * p.width, r * p.width + firstRow + r + 1).slice();
        expect(own(panel)).toEqual(own(whole));
      }
      rows += panel.height;
    }
    expect(rows).toBe(300);
    const advanced = events.flatMap(
      (event) =>
        event
          .match(/\+(\d+)/)
          ?.slice(1)
          .map(Number) ?? [],
    );
    expect(events[0]).toBe(`relationships of ${advanced.reduce((sum, value) => sum + value, 0)}`);
  });
});
