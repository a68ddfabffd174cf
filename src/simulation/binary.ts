import { HeredityError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { streamOf } from '../kernels/random-stream.js';
import { normalQuantile } from '../linalg/distributions.js';

export interface LiabilityThreshold {
  /** K: cases are those whose liability, of variance 1, is above Φ⁻¹(1 - K). */
  readonly prevalence: number;
  /** Cases and controls to keep, drawn at random. @default everybody */
  readonly ascertained?: { readonly cases: number; readonly controls: number };
}

/**
 * A binary trait from a quantitative one, the liability (METHODS 2.5). Which people are kept is a pure function of the
 * seed and the trait's number.
 * @param liability one value a sample, of mean 0 and variance 1 in the population.
 * @returns 1 for a case, 0 for a control, NaN for who is not kept.
 * @throws HeredityError `degenerate-data` where there are fewer cases or controls than asked for, or none.
 */
export function caseControl(
  kernels: Kernels,
  liability: Float64Array,
  { prevalence, ascertained }: LiabilityThreshold,
  seed: number,
  trait: number,
): Float64Array {
  const threshold = normalQuantile(1 - prevalence);
  const status = liability.map((value) => (value > threshold ? 1 : 0));
  const found = { cases: 0, controls: 0 };
  for (const value of status) found[value === 1 ? 'cases' : 'controls']++;
  for (const kind of ['cases', 'controls'] as const) {
    const wanted = ascertained?.[kind] ?? 1;
    if (found[kind] >= wanted) continue;
    throw new HeredityError('degenerate-data', `there are too few ${kind} among ${liability.length} people`, {
      value: found[kind],
      expected: `at least ${wanted}`,
      fix: `ask for fewer ${kind}, or simulate from more people`,
    });
  }
  if (!ascertained) return status;
  const keys = new Float64Array(liability.length);
  kernels.uniform(seed, streamOf('ascertainment', trait), 0, keys);
  for (const [value, wanted] of [
    [1, ascertained.cases],
    [0, ascertained.controls],
  ] as const) {
    const limit = keys.filter((_, i) => status[i] === value).sort()[wanted - 1] ?? -1;
    for (const [i, key] of keys.entries()) if (status[i] === value && key > limit) status[i] = Number.NaN;
  }
  return status;
}
