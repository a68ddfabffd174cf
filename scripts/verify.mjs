// `npm run verify`: measures the statistical claims of the docs, apart from the tests (docs/verification.md).
//   npm run verify                          every claim; results are kept and docs/verification.md is written
//   npm run verify -- --list                names and claims
//   npm run verify -- --only NAME,NAME      some claims
//   npm run verify -- --replicates N        other numbers of traits a cell (nothing is kept); also --seed N
//   npm run verify -- --threads N           threads of each command; results do not depend on it (default 1)
import '../dist/host/node/install.js';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { formatDuration } from '../dist/estimate/number.js';
import { textTable } from '../dist/report/table.js';
import { CLAIMS } from '../verify/claims.mjs';
import { cellTable, keep } from '../verify/report.mjs';
import { judge } from '../verify/verdict.mjs';
import { scratch } from '../verify/world.mjs';

const flags = readFlags();
if (flags.list) {
  console.log(claimTable());
  process.exit(0);
}
const chosen = CLAIMS.filter(({ name }) => !flags.only || flags.only.includes(name));
for (const claim of chosen) {
  const { name, resolution, measure, ...facts } = claim;
  const { replicates = claim.replicates, seed = claim.seed, threads } = flags;
  console.log(`\n${name}: ${facts.claim}\n${facts.size}; ${replicates} traits a cell, seed ${seed}`);
  const start = performance.now();
  try {
    const measured = await measure({ replicates, seed, threads, folder: scratch() });
    const { cells, verdict } = judge(measured, resolution);
    const seconds = (performance.now() - start) / 1000;
    console.log(`\n${cellTable(cells)}\n\n${name} ${verdict} (${formatDuration(seconds)})`);
    if (verdict !== 'holds') process.exitCode = 1;
    if (replicates === claim.replicates && seed === claim.seed) {
      const day = new Date().toISOString().slice(0, 10);
      keep({ name, ...facts, verdict, measured: day, seconds: Math.round(seconds), cells });
    } else console.log('Nothing is kept: the numbers of traits or the seed are not the claim’s own.');
  } catch (error) {
    console.error(`\n${name} could not be measured: ${error.message}`);
    process.exitCode = 1;
  }
}

function claimTable() {
  return textTable(
    [
      { name: 'name', value: ({ name }) => name },
      { name: 'traits', value: ({ replicates }) => replicates },
      { name: 'seed', value: ({ seed }) => seed },
      { name: 'size', value: ({ size }) => size },
      { name: 'claim', value: ({ claim }) => claim },
    ],
    CLAIMS,
  );
}

function readFlags() {
  const { values } = parseArgs({
    options: {
      list: { type: 'boolean' },
      only: { type: 'string' },
      replicates: { type: 'string' },
      seed: { type: 'string' },
      threads: { type: 'string' },
    },
  });
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !CLAIMS.some((claim) => claim.name === name)) ?? [];
  if (unknown.length > 0)
    refuse(`there is no claim named ${unknown.join(', ')}. There are:\n${claimTable()}`);
  return {
    list: values.list ?? false,
    only,
    replicates: wholeNumber('--replicates', values.replicates, 2),
    seed: wholeNumber('--seed', values.seed, 0),
    threads: wholeNumber('--threads', values.threads, 1) ?? 1,
  };
}

function wholeNumber(flag, text, least) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value >= least))
    refuse(`${flag} is ${text}, expected a whole number of at least ${least}`);
  return value;
}

function refuse(problem) {
  console.error(`npm run verify: ${problem}`);
  process.exit(2);
}
