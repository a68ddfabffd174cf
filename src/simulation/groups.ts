import { HeredityError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedBytes } from '../kernels/memory.js';
import { RandomStream, streamOf } from '../kernels/random-stream.js';
import type { FounderHaplotypes } from './founders.js';
import { ChangingLineages } from './lineages.js';

/**
 * Founder haplotypes of a group that has drifted apart from the population of `founders`, with LD of its own.
 *
 * At each variant haplotype k copies an earlier one of the group, or with probability theta / (theta + k) one of the
 * population: a Pólya urn, so that the frequency of an allele of frequency p in the population is Beta distributed with
 * variance F p (1 - p), F = 1 / (1 + theta) (Balding and Nichols 1995). Whole haplotypes are copied, and change whom they
 * copy along the chromosome as founders do ({@link ChangingLineages}), so LD stays and new LD arises from drift.
 *
 * @param fst F_ST (Hudson's) between groups that drift independently; F allows for the finite number of haplotypes.
 * @param group number of the group.
 * @throws HeredityError `usage` where the chance of so few founders alone drives groups further apart.
 */
export function driftFounders(
  kernels: Kernels,
  founders: FounderHaplotypes,
  { seed, chromosome, group, fst }: { seed: number; chromosome: number; group: number; fst: number },
): FounderHaplotypes {
  const { founders: count, variants, stride, map } = founders;
  // F_ST of samples of `count` haplotypes: 1 / count + (1 - 1 / count) F
  const drift = (fst - 1 / count) / (1 - 1 / count);
  if (!(drift > 0 && fst < 1)) {
    throw new HeredityError('usage', '--fst is out of reach', {
      value: fst,
      expected: `a number above ${1 / count}, one over the number of founders, and below 1`,
      fix: 'raise --founders, or simulate one group',
    });
  }
  const theta = (1 - drift) / drift;
  const random = new RandomStream(kernels, seed, streamOf('groups', chromosome, group));
  const lineages = new ChangingLineages(random, count, 0, theta);
  /** Whom haplotype k copies: an earlier one of the group, or -1 - h for founder h. */
  const source = new Int32Array(count);
  const choose = (k: number) => {
    const target = random.uniform() * (theta + k);
    source[k] = target < k ? Math.floor(target) : -1 - random.integer(count);
  };
  for (let k = 0; k < count; k++) choose(k);
  const alleles = sharedBytes(count * stride);
  const carries = new Uint8Array(count);
  let next = lineages.distance();
  for (let v = 0; v < variants; v++) {
    for (; next < map[v]; next += lineages.distance()) choose(lineages.draw());
    const byte = v >> 3;
    const bit = v & 7;
    for (let k = 0; k < count; k++) {
      const from = source[k];
      const allele = from >= 0 ? carries[from] : (founders.alleles[(-1 - from) * stride + byte] >> bit) & 1;
      carries[k] = allele;
      if (allele === 1) alleles[k * stride + byte] |= 1 << bit;
    }
  }
  return { ...founders, alleles };
}

/** Sums over variants of which Hudson's F_ST of two populations is the ratio (Bhatia 2013). */
export interface FstSums {
  /** Squared differences of frequencies. */
  between: number;
  /** p1 (1 - p2) + p2 (1 - p1). */
  total: number;
}

/** Adds the variants of one chromosome to the sums of each pair of groups (0 and 1, 0 and 2, 1 and 2, …). */
export function addFst(sums: FstSums[], groups: readonly FounderHaplotypes[]): void {
  const frequencies = groups.map(frequenciesOf);
  let pair = 0;
  for (let b = 1; b < groups.length; b++) {
    for (let a = 0; a < b; a++) {
      const sum = (sums[pair++] ??= { between: 0, total: 0 });
      for (const [v, p] of frequencies[a].entries()) {
        const q = frequencies[b][v];
        sum.between += (p - q) ** 2;
        sum.total += p * (1 - q) + q * (1 - p);
      }
    }
  }
}

function frequenciesOf({ founders, variants, stride, alleles }: FounderHaplotypes): Float64Array {
  const frequency = new Float64Array(variants);
  for (let h = 0; h < founders; h++) {
    for (let v = 0; v < variants; v++) frequency[v] += (alleles[h * stride + (v >> 3)] >> (v & 7)) & 1;
  }
  return frequency.map((count) => count / founders);
}
