import { HeredityError } from '../errors.js';
import { bytesPerVariant } from './bed.js';
import { OutputFile } from './output.js';

/** Bytes of .pgen for each byte of PLINK 1: the high bit of a genotype inverted, the low one where its bits differ. */
const RECODED = Uint8Array.from({ length: 256 }, (_, byte) => (~byte & 0xaa) | ((byte ^ (byte >> 1)) & 0x55));
const WRITE_BYTES = 4 << 20;
/** Fixed width, hard calls alone: what every reader of .pgen files reads. */
const MODE = 0x02;

export interface PgenWriterShape {
  readonly samples: number;
  readonly variants: number;
  /** Whether allele 2 is known to be the reference; PLINK 1 files do not say. */
  readonly knownReference: boolean;
}

/** Writes hard calls to a .pgen file, some variants at a time. */
export class PgenWriter {
  readonly #file: OutputFile;
  readonly #shape: PgenWriterShape;
  #written = 0;
  /** Rows on their way to the file. */
  #room: Uint8Array | undefined;

  private constructor(file: OutputFile, shape: PgenWriterShape) {
    this.#file = file;
    this.#shape = shape;
  }

  /** @throws HeredityError as {@link OutputFile.create}. */
  static async create(path: string, shape: PgenWriterShape): Promise<PgenWriter> {
    const file = await OutputFile.create(path, { gzip: false });
    const header = new DataView(new ArrayBuffer(12));
    for (const [at, byte] of [0x6c, 0x1b, MODE].entries()) header.setUint8(at, byte);
    header.setUint32(3, shape.variants, true);
    header.setUint32(7, shape.samples, true);
    header.setUint8(11, shape.knownReference ? 0x40 : 0x80);
    await file.write(new Uint8Array(header.buffer));
    return new PgenWriter(file, shape);
  }

  /** Appends variants, rows of `stride` bytes in PLINK 1 codes; as {@link BedWriter.append}. */
  async append(packedRows: Uint8Array, stride: number, variants: number): Promise<void> {
    const { samples } = this.#shape;
    const rowBytes = bytesPerVariant(samples);
    if (stride < rowBytes || packedRows.length < variants * stride) {
      throw new HeredityError(
        'internal',
        `${packedRows.length} bytes do not hold ${variants} rows of ${stride}`,
      );
    }
    const usedBits = (1 << (2 * (samples % 4 || 4))) - 1;
    const perWrite = Math.max(1, Math.floor(WRITE_BYTES / rowBytes));
    this.#room ??= new Uint8Array(perWrite * rowBytes);
    for (let first = 0; first < variants; first += perWrite) {
      const count = Math.min(perWrite, variants - first);
      const bytes = this.#room.subarray(0, count * rowBytes);
      for (let row = 0; row < count; row++) {
        const from = (first + row) * stride;
        const to = row * rowBytes;
        for (let byte = 0; byte < rowBytes; byte++) bytes[to + byte] = RECODED[packedRows[from + byte]];
        bytes[to + rowBytes - 1] &= usedBits;
      }
      await this.#file.write(bytes);
    }
    this.#written += variants;
  }

  async finish(): Promise<void> {
    if (this.#written !== this.#shape.variants) {
      throw new HeredityError(
        'internal',
        `${this.#written} of ${this.#shape.variants} variants were written`,
      );
    }
    await this.#file.finish();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }
}
