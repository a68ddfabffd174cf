// Rows of results, as a table for people and as files that are kept.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { formatBytes, formatDuration, significant } from '../dist/estimate/number.js';
import { loadKernels } from '../dist/kernels/load.js';
import { describeSystem, VERSION } from '../dist/provenance.js';
import { textTable } from '../dist/report/table.js';
import { ROOT } from './measure.mjs';
import { compilerVersion, numpyVersion, plink2Version } from './peers.mjs';

/**
 * A figure where more is better, such as a rate.
 * @param beside name and value of the bound or peer; without a value (not installed) the row has no ratio.
 * @param goal how many times the bound or peer it is meant to reach.
 */
export function rate(what, value, unit, beside, goal) {
  return {
    what,
    value,
    unit,
    ...compare(beside, (other) => value / other),
    ...(goal !== undefined && { goal }),
  };
}

/** A figure where less is better, in `s` or `B`: the ratio is how many times as much the peer or the limit is. */
export function cost(what, value, unit, beside, goal) {
  return {
    what,
    value,
    unit,
    ...compare(beside, (other) => other / value),
    ...(goal !== undefined && { goal }),
  };
}

function compare(beside, ratio) {
  return beside?.value === undefined ? {} : { beside, times: ratio(beside.value) };
}

const figure = (value, unit) =>
  unit === 's'
    ? formatDuration(value)
    : unit === 'B'
      ? formatBytes(value)
      : `${significant(value, 3)} ${unit}`;

/** Rows of one benchmark, aligned. */
export function resultTable(rows) {
  return textTable(
    [
      { name: 'what', value: (row) => row.what },
      { name: 'ours', value: (row) => figure(row.value, row.unit) },
      {
        name: 'beside',
        value: (row) => (row.beside ? `${row.beside.name}: ${figure(row.beside.value, row.unit)}` : null),
      },
      { name: 'ratio', value: (row) => row.times ?? null, text: (row) => significant(row.times, 3) },
      { name: 'goal', value: (row) => (row.goal === undefined ? null : `>= ${row.goal}`) },
      {
        name: 'met',
        value: (row) =>
          row.goal === undefined || row.times === undefined ? null : row.times >= row.goal ? 'yes' : 'NO',
      },
    ],
    rows,
  );
}

/** The machine and the versions of everything that was timed on it. */
export function describeMachine() {
  const { backend, level } = loadKernels();
  return {
    ...describeSystem(),
    heredity: VERSION,
    backend: `${backend}, ${level}`,
    node: process.versions.node,
    compiler: compilerVersion() ?? null,
    numpy: numpyVersion() ?? null,
    plink2: plink2Version() ?? null,
  };
}

/** What may differ from one benchmark to the next: the state of the code, and what else the machine is doing. */
export function describeMoment() {
  return { startedAt: new Date().toISOString(), commit: gitCommit(), loadBefore: loadavg()[0] };
}

/** {@link describeMoment} in a sentence. */
export const momentText = ({ startedAt, commit, loadBefore }) =>
  `${startedAt.slice(0, 16)} UTC, ${commit ?? 'outside git'}, load ${loadBefore.toFixed(1)} before.`;

/** The machine in a few lines. */
export function machineText(machine) {
  const { cpu, cores, memoryBytes, platform, release } = machine;
  const absent = 'not installed';
  return [
    `${cpu}, ${cores} cores, ${formatBytes(memoryBytes)} memory, ${platform} ${release}`,
    `heredity ${machine.heredity}, kernels ${machine.backend}, Node.js ${machine.node}`,
    `peers: NumPy ${machine.numpy ?? absent}; ${machine.plink2 ?? `plink2 ${absent}`}; C compiler ${machine.compiler ?? absent}`,
  ].join('\n');
}

/**
 * Keeps the result of one benchmark in bench/results/<date>-<processor>.json and .md, with the others of the same day and
 * machine.
 * @returns path of the .md file.
 */
export function keepResult(machine, result, benchmarks) {
  const date = new Date().toISOString().slice(0, 10);
  const processor = machine.cpu
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const folder = join(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${date}-${processor}`);
  const earlier = existsSync(`${path}.json`)
    ? JSON.parse(readFileSync(`${path}.json`, 'utf8')).benchmarks
    : [];
  const all = benchmarks.flatMap(({ name }) =>
    name === result.name ? [result] : earlier.filter((item) => item.name === name),
  );
  writeFileSync(`${path}.json`, `${JSON.stringify({ machine, benchmarks: all }, null, 2)}\n`);
  writeFileSync(`${path}.md`, resultPage(date, machine, all));
  return `${path}.md`;
}

function resultPage(date, machine, benchmarks) {
  const parts = benchmarks.map(({ title, rows, notes, moment }) =>
    [
      `## ${title}`,
      '',
      '```text',
      resultTable(rows),
      '```',
      ...[...notes, momentText(moment)].flatMap((line) => ['', line]),
    ].join('\n'),
  );
  return `${[
    `# Benchmarks of ${date}`,
    '',
    ...machineText(machine)
      .split('\n')
      .map((line) => `- ${line}`),
    '',
    parts.join('\n\n'),
  ].join('\n')}\n`;
}

function gitCommit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
