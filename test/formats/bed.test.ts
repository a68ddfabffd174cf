import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BedWriter, openBed } from '../../src/formats/bed.js';
import { openFileset } from '../../src/formats/fileset.js';
import { SHARED, sharedFile } from '../shared.js';
import { folderWith } from './folder.js';

const HEADER = [0x6c, 0x1b, 1];

/** PLINK code of one genotype in a packed row. */
const codeAt = (row: Uint8Array, sample: number) => (row[sample >> 2] >> (2 * (sample & 3))) & 3;

/** Genotype codes, a row a variant, as a .bed file. */
function bedOf(codes: number[][]): Uint8Array {
  const rows = codes.flatMap((row) => {
    const bytes: number[] = Array(Math.ceil(row.length / 4)).fill(0);
    for (const [sample, code] of row.entries()) bytes[sample >> 2] |= code << (2 * (sample & 3));
    return bytes;
  });
  return Uint8Array.of(...HEADER, ...rows);
}

const genotypes = fc.integer({ min: 1, max: 40 }).chain((samples) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: samples, maxLength: samples }), {
    minLength: 1,
    maxLength: 12,
  }),
);

test('rows of any stride hold the codes of the file, and missing beyond the last sample', async () => {
  const path = join(folderWith(), 'x.bed');
  const request = fc.tuple(genotypes, fc.nat(70), fc.nat(), fc.nat(), fc.boolean());
  await fc.assert(
    fc.asyncProperty(request, async ([codes, wider, a, b, shared]) => {
      const samples = codes[0].length;
      writeFileSync(path, bedOf(codes));
      const bed = await openBed(path, { samples, variants: codes.length });
      const first = a % codes.length;
      const count = b % (codes.length - first + 1);
      const stride = Math.ceil(samples / 4) + wider;
      const bytes = count * stride + 3;
      const target = new Uint8Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)).fill(
        0xee,
      );
      await bed.readVariants(first, count, target, stride);
      await bed.close();
      for (let row = 0; row < count; row++) {
        const packed = target.subarray(row * stride, (row + 1) * stride);
        const expected = Array.from({ length: 4 * stride }, (_, sample) => codes[first + row][sample] ?? 1);
        expect(expected.map((_, sample) => codeAt(packed, sample))).toEqual(expected);
      }
      expect([...target.subarray(count * stride)]).toEqual([0xee, 0xee, 0xee]);
    }),
  );
});

test('what is written reads back; bits beyond the last sample are 0 in the file', async () => {
  const folder = folderWith();
  const path = join(folder, 'x.bed');
  await fc.assert(
    fc.asyncProperty(genotypes, fc.nat(70), fc.nat(12), async (codes, wider, split) => {
      const samples = codes[0].length;
      const whole = bedOf(codes);
      const rowBytes = Math.ceil(samples / 4);
      const stride = rowBytes + wider;
      const padded = new Uint8Array(codes.length * stride).fill(0x55);
      for (const [row, own] of codes.entries()) {
        for (const [sample, code] of own.entries()) {
          const at = row * stride + (sample >> 2);
          padded[at] = (padded[at] & ~(3 << (2 * (sample & 3)))) | (code << (2 * (sample & 3)));
        }
      }
      const first = Math.min(split, codes.length);
      const writer = await BedWriter.create(path, samples);
      await writer.append(padded, stride, first);
      await writer.append(padded.subarray(first * stride), stride, codes.length - first);
      await writer.finish();
      expect([...readFileSync(path)]).toEqual([...whole]);
    }),
    { numRuns: 50 },
  );
});

test('an aborted file leaves nothing', async () => {
  const folder = folderWith();
  const writer = await BedWriter.create(join(folder, 'x.bed'), 5);
  await writer.append(new Uint8Array(4), 2, 2);
  await writer.abort();
  expect(readdirSync(folder)).toEqual([]);
});

test('reads and writes larger than one request are whole', async () => {
  const path = join(folderWith(), 'x.bed');
  const samples = 4 * 100_003;
  const variants = 350;
  const stride = 100_003;
  const rows = new Uint8Array(variants * stride);
  for (let i = 0; i < rows.length; i++) rows[i] = (i * 2654435761) >>> 24;
  const writer = await BedWriter.create(path, samples);
  await writer.append(rows, stride, variants);
  await writer.finish();
  const bed = await openBed(path, { samples, variants });
  const target = new Uint8Array(variants * stride);
  await bed.readVariants(0, variants, target, stride);
  await bed.close();
  expect(Buffer.compare(target, rows)).toBe(0);
});

test('a file that shrinks after it was opened is told as such', async () => {
  const path = join(folderWith({ 'x.bed': Uint8Array.of(...HEADER, 1, 2, 3, 4) }), 'x.bed');
  const bed = await openBed(path, { samples: 4, variants: 4 });
  truncateSync(path, 5);
  await expect(bed.readVariants(0, 4, new Uint8Array(4), 1)).rejects.toThrow(
    `${path}: the file ends at byte 5, earlier than when it was opened`,
  );
  await bed.close();
});

test('requests beyond the file or the target are refused', async () => {
  const path = join(folderWith({ 'x.bed': Uint8Array.of(...HEADER, 1, 2) }), 'x.bed');
  const bed = await openBed(path, { samples: 4, variants: 2 });
  await expect(bed.readVariants(1, 2, new Uint8Array(9), 1)).rejects.toMatchObject({ tag: 'internal' });
  await expect(bed.readVariants(0, 2, new Uint8Array(1), 1)).rejects.toMatchObject({ tag: 'internal' });
  await expect(bed.readVariants(0, 2, new Uint8Array(9), 0)).rejects.toMatchObject({ tag: 'internal' });
  await bed.close();
});

test('the name of one file of a set serves as its prefix', async () => {
  const folder = folderWith({
    'x.fam': 'f a 0 0 1 -9\n',
    'x.bim': '1 rs1 0 1 A G\n',
    'x.bed': Uint8Array.of(...HEADER, 2),
  });
  for (const name of ['x', 'x.bed', 'x.bim', 'x.fam']) {
    const { paths, samples, variants, bed } = await openFileset(join(folder, name));
    await bed.close();
    expect(paths).toEqual({
      bed: join(folder, 'x.bed'),
      bim: join(folder, 'x.bim'),
      fam: join(folder, 'x.fam'),
    });
    expect([samples.count, variants.count, bed.samples, bed.variants]).toEqual([1, 1, 1, 1]);
  }
});

test.skipIf(SHARED === undefined)(
  'genotype counts of a real file agree with the frequencies of PLINK 2',
  async () => {
    const { samples, variants, bed } = await openFileset(sharedFile('data/mouse-hs/mouse'));
    const pheno = readFileSync(sharedFile('data/mouse-hs/mouse.pheno'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    const measured = new Set(
      pheno.filter((row) => !/^(NA|-9)$/.test(row.split('\t')[2])).map((row) => row.split('\t')[1]),
    );
    const people = samples.individualId.map((id) => measured.has(id));
    expect(people.filter(Boolean).length).toBe(1410);
    const rows = readFileSync(sharedFile('expected/plink2/mouse-hs.nocov.CD8.glm.linear'), 'utf8')
      .trimEnd()
      .split('\n');
    const printed = new Map(rows.slice(1).map((row) => [row.split('\t')[2], row.split('\t')]));
    const packed = new Uint8Array(Math.ceil(samples.count / 4));
    let compared = 0;
    for (const [index, id] of variants.id.entries()) {
      const row = printed.get(id);
      if (row === undefined || index % 10 !== 0) continue;
      await bed.readVariants(index, 1, packed, packed.length);
      let copies = 0;
      for (const [sample, isIn] of people.entries()) {
        if (isIn) copies += [2, Number.NaN, 1, 0][codeAt(packed, sample)];
      }
      const frequency = copies / 2820;
      const counted = row[5] === variants.allele1[index] ? frequency : 1 - frequency;
      if (row[3] !== row[4]) expect(counted, id).toBeCloseTo(Number(row[6]), 6);
      compared++;
    }
    await bed.close();
    expect(compared).toBeGreaterThan(900);
    expect(existsSync(bed.path)).toBe(true);
  },
);
