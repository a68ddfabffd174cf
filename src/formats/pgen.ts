import { HeredityError } from '../errors.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { AS_DOSAGES, DOSAGE_SUMS } from '../kernels/variant-rows.js';
import { bytesPerVariant, openBed } from './bed.js';
import { HardCallLosses, noteLosses, thresholdInUnits } from './hard-calls.js';
import { openInput } from './input.js';
import { type PgenIndex, readPgenIndex, VARIANTS_OF_BLOCK } from './pgen-index.js';
import { type DecodeTask, type Piece, RecordSource, type VariantFile } from './record-source.js';
import { describeFault } from './variant-faults.js';

/** What the .psam and .pvar files say of a .pgen file. */
export interface PgenShape {
  readonly samples: number;
  /** All variants of the file. */
  readonly total: number;
  /** Index in the file of the variants that are read; all where it is undefined. */
  readonly places: Int32Array | undefined;
}

export interface PgenOptions {
  readonly pool: KernelPool;
  /** Hard calls are made anew from dosages at this distance from a whole number; as stored where it is undefined. */
  readonly threshold: number | undefined;
}

/** Numbers of a record in {@link Piece.records}: start, length, type, row. */
const FIELDS = 4;
/** Bytes of rows, or of records, that one thread decodes at a time. */
const PIECE_BYTES = 1 << 20;

/**
 * Opens a PLINK 2 .pgen file; genotypes count ALT as allele 1, in PLINK 1 codes. All record types of storage modes 0x01
 * to 0x04, 0x10 and 0x11 are read; of phase and of variants with more than two alleles only that they are there.
 * @throws HeredityError `bad-input` for another kind of file, a size or an index that does not fit, or other numbers of
 *   samples and variants than the shape.
 */
export async function openPgen(
  path: string,
  shape: PgenShape,
  { pool, threshold }: PgenOptions,
): Promise<VariantFile> {
  const file = await openInput(path);
  let index: PgenIndex | undefined;
  try {
    index = await readPgenIndex(path, file, shape);
  } finally {
    if (!index) await file.close();
  }
  if (index === 'bed') {
    await file.close();
    return openAsBed(path, shape);
  }
  const count = shape.places?.length ?? shape.total;
  const losses = new HardCallLosses(count, shape.samples, threshold);
  const { types } = index;
  const format = {
    path,
    file,
    samples: shape.samples,
    variants: count,
    task: pgenTask,
    kind: 0,
    losses,
    plan: (first: number, variants: number) => planPieces(index, shape, first, variants),
    milliseconds: (piece: Piece) => (piece.count * bytesPerVariant(shape.samples)) / 2e6,
    describeFault,
  };
  const units = threshold === undefined ? -1 : thresholdInUnits(threshold);
  const source = new RecordSource({ ...format, threshold: units }, pool);
  const hasDosages = types.some((type) => (type & 0x60) !== 0);
  return {
    losses: hasDosages ? losses : undefined,
    dosages: hasDosages ? new RecordSource({ ...format, threshold: AS_DOSAGES }, pool) : undefined,
    anyStride: true,
    readVariants: source.readVariants.bind(source),
    close: () => file.close(),
  };
}

/** A PLINK 1 .bed file by the name of .pgen: storage mode 0x01. */
async function openAsBed(path: string, { samples, total, places }: PgenShape): Promise<VariantFile> {
  if (places) {
    throw new HeredityError(
      'bad-input',
      'the .pvar file has variants of more than two alleles, which this storage mode cannot hold',
      { file: path, value: '0x01', fix: 'check that the .pvar file belongs to this .pgen' },
    );
  }
  const bed = await openBed(path, { samples, variants: total });
  return { losses: undefined, dosages: undefined, readVariants: bed.readVariants, close: bed.close };
}

/** Decodes records on any thread. */
const pgenTask: DecodeTask = defineTask(
  'decodePgen',
  (kernels, bytes, fields, _kind, samples, threshold, target, stride, missing, lost, fault) => {
    const records = fields.length / FIELDS;
    const places = new Int32Array(2 * records);
    const types = new Uint8Array(records);
    const rows = new Int32Array(records);
    for (let r = 0; r < records; r++) {
      places[2 * r] = fields[FIELDS * r];
      places[2 * r + 1] = fields[FIELDS * r + 1];
      types[r] = fields[FIELDS * r + 2];
      rows[r] = fields[FIELDS * r + 3];
    }
    const base = new Uint8Array(bytesPerVariant(samples));
    const sums = new Float64Array(DOSAGE_SUMS * records);
    const result = kernels.pgenRecords(
      bytes,
      places,
      types,
      rows,
      records,
      samples,
      threshold,
      base,
      target,
      stride,
      sums,
    );
    if (result !== 0) {
      fault[0] = result % 32;
      fault[1] = Math.floor(result / 32);
      return;
    }
    for (let r = 0; r < records; r++) {
      if (rows[r] >= 0)
        noteLosses(sums.subarray(DOSAGE_SUMS * r, DOSAGE_SUMS * (r + 1)), missing, lost, rows[r]);
    }
  },
);

/**
 * Cuts variants into pieces. Each is of one block of the file, so that its records follow each other there, and begins
 * with the record that the first of them differs from, where that is an earlier one.
 */
function* planPieces(
  { types, offsets, lengths }: Exclude<PgenIndex, 'bed'>,
  { samples, places }: PgenShape,
  first: number,
  count: number,
): Generator<Piece> {
  const fileIndex = (variant: number) => (places ? places[variant] : variant);
  const differs = (record: number) => (types[record] & 6) === 2;
  const mostRows = Math.max(1, Math.floor(PIECE_BYTES / bytesPerVariant(samples)));
  for (let from = first; from < first + count; ) {
    const start = fileIndex(from);
    const block = Math.floor(start / VARIANTS_OF_BLOCK);
    let end = from + 1;
    while (
      end < first + count &&
      end - from < mostRows &&
      Math.floor(fileIndex(end) / VARIANTS_OF_BLOCK) === block &&
      offsets[fileIndex(end)] - offsets[start] < PIECE_BYTES
    ) {
      end++;
    }
    const last = fileIndex(end - 1);
    let lead = start;
    while (differs(lead) && lead % VARIANTS_OF_BLOCK > 0) lead--;
    const leadLength = lead < start ? lengths[lead] : 0;
    const length = offsets[last] + lengths[last] - offsets[start];
    const fields: number[] = [];
    if (lead < start) fields.push(0, leadLength, types[lead], -1);
    for (let record = start, variant = from; record <= last; record++) {
      const row = fileIndex(variant) === record ? variant++ - from : -1;
      fields.push(leadLength + offsets[record] - offsets[start], lengths[record], types[record], row);
    }
    yield {
      first: from,
      count: end - from,
      ranges: [
        ...(lead < start ? [{ position: offsets[lead], length: leadLength }] : []),
        { position: offsets[start], length },
      ],
      records: Int32Array.from(fields),
      numberOf: (record) => (lead < start ? (record === 0 ? lead : start + record - 1) : start + record) + 1,
    };
    from = end;
  }
}
