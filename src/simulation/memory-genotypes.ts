import { HeredityError } from '../errors.js';
import type { VariantSource } from '../genotypes/store.js';
import { packedStride } from '../kernels/kernels.js';
import { sharedBytes } from '../kernels/memory.js';
import type { GenotypeSink } from './sample-chunks.js';

/** Simulated genotypes that stay in memory: a sink to simulate into and a source to open a GenotypeStore on. */
export class MemoryGenotypes implements GenotypeSink, VariantSource {
  readonly samples: number;
  /** Bytes of a packed row. */
  readonly stride: number;
  /** The packed rows, in shared memory. */
  readonly packed: Uint8Array;
  #variants = 0;

  /** @param variants how many there will be at most. */
  constructor(samples: number, variants: number) {
    this.samples = samples;
    this.stride = packedStride(samples);
    this.packed = sharedBytes(variants * this.stride);
  }

  /** Variants so far. */
  get variants(): number {
    return this.#variants;
  }

  async append(packedRows: Uint8Array, stride: number, variants: number): Promise<void> {
    if (stride !== this.stride)
      throw new HeredityError('internal', `rows of ${stride} bytes, expected ${this.stride}`);
    this.packed.set(packedRows.subarray(0, variants * stride), this.#variants * stride);
    this.#variants += variants;
  }

  async readVariants(first: number, count: number, target: Uint8Array, targetStride: number): Promise<void> {
    const bytes = Math.min(this.stride, targetStride);
    for (let v = 0; v < count; v++) {
      const from = (first + v) * this.stride;
      target.set(this.packed.subarray(from, from + bytes), v * targetStride);
    }
  }
}
