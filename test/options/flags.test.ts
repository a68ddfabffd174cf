import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  boolean,
  choice,
  defineFlags,
  type Flag,
  type FlagValues,
  flagName,
  fraction,
  integer,
  list,
  memorySize,
  number,
  parseFlag,
  path,
  required,
  string,
} from '../../src/options/flags.js';

describe('a flag reads its value', () => {
  const rows: [Flag<unknown>, string, unknown][] = [
    [string('h'), 'x y', 'x y'],
    [path('h'), 'data/study', 'data/study'],
    [number('h', { min: -1, max: 1 }), '-1', -1],
    [number('h'), '2.5e-3', 0.0025],
    [number('h'), '.5', 0.5],
    [integer('h', { min: 1 }), '1e6', 1_000_000],
    [fraction('h', { max: 0.5 }), '0.5', 0.5],
    [memorySize('h'), '8GB', 8e9],
    [memorySize('h'), '8g', 8e9],
    [memorySize('h'), '1.5 GiB', 1.5 * 2 ** 30],
    [memorySize('h'), '4096', 4096],
    [choice('h', ['auto', 'wasm']), 'wasm', 'wasm'],
    [list('h'), 'height, bmi', ['height', 'bmi']],
  ];
  test.each(rows)('case %#: %o <- %s', (flag, text, value) => {
    expect(parseFlag('--x', flag, text)).toEqual(value);
  });
});

describe('a flag refuses what is not expected', () => {
  const rows: [Flag<unknown>, string, string][] = [
    [string('h'), '', 'a text that is not empty'],
    [path('h'), '', 'a file name'],
    [fraction('h', { max: 0.5 }), 'x', 'a number from 0 to 0.5'],
    [fraction('h', { max: 0.5 }), '0.51', 'a number from 0 to 0.5'],
    [number('h', { min: 2 }), '1', 'a number of at least 2'],
    [number('h', { max: 2 }), '3', 'a number of at most 2'],
    [number('h'), 'NaN', 'a number'],
    [number('h'), 'Infinity', 'a number'],
    [number('h'), '1e999', 'a number'],
    [number('h'), '0x10', 'a number'],
    [number('h'), ' ', 'a number'],
    [number('h'), '', 'a number'],
    [integer('h', { min: 1, max: 9 }), '1.5', 'a whole number from 1 to 9'],
    [integer('h'), '1e300', 'a whole number'],
    [memorySize('h'), '8 apples', 'a memory size such as 8GB or 512MiB'],
    [memorySize('h'), '0GB', 'a memory size such as 8GB or 512MiB'],
    [memorySize('h'), '-1GB', 'a memory size such as 8GB or 512MiB'],
    [choice('h', ['auto', 'wasm']), 'gpu', 'one of auto, wasm'],
    [list('h'), 'a,,b', 'names separated by commas'],
    [list('h'), '', 'names separated by commas'],
  ];
  test.each(rows)('case %#', (flag, text, expected) => {
    const message = `--maf: expected ${expected}, found ${JSON.stringify(text)}`;
    expect(() => parseFlag('--maf', flag, text)).toThrow(
      expect.objectContaining({ tag: 'usage', exitCode: 2, message }),
    );
  });
});

test('types follow from the definition', () => {
  const flags = defineFlags({
    bfile: path('h', { required: true }),
    maf: fraction('h'),
    out: path('h', { default: 'heredity' }),
    threads: integer('h', { default: () => 4 }),
    mode: choice('h', ['a', 'b']),
    phenoName: list('h'),
    plan: boolean('h'),
    keep: required(path('h')),
  });
  expectTypeOf<FlagValues<typeof flags>>().toEqualTypeOf<{
    readonly bfile: string;
    readonly maf: number | undefined;
    readonly out: string;
    readonly threads: number;
    readonly mode: 'a' | 'b' | undefined;
    readonly phenoName: readonly string[] | undefined;
    readonly plan: boolean;
    readonly keep: string;
  }>();
});

test('a name is typed in lower case with dashes', () => {
  expect(flagName('phenoName')).toBe('--pheno-name');
  expect(flagName('maf')).toBe('--maf');
  expect(flagName('countAllSnps')).toBe('--not-M-5-50');
});

test('names that the parser could not read are refused', () => {
  for (const name of ['noIntercept', 'MAF', 'pheno-name', '2nd']) {
    expect(() => defineFlags({ [name]: boolean('h') }), name).toThrow(/cannot be typed/);
  }
  expect(() => defineFlags({ node: string('h'), notes: string('h') })).not.toThrow();
});
