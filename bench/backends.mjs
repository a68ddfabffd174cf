import { loadNative, nativeLevels } from '../dist/kernels/native.js';
import { typescriptKernels } from '../dist/kernels/typescript.js';
import { loadWasm } from '../dist/kernels/wasm.js';
import { checkKernel, kernelJobs, rateOf } from './kernel-jobs.mjs';
import { medians } from './measure.mjs';
import { rate } from './report.mjs';

const COLUMNS = 12;

/** @type {import('./benchmarks.mjs').Benchmark} */
export const backends = {
  name: 'backends',
  title: 'the same kernels on every backend, one core',
  // plain TypeScript is so much slower that it gets fewer variants
  sizes: {
    full: { samples: 50_000, variants: 512, plainVariants: 32, repeats: 7 },
    quick: { samples: 20_000, variants: 256, plainVariants: 16, repeats: 3 },
  },
  work: ({ samples, variants, plainVariants }) => ({
    'genotype pairs': variants ** 2 * samples,
    'genotype pairs, TypeScript': plainVariants ** 2 * samples,
    'genotypes a column': variants * samples,
  }),
  async run(size, { note }) {
    const contenders = candidates(note).map((kernels) => ({
      kernels,
      name: kernels.backend === 'native' ? `native, ${kernels.level}` : kernels.backend,
      variants: kernels.backend === 'typescript' ? size.plainVariants : size.variants,
    }));
    const { gram, gramWithMissing, products, counts, repack } = kernelJobs(size, [COLUMNS]);
    const rows = [];
    for (const job of [gram, gramWithMissing, ...products, counts, repack]) {
      for (const { kernels } of contenders) checkKernel(kernels, job);
      const rates = await medians(
        contenders.map(
          ({ kernels, variants }) =>
            () =>
              rateOf(kernels, job, variants),
        ),
        size.repeats,
      );
      const unit =
        job === gram || job === gramWithMissing
          ? 'G pairs/s'
          : job.columns
            ? 'G products/s'
            : 'G genotypes/s';
      const best = { name: contenders[0].name, value: rates[0] };
      for (const [k, { name }] of contenders.entries())
        rows.push(rate(`${job.name}: ${name}`, rates[k], unit, k === 0 ? undefined : best));
    }
    note(
      `${size.variants} variants (${size.plainVariants} in TypeScript), ${size.samples} people, medians of ${size.repeats} alternating repeats, processor time. A product is a genotype times a column.`,
    );
    return rows;
  },
};

/** Every backend that works here, best first. */
function candidates(note) {
  const loaders = [() => loadWasm(), () => typescriptKernels];
  try {
    loaders.unshift(...nativeLevels().map((level) => () => loadNative(level)));
  } catch (error) {
    note(`Native kernels skipped: ${firstLine(error)}`);
  }
  return loaders.flatMap((load) => {
    try {
      return [load()];
    } catch (error) {
      note(`Skipped: ${firstLine(error)}`);
      return [];
    }
  });
}

const firstLine = ({ message, context }) =>
  [message.split('\n')[0], context?.value].filter(Boolean).join(': ');
