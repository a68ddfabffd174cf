import { DIGIT_VARIANTS, sampleDigitsLengths, variantDigitsLengths } from '../dist/kernels/digits.js';
import { packedStride } from '../dist/kernels/kernels.js';
import { loadNative, nativeLevels } from '../dist/kernels/native.js';
import { typescriptKernels as oracle } from '../dist/kernels/typescript.js';
import { boundsOfCore } from './bounds.mjs';
import { kernelJobs, rateOf } from './kernel-jobs.mjs';
import { medians } from './measure.mjs';
import { rate } from './report.mjs';

/** Right-hand sides: the least that the goal is for, and a study's worth of traits. */
const COLUMNS = [12, 24];

/** How many times the float32 kernels' rate, with two digits (decision 16). */
const GOAL = 1.8;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const digits = {
  name: 'digits',
  title: 'packed products in 8-bit digits beside those in float32, one core',
  sizes: {
    full: { samples: 50_000, variants: 2_048, repeats: 15 },
    quick: { samples: 20_000, variants: 1_024, repeats: 5 },
  },
  work: ({ samples, variants }) => ({ 'genotypes a column': variants * samples }),
  async run(size, { note }) {
    const { variants, samples, repeats } = size;
    const jobs = kernelJobs(size, COLUMNS);
    const kernels = loadNative();
    const bound = boundsOfCore();
    const pairs = jobs.products.flatMap((job) =>
      [2, 3].map((count) => ({ float: job, digits: digitJob(size, jobs, job, count), count })),
    );
    for (const { digits: job, count } of pairs) check(kernels, job, count);
    const levels = nativeLevels().flatMap((level) => {
      try {
        return [loadNative(level)];
      } catch {
        return []; // not one of this processor's
      }
    });
    const rows = [];
    for (const { float, digits: job, count } of pairs) {
      const own = count === 2 && float.columns === COLUMNS[0] ? levels : [kernels];
      for (const level of own) {
        const [peak, before, now] = await medians(
          [
            () => bound?.('float32'),
            () => rateOf(level, float, variants),
            () => rateOf(level, job, variants),
          ],
          repeats,
        );
        const beside = { name: 'float32', value: before };
        const what = `${float.name}, ${count} digits, ${level.level}`;
        const isBest = level.level === kernels.level;
        const goal = count === 2 && isBest && level.level.includes('vnni') ? GOAL : undefined;
        rows.push(rate(what, now, 'G products/s', beside, goal));
        if (isBest) rows.push(rate(what, now, 'G products/s', { name: 'FMA peak', value: peak && peak / 2 }));
      }
    }
    note(
      `${variants} variants, ${samples} people, none missing, medians of ${repeats} alternating repeats, processor time. A product is a genotype times a column; the FMA peak counts one for each.`,
    );
    return rows;
  },
};

/** The same product as a job of {@link kernelJobs}, in so many digits; right-hand sides are split beforehand. */
function digitJob({ samples }, { inputs }, job, count) {
  const stride = packedStride(samples);
  const { packed, y, effects, variants } = inputs;
  const { columns } = job;
  const mean = Float64Array.from({ length: variants }, (_, v) => ((v % 7) - 3) / 4);
  const scale = Float64Array.from({ length: variants }, (_, v) => 1 + (v % 5) / 4);
  const transposed = job.name.startsWith("X'Y");
  const lengths = transposed
    ? sampleDigitsLengths(4 * stride, columns, count)
    : variantDigitsLengths(variants, columns, count);
  const planes = new Int8Array(lengths.planes);
  const rows = new Int32Array(lengths.rows);
  const units = new Float64Array(lengths.units);
  const out = new Float64Array(transposed ? variants * columns : columns * 4 * stride);
  // the columns of the first variants only, row by row
  const b = effects.subarray(0, variants * columns);
  if (transposed) oracle.sampleDigits(y, 4 * stride, 4 * stride, columns, count, planes, units);
  else oracle.variantDigits(b, variants, mean, scale, columns, count, planes, rows, units);
  return {
    ...{ name: job.name, columns, work: job.work, transposed },
    run: transposed
      ? (kernels, m) =>
          kernels.transposeProductDigits(
            ...[packed, stride, m, samples, mean, scale, planes, units, columns, count, out],
          )
      : (kernels, m) =>
          kernels.productDigits(
            ...[packed, stride, m, samples, 0, stride, planes, rows, units, columns, count, out, 4 * stride],
          ),
    clear: () => out.fill(0),
    result: () => out,
  };
}

/** @throws where some variants differ from the plain loops by a single bit: a unit of X B, as it takes whole ones. */
function check(kernels, job, count) {
  const few = job.transposed ? 2 : DIGIT_VARIANTS;
  const [expected, found] = [oracle, kernels].map((own) => {
    job.clear();
    job.run(own, few);
    return job.result().slice();
  });
  if (expected.some((value, i) => value !== found[i]))
    throw new Error(`${job.name} in ${count} digits on ${kernels.level} is not what plain loops give`);
}
