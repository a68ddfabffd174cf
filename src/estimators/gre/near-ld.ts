import { divided, dividedSide, joinedSides, sliceSide } from '../../genotypes/gram.js';
import type { Kernels } from '../../kernels/kernels.js';
import { packedStride } from '../../kernels/kernels.js';
import { joined, sharedFloat64 } from '../../kernels/memory.js';
import { defineTask, type KernelPool } from '../../kernels/pool.js';
import { type Scratch, scratchFloat64 } from '../../kernels/scratch.js';
import type { CovarianceShape } from '../../ld/covariance.js';
import { type LoadedRows, projectedGram } from '../../ld/projected-gram.js';
import {
  type Panel,
  solveForward,
  solveTransposed,
  TILE,
  type TiledLower,
} from '../../linalg/tiled-lower.js';

/** What a block has in common with another one. */
export interface NearLd {
  /** tr(V_k⁺ V_kl V_lk): how much of the other block's variance, over all its variants, the block explains. */
  readonly trace: number;
  /** V_kl z of the numbers given for the other block, variants of the block x columns, row-major. */
  readonly image: Float64Array;
  /** Where that was asked for, what each variant of the block has of the trace: the diagonal of V_k⁺ V_kl V_lk. */
  readonly byVariant?: Float64Array;
}

const vSpace = scratchFloat64();

const nearTile = defineTask(
  'nearTile',
  (
    kernels: Kernels,
    own: readonly LoadedRows[],
    near: LoadedRows,
    { samples, columns, n }: CovarianceShape,
    panels: readonly Panel[],
    z: Float64Array,
    probes: number,
    byVariant: boolean,
    out: Float64Array,
  ): void => {
    const width = near.variants;
    const order = own.reduce((sum, { variants }) => sum + variants, 0);
    const v = vSpace.of(order * width);
    const perPerson = { ...near, ...dividedSide(near, n), loadings: divided(near.loadings, n) };
    let at = 0;
    for (const rows of own) {
      const { values } = projectedGram(kernels, rows, perPerson, packedStride(samples), samples, columns);
      v.set(values, at);
      at += values.length;
    }
    const image = out.subarray(1, 1 + order * probes).fill(0);
    kernels.multiply(v, width, z, probes, image, probes, order, probes, width, 1);
    const before = byVariant ? v.slice() : undefined;
    solveForward(kernels, panels, v, width);
    kernels.sumOfSquares(v, v.length, out.subarray(0, 1));
    if (!before) return;
    solveTransposed(kernels, panels, v, width);
    const shares = out.subarray(1 + image.length);
    for (let j = 0; j < order; j++) {
      shares[j] = 0;
      for (let c = j * width; c < (j + 1) * width; c++) shares[j] += v[c] * before[c];
    }
  },
);

/**
 * LD of a block with blocks near it, exact from integer counts: V_kl = X_k'M X_l / n is formed tile by tile, never as a whole.
 * Costs variants x near variants x (people / 2 popcounts and variants multiply-adds).
 * @param factor of the block's V. @param near rows of each block near it, in pieces of at most 256 variants.
 * @param z numbers of each of these blocks: variants x probes, row-major, shared.
 * @param room shared, for what the tiles give; the result lies in it, and is good until it is used again. @param byVariant whether the traces are wanted variant by variant, which doubles the multiply-adds.
 */
export async function nearLd(
  pool: KernelPool,
  own: readonly LoadedRows[],
  factor: TiledLower,
  near: readonly { readonly rows: readonly LoadedRows[]; readonly z: Float64Array }[],
  probes: number,
  shape: CovarianceShape,
  room: Scratch<Float64Array>,
  byVariant: boolean,
): Promise<NearLd[]> {
  const { order, panels } = factor;
  const images = order * probes;
  const length = 1 + images + (byVariant ? order : 0);
  const tiles = near.flatMap(({ rows, z }, block) =>
    rows.map((piece) => ({
      block,
      piece,
      z: z.subarray(
        (piece.first - rows[0].first) * probes,
        (piece.first - rows[0].first + piece.variants) * probes,
      ),
    })),
  );
  const all = room.of(tiles.length * length);
  const outs = tiles.map((_, k) => all.subarray(k * length, (k + 1) * length));
  const variants = tiles.reduce((sum, { piece }) => sum + piece.variants, 0);
  await pool.run(
    nearTile,
    tiles.map(({ piece, z }, k) => [own, piece, shape, panels, z, probes, byVariant, outs[k]] as const),
    { milliseconds: order * variants * (shape.samples / 3e8 + ((byVariant ? 2 : 1) * order) / 1e7) },
  );
  // the first tile of a block takes up those of its other pieces
  const sums: Float64Array[] = [];
  for (const [k, { block }] of tiles.entries()) {
    const sum = sums[block];
    if (sum === undefined) sums[block] = outs[k];
    else for (let cell = 0; cell < length; cell++) sum[cell] += outs[k][cell];
  }
  return sums.map((sum) => ({
    trace: sum[0],
    image: sum.subarray(1, 1 + images),
    ...(byVariant && { byVariant: sum.subarray(1 + images) }),
  }));
}

/**
 * Rows of a range of variants in pieces of {@link TILE}, counted from the first: where a piece lies in two tiles of genotypes its rows are joined,
 * so that sums over pieces have the same bits wherever tiles end.
 */
export function piecesOf(
  rows: readonly LoadedRows[],
  columns: number,
  stride: number,
  first: number,
  variants: number,
): LoadedRows[] {
  const pieces: LoadedRows[] = [];
  for (let at = first; at < first + variants; at += TILE) {
    const end = Math.min(first + variants, at + TILE);
    const sides = rows
      .filter((row) => row.first < end && row.first + row.variants > at)
      .map((row) =>
        sliceLoaded(row, columns, stride, Math.max(at, row.first), Math.min(end, row.first + row.variants)),
      );
    pieces.push(sides.length === 1 ? sides[0] : joinedLoaded(sides));
  }
  return pieces;
}

function sliceLoaded(
  row: LoadedRows,
  columns: number,
  stride: number,
  first: number,
  end: number,
): LoadedRows {
  const [from, to] = [first - row.first, end - row.first];
  return {
    ...sliceSide(row, stride, from, to),
    first,
    loadings: row.loadings.subarray(from * columns, to * columns),
  };
}

function joinedLoaded(sides: readonly LoadedRows[]): LoadedRows {
  const loadings = joined(
    sharedFloat64,
    sides.map((side) => side.loadings),
  );
  return { ...joinedSides(sides), first: sides[0].first, loadings };
}
