import { type Digits, digitsPay, sampleDigitsLengths, variantDigitsLengths } from './digits.js';
import { type Kernels, packedStride } from './kernels.js';

/**
 * What makes up the time of a computation on genotypes, each counted over all threads: what plans add up before anything is read, and
 * what the choice of a solver goes by.
 */
export const WORK_KINDS = {
  rows: 'lines of tables that are read',
  written: 'lines of tables that are written',
  bytes: 'bytes of packed genotypes that are repacked and counted into memory of their own',
  streamed: 'the same into memory that is used again',
  pairs: 'people x pairs of variants whose genotypes are multiplied as integers',
  passes: 'people x variants that a product with columns of numbers decodes',
  products: 'people x variants x columns of such products',
  digitProducts:
    'the same of products that take columns in two 8-bit digits where the processor is made for them',
  relationships: 'multiply-adds of relationships: pairs of people x variants',
  dense: 'order³ / 3 of Cholesky factors in float64, and as many multiply-adds of other dense algebra',
  loops: 'numbers that plain loops touch',
} as const;

export type WorkKind = keyof typeof WORK_KINDS;

/** How much of each kind; what is left out is none. */
export type Work = { readonly [K in WorkKind]?: number };

/** How much of each kind one thread does in a second. */
export type Rates = Readonly<Record<WorkKind, number>>;

/**
 * Rates of one thread of the native backend as whole runs of 337,205 people have them. Choices go by these, so that they are the same on
 * every machine; only their proportions matter there.
 */
export const STANDARD_RATES: Rates = {
  rows: 2e5,
  written: 5.5e5,
  bytes: 1e9,
  streamed: 1e10,
  pairs: 3e11,
  passes: 3e10,
  products: 6e10,
  digitProducts: 1.2e11,
  relationships: 4e10,
  dense: 1.5e10,
  loops: 1e9,
};

/** One thread reads and writes tables. */
const ON_ONE_THREAD: readonly WorkKind[] = ['rows', 'written'];

/** Seconds on so many threads, which share the work evenly but for what one of them does alone. */
export function secondsOf(work: Work, rates: Rates, threads: number): number {
  const kinds = Object.keys(work) as WorkKind[];
  const share = (kind: WorkKind) => (ON_ONE_THREAD.includes(kind) ? 1 : threads);
  return kinds.reduce((sum, kind) => sum + (work[kind] ?? 0) / rates[kind] / share(kind), 0);
}

/** Several pieces of work as one. */
export function together(...parts: readonly Work[]): Work {
  const sum: { [K in WorkKind]?: number } = {};
  for (const part of parts)
    for (const kind of Object.keys(part) as WorkKind[]) sum[kind] = (sum[kind] ?? 0) + (part[kind] ?? 0);
  return sum;
}

/** The same so many times. */
export function times(count: number, work: Work): Work {
  return Object.fromEntries(Object.entries(work).map(([kind, amount]) => [kind, count * amount]));
}

/** X'Y or X B with some columns. @param genotypes people x variants. */
export const productWork = (genotypes: number, columns: number): Work => ({
  passes: genotypes,
  products: genotypes * columns,
});

/** The same with columns in digits. */
export const digitProductWork = (genotypes: number, columns: number, digits: Digits): Work => ({
  passes: genotypes,
  digitProducts: (genotypes * columns * digits) / 2,
});

const measured = new Map<string, Rates>();

/** What this machine's kernels do in a second: {@link measureRates}, once for each backend. */
export function ratesOf(kernels: Kernels): Rates {
  const key = `${kernels.backend} ${kernels.level}`;
  const known = measured.get(key) ?? measureRates(kernels);
  measured.set(key, known);
  return known;
}

/** Each kernel is called so often, less where that takes long: the best call is the one that nothing disturbed. */
const CALLS = 8;
const LEAST_CALLS = 3;
const LONG_SECONDS = 0.5;
const SAMPLES = 16_384;
const VARIANTS = 128;
/** Right-hand sides of a wide product. */
const COLUMNS = 12;
const DIGITS = 2;
const ORDER = 512;
/** Rows of the relationships. */
const ROWS = 128;
/** Times the packed genotypes that are copied into fresh memory. */
const FRESH = 16;
/** What whole runs make of a kernel's own rate: tiles come from memory, their results are added up, threads wait for each other. */
const OF_WHOLE_RUNS = 0.7;
/** ... of products in digits, which read a tile once for all columns. */
const OF_RUNS_IN_DIGITS = 0.9;

/** Timed for some tens of milliseconds on one thread; tables are taken to be as fast as on other machines. */
function measureRates(kernels: Kernels): Rates {
  const stride = packedStride(SAMPLES);
  const packed = new Uint8Array(VARIANTS * stride);
  for (let at = 0; at < packed.length; at++) packed[at] = BYTES[(at * 7) % BYTES.length];
  const again = new Uint8Array(packed.length);
  const everybody = new Uint8Array(SAMPLES / 8).fill(255);
  const table = Float32Array.from({ length: 4 * VARIANTS }, (_, at) => [1.5, 0, 0.5, -1][at % 4]);
  const y = new Float32Array(COLUMNS * 4 * stride).fill(0.5);
  const b = new Float32Array(COLUMNS * VARIANTS).fill(0.5);
  const scores = new Float64Array(COLUMNS * VARIANTS);
  const images = new Float64Array(COLUMNS * 4 * stride);
  const counts = new Int32Array(VARIANTS * VARIANTS);
  const definite = new Float64Array(ORDER ** 2);
  const loop = new Float64Array(1 << 16).fill(0.5);
  const related = new Float64Array(ROWS * 4 * stride);

  const seconds = (call: () => void): number => {
    let best = Number.POSITIVE_INFINITY;
    let all = 0;
    for (let k = 0; k < CALLS && (k < LEAST_CALLS || all < LONG_SECONDS); k++) {
      const start = performance.now();
      call();
      const took = (performance.now() - start) / 1000;
      best = Math.min(best, took);
      all += took;
    }
    return best;
  };
  const both = (columns: number) =>
    seconds(() => kernels.transposeProduct(packed, stride, VARIANTS, table, y, 4 * stride, columns, scores)) +
    seconds(() =>
      kernels.product(packed, stride, VARIANTS, 0, stride, table, b, columns, images, 4 * stride),
    );
  const [narrow, wide] = [both(1), both(COLUMNS)];
  const genotypes = 2 * VARIANTS * SAMPLES;
  const perColumn = Math.max((wide - narrow) / (COLUMNS - 1), wide / (4 * COLUMNS));
  const perPass = Math.max(narrow - perColumn, perColumn);
  const digits = digitsPay(kernels, COLUMNS, 0)
    ? secondsInDigits(kernels, packed, y, b, scores, images, seconds) / COLUMNS
    : perColumn;
  const others = 4 * stride - ROWS;
  return {
    rows: STANDARD_RATES.rows,
    written: STANDARD_RATES.written,
    bytes:
      (FRESH * packed.length) /
      seconds(() => {
        // into memory that nothing has used yet, as genotypes are: to be given it takes longer than the rest
        const fresh = new Uint8Array(FRESH * packed.length);
        for (let at = 0; at < fresh.length; at += packed.length) {
          const rows = fresh.subarray(at, at + packed.length);
          kernels.repack(packed, stride, VARIANTS, SAMPLES, everybody, rows, stride);
          kernels.countGenotypes(rows, stride, VARIANTS, SAMPLES, counts);
        }
      }),
    streamed:
      packed.length /
      seconds(() => {
        kernels.repack(packed, stride, VARIANTS, SAMPLES, everybody, again, stride);
        kernels.countGenotypes(again, stride, VARIANTS, SAMPLES, counts);
      }),
    pairs:
      (OF_WHOLE_RUNS * VARIANTS ** 2 * SAMPLES) /
      seconds(() => kernels.gram(packed, VARIANTS, packed, VARIANTS, stride, counts)),
    passes: (OF_WHOLE_RUNS * genotypes) / perPass,
    products: (OF_WHOLE_RUNS * genotypes) / perColumn,
    digitProducts: (OF_RUNS_IN_DIGITS * genotypes) / digits,
    relationships:
      (OF_WHOLE_RUNS * VARIANTS * ROWS * others) /
      seconds(() =>
        kernels.sampleGram(packed, stride, VARIANTS, table, others, ROWS, others, related, 4 * stride),
      ),
    dense:
      (OF_WHOLE_RUNS * ORDER ** 3) /
      3 /
      seconds(() => {
        definite.fill(0.5);
        for (let k = 0; k < ORDER; k++) definite[k * (ORDER + 1)] = 2;
        kernels.cholesky(definite, ORDER, ORDER, 1e-9);
      }),
    loops:
      loop.length /
      seconds(() => {
        for (let at = 0; at < loop.length; at++) loop[at] += 0.5 * loop[loop.length - 1 - at];
      }),
  };
}

/** X'Y and X B with columns in two digits, which are split once for all variants and so not counted. */
function secondsInDigits(
  kernels: Kernels,
  packed: Uint8Array,
  y: Float32Array,
  b: Float32Array,
  scores: Float64Array,
  images: Float64Array,
  seconds: (call: () => void) => number,
): number {
  const stride = packed.length / VARIANTS;
  const [mean, scale] = [new Float64Array(VARIANTS).fill(0.5), new Float64Array(VARIANTS).fill(1)];
  const ofSamples = sampleDigitsLengths(4 * stride, COLUMNS, DIGITS);
  const ofVariants = variantDigitsLengths(VARIANTS, COLUMNS, DIGITS);
  const side = { planes: new Int8Array(ofSamples.planes), units: new Float64Array(ofSamples.units) };
  const effects = {
    planes: new Int8Array(ofVariants.planes),
    rows: new Int32Array(ofVariants.rows),
    units: new Float64Array(ofVariants.units),
  };
  kernels.sampleDigits(y, 4 * stride, 4 * stride, COLUMNS, DIGITS, side.planes, side.units);
  kernels.variantDigits(
    b,
    VARIANTS,
    mean,
    scale,
    COLUMNS,
    DIGITS,
    effects.planes,
    effects.rows,
    effects.units,
  );
  const shape = [packed, stride, VARIANTS, SAMPLES] as const;
  return (
    seconds(() =>
      kernels.transposeProductDigits(...shape, mean, scale, side.planes, side.units, COLUMNS, DIGITS, scores),
    ) +
    seconds(() =>
      kernels.productDigits(
        ...shape,
        ...([0, stride, effects.planes, effects.rows, effects.units, COLUMNS, DIGITS] as const),
        ...([images, 4 * stride] as const),
      ),
    )
  );
}

/** Bytes of four genotypes, none missing. */
const BYTES = [0x00, 0x02, 0x0b, 0x3f, 0xff, 0xaf, 0x8e, 0xe2];
