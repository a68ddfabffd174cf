import { HeredityError } from '../errors.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { type LongRows, longRows, RowsRoom, rowNorms } from '../linalg/long-rows.js';
import { type RunContext, silentRun } from '../run.js';
import { KrylovSpace } from './krylov-space.js';
import { RelationshipProduct } from './relationship-product.js';

/** Eigenvalues that differ by less than this share are not told apart: their components are a plane, not directions. */
const CLEAR_GAP = 0.05;
/** Bound on the sine of the angle between what is computed and the eigenspace, where there is a clear gap. */
const ANGLE = 1e-4;
/** Where there is none, eigenvalues are right to this share, and vectors lie in the space of eigenvalues so near. */
const LOOSE_RESIDUAL = 0.01;
/** Columns beside those that are asked for: they see the eigenvalues below. */
const MORE_COLUMNS = 4;
/** Blocks that the Krylov space holds before it is cut. */
const BLOCKS = 5;
const MOST_PASSES = 300;
/** Stream of the random start among those of a seed. */
const START_STREAM = 0x9ca;

export interface ComponentsOptions {
  /** How many components. */
  readonly count: number;
  readonly seed: number;
  /** Bytes for the genotypes of a part, where the work is divided. @default 0 */
  readonly memory?: number;
}

/** A component and how well it is known. */
export interface ComponentFacts {
  /** Of the relationship matrix X X'/M. */
  readonly eigenvalue: number;
  /** By how much it is above the next one, as a share of that. */
  readonly gap: number;
  /**
   * Bound on the sine of the angle between the component, with those that it is not told apart from, and their eigenspace;
   * null where no clear gap is below.
   */
  readonly angle: number | null;
}

/** Leading eigenvectors of a relationship matrix. */
export interface PrincipalComponents {
  /** One row a component, of length 1 over the people. */
  readonly vectors: LongRows;
  readonly facts: readonly ComponentFacts[];
  /** Leading components above the last clear gap: what follows is not told from noise. */
  readonly determined: number;
  /** Variants that vary, by whose number the matrix is divided. */
  readonly variants: number;
  /** Passes over the genotypes. */
  readonly passes: number;
}

/** Blocks beside those of the basis and their images: one that comes, its product and sums of runs, residuals, digits, what a restart turns. */
const OTHER_BLOCKS = 12;

/** Bytes beside the genotypes: basis, images and a block's columns. */
export const componentsBytes = (stride: number, variants: number, count: number): number => {
  const columns = count + MORE_COLUMNS;
  return 8 * stride * columns * (2 * BLOCKS + OTHER_BLOCKS) + 12 * variants * columns;
};

/** Most components that so many people and variants have. */
export const mostComponents = (people: number, variants: number): number =>
  Math.max(0, Math.min(people - 1, variants) - 1);

/**
 * Principal components of standardised genotypes: leading eigenvectors of A = X X'/M, by block Krylov iteration from a random
 * start with restarts (Musco and Musco 2015; Rokhlin, Szlam and Tygert 2009 without the accumulation). Each pass multiplies a
 * few columns by A. It stops when residuals bound what they have to bound: for θ with residual r and distance g to the other
 * eigenvalues, the sine of the angle to the eigenspace is at most r / g (Davis and Kahan 1970), and an eigenvalue lies
 * within r of θ.
 *
 * @param genotypes standardised by 2f(1-f), as in relationship matrices.
 * @throws HeredityError `degenerate-data` where the genotypes have fewer independent directions; `numerical` where the
 * iteration does not come to its end.
 */
export async function principalComponents(
  genotypes: GenotypeOperator,
  { count, seed, memory = 0 }: ComponentsOptions,
  run: RunContext = silentRun,
): Promise<PrincipalComponents> {
  const { pool, columnStride: stride, samples } = genotypes;
  const matrix = new RelationshipProduct(genotypes, memory);
  const width = Math.min(count + MORE_COLUMNS, samples);
  const space = new KrylovSpace(pool, BLOCKS * width, stride);
  const [images, picked] = [new RowsRoom(), new RowsRoom()];
  const phase = run.progress.phase('principal components');
  let block = randomRows(pool, width, stride, samples, seed);
  for (let passes = 0; ; ) {
    const novel = await space.novel(block);
    const isExhausted = novel.rows === 0;
    if (!isExhausted) {
      await space.append(novel, await matrix.times(novel, images.of(novel.rows, stride), run));
      passes++;
      phase.advance();
    }
    const ritz = space.ritz();
    const looked = Math.min(width, space.rows);
    const residuals = await space.residuals(ritz, looked);
    const norms = rowNorms(residuals);
    const { allowed, facts, determined } = judge(ritz.values, norms, count);
    const isDone = allowed.every((most, k) => norms[k] <= most);
    if (isDone || isExhausted) {
      if (space.rows < count || !(ritz.values[count - 1] > 1e-10 * ritz.values[0]))
        throw new HeredityError('degenerate-data', 'the genotypes have fewer independent components', {
          value: `${Math.min(space.rows, ritz.values.filter((value) => value > 1e-10 * ritz.values[0]).length)}`,
          expected: `${count} (--pcs)`,
          fix: 'ask for fewer components, or give more people and variants',
        });
      phase.end();
      const vectors = await space.vectors(ritz, count);
      turn(vectors);
      matrix.close();
      return { vectors, facts, determined, variants: matrix.variants, passes };
    }
    if (passes >= MOST_PASSES)
      throw new HeredityError('numerical', 'principal components do not converge', {
        value: `${passes} passes`,
        fix: 'ask for another number of components (--pcs), or prune the variants',
      });
    block = pick(residuals, (k) => k >= allowed.length || norms[k] > 0.1 * allowed[k], picked);
    if (space.room < block.rows) await space.restart(ritz, Math.min(space.rows, 2 * width));
  }
}

/**
 * Loadings: unit-length combinations of standardised variants whose values over the people are the components, times the square
 * roots of their eigenvalues. Variants x components, row-major.
 */
export async function loadingsOf(
  genotypes: GenotypeOperator,
  { vectors, facts, variants }: PrincipalComponents,
): Promise<Float64Array> {
  const loadings = sharedFloat64(genotypes.count * vectors.rows);
  await genotypes.transposeTimes(toFloat32(vectors.values), vectors.rows, loadings);
  for (let at = 0; at < loadings.length; at++)
    loadings[at] /= Math.sqrt(facts[at % vectors.rows].eigenvalue * variants);
  return loadings;
}

/** What residuals may be, and what they say. */
function judge(values: Float64Array, norms: Float64Array, count: number) {
  const last = Math.min(count, values.length - 1);
  const gap = (k: number) =>
    k + 1 < values.length && values[k + 1] > 0 ? values[k] / values[k + 1] - 1 : Number.POSITIVE_INFINITY;
  const allowed = Float64Array.from({ length: last + 1 }, (_, k) => LOOSE_RESIDUAL * values[k]);
  const angles: (number | null)[] = Array.from({ length: count }, () => null);
  let first = 0;
  for (let k = 0; k < Math.min(count, last); k++) {
    if (gap(k) < CLEAR_GAP) continue;
    // from `first` to k: components that are not told apart from each other, and clearly from all others
    const above = first > 0 ? values[first - 1] - values[first] : Number.POSITIVE_INFINITY;
    const distance = Math.min(above, values[k] - values[k + 1]);
    const size = k + 1 - first;
    allowed.fill((ANGLE * distance) / Math.sqrt(size), first, k + 1);
    const residual = Math.hypot(...norms.subarray(first, k + 1));
    angles.fill(residual / distance, first, k + 1);
    first = k + 1;
  }
  const facts = angles.map((angle, k) => ({ eigenvalue: values[k], gap: gap(k), angle }));
  return { allowed: [...allowed], facts, determined: first };
}

function randomRows(pool: KernelPool, rows: number, stride: number, samples: number, seed: number): LongRows {
  const block = longRows(rows, stride);
  for (let k = 0; k < rows; k++)
    pool.kernels.normal(seed, START_STREAM + k, 0, block.values.subarray(k * stride, k * stride + samples));
  return block;
}

function pick(
  { values, rows, stride }: LongRows,
  isWanted: (row: number) => boolean,
  room: RowsRoom,
): LongRows {
  const wanted = Array.from({ length: rows }, (_, k) => k).filter(isWanted);
  const picked = room.of(wanted.length, stride);
  for (const [to, from] of wanted.entries())
    picked.values.set(values.subarray(from * stride, (from + 1) * stride), to * stride);
  return picked;
}

/** Signs of eigenvectors are arbitrary: the largest value of each is made positive. */
function turn({ values, rows, stride }: LongRows): void {
  for (let k = 0; k < rows; k++) {
    const row = values.subarray(k * stride, (k + 1) * stride);
    let largest = 0;
    for (const value of row) if (Math.abs(value) > Math.abs(largest)) largest = value;
    if (largest < 0) for (let i = 0; i < stride; i++) row[i] = -row[i];
  }
}

export function toFloat32(values: Float64Array): Float32Array {
  const copy = sharedFloat32(values.length);
  copy.set(values);
  return copy;
}
