import type { ColumnProjector } from '../../association/project-columns.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { norm } from '../../linalg/orthonormal-basis.js';
import type { HeData } from './data.js';

/** y'Ky, y'K²y and y'K³y of a trait with y'y = n, K = M X X'M / M_1. */
export interface KinshipMoments {
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

/** {@link KinshipMoments} of every trait with one component, in one and a half products; groups' traits one after another. */
export async function kinshipMoments(
  data: HeData,
  projector: ColumnProjector,
  size: number,
): Promise<KinshipMoments[]> {
  const { genotypes, design, components } = data;
  const groupOf = design.groups.flatMap(({ traits }, g) => traits.map(() => g));
  const columns = groupOf.length;
  const y = sharedFloat32(columns * design.stride);
  for (const [c, residual] of design.groups.flatMap(({ residuals }) => residuals).entries()) {
    const { people, columns: projected } = design.groups[groupOf[c]];
    const scale = Math.sqrt(people.count - projected) / norm(residual);
    y.set(
      residual.map((value) => value * scale),
      c * design.stride,
    );
  }
  const scores = sharedFloat64(genotypes.count * columns);
  await genotypes.transposeTimes(y, columns, scores);
  const first = weightedSquares(scores, components.weights, columns);
  const b = sharedFloat32(scores.length);
  for (let at = 0; at < b.length; at++) b[at] = scores[at] * components.weights[Math.floor(at / columns)];
  const images = sharedFloat64(columns * design.stride);
  await genotypes.times(b, columns, images);
  const projected = sharedFloat32(images.length);
  await projector.project(images, groupOf, projected);
  await genotypes.transposeTimes(projected, columns, scores);
  const third = weightedSquares(scores, components.weights, columns);
  return groupOf.map((_, c) => {
    let second = 0;
    for (let i = c * design.stride; i < (c + 1) * design.stride; i++) second += projected[i] ** 2;
    return { first: first[c] / size, second: second / size ** 2, third: third[c] / size ** 3 };
  });
}

function weightedSquares(scores: Float64Array, weights: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let at = 0; at < scores.length; at++)
    sums[at % columns] += weights[Math.floor(at / columns)] * scores[at] ** 2;
  return sums;
}

/**
 * Sampling variance of σ²_g with one component (METHODS 7.2), for a trait that is scaled to y'y = n in its sample: σ²_g is y'Ay n / y'y over
 * T - b²/n with A = K - (b/n) I, by the delta method a form in W = A - θ I with θ = y'Ay / n, whose variance 2 tr(WVWV) is estimated by
 * 2 y'W V W y, V = σ²_g K + σ²_e I. W y is what of K y is not along y.
 */
export function analyticVariance(
  { first, second, third }: KinshipMoments,
  variances: ArrayLike<number>,
  trace: number,
  traceOfSquare: number,
  n: number,
): number {
  const shift = first / n; // b/n + θ
  const square = second - shift * first; // α'α with α = W y
  const throughK = third - 2 * shift * second + shift ** 2 * first; // α'Kα
  return (2 * (variances[0] * throughK + variances[1] * square)) / (traceOfSquare - trace ** 2 / n) ** 2;
}
