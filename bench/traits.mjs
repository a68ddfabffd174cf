import { GenotypeOperator } from '../dist/genotypes/operator.js';
import { createMask } from '../dist/genotypes/sample-mask.js';
import { GenotypeStore } from '../dist/genotypes/store.js';
import { loadKernels } from '../dist/kernels/load.js';
import { sharedFloat32, sharedFloat64 } from '../dist/kernels/memory.js';
import { KernelPool } from '../dist/kernels/pool.js';
import { typescriptKernels } from '../dist/kernels/typescript.js';
import { simulateGenotypes } from '../dist/simulation/genotypes.js';
import { MemoryGenotypes } from '../dist/simulation/memory-genotypes.js';
import { simulateTraits } from '../dist/simulation/traits.js';
import { medians } from './measure.mjs';
import { cost } from './report.mjs';

const H2 = 0.25;

/** People of the run that checks the others against plain loops. */
const CHECK = { samples: 600, variants: 256, traits: 5 };

/** @type {import('./benchmarks.mjs').Benchmark} */
export const traits = {
  name: 'traits',
  title: 'simulated traits, all at once, one core, genotypes in memory',
  sizes: {
    full: { samples: 50_000, variants: 8192, traits: 100, repeats: 5 },
    quick: { samples: 20_000, variants: 2048, traits: 50, repeats: 3 },
  },
  work: ({ samples, variants, traits }) => ({ 'genotypes of all traits': samples * variants * traits }),
  async run(size, { note }) {
    await checkAgainstPlainLoops();
    const data = await genotypesOf(loadKernels(), size);
    const every = new Array(size.traits).fill({ h2: H2, alpha: -0.25 });
    const sparse = every.map((architecture) => ({
      ...architecture,
      causal: Math.floor(size.variants / 100),
    }));
    const timed = (run) => async () => {
      const start = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    const effects = sharedFloat32(size.variants * size.traits).fill(1);
    const table = { values32: sharedFloat32(4 * size.variants).fill(1) };
    const [all, few, bound] = await medians(
      [
        timed(() => checkedTraits(data, every)),
        timed(() => checkedTraits(data, sparse)),
        timed(() => data.genotypes.times(effects, size.traits, data.out, table)),
      ],
      size.repeats,
    );
    note(
      `${size.samples} people, ${size.variants} variants, ${size.traits} traits, medians of ${size.repeats} alternating repeats; processor time. Effects, genetic values, noise and exact-sample scaling, beside the one packed product that they cannot do without.`,
    );
    const beside = { name: 'X B alone', value: bound };
    return [cost('every variant causal', all, 's', beside, 0.5), cost('1 % causal', few, 's', beside, 0.5)];
  },
};

async function genotypesOf(kernels, { samples, variants, traits }) {
  const pool = new KernelPool(kernels, 1);
  const sink = new MemoryGenotypes(samples, variants);
  await simulateGenotypes(pool, { seed: 1, samples, variants: [variants] }, sink);
  const store = new GenotypeStore(
    sink,
    createMask(samples, () => true),
    pool,
  );
  const all = Int32Array.from({ length: variants }, (_, v) => v);
  const statistics = await store.count(all);
  const genotypes = await GenotypeOperator.open(store, all, { memory: Number.POSITIVE_INFINITY, statistics });
  return { genotypes, out: sharedFloat64(genotypes.columnStride * traits) };
}

/** Simulates, and checks that genetic values have the variance that was asked for. */
async function checkedTraits({ genotypes, out }, architectures) {
  const options = { seed: 1, scaling: 'exact', out };
  const made = await simulateTraits(genotypes, architectures, options);
  for (const { geneticVariance } of made) {
    if (Math.abs(geneticVariance - H2) > 1e-10)
      throw new Error(`genetic values have variance ${geneticVariance}`);
  }
  return made;
}

async function checkAgainstPlainLoops() {
  const architectures = new Array(CHECK.traits).fill({ h2: H2 });
  const [fast, plain] = await Promise.all(
    [loadKernels(), typescriptKernels].map(async (kernels) =>
      checkedTraits(await genotypesOf(kernels, CHECK), architectures),
    ),
  );
  for (const [t, { values }] of fast.entries()) {
    if (Buffer.compare(new Uint8Array(values.slice().buffer), new Uint8Array(plain[t].values.slice().buffer)))
      throw new Error(`trait ${t + 1} is not the one that plain TypeScript simulates`);
  }
}
