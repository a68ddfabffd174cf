// Dense float64 kernels: GFLOP/s of one core beside that core's FMA peak and NumPy on one thread.
// node bench/dense.mjs [backend]
import { spawnSync } from 'node:child_process';
import { loadKernels } from '../dist/kernels/load.js';
import { loadNative, nativeLevels } from '../dist/kernels/native.js';
import { loadWasm } from '../dist/kernels/wasm.js';
import { measurePeak } from './peak.mjs';

const random = (length) => {
  const out = new Float64Array(length);
  loadKernels().normal(1, 1, 0, out);
  return out;
};

/** Best of several runs, in seconds. */
function time(run, prepare = () => {}) {
  let best = Number.POSITIVE_INFINITY;
  for (const until = performance.now() + 300; performance.now() < until; ) {
    prepare();
    const start = performance.now();
    run();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

/** A benchmark of something wrong is worth nothing: some elements of A B' beside plain sums. */
function checkProduct(kernels, a, b, n) {
  const c = new Float64Array(n * n);
  kernels.multiplyTransposed(a, n, b, n, c, n, n, n, n, 1);
  for (const [i, j] of [
    [0, 0],
    [n >> 1, n - 1],
    [n - 1, 3],
  ]) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k] * b[j * n + k];
    if (Math.abs(sum - c[i * n + j]) > 1e-10) throw new Error(`element (${i}, ${j}) is wrong`);
  }
}

function rates(kernels, n) {
  const a = random(n * n);
  const b = random(n * n);
  const c = new Float64Array(n * n);
  const spd = new Float64Array(n * n);
  kernels.multiplyTransposed(a, n, a, n, spd, n, n, n, n, 1 / n);
  for (let i = 0; i < n; i++) spd[i * n + i] += 1;
  const l = spd.slice();
  kernels.cholesky(l, n, n, 0);
  const work = spd.slice();
  const pivots = new Int32Array(n);
  checkProduct(kernels, a, b, n);
  const flops = { product: 2 * n ** 3, factor: n ** 3 / 3, solve: n ** 3 };
  const seconds = {
    multiplyTransposed: time(
      () => kernels.multiplyTransposed(a, n, b, n, c, n, n, n, n, 1),
      () => c.fill(0),
    ),
    multiply: time(
      () => kernels.multiply(a, n, b, n, c, n, n, n, n, 1),
      () => c.fill(0),
    ),
    solveLowerRight: time(
      () => kernels.solveLowerRight(l, n, n, work, n, n),
      () => work.set(b),
    ),
    solveLower: time(
      () => kernels.solveLower(l, n, n, work, n, n),
      () => work.set(b),
    ),
    solveLowerTransposed: time(
      () => kernels.solveLowerTransposed(l, n, n, work, n, n),
      () => work.set(b),
    ),
    cholesky: time(
      () => kernels.cholesky(work, n, n, 0),
      () => work.set(spd),
    ),
    choleskyPivoted: time(
      () => kernels.choleskyPivoted(work, n, n, 0, pivots),
      () => work.set(spd),
    ),
  };
  const kind = (name) => (name.startsWith('mul') ? 'product' : name.startsWith('ch') ? 'factor' : 'solve');
  return Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, flops[kind(name)] / s / 1e9]));
}

const candidates = [...nativeLevels().map((level) => loadNative(level)), loadWasm()];
const wanted = process.argv[2];
const peak = measurePeak();
console.log(
  peak
    ? `FMA peak of this core: ${peak.float64.toFixed(1)} GFLOP/s in float64`
    : 'FMA peak: no C compiler, skipped',
);
for (const n of [256, 2000]) {
  console.log(`order ${n}, GFLOP/s on one core`);
  for (const kernels of candidates) {
    const name = kernels.backend === 'native' ? kernels.level : kernels.backend;
    if (wanted && wanted !== name) continue;
    const row = Object.entries(rates(kernels, n)).map(
      ([kernel, rate]) =>
        `${kernel} ${rate.toFixed(1)}${peak ? ` (${((100 * rate) / peak.float64).toFixed(0)} %)` : ''}`,
    );
    console.log(`  ${name.padEnd(18)} ${row.join('  ')}`);
  }
  const script = `import numpy,time
a=numpy.random.rand(${n},${n});b=numpy.random.rand(${n},${n});best=9
for _ in range(20):
  t=time.perf_counter();a@b.T;best=min(best,time.perf_counter()-t)
s=a@a.T/${n}+numpy.eye(${n});chol=9
for _ in range(20):
  t=time.perf_counter();numpy.linalg.cholesky(s);chol=min(chol,time.perf_counter()-t)
print(2*${n}**3/best/1e9,${n}**3/3/chol/1e9)`;
  const { stdout, status } = spawnSync('python3', ['-c', script], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
    encoding: 'utf8',
  });
  const [product, factor] = status === 0 ? stdout.split(' ').map(Number) : [];
  console.log(
    status === 0
      ? `  ${'NumPy'.padEnd(18)} product ${product.toFixed(1)}  cholesky ${factor.toFixed(1)}`
      : '  NumPy: not installed, skipped',
  );
}
