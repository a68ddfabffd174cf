import { expect, test } from 'vitest';
import { formatEstimate } from '../../src/estimate/number.js';
import { type Column, textTable, tsv } from '../../src/report/table.js';

interface Row {
  trait: string;
  n: number;
  h2: number | null;
  se: number;
}

const rows: Row[] = [
  { trait: 'height', n: 337205, h2: 0.25134, se: 0.0087 },
  { trait: 'ĥ²', n: 12, h2: -0.5, se: 0.31 },
  { trait: 'constant', n: 1000, h2: null, se: 0 },
];

const columns: Column<Row>[] = [
  { name: 'trait', value: (row) => row.trait },
  { name: 'n', unit: 'samples', value: (row) => row.n },
  { name: 'h2', header: 'h² (SE)', value: (row) => row.h2, text: (row) => formatEstimate(row.h2!, row.se) },
];

test('a table for people lines up words on the left and numbers on the point', () => {
  expect(textTable(columns, rows)).toBe(
    [
      'trait           n           h² (SE)',
      '          samples',
      '--------  -------  ----------------',
      'height    337,205   0.2513 (0.0087)',
      'ĥ²             12  -0.50 (0.31)',
      'constant    1,000   -',
    ].join('\n'),
  );
});

test('a table without rows is its head', () => {
  expect(textTable(columns.slice(0, 1), [])).toBe('trait\n-----');
});

test('whole numbers, decimals and exponents in one column', () => {
  const values = [12, 0.5, 1e-7, 123456.7];
  const table = textTable([{ name: 'x', value: (value: number) => value }], values);
  expect(
    table
      .split('\n')
      .slice(2)
      .map((line) => line.trimEnd()),
  ).toEqual(['    12', '     0.5000', '     1e-7', '123457']);
});

test('TSV has full precision, NA and no trimming', () => {
  expect(tsv(columns, rows)).toBe(
    'trait\tn\th2\nheight\t337205\t0.25134\nĥ²\t12\t-0.5\nconstant\t1000\tNA\n',
  );
});

test('TSV refuses what would break it', () => {
  const column = [{ name: 'x', value: (value: string | number) => value }];
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 'a\tb', 'a\nb']) {
    expect(() => tsv(column, [bad])).toThrow(/column x cannot be written/);
  }
});
