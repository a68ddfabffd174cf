import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBlockList } from '../../src/formats/block-list.js';
import { fileWith } from './folder.js';

test('regions, with and without header and names, chromosomes with and without chr', async () => {
  const rows = '1 0 1000\nchr2\t500\t600\n1 1000 2000\n';
  for (const text of [rows, `chr start stop\n${rows}`, gzipSync(`#chrom\tchromStart\tchromEnd\n${rows}`)]) {
    const blocks = await readBlockList(fileWith(text));
    expect(blocks).toMatchObject({
      kind: 'regions',
      names: ['chr1:0-1000', 'chr2:500-600', 'chr1:1000-2000'],
    });
    const of = (chromosome: string, position: number) => blocks.blockOf(chromosome, position, 'rs1');
    expect([of('1', 1), of('chr1', 999), of('1', 1000), of('1', 2000), of('1', 2001)]).toEqual([
      0, 0, 2, 2, -1,
    ]);
    expect([of('2', 499), of('2', 500), of('chr2', 600), of('2', 601), of('3', 550)]).toEqual([
      -1, 1, 1, -1, -1,
    ]);
    expect([of('1', 0), of('1', -9)]).toEqual([-1, -1]);
  }
  expect((await readBlockList(fileWith('chr1 0 10 MHC\nchr1 10 20 rest\n'))).names).toEqual(['MHC', 'rest']);
});

test('regions in any order that touch or leave gaps hold each position once', async () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.integer({ min: 0, max: 1000 }), async (unsorted, seed) => {
      const sorted = unsorted.sort((a, b) => a - b);
      const regions = sorted.slice(1).map((end, i) => [sorted[i], end] as const);
      const kept = regions.filter((_, i) => i === 0 || (seed >> i) & 1).reverse();
      const blocks = await readBlockList(
        fileWith(kept.map(([start, end]) => `7 ${start} ${end}\n`).join('')),
      );
      for (let position = 1; position < 64; position++) {
        const inside = kept.findIndex(([start, end]) => start <= position && position < end);
        const atEnd = kept.findIndex(([, end]) => position === end);
        expect(blocks.blockOf('chr7', position, ''), `${position}`).toBe(inside >= 0 ? inside : atEnd);
      }
    }),
    { numRuns: 50 },
  );
});

test('variants and their blocks, with and without header', async () => {
  for (const header of ['', 'SNP block\n', 'variantID\tBlock\n']) {
    const blocks = await readBlockList(fileWith(`${header}rs1 gene1\nrs2 gene2\nrs3 gene1\n`));
    expect(blocks).toMatchObject({ kind: 'variants', names: ['gene1', 'gene2'] });
    expect(['rs1', 'rs2', 'rs3', 'rs4', 'SNP'].map((id) => blocks.blockOf('1', 5, id))).toEqual([
      0, 1, 0, -1, -1,
    ]);
  }
});
