import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from '../../src/formats/id-table.js';
import { readSumstats, readSumstatsFor } from '../../src/formats/sumstats.js';
import { fileWith } from './folder.js';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ message }: Error) => message,
  );

const row = fc.record({ id: fc.nat(30), isPlain: fc.boolean(), hasZ: fc.boolean() });

test('rows are found in a table as if they were read first and then joined, or fail with the same words', async () => {
  const tables = fc.uniqueArray(fc.nat(30), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      tables,
      fc.boolean(),
      fc.array(row, { minLength: 1, maxLength: 14 }),
      fc.nat(14),
      async (known, isPacked, some, inOrder) => {
        // as many rows in the order of the table before others
        const first = known.slice(0, inOrder).map((id) => ({ id, isPlain: id % 3 > 0, hasZ: true }));
        const rows = inOrder > 10 && first.length > 0 ? first : [...first, ...some];
        const table = new IdTable(known.map((id) => `rs${id}`));
        const lines = rows.map(
          ({ id, isPlain, hasZ }) => `${isPlain ? `rs${id}` : `"rs${id}"`}\t${hasZ ? 1 : 'NA'}\t9\n`,
        );
        const file = fileWith(`SNP\tZ\tN\n${lines.join('')}`);
        const own = isPacked ? IdTable.fromPacked(table.packed()) : table;
        const words = await failure(readSumstats(file, { alleles: false }));
        expect(await failure(readSumstatsFor(own, file, { alleles: false }))).toEqual(words);
        if (words !== undefined) return;
        const { ids, ...values } = await readSumstats(file, { alleles: false });
        const { rowOf, firstId, ...matched } = await readSumstatsFor(own, file, { alleles: false });
        expect(matched).toEqual(values);
        const rowsOf = ids.rowsOf(table);
        const isSame = ids.count === table.count && rowsOf.every((row, index) => row === index);
        expect(rowOf).toEqual(isSame ? undefined : rowsOf);
        expect(firstId).toBe(ids.text(0));
      },
    ),
    { numRuns: 250 },
  );
});

test('an ID that comes again is named with both lines, whether or not the table has it', async () => {
  const table = new IdTable(['rs1', 'rs2', 'rs3']);
  const message = (ids: readonly string[]) =>
    failure(
      readSumstatsFor(table, fileWith(`SNP\tZ\tN\n${ids.map((id) => `${id}\t1\t9\n`).join('')}`), {
        alleles: false,
      }),
    );
  expect(await message(['rs3', 'rs7', 'rs1', 'rs3', 'rs7'])).toMatch(
    /:5:1: variant rs3 is already on line 2/,
  );
  expect(await message(['rs3', 'rs7', 'rs1', 'rs7', 'rs3'])).toMatch(
    /:5:1: variant rs7 is already on line 3/,
  );
});
