import { jackknife } from '../../linalg/jackknife.js';
import { type PairTheory, pairVariances } from './pair-error.js';
import type { EstimateWithError, HeEstimate } from './randomised.js';

/** Genetic covariance of two traits by Haseman-Elston regression of products, with their heritabilities. */
export interface HeCovariance {
  readonly covariance: EstimateWithError;
  readonly environmental: EstimateWithError;
  readonly h2: readonly [EstimateWithError, EstimateWithError];
  /** Undefined where a heritability is not above 0; without an error where one is not without some block. */
  readonly rg?: { readonly estimate: number; readonly se: number | null };
  /** Whether errors are the larger of theory's and the jackknife's; else the jackknife's. */
  readonly isCombined: boolean;
}

/**
 * Bivariate Haseman-Elston regression with one component. The moment equations are linear in y y', so that the variances of the sum of two
 * traits of the same people, y₁ and y₂ of one norm and correlation r, say their covariances: ((2 + 2r) σ²₁₊₂ - σ²₁ - σ²₂) / 2, for the
 * genetic and for the other, the whole and without each jackknife block (METHODS 7.4); errors are the larger of the jackknife's and theory's for even effects. Where r < 0 it is the difference that does.
 * @param sum the estimate of y₁ + y₂, of y₁ - y₂ where `phenotypic`, r, is below 0.
 */
export function heCovariance(
  first: HeEstimate,
  second: HeEstimate,
  sum: HeEstimate,
  phenotypic: number,
): HeCovariance {
  const all = [first, second, sum].map(({ scaledVariances }) => scaledVariances);
  const whole = numbersOf(
    all.map(({ estimate }) => [estimate[0], estimate[1]] as const),
    phenotypic,
  );
  const blocks = all[0].deleted.length / 2;
  const deleted = new Float64Array(blocks * whole.length);
  for (let b = 0; b < blocks; b++)
    deleted.set(
      numbersOf(
        all.map((own) => [own.deleted[2 * b], own.deleted[2 * b + 1]] as const),
        phenotypic,
      ),
      b * whole.length,
    );
  const { se } = jackknife(whole, deleted, all[0].reach);
  const even = theoryOf(first, second, sum, phenotypic);
  // the jackknife takes in how effects differ along the genome, theory that the same people tie all variants together
  const both = (k: number, theory: number | undefined) => Math.max(se[k], Math.sqrt(theory ?? 0));
  const rg = both(4, even?.rg);
  return {
    covariance: { estimate: whole[0], se: both(0, even?.covariance) },
    environmental: { estimate: whole[1], se: both(1, even?.environmental) },
    h2: [
      { estimate: first.h2, se: first.se },
      { estimate: second.h2, se: second.se },
    ],
    ...(Number.isFinite(whole[4]) && {
      rg: { estimate: whole[4], se: Number.isFinite(rg) ? rg : null },
    }),
    isCombined: even !== undefined,
  };
}

/** Variances by theory, as shares of the traits' variances; undefined with several components. */
function theoryOf(
  first: HeEstimate,
  second: HeEstimate,
  sum: HeEstimate,
  phenotypic: number,
): ReturnType<typeof pairVariances> | undefined {
  if (!first.theory || !second.theory || !sum.theory) return undefined;
  const [one, two, joint] = [first, second, sum].map(({ scaledVariances }) => scaledVariances.estimate);
  const sign = phenotypic < 0 ? -1 : 1;
  const matrix = (k: 0 | 1): PairTheory['genetic'] => {
    const cross = (sign * ((2 + 2 * Math.abs(phenotypic)) * joint[k] - one[k] - two[k])) / 2;
    return [
      [one[k], cross],
      [cross, two[k]],
    ];
  };
  const found = pairVariances({
    traits: [first.theory, second.theory],
    sum: sum.theory,
    phenotypic,
    genetic: matrix(0),
    other: matrix(1),
    n: first.n - first.covariates,
  });
  const unit = (one[0] + one[1]) * (two[0] + two[1]);
  return {
    covariance: found.covariance / unit,
    environmental: found.environmental / unit,
    rg: found.rg,
  };
}

/** Genetic covariance, environmental covariance, both heritabilities and the correlation. @param variances genetic and other, of both traits and their sum. */
function numbersOf(variances: readonly (readonly [number, number])[], phenotypic: number): Float64Array {
  const [first, second, sum] = variances;
  const sign = phenotypic < 0 ? -1 : 1;
  const covariance = (k: 0 | 1) =>
    (sign * ((2 + 2 * Math.abs(phenotypic)) * sum[k] - first[k] - second[k])) / 2;
  const [total1, total2] = [first[0] + first[1], second[0] + second[1]];
  const unit = Math.sqrt(total1 * total2);
  return Float64Array.of(
    covariance(0) / unit,
    covariance(1) / unit,
    first[0] / total1,
    second[0] / total2,
    first[0] > 0 && second[0] > 0 ? covariance(0) / Math.sqrt(first[0] * second[0]) : Number.NaN,
  );
}
