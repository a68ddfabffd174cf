import { variantDigitsLengths } from '../kernels/digits.js';
import { type Kernels, ROW_ALIGNMENT } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { Scratch, scratchFloat64, scratchInt32 } from '../kernels/scratch.js';
import type { GenotypePart } from './genotype-part.js';
import type { WeightSets } from './normal-product.js';
import type { GenotypeOperator } from './operator.js';
import { PRODUCTS_PER_MS, sampleColumnStride } from './products.js';
import type { GenotypeTable } from './standardise.js';

/** Variants of one label within a part. */
interface Segment {
  readonly label: number;
  /** First variant and the one after the last, within the part. */
  readonly first: number;
  readonly end: number;
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
  /** As many numbers, zero at first: what there is so far of the segment that goes on in the next part, strip by strip. */
  readonly underWay: Float64Array;
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

/** With so many digits the error is a random vector's that differs from the one drawn by 3e-5, as good as the other. */
const DIGITS = 2;

/**
 * u_k = X_bk X_bk'z of every segment b and component k in a part, strip of samples by strip: added to the images, and their
 * products with each other and with the covariates handed to `onSegment` once the segment is whole. In digits where those pay.
 */
export async function multiplySegments(
  genotypes: GenotypeOperator,
  part: GenotypePart,
  { labels, components, presence, basis }: Segmentation,
  sides: SegmentSides,
  onSegment: (label: number, products: SegmentProducts) => void,
): Promise<void> {
  const { rowStride, table, rows } = genotypes;
  const { groupOf, images, underWay } = sides;
  const count = components.names.length;
  const covariates = basis.length / genotypes.columnStride;
  const probes = groupOf.length;
  const squares = probes * count * count;
  const size = squares + probes * count * covariates;
  const all = segmentsOf(labels, part);
  const stripBytes = Math.min(STRIP_BYTES, Math.ceil(rowStride / STRIPS / ROW_ALIGNMENT) * ROW_ALIGNMENT);
  const strips = Math.ceil(rowStride / stripBytes);
  const batch = Math.max(1, Math.floor(PARTIAL_NUMBERS / size / strips));
  const [first, end] = [part.first, part.first + part.count];
  const inDigits = genotypes.digitsPay(probes);
  const values = table.values32.subarray(4 * rows * first, 4 * rows * end);
  const scales = inDigits && {
    mean: table.mean.subarray(first, end),
    scale: table.scale.subarray(first, end),
  };
  for (let from = 0; from < all.length; from += batch) {
    const segments = all.slice(from, from + batch);
    const partial = sharedFloat64(strips * segments.length * size);
    const calls = Array.from(
      { length: strips },
      (_, strip) =>
        [
          part.packed,
          rowStride,
          { index: strip, most: stripBytes },
          genotypes.samples,
          rows,
          values,
          scales || undefined,
          sides.scores.subarray(first * probes, end * probes),
          components.weights.subarray(first * count, end * count),
          count,
          groupOf,
          presence,
          basis,
          segments,
          images,
          underWay,
          partial.subarray(strip * segments.length * size, (strip + 1) * segments.length * size),
        ] as const,
    );
    await genotypes.pool.run(segmentStrip, calls, {
      milliseconds: (part.count * genotypes.samples * probes) / PRODUCTS_PER_MS,
    });
    for (const [s, segment] of segments.entries()) {
      if (segment.unfinished) continue;
      const sum = new Float64Array(size);
      for (let strip = 0; strip < strips; strip++)
        for (let k = 0; k < size; k++) sum[k] += partial[(strip * segments.length + s) * size + k];
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
    { index, most }: { readonly index: number; readonly most: number },
    allSamples: number,
    rows: number,
    values: Float32Array,
    scales: Pick<GenotypeTable, 'mean' | 'scale'> | undefined,
    scores: Float32Array,
    weights: Float64Array,
    count: number,
    groupOf: readonly number[],
    presence: readonly (Float32Array | undefined)[],
    basis: Float64Array,
    segments: readonly Segment[],
    images: Float64Array,
    underWay: Float64Array,
    out: Float64Array,
  ): void => {
    const firstByte = index * most;
    const samples = 4 * Math.min(most, stride - firstByte);
    const columnStride = sampleColumnStride({ stride });
    const start = 4 * firstByte;
    const probes = groupOf.length;
    const columns = probes * count;
    const covariates = basis.length / columnStride;
    // columns of this strip lie together, `samples` apart
    const u = underWay.subarray(columns * start, columns * (start + samples));
    const strip = new StripProducts(kernels, { packed, stride, firstByte, samples, rows, values, scales });
    const people = Math.max(0, Math.min(samples, allSamples - start));
    const part = new Float64Array(covariates * samples);
    for (let c = 0; c < covariates; c++)
      part.set(basis.subarray(c * columnStride + start, c * columnStride + start + samples), c * samples);
    const squares = probes * count * count;
    const size = squares + columns * covariates;
    for (const [s, { first, end, unfinished }] of segments.entries()) {
      const sides = { first, end, weights, count, scores, columns: probes, people };
      if (count === 1) strip.multiplyAll(sides, underWay, columns * start);
      else for (let k = 0; k < count; k++) strip.multiplyChosen(sides, k, u.subarray(k * samples));
      if (unfinished) continue;
      // padding is not 0 in rows of dosages
      if (rows > 1) for (let c = 0; c < columns; c++) u.fill(0, c * samples + people, (c + 1) * samples);
      const own = out.subarray(s * size, (s + 1) * size);
      for (const [p, g] of groupOf.entries()) {
        const image = u.subarray(p * count * samples, (p + 1) * count * samples);
        mask(image, presence[g]?.subarray(start, start + samples));
        if (count === 1) continue; // its square is a number that comes along below
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
        const at = c * columnStride + start;
        let square = 0;
        for (let i = 0; i < samples; i++) {
          const value = u[c * samples + i];
          images[at + i] += value;
          square += value * value;
          u[c * samples + i] = 0;
        }
        if (count === 1) own[c] = square;
      }
    }
  },
);

function mask(columns: Float64Array, presence: Float32Array | undefined): void {
  if (!presence) return;
  for (let i = 0; i < columns.length; i++) columns[i] *= presence[i % presence.length];
}

interface StripOfRows {
  readonly packed: Uint8Array;
  readonly stride: number;
  readonly firstByte: number;
  readonly samples: number;
  /** Packed rows of a variant. */
  readonly rows: number;
  readonly values: Float32Array;
  /** Where products are to be in digits. */
  readonly scales: Pick<GenotypeTable, 'mean' | 'scale'> | undefined;
}

/** Some variants of a part, and what they are multiplied with. */
interface SegmentRows {
  readonly first: number;
  readonly end: number;
  readonly weights: Float64Array;
  /** Components. */
  readonly count: number;
  readonly scores: Float32Array;
  readonly columns: number;
  /** Samples of the strip that are no padding. */
  readonly people: number;
}

/** Products of variants with one strip of samples. */
class StripProducts {
  readonly #kernels: Kernels;
  readonly #strip: StripOfRows;

  constructor(kernels: Kernels, strip: StripOfRows) {
    this.#kernels = kernels;
    this.#strip = strip;
  }

  /** X A t over all variants of a segment, added to columns `samples` apart that begin at `out[at]`. */
  multiplyAll(
    { first, end, weights, scores, columns, people }: SegmentRows,
    out: Float64Array,
    at: number,
  ): void {
    const { packed, stride, firstByte, samples, rows, values, scales } = this.#strip;
    const b = rightSides.of(rows * (end - first) * columns);
    let to = 0;
    for (let j = first; j < end; j++)
      for (let row = 0; row < rows; row++)
        for (let c = 0; c < columns; c++) b[to++] = weights[j] * scores[j * columns + c];
    // kernels write from the strip's first sample on: its columns seem to begin that much earlier
    const columnsFrom = out.subarray(at - 4 * firstByte, at + columns * samples);
    this.#multiply(
      packed.subarray(rows * first * stride, rows * end * stride),
      { stride, firstByte, people: 4 * firstByte + people },
      values.subarray(4 * rows * first, 4 * rows * end),
      scales && { mean: scales.mean.subarray(first, end), scale: scales.scale.subarray(first, end) },
      b,
      columns,
      columnsFrom,
      samples,
    );
  }

  /** X_k A_k t over the variants of a segment that are in a component: only those are touched. Columns are count x `samples` apart. */
  multiplyChosen(
    { first, end, weights, count, scores, columns, people }: SegmentRows,
    k: number,
    out: Float64Array,
  ): void {
    const { packed, stride, firstByte, samples, rows, values, scales } = this.#strip;
    const bytes = samples / 4;
    const most = end - first;
    const codes = chosenCodes.of(rows * most * bytes);
    const table = chosenValues.of(4 * rows * most);
    const b = rightSides.of(rows * most * columns);
    const own = scales && { mean: chosenMeans.of(most), scale: chosenScales.of(most) };
    let chosen = 0;
    for (let j = first; j < end; j++) {
      const weight = weights[j * count + k];
      if (weight === 0) continue;
      if (own) {
        own.mean[chosen] = scales.mean[j];
        own.scale[chosen] = scales.scale[j];
      }
      for (let row = rows * j; row < rows * (j + 1); row++, chosen++) {
        const at = row * stride + firstByte;
        codes.set(packed.subarray(at, at + bytes), chosen * bytes);
        for (let code = 0; code < 4; code++) table[4 * chosen + code] = values[4 * row + code];
        for (let c = 0; c < columns; c++) b[chosen * columns + c] = weight * scores[j * columns + c];
      }
    }
    this.#multiply(
      codes.subarray(0, chosen * bytes),
      { stride: bytes, firstByte: 0, people },
      table.subarray(0, 4 * chosen),
      own,
      b.subarray(0, chosen * columns),
      columns,
      out,
      count * samples,
    );
  }

  #multiply(
    packed: Uint8Array,
    { stride, firstByte, people }: { stride: number; firstByte: number; people: number },
    values: Float32Array,
    scales: Pick<GenotypeTable, 'mean' | 'scale'> | undefined,
    b: Float32Array,
    columns: number,
    out: Float64Array,
    outStride: number,
  ): void {
    const kernels = this.#kernels;
    const bytes = this.#strip.samples / 4;
    const variants = b.length / columns;
    if (!scales) {
      kernels.product(packed, stride, variants, firstByte, bytes, values, b, columns, out, outStride);
      return;
    }
    const { mean, scale } = scales;
    const lengths = variantDigitsLengths(variants, columns, DIGITS);
    const planes = digitPlanes.of(lengths.planes);
    const rows = digitRows.of(lengths.rows);
    const units = digitUnits.of(lengths.units);
    kernels.variantDigits(b, variants, mean, scale, columns, DIGITS, planes, rows, units);
    kernels.productDigits(
      ...([packed, stride, variants, people, firstByte, bytes, planes, rows, units] as const),
      ...([columns, DIGITS, out, outStride] as const),
    );
  }
}

const rightSides = new Scratch((length) => new Float32Array(length));
const chosenCodes = new Scratch((length) => new Uint8Array(length));
const chosenValues = new Scratch((length) => new Float32Array(length));
const chosenMeans = scratchFloat64();
const chosenScales = scratchFloat64();
const digitPlanes = new Scratch((length) => new Int8Array(length));
const digitRows = scratchInt32();
const digitUnits = scratchFloat64();
