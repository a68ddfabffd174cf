import { cohort } from './cohort.mjs';
import { checkSameEstimates, runGre } from './gre-run.mjs';
import { alternate, medianOf } from './measure.mjs';
import { THREADS } from './peers.mjs';
import { cost } from './report.mjs';

const TIME_LIMIT = 300;
const MEMORY_LIMIT = 3e9;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const chromosome22 = {
  name: 'chromosome22',
  title:
    "GRE, 20 traits, the size of chromosome 22 in the paper's UK Biobank analysis, whole processes on all cores",
  sizes: {
    full: { samples: 337_205, variants: 9_654, chromosomes: 1, traits: 20, repeats: 3 },
    quick: { samples: 100_000, variants: 2_000, chromosomes: 1, traits: 20, repeats: 1 },
  },
  work: ({ samples, variants, traits }) => ({ 'genotypes of all traits': samples * variants * traits }),
  async run(size, { note }) {
    const made = await cohort(size);
    const solvers = ['auto', 'direct', 'iterative'];
    const runs = await alternate(
      solvers.map((solver) => () => runGre(size, made, { solver })),
      size.repeats,
    );
    checkSameEstimates(runs[1][0], runs[2][0]);
    note(
      `${size.samples} people, ${size.variants} variants, medians of ${size.repeats} alternating repeats; goal for 2 cores, here ${THREADS}. The iterative solver took ${runs[2][0].iterations} steps; both give the same estimates within 1e-4.`,
    );
    return solvers.flatMap((solver, k) => {
      const name = solver === 'auto' ? 'default' : `--solver ${solver}`;
      return [
        cost(
          `${name}: wall time`,
          medianOf(runs[k], 'seconds'),
          's',
          { name: '5 minutes', value: TIME_LIMIT },
          1,
        ),
        cost(
          `${name}: peak memory`,
          medianOf(runs[k], 'peakBytes'),
          'B',
          { name: '3 GB', value: MEMORY_LIMIT },
          1,
        ),
      ];
    });
  },
};
