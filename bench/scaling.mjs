import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { runGre } from './gre-run.mjs';
import { alternate, medianOf } from './measure.mjs';
import { cost } from './report.mjs';

/** Growth of time over growth of the size that still counts as linear: steps of the solver and caches are not quite constant. */
const LINEAR = 0.8;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const scaling = {
  name: 'scaling',
  title: 'cost of the GRE against people, variants and traits, whole processes on all cores',
  sizes: {
    full: { middle: { samples: 50_000, variants: 6_000, traits: 10 }, factors: [0.5, 1, 2], repeats: 3 },
    quick: { middle: { samples: 20_000, variants: 2_000, traits: 8 }, factors: [0.5, 1, 2], repeats: 1 },
  },
  work: ({ middle, factors }) => ({
    'genotypes of all traits': factors.map(
      (factor) => factor * middle.samples * middle.variants * middle.traits,
    ),
  }),
  async run({ middle, factors, repeats }, { note }) {
    const rows = [];
    const series = async (dimension, solver) => {
      const runs = [];
      for (const factor of factors) {
        const size = { ...middle, [dimension]: factor * middle[dimension] };
        const made = await cohort({ ...size, chromosomes: 1 });
        runs.push({ size, run: () => runGre(size, made, { solver }) });
      }
      const results = await alternate(
        runs.map(({ run }) => run),
        repeats,
      );
      return runs.map(({ size }, k) => ({
        size,
        seconds: medianOf(results[k], 'seconds'),
        iterations: medianOf(results[k], 'iterations'),
      }));
    };
    for (const dimension of ['samples', 'variants', 'traits']) {
      const [first, ...rest] = await series(dimension, 'iterative');
      rows.push(cost(sizeText('iterative', dimension, first), first.seconds, 's'));
      for (const point of rest) {
        const linear = {
          name: 'linear growth',
          value: (first.seconds * point.size[dimension]) / first.size[dimension],
        };
        rows.push(cost(sizeText('iterative', dimension, point), point.seconds, 's', linear, LINEAR));
      }
    }
    for (const point of await series('variants', 'direct')) {
      const { samples, variants } = point.size;
      const terms = `p^2 N / 2 = ${(variants ** 2 * samples) / 2e9} G pairs, p^3 / 3 = ${(variants ** 3 / 3e9).toFixed(0)} G multiply-adds`;
      rows.push(cost(`direct: ${formatCount(variants)} variants (${terms})`, point.seconds, 's'));
    }
    note(
      `${formatCount(middle.samples)} people, ${formatCount(middle.variants)} variants in one block and ${middle.traits} traits where the row does not say otherwise; medians of ${repeats} alternating repeats. Each row stands beside the smallest of its three sizes, scaled up; less than that, since a process has fixed costs. The direct solver is not linear: p^2 N / 2 genotype pairs and p^3 / 3 multiply-adds for p variants.`,
    );
    return rows;
  },
};

const UNITS = { samples: 'people', variants: 'variants', traits: 'traits' };

const sizeText = (solver, dimension, { size, iterations }) =>
  `${solver}: ${formatCount(size[dimension])} ${UNITS[dimension]} (${iterations} steps)`;
