import { GenotypeOperator, type OperatorOptions } from '../src/genotypes/operator.js';
import { createMask } from '../src/genotypes/sample-mask.js';
import { GenotypeStore, type VariantSource } from '../src/genotypes/store.js';
import { packedStride } from '../src/kernels/kernels.js';
import type { KernelPool } from '../src/kernels/pool.js';

/** Park-Miller minimal standard generator, exact in doubles; so that other languages can make the same fixture. */
export class ParkMiller {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  uniform(): number {
    this.#state = (16807 * this.#state) % 2147483647;
    return this.#state / 2147483647;
  }

  normal(): number {
    const a = this.uniform();
    const b = this.uniform();
    return Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
  }
}

/** METHODS section 12: 200 people, two chromosomes of 30 SNPs, one trait of heritability 0.5. */
export function methodsFixture() {
  const samples = 200;
  const variants = 60;
  const random = new ParkMiller(20190801);
  const frequency = Float64Array.from({ length: variants }, () => 0.05 + 0.45 * random.uniform());
  const genotypes = Array.from({ length: variants }, () => new Int8Array(samples));
  for (let i = 0; i < samples; i++) {
    for (let haplotype = 0; haplotype < 2; haplotype++) {
      let previous = 0;
      for (let j = 0; j < variants; j++) {
        const copies = j % 30 !== 0 && random.uniform() < 0.7;
        const drawn = random.uniform();
        if (!copies) previous = drawn;
        if (previous < frequency[j]) genotypes[j][i]++;
      }
    }
  }
  const beta = Float64Array.from({ length: variants }, () => random.normal());
  const noise = Float64Array.from({ length: samples }, () => random.normal());
  const genetic = new Float64Array(samples);
  for (const [j, column] of genotypes.entries()) {
    const x = standardise(column);
    for (let i = 0; i < samples; i++) genetic[i] += x[i] * beta[j];
  }
  rescale(genetic, 0.5);
  rescale(noise, 0.5);
  return { samples, variants, genotypes, beta, y: genetic.map((g, i) => g + noise[i]) };
}

export function standardise(values: ArrayLike<number>): Float64Array {
  const { mean, sd } = moments(values);
  return Float64Array.from(values, (value) => (value - mean) / sd);
}

function rescale(values: Float64Array, variance: number): void {
  const scale = Math.sqrt(variance) / moments(values).sd;
  for (let i = 0; i < values.length; i++) values[i] *= scale;
}

/** Mean and population standard deviation. */
export function moments(values: ArrayLike<number>): { mean: number; sd: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, sd: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length) };
}

const CODE_OF_COPIES = [3, 2, 0];

/** Packed PLINK rows (allele-1 copies 0, 1, 2, or -1 for missing), unpadded as in a .bed file. */
export function packRows(genotypes: readonly ArrayLike<number>[]): { bytes: Uint8Array; rowBytes: number } {
  const rowBytes = Math.ceil(genotypes[0].length / 4);
  const bytes = new Uint8Array(genotypes.length * rowBytes);
  for (const [v, row] of genotypes.entries()) {
    for (let i = 0; i < row.length; i++) {
      bytes[v * rowBytes + (i >> 2)] |= (row[i] < 0 ? 1 : CODE_OF_COPIES[row[i]]) << (2 * (i & 3));
    }
  }
  return { bytes, rowBytes };
}

/** A store over genotypes in memory, all samples kept. */
export function storeOf(
  genotypes: readonly ArrayLike<number>[],
  pool: KernelPool,
  tileBytes?: number,
): GenotypeStore {
  const samples = genotypes[0].length;
  const { bytes, rowBytes } = packRows(genotypes);
  const source: VariantSource = {
    async readVariants(first, count, target, targetStride) {
      for (let v = 0; v < count; v++)
        target.set(bytes.subarray((first + v) * rowBytes, (first + v + 1) * rowBytes), v * targetStride);
    },
  };
  return new GenotypeStore(
    source,
    createMask(samples, () => true),
    pool,
    tileBytes ?? 64 * packedStride(samples),
  );
}

export const range = (first: number, end: number): Int32Array =>
  Int32Array.from({ length: end - first }, (_, k) => first + k);

/** Everybody's genotypes, counted, as an operator; in memory by default. */
export async function operatorOf(
  genotypes: readonly ArrayLike<number>[],
  pool: KernelPool,
  { memory = 1e9, tileBytes, ...options }: Partial<OperatorOptions> & { tileBytes?: number | undefined } = {},
): Promise<GenotypeOperator> {
  const store = storeOf(genotypes, pool, tileBytes);
  const variants = range(0, genotypes.length);
  const statistics = await store.count(variants);
  return GenotypeOperator.open(store, variants, { memory, statistics, ...options });
}
