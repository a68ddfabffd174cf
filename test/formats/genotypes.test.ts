import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesPerVariant } from '../../src/formats/bed.js';
import { readBim } from '../../src/formats/bim.js';
import { type GenotypeChoice, type Genotypes, openGenotypes } from '../../src/formats/genotypes.js';
import { folderWith } from './folder.js';
import { bedRows, HAS_PLINK2, plink2 } from './plink2.js';

/** All rows as a .bed file has them: the bits after the last sample are 0. */
async function exported({ source, samples, variants }: Genotypes): Promise<Buffer> {
  const bytes = bytesPerVariant(samples.count);
  const rows = new Uint8Array(variants.count * bytes);
  await source.readVariants(0, variants.count, rows, bytes);
  const used = (1 << (2 * (samples.count % 4 || 4))) - 1;
  for (let v = 1; v <= variants.count; v++) rows[v * bytes - 1] &= used;
  return Buffer.from(rows);
}

async function expectSameAsBed(choice: GenotypeChoice, bed: string): Promise<Genotypes> {
  const genotypes = await openGenotypes(choice);
  const bim = await readBim(`${bed}.bim`);
  expect(genotypes.variants.count).toBe(bim.count);
  expect(genotypes.variants.allele1).toEqual(bim.allele1);
  expect(genotypes.variants.allele2).toEqual(bim.allele2);
  expect(genotypes.variants.position).toEqual(bim.position);
  expect(Buffer.compare(await exported(genotypes), bedRows(`${bed}.bed`))).toBe(0);
  await genotypes.close();
  return genotypes;
}

/** Sizes around those where samples fill bytes and words, and where IDs take one more byte. */
const SIZES = [1, 3, 4, 5, 31, 64, 65, 255, 256, 257, 300, 1111];

describe.skipIf(!HAS_PLINK2)('files that plink2 makes are read as plink2 converts them to .bed', () => {
  it('hard calls in .pgen, of any number of samples', async () => {
    for (const samples of SIZES) {
      const folder = folderWith();
      const inFolder = (name: string) => join(folder, name);
      plink2(folder, '--dummy', String(samples), '400', '0.05', '--seed', String(samples), '--out', 'a');
      plink2(folder, '--pfile', 'a', '--make-bed', '--out', 'b');
      await expectSameAsBed({ pfile: inFolder('a') }, inFolder('b'));
    }
  });

  it('dosages in .pgen: hard calls as stored, and made anew at other thresholds', async () => {
    for (const samples of [7, 64, 300]) {
      const folder = folderWith();
      const inFolder = (name: string) => join(folder, name);
      plink2(
        folder,
        '--dummy',
        String(samples),
        '200',
        '0.05',
        'dosage-freq=0.4',
        '--seed',
        '3',
        '--out',
        'a',
      );
      plink2(folder, '--pfile', 'a', '--make-bed', '--out', 'b');
      await expectSameAsBed({ pfile: inFolder('a') }, inFolder('b'));
      for (const threshold of ['0', '0.05', '0.1', '0.25', '0.499']) {
        plink2(folder, '--pfile', 'a', '--hard-call-threshold', threshold, '--make-bed', '--out', 'c');
        await expectSameAsBed({ pfile: inFolder('a'), hardCallThreshold: Number(threshold) }, inFolder('c'));
      }
    }
  });

  it('BGEN 1.2 and 1.3 of 1 to 16 bits, with .sample', async () => {
    const folder = folderWith();
    const inFolder = (name: string) => join(folder, name);
    plink2(folder, '--dummy', '103', '120', '0.05', 'dosage-freq=0.4', '--seed', '5', '--out', 'a');
    // versions differ in compression alone, thresholds are applied to what has been decoded
    const everyWidth = Array.from({ length: 16 }, (_, k) => k + 1);
    for (const [version, widths] of [
      ['bgen-1.2', everyWidth],
      ['bgen-1.3', [1, 8, 13, 16]],
    ] as const) {
      for (const bits of widths) {
        plink2(folder, '--pfile', 'a', '--export', version, `bits=${bits}`, 'ref-first', '--out', 'x');
        for (const threshold of bits % 8 === 0 ? [undefined, '0.3'] : [undefined]) {
          const more = threshold ? ['--hard-call-threshold', threshold] : [];
          plink2(
            folder,
            '--bgen',
            'x.bgen',
            'ref-first',
            '--sample',
            'x.sample',
            ...more,
            '--make-bed',
            '--out',
            'b',
          );
          const hardCallThreshold = threshold && Number(threshold);
          await expectSameAsBed(
            {
              bgen: inFolder('x.bgen'),
              sample: inFolder('x.sample'),
              ...(hardCallThreshold && { hardCallThreshold }),
            },
            inFolder('b'),
          );
        }
      }
    }
  });
});
