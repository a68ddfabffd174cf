import { sharedFloat32, sharedInt32 } from '../kernels/memory.js';
import { ONE_COPY } from '../kernels/variant-rows.js';

/** PLINK 2's: a dosage farther than this from a whole number has no hard call. */
export const HARD_CALL_THRESHOLD = 0.1;

/** The threshold in the unit of dosages, as PLINK 2 rounds it. */
export function thresholdInUnits(threshold: number): number {
  return Math.floor(threshold * (1 + 2 ** -44) * ONE_COPY);
}

/** What hard calls made of the dosages of the variants that were read. */
export interface HardCallReport {
  /** Undefined where the calls are those that a .pgen file stores beside its dosages. */
  readonly threshold: number | undefined;
  /** Variants with dosages. */
  readonly variants: number;
  /** Genotypes of all samples of the file that have a dosage and no hard call. */
  readonly missing: number;
  /** Those as a share of the genotypes of the variants with dosages. */
  readonly missingRate: number;
  /**
   * Mean over those variants of 1 - r² between dosage and hard call (a missing one counts as the mean): the share of the
   * dosages' variance that is lost.
   */
  readonly varianceLost: number;
}

/** What a run says of dosages that count as they are. */
export interface DosageReport {
  readonly variants: number;
  /** Genotypes without a dosage, which are at the mean of their variant; also as a share of all. */
  readonly missing: number;
  readonly missingRate: number;
}

/** Notes for every variant of a file what its hard calls lose; threads write into it. */
export class HardCallLosses {
  /** Samples with a dosage and no hard call; -1 where a variant has no dosages or was not read. */
  readonly missing: Int32Array;
  readonly lost: Float32Array;
  readonly threshold: number | undefined;
  readonly #samples: number;

  constructor(variants: number, samples: number, threshold: number | undefined) {
    this.missing = sharedInt32(variants).fill(-1);
    this.lost = sharedFloat32(variants);
    this.threshold = threshold;
    this.#samples = samples;
  }

  /** Adds up the variants that are asked for. */
  report(variants: Iterable<number>): HardCallReport {
    let count = 0;
    let missing = 0;
    let lost = 0;
    for (const v of variants) {
      if (this.missing[v] < 0) continue;
      count++;
      missing += this.missing[v];
      lost += this.lost[v];
    }
    return {
      threshold: this.threshold,
      variants: count,
      missing,
      missingRate: count === 0 ? 0 : missing / count / this.#samples,
      varianceLost: count === 0 ? 0 : lost / count,
    };
  }
}

/** One report of several files. */
export function joinReports(reports: readonly HardCallReport[]): HardCallReport {
  const variants = reports.reduce((sum, report) => sum + report.variants, 0);
  const mean = (of: (report: HardCallReport) => number) =>
    variants === 0 ? 0 : reports.reduce((sum, report) => sum + report.variants * of(report), 0) / variants;
  return {
    threshold: reports[0]?.threshold,
    variants,
    missing: reports.reduce((sum, report) => sum + report.missing, 0),
    missingRate: mean((report) => report.missingRate),
    varianceLost: mean((report) => report.varianceLost),
  };
}

/** Notes what the hard calls of a variant lose, where it has dosages. */
export function noteLosses(
  sums: Float64Array,
  missing: Int32Array,
  lost: Float32Array,
  variant: number,
): void {
  const [called, all] = [sums[0], sums[3]];
  if (all === 0) return;
  missing[variant] = all - called;
  lost[variant] = lostVariance(sums);
}

/** Share of a variant's dosage variance that its hard calls do not have, from the sums of {@link Kernels.pgenRecords}. */
export function lostVariance(sums: Float64Array): number {
  const [called, g, gg, all, d, dd, gd, missingD] = sums as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const missing = all - called;
  const mean = called > 0 ? g / called : 0;
  const sumG = g + missing * mean;
  const varianceG = gg + missing * mean * mean - (sumG * sumG) / all;
  const varianceD = dd - (d * d) / all;
  const covariance = gd + mean * missingD - (sumG * d) / all;
  if (!(varianceD > 0)) return 0;
  if (!(varianceG > 0)) return 1;
  return Math.min(1, Math.max(0, 1 - covariance ** 2 / (varianceG * varianceD)));
}
