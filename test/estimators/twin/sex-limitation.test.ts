import { describe, expect, it } from 'vitest';
import {
  compareLimitations,
  fitSexLimitation,
  identifiedLimitations,
  type Limitation,
} from '../../../src/estimators/twin/sex-limitation.js';
import { SHARED } from '../../shared.js';
import { ozSexes } from './oz-joint.js';
import { readOzTwins } from './oz-twins.js';

// OpenMx 2.21.1 (Debian) on the same pairs, means by sex, raw data: -2 lnL, then variances A, C or D, E of women and of men.
const OPENMX: [string, string, Limitation, number, number[], number?][] = [
  [
    'younger',
    'ACE',
    'other genes',
    8345.392737,
    [0.58849, 0, 0.17264955, 0.51999233, 0, 0.14179977],
    0.642531,
  ],
  ['younger', 'ACE', 'one scale', 8356.472024, [0.59661759, 0, 0.17415205, 0.51860563, 0, 0.15138044]],
  ['younger', 'ACE', 'no difference', 8365.043474, [0.56398578, 0, 0.16673366, 0.56398578, 0, 0.16673366]],
  [
    ...(['younger', 'ADE', 'other genes', 8336.642728] as const),
    [0.29367583, 0.29126018, 0.1686012, 0.23033599, 0.28799011, 0.13691894],
    0.782773,
  ],
  [
    ...(['younger', 'ADE', 'other sizes', 8337.070634] as const),
    [0.28068013, 0.30458065, 0.16874223, 0.15645929, 0.36224877, 0.1366959],
  ],
  [
    ...(['older', 'ACE', 'other genes', 9189.610385] as const),
    [0.68042865, 0, 0.30309125, 0.42778658, 0.016582892, 0.18242239],
    0.671928,
  ],
  ['older', 'ACE', 'one scale', 9197.178593, [0.68599458, 0, 0.30482205, 0.43475374, 0, 0.19318305]],
];

describe.skipIf(SHARED === undefined)('both sexes of 3,808 Australian twin pairs', () => {
  const rows = SHARED === undefined ? [] : readOzTwins();
  const younger = SHARED === undefined ? undefined : ozSexes(rows, 'younger', 'bmi');
  const older = SHARED === undefined ? undefined : ozSexes(rows, 'older', 'bmi');

  it.each(OPENMX)('agrees with OpenMx: %s %s, %s', (cohort, base, limitation, minus2lnL, variances, r) => {
    const { sums } = (cohort === 'younger' ? younger : older)!;
    const fit = fitSexLimitation(base, limitation, sums, false);
    expect(Math.abs(fit.minus2lnL - minus2lnL)).toBeLessThan(1e-4);
    const own = fit.shares.flatMap((sex) => sex.map(({ variance }) => variance));
    own.forEach((variance, k) => {
      expect(Math.abs(variance - variances[k])).toBeLessThan(2e-4);
    });
    if (r !== undefined) expect(fit.correlation!.value).toBeCloseTo(r, 4);
  });

  it('one cause takes both sexes the same way, and larger models never fit worse', () => {
    // OpenMx lets a path of one sex be negative, and so finds 9190.807 for r_C = -1; with r_C = 1 it is higher
    const { sums, kinds } = older!;
    const models = identifiedLimitations('ACE', kinds).map((own) =>
      fitSexLimitation('ACE', own, sums, false),
    );
    expect(models.map(({ limitation }) => limitation)).toContain('other environments');
    const sizes = models.find(({ limitation }) => limitation === 'other sizes')!;
    expect(sizes.minus2lnL).toBeGreaterThan(9190.808);
    for (const { lrt, p } of compareLimitations(models)) {
      expect(lrt).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
    }
    const [genes, , , , none] = models;
    expect(sizes.minus2lnL).toBeGreaterThanOrEqual(genes.minus2lnL);
    expect(none.minus2lnL).toBeGreaterThanOrEqual(sizes.minus2lnL);
  });

  it('the correlation between the sexes has the interval that OpenMx gives', () => {
    const { correlation } = fitSexLimitation('ACE', 'other genes', younger!.sums, true);
    expect(Math.abs(correlation!.ci95![0] - 0.4043)).toBeLessThan(5e-4);
    expect(Math.abs(correlation!.ci95![1] - 0.86177)).toBeLessThan(5e-4);
  });

  it('without pairs of opposite sexes nothing says whether causes are the same', () => {
    const same = younger!.kinds.filter(({ sexes }) => sexes[0] === sexes[1]);
    expect(identifiedLimitations('ACE', same)).toEqual(['other sizes', 'one scale', 'no difference']);
    expect(identifiedLimitations('ADE', younger!.kinds)).not.toContain('other environments');
  });
});
