import { groupBasis } from '../../association/design.js';
import { HeredityError } from '../../errors.js';
import { isShared, sharedFloat64 } from '../../kernels/memory.js';
import { covarianceMatrix } from '../../ld/covariance.js';
import {
  bilinearForms,
  factorTiledLower,
  quadraticForms,
  type TiledLower,
} from '../../linalg/tiled-lower.js';
import { weighing } from '../../progress.js';
import { partOf, type RunContext, silentRun } from '../../run.js';
import { type CategoryBlock, categoryBlock } from './category-block.js';
import {
  type BlockCategories,
  type BlockData,
  degreesOfFreedom,
  type Projection,
  type ProjectionColumns,
} from './projection.js';

/** Share of a block's time that products of genotypes take, of a factorisation the rest; for progress alone. */
const PRODUCTS = 0.7;

/** A factored LD matrix of one group of people. */
export interface DirectFactor {
  readonly factor: TiledLower;
  readonly rank: number;
  readonly variants: number;
  /** Smallest pivot kept (of 1): how close to collinear the block is. */
  readonly smallestPivot: number;
}

/**
 * Projects by the dense way: exact LD matrix from integer counts, Cholesky in float64, triangular solves.
 * Costs p² N / 2 genotype pairs and p³ / 3 multiply-adds once a group, p² a vector; memory 4 p² bytes (METHODS 1.9).
 * @throws HeredityError `degenerate-data` where the rank is not below the degrees of freedom.
 */
export async function projectDirect(
  data: BlockData,
  columns: readonly ProjectionColumns[],
  run: RunContext = silentRun,
): Promise<Projection[]> {
  const results: Projection[] = [];
  for (const { group, vectors, paired, categories } of columns) {
    const part =
      columns.length === 1
        ? undefined
        : run.progress.phase(`people ${group + 1}`, { total: 1, weight: 1 / columns.length });
    const { factor, rank, variants, smallestPivot } = await factorLd(
      data,
      group,
      part ? partOf(run, part) : run,
    );
    part?.end();
    const n = degreesOfFreedom(data.design, group);
    if (rank >= n) throw rankTooHigh(data, n);
    const b = await marginalEffects(data, group, vectors);
    const shares = await quadraticForms(data.genotypes.pool, factor, b, vectors.length);
    // Backward error of the factorisation: order x rounding, magnified by the worst conditioned direction.
    const rounding = (factor.order * Number.EPSILON) / smallestPivot;
    results.push({
      variants,
      rank,
      shares: [...shares],
      products: await bilinearForms(
        data.genotypes.pool,
        factor,
        firstColumns(b, vectors.length, paired),
        paired,
      ),
      ...(categories && {
        categories: await categoriesOf(
          data,
          group,
          factor,
          firstColumns(b, vectors.length, categories.traits),
          categories,
        ),
      }),
      errors: [...shares].map((share) => share * rounding),
      iterations: vectors.map(() => 0),
    });
  }
  return results;
}

async function categoriesOf(
  data: BlockData,
  group: number,
  factor: TiledLower,
  traits: Float64Array,
  { partition, positions, random }: BlockCategories,
): Promise<CategoryBlock> {
  const ofRandom = await marginalEffects(data, group, random);
  return categoryBlock(data.genotypes.pool, factor, partition, positions, traits, ofRandom);
}

function firstColumns(matrix: Float64Array, columns: number, count: number): Float64Array {
  return Float64Array.from(
    { length: (matrix.length / columns) * count },
    (_, at) => matrix[Math.floor(at / count) * columns + (at % count)],
  );
}

/** The Cholesky factor of V = X'M X / n among the people of a group. */
export async function factorLd(
  data: BlockData,
  group: number,
  run: RunContext = silentRun,
): Promise<DirectFactor> {
  const { genotypes, design } = data;
  checkResident(data);
  const n = degreesOfFreedom(design, group);
  const variants = await countVarying(data, group);
  const matrix = await covarianceMatrix(
    genotypes,
    design.groups[group].people,
    groupBasis(design, design.groups[group]),
    n,
    data.workspace,
    partOf(run, weighing(run.progress, PRODUCTS)),
  );
  const factoring = partOf(run, weighing(run.progress, 1 - PRODUCTS));
  const rank = await factorTiledLower(genotypes.pool, matrix, data.rankTolerance, n, factoring);
  return { factor: matrix, rank, variants, smallestPivot: smallestPivot(matrix) };
}

/** b = X' y / n, variants x vectors, row-major, in float64 throughout. */
async function marginalEffects(
  { genotypes, design }: BlockData,
  group: number,
  vectors: readonly Float64Array[],
): Promise<Float64Array> {
  const n = degreesOfFreedom(design, group);
  const b = sharedFloat64(genotypes.count * vectors.length);
  await genotypes.transposeTimes(concatenate(vectors, design.stride), vectors.length, b);
  for (let k = 0; k < b.length; k++) b[k] /= n;
  return b;
}

/** Smallest pivot kept (of 1) of a factor. */
export function smallestPivot({ panels }: TiledLower): number {
  let smallest = 1;
  for (const { values, height, width } of panels) {
    for (let i = 0; i < height; i++) {
      const pivot = values[i * width + width - height + i] ** 2;
      if (pivot > 0) smallest = Math.min(smallest, pivot);
    }
  }
  return smallest;
}

function checkResident({ id, genotypes }: BlockData): void {
  if (genotypes.resident) return;
  throw new HeredityError(
    'resource',
    `block ${id}: the dense LD matrix needs the block's genotypes in memory, ${Math.ceil(genotypes.bytes / 1e6)} MB`,
    {
      fix: 'allow more memory (--memory), use smaller blocks (--blocks count:K), or use --solver iterative',
    },
  );
}

async function countVarying({ genotypes, design }: BlockData, group: number): Promise<number> {
  const statistics = await genotypes.statisticsAmong(design.groups[group].people);
  let varying = 0;
  for (let v = 0; v < genotypes.count; v++) if (!statistics.isConstant(v)) varying++;
  return varying;
}

/** Padded vectors behind each other, as products take them: those that are so already as they are. */
export function concatenate(vectors: readonly Float64Array[], stride: number): Float64Array {
  const [first] = vectors;
  const isNext = ({ buffer, byteOffset }: Float64Array, c: number) =>
    buffer === first.buffer && byteOffset === first.byteOffset + c * stride * first.BYTES_PER_ELEMENT;
  if (first && isShared(first) && vectors.every(isNext))
    return new Float64Array(first.buffer, first.byteOffset, vectors.length * stride);
  const columns = sharedFloat64(vectors.length * stride);
  for (const [c, vector] of vectors.entries()) columns.set(vector, c * stride);
  return columns;
}

/** The refusal that every solver gives when a block has too many variants for the people. */
export function rankTooHigh(
  { id, genotypes }: { readonly id: string; readonly genotypes: { readonly count: number } },
  n: number,
): HeredityError {
  return new HeredityError(
    'degenerate-data',
    `block ${id}: its ${genotypes.count} variants have rank ${n} or more, and ${n} degrees of freedom (people less covariate columns) are left, so that every trait would be explained perfectly`,
    {
      expected: 'more people than independent variants in each block',
      fix: 'use smaller blocks (--blocks count:K or --blocks FILE), fewer variants (--maf, --extract), or more people',
    },
  );
}
