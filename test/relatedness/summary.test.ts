import { expect, it } from 'vitest';
import { RelationshipSummary } from '../../src/relatedness/summary.js';
import { randomNormals } from '../genotype-data.js';

/** Relationships of strangers with this spread, and of as many siblings as told. */
function summaryOf(people: number, spread: number, siblings: number) {
  const summary = new RelationshipSummary();
  const noise = randomNormals((people * (people - 1)) / 2, 5);
  let pair = 0;
  for (let i = 0; i < people; i++) {
    const row = Float32Array.from({ length: i + 1 }, (_, k) => (k === i ? 1 : spread * noise[pair++]));
    if (i > 0 && i <= siblings) row[i - 1] = 0.5;
    summary.add(row);
  }
  return summary.finish();
}

it('says how many pairs few variants put above 0.05, whatever relatives there are', () => {
  for (const siblings of [0, 300]) {
    const { relatedPairs, relatedByChance } = summaryOf(600, 0.03, siblings);
    const expected = ((600 * 599) / 2) * 0.0478; // P(Z > 5/3)
    expect(relatedByChance / expected).toBeCloseTo(1, 1);
    expect(Math.abs(relatedPairs - siblings - expected)).toBeLessThan(4 * Math.sqrt(expected));
  }
});

it('finds none by chance where the variants are many, nor of one person', () => {
  expect(summaryOf(200, 0.004, 20)).toMatchObject({ relatedPairs: 20, relatedByChance: 0 });
  expect(summaryOf(1, 0.1, 0)).toMatchObject({ relatedPairs: 0, relatedByChance: 0 });
});
