import { expect, test } from 'vitest';
import { levelTrends } from '../../../src/estimators/he/trends.js';

const LEVELS = [
  { frequency: 0, ld: 0 },
  { frequency: 0, ld: 1 },
  { frequency: 1, ld: 0 },
  { frequency: 1, ld: 1 },
];
const sizes = Float64Array.of(40, 10, 20, 30);
/** Variances of strata whose variants explain 1, and so much more a level of frequency and a level of LD. */
const explaining = (frequency: number, ld: number) => ({
  sizes,
  variances: sizes.map((size, k) => size * (1 + frequency * LEVELS[k].frequency + ld * LEVELS[k].ld)),
});

test('slopes are those of what a variant explains, in units of the average, each at the same level of the other', () => {
  // the average: 1 + .5 · 50/100 - .2 · 40/100 = 1.17
  const whole = explaining(0.5, -0.2);
  const { frequency, ld } = levelTrends(LEVELS, whole, [explaining(0.6, -0.2), explaining(0.4, -0.2)], 1);
  expect(frequency!.estimate).toBeCloseTo(0.5 / 1.17, 12);
  expect(ld!.estimate).toBeCloseTo(-0.2 / 1.17, 12);
});

test('errors are the jackknife’s, and P is of Student’s t of blocks less one', () => {
  // an average of 1 throughout: the slope on frequency alone moves, by -.1, 0 and .1 about .4
  const centred = (slope: number) => {
    const own = explaining(slope, 0);
    return { sizes, variances: own.variances.map((value, k) => value - sizes[k] * slope * 0.5) };
  };
  const { frequency, ld } = levelTrends(LEVELS, centred(0.4), [0.3, 0.4, 0.5].map(centred), 1);
  // delete-one values with mean .4 and squares .02: sqrt(2/3 · .02)
  const se = Math.sqrt((2 / 3) * 0.02);
  expect(frequency!.se).toBeCloseTo(se, 12);
  // two-sided P of t with 2 degrees of freedom: 1 - t / sqrt(2 + t²)
  const t = 0.4 / se;
  expect(frequency!.p).toBeCloseTo(1 - t / Math.sqrt(2 + t ** 2), 10);
  expect(ld!.estimate).toBeCloseTo(0, 12);
});

test('a level that all strata share, or that goes with the other, has no slope', () => {
  const ofLd = LEVELS.map(({ ld }) => ({ frequency: 0, ld }));
  const alone = levelTrends(ofLd, explaining(0, 0.3), [explaining(0, 0.3), explaining(0, 0.2)], 1);
  expect(alone.frequency).toBeUndefined();
  expect(alone.ld!.estimate).toBeCloseTo(0.3 / 1.12, 12);
  const both = LEVELS.map(({ ld }) => ({ frequency: ld, ld }));
  expect(levelTrends(both, explaining(0, 0.3), [explaining(0, 0.3)], 1)).toEqual({
    frequency: undefined,
    ld: undefined,
  });
});
