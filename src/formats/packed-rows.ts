import { HeredityError } from '../errors.js';
import { sharedBytes } from '../kernels/memory.js';
import { bytesPerVariant } from './bed.js';
import type { VariantRows } from './record-source.js';

const CHUNK_BYTES = 64 << 20;
/** A row in which everybody is missing: of hard calls, and of dosages. */
const ALL_MISSING = 0x55;
const ALL_MISSING_DOSAGES = 0;
const PADDING = 0x55;

/** Packed rows of variants that are held in memory and come one by one: of hard calls, or several a variant of dosages. */
export class PackedRows implements VariantRows {
  readonly #path: string;
  readonly #rowBytes: number;
  readonly rows: number;
  readonly #variantsOfChunk: number;
  readonly #chunks: Uint8Array[] = [];
  #variants = 0;

  /** @param path of the file, for messages. @param rows of a variant: 1 of hard calls, DOSAGE_ROWS of dosages. */
  constructor(path: string, samples: number, rows: number) {
    this.#path = path;
    this.#rowBytes = bytesPerVariant(samples);
    this.rows = rows;
    this.#variantsOfChunk = Math.max(1, Math.floor(CHUNK_BYTES / this.#variantBytes));
  }

  /** Bytes that are taken, with those of a chunk that the next variant may need. */
  get bytes(): number {
    const isFull = this.#variants === this.#chunks.length * this.#variantsOfChunk;
    return (this.#chunks.length + Number(isFull)) * this.#variantsOfChunk * this.#variantBytes;
  }

  /** The rows of one more variant, to be written into; everybody is missing. */
  next(): Uint8Array {
    if (this.#variants === this.#chunks.length * this.#variantsOfChunk) {
      const bytes = sharedBytes(this.#variantsOfChunk * this.#variantBytes);
      this.#chunks.push(bytes.fill(this.rows === 1 ? ALL_MISSING : ALL_MISSING_DOSAGES));
    }
    return this.#rowsOf(this.#variants++);
  }

  async readVariants(first: number, count: number, target: Uint8Array, stride: number): Promise<void> {
    const rows = this.rows;
    const isInside = first >= 0 && count >= 0 && first + count <= this.#variants;
    if (!isInside || target.length < count * rows * stride || stride < this.#rowBytes)
      throw new HeredityError(
        'internal',
        `variants ${first} to ${first + count} of ${this.#path} do not fit`,
      );
    for (let v = 0; v < count; v++) {
      const own = this.#rowsOf(first + v);
      for (let k = 0; k < rows; k++) {
        const at = (v * rows + k) * stride;
        target.set(own.subarray(k * this.#rowBytes, (k + 1) * this.#rowBytes), at);
        target.fill(PADDING, at + this.#rowBytes, at + stride);
      }
    }
  }

  clear(): void {
    this.#chunks.length = 0;
  }

  get #variantBytes(): number {
    return this.rows * this.#rowBytes;
  }

  #rowsOf(variant: number): Uint8Array {
    const at = (variant % this.#variantsOfChunk) * this.#variantBytes;
    return this.#chunks[Math.floor(variant / this.#variantsOfChunk)].subarray(at, at + this.#variantBytes);
  }
}
