import { expect, it } from 'vitest';
import { erfc } from '../../src/linalg/erfc.js';

it.each([
  // mpmath of the float64 x; each range of the method twice, and each sign
  [1e-10, 0.999999999887162],
  [0.1, 0.887537083981715],
  [0.3, 0.6713732405408726],
  [0.84, 0.23485728854500548],
  [-0.5, 1.5204998778130465],
  [0.9, 0.20309178757716786],
  [1.2, 0.08968602177036464],
  [-1.1, 1.8802050695740817],
  [1.3, 0.06599205505934755],
  [2.8, 7.501319466545911e-5],
  [2.9, 4.109787809945886e-5],
  [5, 1.537459794428035e-12],
  [-3, 1.9999779095030015],
  [10, 2.088487583762545e-45],
  [20, 5.395865611607901e-176],
  [26, 5.663192408856143e-296],
])('1 - erf(%d) = %d', (x, value) => {
  expect(Math.abs(erfc(x) / value - 1)).toBeLessThan(1e-15);
});

it('has its limits', () => {
  expect([0, -0, 30, -30, Infinity, -Infinity, Number.NaN].map(erfc)).toEqual([1, 1, 0, 2, 0, 2, Number.NaN]);
});
