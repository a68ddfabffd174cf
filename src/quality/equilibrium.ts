import { logHardyWeinbergX, type XCounts } from '../genotypes/hardy-weinberg-x.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2 } from '../kernels/kernels.js';
import type { GenotypeCounts } from './counts.js';

/** A test of Hardy-Weinberg equilibrium among founders. Allele A is the file's allele 2: PLINK 2's A1, the reference. */
export interface Equilibrium {
  /** Position of the variant. */
  readonly variant: number;
  readonly homozygousA: number;
  readonly heterozygous: number;
  readonly homozygousB: number;
  readonly logP: number;
}

/** On X: the genotypes are those of females, and males count beside them. */
export interface XEquilibrium extends Equilibrium {
  readonly maleA: number;
  readonly maleB: number;
}

/** Exact tests (Wigginton 2005) of the variants on chromosomes of two copies, as PLINK 2's --hardy has them. */
export function equilibria({ copies, founders }: GenotypeCounts): Equilibrium[] {
  const { counts } = founders;
  return Array.from(copies.keys())
    .filter((v) => copies[v] === 'two')
    .map((variant) => ({
      variant,
      homozygousA: counts[4 * variant + HOM_ALLELE2],
      heterozygous: counts[4 * variant + HET],
      homozygousB: counts[4 * variant + HOM_ALLELE1],
      logP: founders.logHardyWeinbergP(variant),
    }));
}

/** Exact tests of the variants on X, females and males together (Graffelman and Weir 2016); sex not known counts in neither. */
export function xEquilibria({
  copies,
  sexLinked,
  founderFemales,
  founderMales,
}: GenotypeCounts): XEquilibrium[] {
  const [females, males] = [founderFemales.counts, founderMales.counts];
  return Array.from(sexLinked.keys())
    .filter((k) => copies[sexLinked[k]] === 'x')
    .map((k) => {
      const x: XCounts = {
        femaleAA: females[4 * k + HOM_ALLELE2],
        femaleAB: females[4 * k + HET],
        femaleBB: females[4 * k + HOM_ALLELE1],
        maleA: males[4 * k + HOM_ALLELE2],
        maleB: males[4 * k + HOM_ALLELE1],
      };
      return {
        variant: sexLinked[k],
        homozygousA: x.femaleAA,
        heterozygous: x.femaleAB,
        homozygousB: x.femaleBB,
        maleA: x.maleA,
        maleB: x.maleB,
        logP: logHardyWeinbergX(x),
      };
    });
}
