// What claims are measured on: cohorts and studies made by this checkout's own commands, in a folder that git ignores.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { heredity, ROOT } from '../bench/measure.mjs';

export { heredity };

const DATA = join(ROOT, 'verify/data');

/** A folder of this run, which goes when it ends. */
export function scratch() {
  mkdirSync(DATA, { recursive: true });
  const folder = mkdtempSync(join(DATA, 'run-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Simulated genotypes, made once and kept.
 * @param {{ samples: number, variants: number, chromosomes?: number, seed?: number, more?: readonly (string | number)[] }} size
 * `more` are further flags of `heredity simulate genotypes`.
 * @returns {Promise<string>} prefix of the file set.
 */
export async function genotypes({ samples, variants, chromosomes = 1, seed = 1, more = [] }) {
  mkdirSync(DATA, { recursive: true });
  const name = [
    samples,
    variants,
    chromosomes,
    seed,
    ...more.map((word) => `${word}`.replace(/^--/, '')),
  ].join('-');
  const prefix = join(DATA, name);
  const size = ['--samples', samples, '--variants', variants, '--chromosomes', chromosomes, '--seed', seed];
  if (!existsSync(`${prefix}.bed`))
    await heredity('simulate', 'genotypes', ...size, ...more, '--out', prefix);
  return prefix;
}

/**
 * Runs `heredity study run`.
 * @param {string} bfile @param {{ folder: string, replicates: number, seed: number, threads: number }} run
 * @param {readonly (string | number)[]} words further flags.
 * @returns {Promise<ReplicateRow[]>}
 */
export async function study(bfile, { folder, replicates, seed, threads }, words) {
  const out = join(folder, 'study');
  const own = ['--replicates', replicates, '--seed', seed, '--threads', threads, '--out', out];
  await heredity('study', 'run', '--bfile', bfile, ...own, ...words);
  const rows = readTable(gunzipSync(readFileSync(`${out}.replicates.tsv.gz`)).toString());
  return rows.map(({ cell, estimator, h2, genetic_variance, estimate, se }) => ({
    cell,
    estimator,
    h2: Number(h2),
    explained: share(Number(genetic_variance), 1 - Number(h2)),
    estimate: number(estimate),
    se: number(se),
  }));
}

/**
 * @typedef {{ cell: string, estimator: string, h2: number, explained: number, estimate: number, se: number }} ReplicateRow
 * One estimate of one simulated trait, NaN where there is none. `h2` is that of the architecture; `explained` is what these effects
 * explain of the trait in people with these genotypes, whatever noise the sample happens to have.
 */

const share = (genetic, noise) => genetic / (genetic + noise);

const number = (text) => (text === 'NA' || text === 'nan' ? Number.NaN : Number(text));

/** Rows of a table with a header, tabs between columns. */
function readTable(text) {
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, c) => [names[c], value])));
}

/** Rows by the values of some of their columns, in the order in which they come: `[key, rows]`. */
export function groupRows(rows, ...columns) {
  const groups = new Map();
  for (const row of rows) {
    const key = columns.map((column) => row[column]).join(' ');
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return [...groups];
}
