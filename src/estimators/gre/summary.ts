import type { KernelPool } from '../../kernels/pool.js';
import { pseudoInverseForms } from '../../linalg/pseudo-inverse.js';
import { diagonal, type TiledLower } from '../../linalg/tiled-lower.js';
import { type BlockRegression, blockHeritability, type SeFormula } from './estimate.js';
import type { BlockEstimate } from './result.js';

/** One trait's marginal effects on the variants of a block. */
export interface MarginalEffects {
  /** Correlation of the trait with each variant, covariates removed (or what stands in for it), in the order of the factor. */
  readonly b: Float64Array;
  /** n of the estimator: people less columns projected out, or people in reference-compatible mode. */
  readonly n: number;
}

/**
 * GRE of one block from marginal effects and in-sample LD: R² = b' V⁺ b, without genotypes (Hou et al. 2019, Eq 13).
 * @param factor of the block's LD among the very people of the association; @param rank its rank.
 * @returns one estimate a trait.
 */
export async function blockFromSummary(
  pool: KernelPool,
  id: string,
  factor: TiledLower,
  rank: number,
  variants: number,
  effects: readonly MarginalEffects[],
  formula: SeFormula,
): Promise<BlockEstimate[]> {
  const { order } = factor;
  const columns = effects.length;
  // The factor is of a covariance, effects are correlations: both are had from one another by the diagonal of V.
  const scale = diagonal(factor).map(Math.sqrt);
  const b = new Float64Array(order * columns);
  for (const [c, effect] of effects.entries())
    for (let j = 0; j < order; j++) b[j * columns + c] = effect.b[j] * scale[j];
  const quads = await pseudoInverseForms(pool, factor, b, columns);
  return effects.map(({ n }, c) => {
    const regression: BlockRegression = { r2: quads[c], rank, n };
    return {
      id,
      variants,
      rank,
      r2: quads[c],
      ...blockHeritability(regression, formula),
      iterations: 0,
      solverError: 0,
    };
  });
}

/**
 * Correlation of trait and variant, covariates projected out of both, from the test statistic of its regression: exact
 * (METHODS 1.4). @param covariates C, columns projected out with the intercept.
 */
export function partialCorrelation(t: number, samples: number, covariates: number): number {
  return t / Math.sqrt(t * t + samples - covariates - 1);
}

/** What the published implementation takes for it: t / sqrt(N) (METHODS 1.4, 1.5). */
export function referenceEffect(t: number, samples: number): number {
  return t / Math.sqrt(samples);
}
