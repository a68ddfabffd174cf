import { loadKernels } from '../dist/kernels/load.js';
import { boundsOfCore } from './bounds.mjs';
import { checkKernel, kernelJobs, rateOf } from './kernel-jobs.mjs';
import { medians } from './measure.mjs';
import { numpyVersion, startNumpy } from './peers.mjs';
import { rate } from './report.mjs';

/** @type {import('./benchmarks.mjs').Benchmark} */
export const gram = {
  name: 'gram',
  title: 'packed Gram matrix of two sets of variants, one core',
  sizes: {
    full: { samples: 50_000, variants: 512, repeats: 15 },
    quick: { samples: 50_000, variants: 256, repeats: 5 },
  },
  work: ({ samples, variants }) => ({ 'genotype pairs': variants ** 2 * samples }),
  async run(size, { note }) {
    const { samples, variants, repeats } = size;
    const kernels = loadKernels();
    const { gram, gramWithMissing } = kernelJobs(size, [1]);
    for (const job of [gram, gramWithMissing]) checkKernel(kernels, job);
    const bound = boundsOfCore();
    const numpy = numpyVersion() && startNumpy('gram', samples, variants);
    if (!bound) note('AND + POPCNT loop skipped: no C compiler (cc) is installed.');
    if (!numpy) note('Float32 product skipped: NumPy (python3) is not installed.');
    const contenders = [
      () => rateOf(kernels, gram, variants),
      () => rateOf(kernels, gramWithMissing, variants),
      () => bound?.('count'),
      async () => numpy && gram.work(variants) / (await numpy.measure()) / 1e9,
    ];
    const [ours, withMissing, counting, floats] = await medians(contenders, repeats);
    numpy?.close();
    note(
      `${variants} x ${variants} variants, ${samples} people, medians of ${repeats} alternating repeats, processor time. The loop counts the bits of a AND b, one a genotype pair; exact integers need two.`,
    );
    const loop = { name: 'AND + POPCNT loop', value: counting };
    const product = { name: 'float32 product, NumPy', value: floats };
    return [
      rate('complete genotypes', ours, 'G pairs/s', loop, 0.5),
      rate('complete genotypes', ours, 'G pairs/s', product, 6),
      rate('0.1 % missing', withMissing, 'G pairs/s', loop),
      rate('0.1 % missing', withMissing, 'G pairs/s', product),
    ];
  },
};
