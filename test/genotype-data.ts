import { randomSource } from './kernels/packed.js';

/** Copies of allele 1 by variant and person, -1 where missing. */
export type Genotypes = readonly Int8Array[];

/** Genotypes of unrelated people; neighbouring variants are correlated, as alleles are copied from the last one. */
export function randomGenotypes(
  variants: number,
  samples: number,
  { seed = 1, missing = 0, copying = 0.6 }: { seed?: number; missing?: number; copying?: number } = {},
): Int8Array[] {
  const random = randomSource(seed);
  const frequency = Array.from({ length: variants }, () => 0.1 + 0.8 * random());
  const rows = frequency.map(() => new Int8Array(samples));
  for (let haplotype = 0; haplotype < 2 * samples; haplotype++) {
    let level = random();
    for (const [v, row] of rows.entries()) {
      if (random() > copying) level = random();
      if (level < frequency[v]) row[haplotype >> 1]++;
    }
  }
  if (missing > 0) for (const row of rows) for (const i of row.keys()) if (random() < missing) row[i] = -1;
  return rows;
}

/** Normal numbers. */
export function randomNormals(count: number, seed: number): Float64Array {
  const random = randomSource(seed);
  return Float64Array.from({ length: count }, () => {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
}

/** Allele counts with missing ones at the mean over `people` (all of them by default). */
export function meanImputed(row: ArrayLike<number>, people?: readonly number[]): Float64Array {
  const values = people ? people.map((i) => row[i]) : Array.from(row);
  const present = values.filter((copies) => copies >= 0);
  const mean = present.reduce((sum, copies) => sum + copies, 0) / present.length;
  return Float64Array.from(row, (copies) => (copies < 0 ? mean : copies));
}

/** Mean 0 and variance 1, divisor the number of people. */
export function standardised(values: ArrayLike<number>): Float64Array {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const sd = Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
  return Float64Array.from(list, (value) => (value - mean) / sd);
}
