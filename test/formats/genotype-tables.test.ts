import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HeredityError } from '../../src/errors.js';
import { unzstdExactly, unzstdInJavaScript } from '../../src/formats/decompress.js';
import { openGenotypes } from '../../src/formats/genotypes.js';
import { readPsam } from '../../src/formats/psam.js';
import { readPvar } from '../../src/formats/pvar.js';
import { randomSource } from '../kernels/packed.js';
import { bgenBlock, bgenFile } from './bgen-file.js';
import { type Files, fileWith, folderWith } from './folder.js';
import { concat, encodePgen } from './pgen-encoder.js';

// "a\tb\n" times 3 as one zstd frame
const ZSTD = Buffer.from('KLUv/QBYYQAAYQliCmEJYgphCWIK', 'base64');

describe('readPvar', () => {
  it('reads headers of any order, files without one, and VCF files', async () => {
    const files = [
      '##fileformat=VCFv4.2\n#CHROM POS ID REF ALT CM\n1 10 a G A 0.5\n1 20 b T C .\n',
      '#CHROM\tID\tPOS\tALT\tREF\tINFO\n1\ta\t10\tA\tG\tX=1\n1\tb\t20\tC\tT\t.\n',
      '1 a 0.5 10 A G\n1 b 0 20 C T\n',
      '1 a 10 A G\n1 b 20 C T\n',
      '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\n1\t10\ta\tG\tA\t.\t.\t.\tGT\t0/1\n1\t20\tb\tT\tC\t.\t.\t.\tGT\t0/1\n',
    ];
    for (const text of files) {
      const { variants, total, places } = await readPvar(fileWith(text));
      expect(variants).toMatchObject({ id: ['a', 'b'], allele1: ['A', 'C'], allele2: ['G', 'T'] });
      expect([...variants.position]).toEqual([10, 20]);
      expect([total, places]).toEqual([2, undefined]);
    }
  });

  it('names variants that have no ID of their own, and leaves out those of more than two alleles', async () => {
    const rows = ['1 10 . G A', '1 20 x T C', '1 20 x T G', '1 30 y A C,G', '2 5 . A T'];
    const { variants, total, places, notes } = await readPvar(
      fileWith(`#CHROM POS ID REF ALT\n${rows.join('\n')}\n`),
    );
    expect(variants.id).toEqual(['1:10:G:A', 'x', 'x:1:20:T:G', '2:5:A:T']);
    expect([total, [...places!]]).toEqual([5, [0, 1, 2, 4]]);
    expect(notes.join()).toMatch(/2 variants have no ID.*1 variants have the ID of an earlier one/s);
  });

  it.each([
    ['#CHROM POS ID REF\n', /the header has no column ALT/],
    ['#CHROM POS ID REF ALT\n1 x a A G\n', /:2:2: the position is not a whole number/],
    ['#CHROM POS ID REF ALT\n1 5 a A\n', /:2: the line has 4 fields instead of 5 or more/],
    [
      '#CHROM POS ID REF ALT\n1 5 a A G\n2 5 b A G\n1 9 c A G\n',
      /:4: chromosome 1 ended at line 2, and here it is again/,
    ],
    ['#CHROM POS ID REF ALT\n1 5 . A G\n1 5 . A G\n', /:3: the variant is there twice/],
    ['#CHROM POS ID REF ALT\n1 -5 a A G\n', /the position is not a whole number from 0/],
    ['#CHROM POS ID REF ALT\n', /there are no variants of two alleles/],
    ['1 2 3\n', /the line has 3 fields/],
  ])('says what is wrong: %j', async (text, message) => {
    await expect(readPvar(fileWith(text))).rejects.toThrow(message);
  });
});

describe('readPsam', () => {
  it('reads people with and without families, and sex in each of its codes', async () => {
    const table = await readPsam(fileWith('#IID SEX PHENO1\na M 1\nb f NA\nc NA 2\n'));
    expect(table).toMatchObject({
      familyId: ['0', '0', '0'],
      individualId: ['a', 'b', 'c'],
      phenotype: ['1', '-9', '2'],
      withoutFamilies: true,
    });
    expect([...table.sex]).toEqual([1, 2, 0]);
    const families = await readPsam(fileWith('##x\n#FID IID PAT MAT SEX\nf a 0 0 1\nf b a 0 2\n'));
    expect(families).toMatchObject({ familyId: ['f', 'f'], fatherId: ['0', 'a'] });
    expect(families.withoutFamilies).toBeUndefined();
    expect((await readPsam(fileWith('f a 0 0 1 -9\n'))).count).toBe(1);
  });

  it.each([
    ['#FID SEX\n', /the column after #FID is not IID/],
    ['#IID SEX SEX\n', /two columns have the same name/],
    ['#IID SEX\na 1\na 1\n', /sample 0 a is already on line 2/],
    ['#IID SEX\na\n', /:2: the line has 1 fields instead of 2/],
    ['#IID SEX\n', /there are no samples/],
  ])('says what is wrong: %j', async (text, message) => {
    await expect(readPsam(fileWith(text))).rejects.toThrow(message);
  });
});

const VCF = '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\n';
const line = (format: string, ...samples: string[]) =>
  `1\t10\trs${format}\tG\tA\t.\t.\t.\t${format}\t${samples.join('\t')}\n`;

async function vcfRow(text: string, hardCallThreshold?: number): Promise<number[]> {
  const genotypes = await openGenotypes({ vcf: fileWith(VCF + text), hardCallThreshold });
  const row = new Uint8Array(1);
  await genotypes.source.readVariants(0, 1, row, 1);
  return [0, 1, 2].map((i) => (row[0] >> (2 * i)) & 3);
}

describe('VCF', () => {
  it('reads GT of any form, and DS where there is no GT or a threshold is given', async () => {
    expect(await vcfRow(line('GT', '0/0', '0|1', '1/1'))).toEqual([3, 2, 0]);
    expect(await vcfRow(line('GT:DP', './.:3', '.', '1:2'))).toEqual([1, 1, 0]);
    expect(await vcfRow(line('GT', '0/.', './1', '0'))).toEqual([1, 1, 3]);
    expect(await vcfRow(line('DS', '0.05', '1.2', '1.95'))).toEqual([3, 1, 0]);
    expect(await vcfRow(line('GT:DS', '0/1:0', '0/0:1.2', '1/1:.'), 0.3)).toEqual([3, 2, 0]);
    expect(await vcfRow(line('GT:DS', '0/1:0', '0/0:1.2', '1/1:.'))).toEqual([2, 3, 0]);
  });

  it.each([
    [line('GT', '0/0', '0/2', '0/0'), /:3:11: a genotype cannot be read \(sample b\) \(found "0\/2"/],
    [line('GT', '0/0', '0/0/1', '0/0'), /a genotype cannot be read/],
    [line('GT', '0/0', '0/0'), /:3: the line has 11 fields \(expected 12, between tabs\)/],
    [line('GT', '0/0', '0/0', '0/0', '0/0'), /more fields than the header names samples/],
    [line('DP', '1', '1', '1'), /neither genotypes nor dosages/],
    [line('DS', '1', 'x', '1'), /a dosage is not a number \(sample b\)/],
    [line('DS', '1', '2.1', '1'), /a dosage is above 2 \(sample b\)/],
    ['1\t10\n', /the line has 2 fields/],
  ])('says what is wrong: %j', async (text, message) => {
    await expect(openGenotypes({ vcf: fileWith(VCF + text) })).rejects.toThrow(message);
  });
});

const block = (...values: number[]) => bgenBlock(2, values);
const SAMPLE = 'ID_1 ID_2 missing sex\n0 0 0 D\na a 0 1\nb b 0 2\n';

async function readBgen(file: Uint8Array, sample: string = SAMPLE) {
  const folder = folderWith({ 'x.bgen': file, 'x.sample': sample });
  const genotypes = await openGenotypes({ bgen: join(folder, 'x.bgen') });
  const rows = new Uint8Array(genotypes.variants.count);
  try {
    await genotypes.source.readVariants(0, genotypes.variants.count, rows, 1);
  } finally {
    await genotypes.close();
  }
  return { genotypes, codes: Array.from(rows, (row) => [row & 3, (row >> 2) & 3]) };
}

describe('BGEN', () => {
  it('counts the second allele, leaves out variants of three, and finds the .sample file beside it', async () => {
    for (const compression of [0, 1] as const) {
      const { genotypes, codes } = await readBgen(
        bgenFile(
          2,
          [
            { alleles: ['A', 'G'], block: block(255, 0, 0, 0) },
            { alleles: ['A', 'G', 'T'], block: [9, 9] },
            { alleles: ['C', 'T'], block: block(0, 255, 100, 100) },
          ],
          compression,
        ),
      );
      expect(codes).toEqual([
        [3, 0],
        [2, 1],
      ]);
      expect(genotypes.totalVariants).toBe(3);
      expect(genotypes.variants).toMatchObject({
        id: ['rs0', 'rs2'],
        chromosome: ['1', '1'],
        allele1: ['G', 'T'],
        allele2: ['A', 'C'],
      });
      expect(genotypes.samples).toMatchObject({ familyId: ['a', 'b'], individualId: ['a', 'b'] });
      expect(genotypes.notes.join()).toMatch(/the samples are those of .*x\.sample/);
      expect(genotypes.hardCalls([0, 1])).toMatchObject({ threshold: 0.1, variants: 2, missing: 1 });
    }
  });

  it('says what is wrong, with the number of the variant', async () => {
    const good = bgenFile(2, [{ alleles: ['A', 'G'], block: block(255, 0, 0, 0) }]);
    const bad = (own: number[]) =>
      bgenFile(2, [
        { alleles: ['A', 'G'], block: block(0, 0, 0, 0) },
        { alleles: ['A', 'G'], block: own },
      ]);
    const cases: [Uint8Array, RegExp][] = [
      [bad(block(200, 100, 0, 0)), /x\.bgen: variant 2: the probabilities of a sample sum to more than 1/],
      [bad(block(0, 0, 0)), /variant 2: the record ends early/],
      [
        bad([3, ...block(0, 0, 0, 0).slice(1)]),
        /variant 2: the record has another number of samples than the file/,
      ],
      [bad([...block(0, 0, 0, 0).slice(0, 6), 2, 3, 2, 3, 0, 8, 0, 0, 0, 0, 0]), /variant 2: .*ploidy/],
      [
        bad(block(...new Array<number>(99).fill(0))),
        /variant 2: its genotypes are longer than those of its samples can be/,
      ],
      [good.subarray(0, good.length - 1), /the file is cut off within variant 1/],
      [good.subarray(0, 30), /the file is cut off within variant 1/],
      [Uint8Array.from(good, (byte, k) => (k === 20 ? 5 : byte)), /an older layout \(found "layout 1"/],
      [Uint8Array.from(good, (byte, k) => (k === 16 ? 0 : byte)), /this is not a BGEN file/],
    ];
    for (const [file, message] of cases) await expect(readBgen(file)).rejects.toThrow(message);
    await expect(readBgen(good, SAMPLE.replace('b b 0 2\n', ''))).rejects.toThrow(
      /the file names 1 samples, and .*x\.bgen has 2/,
    );
  });

  it('never fails but in words, however a file is damaged or cut', async () => {
    const random = randomSource(3);
    const good = bgenFile(
      2,
      Array.from({ length: 8 }, () => ({ alleles: ['A', 'G'], block: block(255, 0, 0, 255) })),
    );
    for (let round = 0; round < 300; round++) {
      const file = Uint8Array.from(good);
      for (let k = 0; k < 1 + (round % 3); k++)
        file[Math.floor(random() * file.length)] = Math.floor(256 * random());
      const end = round % 4 === 0 ? Math.floor(random() * file.length) : file.length;
      await readBgen(file.subarray(0, end)).catch((error) => expect(error).toBeInstanceOf(HeredityError));
    }
  });
});

describe('several files', () => {
  const fileset = (name: string, chromosome: number, psam = '#IID SEX\na 1\nb 2\n'): Files => ({
    [`${name}.pgen`]: encodePgen({ samples: 2, records: [{ type: 0, bytes: Uint8Array.of(chromosome) }] }),
    [`${name}.pvar`]: `#CHROM POS ID REF ALT\n${chromosome} 5 x G A\n`,
    [`${name}.psam`]: psam,
  });

  it('follow each other, and IDs of an earlier file are told apart', async () => {
    const folder = folderWith({ ...fileset('c1', 1), ...fileset('c2', 2) });
    const genotypes = await openGenotypes({ pfile: join(folder, 'c@') });
    expect(genotypes.variants).toMatchObject({ chromosome: ['1', '2'], id: ['x', 'x:2:5:G:A'] });
    const rows = new Uint8Array(2);
    await genotypes.source.readVariants(0, 2, rows, 1);
    expect([...rows].map((row) => row & 3)).toEqual([2, 0]);
    expect(genotypes.paths).toHaveLength(6);
    await genotypes.close();
  });

  it('have to be of the same people, the first who differs is named', async () => {
    const tries: [string, RegExp][] = [
      ['#IID SEX\na 1\nc 2\n', /c2\.psam: sample 0 b of .*c1\.psam is not in this file/],
      ['#IID SEX\nb 1\na 2\n', /c2\.psam: sample 1 is 0 b, and 0 a in .*c1\.psam/],
    ];
    for (const [psam, message] of tries) {
      const folder = folderWith({ ...fileset('c1', 1), ...fileset('c2', 2, psam) });
      await expect(openGenotypes({ pfile: join(folder, 'c@') })).rejects.toThrow(message);
    }
    const folder = folderWith({ ...fileset('c1', 1), ...fileset('c2', 1) });
    await expect(
      openGenotypes({ pfile: ['c1', 'c2'].map((name) => join(folder, name)).join(',') }),
    ).resolves.toBeDefined();
  });
});

describe('zstd', () => {
  it('is decompressed to exactly what it should be, or refused', () => {
    const text = Buffer.from('a\tb\na\tb\na\tb\n');
    for (const decompress of [unzstdExactly, unzstdInJavaScript]) {
      expect(Buffer.from(decompress(ZSTD, text.length)!)).toEqual(text);
      for (const size of [0, 11, 13]) expect(decompress(ZSTD, size)).toBeUndefined();
      expect(decompress(ZSTD.subarray(0, 12), 12)).toBeUndefined();
    }
  });

  it('is read wherever text is', async () => {
    const folder = folderWith({ 'x.pvar': '#CHROM POS ID REF ALT\n1 5 x G A\n' });
    try {
      execFileSync('zstd', ['-q', join(folder, 'x.pvar')]);
    } catch {
      return; // the program is not there; what it writes is tested above
    }
    expect((await readPvar(join(folder, 'x.pvar.zst'))).variants.id).toEqual(['x']);
    expect(readFileSync(join(folder, 'x.pvar.zst'))[0]).toBe(0x28);
    expect(concat([])).toHaveLength(0);
  });
});
