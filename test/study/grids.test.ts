import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDelimitedTable } from '../../src/formats/delimited-table.js';
import { gridFromTable } from '../../src/study/grid-table.js';
import {
  describeArchitecture,
  GRID_NAMES,
  matchesGlob,
  namedGrid,
  selectCells,
} from '../../src/study/grids.js';
import { fileWith } from '../formats/folder.js';

const grid = (name: string) => namedGrid(name)!;

describe('grids of the paper', () => {
  it.each(GRID_NAMES)('grid %s has as many cells as it is called after, no two alike', (name) => {
    const ids = grid(name).cells.map(({ id }) => id);
    expect(ids).toHaveLength(Number(name));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are made of h², polygenicity, frequencies, coupling and alpha as in METHODS 2.2', () => {
    const { cells } = grid('64');
    const count = (keep: (cell: (typeof cells)[number]) => boolean) => cells.filter(keep).length;
    expect(count(({ h2 }) => h2 === 0.25)).toBe(16);
    expect(count(({ causalShare }) => causalShare === 1)).toBe(16);
    expect(count(({ weights, gamma }) => weights === 'ldak' && gamma === 1)).toBe(32);
    expect(count(({ alpha }) => alpha === -0.25)).toBe(32);
    expect(count(({ causalFrequency: [low] }) => low === 0.05)).toBe(16);
    expect(grid('14').cells.every(({ h2, weights }) => h2 === 0.25 && weights === 'ld-score')).toBe(true);
    const ids = (name: string) => grid(name).cells.map(({ id }) => id);
    expect(new Set([...ids('112'), ...ids('14')])).toEqual(new Set(ids('126')));
    expect(ids('64').every((id) => ids('158').includes(id))).toBe(true);
    expect(namedGrid('63')).toBeUndefined();
  });

  it('can be cut to some heritabilities and cells', () => {
    expect(selectCells(grid('64'), { h2: [0.25] }).cells).toHaveLength(16);
    const some = selectCells(grid('64'), { h2: [0.5], ids: ['h0.5_p1_*', '*_maf0.05-0.5_*_none'] });
    expect(some.cells.map(({ id }) => id)).toEqual([
      'h0.5_p1_maf0-0.5_a-1_none',
      'h0.5_p1_maf0-0.5_a-0.25_none',
      'h0.5_p1_maf0-0.5_a-1_ldak',
      'h0.5_p1_maf0-0.5_a-0.25_ldak',
      'h0.5_p0.01_maf0.05-0.5_a-1_none',
      'h0.5_p0.01_maf0.05-0.5_a-0.25_none',
    ]);
    expect(() => selectCells(grid('14'), { h2: [0.1] })).toThrow(/no cell of that heritability.*0\.25/);
    expect(() => selectCells(grid('64'), { ids: ['h0.3*'] })).toThrow(/no such cell.*h0\.1_p1_/);
  });

  it('say what they are in words', () => {
    const { cells } = selectCells(grid('126'), { ids: ['h0.25_p0.001_maf0.01-0.05_a-0.25_ld-score'] });
    expect(describeArchitecture(cells[0])).toBe('0.1 % causal, MAF 0.01–0.05, α = −0.25, 1/LD score');
    expect(describeArchitecture(grid('64').cells[0])).toBe('all causal, α = −1');
  });
});

describe('a grid of a user', () => {
  const read = async (text: string) => gridFromTable(await readDelimitedTable(fileWith(text)));

  it('is a table in which only h2 is needed', async () => {
    const { cells } = await read('h2\tp_causal\tweights\tmaf_low\n0\t\t\t\n0.4\t0.1\tldak\t0.05\n');
    expect(cells).toEqual([
      {
        id: 'h0_p1_maf0-0.5_a-1_none',
        h2: 0,
        causalShare: 1,
        causalFrequency: [0, 0.5],
        alpha: -1,
        gamma: 0,
        weights: 'none',
      },
      {
        id: 'h0.4_p0.1_maf0.05-0.5_a-1_ldak',
        h2: 0.4,
        causalShare: 0.1,
        causalFrequency: [0.05, 0.5],
        alpha: -1,
        gamma: 1,
        weights: 'ldak',
      },
    ]);
  });

  it.each([
    ['h2 alpha\n1.5 -1\n', /:2:1: h2 is out of range \(found "1.5"/],
    ['h2 p_causal\n0.5 0\n', /no variant would be causal/],
    ['h2 gamma\n0.5 1\n', /gamma needs weights/],
    [
      'h2 weights\n0.5 gcta\n',
      /:2:2: weights are unknown \(found "gcta", expected one of none, ldak, ld-score/,
    ],
    ['h2 maf_low maf_high\n0.5 0.3 0.1\n', /maf_low is above maf_high/],
    ['h2 alpha\n0.5 -1\n0.5 -1\n', /:3:1: the architecture h0.5_p1_maf0-0.5_a-1_none is there twice/],
    ['alpha\n-1\n', /no column h2/],
  ])('with a mistake is refused where it is: %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe('patterns of cells', () => {
  it('match as the regular expression does that has .* for each star', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '_', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '_', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, word) => {
        const source = glob.split('*').map((part) => part.replaceAll('.', '\\.'));
        expect(matchesGlob(glob, word)).toBe(new RegExp(`^${source.join('.*')}$`).test(word));
      }),
      { numRuns: 2000, seed: 20 },
    );
  });

  it('take no time with fifty stars', () => {
    const start = performance.now();
    expect(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no grid', (name) => {
    expect(namedGrid(name)).toBeUndefined();
  });
});
