import { VariantStatistics } from '../../src/genotypes/statistics.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { type GenotypeSimulation, simulateGenotypes } from '../../src/simulation/genotypes.js';
import { MemoryGenotypes } from '../../src/simulation/memory-genotypes.js';

const kernels = loadKernels();

/** Simulates into memory. */
export async function simulate(options: GenotypeSimulation, pool = new KernelPool(kernels, 1)) {
  const count = options.variants.reduce((a, b) => a + b);
  const genotypes = new MemoryGenotypes(options.samples, count);
  const variants = await simulateGenotypes(pool, options, genotypes);
  return { genotypes, variants };
}

export function statisticsOf({ packed, stride, samples, variants }: MemoryGenotypes): VariantStatistics {
  const counts = new Int32Array(4 * variants);
  kernels.countGenotypes(packed, stride, variants, samples, counts);
  return new VariantStatistics(counts);
}

/** Copies of allele 1 of each sample at variant v, -1 where missing. */
export function copiesOf({ packed, stride, samples }: MemoryGenotypes, v: number): Int8Array {
  return Int8Array.from(
    { length: samples },
    (_, i) => [2, -1, 1, 0][(packed[v * stride + (i >> 2)] >> (2 * (i & 3))) & 3],
  );
}
