import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { heredity, outputPrefix } from './measure.mjs';
import { cost } from './report.mjs';

const COMMANDS = [
  'gre',
  'he',
  'he --ldms',
  'reml --method monte-carlo',
  'ldsc',
  'sumher --model human-default',
  'sumher --model ldak',
  'assoc --skip-pictures',
  'h2 --methods gre,he,reml-mc,ldsc,sumher-hd',
];
/** Commands that grow with the square or the cube of the people, or with both, are timed up to so many. */
const OF_FEW = ['reml --method monte-carlo --ldms', 'reml'];
const FEW = 10_000;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const planTimes = {
  name: 'planTimes',
  title: 'time of every method beside its plan, whole processes on all cores',
  sizes: {
    full: {
      cohorts: [
        { samples: 10_000, variants: 50_000 },
        { samples: 50_000, variants: 100_000 },
      ],
      repeats: 1,
    },
    quick: { cohorts: [{ samples: 3_000, variants: 5_000 }], repeats: 1 },
  },
  work: ({ cohorts }) => ({ genotypes: cohorts.map(({ samples, variants }) => samples * variants) }),
  async run({ cohorts }, { note }) {
    const rows = [];
    for (const size of cohorts) {
      const made = await cohort({ ...size, chromosomes: 22, traits: 5 });
      for (const line of [...COMMANDS, ...(size.samples > FEW ? [] : OF_FEW)]) {
        const input = ['--bfile', made.prefix, '--pheno', made.traits];
        const words = [...line.split(' '), ...input, '--memory', 8e9, '--out', outputPrefix('plan')];
        const { stdout } = await heredity(...words, '--plan-json');
        const plan = JSON.parse(stdout).seconds;
        const { seconds } = await heredity(...words);
        const what = `${line}, ${formatCount(size.samples)} x ${formatCount(size.variants)}`;
        rows.push(cost(what, seconds, 's', { name: 'its plan', value: plan }));
      }
    }
    note('A plan is right to a factor of 1.5 where the ratio lies between 0.67 and 1.5.');
    return rows;
  },
};
