// How everything here is timed: contenders in turn, medians, whole processes.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Of an even number of values, the upper of the middle two. */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Median of one field of several results. */
export const medianOf = (results, field) => median(results.map((result) => result[field]));

/**
 * Seconds of processor time that a call on this thread takes: wall time on a machine that does nothing else, and not
 * disturbed by programs that share the core.
 * @param atLeast seconds for which it is called again and again; 0 for a call that destroys its input.
 */
export function processorSeconds(run, atLeast = 0.05) {
  let calls = 0;
  let seconds = 0;
  const start = process.cpuUsage();
  do {
    run();
    calls++;
    const { user, system } = process.cpuUsage(start);
    seconds = (user + system) / 1e6;
  } while (seconds < atLeast);
  return seconds / calls;
}

/**
 * Runs contenders in turn, forth and back (A B, B A, A B, ...), so that a machine that grows faster or slower meanwhile
 * is the same for all.
 * @param {(() => unknown)[]} contenders each measures itself once, and may be asynchronous.
 * @returns {Promise<unknown[][]>} what each returned, by contender and repeat.
 */
export async function alternate(contenders, repeats) {
  const results = contenders.map(() => []);
  const order = [...contenders.keys()];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const k of order) results[k].push(await contenders[k]());
    order.reverse();
  }
  return results;
}

/** {@link alternate} for contenders that return numbers; the median of each. */
export async function medians(contenders, repeats) {
  return (await alternate(contenders, repeats)).map(median);
}

const hasGnuTime =
  spawnSync('/usr/bin/time', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU') ?? false;

/** What some machines set, and others do not: with it Node.js 20 reads all certificates at every start, for some .05 s. */
const OF_NO_MACHINE = { NODE_EXTRA_CA_CERTS: undefined };

/**
 * Runs a command to its end.
 * @returns {Promise<{ seconds: number, cpuSeconds?: number, peakBytes?: number, stdout: string }>} wall time; where GNU
 * time is installed also processor time and the largest resident set. (A process asked for its own largest set counts
 * that of the process it was forked from, and this one may be large: GNU time stands between them.)
 * @throws when the command fails.
 */
export async function runProcess(words, { env = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'heredity-time-'));
  const report = join(folder, 'time');
  const [command, ...rest] = hasGnuTime ? ['/usr/bin/time', '-o', report, '-f', '%U %S %M', ...words] : words;
  try {
    const start = performance.now();
    const child = spawn(command, rest, { env: { ...process.env, ...OF_NO_MACHINE, ...env }, cwd: ROOT });
    const output = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (output[0] += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output[1] += text));
    const ended = await new Promise((resolve, reject) =>
      child.on('error', reject).on('close', (...how) => resolve(how)),
    );
    const seconds = (performance.now() - start) / 1000;
    const [status, signal] = ended;
    if (status !== 0)
      throw new Error(`${words.join(' ')} ended with ${signal ?? `code ${status}`}\n${output.join('\n')}`);
    if (!hasGnuTime) return { seconds, stdout: output[0] };
    const [user, system, kilobytes] = readFileSync(report, 'utf8').split(' ').map(Number);
    return { seconds, cpuSeconds: user + system, peakBytes: kilobytes * 1024, stdout: output[0] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs this checkout's `heredity`, with nothing but results on its output. */
export function heredity(...words) {
  return runProcess([process.execPath, join(ROOT, 'bin/heredity.cjs'), ...words.map(String), '--quiet']);
}

let outputFolder;

/** Prefix of what a command of a benchmark writes: in a folder of this process only, which goes when it ends. */
export function outputPrefix(name) {
  if (outputFolder === undefined) {
    outputFolder = mkdtempSync(join(ROOT, 'bench/data/run-'));
    process.on('exit', () => rmSync(outputFolder, { recursive: true }));
  }
  return join(outputFolder, name);
}
