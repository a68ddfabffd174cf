import { inbreeding } from './heterozygosity.js';
import type { PersonCounts } from './person-counts.js';

/** Limits of PLINK's --check-sex: the largest F on X of a female, and the smallest of a male. */
export const SEX_LIMITS = { largestFemale: 0.2, smallestMale: 0.8 } as const;

/**
 * Share of the variants on Y with a genotype from which somebody has a Y, and below which nobody has: arrays call few in females.
 */
export const Y_LIMITS = { least: 0.5, most: 0.3 } as const;

/** What X and Y say of a person: `xxy` and `x0` are suspected aneuploidies, `?` where they do not say. */
export type SexKaryotype = 'xx' | 'xy' | 'xxy' | 'x0' | '?';

export interface SexCheck {
  /** F over X: near 1 for one X, near 0 for two. NaN where X is not there. */
  readonly f: Float64Array;
  /** Share of the variants on Y with a genotype; NaN where Y is not there. */
  readonly yRate: Float64Array;
  /** By F alone, as PLINK: 1 male, 2 female, 0 neither. */
  readonly sex: Uint8Array;
  readonly karyotype: readonly SexKaryotype[];
}

/**
 * Sex by the inbreeding coefficient over X, as PLINK's --check-sex, and with variants on Y the number of X chromosomes beside
 * the presence of Y: two X and a Y (Klinefelter), one X and no Y (Turner, or a lost X or Y), or another's sample.
 */
export function checkSex({ x, y }: PersonCounts): SexCheck {
  const f = x.variants === 0 ? new Float64Array(x.present.length).fill(Number.NaN) : inbreeding(x);
  const yRate = Float64Array.from(y.present, (present) => present / y.variants);
  const sex = Uint8Array.from(f, (value) =>
    value > SEX_LIMITS.smallestMale ? 1 : value < SEX_LIMITS.largestFemale ? 2 : 0,
  );
  const karyotype = Array.from(sex, (code, i): SexKaryotype => {
    const hasY = yRate[i] >= Y_LIMITS.least ? true : yRate[i] <= Y_LIMITS.most ? false : undefined;
    if (code === 0 || hasY === undefined) return '?';
    if (code === 1) return hasY ? 'xy' : 'x0';
    return hasY ? 'xxy' : 'xx';
  });
  return { f, yRate, sex, karyotype };
}
