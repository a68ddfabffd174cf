import { HeredityError } from '../errors.js';
import type { OpenFile } from '../host/inputs.js';
import { openInput } from './input.js';
import { OutputFile } from './output.js';

/**
 * PLINK 1 .bed: three bytes, then for each variant ceil(samples / 4) bytes, four genotypes a byte, low bits first.
 * Codes: 00 two copies of allele 1, 01 missing, 10 one copy, 11 none (METHODS section 0).
 */
const MAGIC = [0x6c, 0x1b] as const;
const VARIANT_MAJOR = 1;
const SAMPLE_MAJOR = 0;
const HEADER_BYTES = 3;
const READ_BYTES = 16 << 20;
const WRITE_BYTES = 4 << 20;

/** Four missing genotypes. */
const ALL_MISSING = 0x55;

export interface BedShape {
  /** Lines of the .fam file. */
  readonly samples: number;
  /** Lines of the .bim file. */
  readonly variants: number;
}

/** An open .bed file. */
export interface BedFile extends BedShape {
  readonly path: string;
  /**
   * Reads consecutive variants into rows of `targetStride` bytes, in the codes of the file; what lies beyond the last
   * sample is filled with the code for missing. Calls may run at the same time.
   * @param target at least count * targetStride bytes; may lie in shared memory.
   * @param targetStride at least ceil(samples / 4).
   * @throws HeredityError `bad-input` where the file ends early or cannot be read.
   */
  readVariants(first: number, count: number, target: Uint8Array, targetStride: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a .bed file and checks its header and size.
 * @throws HeredityError `bad-input` for another kind of file, sample-major order, or a size that the .fam and .bim
 *   files do not account for.
 */
export async function openBed(path: string, shape: BedShape): Promise<BedFile> {
  const file = await openInput(path);
  try {
    await checkHeader(path, file);
    checkSize(path, file.byteLength, shape);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    ...shape,
    path,
    readVariants: (first, count, target, targetStride) =>
      readRows({ path, file, shape, first, count, target, targetStride }),
    close: () => file.close(),
  };
}

interface RowsRequest {
  readonly path: string;
  readonly file: OpenFile;
  readonly shape: BedShape;
  readonly first: number;
  readonly count: number;
  readonly target: Uint8Array;
  readonly targetStride: number;
}

async function readRows({
  path,
  file,
  shape,
  first,
  count,
  target,
  targetStride,
}: RowsRequest): Promise<void> {
  const rowBytes = bytesPerVariant(shape.samples);
  if (first < 0 || count < 0 || first + count > shape.variants) {
    throw new HeredityError('internal', `there are no variants ${first} to ${first + count} in ${path}`);
  }
  if (targetStride < rowBytes || target.length < count * targetStride) {
    throw new HeredityError(
      'internal',
      `${target.length} bytes do not hold ${count} rows of ${targetStride}`,
    );
  }
  // the rows are read to the end of the target, and then moved forward in place
  const spare = count * (targetStride - rowBytes);
  await readFully(path, file, target.subarray(spare, count * targetStride), HEADER_BYTES + first * rowBytes);
  const lastBits = 2 * (shape.samples % 4);
  const usedBits = lastBits === 0 ? 0xff : (1 << lastBits) - 1;
  for (let row = 0; row < count; row++) {
    const from = spare + row * rowBytes;
    const to = row * targetStride;
    if (from !== to) target.copyWithin(to, from, from + rowBytes);
    const last = to + rowBytes - 1;
    target[last] = (target[last] & usedBits) | (ALL_MISSING & ~usedBits);
    if (targetStride > rowBytes) target.fill(ALL_MISSING, to + rowBytes, to + targetStride);
  }
}

async function readFully(path: string, file: OpenFile, target: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const length = Math.min(READ_BYTES, target.length - done);
    const read = await file.readInto(target.subarray(done, done + length), position + done);
    if (read === 0) {
      throw new HeredityError(
        'bad-input',
        `the file ends at byte ${position + done}, earlier than when it was opened`,
        {
          file: path,
          fix: 'leave the file alone while it is read',
        },
      );
    }
    done += read;
  }
}

/** Bytes of one variant in a .bed file. */
export function bytesPerVariant(samples: number): number {
  return Math.ceil(samples / 4);
}

async function checkHeader(path: string, file: OpenFile): Promise<void> {
  const header = new Uint8Array(await file.slice(0, HEADER_BYTES));
  const found = Array.from(header, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const [magic1, magic2, order] = header;
  const refuse = (problem: string, fix: string) => {
    const value = header.length === 0 ? 'nothing' : found;
    throw new HeredityError('bad-input', problem, { file: path, value, expected: 'the bytes 6c 1b 01', fix });
  };
  if (magic1 === 0x1f && magic2 === 0x8b)
    refuse('the file is compressed with gzip', 'decompress it with gunzip');
  if (header.length < HEADER_BYTES || magic1 !== MAGIC[0] || magic2 !== MAGIC[1]) {
    refuse(
      'this is not a PLINK 1 .bed file',
      'name the prefix of a file set that PLINK wrote with --make-bed',
    );
  }
  if (order === SAMPLE_MAJOR) {
    refuse(
      'the genotypes are stored sample by sample (sample-major)',
      'convert the file set with plink --bfile IN --make-bed --out OUT, which writes variant by variant',
    );
  }
  if (order !== VARIANT_MAJOR) {
    refuse('this is a PLINK 2 .pgen file', 'convert it with plink2 --pfile IN --make-bed --out OUT');
  }
}

function checkSize(path: string, size: number, { samples, variants }: BedShape): void {
  const rowBytes = bytesPerVariant(samples);
  const expected = HEADER_BYTES + variants * rowBytes;
  if (size === expected) return;
  throw new HeredityError(
    'bad-input',
    `the file is too ${size < expected ? 'short' : 'long'}: ${size} bytes`,
    {
      file: path,
      expected: `${expected} bytes for ${samples} samples and ${variants} variants`,
      fix: likelyCause(size - HEADER_BYTES, rowBytes, samples, variants),
    },
  );
}

/** Which of the three files is at fault, by what the size can be divided by. */
function likelyCause(content: number, rowBytes: number, samples: number, variants: number): string {
  const otherRow = content / variants;
  if (Number.isInteger(otherRow) && otherRow > 0) {
    const range = `${4 * otherRow - 3} to ${4 * otherRow}`;
    return `its size is that of ${range} samples, so the .fam file with ${samples} probably belongs to another .bed`;
  }
  const otherCount = content / rowBytes;
  if (Number.isInteger(otherCount) && otherCount > 0) {
    const which = otherCount < variants ? ', or the .bed was cut off' : '';
    return `its size is that of ${otherCount} variants, so the .bim file with ${variants} probably belongs to another .bed${which}`;
  }
  return otherCount < variants
    ? `it probably was cut off after ${Math.max(0, Math.floor(otherCount))} variants: copy or download it again`
    : 'the .bim and .fam files probably belong to another .bed: take all three from one place';
}

/** Writes a .bed file, some variants at a time. */
export class BedWriter {
  readonly #file: OutputFile;
  readonly #samples: number;
  /** Rows on their way to the file. */
  #room: Uint8Array | undefined;

  private constructor(file: OutputFile, samples: number) {
    this.#file = file;
    this.#samples = samples;
  }

  /** @throws HeredityError as {@link OutputFile.create}. */
  static async create(path: string, samples: number): Promise<BedWriter> {
    const file = await OutputFile.create(path, { gzip: false });
    await file.write(Uint8Array.of(...MAGIC, VARIANT_MAJOR));
    return new BedWriter(file, samples);
  }

  /**
   * Appends variants; the bits beyond the last sample are written as 0, as PLINK does.
   * @param packedRows rows of `stride` bytes in the codes of the file; not changed.
   */
  async append(packedRows: Uint8Array, stride: number, variants: number): Promise<void> {
    const rowBytes = bytesPerVariant(this.#samples);
    if (stride < rowBytes || packedRows.length < variants * stride) {
      throw new HeredityError(
        'internal',
        `${packedRows.length} bytes do not hold ${variants} rows of ${stride}`,
      );
    }
    const usedBits = (1 << (2 * (this.#samples % 4 || 4))) - 1;
    const perWrite = Math.max(1, Math.floor(WRITE_BYTES / rowBytes));
    this.#room ??= new Uint8Array(perWrite * rowBytes);
    for (let first = 0; first < variants; first += perWrite) {
      const count = Math.min(perWrite, variants - first);
      const bytes = this.#room.subarray(0, count * rowBytes);
      for (let row = 0; row < count; row++) {
        const from = (first + row) * stride;
        bytes.set(packedRows.subarray(from, from + rowBytes), row * rowBytes);
        bytes[(row + 1) * rowBytes - 1] &= usedBits;
      }
      await this.#file.write(bytes);
    }
  }

  async finish(): Promise<void> {
    await this.#file.finish();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }
}
