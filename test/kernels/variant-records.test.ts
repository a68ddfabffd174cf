import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import {
  AS_DOSAGES,
  DOSAGE_ROWS,
  DOSAGE_SUMS,
  LEVELS_OF_COPY,
  MISSING_LEVEL,
  ONE_COPY,
  RecordFault,
} from '../../src/kernels/variant-rows.js';
import {
  concat,
  difflist,
  dosageTracks,
  type EncodedRecord,
  mainTrack,
  packBits,
  phaseTrack,
} from '../formats/pgen-encoder.js';
import { describeBackends } from './backends.js';
import { randomSource } from './packed.js';

const SIZES = [1, 2, 3, 4, 5, 8, 31, 32, 33, 63, 64, 65, 255, 256, 257, 1000, 65535, 65536];

/** Categories of a variant, of which one or two are much more frequent than the others. */
function randomCategories(samples: number, random: () => number): Uint8Array {
  const [usual, second] = [Math.floor(4 * random()), Math.floor(4 * random())];
  const rare = [0.001, 0.05, 0.5][Math.floor(3 * random())];
  return Uint8Array.from({ length: samples }, () => {
    if (random() < rare) return Math.floor(4 * random());
    return random() < 0.6 ? usual : second;
  });
}

interface Case {
  readonly samples: number;
  readonly records: EncodedRecord[];
  readonly rows: Int32Array;
  /** Categories as stored, by row. */
  readonly expected: Uint8Array[];
}

/** A list of records of every type, some of which are only there for others to differ from. */
function randomCase(samples: number, count: number, seed: number): Case {
  const random = randomSource(seed);
  const records: EncodedRecord[] = [];
  const expected: Uint8Array[] = [];
  const rows: number[] = [];
  let base: Uint8Array | undefined;
  for (let r = 0; r < count; r++) {
    let categories = randomCategories(samples, random);
    let type = Math.floor(8 * random());
    if ((type & 6) === 2) {
      if (!base) continue;
      const from = base;
      const flip = (category: number) => (type === 3 ? [2, 1, 0, 3][category] : category);
      categories = categories.map((category, i) => (random() < 0.9 ? flip(from[i]) : category));
    } else if (type === 5) {
      categories = new Uint8Array(samples);
    }
    const main = mainTrack(categories, type, base);
    if ((type & 6) !== 2) base = categories;
    const isRead = random() < 0.8;
    rows.push(isRead ? expected.push(categories) - 1 : -1);
    const parts = [main];
    if (!isRead && random() < 0.5) {
      type |= 8;
      parts.push(Uint8Array.of(15, 1, 2, 3)); // genotypes of a third allele, which are not looked at
    } else {
      if (random() < 0.4) {
        type |= 0x10;
        parts.push(phaseTrack(categories, random, random() < 0.5));
      }
      const layout = 0x20 * Math.floor(4 * random());
      const dosages = Int32Array.from(categories, (category) => {
        if (random() < 0.5) return -1;
        return category === 3 ? Math.floor((2 * ONE_COPY + 1) * random()) : category * ONE_COPY;
      });
      for (const [i, dosage] of dosages.entries())
        if (dosage >= 0 && categories[i] < 3)
          dosages[i] = Math.min(
            2 * ONE_COPY,
            Math.max(0, dosage + Math.floor((random() - 0.5) * 0.9 * ONE_COPY)),
          );
      type |= layout;
      parts.push(dosageTracks(dosages, layout));
      if (layout !== 0 && random() < 0.3) {
        type |= 0x80;
        parts.push(Uint8Array.of(1, 2, 3, 4)); // dosage phase, which is not looked at
      }
    }
    records.push({ type, bytes: concat(parts) });
  }
  return { samples, records, rows: Int32Array.from(rows), expected };
}

function decode(k: Kernels, { samples, records, rows, expected }: Case, threshold: number, offset = 3) {
  const stride = Math.ceil(samples / 4) + 2;
  const bytes = concat([new Uint8Array(offset), ...records.map((record) => record.bytes)]);
  const places = new Int32Array(2 * records.length);
  let at = offset;
  for (const [r, record] of records.entries()) {
    places.set([at, record.bytes.length], 2 * r);
    at += record.bytes.length;
  }
  const target = new Uint8Array(expected.length * stride * (threshold === AS_DOSAGES ? DOSAGE_ROWS : 1));
  const sums = new Float64Array(DOSAGE_SUMS * records.length);
  const result = k.pgenRecords(
    bytes,
    places,
    Uint8Array.from(records, ({ type }) => type),
    rows,
    records.length,
    samples,
    threshold,
    new Uint8Array(Math.ceil(samples / 4)),
    target,
    stride,
    sums,
  );
  return { result, target, sums, stride };
}

const PLINK_CODES = [3, 2, 0, 1];

describeBackends((kernels) => {
  it('decodes every type of record, of any number of samples', () => {
    for (const samples of SIZES) {
      const one = randomCase(samples, samples > 1000 ? 8 : 60, samples);
      const { result, target, stride } = decode(kernels, one, -1);
      expect(result).toBe(0);
      for (const [row, categories] of one.expected.entries()) {
        const codes = packBits(
          Uint8Array.from({ length: 4 * stride }, (_, i) => (i < samples ? PLINK_CODES[categories[i]] : 1)),
          2,
        );
        expect(
          Buffer.compare(target.subarray(row * stride, (row + 1) * stride), codes),
          `${samples} ${row}`,
        ).toBe(0);
      }
    }
  });

  it('makes hard calls of dosages, and sums, or keeps them, as the oracle does', () => {
    for (const samples of SIZES.filter((size) => size <= 1000)) {
      for (const threshold of [AS_DOSAGES, -1, 0, 1638, 8191]) {
        const one = randomCase(samples, 40, 7 * samples + threshold);
        const [ours, theirs] = [decode(kernels, one, threshold, 1), decode(oracle, one, threshold)];
        expect(ours.result).toBe(0);
        expect(Buffer.compare(ours.target, theirs.target)).toBe(0);
        expect(ours.sums).toEqual(theirs.sums);
      }
    }
  });

  it('keeps dosages to 1/127 of a copy', () => {
    const samples = 9;
    const dosages = Int32Array.of(0, 64, 65, 8192, 16384, 20000, 32703, 32768, -1);
    const categories = Uint8Array.of(0, 0, 0, 3, 1, 1, 2, 2, 3);
    const bytes = concat([mainTrack(categories, 0, undefined), dosageTracks(dosages, 0x60)]);
    const one = { samples, records: [{ type: 0x60, bytes }], rows: Int32Array.of(0), expected: [categories] };
    const { result, target, stride } = decode(kernels, one, AS_DOSAGES);
    expect(result).toBe(0);
    const digitOf = [3, 0, 2, 1]; // 00, 01, 10, 11
    const levels = Array.from({ length: 4 * stride }, (_, i) =>
      [0, 1, 2, 3].reduce(
        (sum, k) => sum + 4 ** k * digitOf[(target[k * stride + (i >> 2)] >> (2 * (i & 3))) & 3],
        0,
      ),
    );
    const nearest = (dosage: number) => Math.round((dosage / ONE_COPY) * LEVELS_OF_COPY);
    expect(levels.slice(0, samples)).toEqual([
      ...Array.from(dosages).slice(0, 8).map(nearest),
      MISSING_LEVEL,
    ]);
    expect(levels.slice(samples).every((level) => level === 0)).toBe(true); // padding
  });

  it('finds the same fault as the oracle in damaged records', () => {
    const random = randomSource(11);
    const found = new Set<number>();
    for (let round = 0; round < 1500; round++) {
      const samples = SIZES[Math.floor(14 * random())];
      const one = randomCase(samples, 6, 1000 + round);
      const records = one.records.map(({ type, bytes }) => {
        const damaged = Uint8Array.from(bytes);
        if (random() < 0.5 && bytes.length > 0)
          damaged[Math.floor(random() * bytes.length)] = Math.floor(256 * random());
        const end = random() < 0.2 ? Math.floor(random() * (bytes.length + 1)) : bytes.length;
        const more = random() < 0.05 ? [0, 1] : [];
        return {
          type: random() < 0.05 ? Math.floor(256 * random()) : type,
          bytes: concat([damaged.subarray(0, end), more]),
        };
      });
      const damaged = { ...one, records };
      const threshold = round % 2 === 0 ? 1638 : AS_DOSAGES;
      const [ours, theirs] = [decode(kernels, damaged, threshold), decode(oracle, damaged, threshold)];
      expect(ours.result, `round ${round}`).toBe(theirs.result);
      found.add(ours.result % 32);
      if (ours.result === 0) expect(Buffer.compare(ours.target, theirs.target)).toBe(0);
    }
    for (const fault of [
      'cut',
      'leftOver',
      'listLength',
      'listOrder',
      'twoCategories',
      'noBase',
      'multiallelic',
      'dosage',
    ] as const)
      expect(found, fault).toContain(RecordFault[fault]);
  });

  it('decodes BGEN blocks of 1 to 32 bits as the oracle does, whole and damaged', () => {
    const random = randomSource(5);
    for (let round = 0; round < 1200; round++) {
      const samples = 1 + Math.floor(70 * random());
      const block = randomBlock(samples, 1 + (round % 32), random);
      if (round % 3 === 2)
        block[Math.floor(random() * Math.min(block.length, samples + 20))] = Math.floor(256 * random());
      const length = round % 7 === 6 ? Math.floor(random() * block.length) : block.length;
      const threshold = [0, 1638, 8191, AS_DOSAGES][round % 4];
      const stride = Math.ceil(samples / 4) + 1;
      const run = (k: Kernels) => {
        const row = new Uint8Array(stride * (threshold === AS_DOSAGES ? DOSAGE_ROWS : 1));
        const sums = new Float64Array(DOSAGE_SUMS);
        return { result: k.bgenBlock(block, length, samples, threshold, row, stride, sums), row, sums };
      };
      const [ours, theirs] = [run(kernels), run(oracle)];
      expect(ours.result, `round ${round}`).toBe(theirs.result);
      if (theirs.result !== 0) continue;
      expect(ours.row).toEqual(theirs.row);
      expect(ours.sums).toEqual(theirs.sums);
    }
  });
});

/** A block of one or two copies, phased or not, some of them missing. */
function randomBlock(samples: number, bits: number, random: () => number): Uint8Array {
  const one = 2 ** bits - 1;
  const phased = random() < 0.5;
  const mixed = random() < 0.3;
  const ploidies = Array.from(
    { length: samples },
    () => (mixed ? Math.floor(3 * random()) : 2) + (random() < 0.1 ? 128 : 0),
  );
  const values: number[] = [];
  for (const ploidy of ploidies) {
    const first = Math.round(one * (random() < 0.5 ? Math.round(random()) : random()));
    const second = phased ? Math.round(one * random()) : Math.round((one - first) * random());
    values.push(...[first, second].slice(0, ploidy & 63));
  }
  const probabilities = new Uint8Array(Math.ceil((values.length * bits) / 8));
  for (const [k, value] of values.entries()) {
    for (let bit = 0; bit < bits; bit++) {
      const at = k * bits + bit;
      probabilities[at >> 3] |= (Math.floor(value / 2 ** bit) & 1) << (at & 7);
    }
  }
  const number = (value: number, bytes: number) =>
    Array.from({ length: bytes }, (_, k) => (value >> (8 * k)) & 255);
  const limits = mixed ? [0, 2] : [2, 2];
  return concat([number(samples, 4), number(2, 2), limits, ploidies, [Number(phased), bits], probabilities]);
}

describe('lists of samples', () => {
  it('have IDs of as many bytes as the number of samples takes, as in PLINK 2', () => {
    expect(difflist(255, [7], [1])).toEqual(Uint8Array.of(1, 7, 1));
    expect(difflist(256, [7], [1])).toEqual(Uint8Array.of(1, 7, 0, 1));
  });
});
