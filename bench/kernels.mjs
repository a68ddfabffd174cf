// Kernels on packed genotypes, on one core: Gram in genotype pairs a second beside a plain AND + POPCNT loop and a
// float32 matrix product by NumPy, products in GFLOP/s beside the FMA peak. Medians over alternating repeats.
// node bench/kernels.mjs [level ...]   (levels as "heredity doctor" names them, or wasm)
import { spawnSync } from 'node:child_process';
import { packedStride } from '../dist/kernels/kernels.js';
import { loadNative, nativeLevels } from '../dist/kernels/native.js';
import { typescriptKernels as oracle } from '../dist/kernels/typescript.js';
import { loadWasm } from '../dist/kernels/wasm.js';
import { boundsOfCore } from './bounds.mjs';

const SAMPLES = 50_000;
const VARIANTS = 512;
const COLUMNS = [1, 4, 12, 20];
const REPEATS = 15;

const stride = packedStride(SAMPLES);
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** Random genotypes in Hardy-Weinberg proportions, padded; a share of them missing. */
function genotypes(variants, missing) {
  const packed = new Uint8Array(variants * stride).fill(0x55);
  for (let v = 0; v < variants; v++) {
    const frequency = 0.05 + 0.45 * random();
    for (let i = 0; i < SAMPLES; i++) {
      const copies = Number(random() < frequency) + Number(random() < frequency);
      const code = random() < missing ? 1 : [3, 2, 0][copies];
      packed[v * stride + (i >> 2)] ^= (1 ^ code) << (2 * (i & 3));
    }
  }
  return packed;
}

const a = genotypes(VARIANTS, 0);
const b = genotypes(VARIANTS, 0);
const withMissing = genotypes(VARIANTS, 0.001);
const table = Float32Array.from({ length: 4 * VARIANTS }, (_, i) => (i % 4 === 1 ? 0 : random() - 0.5));
const widest = Math.max(...COLUMNS);
const y = Float32Array.from({ length: widest * 4 * stride }, (_, i) =>
  i % (4 * stride) < SAMPLES ? random() - 0.5 : 0,
);
const effects = Float32Array.from({ length: VARIANTS * widest }, () => random() - 0.5);
const mask = Uint8Array.from({ length: Math.ceil(SAMPLES / 8) }, () => 256 * random());

const pairs = Array.from({ length: 4 }, () => new Int32Array(VARIANTS * VARIANTS));
const byVariant = new Float64Array(VARIANTS * widest);
const bySample = new Float64Array(widest * 4 * stride);
const counts = new Int32Array(4 * VARIANTS);
const subset = new Uint8Array(VARIANTS * stride);

/** What is timed: the work of one call in 10^9 units, and the bound it is held against. */
const JOBS = [
  {
    name: 'Gram',
    unit: 'G pairs/s',
    work: VARIANTS ** 2 * SAMPLES,
    bound: 'count',
    run: (k, m) => k.gram(a, m, b, m, stride, pairs[0]),
    result: () => pairs[0],
  },
  {
    name: 'Gram, 0.1 % missing',
    unit: 'G pairs/s',
    work: VARIANTS ** 2 * SAMPLES,
    bound: 'count',
    run: (k, m) => k.gramWithMissing(a, m, withMissing, m, stride, ...pairs),
    result: () => pairs[1],
  },
  ...COLUMNS.flatMap((columns) => [
    {
      name: `X'Y, ${columns} columns`,
      unit: 'GFLOP/s',
      work: 2 * columns * VARIANTS * SAMPLES,
      bound: 'float32',
      run: (k, m) => k.transposeProduct(a, stride, m, table, y, 4 * stride, columns, byVariant),
      result: () => byVariant,
    },
    {
      name: `X B, ${columns} columns`,
      unit: 'GFLOP/s',
      work: 2 * columns * VARIANTS * SAMPLES,
      bound: 'float32',
      run: (k, m) => k.product(a, stride, m, 0, stride, table, effects, columns, bySample, 4 * stride),
      result: () => bySample,
    },
  ]),
  {
    name: 'genotype counts',
    unit: 'G genotypes/s',
    work: VARIANTS * SAMPLES,
    run: (k, m) => k.countGenotypes(a, stride, m, SAMPLES, counts),
    result: () => counts,
  },
  {
    name: 'repack half',
    unit: 'G genotypes/s',
    work: VARIANTS * SAMPLES,
    run: (k, m) => k.repack(a, stride, m, SAMPLES, mask, subset, stride),
    result: () => subset,
  },
];

/** A benchmark of something wrong is worth nothing: a few variants beside the plain loops. */
function check(kernels, job) {
  job.result().fill(0);
  job.run(oracle, 3);
  const expected = job.result().slice();
  job.result().fill(0);
  job.run(kernels, 3);
  const wrong = expected.findIndex((value, i) => !(Math.abs(value - job.result()[i]) <= 1e-3));
  if (wrong !== -1) throw new Error(`${job.name} on ${kernels.level}: element ${wrong} is wrong`);
}

function seconds(run) {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

const median = (values) => values.toSorted((p, q) => p - q)[values.length >> 1];

/** Genotype pairs a second of a float32 matrix product, one thread, data ready as floats. */
function numpyGram() {
  const script = `import numpy,time
a=numpy.random.rand(${SAMPLES},${VARIANTS}).astype('f');b=numpy.random.rand(${SAMPLES},${VARIANTS}).astype('f');s=[]
for _ in range(${REPEATS}):
  t=time.perf_counter();a.T@b;s.append(time.perf_counter()-t)
print(${VARIANTS}**2*${SAMPLES}/sorted(s)[${REPEATS >> 1}]/1e9)`;
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const { stdout, status } = spawnSync('python3', ['-c', script], { env, encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

function candidates() {
  const loaded = [];
  const loaders = [() => loadWasm()];
  try {
    loaders.unshift(...nativeLevels().map((level) => () => loadNative(level)));
  } catch (error) {
    console.log(`native kernels skipped: ${error.message.split('\n')[0]}`);
  }
  for (const load of loaders) {
    try {
      loaded.push(load());
    } catch (error) {
      console.log(`skipped: ${error.message.split('\n')[0]}`);
    }
  }
  const wanted = process.argv.slice(2);
  const nameOf = ({ backend, level }) => (backend === 'native' ? level : backend);
  return loaded
    .map((kernels) => ({ name: nameOf(kernels), kernels }))
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

const bounds = boundsOfCore();
const peak = bounds && { count: bounds('count'), float32: bounds('float32') };
const numpy = numpyGram();
console.log(
  peak
    ? `one core: AND + POPCNT loop ${peak.count.toFixed(0)} G pairs/s, float32 FMA peak ${peak.float32.toFixed(1)} GFLOP/s`
    : 'bounds skipped: no C compiler',
);
console.log(numpy ? `NumPy float32 Gram: ${numpy.toFixed(1)} G pairs/s` : 'NumPy skipped: not installed');
console.log(`${VARIANTS} variants x ${SAMPLES} samples`);
const contenders = candidates();
for (const job of JOBS) {
  const times = contenders.map(() => []);
  for (const { kernels } of contenders) check(kernels, job);
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const i = (turn + repeat) % contenders.length; // nobody always runs after the same neighbour
      times[i].push(seconds(() => job.run(contenders[i].kernels, VARIANTS)));
    }
  }
  console.log(`${job.name}, ${job.unit}`);
  contenders.forEach(({ name }, i) => {
    const rate = job.work / median(times[i]) / 1e9;
    const shares = [
      peak && job.bound && `${((100 * rate) / peak[job.bound]).toFixed(0)} % of the bound`,
      numpy && job.name === 'Gram' && `${(rate / numpy).toFixed(1)} x NumPy`,
    ].filter(Boolean);
    console.log(`  ${name.padEnd(18)} ${rate.toFixed(1).padStart(7)}  ${shares.join(', ')}`);
  });
}
