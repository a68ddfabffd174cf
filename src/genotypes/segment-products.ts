import { type Kernels, ROW_ALIGNMENT } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import type { WeightSets } from './normal-product.js';
import type { GenotypeOperator, GenotypePart } from './operator.js';
import { PRODUCTS_PER_MS, sampleColumnStride } from './products.js';

/** Variants of one label within a part. */
interface Segment {
  readonly label: number;
  /** First variant and the one after the last, within the part. */
  readonly first: number;
  readonly end: number;
  /** The label began in an earlier part. */
  readonly continues: boolean;
  /** The label goes on in the next part. */
  readonly unfinished: boolean;
}

/** Into what the products are divided, and what is taken of each. */
export interface Segmentation {
  /** Label of each variant, ascending: a segment is a run of the same. */
  readonly labels: Int32Array;
  readonly components: WeightSets;
  /** 1 for the people of each group, 0 for others, over samples; undefined for everybody. */
  readonly presence: readonly (Float32Array | undefined)[];
  /** Q: covariates, columns over samples. */
  readonly basis: Float64Array;
}

export interface SegmentSides {
  /** X'z: variants x probes. */
  readonly scores: Float32Array;
  /** Group of each probe. */
  readonly groupOf: readonly number[];
  /** S: columns (probe, component) over samples; every finished segment is added. */
  readonly images: Float64Array;
  /** What there is so far of a segment that goes on in the next part; made when first needed. */
  readonly carry: { images: Float64Array | undefined };
}

export interface SegmentProducts {
  /** u_k'u_l of each probe, not projected: components x components. */
  readonly products: readonly Float64Array[];
  /** Q'u: (probe, component) x covariates. */
  readonly loadings: Float64Array;
}

/** Strips of at most this many bytes a row: their images stay in cache. */
const STRIP_BYTES = 1024;
/** Strips there should be at least, for threads to share. */
const STRIPS = 16;
/** Numbers that the partial sums of one run may take. */
const PARTIAL_NUMBERS = 4 << 20;

/**
 * u_k = X_bk X_bk'z of every segment b and component k in a part, strip of samples by strip: added to the images, and their
 * products with each other and with the covariates handed to `onSegment` once the segment is whole.
 */
export async function multiplySegments(
  genotypes: GenotypeOperator,
  part: GenotypePart,
  { labels, components, presence, basis }: Segmentation,
  sides: SegmentSides,
  onSegment: (label: number, products: SegmentProducts) => void,
): Promise<void> {
  const { rowStride, table } = genotypes;
  const { groupOf, images, carry } = sides;
  const count = components.names.length;
  const covariates = basis.length / genotypes.columnStride;
  const probes = groupOf.length;
  const squares = probes * count * count;
  const loadingNumbers = probes * count * covariates;
  const all = segmentsOf(labels, part);
  if (all.some(({ continues, unfinished }) => continues || unfinished))
    carry.images ??= sharedFloat64(images.length);
  const stripBytes = Math.min(STRIP_BYTES, Math.ceil(rowStride / STRIPS / ROW_ALIGNMENT) * ROW_ALIGNMENT);
  const strips = Math.ceil(rowStride / stripBytes);
  const batch = Math.max(1, Math.floor(PARTIAL_NUMBERS / (squares + loadingNumbers) / strips));
  const [first, end] = [part.first, part.first + part.count];
  for (let from = 0; from < all.length; from += batch) {
    const segments = all.slice(from, from + batch);
    const partial = Array.from({ length: strips }, () =>
      sharedFloat64(segments.length * (squares + loadingNumbers)),
    );
    const calls = partial.map(
      (out, strip) =>
        [
          part.packed,
          rowStride,
          strip * stripBytes,
          Math.min(stripBytes, rowStride - strip * stripBytes),
          genotypes.samples,
          genotypes.rows,
          table.values32.subarray(4 * genotypes.rows * first, 4 * genotypes.rows * end),
          sides.scores.subarray(first * probes, end * probes),
          components.weights.subarray(first * count, end * count),
          count,
          groupOf,
          presence,
          basis,
          covariates,
          segments,
          images,
          carry.images,
          out,
        ] as const,
    );
    await genotypes.pool.run(segmentStrip, calls, {
      milliseconds: (part.count * genotypes.samples * probes) / PRODUCTS_PER_MS,
    });
    for (const [s, segment] of segments.entries()) {
      if (segment.unfinished) continue;
      const sum = new Float64Array(squares + loadingNumbers);
      for (const out of partial) for (let k = 0; k < sum.length; k++) sum[k] += out[s * sum.length + k];
      onSegment(segment.label, {
        products: groupOf.map((_, p) => sum.subarray(p * count * count, (p + 1) * count * count)),
        loadings: sum.subarray(squares),
      });
    }
  }
}

function segmentsOf(labels: Int32Array, part: GenotypePart): Segment[] {
  const segments: Segment[] = [];
  const end = part.first + part.count;
  for (let first = part.first; first < end; ) {
    const label = labels[first];
    let next = first + 1;
    while (next < end && labels[next] === label) next++;
    segments.push({
      label,
      first: first - part.first,
      end: next - part.first,
      continues: first > 0 && labels[first - 1] === label,
      unfinished: labels[next] === label,
    });
    first = next;
  }
  return segments;
}

/** One strip of samples: whole segments one after another, so that the sums have one order on any threads. */
const segmentStrip = defineTask(
  'segmentStrip',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    firstByte: number,
    bytes: number,
    allSamples: number,
    rows: number,
    table: Float32Array,
    scores: Float32Array,
    weights: Float64Array,
    count: number,
    groupOf: readonly number[],
    presence: readonly (Float32Array | undefined)[],
    basis: Float64Array,
    covariates: number,
    segments: readonly Segment[],
    images: Float64Array,
    carried: Float64Array | undefined,
    out: Float64Array,
  ): void => {
    const samples = 4 * bytes;
    const columnStride = sampleColumnStride({ stride });
    const start = 4 * firstByte;
    const probes = groupOf.length;
    const columns = probes * count;
    const u = new Float64Array(columns * samples);
    const strip = new StripProducts(kernels, packed, stride, firstByte, bytes, rows, table);
    const part = new Float64Array(covariates * samples);
    for (let c = 0; c < covariates; c++)
      part.set(basis.subarray(c * columnStride + start, c * columnStride + start + samples), c * samples);
    const squares = probes * count * count;
    const size = squares + columns * covariates;
    const inStrip = (whole: Float64Array, column: number) =>
      whole.subarray(column * columnStride + start, column * columnStride + start + samples);
    for (const [s, { first, end, continues, unfinished }] of segments.entries()) {
      if (continues) for (let c = 0; c < columns; c++) u.set(inStrip(carried!, c), c * samples);
      else u.fill(0);
      for (let k = 0; k < count; k++) {
        strip.multiply(
          first,
          end,
          weights,
          count,
          k,
          scores,
          probes,
          u.subarray(k * samples),
          count * samples,
        );
      }
      // padding is not 0 in rows of dosages
      if (rows > 1)
        for (let c = 0; c < columns; c++)
          u.fill(
            0,
            Math.min((c + 1) * samples, c * samples + Math.max(0, allSamples - start)),
            (c + 1) * samples,
          );
      if (unfinished) {
        for (let c = 0; c < columns; c++)
          inStrip(carried!, c).set(u.subarray(c * samples, (c + 1) * samples));
        continue;
      }
      const own = out.subarray(s * size, (s + 1) * size);
      for (const [p, g] of groupOf.entries()) {
        const image = u.subarray(p * count * samples, (p + 1) * count * samples);
        mask(image, presence[g]?.subarray(start, start + samples));
        const square = own.subarray(p * count * count, (p + 1) * count * count);
        kernels.multiplyTransposed(image, samples, image, samples, square, count, count, count, samples, 1);
      }
      const loadings = own.subarray(squares);
      kernels.multiplyTransposed(
        u,
        samples,
        part,
        samples,
        loadings,
        covariates,
        columns,
        covariates,
        samples,
        1,
      );
      for (let c = 0; c < columns; c++) {
        const target = inStrip(images, c);
        for (let i = 0; i < samples; i++) target[i] += u[c * samples + i];
      }
    }
  },
);

function mask(columns: Float64Array, presence: Float32Array | undefined): void {
  if (!presence) return;
  for (let i = 0; i < columns.length; i++) columns[i] *= presence[i % presence.length];
}

/** Products of chosen variants with one strip of samples. */
class StripProducts {
  readonly #kernels: Kernels;
  readonly #packed: Uint8Array;
  readonly #stride: number;
  readonly #firstByte: number;
  readonly #bytes: number;
  /** Packed rows of a variant. */
  readonly #rows: number;
  readonly #table: Float32Array;
  #codes = new Uint8Array(0);
  #chosenTable = new Float32Array(0);
  #b = new Float32Array(0);

  constructor(
    kernels: Kernels,
    packed: Uint8Array,
    stride: number,
    firstByte: number,
    bytes: number,
    rows: number,
    table: Float32Array,
  ) {
    this.#kernels = kernels;
    this.#packed = packed;
    this.#stride = stride;
    this.#firstByte = firstByte;
    this.#bytes = bytes;
    this.#rows = rows;
    this.#table = table;
  }

  /** out += X_k A_k t over the variants first .. end of a component: only those of weight above 0 are touched. */
  multiply(
    first: number,
    end: number,
    weights: Float64Array,
    count: number,
    k: number,
    scores: Float32Array,
    columns: number,
    out: Float64Array,
    outStride: number,
  ): void {
    const bytes = this.#bytes;
    const rows = this.#rows;
    this.#reserve(rows * (end - first), columns);
    let chosen = 0;
    for (let j = first; j < end; j++) {
      const weight = weights[j * count + k];
      if (weight === 0) continue;
      for (let row = rows * j; row < rows * (j + 1); row++, chosen++) {
        const at = row * this.#stride + this.#firstByte;
        this.#codes.set(this.#packed.subarray(at, at + bytes), chosen * bytes);
        for (let code = 0; code < 4; code++)
          this.#chosenTable[4 * chosen + code] = this.#table[4 * row + code];
        for (let c = 0; c < columns; c++) this.#b[chosen * columns + c] = weight * scores[j * columns + c];
      }
    }
    this.#kernels.product(
      this.#codes.subarray(0, chosen * bytes),
      bytes,
      chosen,
      0,
      bytes,
      this.#chosenTable.subarray(0, 4 * chosen),
      this.#b.subarray(0, chosen * columns),
      columns,
      out,
      outStride,
    );
  }

  #reserve(rows: number, columns: number): void {
    if (this.#codes.length < rows * this.#bytes) {
      this.#codes = new Uint8Array(rows * this.#bytes);
      this.#chosenTable = new Float32Array(4 * rows);
      this.#b = new Float32Array(rows * columns);
    }
  }
}
