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

function hasPartner(person: number, among: readonly number[], pairs: Int32Array): boolean {
  for (let p = 0; p < pairs.length; p += 2) {
    if (pairs[p] === person && among.includes(pairs[p + 1])) return true;
    if (pairs[p + 1] === person && among.includes(pairs[p])) return true;
  }
  return false;
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

  it('are as many as there can be in small graphs', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const pairs = randomPairs(12, 0.1 + 0.005 * seed, seed);
      expect(keptOf(12, pairs)).toHaveLength(largestSet(12, pairs));
    }
  });

  it('are half of a large ring, and one of each family in a large chain of cliques', () => {
    const ring = pairsOf(...Array.from({ length: 100 }, (_, i): [number, number] => [i, (i + 1) % 100]));
    expect(keptOf(100, ring)).toHaveLength(50);
    const cliques: [number, number][] = [];
    for (let c = 0; c < 30; c++) {
      for (let i = 0; i < 4; i++) for (let k = 0; k < i; k++) cliques.push([4 * c + i, 4 * c + k]);
      if (c > 0) cliques.push([4 * c, 4 * c - 1]);
    }
    expect(keptOf(120, pairsOf(...cliques))).toHaveLength(30);
  });

  it('cannot be added to in a large graph, and are more than one pass of leaving out keeps', () => {
    const pairs = randomPairs(200, 0.05, 3);
    const kept = keptOf(200, pairs);
    const others = Array.from({ length: 200 }, (_, i) => i).filter((i) => !kept.includes(i));
    for (const other of others) expect(hasPartner(other, kept, pairs)).toBe(true);
    // for pairs i, k of one kept k alone, no two such i are free of each other
    for (const k of kept) {
      const only = others.filter(
        (i) =>
          !hasPartner(
            i,
            kept.filter((j) => j !== k),
            pairs,
          ),
      );
      for (const i of only) expect(only.every((j) => j === i || hasPartner(j, [i], pairs))).toBe(true);
    }
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
      for (const other of others) expect(hasPartner(other, own, pairs)).toBe(true);
    }
  });
});
