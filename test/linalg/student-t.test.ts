import { describe, expect, it } from 'vitest';
import { studentLogP, studentTwoSided } from '../../src/linalg/student-t.js';

describe('log P of Student t', () => {
  // 60-digit arithmetic: the incomplete beta function as a power series of positive terms
  it.each([
    [1e-9, 7, -7.699829019609715e-10],
    [0.01, 3, -0.00737803950607252],
    [0.5, 10, -0.4653845444734532],
    [3, 0.5, -1.0015541211595322],
    [1.5, 19.5, -1.8995773177585475],
    [2.0767676, 198, -3.241280789237836],
    [5, 5, -5.495618727252563],
    [1e10, 4, -90.31164425053377],
    [9.2, 1408, -43.52423253397869],
    [-9.2, 1408, -43.52423253397869],
    [40, 1408, -537.9459433733199],
    [1e3, 50, -249.77521726650076],
    [37.5, 1e7, -706.9263380120551],
    [100, 337182, -4932.106615310255],
    [300, 337182, -39892.30213620831],
  ])('t = %d, df = %d', (t, df, logP) => {
    // an absolute error of log P is a relative error of P
    expect(Math.abs(studentLogP(t, df) - logP)).toBeLessThan(
      1e-12 * Math.max(Math.min(1, -logP), -logP / 10),
    );
  });

  it('agrees with the closed forms of 1 and 2 degrees of freedom, on both sides of its branches', () => {
    for (let t = 1e-4; t < 1e4; t *= 1.37) {
      expect(studentLogP(t, 1)).toBeCloseTo(Math.log((2 / Math.PI) * Math.atan(1 / t)), 11);
      const root = Math.hypot(t, Math.SQRT2);
      expect(studentLogP(t, 2)).toBeCloseTo(Math.log(2 / (root * (root + t))), 11); // 1 - t / root
    }
  });

  it('is 0 at t = 0', () => {
    expect(Math.abs(studentLogP(0, 12))).toBe(0);
  });
});

it.each([
  [0.05, 1, 12.7062047362],
  [0.05, 19, 2.0930240544],
  [0.01, 9, 3.2498355416],
  [1e-4, 99, 4.0550413],
])('P %d with %d degrees of freedom is at t %d', (p, df, t) => {
  expect(studentTwoSided(p, df)).toBeCloseTo(t, 6); // tables; the last by integrating the density
});
