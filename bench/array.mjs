import { BESIDE_MEMORY } from '../dist/plan.js';
import { cohort } from './cohort.mjs';
import { runGre } from './gre-run.mjs';
import { THREADS } from './peers.mjs';
import { cost } from './report.mjs';

const MEMORY = 6e9;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const array = {
  name: 'array',
  title: "GRE, 22 traits, the size of UK Biobank's own array, one whole process on all cores within 6 GB",
  onlyByName: true,
  sizes: {
    full: { samples: 337_205, variants: 593_300, chromosomes: 22, traits: 22, repeats: 1 },
    quick: { samples: 20_000, variants: 20_000, chromosomes: 22, traits: 22, repeats: 1 },
  },
  work: ({ samples, variants, traits }) => ({ 'genotypes of all traits': samples * variants * traits }),
  async run(size, { note }) {
    const made = await cohort(size);
    const run = await runGre(size, made, { more: ['--memory', MEMORY] });
    const errors = run.estimates.map(({ h2, se, realised }) => ({ error: h2 - realised, se }));
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const rms = (values) => Math.sqrt(mean(values.map((value) => value ** 2)));
    note(
      `${size.samples} people, ${size.variants} variants, ${run.ranks.length} blocks, ${THREADS} threads, ${run.iterations} steps at most. Certified error of the solver: ${Math.max(...run.estimates.map(({ solverError }) => solverError)).toExponential(1)} at most.`,
    );
    note(
      `Estimate (standard error) and truth: ${run.estimates.map(({ h2, se, realised }) => `${h2.toFixed(5)} (${se.toFixed(5)}), ${realised.toFixed(5)}`).join('; ')}.`,
    );
    note(
      `Mean error ${mean(errors.map(({ error }) => error)).toExponential(1)}, root mean square ${rms(errors.map(({ error }) => error)).toExponential(1)} beside a mean standard error of ${mean(errors.map(({ se }) => se)).toExponential(1)}; the largest is ${Math.max(...errors.map(({ error, se }) => Math.abs(error / se))).toFixed(1)} standard errors.`,
    );
    return [
      cost('wall time', run.seconds, 's', { name: 'half an hour', value: 1800 }, 1),
      cost('processor time', run.cpuSeconds, 's'),
      cost(
        'peak memory',
        run.peakBytes,
        'B',
        { name: '--memory + 300 MB', value: MEMORY + BESIDE_MEMORY },
        1,
      ),
    ];
  },
};
