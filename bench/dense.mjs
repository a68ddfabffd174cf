import { loadKernels } from '../dist/kernels/load.js';
import { boundsOfCore } from './bounds.mjs';
import { medians, processorSeconds } from './measure.mjs';
import { numpyVersion, startNumpy } from './peers.mjs';
import { rate } from './report.mjs';

const normal = (stream, length) => {
  const out = new Float64Array(length);
  loadKernels().normal(1, stream, 0, out);
  return out;
};

/** @type {import('./benchmarks.mjs').Benchmark} */
export const dense = {
  name: 'dense',
  title: 'dense float64 matrices, one core',
  sizes: { full: { order: 2000, repeats: 7 }, quick: { order: 1000, repeats: 3 } },
  work: ({ order }) => ({ 'operations of a product': 2 * order ** 3 }),
  async run({ order, repeats }, { note }) {
    const kernels = loadKernels();
    const jobs = denseJobs(kernels, order);
    const bound = boundsOfCore();
    const numpy = numpyVersion() && startNumpy('dense', order);
    if (!bound) note('FMA peak skipped: no C compiler (cc) is installed.');
    if (!numpy) note('NumPy skipped: it is not installed.');
    const rateOfNumpy = (kind) => async () =>
      numpy && OPERATIONS[kind](order) / (await numpy.measure(kind)) / 1e9;
    const [peak, product, factor, ...rates] = await medians(
      [
        () => bound?.('float64'),
        rateOfNumpy('product'),
        rateOfNumpy('factor'),
        ...jobs.map((job) => () => rateOf(job, order)),
      ],
      repeats,
    );
    numpy?.close();
    for (const job of jobs) job.check();
    note(`Order ${order}, medians of ${repeats} alternating repeats, processor time.`);
    const beside = { product, factor };
    return jobs.flatMap(({ name, kind }, k) => [
      rate(name, rates[k], 'GFLOP/s', { name: 'FMA peak', value: peak }),
      ...(kind in beside ? [rate(name, rates[k], 'GFLOP/s', { name: 'NumPy', value: beside[kind] })] : []),
    ]);
  },
};

const OPERATIONS = { product: (n) => 2 * n ** 3, factor: (n) => n ** 3 / 3, solve: (n) => n ** 3 };

function rateOf({ kind, prepare, run }, order) {
  prepare();
  return OPERATIONS[kind](order) / processorSeconds(run, 0) / 1e9;
}

/** Calls of the dense kernels; `check` looks at some elements of what the last call left. */
function denseJobs(kernels, n) {
  const a = normal(1, n * n);
  const b = normal(2, n * n);
  const definite = new Float64Array(n * n);
  kernels.multiplyTransposed(a, n, a, n, definite, n, n, n, n, 1 / n);
  for (let i = 0; i < n; i++) definite[i * n + i] += 1;
  const factor = definite.slice();
  kernels.cholesky(factor, n, n, 0);
  const work = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const lower = (i, k) => (k <= i ? work[i * n + k] : 0);
  const triangle = (i, k) => (k <= i ? factor[i * n + k] : 0);
  const element = (terms) => Array.from({ length: n }, (_, k) => terms(k)).reduce((sum, x) => sum + x, 0);
  const job = (name, kind, start, run, expected, found) => ({
    name,
    kind,
    prepare: () => (start ? work.set(start) : work.fill(0)),
    run,
    check() {
      this.prepare();
      run();
      for (const [i, j] of [
        [0, 0],
        [n - 1, n >> 1],
        [n - 1, 3],
      ]) {
        const [want, got] = [expected(i, j), found(i, j)];
        if (!(Math.abs(want - got) <= 1e-8 * n))
          throw new Error(`${name}: element (${i}, ${j}) is ${got}, expected ${want}`);
      }
    },
  });
  const inWork = (i, j) => work[i * n + j];
  const ofB = (i, j) => b[i * n + j];
  return [
    job(
      "product A B'",
      'product',
      undefined,
      () => kernels.multiplyTransposed(a, n, b, n, work, n, n, n, n, 1),
      (i, j) => element((k) => a[i * n + k] * b[j * n + k]),
      inWork,
    ),
    job(
      'product A B',
      'product',
      undefined,
      () => kernels.multiply(a, n, b, n, work, n, n, n, n, 1),
      (i, j) => element((k) => a[i * n + k] * b[k * n + j]),
      inWork,
    ),
    job(
      'Cholesky',
      'factor',
      definite,
      () => kernels.cholesky(work, n, n, 0),
      (i, j) => definite[i * n + j],
      (i, j) => element((k) => lower(i, k) * lower(j, k)),
    ),
    job(
      'Cholesky with pivoting',
      'factor',
      definite,
      () => kernels.choleskyPivoted(work, n, n, 0, pivots),
      (i, j) => definite[pivots[i] * n + pivots[j]],
      (i, j) => element((k) => lower(i, k) * lower(j, k)),
    ),
    job(
      "solve X L' = B",
      'solve',
      b,
      () => kernels.solveLowerRight(factor, n, n, work, n, n),
      ofB,
      (i, j) => element((k) => work[i * n + k] * triangle(j, k)),
    ),
    job(
      'solve L X = B',
      'solve',
      b,
      () => kernels.solveLower(factor, n, n, work, n, n),
      ofB,
      (i, j) => element((k) => triangle(i, k) * work[k * n + j]),
    ),
    job(
      "solve L' X = B",
      'solve',
      b,
      () => kernels.solveLowerTransposed(factor, n, n, work, n, n),
      ofB,
      (i, j) => element((k) => triangle(k, i) * work[k * n + j]),
    ),
  ];
}
