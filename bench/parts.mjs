import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatCount } from '../dist/estimate/number.js';
import { cohort } from './cohort.mjs';
import { heredity, outputPrefix } from './measure.mjs';
import { cost } from './report.mjs';

/** A command line for each command that can be divided; with traits where it needs some. */
const COMMANDS = [
  ['gre', 'traits'],
  ['he', 'traits'],
  ['assoc --skip-pictures', 'traits'],
  ['ld scores --ld-wind-kb 1000'],
  ['ld tagging --model gcta --ld-wind-kb 1000'],
  ['ld weights --ld-wind-kb 1000'],
  ['grm', 'few'],
  ['king', 'few'],
  ['study run --cells *_p1_maf0-0.5_*_none --h2 0.5 --replicates 20 --estimators he'],
];
/** So many times the single run at most. */
const GOAL = 1.1;

const ALL = COMMANDS.map(([line]) => line);

/** @param runs each a cohort, commands, and numbers of parts, beside one single run of each. */
const benchmark = (name, what, full, quick) => ({
  name,
  title: `processor time of plan, parts and merge beside that of the single run, whole processes on one thread: ${what}`,
  sizes: { full: { repeats: 1, runs: full }, quick: { repeats: 1, runs: quick } },
  work: ({ runs }) => ({
    genotypes: runs.map(({ samples, variants }) => samples * variants),
    parts: runs.map((run) => run.parts),
  }),
  run: measured,
});

const SMALL = { samples: 2_000, variants: 4_000, chromosomes: 4, traits: 2, parts: [2] };
const BIOBANK = { samples: 337_205, chromosomes: 22, traits: 22 };

/** @type {import('./benchmarks.mjs').Benchmark[]} */
export const parts = [
  benchmark(
    'parts',
    'every command that can be divided',
    [{ commands: ALL, samples: 20_000, variants: 20_000, chromosomes: 4, traits: 5, parts: [4] }],
    [{ commands: ALL, ...SMALL }],
  ),
  benchmark(
    'partsGre',
    'GRE of many people and few variants',
    [{ commands: ['gre'], ...BIOBANK, variants: 46_000, parts: [4, 16] }],
    [{ commands: ['gre'], ...SMALL }],
  ),
  benchmark(
    'partsArray',
    'GRE of a sixth of an array',
    [{ commands: ['gre'], ...BIOBANK, variants: 100_000, parts: [4] }],
    [{ commands: ['gre'], ...SMALL }],
  ),
];

async function measured({ runs }, { note }) {
  const rows = [];
  for (const { commands, parts: counts, ...size } of runs) {
    const made = await cohort(size);
    for (const line of commands) {
      const [, ...kinds] = COMMANDS.find(([own]) => own === line);
      const words = [
        ...[...line.split(' '), '--bfile', made.prefix, '--threads', 1],
        ...(kinds.includes('traits') ? ['--pheno', made.traits] : []),
      ];
      const alone = outputPrefix('single-run');
      try {
        const single = await heredity(...words, '--out', alone);
        for (const count of counts) {
          const steps = await inParts(words, count, alone);
          const sum = steps.reduce((all, { cpuSeconds }) => all + cpuSeconds, 0);
          const what = `${line.split(' --')[0]}, ${formatCount(size.samples)} x ${formatCount(size.variants)}, ${count} parts`;
          const peer = { name: 'single run', value: single.cpuSeconds };
          rows.push(cost(what, sum, 's', peer, 1 / GOAL));
          rows.push(cost('  its plan', steps[0].cpuSeconds, 's'));
          rows.push(cost('  its longest part', longestOf(steps).cpuSeconds, 's', peer));
          rows.push(cost('  its merge', steps.at(-1).cpuSeconds, 's'));
          const extra = (sum - single.cpuSeconds) / steps.length;
          rows.push(cost('  beside the work, for each of its processes', Math.max(0, extra), 's'));
          const seconds = [single, ...steps].map(({ cpuSeconds }) => cpuSeconds.toFixed(1));
          note(
            `${what}: single run ${seconds[0]}, plan ${seconds[1]}, parts and merge ${seconds.slice(2).join(', ')} s`,
          );
        }
      } finally {
        removeAll(alone);
      }
    }
  }
  note(
    'Outputs of the merge are compared with those of the single run, byte for byte but for what a run says of itself. Beside the work: what plan, parts and merge take more than the single run, by their number; it depends on people and traits, and hardly on variants, so that the ratio falls as the work grows.',
  );
  return rows;
}

const longestOf = (steps) =>
  steps.slice(1, -1).reduce((longest, step) => (step.cpuSeconds > longest.cpuSeconds ? step : longest));

/** Plan, parts and merge. @param alone prefix of the single run. @throws where results differ from its own. */
async function inParts(words, count, alone) {
  const [divided, merged] = ['parts', 'merged'].map((name) => outputPrefix(`${name}-run`));
  try {
    const own = [...words, '--parts', count, '--out', divided];
    const steps = [await heredity(...own, '--plan')];
    for (let part = 1; part <= count; part++) steps.push(await heredity(...own, '--part', part));
    steps.push(await heredity('merge', divided, '--threads', 1, '--out', merged));
    checkSame(alone, merged);
    return steps;
  } finally {
    for (const prefix of [divided, merged]) removeAll(prefix);
  }
}

function removeAll(prefix) {
  for (const name of namesOf(prefix)) rmSync(join(dirname(prefix), name), { recursive: true });
}

const namesOf = (prefix) =>
  readdirSync(dirname(prefix)).filter((name) => name.startsWith(`${basename(prefix)}.`));

const OF_THE_RUN = new Set(['provenance', 'seconds', 'peakBytes', 'threads']);
const answers = (text) =>
  JSON.stringify(JSON.parse(text, (key, value) => (OF_THE_RUN.has(key) ? undefined : value)));

function checkSame(alone, merged) {
  const compared = namesOf(alone).filter((name) =>
    /\.(json|tsv|gz|bin|weights|tagging|kin0|linear)$/.test(name),
  );
  if (compared.length === 0) throw new Error(`nothing to compare among ${namesOf(alone).join(', ')}`);
  for (const name of compared) {
    const other = `${basename(merged)}${name.slice(basename(alone).length)}`;
    const [ours, theirs] = [name, other].map((own) => readFileSync(join(dirname(alone), own)));
    const isSame = name.endsWith('.json')
      ? answers(ours.toString().replaceAll(alone, '')) === answers(theirs.toString().replaceAll(merged, ''))
      : ours.equals(theirs);
    if (!isSame) throw new Error(`${name} of the merged parts differs from that of the single run`);
  }
}
