import { createHash } from 'node:crypto';
import { loadKernels } from '../dist/kernels/load.js';
import { KernelPool } from '../dist/kernels/pool.js';
import { typescriptKernels } from '../dist/kernels/typescript.js';
import { loadWasm } from '../dist/kernels/wasm.js';
import { simulateGenotypes } from '../dist/simulation/genotypes.js';
import { MemoryGenotypes } from '../dist/simulation/memory-genotypes.js';
import { medians } from './measure.mjs';
import { rate } from './report.mjs';

/** 10^6 genotypes a second and core, on the native backend. */
const GOAL = { name: 'goal', value: 50 };

/** People of the run that checks the others against plain loops. */
const CHECK = { samples: 512, variants: 256 };

/** @type {import('./benchmarks.mjs').Benchmark} */
export const simulate = {
  name: 'simulate',
  title: 'simulated genotypes with LD, founders included, one core, in memory',
  sizes: {
    full: { samples: 50_000, variants: 4096, repeats: 5 },
    quick: { samples: 16_384, variants: 2048, repeats: 3 },
  },
  work: ({ samples, variants }) => ({ genotypes: samples * variants }),
  async run(size, { note }) {
    const backends = [loadKernels(), loadWasm()];
    const plain = digest(await simulation(typescriptKernels, CHECK));
    for (const kernels of backends) {
      if (digest(await simulation(kernels, CHECK)) !== plain)
        throw new Error(`${kernels.level} simulates other genotypes than plain TypeScript`);
    }
    const contender = (kernels) => async () => {
      const start = process.cpuUsage();
      await simulation(kernels, size);
      const { user, system } = process.cpuUsage(start);
      return (size.samples * size.variants) / (user + system);
    };
    const rates = await medians(backends.map(contender), size.repeats);
    note(
      `${size.samples} people, ${size.variants} variants of one chromosome, medians of ${size.repeats} alternating repeats; processor time.`,
    );
    return backends.map(({ backend, level }, k) =>
      rate(`${backend}, ${level}`, rates[k], 'M genotypes/s', GOAL, backend === 'native' ? 1 : undefined),
    );
  },
};

async function simulation(kernels, { samples, variants }) {
  const sink = new MemoryGenotypes(samples, variants);
  await simulateGenotypes(new KernelPool(kernels, 1), { seed: 1, samples, variants: [variants] }, sink);
  return sink;
}

const digest = ({ packed }) => createHash('sha256').update(packed).digest('hex');
