import { jackknife } from '../../linalg/jackknife.js';
import type { HeEstimate, JackknifeEstimate } from './randomised.js';

/** Genetic covariance of two traits by Haseman-Elston regression of products, with their heritabilities. */
export interface HeCovariance {
  readonly covariance: JackknifeEstimate;
  readonly environmental: JackknifeEstimate;
  readonly h2: readonly [JackknifeEstimate, JackknifeEstimate];
  /** Undefined where a heritability is not above 0; without an error where one is not without some block. */
  readonly rg?: { readonly estimate: number; readonly se: number | null };
}

/**
 * Bivariate Haseman-Elston regression with one component. The moment equations are linear in y y', so that the variances of the sum of two
 * traits of the same people, y₁ and y₂ of one norm and correlation r, say their covariances: ((2 + 2r) σ²₁₊₂ - σ²₁ - σ²₂) / 2, for the
 * genetic and for the other, the whole and without each jackknife block (METHODS 7.4). Where r < 0 it is the difference that does.
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
  const of = (k: number): JackknifeEstimate => ({ estimate: whole[k], se: se[k] });
  return {
    covariance: of(0),
    environmental: of(1),
    h2: [of(2), of(3)],
    ...(Number.isFinite(whole[4]) && {
      rg: { estimate: whole[4], se: Number.isFinite(se[4]) ? se[4] : null },
    }),
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
