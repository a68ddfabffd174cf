import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { asTrait, readPhenotypes } from '../../src/formats/phenotype.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith } from './folder.js';

const { NaN: NA } = Number;
const valuesOf = async (text: string | Uint8Array, names?: string[]) => {
  const table = await readPhenotypes(fileWith(text), names && { names });
  return Object.fromEntries(table.columns.map(({ name, values }) => [name, [...values]]));
};

test('with a header of any of its kinds', async () => {
  for (const header of ['FID IID', '#FID IID', 'fid\tiid', '\ufeffFID IID']) {
    const table = await readPhenotypes(fileWith(`${header} bmi height\nf1 a 1.5 2\nf1 b NA -3e1\n`));
    expect(table).toMatchObject({
      count: 2,
      hasFamilies: true,
      familyId: ['f1', 'f1'],
      individualId: ['a', 'b'],
      columns: [
        { kind: 'numeric', name: 'bmi', values: Float64Array.of(1.5, NA), missing: 1, missingZeros: 0 },
        { kind: 'numeric', name: 'height', values: Float64Array.of(2, -30), missing: 0, missingZeros: 0 },
      ],
      hasRowNames: false,
      isFam: false,
    });
  }
});

test('without families', async () => {
  for (const header of ['IID', '#IID']) {
    const table = await readPhenotypes(fileWith(`${header}\tbmi\na\t1\nb\t2\n`));
    expect(table.familyId).toBeUndefined();
    expect(table.individualId).toEqual(['a', 'b']);
    expect(table.columns.map(({ name }) => name)).toEqual(['bmi']);
  }
});

test('without header', async () => {
  expect(await valuesOf('1 11 0.5\n2 22 1\n')).toEqual({ y: [0.5, 1] });
  expect(await valuesOf('1 11 0.5 3\n2 22 1 4\n')).toEqual({ y1: [0.5, 1], y2: [3, 4] });
  const table = await readPhenotypes(fileWith('1 11 0.5 3\n'), { prefix: 'PHENO' });
  expect(table.columns.map(({ name }) => name)).toEqual(['PHENO1', 'PHENO2']);
});

test('missing values', async () => {
  const rows = ['NA', 'nan', 'NaN', '-9', '-9.0', '.', ''].map((value, i) => `f\t${i}\t${value}\t1`);
  const { x, y } = await valuesOf(gzipSync(`FID\tIID\tx\ty\n${rows.join('\n')}\n`));
  expect(x).toEqual(Array(7).fill(NA));
  expect(y).toEqual(Array(7).fill(1));
  expect(await valuesOf('FID\tIID\tx\nf\t1\t\nf\t2\t-99\n')).toEqual({ x: [NA, -99] });
});

test('tabs at the ends of lines do not matter', async () => {
  expect(await valuesOf('FID\tIID\tx\t\nf\t1\t5\t\nf\t2\t6\n')).toEqual({ x: [5, 6] });
});

test('columns that are asked for, in that order; others are not looked at', async () => {
  const text = 'FID IID a b c\nf 1 1 word 3\nf 2 4 word 6\n';
  const table = await readPhenotypes(fileWith(text), { names: ['c', 'a', 'c'] });
  expect(table.columns.map(({ name, values }) => [name, ...values])).toEqual([
    ['c', 3, 6],
    ['a', 1, 4],
  ]);
  await expect(readPhenotypes(fileWith(text))).rejects.toThrow(/:2:4: phenotype b /);
});

describe('traits', () => {
  const trait = (...values: number[]) => asTrait({ name: 't', values: Float64Array.from(values) });

  test('1 and 2, or 0 and 1, are controls and cases', () => {
    const expected = { name: 't', kind: 'case-control', present: 3, distinct: 2, cases: 2, controls: 1 };
    expect(trait(2, 1, NA, 2)).toEqual({ ...expected, values: Float64Array.of(1, 0, NA, 1) });
    expect(trait(1, 0, NA, 1)).toEqual({ ...expected, values: Float64Array.of(1, 0, NA, 1) });
  });

  test('anything else is quantitative', () => {
    const kinds = (...values: number[]) => {
      const { kind, distinct, present } = trait(...values);
      return [kind, distinct, present];
    };
    expect(kinds(0, 1, 2, 1)).toEqual(['quantitative', 3, 4]);
    expect(kinds(0, 2, 0)).toEqual(['quantitative', 2, 3]);
    expect(kinds(1, 1, 1)).toEqual(['quantitative', 1, 3]);
    expect(kinds(0.5, 1.5, 2.5, 3.5, 4.5, 5.5)).toEqual(['quantitative', 4, 6]);
    expect(kinds(1, 2, 1.5)).toEqual(['quantitative', 3, 3]);
    expect(kinds(NA, NA)).toEqual(['quantitative', 0, 0]);
    expect(trait(0, 1, 2, NA).values).toEqual(Float64Array.of(0, 1, 2, NA));
  });
});

describe.skipIf(SHARED === undefined)('real files', () => {
  test('mouse-hs', async () => {
    const { count, columns } = await readPhenotypes(sharedFile('data/mouse-hs/mouse.pheno'));
    expect(columns.map(({ name, missing }) => [name, count - missing])).toEqual([
      ['CD8', 1410],
      ['MCH', 1580],
    ]);
    expect(columns[0].values[0]).toBe(0.224991591484104);
  });

  test('gcta-test: no header, spaces', async () => {
    const { count, columns, familyId } = await readPhenotypes(sharedFile('data/gcta-test/test.phen'));
    expect([count, columns.length, columns[0].name, columns[0].missing]).toEqual([3925, 1, 'y', 0]);
    expect([familyId![0], columns[0].values[0]]).toEqual(['1', -1.9683434405254]);
  });

  test('bench5k', async () => {
    const { count, columns } = await readPhenotypes(sharedFile('data/bench5k/bench.pheno'), {
      names: ['p3'],
    });
    expect([count, columns[0].values[0]]).toEqual([5000, 1.026258]);
  });
});
