import { HeredityError } from '../errors.js';
import { median, selectedQuantile } from '../linalg/median.js';
import type { SignPlan } from './plan.js';

/** What the values of the signed statistic say about their signs. */
export interface SignCheck {
  readonly median: number;
  /** Whether the median is near the value at no effect. */
  readonly isCentred: boolean;
  /** Values below the one at no effect. */
  readonly below: number;
  /** Whether there are many values, and (nearly) none is below the value at no effect, or above: the signs have been lost. */
  readonly hasOneSign: boolean;
}

/** LDSC's bound on the distance of the median from no effect; and, of wide columns, the same in standard deviations. */
const TOLERANCE = 0.1;
/** Distance between the 10th and the 90th percentile of a normal distribution, in standard deviations. */
const NORMAL_RANGE = 2.5631;
/** By chance, so many effects have one sign once in a million times. */
const MANY = 20;
/** Share of effects with the rarer sign up to which, of {@link MANY}, they are slips among effects without signs. */
const FEW = 0.05;

/**
 * Checks that the signed statistic is centred at no effect, as in a genome-wide study, where half of the effects are
 * negative. What is near is told by LDSC's absolute bound, or by the spread of the column where that is wider: a score in the
 * tens has its median some units off by chance.
 * @param values of the variants that are kept.
 * @throws HeredityError `bad-input` where it is not, unless `anyMedian`.
 */
export function checkSign(file: string, values: Float32Array, sign: SignPlan, anyMedian: boolean): SignCheck {
  const middle = median(values);
  const spread = (selectedQuantile(values, 0.9) - selectedQuantile(values, 0.1)) / NORMAL_RANGE;
  const isCentred = Math.abs(middle - sign.nullValue) <= TOLERANCE * Math.max(1, spread);
  let below = 0;
  let away = 0;
  for (const value of values) {
    if (value < sign.nullValue) below++;
    if (value !== sign.nullValue) away++;
  }
  const hasOneSign = away >= MANY && Math.min(below, away - below) <= FEW * away;
  if (!isCentred && !anyMedian) throw notCentred(file, middle, sign, hasOneSign && below === 0);
  return { median: middle, isCentred, below, hasOneSign };
}

function notCentred(file: string, found: number, sign: SignPlan, hasNoNegative: boolean): HeredityError {
  const { name, nullValue } = sign;
  const looksLikeOddsRatio = nullValue === 0 && Math.abs(found - 1) <= TOLERANCE;
  const fix = looksLikeOddsRatio
    ? `an odds ratio is 1 at no effect: say --signed-sumstats ${name},1`
    : `name the right column and its value at no effect (--signed-sumstats ${name},${nullValue === 0 ? 1 : 0} for ${nullValue === 0 ? 'an odds ratio' : 'a log odds ratio'}); or, where A1 is always the allele that increases the trait, say --a1-inc. With few variants, or related ones, it may be chance: --no-check-median goes on`;
  const none = hasNoNegative ? ', and no value is below it: the signs may have been lost' : '';
  return new HeredityError('bad-input', `the median of ${name} is ${Number(found.toPrecision(4))}`, {
    file,
    expected: `about ${nullValue}, its value at no effect: in a genome-wide study half of the effects are negative${none}`,
    fix,
  });
}
