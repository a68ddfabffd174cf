import { HET, HOM_ALLELE1, HOM_ALLELE2, MISSING } from '../kernels/kernels.js';
import { sharedBytes } from '../kernels/memory.js';
import type { VariantStatistics } from './statistics.js';

/**
 * Dominance of a variant as a second column beside the number of copies x of an allele: what the heterozygote adds to the straight line
 * through both homozygotes, made orthogonal to x (METHODS 13.1). In Hardy-Weinberg equilibrium that is -2q², 2pq, -2p² for
 * two copies, one and none, with variance (2pq)² (Vitezica 2013; GCTA's GREML-d codes the same as 0, 2p, 4p - 2 less 2p²).
 */
export type GenotypeValues = readonly [homAllele1: number, het: number, homAllele2: number];

const CODES = [HOM_ALLELE1, HET, HOM_ALLELE2] as const;
const COPIES = [1, 0, -1] as const;

/**
 * Orthogonal to the copies among these samples, mean 0 and variance 1, missing genotypes at the mean: nothing that is additive is taken for
 * dominance whatever the genotype frequencies (the NOIA model, Alvarez-Castro and Carlborg 2007). 0 unless all three genotypes are seen.
 */
export function sampleDominance(statistics: VariantStatistics, v: number): GenotypeValues {
  const present = statistics.present(v);
  const counts = CODES.map((code) => statistics.counts[4 * v + code]);
  if (counts.includes(0)) return [0, 0, 0];
  const heterozygotes = counts[1] / present;
  const mean = statistics.centredMean(v);
  const variance = (counts[0] + counts[2]) / present - mean ** 2;
  const slope = (-heterozygotes * mean) / variance; // the covariance of both codes: their product is 0 in everybody
  const residuals = COPIES.map((copies, k) => Number(k === 1) - heterozygotes - slope * (copies - mean));
  const square = counts.reduce((sum, count, k) => sum + count * residuals[k] ** 2, 0);
  const scale = Math.sqrt((present + statistics.missing(v)) / square);
  return [residuals[0] * scale, residuals[1] * scale, residuals[2] * scale];
}

/**
 * Orthogonal to the copies in Hardy-Weinberg equilibrium.
 * @param p frequency of allele 1. @param scale of the copies: dominance then has the variance that they have.
 */
export function expectedDominance(p: number, scale: number): GenotypeValues {
  const q = 1 - p;
  if (scale === 0) return [0, 0, 0];
  const unit = scale / Math.sqrt(2 * p * q);
  return [-2 * q * q * unit, 2 * p * q * unit, -2 * p * p * unit];
}

/** Values of the three genotypes as slope * c + heterozygote * (u - mean), c the centred code, u 1 for heterozygotes and -1 for homozygotes. */
export function heterozygoteCode([one, het, two]: GenotypeValues): {
  readonly slope: number;
  readonly heterozygote: number;
  readonly mean: number;
} {
  const heterozygote = (het - (one + two) / 2) / 2;
  return {
    slope: (one - two) / 2,
    heterozygote,
    mean: heterozygote === 0 ? 0 : (heterozygote - het) / heterozygote,
  };
}

const RECODED = recodedBytes();

/** Packed rows in which heterozygotes are homozygous for allele 1 and homozygotes for allele 2: u in the terms of every kernel. */
export function heterozygoteRows(packed: Uint8Array): Uint8Array {
  const rows = sharedBytes(packed.length);
  for (let k = 0; k < packed.length; k++) rows[k] = RECODED[packed[k]];
  return rows;
}

function recodedBytes(): Uint8Array {
  const codes: number[] = [];
  codes[HOM_ALLELE1] = codes[HOM_ALLELE2] = HOM_ALLELE2;
  codes[HET] = HOM_ALLELE1;
  codes[MISSING] = MISSING;
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    let recoded = 0;
    for (let shift = 0; shift < 8; shift += 2) recoded |= codes[(byte >> shift) & 3] << shift;
    return recoded;
  });
}
