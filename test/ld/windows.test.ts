import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chromosomeStarts,
  gctaWindows,
  ldscWindows,
  takesInWholeChromosomes,
  variantWindows,
} from '../../src/ld/windows.js';
import { range } from '../fixture.js';

function places(chromosome: readonly string[], position: readonly number[]) {
  return {
    chromosome,
    id: position.map((_, v) => `rs${v}`),
    position: Int32Array.from(position),
    centimorgan: Float64Array.from(position, (p) => p / 1000),
  };
}

const table = places(['1', '1', '1', '1', '2', '2'], [1000, 1500, 2000, 3001, 1000, 2000]);
const all = range(0, 6);

describe('variantWindows', () => {
  it('reaches so many base pairs to each side, ends included, and never another chromosome', () => {
    const { first, last } = variantWindows(table, all, { unit: 'kb', reach: 1 });
    expect([...first]).toEqual([0, 0, 0, 3, 4, 4]);
    expect([...last]).toEqual([2, 2, 2, 3, 5, 5]);
  });

  it('takes the genetic map', () => {
    const { first, last } = variantWindows(table, all, { unit: 'cm', reach: 0.5 });
    expect([...first]).toEqual([0, 0, 1, 3, 4, 5]);
    expect([...last]).toEqual([1, 2, 2, 3, 4, 5]);
  });

  it('counts the variants that were chosen', () => {
    const { first, last } = variantWindows(table, Int32Array.of(0, 2, 3, 5), { unit: 'snps', reach: 1 });
    expect([...first]).toEqual([0, 0, 1, 3]);
    expect([...last]).toEqual([1, 2, 2, 3]);
  });

  it('is symmetric, ascends, and holds what is within reach', () => {
    const genome = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 60 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(genome, fc.integer({ min: 0, max: 30 }), (variants, reach) => {
        const sorted = variants.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        const made = places(
          sorted.map(([c]) => String(c)),
          sorted.map(([, p]) => 1000 * p),
        );
        const { first, last } = variantWindows(made, range(0, sorted.length), { unit: 'kb', reach });
        for (const [j, [c, p]] of sorted.entries()) {
          const near = sorted.flatMap(([d, q], k) => (d === c && Math.abs(p - q) <= reach ? [k] : []));
          expect([first[j], last[j]]).toEqual([near[0], near.at(-1)]);
        }
      }),
    );
  });

  it.each([
    ['an unknown position', [1000, -9, 2000], 'kb', 'the position of rs1 is not known'],
    ['a position out of order', [1000, 3000, 2000], 'kb', 'the position of rs2 is below that of rs1'],
    ['a genetic position out of order', [1000, 3000, 2000], 'cm', 'the genetic position of rs2 is below'],
    ['no genetic map', [0, 0, 0], 'cm', 'the variants of chromosome 1 have no genetic positions'],
  ] as const)('refuses %s, and says where', (_, position, unit, message) => {
    const broken = places(['1', '1', '1'], position);
    const windows = () => variantWindows(broken, range(0, 3), { unit, reach: 1 }, 'study.bim');
    expect(windows).toThrow(message);
    expect(windows).toThrow('study.bim');
    expect(variantWindows(broken, range(0, 3), { unit: 'snps', reach: 1 }).last).toEqual(
      Int32Array.of(1, 2, 2),
    );
  });
});

describe('ldscWindows', () => {
  it('rounds the first neighbour down to a chunk, as seen from the start of the variant’s own chunk', () => {
    const even = places(
      Array(12).fill('1'),
      Array.from({ length: 12 }, (_, v) => 1000 * (v + 1)),
    );
    // seen from 0, 4 and 8 the first neighbours are 0, 2 and 6, which lie in chunks 0, 0 and 4
    const { first, last } = ldscWindows(even, range(0, 12), { unit: 'kb', reach: 2 }, 4);
    expect([...first]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4]);
    expect([...last]).toEqual([7, 7, 7, 7, 11, 11, 11, 11, 11, 11, 11, 11]);
  });

  it('with a chunk of one variant is exact on one chromosome', () => {
    const one = places(Array(5).fill('7'), [1000, 1100, 2500, 2600, 9000]);
    for (const unit of ['kb', 'cm', 'snps'] as const)
      expect(ldscWindows(one, range(0, 5), { unit, reach: 1 }, 1)).toEqual(
        variantWindows(one, range(0, 5), { unit, reach: 1 }),
      );
  });
});

describe('gctaWindows', () => {
  const at = (kb: readonly number[]) =>
    places(
      Array(kb.length).fill('1'),
      kb.map((k) => 1000 * k),
    );

  it('reaches from the half of a block before to the half after', () => {
    // blocks 0-3, 4-7 and 8-11, halves of two variants each
    const { first, last } = gctaWindows(at([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), range(0, 12), 3);
    expect([...first]).toEqual([0, 0, 0, 0, 2, 2, 4, 4, 6, 6, 8, 8]);
    expect([...last]).toEqual([3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 11, 11]);
  });

  it('a short last block joins the one before', () => {
    const { first, last } = gctaWindows(at([1, 2, 3, 4, 5, 6]), range(0, 6), 3);
    expect([...first]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...last]).toEqual([5, 5, 5, 5, 5, 5]);
  });
});

it('knows where chromosomes start, and whether windows take in whole ones', () => {
  expect(chromosomeStarts(table, all)).toEqual([0, 4]);
  expect(chromosomeStarts({ chromosome: ['1', 'chr1', '2'] }, range(0, 3))).toEqual([0, 2]);
  const whole = (reach: number) =>
    takesInWholeChromosomes(variantWindows(table, all, { unit: 'kb', reach }), chromosomeStarts(table, all));
  expect([whole(1), whole(2.1)]).toEqual([false, true]);
});
