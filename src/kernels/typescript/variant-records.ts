import { HET, HOM_ALLELE1, HOM_ALLELE2, type Kernels, MISSING } from '../kernels.js';
import {
  AS_DOSAGES,
  CODE_OF_DIGIT,
  DOSAGE_ROWS,
  DOSAGE_SUMS,
  LEVELS_OF_COPY,
  MISSING_LEVEL,
  ONE_COPY,
  RecordFault,
} from '../variant-rows.js';
import { codeAt } from './genotypes.js';

/** What is wrong with a record; {@link recordKernels} return it as a number. */
class Fault {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

/** Categories of .pgen files as PLINK 1 codes: 0, 1, 2 copies of ALT, missing. */
const CODES = [HOM_ALLELE2, HET, HOM_ALLELE1, MISSING] as const;
const CODE_OF_COPIES = [HOM_ALLELE2, HET, HOM_ALLELE1] as const;
const NO_VALUE = 65535;

/** Bytes of a record, one after another. */
class RecordReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw new Fault(RecordFault.cut);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0];
  }

  /** A base-128 varint of at most 31 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 7) throw new Fault(RecordFault.number);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Fault(RecordFault.number);
  }
}

interface Listed {
  readonly sample: number;
  /** Category, where the list has values. */
  readonly value: number;
}

/** Reads a list of samples ("difflist"). */
function readList(reader: RecordReader, samples: number, hasValues: boolean): Listed[] {
  const count = reader.number();
  if (count > samples) throw new Fault(RecordFault.listLength);
  if (count === 0) return [];
  const groups = Math.ceil(count / 64);
  // as PLINK 2 has it; its specification says <= here
  const idBytes = samples < 2 ** 8 ? 1 : samples < 2 ** 16 ? 2 : samples < 2 ** 24 ? 3 : 4;
  const valueBytes = hasValues ? Math.ceil(count / 4) : 0;
  if (reader.left < groups * idBytes + groups - 1 + valueBytes) throw new Fault(RecordFault.cut);
  const ids = reader.take(groups * idBytes);
  const sizes = reader.take(groups - 1);
  const values = reader.take(valueBytes);
  const listed: Listed[] = [];
  let sample = -1;
  let groupStart = reader.left;
  for (let k = 0; k < count; k++) {
    if (k % 64 === 0) {
      const group = k / 64;
      if (k > 0 && groupStart - reader.left !== sizes[group - 1] + 63) throw new Fault(RecordFault.listGroup);
      groupStart = reader.left;
      const first = unsigned(ids.subarray(group * idBytes, (group + 1) * idBytes));
      if (first >= samples || first <= sample) throw new Fault(RecordFault.listOrder);
      sample = first;
    } else {
      const difference = reader.number();
      if (difference === 0 || difference >= samples - sample) throw new Fault(RecordFault.listOrder);
      sample += difference;
    }
    listed.push({ sample, value: hasValues ? codeAt(values, 0, k) : 0 });
  }
  return listed;
}

const unsigned = (bytes: Uint8Array): number =>
  bytes.reduce((value, byte, k) => value + byte * 2 ** (8 * k), 0);
const bitAt = (bits: Uint8Array, i: number): number => (bits[i >> 3] >> (i & 7)) & 1;

/** Codes of a record's main track. */
function readMainTrack(
  reader: RecordReader,
  type: number,
  samples: number,
  base: Uint8Array | undefined,
): Uint8Array {
  const codes = new Uint8Array(samples);
  const patch = () => {
    for (const { sample, value } of readList(reader, samples, true)) codes[sample] = CODES[value];
    return codes;
  };
  switch (type & 7) {
    case 0: {
      const packed = reader.take(Math.ceil(samples / 4));
      return codes.map((_, i) => CODES[codeAt(packed, 0, i)]);
    }
    case 1: {
      if (reader.left < 1 + Math.ceil(samples / 8)) throw new Fault(RecordFault.cut);
      const pair = reader.byte();
      const low = pair >> 2;
      const high = low + (pair & 3);
      if ((pair & 3) === 0 || high > 3) throw new Fault(RecordFault.twoCategories);
      const bits = reader.take(Math.ceil(samples / 8));
      for (let i = 0; i < samples; i++) codes[i] = CODES[bitAt(bits, i) ? high : low];
      return patch();
    }
    case 2:
    case 3: {
      if (!base) throw new Fault(RecordFault.noBase);
      codes.set(base);
      patch();
      const inverted = [HOM_ALLELE2, MISSING, HET, HOM_ALLELE1];
      return (type & 7) === 3 ? codes.map((code) => inverted[code]) : codes;
    }
    case 5:
      return codes.fill(HOM_ALLELE2);
    default:
      codes.fill(CODES[type & 3]);
      return patch();
  }
}

/** The nearest whole number of copies, or missing where that is farther than the threshold. */
function hardCall(dosage: number, threshold: number): number {
  const copies = Math.floor((dosage + ONE_COPY / 2) / ONE_COPY);
  return Math.abs(dosage - copies * ONE_COPY) > threshold ? MISSING : CODE_OF_COPIES[copies];
}

/** Dosages of a record by sample, -1 where there is none. */
function readDosages(reader: RecordReader, type: number, samples: number): Int32Array {
  const dosages = new Int32Array(samples).fill(-1);
  const next = (sample: number) => {
    const dosage = unsigned(reader.take(2));
    if ((type & 0x60) === 0x40 && dosage === NO_VALUE) return;
    if (dosage > 2 * ONE_COPY) throw new Fault(RecordFault.dosage);
    dosages[sample] = dosage;
  };
  if ((type & 0x60) === 0x20) {
    const listed = readList(reader, samples, false);
    if (reader.left < 2 * listed.length) throw new Fault(RecordFault.cut);
    for (const { sample } of listed) next(sample);
  } else if ((type & 0x60) === 0x40) {
    if (reader.left < 2 * samples) throw new Fault(RecordFault.cut);
    for (let i = 0; i < samples; i++) next(i);
  } else {
    const bits = reader.take(Math.ceil(samples / 8));
    for (let i = 0; i < samples; i++) if (bitAt(bits, i)) next(i);
  }
  return dosages;
}

function skipPhase(reader: RecordReader, codes: Uint8Array): void {
  const hets = codes.reduce((count, code) => count + Number(code === HET), 0);
  const bits = reader.take(Math.ceil((1 + hets) / 8));
  if (!bitAt(bits, 0)) return;
  let phased = 0;
  for (let k = 1; k <= hets; k++) phased += bitAt(bits, k);
  reader.take(Math.ceil(phased / 8));
}

/** See {@link Kernels.pgenRecords}. */
function sumDosages(codes: Uint8Array, dosages: Int32Array): number[] {
  const sums = new Array<number>(DOSAGE_SUMS).fill(0);
  codes.forEach((code, i) => {
    const copies = { [HOM_ALLELE1]: 2, [HET]: 1, [HOM_ALLELE2]: 0 }[code];
    const d = dosages[i] >= 0 ? dosages[i] : copies === undefined ? undefined : copies * ONE_COPY;
    if (d === undefined) return;
    const g = copies ?? 0;
    const called = copies === undefined ? 0 : 1;
    for (const [k, value] of [called, g, g * g, 1, d, d * d, g * d, called ? 0 : d].entries()) {
      sums[k] += value;
    }
  });
  return sums;
}

function writeRow(codes: Uint8Array, row: Uint8Array): void {
  row.fill(0x55);
  codes.forEach((code, i) => {
    row[i >> 2] ^= (MISSING ^ code) << (2 * (i & 3));
  });
}

/** Rows of dosages; those whose dosage is -1 have that of their hard call. */
function writeDosages(codes: Uint8Array, dosages: Int32Array, rows: Uint8Array, stride: number): void {
  const ofCode = [2 * LEVELS_OF_COPY, MISSING_LEVEL, LEVELS_OF_COPY, 0];
  const levels = codes.map((code, i) =>
    dosages[i] < 0 ? ofCode[code] : Math.floor((dosages[i] * LEVELS_OF_COPY) / ONE_COPY + 0.5),
  );
  for (let k = 0; k < DOSAGE_ROWS; k++) {
    writeRow(
      levels.map((level) => CODE_OF_DIGIT[(level >> (2 * k)) & 3]),
      rows.subarray(k * stride, (k + 1) * stride),
    );
  }
}

function faultOf(read: () => void): number {
  try {
    read();
    return 0;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

export const recordKernels: Pick<Kernels, 'pgenRecords' | 'bgenBlock'> = {
  pgenRecords(bytes, places, types, rows, records, samples, threshold, _base, target, stride, sums) {
    const asDosages = threshold === AS_DOSAGES;
    const size = stride * (asDosages ? DOSAGE_ROWS : 1);
    let base: Uint8Array | undefined;
    for (let r = 0; r < records; r++) {
      const start = places[2 * r];
      const reader = new RecordReader(bytes.subarray(start, start + places[2 * r + 1]));
      const type = types[r];
      const differs = (type & 6) === 2;
      const row = rows[r];
      sums.fill(0, DOSAGE_SUMS * r, DOSAGE_SUMS * (r + 1));
      const isBase = !differs && r + 1 < records && (types[r + 1] & 6) === 2;
      if (row < 0 && !isBase) {
        if (!differs) base = undefined;
        continue;
      }
      const fault = faultOf(() => {
        const codes = readMainTrack(reader, type, samples, base);
        if (!differs) base = isBase ? Uint8Array.from(codes) : undefined;
        if (row < 0) return;
        if (type & 8) throw new Fault(RecordFault.multiallelic);
        const hasDosages = (type & 0x60) !== 0;
        if (hasDosages && type & 0x10) skipPhase(reader, codes);
        const dosages = hasDosages ? readDosages(reader, type, samples) : new Int32Array(samples).fill(-1);
        if (hasDosages && !asDosages) {
          dosages.forEach((dosage, i) => {
            if (threshold >= 0 && dosage >= 0) codes[i] = hardCall(dosage, threshold);
          });
          sums.set(sumDosages(codes, dosages), DOSAGE_SUMS * r);
        }
        const allRead = !(type & 0x80) && (!(type & 0x10) || hasDosages);
        if (allRead && reader.left > 0) throw new Fault(RecordFault.leftOver);
        const own = target.subarray(row * size, (row + 1) * size);
        if (asDosages) writeDosages(codes, dosages, own, stride);
        else writeRow(codes, own);
      });
      if (fault) return 32 * r + fault;
    }
    return 0;
  },

  bgenBlock(block, length, samples, threshold, row, stride, sums) {
    sums.fill(0);
    return faultOf(() => {
      const reader = new RecordReader(block.subarray(0, length));
      if (length < 10 || length - 10 < samples) throw new Fault(RecordFault.cut);
      if (unsigned(reader.take(4)) !== samples) throw new Fault(RecordFault.samples);
      if (unsigned(reader.take(2)) !== 2) throw new Fault(RecordFault.alleles);
      const [least, most] = reader.take(2) as unknown as [number, number];
      if (least > most || most > 2) throw new Fault(RecordFault.ploidy);
      const ploidies = reader.take(samples);
      const [phased, bits] = reader.take(2) as unknown as [number, number];
      if (phased > 1) throw new Fault(RecordFault.phased);
      if (bits < 1 || bits > 32) throw new Fault(RecordFault.bits);
      let values = 0;
      for (const ploidy of ploidies) {
        if ((ploidy & 63) < least || (ploidy & 63) > most) throw new Fault(RecordFault.ploidy);
        values += ploidy & 63;
      }
      const probabilities = reader.take(Math.ceil((values * bits) / 8));
      if (reader.left > 0) throw new Fault(RecordFault.leftOver);
      const one = 2 ** bits - 1;
      let position = 0;
      const next = () => {
        let value = 0;
        for (let k = 0; k < bits; k++) value += bitAt(probabilities, position++) * 2 ** k;
        return value;
      };
      const codes = new Uint8Array(samples).fill(MISSING);
      const dosages = new Int32Array(samples).fill(-1);
      for (let i = 0; i < samples; i++) {
        const ploidy = ploidies[i] & 63;
        if (ploidy === 0) continue;
        const first = next();
        const second = ploidy === 2 ? next() : first;
        if (ploidies[i] & 128) continue;
        if (!phased && ploidy === 2 && first + second > one) throw new Fault(RecordFault.probabilities);
        const n = phased || ploidy === 1 ? first + second : 2 * first + second;
        dosages[i] = 2 * ONE_COPY - Math.floor((2 * n * ONE_COPY + one) / (2 * one));
        if (threshold !== AS_DOSAGES) codes[i] = hardCall(dosages[i], threshold);
      }
      if (threshold === AS_DOSAGES) {
        writeDosages(codes, dosages, row, stride);
        return;
      }
      sums.set(sumDosages(codes, dosages));
      writeRow(codes, row.subarray(0, stride));
    });
  },
};
