import { HeredityError } from '../errors.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { AS_DOSAGES, DOSAGE_ROWS, DOSAGE_SUMS } from '../kernels/variant-rows.js';
import { type BgenVariants, readBgenHeader, scanBgen } from './bgen-index.js';
import type { VariantTable } from './bim.js';
import { inflateExactly, unzstdExactly } from './decompress.js';
import { HARD_CALL_THRESHOLD, HardCallLosses, noteLosses, thresholdInUnits } from './hard-calls.js';
import { openInput } from './input.js';
import { type DecodeTask, type Piece, RecordSource, type VariantFile } from './record-source.js';
import { describeFault } from './variant-faults.js';

export interface BgenOptions {
  readonly pool: KernelPool;
  /** @default HARD_CALL_THRESHOLD */
  readonly threshold: number | undefined;
  /** For variants whose chromosome the file leaves empty, as UK Biobank's haplotypes do. @default 0 */
  readonly chromosome?: string | undefined;
}

export interface BgenFile extends VariantFile {
  readonly samples: number;
  /** IDs of the samples, where the file holds them. */
  readonly sampleIds: readonly string[] | undefined;
  readonly variants: VariantTable;
  /** All variants of the file, those with more than two alleles too. */
  readonly total: number;
  readonly notes: readonly string[];
}

/** Numbers of a record in {@link Piece.records}: start, compressed and uncompressed length. */
const FIELDS = 3;
/** Samples times variants that one thread decodes at a time. */
const PIECE_GENOTYPES = 1 << 22;

/** Faults of compressed data, beside those of native/variant-records.c. */
const DAMAGED = 100;

/**
 * Opens a BGEN file of layout 2 (versions 1.2 and 1.3), plain, zlib or zstd. The first allele is the reference, as in UK
 * Biobank: genotypes count the second, which becomes allele 1.
 * @throws HeredityError `bad-input` for another kind of file, an older layout, or a file that is cut off.
 */
export async function openBgen(
  path: string,
  { pool, threshold = HARD_CALL_THRESHOLD, chromosome = '0' }: BgenOptions,
): Promise<BgenFile> {
  const file = await openInput(path);
  try {
    const header = await readBgenHeader(path, file);
    const scanned = await scanBgen(path, file, header, chromosome);
    const { samples } = header;
    const losses = new HardCallLosses(scanned.table.count, samples, threshold);
    const format = {
      path,
      file,
      samples,
      variants: scanned.table.count,
      task: bgenTask,
      kind: header.compression,
      losses,
      plan: (first: number, count: number) => planPieces(scanned, samples, first, count),
      milliseconds: ({ count }: Piece) => (3 * samples * count) / 2e5,
      describeFault: (fault: number) =>
        fault === DAMAGED
          ? { problem: 'its compressed data are damaged, or have another size than the file says' }
          : describeFault(fault),
    };
    const source = new RecordSource({ ...format, threshold: thresholdInUnits(threshold) }, pool);
    return {
      samples,
      sampleIds: header.sampleIds,
      variants: scanned.table,
      total: header.variants,
      notes: scanned.notes,
      losses,
      dosages: new RecordSource({ ...format, threshold: AS_DOSAGES }, pool),
      anyStride: true,
      readVariants: source.readVariants.bind(source),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Decompresses and decodes variants on any thread. */
const bgenTask: DecodeTask = defineTask(
  'decodeBgen',
  (kernels, bytes, fields, compression, samples, threshold, target, stride, missing, lost, fault) => {
    const sums = new Float64Array(DOSAGE_SUMS);
    const variantBytes = stride * (threshold === AS_DOSAGES ? DOSAGE_ROWS : 1);
    for (let v = 0; FIELDS * v < fields.length; v++) {
      const [start, length, size] = fields.subarray(FIELDS * v, FIELDS * (v + 1)) as unknown as [
        number,
        number,
        number,
      ];
      const stored = bytes.subarray(start, start + length);
      const block =
        compression === 0
          ? stored
          : compression === 1
            ? inflateExactly(stored, size)
            : unzstdExactly(stored, size);
      const row = target.subarray(v * variantBytes, (v + 1) * variantBytes);
      const result = block
        ? kernels.bgenBlock(block, block.length, samples, threshold, row, stride, sums)
        : DAMAGED;
      if (result !== 0) {
        fault[0] = result;
        fault[1] = v;
        return;
      }
      noteLosses(sums, missing, lost, v);
    }
  },
);

function* planPieces(
  { offsets, lengths, sizes, numbers }: BgenVariants,
  samples: number,
  first: number,
  count: number,
): Generator<Piece> {
  const most = Math.max(1, Math.floor(PIECE_GENOTYPES / samples));
  for (let from = first; from < first + count; from += most) {
    const end = Math.min(from + most, first + count);
    const fields: number[] = [];
    const ranges: { position: number; length: number }[] = [];
    let at = 0;
    for (let v = from; v < end; v++) {
      fields.push(at, lengths[v], sizes[v]);
      ranges.push({ position: offsets[v], length: lengths[v] });
      at += lengths[v];
    }
    yield {
      first: from,
      count: end - from,
      ranges,
      records: Int32Array.from(fields),
      numberOf: (record) => numbers[from + record],
    };
  }
}

/** @throws HeredityError `mismatch` where a .sample file does not have as many samples as the BGEN file. */
export function checkSampleCount(path: string, samples: number, file: string, listed: number): void {
  if (samples === listed) return;
  throw new HeredityError('mismatch', `the file names ${listed} samples, and ${file} has ${samples}`, {
    file: path,
    expected: `${samples} samples, after two header lines`,
    fix: 'give the .sample file that came with the BGEN file',
  });
}
