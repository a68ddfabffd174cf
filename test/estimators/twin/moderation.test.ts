import { describe, expect, it } from 'vitest';
import { sumFamilies } from '../../../src/estimators/twin/families.js';
import {
  compareModeration,
  fitModeration,
  type ModeratedKind,
} from '../../../src/estimators/twin/moderation.js';
import { type Component, RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { SHARED } from '../../shared.js';
import { type OzRow, readOzTwins } from './oz-twins.js';

const SCALE = { center: 30, spread: 10 };

/** BMI of pairs of one sex with the age of each pair, in tens of years from 30. */
function ozAges(rows: readonly OzRow[], sex: string) {
  const kinds = new Map<string, ModeratedKind>();
  const number = (text: string) => (text === '' ? Number.NaN : Number(text));
  const families = rows.flatMap((row) => {
    const kind = row.zygosity.slice(0, 2).toLowerCase() as 'mz' | 'dz';
    if (row.zygosity.slice(2) !== sex || row.age === '') return [];
    const z = (Number(row.age) - SCALE.center) / SCALE.spread;
    const key = `${kind} ${z}`;
    const own = kinds.get(key) ?? { relationship: RELATIONSHIPS[kind], moderator: [z, z] as const };
    kinds.set(key, own);
    const mean = [Float64Array.of(1, z)];
    return [
      {
        kind: own,
        values: [[number(row.bmi1)], [number(row.bmi2)]] as const,
        rows: [mean, mean] as const,
      },
    ];
  });
  return sumFamilies(families, ['bmi']);
}

describe.skipIf(SHARED === undefined)('BMI along age in 3,808 Australian twin pairs', () => {
  const rows = SHARED === undefined ? [] : readOzTwins();
  const women = SHARED === undefined ? undefined : ozAges(rows, 'FF');

  // OpenMx 2.21.1 (Debian), age as a definition variable in tens of years from 30: -2 lnL, then paths at 30 and their change in ten
  // years, A, C or D, E, and standard errors of the changes.
  it.each([
    [
      'ACE',
      ['A', 'C', 'E'],
      9325.730438,
      [0.7670362, 0, 0.4593225],
      [0.02058224, 0, 0.05592531],
      [0.0118395, null, 0.0088113],
    ],
    [
      'ACE',
      ['C', 'E'],
      9328.218559,
      [0.76765308, 0.0366153, 0.45929897],
      [0, 0.05640959, 0.06071388],
      [null, 0.0490185, 0.0084341],
    ],
    ['ACE', ['A', 'C'], 9372.124546, [0.7523095, 0, 0.4931812], [0.04875546, 0, 0], [0.010537, null, null]],
    ['ACE', [], 9395.328237, [0.7806008, 0, 0.4944349], [0, 0, 0], [null, null, null]],
    [
      ...(['ADE', ['A', 'D', 'E'], 9322.626234] as const),
      [0.647386564, 0.406735664, 0.45637569],
      [-0.005419762, 0.045293434, 0.054411563],
      [0.0406526, 0.0513377, 0.0087788],
    ],
  ] as [string, Component[], number, number[], number[], (number | null)[]][])(
    '%s with slopes of %s agrees with OpenMx',
    (base, moderated, minus2lnL, levels, slopes, errors) => {
      const fit = fitModeration(base, moderated, women!, SCALE, [30]);
      expect(Math.abs(fit.minus2lnL - minus2lnL)).toBeLessThan(1e-4);
      fit.paths.forEach((path, c) => {
        expect(Math.abs(path.level + 30 * path.slope - levels[c])).toBeLessThan(1e-4);
        expect(Math.abs(10 * path.slope - slopes[c])).toBeLessThan(2e-4);
        const error = errors[c];
        if (error === null) expect(path.slopeSe).toBeNull();
        else expect(Math.abs(10 * path.slopeSe! - error)).toBeLessThan(1e-4);
      });
      const [{ parts, total, genetic }] = fit.shares;
      expect(parts.reduce((sum, { variance }) => sum + variance, 0)).toBeCloseTo(total, 12);
      expect(genetic.share).toBeCloseTo(1 - parts[parts.length - 1].share, 2);
    },
  );

  it('tests each slope and all of them against the model with every slope', () => {
    const sets: Component[][] = [['A', 'C', 'E'], ['C', 'E'], []];
    const fits = sets.map((moderated) => fitModeration('ACE', moderated, women!, SCALE, [30]));
    const tests = compareModeration(fits);
    expect(tests.map(({ df }) => df)).toEqual([1, 3]);
    expect(tests[0].lrt).toBeCloseTo(9328.218559 - 9325.730438, 3);
    expect(tests[1].p).toBeLessThan(1e-10);
  });
});
