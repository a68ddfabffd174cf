import { randomSource } from '../kernels/packed.js';

/** Genotypes of people of several groups. */
export interface StructuredPeople {
  /** Copies of allele 1 by variant and person. */
  readonly genotypes: readonly Int8Array[];
  readonly group: Uint8Array;
}

/**
 * People of groups whose allele frequencies differ from a common one by the square root of `fst` of its binomial standard
 * deviation; without LD.
 */
export function structuredPeople(
  samples: number,
  variants: number,
  {
    groups = 3,
    fst = 0.02,
    seed = 1,
    groupOf,
  }: { groups?: number; fst?: number; seed?: number; groupOf?: (person: number) => number } = {},
): StructuredPeople {
  const random = randomSource(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const group = Uint8Array.from({ length: samples }, (_, i) => groupOf?.(i) ?? Math.floor(groups * random()));
  const genotypes = Array.from({ length: variants }, () => {
    const common = 0.1 + 0.8 * random();
    const own = Array.from({ length: groups }, () => {
      const f = common + normal() * Math.sqrt(fst * common * (1 - common));
      return Math.min(0.98, Math.max(0.02, f));
    });
    return Int8Array.from(group, (g) => Number(random() < own[g]) + Number(random() < own[g]));
  });
  return { genotypes, group };
}

/** A child of two people: one allele of each parent at every variant. */
export function childOf(
  genotypes: readonly Int8Array[],
  mother: number,
  father: number,
  seed: number,
): Int8Array {
  const random = randomSource(seed);
  const passed = (copies: number) => Number(random() < copies / 2);
  return Int8Array.from(genotypes, (row) => passed(row[mother]) + passed(row[father]));
}
