import type { ColumnProjector } from '../../association/project-columns.js';
import { PART_NUMBERS } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { norm } from '../../linalg/orthonormal-basis.js';
import type { HeData } from './data.js';

/** y'Ky, y'K²y and y'K³y of a trait with y'y = n, K = M X X'M / M_1. */
export interface KinshipMoments {
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

/** The same with several components, K_k = M X_k X_k'M / M_k. */
export interface ComponentMoments {
  /** y'K_k y. */
  readonly first: Float64Array;
  /** y'K_k K_l y, row-major. */
  readonly second: Float64Array;
  /** y'K_k K_c K_l y: k x c x l. */
  readonly third: Float64Array;
}

/** {@link ComponentMoments} of every trait, in a product more than there are components; groups' traits one after another. */
export async function componentMoments(
  data: HeData,
  projector: ColumnProjector,
  sizes: Float64Array,
): Promise<ComponentMoments[]> {
  const { genotypes, design, components } = data;
  const { weights } = components;
  const count = sizes.length;
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
  const found = groupOf.map(() => emptyMoments(count));
  for (let j = 0, at = 0; j < genotypes.count; j++)
    for (const { first } of found) {
      const square = scores[at++] ** 2;
      for (let k = 0; k < count; k++) first[k] += weights[j * count + k] * square;
    }
  // K_k y, not yet divided by M_k: columns of one component after another
  const projected = sharedFloat32(count * columns * design.stride);
  const b = sharedFloat32(scores.length);
  const images = sharedFloat64(columns * design.stride);
  for (let k = 0; k < count; k++) {
    for (let at = 0; at < b.length; at++) b[at] = scores[at] * weights[Math.floor(at / columns) * count + k];
    images.fill(0);
    await genotypes.times(b, columns, images);
    await projector.project(images, groupOf, projected.subarray(k * images.length, (k + 1) * images.length));
  }
  const imageOf = (k: number, c: number) =>
    projected.subarray((k * columns + c) * design.stride, (k * columns + c + 1) * design.stride);
  for (const [c, { second }] of found.entries())
    for (let k = 0; k < count; k++)
      for (let l = 0; l < count; l++) second[k * count + l] = product(imageOf(k, c), imageOf(l, c));
  const width = count * columns;
  for await (const part of genotypes.parts(Math.floor(PART_NUMBERS / width))) {
    const products = sharedFloat64(part.count * width);
    await part.transposeTimes(projected, width, products);
    for (let j = 0; j < part.count; j++) {
      const own = weights.subarray((part.first + j) * count, (part.first + j + 1) * count);
      for (const [c, { third }] of found.entries())
        for (let at = 0; at < third.length; at++) {
          const [k, through, l] = [Math.floor(at / count ** 2), Math.floor(at / count) % count, at % count];
          const [first, last] = [
            products[j * width + k * columns + c],
            products[j * width + l * columns + c],
          ];
          third[at] += own[through] * first * last;
        }
    }
  }
  for (const { first, second, third } of found) {
    for (let k = 0; k < count; k++) first[k] /= sizes[k];
    for (let at = 0; at < second.length; at++)
      second[at] /= sizes[Math.floor(at / count)] * sizes[at % count];
    for (let at = 0; at < third.length; at++)
      third[at] /=
        sizes[Math.floor(at / count ** 2)] * sizes[Math.floor(at / count) % count] * sizes[at % count];
  }
  return found;
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function emptyMoments(count: number): ComponentMoments {
  return {
    first: new Float64Array(count),
    second: new Float64Array(count ** 2),
    third: new Float64Array(count ** 3),
  };
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

/**
 * Sampling covariances of y'K_k y with several components, for a trait that is scaled to y'y = n in its sample: forms in
 * W_k = K_k - θ_k I, θ_k = y'K_k y / n, whose covariances 2 tr(W_k V W_l V) are estimated by 2 y'W_k V W_l y (METHODS 7.2).
 * @param variances of the components and, last, of the noise: V = sum of σ²_c K_c + σ²_e I.
 */
export function formCovariances(
  { first, second, third }: ComponentMoments,
  variances: ArrayLike<number>,
  n: number,
): Float64Array {
  const count = first.length;
  return second.map((square, at) => {
    const [k, l] = [Math.floor(at / count), at % count];
    const [own, other] = [first[k] / n, first[l] / n];
    let sum = variances[count] * (square - (first[k] * first[l]) / n);
    for (let c = 0; c < count; c++) {
      const through = third[(k * count + c) * count + l];
      const turned = own * second[c * count + l] + other * second[c * count + k];
      sum += variances[c] * (through - turned + own * other * first[c]);
    }
    return 2 * sum;
  });
}
