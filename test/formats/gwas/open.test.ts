import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { openGwasTable } from '../../../src/formats/gwas/open.js';
import type { GwasTable } from '../../../src/formats/gwas/table.js';
import { fileWith } from '../folder.js';

/** Every value of a table as text, missing ones as null. */
async function readAll(table: GwasTable): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  const columns = table.names.map((_, column) => column);
  await table.read(columns, (row) =>
    rows.push(columns.map((column) => (row.isNotAvailable(column) ? null : row.text(column)))),
  );
  return rows;
}

const word = fc
  .stringMatching(/^[A-Za-z0-9_:+-]{1,8}$/)
  .filter((text) => !/^(na|nan|none|null|-nan)$/i.test(text));
const cells = fc.integer({ min: 2, max: 5 }).chain((width) =>
  fc.array(fc.array(fc.option(word), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 8,
  }),
);

test('text with any separator, quoted or not, reads back as it was written', async () => {
  const layout = fc.record({
    separator: fc.constantFrom('\t', ',', ' ', '  '),
    quoted: fc.boolean(),
    end: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cells, layout, async (rows, { separator, quoted, end, last }) => {
      const names = rows[0].map((_, i) => `c${i}`);
      const isBlank = separator.startsWith(' ');
      const field = (text: string | null) =>
        text === null ? (isBlank ? 'NA' : '') : quoted ? `"${text}"` : text;
      const lines = [names, ...rows].map((row) => row.map(field).join(separator));
      // a line of nothing is a blank line, which is skipped
      const kept = rows.filter((row) => isBlank || row.some((text) => text !== null));
      const table = await openGwasTable(fileWith(lines.join(end) + (last ? end : '')));
      expect(table.names).toEqual(names);
      expect(await readAll(table)).toEqual(kept.map((row) => [...row]));
    }),
    { numRuns: 150 },
  );
});

test('fields with commas and blanks in quotes', async () => {
  const table = await openGwasTable(fileWith('snp,trait,p\nrs1,"height, adult",0.5\nrs2, x y ,0.1\n'));
  expect(await readAll(table)).toEqual([
    ['rs1', 'height, adult', '0.5'],
    ['rs2', 'x y', '0.1'],
  ]);
});

test('lines about the file, and the # of the header, are skipped', async () => {
  const table = await openGwasTable(
    fileWith('##fileformat=PGCsumstatsVCFv1.0\n##note="a b"\n#CHROM\tID\tP\n1\trs1\t0.5\n'),
  );
  expect([table.names, await readAll(table)]).toEqual([['CHROM', 'ID', 'P'], [['1', 'rs1', '0.5']]]);
});

test('a header longer than the first piece that is looked at', async () => {
  const about = '##contig=<ID=1,length=5>\n'.repeat(100_000);
  const rows = Array.from({ length: 60_000 }, (_, i) => `rs${i}\t0.5\n`).join('');
  const table = await openGwasTable(fileWith(`${about}SNP\tP\n${rows}`));
  expect(table.sample.length).toBeGreaterThan(100);
  const read = await readAll(table);
  expect([read.length, read.at(-1)]).toEqual([60_000, ['rs59999', '0.5']]);
});

test('progress ends at the size of the file', async () => {
  const path = fileWith('SNP P\n'.concat('rs1 0.5\n'.repeat(400_000)));
  const seen: number[] = [];
  await readAll(await openGwasTable(path, (bytes) => seen.push(bytes)));
  expect(seen.at(-1)).toBe(readFileSync(path).length);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('Parquet of several row groups, with nothing, whole numbers and words', async () => {
  const count = 1000;
  const data = {
    id: Array.from({ length: count }, (_, i) => `rs${i}`),
    n: Array.from({ length: count }, (_, i) => BigInt(i)),
    p: Array.from({ length: count }, (_, i) => (i % 7 === 0 ? undefined : i / count)),
  };
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: data.id, type: 'STRING' },
      { name: 'n', data: data.n, type: 'INT64' },
      { name: 'p', data: data.p, type: 'DOUBLE', nullable: true },
    ],
    rowGroupSize: 300,
  });
  const table = await openGwasTable(fileWith(new Uint8Array(bytes)));
  expect([table.names, table.sample[1]]).toEqual([
    ['id', 'n', 'p'],
    ['rs1', '1', '0.001'],
  ]);
  const read = await readAll(table);
  expect(read).toEqual(
    data.id.map((id, i) => [id, String(i), data.p[i] === undefined ? null : String(data.p[i])]),
  );
});
