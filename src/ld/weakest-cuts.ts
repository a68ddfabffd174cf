import type { VariantRange } from '../genotypes/gather-ranges.js';
import { type GramSide, standardisedGramBand } from '../genotypes/gram.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';

/** Neighbours on each side of a cut whose LD across it is looked at. */
const CUT_REACH = 16;

const gramSpace = scratchFloat64();

const cutStrength = defineTask(
  'cutStrength',
  (kernels, rows: GramSide, stride: number, samples: number, out: Float64Array): void => {
    const { variants } = rows;
    const gram = gramSpace.of(variants * variants);
    standardisedGramBand(kernels, rows, stride, samples, 2 * CUT_REACH, gram, variants);
    for (let cut = CUT_REACH; cut <= variants - CUT_REACH; cut++) {
      let sum = 0;
      for (let i = cut - CUT_REACH; i < cut; i++)
        for (let j = cut; j < cut + CUT_REACH; j++) sum += (gram[j * variants + i] / samples) ** 2;
      out[cut - CUT_REACH] = sum;
    }
  },
);

/**
 * Cuts variants into stretches of about `size`, each cut where the sum of r² across it is least within a quarter of a stretch of
 * its place, and at all `breaks` (starts of chromosomes).
 * @returns position of the first variant of each stretch, ascending, from 0.
 */
export async function weakestCuts(
  genotypes: GenotypeOperator,
  breaks: readonly number[],
  size: number,
): Promise<number[]> {
  const { pool, samples, rowStride } = genotypes;
  const slack = Math.floor(size / 4);
  const edges = [...new Set([0, ...breaks, genotypes.count])].sort((a, b) => a - b);
  const starts = edges.slice(0, -1);
  const zones: VariantRange[] = [];
  for (const [e, start] of starts.entries()) {
    const runs = Math.max(1, Math.round((edges[e + 1] - start) / size));
    for (let k = 1; k < runs; k++) {
      const place = start + Math.round((k * (edges[e + 1] - start)) / runs);
      if (slack < 2 * CUT_REACH) {
        starts.push(place); // too small to choose
        continue;
      }
      zones.push({ first: place - slack - CUT_REACH, variants: 2 * (slack + CUT_REACH) });
    }
  }
  for await (const batch of genotypes.ranges(zones)) {
    const strengths = batch.map(({ range }) => sharedFloat64(range.variants - 2 * CUT_REACH + 1));
    const calls = batch.map(({ rows }, k) => [rows, rowStride, samples, strengths[k]] as const);
    await pool.run(cutStrength, calls, { milliseconds: (calls.length * size * size * samples) / 1e9 });
    for (const [k, { range }] of batch.entries()) {
      const weakest = strengths[k].indexOf(Math.min(...strengths[k]));
      starts.push(range.first + CUT_REACH + weakest);
    }
  }
  return starts.sort((a, b) => a - b);
}
