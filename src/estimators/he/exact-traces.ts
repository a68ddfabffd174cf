import { groupBasis } from '../../association/design.js';
import type { ColumnProjector } from '../../association/project-columns.js';
import { HeredityError } from '../../errors.js';
import { transposeProductTile } from '../../genotypes/products.js';
import { type PackedTile, repackTask } from '../../genotypes/store.js';
import { packedStride } from '../../kernels/kernels.js';
import { sharedBytes, sharedFloat64, sharedInt32 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { type GramSide, standardisedGram } from '../../ld/gram.js';
import { deletedComponents, type HeData, type HeMoments, jackknifeBlocks } from './data.js';
import type { HeProgress } from './random-traces.js';
import { pieces, VariantSums } from './variant-sums.js';

/** Variants of a side of a tile of the Gram matrix. */
const TILE = 256;

const PAIRS_PER_MS = 3e8;

/**
 * The moments of each group with exact traces: tr(K_k K_l) = sum over pairs of variants of a_ik a_jl (x_i'M x_j)² / (M_k M_l),
 * from exact integer counts. Costs variants² x people / 2 popcounts of pairs, about a second a core for 10^12.
 * @throws HeredityError `resource` where the genotypes do not fit in memory.
 */
export async function exactTraces(
  data: HeData,
  projector: ColumnProjector,
  onProgress?: HeProgress,
): Promise<HeMoments[]> {
  const { pool, block, table, design } = data;
  if (!block.resident) {
    throw new HeredityError('resource', 'exact traces need the genotypes in memory', {
      fix: 'give more with --memory, or use random vectors',
    });
  }
  const sums = new VariantSums(data, projector, true);
  const width = sums.columns.length;
  const sides = sharedFloat64(width * design.stride);
  for (const [c, column] of sums.columns.entries()) sides.set(column, c * design.stride);
  const rows: PackedTile[] = [];
  for await (const tile of block.tiles()) {
    for (const piece of pieces(tile, block.stride, TILE)) {
      const products = sharedFloat64(piece.variants * width);
      await transposeProductTile(pool, block, piece, table, sides, width, products);
      await sums.add(piece, products, width, 0);
      rows.push(piece);
    }
  }
  const moments: HeMoments[] = [];
  for (const g of design.groups.keys())
    moments.push({ ...sums.groups[g]!, ...(await gramTraces(data, rows, g, onProgress)), probes: [] });
  return moments;
}

async function gramTraces(
  data: HeData,
  rows: readonly PackedTile[],
  group: number,
  onProgress?: HeProgress,
): Promise<Pick<HeMoments, 'products' | 'deletedProducts'>> {
  const { pool, block, table, design, components, jackknife } = data;
  const { people } = design.groups[group]!;
  const count = components.names.length;
  const stride = packedStride(people.count);
  let own = rows;
  if (people.count < design.samples) {
    own = rows.map((row) => ({ ...row, packed: sharedBytes(row.variants * stride) }));
    const calls = rows.map(
      (row, r) =>
        [
          row.packed,
          block.stride,
          row.variants,
          design.samples,
          people.bits,
          own[r]!.packed,
          stride,
        ] as const,
    );
    await pool.run(repackTask, calls, { milliseconds: (block.variants.length * block.stride) / 2e6 });
  }
  const basis = groupBasis(design, design.groups[group]!);
  const covariates = basis.length;
  const columns = sharedFloat64(covariates * design.stride);
  for (const [c, vector] of basis.entries()) columns.set(vector, c * design.stride);
  const sides: TraceSide[] = [];
  for (const [r, row] of rows.entries()) {
    const loadings = sharedFloat64(row.variants * covariates);
    await transposeProductTile(pool, block, row, table, columns, covariates, loadings);
    const end = row.first + row.variants;
    sides.push({
      packed: own[r]!.packed,
      variants: row.variants,
      mean: table.mean.subarray(row.first, end),
      scale: table.scale.subarray(row.first, end),
      loadings,
      weights: components.weights.subarray(row.first * count, end * count),
      blocks: toSharedInt32(jackknife.subarray(row.first, end)),
    });
  }
  // sums of each variant with all variants, and with those of its own jackknife block, by the other's component
  const sums = rows.map(({ variants }) => sharedFloat64(variants * 2 * count));
  const calls = sums.map(
    (out, r) => [sides[r]!, sides, stride, people.count, covariates, count, out] as const,
  );
  await pool.run(squaredGramRow, calls, {
    milliseconds: (block.variants.length ** 2 * people.count) / PAIRS_PER_MS,
    onProgress: (done) => onProgress?.('traces', done, calls.length),
  });
  return addUp(data, rows, sums);
}

interface TraceSide extends GramSide {
  readonly loadings: Float64Array;
  readonly weights: Float64Array;
  readonly blocks: Int32Array;
}

const squaredGramRow = defineTask(
  'heSquaredGramRow',
  (
    kernels,
    a: TraceSide,
    sides: readonly TraceSide[],
    stride: number,
    samples: number,
    covariates: number,
    count: number,
    out: Float64Array,
  ): void => {
    for (const b of sides) {
      const [height, width] = [a.variants, b.variants];
      const tile = new Float64Array(height * width);
      standardisedGram(kernels, a, b, stride, samples, tile, width);
      kernels.multiplyTransposed(
        a.loadings,
        covariates,
        b.loadings,
        covariates,
        tile,
        width,
        height,
        width,
        covariates,
        -1,
      );
      for (let i = 0; i < height; i++) {
        const to = i * 2 * count;
        for (let j = 0; j < width; j++) {
          const square = tile[i * width + j]! ** 2;
          const isOwn = a.blocks[i] === b.blocks[j];
          for (let l = 0; l < count; l++) {
            const value = b.weights[j * count + l]! * square;
            out[to + l]! += value;
            if (isOwn) out[to + count + l]! += value;
          }
        }
      }
    }
  },
);

function addUp(
  data: HeData,
  rows: readonly PackedTile[],
  sums: readonly Float64Array[],
): Pick<HeMoments, 'products' | 'deletedProducts'> {
  const { components, jackknife } = data;
  const count = components.names.length;
  const square = count * count;
  const blocks = jackknifeBlocks(data);
  const isDeleted = deletedComponents(data);
  const products = new Float64Array(square);
  const cross = new Float64Array(blocks * square);
  const own = new Float64Array(blocks * square);
  for (const [r, { first, variants }] of rows.entries()) {
    for (let i = 0; i < variants; i++) {
      const cell = jackknife[first + i]! * square;
      for (let k = 0; k < count; k++) {
        const weight = components.weights[(first + i) * count + k]!;
        for (let l = 0; l < count; l++) {
          const value = weight * sums[r]![i * 2 * count + l]!;
          products[k * count + l]! += value;
          cross[cell + k * count + l]! += value;
          own[cell + k * count + l]! += weight * sums[r]![i * 2 * count + count + l]!;
        }
      }
    }
  }
  const deletedProducts = new Float64Array(blocks * square);
  for (let b = 0; b < blocks; b++) {
    for (let k = 0; k < count; k++) {
      for (let l = 0; l < count; l++) {
        const at = b * square + k * count + l;
        const ofK = isDeleted[k] ? cross[at]! : 0;
        const ofL = isDeleted[l] ? cross[b * square + l * count + k]! : 0;
        const ofBoth = isDeleted[k] && isDeleted[l] ? own[at]! : 0;
        deletedProducts[at] = products[k * count + l]! - ofK - ofL + ofBoth;
      }
    }
  }
  return { products, deletedProducts };
}

function toSharedInt32(values: Int32Array): Int32Array {
  const copy = sharedInt32(values.length);
  copy.set(values);
  return copy;
}
