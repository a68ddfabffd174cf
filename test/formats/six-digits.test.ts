import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSixDigits, putExpSixDigits, putFixed, putInteger } from '../../src/formats/six-digits.js';
import { SHARED, sharedFile } from '../shared.js';

const formatExp = (logValue: number) => {
  const bytes = Buffer.alloc(32);
  return bytes.toString('latin1', 0, putExpSixDigits(logValue, bytes, 0));
};

describe.skipIf(SHARED === undefined)('numbers that PLINK 2 printed', () => {
  const folder = SHARED === undefined ? '' : sharedFile('expected/plink2/');
  const files =
    SHARED === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.glm.linear'));

  test('there are some', () => expect(files.length).toBeGreaterThan(0));

  test.each(files)('%s: every one is printed the same again', (name) => {
    const [, ...rows] = readFileSync(`${folder}${name}`, 'utf8').trimEnd().split('\n');
    const printed = rows.flatMap((row) =>
      row.split('\t').filter((_, field) => field === 6 || (field > 8 && field < 13)),
    );
    const different = printed.filter(
      (text) => formatSixDigits(text === 'NA' ? Number.NaN : Number(text)) !== text,
    );
    expect(printed.length).toBeGreaterThan(50_000);
    expect(different).toEqual([]);
  });
});

test('halves go to the even side, as PLINK 2 v2.00a3.5 prints allele frequencies of 512 samples', () => {
  const printed = {
    1: '0.000976562',
    2: '0.00195312',
    6: '0.00585938',
    10: '0.00976562',
    12: '0.0117188',
    20: '0.0195312',
    28: '0.0273438',
    36: '0.0351562',
    44: '0.0429688',
    104: '0.101562',
    120: '0.117188',
  };
  for (const [copies, text] of Object.entries(printed))
    expect(formatSixDigits(Number(copies) / 1024)).toBe(text);
});

test('away from halves it is %g of C', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const digits = Math.abs(value)
        .toPrecision(12)
        .replace(/e.*|\./g, '')
        .replace(/^0+/, '');
      fc.pre(!/^.{6}(49999|50000)/.test(digits.padEnd(12, '0')));
      const [mantissa, exponent] = value.toPrecision(6).split('e');
      const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
      const magnitude = Math.abs(Number(value.toPrecision(6)));
      if (magnitude !== 0 && magnitude < 1e-4 && exponent === undefined) {
        // toPrecision changes notation at 1e-6, %g at 1e-4
        const [m, e] = value.toExponential(5).split('e-');
        expect(formatSixDigits(value)).toBe(`${m.replace(/\.?0+$/, '')}e-${e.padStart(2, '0')}`);
      } else if (exponent === undefined) {
        expect(formatSixDigits(value)).toBe(value === 0 ? '0' : short);
      } else {
        expect(formatSixDigits(value)).toBe(`${short}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`);
      }
    }),
    { numRuns: 5000 },
  );
});

test.each([
  [0, '0'],
  [-0, '0'],
  [1, '1'],
  [-1, '-1'],
  [10, '10'],
  [123456, '123456'],
  [999999.4, '999999'],
  [999999.6, '1e+06'],
  [1e6, '1e+06'],
  [-1658020, '-1.65802e+06'],
  [42789000, '4.2789e+07'],
  [0.0001, '0.0001'],
  [0.00009999996, '0.0001'],
  [0.00009999994, '9.99999e-05'],
  [0.1 + 0.2, '0.3'],
  [0.99999996, '1'],
  [9.999994, '9.99999'],
  [9.9999994, '10'],
  [1e-100, '1e-100'],
  [2.22507e-308, '2.22507e-308'],
  [5e-324, '4.94066e-324'],
  [1.7976931348623157e308, '1.79769e+308'],
  [Number.NaN, 'NA'],
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
])('%d is printed as %s', (value, text) => expect(formatSixDigits(value)).toBe(text));

test('P-values are printed from their logarithm, however small', () => {
  expect(formatExp(0)).toBe('1');
  expect(formatExp(Math.log(0.0532109))).toBe('0.0532109');
  expect(formatExp(Math.log(4.0767e-5))).toBe('4.0767e-05');
  expect(formatExp(Math.log(9.98738e-300))).toBe('9.98738e-300');
  expect(formatExp(Math.log(5.51245) - 556 * Math.LN10)).toBe('5.51245e-556');
  expect(formatExp(Math.log(3.86658) - 2257 * Math.LN10)).toBe('3.86658e-2257');
  expect(formatExp(-400 * Math.LN10)).toBe('1e-400');
  expect(formatExp(Number.NaN)).toBe('NA');
  expect(formatExp(-Infinity)).toBe('0');
});

test('whole numbers', () => {
  const bytes = Buffer.alloc(32);
  for (const value of [0, 7, 9, 10, 99, 100, 2147483647, -9, -2147483648, 123456789012]) {
    expect(bytes.toString('latin1', 0, putInteger(value, bytes, 0))).toBe(String(value));
  }
});

test('fixed decimals are those of toFixed', () => {
  const bytes = Buffer.alloc(400);
  const fixed = (value: number, decimals: number) =>
    bytes.toString('latin1', 0, putFixed(value, decimals, bytes, 0));
  expect([fixed(0, 3), fixed(-1.5, 3), fixed(0.9996, 3), fixed(12, 0)]).toEqual([
    '0.000',
    '-1.500',
    '1.000',
    '12',
  ]);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }),
        fc.double({ min: -99, max: 99, noNaN: true }),
      ),
      fc.integer({ min: 0, max: 6 }),
      (value, decimals) => {
        expect(fixed(value, decimals)).toBe((value + 0).toFixed(decimals));
      },
    ),
  );
});
