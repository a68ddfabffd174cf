import { loadKernels } from '../dist/kernels/load.js';
import { boundsOfCore } from './bounds.mjs';
import { checkKernel, kernelJobs, rateOf } from './kernel-jobs.mjs';
import { medians } from './measure.mjs';
import { rate } from './report.mjs';

/** Right-hand sides: one, the least that the goal is for, and a study's worth of traits. */
const COLUMNS = [1, 12, 20];

/** Genotypes a second with one right-hand side, in 10^9, meant to be reached with AVX-512 (DESIGN section 4). */
const SINGLE_GOAL = 50;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const product = {
  name: 'product',
  title: 'packed products with float32 right-hand sides, one core',
  sizes: {
    full: { samples: 50_000, variants: 512, repeats: 25 },
    quick: { samples: 20_000, variants: 512, repeats: 7 },
  },
  work: ({ samples, variants }) => ({ 'genotypes a column': variants * samples }),
  async run(size, { note }) {
    const { samples, variants, repeats } = size;
    const kernels = loadKernels();
    const { products } = kernelJobs(size, COLUMNS);
    for (const job of products) checkKernel(kernels, job);
    const bound = boundsOfCore();
    if (!bound) note('FMA peak skipped: no C compiler (cc) is installed.');
    const [peak, ...rates] = await medians(
      [() => bound?.('float32'), ...products.map((job) => () => rateOf(kernels, job, variants))],
      repeats,
    );
    note(
      `${variants} variants, ${samples} people, medians of ${repeats} alternating repeats, processor time. FMA peak: a loop of fused multiply-adds in registers; a genotype and column is one of them, two operations. The goal for one column is that of a core with full AVX-512; the FMA peak of this one bounds it.`,
    );
    return products.flatMap(({ name, columns }, k) => {
      if (columns > 1) return [rate(name, 2 * rates[k], 'GFLOP/s', { name: 'FMA peak', value: peak }, 0.7)];
      const genotypes = [name, rates[k], 'G genotypes/s'];
      const single = [rate(...genotypes, { name: 'FMA peak', value: peak && peak / 2 })];
      return kernels.level.startsWith('avx512')
        ? [...single, rate(...genotypes, { name: 'goal with AVX-512', value: SINGLE_GOAL }, 1)]
        : single;
    });
  },
};
