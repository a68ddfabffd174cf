import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatCount } from '../dist/estimate/number.js';
import { BESIDE_MEMORY } from '../dist/plan.js';
import { cohort } from './cohort.mjs';
import { heredity, outputPrefix } from './measure.mjs';
import { cost } from './report.mjs';

/** A command line for each command that takes --memory; with traits where it needs some. */
const COMMANDS = [
  ['gre', 'traits'],
  ['he', 'traits'],
  ['reml --method monte-carlo', 'traits'],
  ['assoc --skip-pictures', 'traits'],
  ['ldsc', 'traits'],
  ['sumher --model gcta', 'traits'],
  ['h2 --methods gre,he', 'traits'],
  ['ld scores --ld-wind-kb 100'],
  ['ld tagging --model gcta --ld-wind-kb 100'],
  ['ld weights --ld-wind-kb 100'],
  ['ld-factor'],
  ['prune --indep-pairwise 50,5,0.2'],
  ['pca --pcs 4'],
  ['simulate phenotypes --h2 0.5'],
  ['convert --make-bed'],
  ['freq'],
  ['missing'],
  ['hardy'],
  ['het'],
  ['king', 'few'],
  ['cohort', 'few'],
  ['grm', 'few'],
  ['reml', 'traits', 'few'],
];
/** Commands that grow with the square of the people are measured up to so many. */
const FEW = 10_000;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const memory = {
  name: 'memory',
  title: 'peak memory of every command beside --memory and the plan, whole processes',
  sizes: {
    full: {
      cohorts: [
        { samples: 3_000, variants: 5_000, memory: 50e6 },
        { samples: 60_000, variants: 20_000, memory: 50e6 },
        { samples: 337_205, variants: 2_048, memory: 150e6 },
      ],
      repeats: 1,
    },
    quick: { cohorts: [{ samples: 3_000, variants: 5_000, memory: 50e6 }], repeats: 1 },
  },
  work: ({ cohorts }) => ({ genotypes: cohorts.map(({ samples, variants }) => samples * variants) }),
  async run({ cohorts }, { note }) {
    const rows = [];
    for (const size of cohorts) {
      const made = await cohort({ ...size, chromosomes: 2, traits: 5 });
      for (const [line, ...kinds] of COMMANDS) {
        if (kinds.includes('few') && size.samples > FEW) continue;
        const out = outputPrefix('memory');
        const words = [
          ...[...line.split(' '), '--bfile', made.prefix, '--memory', size.memory, '--out', out],
          ...(kinds.includes('traits') ? ['--pheno', made.traits] : []),
        ];
        const what = `${line}, ${formatCount(size.samples)} x ${formatCount(size.variants)}`;
        const limit = { name: '--memory + 300 MB', value: size.memory + BESIDE_MEMORY };
        const planned = await planOf(words);
        if (planned.refusal !== undefined) {
          note(`${what}: ${planned.refusal}`);
          continue;
        }
        const run = await heredity(...words).catch(refused);
        if (run.refusal !== undefined) {
          note(`${what}, on the way: ${run.refusal}`);
          continue;
        }
        const { peakBytes } = run;
        rows.push(cost(what, peakBytes, 'B', limit, 1));
        rows.push(cost(`  its plan`, planned.bytes, 'B', { name: 'peak', value: peakBytes }));
        removeOutputs(out);
      }
    }
    note(
      'The largest resident set of the process, as the kernel counts it: all threads are in it. A ratio of 1 or more: kept.',
    );
    return rows;
  },
};

/** Bytes that the plan says; or why the command refuses. */
async function planOf(words) {
  try {
    const { stdout } = await heredity(...words, '--plan-json');
    return { bytes: JSON.parse(stdout).memoryBytes };
  } catch (error) {
    return refused(error);
  }
}

/** Why a command wants more memory. @throws the error where it is another. */
function refused(error) {
  const refusal = /error: (.*--memory.*)/.exec(error.message)?.[1];
  if (refusal === undefined) throw error;
  return { refusal };
}

function removeOutputs(out) {
  const folder = dirname(out);
  for (const name of readdirSync(folder))
    if (name.startsWith('memory')) rmSync(join(folder, name), { recursive: true });
}
