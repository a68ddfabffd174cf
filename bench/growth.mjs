// How the time of a command grows with each dimension of its size.
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { alternate, medianOf } from './measure.mjs';
import { cost } from './report.mjs';

const UNITS = { samples: 'people', variants: 'variants', traits: 'traits', components: 'components' };

/**
 * Times a command at several multiples of one dimension after the other, the rest as they are in the middle; each row
 * stands beside the smallest of its sizes, scaled up.
 * @param {{ middle: object, factors: number[], repeats: number }} sizes
 * @param {string[]} dimensions names of numbers in `middle`.
 * @param {(size: object, made: object) => Promise<{ seconds: number }>} run
 * @returns {Promise<import('./benchmarks.mjs').Row[]>}
 */
export async function growthRows({ middle, factors, repeats }, dimensions, run) {
  const rows = [];
  for (const dimension of dimensions) {
    const sizes = factors.map((factor) => ({ ...middle, [dimension]: factor * middle[dimension] }));
    const contenders = [];
    for (const size of sizes) {
      const made = await cohort(size);
      contenders.push(() => run(size, made));
    }
    const results = await alternate(contenders, repeats);
    const seconds = results.map((result) => medianOf(result, 'seconds'));
    for (const [k, size] of sizes.entries()) {
      const linear = { name: 'linear growth', value: seconds[0] * (factors[k] / factors[0]) };
      const what = `${formatCount(size[dimension])} ${UNITS[dimension]}`;
      rows.push(cost(what, seconds[k], 's', k > 0 && linear));
    }
  }
  return rows;
}

/** @returns the sentence that says what the rows have in common. */
export function growthText({ middle, factors, repeats }) {
  const size = Object.keys(UNITS).map((key) => `${formatCount(middle[key])} ${UNITS[key]}`);
  return `${size.join(', ')} where a row of growth (factors ${factors.join(', ')}) does not say otherwise; medians of ${repeats} alternating repeats. Each stands beside the smallest of its sizes, scaled up.`;
}
