import { HeredityError } from '../errors.js';
import type { OpenFile } from '../host/inputs.js';
import { sharedBytes, sharedInt32 } from '../kernels/memory.js';
import type { KernelPool, Task } from '../kernels/pool.js';
import { AS_DOSAGES, DOSAGE_ROWS } from '../kernels/variant-rows.js';
import { bytesPerVariant } from './bed.js';
import type { HardCallLosses } from './hard-calls.js';

/** Packed rows of a file's variants, as {@link BedFile} gives them. */
export interface VariantRows {
  /** Packed rows of a variant: 1 of hard calls, DOSAGE_ROWS of dosages. @default 1 */
  readonly rows?: number;
  /** As of a VariantSource (src/genotypes/store.ts). @default false */
  readonly anyStride?: boolean;
  readVariants(first: number, count: number, target: Uint8Array, targetStride: number): Promise<void>;
}

/** An open file of variants. */
export interface VariantFile extends VariantRows {
  /** What hard calls lose; undefined where the file has no dosages. */
  readonly losses: HardCallLosses | undefined;
  /** The same variants as dosages, {@link DOSAGE_ROWS} rows each; undefined where the file has none. */
  readonly dosages: VariantRows | undefined;
  close(): Promise<void>;
}

/** Compressed bytes that are read and shared out together. */
const GROUP_BYTES = 32 << 20;

/** Consecutive variants that one thread decodes. */
export interface Piece {
  /** First variant and their number. */
  readonly first: number;
  readonly count: number;
  /** Parts of the file that it takes, which are read one behind the other. */
  readonly ranges: readonly { readonly position: number; readonly length: number }[];
  /** What the task has to know of each record; places are relative to the bytes of the piece. */
  readonly records: Int32Array;
  /** Number in the file, from 1, of the variant of a record. */
  numberOf(record: number): number;
}

/**
 * Decodes the records of a piece into rows of `target`; notes losses; on a fault sets `fault` to its number and the index
 * of the record. `kind` is whatever the format needs besides.
 */
export type DecodeTask = Task<
  [
    bytes: Uint8Array,
    records: Int32Array,
    kind: number,
    samples: number,
    threshold: number,
    target: Uint8Array,
    stride: number,
    missing: Int32Array,
    lost: Float32Array,
    fault: Int32Array,
  ]
>;

export interface RecordFormat {
  readonly path: string;
  readonly file: OpenFile;
  readonly samples: number;
  readonly variants: number;
  readonly task: DecodeTask;
  readonly kind: number;
  /** -1 for hard calls as stored, {@link AS_DOSAGES} for dosages. */
  readonly threshold: number;
  readonly losses: HardCallLosses;
  /** Cuts consecutive variants into pieces. */
  plan(first: number, count: number): Iterable<Piece>;
  /** About how long a piece takes, in milliseconds. */
  milliseconds(piece: Piece): number;
  /** What a fault means, in words. */
  describeFault(fault: number): { problem: string; expected?: string; fix?: string };
}

/** What is read of some pieces, in shared memory. */
interface Group {
  readonly pieces: readonly Piece[];
  readonly bytes: Uint8Array;
}

/** Reads variants of a file of records, on all threads; the bytes of the next group come while one is decoded. */
export class RecordSource implements VariantRows {
  readonly anyStride = true;
  readonly #format: RecordFormat;
  readonly #pool: KernelPool;
  /** Buffers not in use: threads keep shared memory alive long after its last use. */
  readonly #free: Uint8Array[] = [];

  constructor(format: RecordFormat, pool: KernelPool) {
    this.#format = format;
    this.#pool = pool;
  }

  /**
   * As {@link BedFile.readVariants}.
   * @throws HeredityError `bad-input` that names the variant where a record is damaged or cut off.
   */
  async readVariants(first: number, count: number, target: Uint8Array, targetStride: number): Promise<void> {
    const { path, samples, variants } = this.#format;
    const rows = count * this.rows;
    if (first < 0 || count < 0 || first + count > variants) {
      throw new HeredityError('internal', `there are no variants ${first} to ${first + count} in ${path}`);
    }
    if (targetStride < bytesPerVariant(samples) || target.length < rows * targetStride) {
      const problem = `${target.length} bytes do not hold ${rows} rows of ${targetStride}`;
      throw new HeredityError('internal', problem);
    }
    if (!(target.buffer instanceof SharedArrayBuffer)) {
      const shared = sharedBytes(rows * targetStride);
      await this.readVariants(first, count, shared, targetStride);
      target.set(shared);
      return;
    }
    const groups = [...this.#groups(first, count)];
    let next = groups.length > 0 ? this.#read(groups[0]) : undefined;
    for (let g = 0; g < groups.length; g++) {
      const group = await next!;
      next = g + 1 < groups.length ? this.#read(groups[g + 1]) : undefined;
      next?.catch(() => {}); // told when it is awaited
      await this.#decode(group, first, target, targetStride);
      this.#free.push(group.bytes);
    }
  }

  *#groups(first: number, count: number): Generator<Piece[]> {
    let pieces: Piece[] = [];
    let bytes = 0;
    for (const piece of this.#format.plan(first, count)) {
      const own = sizeOf(piece);
      if (pieces.length > 0 && bytes + own > GROUP_BYTES) {
        yield pieces;
        pieces = [];
        bytes = 0;
      }
      pieces.push(piece);
      bytes += own;
    }
    if (pieces.length > 0) yield pieces;
  }

  async #read(pieces: readonly Piece[]): Promise<Group> {
    const total = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
    const bytes = this.#room(total);
    let at = 0;
    for (const { position, length } of joined(pieces.flatMap(({ ranges }) => ranges))) {
      await readExactly(this.#format.path, this.#format.file, bytes.subarray(at, at + length), position);
      at += length;
    }
    return { pieces, bytes };
  }

  async #decode({ pieces, bytes }: Group, first: number, target: Uint8Array, stride: number): Promise<void> {
    const { task, kind, samples, threshold, losses } = this.#format;
    const faults = sharedInt32(2 * pieces.length);
    const size = this.rows * stride;
    const words = sharedInt32(pieces.reduce((sum, { records }) => sum + records.length, 0));
    let at = 0;
    let word = 0;
    let milliseconds = 0;
    const calls = pieces.map((piece, k) => {
      const own = bytes.subarray(at, at + sizeOf(piece));
      const records = words.subarray(word, word + piece.records.length);
      records.set(piece.records);
      at += own.length;
      word += records.length;
      milliseconds += this.#format.milliseconds(piece);
      const row = piece.first - first;
      const end = piece.first + piece.count;
      return [
        own,
        records,
        kind,
        samples,
        threshold,
        target.subarray(row * size, (row + piece.count) * size),
        stride,
        losses.missing.subarray(piece.first, end),
        losses.lost.subarray(piece.first, end),
        faults.subarray(2 * k, 2 * k + 2),
      ] as const;
    });
    await this.#pool.run(task, calls, { milliseconds });
    for (const [k, piece] of pieces.entries()) {
      if (faults[2 * k] !== 0) throw this.#failure(faults[2 * k], piece.numberOf(faults[2 * k + 1]));
    }
  }

  get rows(): number {
    return this.#format.threshold === AS_DOSAGES ? DOSAGE_ROWS : 1;
  }

  #failure(fault: number, variant: number): HeredityError {
    const { problem, ...details } = this.#format.describeFault(fault);
    return new HeredityError('bad-input', `variant ${variant}: ${problem}`, {
      file: this.#format.path,
      fix: 'copy or download the file again; if it stays so, plink2 --validate or another reader may say more',
      ...details,
    });
  }

  #room(bytes: number): Uint8Array {
    const large = this.#free.findIndex((buffer) => buffer.length >= bytes);
    return large >= 0 ? this.#free.splice(large, 1)[0] : sharedBytes(Math.max(bytes, 1));
  }
}

function sizeOf({ ranges }: Piece): number {
  return ranges.reduce((sum, { length }) => sum + length, 0);
}

/** Ranges that follow each other in the file as one. */
function joined(ranges: readonly { position: number; length: number }[]) {
  const result: { position: number; length: number }[] = [];
  for (const { position, length } of ranges) {
    const last = result.at(-1);
    if (last && last.position + last.length === position) last.length += length;
    else result.push({ position, length });
  }
  return result;
}

/** @throws HeredityError `bad-input` where the file ends before. */
export async function readExactly(
  path: string,
  file: OpenFile,
  target: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const read = await file.readInto(target.subarray(done), position + done);
    if (read === 0) {
      throw new HeredityError(
        'bad-input',
        `the file ends at byte ${position + done}, in the middle of what it holds`,
        {
          file: path,
          fix: 'copy or download it again',
        },
      );
    }
    done += read;
  }
}
