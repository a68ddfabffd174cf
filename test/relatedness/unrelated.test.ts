import { describe, expect, it } from 'vitest';
import { samplesToDrop } from '../../src/relatedness/unrelated.js';
import { randomSource } from '../kernels/packed.js';

const pairsOf = (...pairs: [number, number][]) => Int32Array.from(pairs.flat());

/** Size of the largest set of people without a pair, by trying all. */
function largestSet(people: number, pairs: Int32Array, wanted: (i: number) => boolean = () => true): number {
  let most = 0;
  for (let set = 0; set < 1 << people; set++) {
    let free = true;
    for (let p = 0; p < pairs.length; p += 2) free &&= !((set >> pairs[p]) & (set >> pairs[p + 1]) & 1);
    const members = Array.from({ length: people }, (_, i) => i).filter((i) => (set >> i) & 1);
    if (free && members.every(wanted)) most = Math.max(most, members.length);
  }
  return most;
}

function randomPairs(people: number, share: number, seed: number): Int32Array {
  const random = randomSource(seed);
  const pairs: [number, number][] = [];
  for (let i = 0; i < people; i++) for (let k = 0; k < i; k++) if (random() < share) pairs.push([i, k]);
  return pairsOf(...pairs);
}

/** Who is kept, after a check that no two of them are a pair. */
function keptOf(people: number, pairs: Int32Array, preferred?: (i: number) => boolean): number[] {
  const dropped = samplesToDrop(pairs, people, preferred);
  for (let p = 0; p < pairs.length; p += 2)
    expect(dropped.has(pairs[p]) || dropped.has(pairs[p + 1])).toBe(true);
  return Array.from({ length: people }, (_, i) => i).filter((i) => !dropped.has(i));
}

describe('samples without relatives', () => {
  it('are parents, not their child; and all but one of a clique', () => {
    expect(keptOf(3, pairsOf([2, 0], [2, 1]))).toEqual([0, 1]);
    expect(keptOf(4, pairsOf([1, 0], [2, 0], [2, 1]))).toHaveLength(2);
    expect(keptOf(3, pairsOf())).toEqual([0, 1, 2]);
  });

  it('are as many as there can be in nearly all small graphs, and never two fewer', () => {
    let short = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const pairs = randomPairs(12, 0.1 + 0.005 * seed, seed);
      const missing = largestSet(12, pairs) - keptOf(12, pairs).length;
      expect(missing).toBeLessThanOrEqual(1);
      short += missing;
    }
    expect(short).toBeLessThanOrEqual(2);
  });

  it('are more than greedy leaving out keeps: two in the place of one', () => {
    // a ring of seven holds three
    const pairs = pairsOf([1, 0], [2, 1], [3, 2], [4, 3], [5, 4], [6, 5], [6, 0]);
    expect(keptOf(7, pairs)).toHaveLength(3);
  });

  it('are preferred people first, however many others that costs', () => {
    const star = pairsOf([0, 1], [0, 2], [0, 3], [4, 5]);
    const kept = keptOf(6, star, (i) => i === 0);
    expect(kept).toContain(0);
    expect(kept).toHaveLength(2);
    for (let seed = 1; seed <= 20; seed++) {
      const pairs = randomPairs(12, 0.25, seed);
      const wanted = (i: number) => i % 3 === 0;
      const own = keptOf(12, pairs, wanted);
      expect(own.filter(wanted).length).toBe(largestSet(12, pairs, wanted));
      // nobody else could be added
      const others = Array.from({ length: 12 }, (_, i) => i).filter((i) => !own.includes(i));
      for (const other of others) {
        const related = [];
        for (let p = 0; p < pairs.length; p += 2) {
          if (pairs[p] === other) related.push(pairs[p + 1]);
          if (pairs[p + 1] === other) related.push(pairs[p]);
        }
        expect(related.some((i) => own.includes(i))).toBe(true);
      }
    }
  });
});
