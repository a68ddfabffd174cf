import { type Kernels, MISSING, packedStride } from '../kernels/kernels.js';
import { sharedBytes } from '../kernels/memory.js';
import { streamOf } from '../kernels/random-stream.js';

/** Takes the packed rows as they are made, such as a BedWriter; it may change or keep nothing once its promise resolves. */
export interface GenotypeSink {
  append(packedRows: Uint8Array, stride: number, variants: number): Promise<void>;
}

/** Samples of a task at most; random numbers are drawn task by task, so it is part of what a seed means. */
export const CHUNK = 4096;
/** Packed bytes of the variants that are made at a time. */
const TILE_BYTES = 32 << 20;
const TILE_MULTIPLE = 64;

/** Variants that are made at a time, of so many in all. */
export function tileHeight(samples: number, variants: number): number {
  const groups = Math.max(1, Math.floor(TILE_BYTES / packedStride(samples) / TILE_MULTIPLE));
  return Math.min(groups * TILE_MULTIPLE, variants);
}

/** Neighbouring samples that one task makes, in rows of their own. */
export interface SampleChunk {
  readonly firstSample: number;
  readonly samples: number;
  readonly packed: Uint8Array;
}

export function newChunk(firstSample: number, samples: number, tileVariants: number): SampleChunk {
  return { firstSample, samples, packed: sharedBytes(tileVariants * packedStride(samples)) };
}

/** Four missing genotypes. */
const ALL_MISSING = 0x55;

/** Puts the rows of chunks, which follow each other, side by side. */
export function joinChunks(
  chunks: readonly SampleChunk[],
  variants: number,
  rows: Uint8Array,
  stride: number,
): void {
  for (const { firstSample, samples, packed } of chunks) {
    const sourceStride = packedStride(samples);
    const bytes = Math.ceil(samples / 4);
    const at = firstSample >> 2;
    const shift = 2 * (firstSample & 3);
    for (let v = 0; v < variants; v++) {
      const source = packed.subarray(v * sourceStride, v * sourceStride + bytes);
      const row = rows.subarray(v * stride, (v + 1) * stride);
      if (shift === 0) row.set(source, at);
      else setShifted(row, at, source, shift);
      row.fill(ALL_MISSING, at + bytes + (shift === 0 ? 0 : 1));
    }
  }
}

/** Sets the bits of `row` from `shift` of byte `at` on; what is beyond them in the last byte becomes missing. */
function setShifted(row: Uint8Array, at: number, source: Uint8Array, shift: number): void {
  let carry = row[at] & ((1 << shift) - 1);
  for (let b = 0; b < source.length; b++) {
    const bits = (source[b] << shift) | carry;
    row[at + b] = bits;
    carry = bits >> 8;
  }
  if (at + source.length < row.length) row[at + source.length] = carry | ((ALL_MISSING << shift) & 0xff);
}

/** Makes genotypes missing at random in the rows of a chunk. */
export function addMissing(
  kernels: Kernels,
  chunk: SampleChunk,
  rate: number,
  seed: number,
  chromosome: number,
  first: number,
  variants: number,
): void {
  if (rate === 0) return;
  const { firstSample, samples, packed } = chunk;
  const stride = packedStride(samples);
  const uniform = new Float64Array(Math.ceil(1.2 * rate * samples) + 16);
  for (let v = 0; v < variants; v++) {
    const row = packed.subarray(v * stride, (v + 1) * stride);
    const stream = streamOf('missing', chromosome, first + v);
    let used = 0;
    // Gaps between missing genotypes are geometric.
    for (let i = -1; ; used++) {
      const at = used % uniform.length;
      if (at === 0) kernels.uniform(seed, stream, firstSample + used, uniform);
      i += 1 + Math.floor(Math.log(uniform[at]) / Math.log1p(-rate));
      if (i >= samples) break;
      const shift = 2 * (i & 3);
      row[i >> 2] = (row[i >> 2] & ~(3 << shift)) | (MISSING << shift);
    }
  }
}
