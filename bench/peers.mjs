// The programs that ours are held against, where they are installed.
import { spawn, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runProcess } from './measure.mjs';

/** What every whole process may use: the machine. */
export const THREADS = availableParallelism();

const PROBE = `import json, numpy
blas = numpy.show_config(mode='dicts')['Build Dependencies']['blas']
print(json.dumps([numpy.__version__, blas['name'], blas['version']]))`;

/** @returns {string | undefined} version of NumPy and of its BLAS. */
export const numpyVersion = once(() => {
  const text = firstLine('python3', ['-c', PROBE]);
  if (text === undefined) return undefined;
  const [version, blas, blasVersion] = JSON.parse(text);
  return `${version} with ${blas} ${blasVersion}`;
});

/**
 * The plink2 that is run: Debian's script on the PATH takes a slower build than the machine can run where the system names a
 * feature otherwise than it expects, so that its fastest build is tried first.
 */
const PLINK2_BUILDS = ['/usr/lib/plink2/plink2-avx2', 'plink2'];
export const plink2 = once(() =>
  PLINK2_BUILDS.find((build) => firstLine(build, ['--version']) !== undefined),
);

/** @returns {string | undefined} version of plink2, and the BLAS that the system gives it, on which its matrices depend. */
export const plink2Version = once(() => {
  const version = plink2() && firstLine(plink2(), ['--version']);
  return version && `${version}, ${blasOf(plink2())}`;
});

/** The folder of the library that a program takes its BLAS from, which is named after it where Debian has several. */
function blasOf(program) {
  const { stdout } = spawnSync('sh', ['-c', 'ldd "$(command -v "$0")"', program], { encoding: 'utf8' });
  const path = /libblas\S* => (\S+)/.exec(stdout ?? '')?.[1];
  return path === undefined ? 'its own BLAS' : `BLAS of ${basename(dirname(realpathSync(path)))}`;
}

/** Runs plink2 to its end on all cores. */
export const runPlink2 = (...words) => runPeer(plink2(), ...words, '--threads', THREADS);

/** Whether it is on the PATH; it says no version of its own that could be quoted. */
export const hasGenie = once(() => spawnSync('sh', ['-c', 'command -v GENIE']).status === 0);

/** Runs a program of the PATH to its end on all cores. */
export function runPeer(name, ...words) {
  return runProcess([name, ...words.map(String)], { env: blasThreads(THREADS) });
}

/** @returns {string | undefined} */
export const compilerVersion = once(() => firstLine('cc', ['--version']));

const script = (name) => fileURLToPath(new URL(`numpy/${name}.py`, import.meta.url));

/** One BLAS for all peers: its own choice of kernels, and so many threads. */
function blasThreads(threads) {
  const unset = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };
  return {
    ...process.env,
    ...unset,
    OPENBLAS_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
  };
}

/** Runs bench/numpy/<name>.py to its end on all cores. */
export function runNumpy(name, ...words) {
  return runPeer('python3', script(name), ...words);
}

/**
 * Starts bench/numpy/<name>.py, which makes its data once and then measures itself once for each line that it is sent.
 * @returns `measure`, the next number that it prints (one BLAS thread), and `close`.
 */
export function startNumpy(name, ...words) {
  const child = spawn('python3', [script(name), ...words.map(String)], {
    env: blasThreads(1),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async measure(question = '') {
      child.stdin.write(`${question}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`bench/numpy/${name}.py ended early`);
      return Number(value);
    },
    close: () => child.stdin.end(),
  };
}

function firstLine(command, words) {
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

function once(run) {
  let result;
  return () => (result ??= { value: run() }).value;
}
