import { normalCdf } from '../../linalg/distributions.js';
import { largest } from '../../linalg/extremes.js';
import { belowChi2Max, type LdscOptions, type LdscTrait, ldscRules, regressChi2 } from './h2.js';
import type { LdScores } from './score-regression.js';

/** An annotation of one kind of cell, for the SNPs of the LD scores. */
export interface CellType {
  readonly name: string;
  /** One LD score column, or several that are put before the baseline together; the first is the one tested. */
  readonly scores: readonly Float64Array[];
  readonly counts: ArrayLike<number>;
}

/** One coefficient of a cell type. */
export interface CellTypeCoefficient {
  readonly name: string;
  readonly tau: number;
  readonly tauSe: number;
  /** One-sided: that the annotation adds heritability to what the baseline explains. */
  readonly p: number;
}

/** The coefficient of the first column of a cell type, and of the others, named `<name>_1` and so on. */
export interface CellTypeEstimate extends CellTypeCoefficient {
  readonly others: readonly CellTypeCoefficient[];
}

/**
 * Cell-type analysis (Finucane 2018; METHODS 4.4): each annotation in turn beside the baseline model, its coefficient
 * and a one-sided P. In the order of the cell types.
 * @throws HeredityError as {@link regressOnScores}.
 */
export function estimateCellTypes(
  baseline: LdScores,
  cellTypes: readonly CellType[],
  trait: LdscTrait,
  options: LdscOptions = {},
): CellTypeEstimate[] {
  const largestN = largest(trait.n);
  const rules = ldscRules(options, 2, largestN);
  return cellTypes.map(({ name, scores, counts }) => {
    const ld = {
      ...baseline,
      scores: [...scores, ...baseline.scores],
      counts: [...Array.from(counts), ...Array.from(baseline.counts)],
    };
    const kept = belowChi2Max(ld, trait, rules.chi2Max);
    const { coefficients } = regressChi2(kept.ld, kept.trait, options, rules, false);
    const coefficientOf = (c: number): CellTypeCoefficient => {
      const [tau, tauSe] = [coefficients.estimate[c], coefficients.se[c]];
      return { name: c === 0 ? name : `${name}_${c}`, tau, tauSe, p: normalCdf(-tau / tauSe) };
    };
    return { ...coefficientOf(0), others: scores.slice(1).map((_, c) => coefficientOf(c + 1)) };
  });
}
