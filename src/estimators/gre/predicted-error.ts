import { calibratedError } from './calibrated-error.js';

/** Heritability for which blocks are chosen: the choice depends on it little. */
const HERITABILITY = 0.5;

/**
 * How far from even effects are near the cuts: the correction may be off by this share of itself. A fifth covers LDAK-weighted and rare
 * causal variants (docs/decisions/0016-local-blocks.md).
 */
const UNEVENNESS = 0.2;

/**
 * Root mean squared error that GRE is predicted to have with blocks of so many variants: its standard error, which grows as
 * variants near people in number, and what uneven effects make of the correction, which grows with the cuts.
 * @param shared variants' worth of variance that blocks explain of their neighbours', in all. @param n people less columns projected
 *   out; above every size.
 */
export function predictedError(sizes: readonly number[], shared: number, n: number): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const blocks = sizes.map((rank) => ({ h2: (HERITABILITY * rank) / total, rank }));
  return Math.hypot(calibratedError(blocks, n), (UNEVENNESS * HERITABILITY * shared) / total);
}
