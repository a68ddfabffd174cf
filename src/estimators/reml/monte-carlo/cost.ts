import type { Digits } from '../../../kernels/digits.js';
import { digitProductWork, productWork, times, together, type Work } from '../../../kernels/rates.js';
import type { RandomisedShape } from '../../randomised-shape.js';
import { LANCZOS_DIGITS } from './lanczos.js';
import { FULL_DIGITS } from './relationship.js';

/** Numbers that a step of the recurrence touches, for each person and column. */
const LOOPS_PER_STEP = 12;

/** The product K v of some columns: X'v and back. */
function stepWork({ people, variants }: RandomisedShape, columns: number, digits: Digits): Work {
  const product = digitProductWork(people * variants, columns, digits);
  return together(product, product, { loops: LOOPS_PER_STEP * people * columns });
}

/** Before anything is read, a trait is taken to be as heritable as many are. */
const USUAL_H2 = 0.35;

/**
 * The condition number of V = h2 XX'/M + 1 - h2 for independent variants: the ends of its spectrum are 1 + h2 ((1 ± √γ)² - 1) with
 * γ = people / variants.
 */
function conditionNumber(people: number, variants: number, h2: number): number {
  const root = Math.sqrt(people / variants);
  const least = root < 1 ? (1 - root) ** 2 : 0;
  return (1 + h2 * ((1 + root) ** 2 - 1)) / (1 + h2 * (least - 1));
}

/**
 * Steps that one component takes, as conjugate gradients do: by the root of the condition number. Measured at h2 = 0.25, 0.5 and 0.8: 10,
 * 14 and 22 at γ = 0.2, 16, 22 and 38 at γ = 1.
 */
export function recurrenceSteps(people: number, variants: number, h2 = USUAL_H2): number {
  return Math.round(10 * Math.sqrt(conditionNumber(people, variants, h2)) - 1);
}

/**
 * Steps with all columns that the solutions of several components take, at all Newton steps together: each begins where the last one
 * ended. Measured for eight strata: 50 at γ = 0.2 and 130 at γ = 1.
 */
const solutionSteps = (people: number, variants: number): number =>
  Math.round(18 * conditionNumber(people, variants, USUAL_H2) ** 1.8);

/** Columns drop out of a product when they are solved, so that there are more products than steps with all columns. */
const PRODUCTS_OF_STEP = 3.2;

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
    times(solutionSteps(people, variants), stepWork(shape, solutions, FULL_DIGITS)),
    determinants,
  );
}

/** Passes over genotypes that do not fit in memory, after they are counted: one for the traces, and one a product. */
export function monteCarloPasses({ people, variants, components }: RandomisedShape): number {
  const steps = recurrenceSteps(people, variants);
  if (components === 1) return 1 + steps;
  return 1 + steps + Math.round(PRODUCTS_OF_STEP * solutionSteps(people, variants));
}
