import { expect, it } from 'vitest';
import { hardyWeinbergTest } from '../../src/genotypes/hardy-weinberg.js';

// METHODS 11.3 and 12
it.each([
  [57, 14, 50, 0.8422797566, 0.7666807677],
  [50, 14, 57, 0.5371763541, undefined],
  [10, 50, 40, 3.2738e-17, undefined],
  [0, 5, 95, 3.3534e-9, undefined],
  [5, 0, 95, 1, undefined],
  [25, 2, 173, 0.26985154, undefined],
])('%d heterozygotes, %d and %d homozygotes', (het, hom1, hom2, p, midP) => {
  const digits = (value: number) => value.toPrecision(p < 1e-4 ? 5 : 8);
  expect(digits(hardyWeinbergTest(het, hom1, hom2))).toBe(digits(p));
  expect(hardyWeinbergTest(het, hom2, hom1)).toBe(hardyWeinbergTest(het, hom1, hom2));
  if (midP !== undefined) expect(digits(hardyWeinbergTest(het, hom1, hom2, true))).toBe(digits(midP));
});

it('is 1 where there are no genotypes, half of it as mid-P', () => {
  expect(hardyWeinbergTest(0, 0, 0)).toBe(1);
  expect(hardyWeinbergTest(0, 0, 0, true)).toBe(0.5);
  expect(hardyWeinbergTest(0, 9, 0)).toBe(1);
});

it('agrees with the sum over all tables with the same allele counts, for every table of up to 24 people', () => {
  const logFactorial = [0];
  for (let n = 1; n <= 48; n++) logFactorial.push(logFactorial[n - 1] + Math.log(n));
  for (const people of [1, 2, 7, 12, 24]) {
    for (let het = 0; het <= people; het++) {
      for (let hom1 = 0; het + hom1 <= people; hom1++) {
        const copies = 2 * hom1 + het;
        // P(h) in proportion to 2^h / (rr! h! cc!)
        const weight = (h: number) => {
          const rr = (copies - h) / 2;
          return Math.exp(h * Math.LN2 - logFactorial[rr] - logFactorial[h] - logFactorial[people - rr - h]);
        };
        let [total, atMost, tied] = [0, 0, 0];
        for (let h = copies % 2; h <= Math.min(copies, 2 * people - copies); h += 2) {
          total += weight(h);
          if (weight(h) <= weight(het) * (1 + 1e-9)) atMost += weight(h);
          if (Math.abs(weight(h) / weight(het) - 1) <= 1e-9) tied += weight(h);
        }
        const hom2 = people - het - hom1;
        expect(hardyWeinbergTest(het, hom1, hom2)).toBeCloseTo(atMost / total, 11);
        expect(hardyWeinbergTest(het, hom1, hom2, true)).toBeCloseTo((atMost - tied / 2) / total, 11);
      }
    }
  }
});

it('does not overflow at biobank size, and finds equilibrium there', () => {
  const people = 500_000;
  const f = 0.3;
  const [hom1, het] = [f * f * people, 2 * f * (1 - f) * people];
  expect(hardyWeinbergTest(het, hom1, people - het - hom1)).toBeGreaterThan(0.99);
  const p = hardyWeinbergTest(het - 8000, hom1 + 4000, people - het - hom1 + 4000);
  expect(p).toBeGreaterThan(0);
  expect(p).toBeLessThan(1e-50); // chi-squared 363
});
