import type { WeightSets } from '../genotypes/normal-product.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import type { SampleMask } from '../genotypes/sample-mask.js';
import { packedStride } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { type RunContext, silentRun } from '../run.js';
import { type LoadedRows, projectedGram, rowsWithLoadings } from './projected-gram.js';

/** Variants of a side of a tile. */
const TILE = 256;

const PAIRS_PER_MS = 3e8;

interface LabelledRows extends LoadedRows {
  readonly weights: Float64Array;
  readonly labels: Int32Array;
}

const squaredGramRow = defineTask(
  'squaredGramRow',
  (
    kernels,
    a: LabelledRows,
    sides: readonly LabelledRows[],
    stride: number,
    samples: number,
    columns: number,
    sets: number,
    out: Float64Array,
  ): void => {
    for (const b of sides) {
      const { values, width } = projectedGram(kernels, a, b, stride, samples, columns);
      for (let i = 0; i < a.variants; i++) {
        const to = i * 2 * sets;
        for (let j = 0; j < width; j++) {
          const square = values[i * width + j] ** 2;
          const isOwn = a.labels[i] === b.labels[j];
          for (let l = 0; l < sets; l++) {
            const value = b.weights[j * sets + l] * square;
            out[to + l] += value;
            if (isOwn) out[to + sets + l] += value;
          }
        }
      }
    }
  },
);

/**
 * For each variant i and set l, sum over j of a_jl (x_i'M x_j)² over all variants, and over those with the label of i, among
 * the people of a group; M projects the covariates off. Costs variants² x people / 2 popcounts of pairs.
 *
 * @param genotypes in memory. @param basis orthonormal columns over samples that M projects off.
 * @param labels one a variant, shared.
 * @returns variants x 2 x sets, row-major: over all, then over those of the same label.
 */
export async function squaredGramSums(
  genotypes: GenotypeOperator,
  people: SampleMask,
  basis: readonly Float64Array[],
  { names, weights }: WeightSets,
  labels: Int32Array,
  run: RunContext = silentRun,
): Promise<Float64Array> {
  const sets = names.length;
  const rows = await rowsWithLoadings(genotypes, people, basis, TILE);
  const sides = rows.map((row): LabelledRows => {
    const end = row.first + row.variants;
    return {
      ...row,
      weights: weights.subarray(row.first * sets, end * sets),
      labels: labels.subarray(row.first, end),
    };
  });
  const sums = sharedFloat64(genotypes.count * 2 * sets);
  const stride = packedStride(people.count);
  const calls = sides.map((side) => {
    const own = sums.subarray(side.first * 2 * sets, (side.first + side.variants) * 2 * sets);
    return [side, sides, stride, people.count, basis.length, sets, own] as const;
  });
  const phase = run.progress.phase('traces', { total: calls.length });
  await genotypes.pool.run(squaredGramRow, calls, {
    milliseconds: (genotypes.count ** 2 * people.count) / PAIRS_PER_MS,
    onProgress: () => phase.advance(),
  });
  phase.end();
  return sums;
}
