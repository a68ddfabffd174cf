import type { Design } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { dot } from '../../linalg/orthonormal-basis.js';
import type { CutBlock } from './cut-block.js';
import { weightedProjections } from './cut-blocks.js';
import type { GroupProbes } from './cut-probes.js';
import { formVariance, type Moments, type Pair } from './form-variance.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockDefinition } from './result.js';

/**
 * Moments of the weighted projections of all blocks: those of these very genotypes, LD between blocks, relatives and structure included,
 * from vectors projected in full; effects are spread evenly over the variants. Two passes over the genotypes.
 * @param weights w_k of each block.
 */
export async function measureMoments(
  genotypes: GenotypeOperator,
  design: Design,
  g: number,
  blocks: readonly BlockDefinition[],
  solved: readonly CutBlock[],
  { vectors, genetic }: GroupProbes,
  weights: ArrayLike<number>,
): Promise<Moments> {
  const n = degreesOfFreedom(design, g);
  const projections = await weightedProjections(
    genotypes,
    design,
    g,
    blocks,
    solved,
    weights,
    vectors.length,
  );
  const moments = (from: number, end: number): Pair => {
    let [whole, product, square] = [0, 0, 0];
    for (let e = from; e < end; e++) {
      whole += dot(vectors[e], vectors[e]);
      for (const [k, { explained }] of solved.entries()) product += weights[k] * explained[e] * n;
      square += dot(projections[e], projections[e]);
    }
    return { first: product / whole, second: square / whole };
  };
  const columns = sharedFloat32(2 * genetic * design.stride);
  for (let e = 0; e < genetic; e++) {
    columns.set(projections[e], 2 * e * design.stride);
    columns.set(vectors[e], (2 * e + 1) * design.stride);
  }
  const scores = sharedFloat64(genotypes.count * 2 * genetic);
  await genotypes.transposeTimes(columns, 2 * genetic, scores);
  const effects: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < scores.length; at += 2) {
    effects[0] += scores[at] ** 2;
    effects[1] += scores[at] * scores[at + 1];
    effects[2] += scores[at + 1] ** 2;
  }
  const variance = solved.reduce((sum, { trace }) => sum + trace, 0);
  const scale = 1 / (genetic * variance * variance * n);
  return {
    expected: solved.reduce((sum, { rank }, k) => sum + (weights[k] * rank) / n, 0),
    noise: moments(genetic, vectors.length),
    signals: [moments(0, genetic)],
    effects: [effects[0] * scale, effects[1] * scale, effects[2] * scale],
  };
}

/** Sampling variance of a heritability, the trait scaled to unit variance in the sample. */
export function heritabilityVariance(h2: number, moments: Moments, n: number): number {
  const h = Math.min(1, Math.max(0, h2));
  return formVariance({ m: [[1]], l: [[-h2]] }, [[1 - h]], [[[h]]], moments, n);
}
