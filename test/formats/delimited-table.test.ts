import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readDelimitedTable } from '../../src/formats/delimited-table.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-delimited-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array, name = 'pairs.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('readDelimitedTable', () => {
  it.each([
    ['commas', 'id,y,group\na,1.5,older women\nb,NA,young\nc,,x\n'],
    ['commas and quotes', '"id","y","group"\r\n"a",1.5,"older women"\r\nb,"NA",young\r\n"c","",x'],
    [
      'tabs',
      'id\ty\tgroup\na\t1.5\tolder women\nb\tNA\tyoung\nc\t\tx\n'.replace('older women', 'older_women'),
    ],
  ])('reads fields separated by %s', async (_, text) => {
    const table = await readDelimitedTable(file(text));
    expect(table.names).toEqual(['id', 'y', 'group']);
    expect(table.rowCount).toBe(3);
    expect([...table.numbers('y')]).toEqual([1.5, Number.NaN, Number.NaN]);
    expect(table.texts('group').map((word) => word.replace('_', ' '))).toEqual(['older women', 'young', 'x']);
    expect(table.texts('y')).toEqual(['1.5', '', '']);
  });

  it('keeps commas and doubled quotes inside quotes', async () => {
    const table = await readDelimitedTable(file('a,b\n"x, ""y""",2\n'));
    expect(table.texts('a')).toEqual(['x, "y"']);
  });

  it('reads gzip', async () => {
    const table = await readDelimitedTable(file(gzipSync('a b\n1 2\n'), 'table.gz'));
    expect([...table.numbers('b')]).toEqual([2]);
  });

  it.each([
    ['a,b\n1,2,3\n', /:2: the line has 3 fields instead of 2/],
    ['a,b\n"1,2\n', /:2: a quoted field does not end/],
    ['a,a\n1,2\n', /:1: two columns are called a/],
    ['a,,b\n1,2,3\n', /:1: column 2 has no name/],
    ['a,b\n', /no rows below its column names/],
  ])('refuses %j', async (text, message) => {
    await expect(readDelimitedTable(file(text))).rejects.toThrow(message);
  });

  it('names the place of what is not a number, and columns near a mistyped name', async () => {
    const table = await readDelimitedTable(file('bmi1,bmi2\n1,2\n3,tall\n'));
    expect(() => table.numbers('bmi2')).toThrow(
      /pairs\.csv:3:2: bmi2 is not a number \(found "tall", expected/,
    );
    expect(() => table.numbers('bmi3')).toThrow(/no column bmi3 .*bmi1, bmi2.*[Dd]id you mean/);
  });
});
