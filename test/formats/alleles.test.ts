import { describe, expect, it } from 'vitest';
import {
  effectSign,
  isSingleNucleotide,
  isStrandAmbiguous,
  NO_PAIR,
  pairCode,
  pairSign,
} from '../../src/formats/alleles.js';

describe('effects on two pairs of alleles', () => {
  const rows: [string, string, string, string, number][] = [
    ['A', 'G', 'A', 'G', 1],
    ['A', 'G', 'G', 'A', -1],
    ['A', 'G', 'T', 'C', 1],
    ['A', 'G', 'C', 'T', -1],
    ['A', 'G', 'A', 'C', 0],
    ['a', 'g', 'G', 'A', -1],
    ['AT', 'A', 'AT', 'A', 1],
    ['AT', 'A', 'A', 'AT', -1],
    ['I', 'D', 'A', 'G', 0],
    ['A', 'T', 'A', 'T', 1],
    ['A', 'T', 'T', 'A', -1],
  ];
  it.each(rows)('%s/%s and %s/%s: %d', (a, b, c, d, sign) => {
    expect(effectSign(a, b, c, d)).toBe(sign);
  });

  it('are alike from either side', () => {
    for (const a of 'ACGT')
      for (const b of 'ACGT')
        for (const c of 'ACGT')
          for (const d of 'ACGT')
            if (!isStrandAmbiguous(a, b)) expect(effectSign(a, b, c, d)).toBe(effectSign(c, d, a, b));
  });
});

it('tells ambiguous pairs and single nucleotides', () => {
  expect([isStrandAmbiguous('A', 'T'), isStrandAmbiguous('g', 'C'), isStrandAmbiguous('A', 'G')]).toEqual([
    true,
    true,
    false,
  ]);
  expect([isSingleNucleotide('A', 't'), isSingleNucleotide('A', 'A'), isSingleNucleotide('AT', 'A')]).toEqual(
    [true, false, false],
  );
});

it('compares pairs by one byte each', () => {
  expect([pairCode('A', 'T'), pairCode('AT', 'A'), pairCode('A', 'A')]).toEqual([NO_PAIR, NO_PAIR, NO_PAIR]);
  expect(pairSign(pairCode('a', 'G'), pairCode('C', 'T'))).toBe(-1);
  expect(pairSign(pairCode('A', 'G'), NO_PAIR)).toBe(0);
});
