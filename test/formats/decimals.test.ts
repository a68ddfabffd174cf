import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_DECIMAL_BYTES, putDecimals } from '../../src/formats/decimals.js';

const bytes = Buffer.alloc(MOST_DECIMAL_BYTES);
const format = (value: number, decimals: number) =>
  bytes.toString('latin1', 0, putDecimals(value, decimals, bytes, 0));

// what C's printf and Python's % write
test.each([
  [0, 3, '0.000'],
  [1, 3, '1.000'],
  [0.0625, 3, '0.062'],
  [0.1875, 3, '0.188'],
  [2.5, 0, '2'],
  [3.5, 0, '4'],
  [-0.0004, 3, '-0.000'],
  [-12.3456, 3, '-12.346'],
  [1.0005, 3, '1.000'],
  [2.0005, 3, '2.001'],
  [999.9996, 3, '1000.000'],
  [123456789012.3456, 3, '123456789012.346'],
  [1e15, 3, '1000000000000000.000'],
])('%d with %d decimals', (value, decimals, text) => {
  expect(format(value, decimals)).toBe(text);
});

test('is as near to the number as so many decimals can be', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer({ min: 0, max: 8 }),
      (value, decimals) => {
        const text = format(value, decimals);
        expect(text).toMatch(decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${decimals}}$`));
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.5000001 * 10 ** -decimals);
      },
    ),
  );
});
