// From what was measured to a verdict. A claim is about one or many cells, such as the architectures of a grid; each cell has
// a number with an interval, as wide as the number of cells asks for (Bonferroni), so that a true claim fails in at most 5 % of
// runs, however many cells it has. What a claim says of a cell is one of two things:
// - bounds, such as a bias of at most 2 %: the cell holds where its interval lies within them, fails where it lies outside, and is
//   undecided where it is on both sides of a bound: more traits would tell;
// - one number, such as no bias: the cell fails where its interval leaves that number out. It can hold only as far as the interval is
//   narrow, so that it is undecided where the interval is wider than the claim's resolution to either side.
import { normalQuantile } from '../dist/linalg/distributions.js';

/** Chance that a true claim is found to fail. */
export const LEVEL = 0.05;

/** A number with a standard error and the bounds that the claim sets. */
export const measured = ({ id, what, replicates, value, se, within }) => ({
  id,
  what,
  replicates,
  value,
  within,
  interval: (z) => [value - z * se, value + z * se],
});

/**
 * The mean of values that should be `truth`, over it where that is not 0.
 * @param {{ id: string, what: string, values: readonly number[], truth: number, within?: readonly [number, number] }} options
 */
export function bias({ id, what = 'relative bias', values, truth, within = [0, 0] }) {
  const { mean, sd } = moments(values);
  const unit = truth === 0 ? 1 : truth;
  const se = sd / Math.sqrt(values.length) / Math.abs(unit);
  return measured({ id, what, replicates: values.length, value: (mean - truth) / unit, se, within });
}

/**
 * Mean of the standard errors over the spread of the errors that were made; its own error from the kurtosis of these.
 * @param {{ id: string, what?: string, errors: readonly number[], ses: readonly number[], within: readonly [number, number] }} options
 */
export function calibration({ id, what = 'mean SE / SD', errors, ses, within }) {
  const { mean, sd } = moments(errors);
  const count = errors.length;
  const kurtosis = errors.reduce((sum, value) => sum + ((value - mean) / sd) ** 4, 0) / count;
  const ofSes = moments(ses);
  const value = ofSes.mean / sd;
  const relative = Math.sqrt((kurtosis - 1) / 4 + (ofSes.sd / ofSes.mean) ** 2) / Math.sqrt(count);
  return measured({ id, what, replicates: count, value, se: value * relative, within });
}

/**
 * A share of replicates, with Wilson's interval, which holds near 0 and 1 too.
 * @param {{ id: string, what: string, count: number, of: number, within: readonly [number, number] }} options
 */
export function share({ id, what, count, of, within }) {
  const value = count / of;
  const interval = (z) => {
    const denominator = 1 + z ** 2 / of;
    const middle = (value + z ** 2 / (2 * of)) / denominator;
    const half = (z / denominator) * Math.sqrt((value * (1 - value)) / of + z ** 2 / (4 * of ** 2));
    return [count === 0 ? 0 : middle - half, count === of ? 1 : middle + half];
  };
  return { id, what, replicates: of, value, within, interval };
}

/**
 * Share of 95 % intervals that hold the truth. @param options `within` which bounds; by default 95 %, to 2 % where nothing else is said: an interval
 * of that half-width around a share that is not 95 % lies on both sides of it only where the share is 93 to 97 %.
 */
export function coverage({
  id,
  what = 'coverage of 95 % intervals',
  errors,
  ses,
  within = [0.95, 0.95],
  resolution = 0.02,
}) {
  for (const values of [errors, ses]) moments(values);
  const count = errors.filter((error, r) => Math.abs(error) <= Z95 * ses[r]).length;
  return {
    ...share({ id, what, count, of: errors.length, within }),
    resolution,
  };
}

const Z95 = normalQuantile(0.975);

/**
 * @param cells of a claim; those without bounds are measured beside it, and count for no verdict. @param resolution half-width of an
 * interval beyond which a cell that should be one number says nothing; a cell may have its own.
 * @returns the cells with interval and verdict, and the claim's: `fails` where a cell does, `holds` where all do, else `undecided`.
 */
export function judge(cells, resolution) {
  const claimed = cells.filter(({ within }) => within !== null);
  const z = normalQuantile(1 - LEVEL / (2 * Math.max(1, claimed.length)));
  const judged = cells.map(({ interval, ...cell }) => {
    const [low, high] = interval(z);
    return {
      ...cell,
      low,
      high,
      verdict: verdictOn(cell.within, [low, high], cell.resolution ?? resolution),
    };
  });
  const has = (verdict) => judged.some((cell) => cell.verdict === verdict);
  const verdict = has('fails') ? 'fails' : has('undecided') || claimed.length === 0 ? 'undecided' : 'holds';
  return { cells: judged, verdict };
}

function verdictOn(within, [low, high], resolution) {
  if (within === null) return 'not claimed';
  const [least, most] = within;
  if (high < least || low > most) return 'fails';
  const isSure = least === most ? (high - low) / 2 <= resolution : low >= least && high <= most;
  return isSure ? 'holds' : 'undecided';
}

/** @throws where a value is no number: a claim counts the traits without an estimate itself, and leaves none out by itself. */
function moments(values) {
  const missing = values.filter((value) => !Number.isFinite(value)).length;
  if (missing > 0) throw new Error(`${missing} of ${values.length} values are no numbers`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}
