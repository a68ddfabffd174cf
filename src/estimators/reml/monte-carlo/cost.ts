import type { Digits } from '../../../kernels/digits.js';
import { digitProductWork, productWork, times, together, type Work } from '../../../kernels/rates.js';
import type { RandomisedShape } from '../../randomised-shape.js';
import { LANCZOS_DIGITS } from './lanczos.js';
import { FULL_DIGITS } from './relationship.js';

/** Numbers that a step of the recurrence touches, for each person and column. */
const LOOPS_PER_STEP = 12;

/** Newton steps of several components with the first few random vectors and with all, and the steps of each solution. */
const NEWTON_STEPS = 9;
const SOLUTION_STEPS = 3;

/** The product K v of some columns: X'v and back. */
function stepWork({ people, variants }: RandomisedShape, columns: number, digits: Digits): Work {
  const product = digitProductWork(people * variants, columns, digits);
  return together(product, product, { loops: LOOPS_PER_STEP * people * columns });
}

/**
 * Steps that one component takes, as conjugate gradients at h2 = 0.5 do: by the condition number of V, whose ends for independent
 * variants are (1 + h ((1 ± √γ)² - 1)) with γ = people / variants. Measured: 12 at γ = 0.2, 16 at 0.5, 22 at 1.
 */
export function recurrenceSteps(people: number, variants: number): number {
  const root = Math.sqrt(people / variants);
  const least = root < 1 ? (1 - root) ** 2 : 0;
  return Math.round((4 * ((1 + root) ** 2 + 1)) / (least + 1) + 2);
}

/** One run of the recurrence for all traits; with several components, solutions of each trait for all random vectors at every step. */
export function monteCarloWork(shape: RandomisedShape): Work {
  const { people, variants, traits, groups, columns, components, vectors } = shape;
  const traces = productWork(people * variants, groups * (columns + 1));
  if (components === 1) {
    const step = stepWork(shape, groups * vectors + traits, LANCZOS_DIGITS);
    return together(traces, times(recurrenceSteps(people, variants), step));
  }
  const solutions = traits * (vectors + 1 + components + 1);
  const steps = recurrenceSteps(people, variants);
  const determinants = times(steps, stepWork(shape, traits * vectors, LANCZOS_DIGITS));
  return together(
    traces,
    times(NEWTON_STEPS * SOLUTION_STEPS, stepWork(shape, solutions, FULL_DIGITS)),
    determinants,
  );
}
