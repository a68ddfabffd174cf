import { HeredityError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64, toSharedInt32 } from '../kernels/memory.js';
import { streamOf } from '../kernels/random-stream.js';
import { normalCdf, normalQuantile } from '../linalg/distributions.js';

/** Mates who are alike in a trait. */
export interface AssortativeMating {
  /** Genetic value of each old person; only its order counts. */
  readonly values: Float64Array;
  /** Correlation m of the genetic values of mates, at equilibrium: that of their traits times h². From 0 to .5. */
  readonly correlation: number;
}

/** What decides whom a new person copies next, for tasks. */
export interface AssortativeChoice {
  /** Old people from the lowest genetic value to the highest. */
  readonly ranked: Int32Array;
  /** Of each new person: what all that it copies have in common, standard normal. */
  readonly shared: Float64Array;
  /** Correlation of the ranks of any two people whom a new person copies. */
  readonly correlation: number;
}

/**
 * Generations of assortative mating make the effects of unlinked variants go together: with many variants the genetic variance is
 * V / (1 - m) at equilibrium, V what it is where mating is random (Crow & Felsenstein 1968), and all that is more are covariances between
 * variants. The same comes of copying from people who are alike: genetic values of any two segments of a new person are
 * those of people whose values have the correlation ρ, so the variance is V (1 + ρ), and ρ = m / (1 - m).
 * Everybody is copied equally often, so frequencies and LD within segments stay.
 * @throws HeredityError `usage` for a correlation for which there is no such ρ.
 */
export function assortativeChoice(
  { values, correlation }: AssortativeMating,
  samples: number,
  kernels: Kernels,
  seed: number,
): AssortativeChoice {
  if (!(correlation >= 0 && correlation <= 0.5))
    throw new HeredityError('usage', 'mates cannot be so alike', {
      value: correlation,
      expected: 'a correlation of their genetic values from 0 to 0.5',
    });
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const shared = sharedFloat64(samples);
  kernels.normal(seed, streamOf('mates', 0), 0, shared);
  return { ranked: toSharedInt32(order), shared, correlation: correlation / (1 - correlation) };
}

/** The old person whom new person i copies next. @param uniform a random number in (0, 1). */
export function chosenMate(
  { ranked, shared, correlation }: AssortativeChoice,
  i: number,
  uniform: number,
): number {
  const own = normalQuantile(uniform);
  const rank = normalCdf(Math.sqrt(correlation) * shared[i] + Math.sqrt(1 - correlation) * own);
  return ranked[Math.min(ranked.length - 1, Math.floor(rank * ranked.length))];
}
