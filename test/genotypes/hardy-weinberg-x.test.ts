import { expect, it } from 'vitest';
import { logHardyWeinbergTest } from '../../src/genotypes/hardy-weinberg.js';
import { logHardyWeinbergX } from '../../src/genotypes/hardy-weinberg-x.js';

const logFactorial = [0];
for (let n = 1; n <= 20_000; n++) logFactorial.push(logFactorial[n - 1] + Math.log(n));

it('is the sum over all tables with the same margins, for every table of some sizes', () => {
  for (const [females, males] of [
    [0, 5],
    [5, 0],
    [4, 3],
    [7, 6],
  ]) {
    for (let a = 1; a < 2 * females + males; a++) {
      const outcomes: { m: number; h: number; log: number }[] = [];
      for (let m = 0; m <= Math.min(males, a); m++)
        for (let h = (a - m) % 2; h <= females; h += 2) {
          const [aa, bb] = [(a - m - h) / 2, females - (a - m - h) / 2 - h];
          if (aa < 0 || bb < 0) continue;
          const ways = [m, males - m, aa, h, bb].reduce((sum, n) => sum + logFactorial[n], 0);
          outcomes.push({ m, h, log: h * Math.LN2 - ways });
        }
      const total = outcomes.reduce((sum, { log }) => sum + Math.exp(log), 0);
      for (const { m, h, log } of outcomes) {
        const rare = outcomes.filter((other) => other.log <= log + 1e-9);
        const expected = rare.reduce((sum, other) => sum + Math.exp(other.log), 0) / total;
        const counts = {
          femaleAA: (a - m - h) / 2,
          femaleAB: h,
          femaleBB: females - (a - m - h) / 2 - h,
          maleA: m,
          maleB: males - m,
        };
        expect(Math.exp(logHardyWeinbergX(counts))).toBeCloseTo(expected, 10);
      }
    }
  }
});

it('is the test of autosomes where there are no males, however small the P value', () => {
  const counts = { femaleAA: 900, femaleAB: 100, femaleBB: 1100, maleA: 0, maleB: 0 };
  const log = logHardyWeinbergX(counts);
  expect(log).toBeLessThan(-800);
  expect(log / logHardyWeinbergTest(100, 900, 1100)).toBeCloseTo(1, 10);
});

it('is 0, a P value of 1, where all alleles are the same', () => {
  expect(logHardyWeinbergX({ femaleAA: 3, femaleAB: 0, femaleBB: 0, maleA: 4, maleB: 0 })).toBe(0);
  expect(logHardyWeinbergX({ femaleAA: 0, femaleAB: 0, femaleBB: 0, maleA: 0, maleB: 0 })).toBe(0);
});

it('of autosomes has a logarithm where no float64 holds the P value', () => {
  // nobody is heterozygous: the least likely outcome, whose probability is n! a! b! / (hom1! hom2! (2n)!)
  const [hom1, hom2] = [4000, 6000];
  const people = hom1 + hom2;
  const expected =
    logFactorial[people] +
    logFactorial[2 * hom1] +
    logFactorial[2 * hom2] -
    logFactorial[hom1] -
    logFactorial[hom2] -
    logFactorial[2 * people];
  expect(logHardyWeinbergTest(0, hom1, hom2) / expected).toBeCloseTo(1, 10);
});
