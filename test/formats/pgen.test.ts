import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HeredityError } from '../../src/errors.js';
import { bytesPerVariant } from '../../src/formats/bed.js';
import { openPgen, type PgenShape } from '../../src/formats/pgen.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { randomSource } from '../kernels/packed.js';
import { fileWith, folderWith } from './folder.js';
import {
  dosageTracks,
  type EncodedRecord,
  encodePgen,
  mainTrack,
  type PgenFile,
  packBits,
  phaseTrack,
} from './pgen-encoder.js';

const pool = new KernelPool(loadKernels(), 1);
const CODES = [3, 2, 0, 1];

interface Content {
  readonly samples: number;
  readonly records: EncodedRecord[];
  /** Categories of each variant. */
  readonly categories: Uint8Array[];
}

/** Variants whose records take turns in all types; differences chain from the last other record within a block of 65,536. */
function content(samples: number, variants: number, seed = 1): Content {
  const random = randomSource(seed);
  const records: EncodedRecord[] = [];
  const categories: Uint8Array[] = [];
  let base: Uint8Array | undefined;
  for (let v = 0; v < variants; v++) {
    if (v % 65536 === 0) base = undefined;
    const own = Uint8Array.from({ length: samples }, () => Math.floor(4 * random()));
    let type = [2, 3, 0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 2, 3, 2, 2, 2, 2][v % 18];
    if ((type & 6) === 2 && !base) type = 0;
    if (type === 5) own.fill(0);
    records.push({ type, bytes: mainTrack(own, type, base) });
    if ((type & 6) !== 2) base = own;
    categories.push(own);
  }
  return { samples, records, categories };
}

async function read(
  file: Uint8Array,
  shape: PgenShape,
  first = 0,
  count = shape.places?.length ?? shape.total,
) {
  const pgen = await openPgen(fileWith(file, 'x.pgen'), shape, { pool, threshold: undefined });
  try {
    const bytes = bytesPerVariant(shape.samples);
    const rows = new Uint8Array(count * bytes);
    await pgen.readVariants(first, count, rows, bytes);
    return rows;
  } finally {
    await pgen.close();
  }
}

function rowsOf(categories: readonly Uint8Array[], samples: number): Buffer {
  const bytes = bytesPerVariant(samples);
  const codes = (own: Uint8Array) =>
    packBits(
      Uint8Array.from({ length: 4 * bytes }, (_, i) => (i < samples ? CODES[own[i]] : 1)),
      2,
    );
  return Buffer.concat(categories.map(codes));
}

describe('openPgen', () => {
  it('reads every form of header, with allele counts, provisional references, extensions and space between blocks', async () => {
    const { samples, records, categories } = content(13, 200);
    const expected = rowsOf(categories, samples);
    const files: Partial<PgenFile>[] = [];
    for (const mode of [0x10, 0x11])
      for (let form = 0; form < 8; form++)
        for (const alleleBytes of [0, 1, 2, 3])
          for (const reference of [0, 2, 3]) files.push({ mode, form, alleleBytes, reference, gap: form });
    for (const file of files) {
      const bytes = encodePgen({ samples, records, ...file });
      const rows = await read(bytes, { samples, total: records.length, places: undefined });
      expect(expected.equals(rows), JSON.stringify(file)).toBe(true);
    }
  });

  it('reads the fixed-width modes', async () => {
    const random = randomSource(4);
    for (const [mode, type] of [
      [2, 0],
      [3, 0x40],
      [4, 0xc0],
    ] as const) {
      const { samples, categories } = content(9, 50, mode);
      const records = categories.map((own) => {
        const dosages = Int32Array.from(own, (category) => (category === 3 ? -1 : category * 16384));
        const phase = Uint8Array.from({ length: mode === 4 ? 2 * samples : 0 }, () =>
          Math.floor(256 * random()),
        );
        const parts = [mainTrack(own, 0), dosageTracks(dosages, type), phase];
        return { type, bytes: Uint8Array.from(parts.flatMap((part) => [...part])) };
      });
      for (const reference of [1, 3]) {
        const bytes = encodePgen({ samples, records, mode, form: 0, reference });
        const rows = await read(bytes, { samples, total: 50, places: undefined });
        expect(rowsOf(categories, samples).equals(rows)).toBe(true);
      }
    }
  });

  it('follows differences over any distance in a block, from any variant on, and not over the start of the next', async () => {
    const samples = 5;
    const variants = 2 * 65536 + 100;
    const { records, categories } = content(samples, variants);
    // the last 40,000 records before the boundary all differ from one
    let base = categories[25_000];
    records[25_000] = { type: 0, bytes: mainTrack(base, 0) };
    for (let v = 25_001; v < 65_536; v++)
      records[v] = { type: 2 + (v & 1), bytes: mainTrack(categories[v], 2 + (v & 1), base) };
    base = categories[65_536];
    const path = join(folderWith(), 'x.pgen');
    writeFileSync(path, encodePgen({ samples, records, mode: 0x11 }));
    const shape = { samples, total: variants, places: undefined };
    const pgen = await openPgen(path, shape, { pool, threshold: undefined });
    const bytes = bytesPerVariant(samples);
    const expected = rowsOf(categories, samples);
    const whole = new Uint8Array(variants * bytes);
    await pgen.readVariants(0, variants, whole, bytes);
    expect(expected.equals(whole)).toBe(true);
    for (const [first, count] of [
      [65_535, 1],
      [65_535, 2],
      [65_530, 20],
      [65_536, 3],
      [40_000, 10],
      [131_071, 5],
      [17, 1],
    ] as const) {
      const rows = new Uint8Array(count * bytes);
      await pgen.readVariants(first, count, rows, bytes);
      expect(expected.subarray(first * bytes, (first + count) * bytes).equals(rows), `${first}`).toBe(true);
    }
    await pgen.close();
    const refused = records.slice(0, 65_537);
    refused[65_536] = { type: 2, bytes: mainTrack(categories[65_536], 2, categories[65_530]) };
    await expect(
      read(encodePgen({ samples, records: refused }), { samples, total: 65_537, places: undefined }),
    ).rejects.toThrow(
      /x\.pgen: variant 65537: the record holds differences from another variant, and there is none/,
    );
  });

  it('leaves variants out, from which others may differ all the same', async () => {
    const { samples, records, categories } = content(21, 300);
    const random = randomSource(9);
    const places = Int32Array.from(categories.keys()).filter(() => random() < 0.6);
    for (const [v, record] of records.entries()) {
      if (places.includes(v) || (record.type & 6) === 2) continue;
      records[v] = { type: record.type | 8, bytes: Uint8Array.of(...record.bytes, 0, 9, 9, 9) }; // a third allele
    }
    const rows = await read(encodePgen({ samples, records }), { samples, total: 300, places });
    expect(
      rowsOf(
        Array.from(places, (v) => categories[v]),
        samples,
      ).equals(rows),
    ).toBe(true);
    await expect(
      read(encodePgen({ samples, records }), { samples, total: 300, places: undefined }),
    ).rejects.toThrow(/the record holds genotypes of a third allele, and the \.pvar file names two/);
  });

  it('passes phase, and reads dosages behind it', async () => {
    const { samples, categories } = content(40, 30);
    const random = randomSource(2);
    const records = categories.map((own, v) => {
      const dosages = Int32Array.from(own, (category) => (category === 1 ? 16384 + 3000 : -1));
      const parts = [mainTrack(own, 0), phaseTrack(own, random, v % 2 === 0), dosageTracks(dosages, 0x60)];
      return { type: 0x70, bytes: Uint8Array.from(parts.flatMap((part) => [...part])) };
    });
    const path = fileWith(encodePgen({ samples, records }), 'x.pgen');
    const pgen = await openPgen(path, { samples, total: 30, places: undefined }, { pool, threshold: 0.1 });
    const rows = new Uint8Array(30 * 10);
    await pgen.readVariants(0, 30, rows, 10);
    const withoutHets = categories.map((own) => own.map((category) => (category === 1 ? 3 : category)));
    expect(rowsOf(withoutHets, samples).equals(rows)).toBe(true);
    const hets = categories.reduce((sum, own) => sum + own.filter((category) => category === 1).length, 0);
    expect(pgen.losses?.report([...categories.keys()])).toMatchObject({
      threshold: 0.1,
      variants: 30,
      missing: hets,
    });
    await pgen.close();
  });

  it('says what is wrong with other files and other shapes', async () => {
    const { samples, records } = content(6, 20);
    const good = encodePgen({ samples, records, form: 4 });
    const shape = { samples, total: 20, places: undefined };
    const changed = (at: number, byte: number) => {
      const bytes = Uint8Array.from(good);
      bytes[at] = byte;
      return bytes;
    };
    const cases: [Uint8Array, PgenShape, RegExp][] = [
      [
        good,
        { ...shape, samples: 7 },
        /^\S+x\.pgen: the \.psam file does not have as many samples .* \(found 7, expected 6\)/,
      ],
      [
        good,
        { ...shape, total: 21 },
        /the \.pvar file does not have as many variants .* \(found 21, expected 20\)/,
      ],
      [
        changed(1, 0x1c),
        shape,
        /this is not a PLINK 2 \.pgen file \(found "6c 1c 10", expected the bytes 6c 1b\)/,
      ],
      [changed(2, 0), shape, /sample by sample \(sample-major\)/],
      [
        changed(2, 0x20),
        shape,
        /the index of this \.pgen file is in a file of its own, which is not read \(found "0x20"\)/,
      ],
      [changed(2, 0x55), shape, /the storage mode of this \.pgen file is not known \(found "0x55"\)/],
      [
        changed(11, 0x4d),
        shape,
        /the header of this \.pgen file is of a form that is not known \(found "0xd"\)/,
      ],
      [changed(12, 3), shape, /the variants from 1 on begin within the header/],
      [good.subarray(0, 11), shape, /the file is too short/],
      [good.subarray(0, 30), shape, /the file ends within its header/],
      [good.subarray(0, good.length - 1), shape, /the file is cut off within variant 20/],
      [
        changed(good.length - 1, 255),
        shape,
        /x\.pgen: variant 20: the record .*\. Copy or download the file again/,
      ],
    ];
    for (const [file, wanted, message] of cases) await expect(read(file, wanted)).rejects.toThrow(message);
  });

  it('never fails but in words, however a file is damaged or cut', async () => {
    const random = randomSource(77);
    const { samples, records } = content(70, 60);
    const good = encodePgen({ samples, records, mode: 0x11, form: 5 });
    const shape = { samples, total: 60, places: undefined };
    let refused = 0;
    for (let round = 0; round < 600; round++) {
      const bytes = Uint8Array.from(good);
      for (let k = 0; k < 1 + (round % 4); k++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(256 * random());
      const end = round % 3 === 0 ? Math.floor(random() * bytes.length) : bytes.length;
      await read(bytes.subarray(0, end), shape).catch((error) => {
        expect(error).toBeInstanceOf(HeredityError);
        expect((error as HeredityError).tag).toBe('bad-input');
        refused++;
      });
    }
    expect(refused).toBeGreaterThan(200);
  });
});
