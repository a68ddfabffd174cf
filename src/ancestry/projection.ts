import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { addCombination, innerProducts, type LongRows, longRows } from '../linalg/long-rows.js';
import { median } from '../linalg/median.js';
import { gaussQuadrature } from '../linalg/tridiagonal.js';
import { type RunContext, silentRun } from '../run.js';
import { type PrincipalComponents, toFloat32 } from './principal-components.js';
import { RelationshipProduct } from './relationship-product.js';

/** New people on whom the stretch is measured. */
export const SAMPLED_PEOPLE = 12;
const MOST_STEPS = 40;
/** Share of an eigenvalue that may be noise: beyond, projection says nearly nothing, and is not stretched. */
const MOST_NOISE = 0.9;
/** Change of a stretch at which it is known. */
const STRETCH_TOLERANCE = 1e-3;

/** Where new people lie on the axes of others. */
export interface Projection {
  /** g'v / sqrt(λ M) for each person and component, people x components: shrunk towards 0. */
  readonly plain: Float64Array;
  /** a: mean square of a person's standardised genotypes, but for the part along the components. */
  readonly remainder: Float64Array;
}

/**
 * Projects new people on loadings.
 * @param genotypes of the new people, standardised as those were that the loadings are of.
 * @param determined components whose part is taken out of the remainder.
 */
export async function project(
  genotypes: GenotypeOperator,
  loadings: Float64Array,
  { facts, variants, determined }: PrincipalComponents,
  run: RunContext = silentRun,
): Promise<Projection> {
  const { columnStride: stride, samples, table } = genotypes;
  const count = facts.length;
  const sums = sharedFloat64(count * stride);
  const squares = sharedFloat64(stride);
  const squared = { values32: toFloat32(table.values.map((value) => value * value)) };
  const weights = toFloat32(loadings);
  const ones = sharedFloat32(genotypes.count).fill(1);
  const phase = run.progress.phase('projecting', { total: genotypes.count, unit: 'variants' });
  for await (const part of genotypes.parts()) {
    const range = [part.first * count, (part.first + part.count) * count] as const;
    await part.times(weights.subarray(...range), count, sums);
    await part.times(ones.subarray(part.first, part.first + part.count), 1, squares, squared);
    phase.advance(part.count);
  }
  phase.end();
  const plain = new Float64Array(samples * count);
  const remainder = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    let along = 0;
    for (let k = 0; k < count; k++) {
      const score = sums[k * stride + i];
      plain[i * count + k] = score / Math.sqrt(facts[k].eigenvalue * variants);
      if (k < determined) along += score * score;
    }
    remainder[i] = Math.max(0, (squares[i] - along) / variants);
  }
  return { plain, remainder };
}

/**
 * By how much projected values have to be stretched to lie where the people would if they had been among those that the
 * components are of; 1 for components that are not determined, or are nearly all noise.
 *
 * Add a person g to the others and follow one eigenvalue λ and its vector to first order in 1 / people. With c = X g / M, of
 * which c_b is the part outside the leading vectors, and a the remainder of g, the value on the axis is the projected one times
 *
 *   λ / (λ - a - c_b'(λ - A)^-1 c_b),   A = X X'/M.
 *
 * It is the augmentation of Zhang, Dey and Lee (2020) without the truncation of A to its leading vectors, which leaves weak
 * components short. c_b'(λ - A)^-1 c_b is measured on a few of the new people, for all λ at once, by Lanczos quadrature (Golub
 * and Meurant 2010); it is about the same share of a for everybody, so the median over them serves all.
 *
 * @param genotypes of the people that the components are of.
 * @param sampled standardised genotypes of some new people, variants x people, row-major.
 * @param remainders a of these people. @param remainder a of a usual person.
 * @param memory bytes for the genotypes of a part, where the work is divided.
 */
export async function stretches(
  genotypes: GenotypeOperator,
  components: PrincipalComponents,
  sampled: Float64Array,
  remainders: Float64Array,
  remainder: number,
  run: RunContext = silentRun,
  memory = 0,
): Promise<Float64Array> {
  const { facts, determined, variants } = components;
  const found = new Float64Array(facts.length).fill(1);
  if (determined === 0) return found;
  const people = remainders.length;
  const { columnStride: stride, pool } = genotypes;
  const matrix = new RelationshipProduct(genotypes, memory);
  const leading: LongRows = {
    values: components.vectors.values.subarray(0, determined * stride),
    rows: determined,
    stride,
  };
  const takeOutLeading = async (rows: LongRows) =>
    addCombination(pool, await innerProducts(pool, rows, leading), leading, rows, -1);
  let current = longRows(people, stride);
  await genotypes.times(toFloat32(sampled), people, current.values);
  for (let k = 0; k < current.values.length; k++) current.values[k] /= variants;
  await takeOutLeading(current);
  const squares = scaleRows(current).map((norm) => norm * norm);
  let [previous, spare] = [longRows(people, stride), longRows(people, stride)];
  const diagonals = Array.from({ length: people }, (): number[] => []);
  const offDiagonals = Array.from({ length: people }, (): number[] => []);
  const phase = run.progress.phase('shrinkage of projections');
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = await matrix.times(current, spare, run);
    await takeOutLeading(next);
    for (let p = 0; p < people; p++) {
      const [q, before, v] = [current, previous, next].map(({ values }) =>
        values.subarray(p * stride, (p + 1) * stride),
      );
      let alpha = 0;
      for (let i = 0; i < stride; i++) alpha += q[i] * v[i];
      const beta = offDiagonals[p].at(-1) ?? 0;
      for (let i = 0; i < stride; i++) v[i] -= alpha * q[i] + beta * before[i];
      diagonals[p].push(alpha);
    }
    const norms = scaleRows(next);
    for (let p = 0; p < people; p++) offDiagonals[p].push(norms[p]);
    [spare, previous, current] = [previous, current, next];
    phase.advance();
    let change = 0;
    for (let k = 0; k < determined; k++) {
      const { eigenvalue } = facts[k];
      const shares = Float64Array.from(diagonals, (diagonal, p) => {
        const { nodes, weights } = gaussQuadrature(diagonal, offDiagonals[p]);
        let sum = 0;
        for (const [j, node] of nodes.entries()) sum += weights[j] / (eigenvalue - node);
        return (squares[p] * sum) / remainders[p];
      });
      const noise = remainder * (1 + median(shares.filter(Number.isFinite)));
      const stretch = noise < MOST_NOISE * eigenvalue ? eigenvalue / (eigenvalue - noise) : 1;
      change = Math.max(change, Math.abs(stretch / found[k] - 1));
      found[k] = stretch;
    }
    if (change < STRETCH_TOLERANCE && step > 2) break;
  }
  phase.end();
  matrix.close();
  return found;
}

/** Divides each row by its norm; returns the norms. */
function scaleRows({ values, rows, stride }: LongRows): Float64Array {
  return Float64Array.from({ length: rows }, (_, k) => {
    const row = values.subarray(k * stride, (k + 1) * stride);
    let square = 0;
    for (const value of row) square += value * value;
    const norm = Math.sqrt(square);
    if (norm > 0) for (let i = 0; i < stride; i++) row[i] /= norm;
    return norm;
  });
}
