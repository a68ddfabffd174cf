import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCovariates } from '../../src/formats/covariate.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith } from './folder.js';

const column = async (...values: string[]) => {
  const rows = values.map((value, i) => `f\t${i}\t${value}`);
  return (await readCovariates(fileWith(`FID\tIID\tx\n${rows.join('\n')}\n`))).columns[0];
};

test('numbers alone are numeric', async () => {
  expect(await column('1', '-9', '2.5', 'NA')).toEqual({
    kind: 'numeric',
    name: 'x',
    values: Float64Array.of(1, Number.NaN, 2.5, Number.NaN),
    missing: 2,
    missingZeros: 0,
  });
});

test('words make a column categorical; its levels are sorted', async () => {
  expect(await column('north', 'east', 'NA', 'north', '-9', '', 'west')).toEqual({
    kind: 'categorical',
    name: 'x',
    codes: Int32Array.of(1, 0, -1, 1, -1, -1, 2),
    levels: ['east', 'north', 'west'],
    missing: 3,
  });
});

test('numbers among words are levels, equal however they are written', async () => {
  expect(await column('01', 'A1', '1', 'B', '1.0', 'B2', '2', 'C', 'D')).toMatchObject({
    levels: ['1', '2', 'A1', 'B', 'B2', 'C', 'D'],
    codes: Int32Array.of(0, 2, 0, 3, 0, 4, 1, 5, 6),
  });
});

test('codes and levels give the values back', async () => {
  const words = fc.constantFrom('a', 'b', 'C', 'ab', 'é', 'NA', '.', '');
  await fc.assert(
    fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 30 }), async (values) => {
      fc.pre(values.some((value) => !['NA', '.', ''].includes(value)));
      const read = await column(...values);
      if (read?.kind !== 'categorical') throw new Error('not categorical');
      expect([...read.codes].map((code) => read.levels[code])).toEqual(
        values.map((value) => (['NA', '.', ''].includes(value) ? undefined : value)),
      );
    }),
    { numRuns: 50 },
  );
});

test('half words is categorical, fewer is a mistake', async () => {
  expect(await column('1', '2', 'a', 'b')).toMatchObject({ kind: 'categorical' });
  await expect(column('1', 'b', 'a', '2', '3')).rejects.toThrow(/:3:3: covariate x .*\(found "b"/);
});

test('each column has its own kind', async () => {
  const { columns } = await readCovariates(fileWith('f a 30 m\nf b 31 f\n'));
  expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['covar1', 'numeric'],
    ['covar2', 'categorical'],
  ]);
});

test.skipIf(SHARED === undefined)('real files', async () => {
  const mouse = await readCovariates(sharedFile('data/mouse-hs/mouse.covar'));
  expect(mouse.columns.map(({ name, kind, missing }) => [name, kind, missing])).toEqual([
    ['sexcov', 'numeric', 0],
  ]);
  const bench = await readCovariates(sharedFile('data/bench5k/bench.covar'));
  expect(bench.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['age', 'numeric'],
    ['sex', 'numeric'],
  ]);
});
