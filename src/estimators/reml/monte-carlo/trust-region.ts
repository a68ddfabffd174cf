import { choleskyFactor, choleskySolve, quadraticForm } from '../../../linalg/small-dense.js';

export interface TrustStep {
  readonly step: Float64Array;
  /** Rise of the log-likelihood that the quadratic model foresees. */
  readonly predicted: number;
  /** Length of the step in the norm of the trust region. */
  readonly length: number;
}

/**
 * The step that maximises g'p - p'Ap / 2 with x + p >= lower and |diag(A) p| <= radius (METHODS 6.1). Parameters that
 * would fall below their bound are held at it.
 * @param information A, order x order, row-major, positive definite.
 */
export function trustRegionStep(
  gradient: Float64Array,
  information: Float64Array,
  x: Float64Array,
  lower: number,
  radius: number,
): TrustStep {
  const order = gradient.length;
  const held = new Set<number>();
  for (let i = 0; i < order; i++) if (x[i] <= lower && gradient[i] <= 0) held.add(i);
  let step: Float64Array = new Float64Array(order);
  for (let round = 0; round <= order; round++) {
    step = boundedStep(gradient, information, x, lower, held, radius);
    const below = Array.from(step.keys()).filter((i) => !held.has(i) && x[i] + step[i] < lower);
    if (below.length === 0) break;
    for (const i of below) held.add(i);
  }
  const rise = step.reduce((sum, value, i) => sum + value * gradient[i], 0);
  return {
    step,
    predicted: rise - 0.5 * quadraticForm(information, order, step),
    length: lengthOf(step, information),
  };
}

/** The step with some parameters held at the bound, damped until it lies in the trust region. */
function boundedStep(
  gradient: Float64Array,
  information: Float64Array,
  x: Float64Array,
  lower: number,
  held: ReadonlySet<number>,
  radius: number,
): Float64Array {
  const order = gradient.length;
  const free = Array.from(gradient.keys()).filter((i) => !held.has(i));
  const at = (i: number, j: number) => information[i * order + j];
  const withDamping = (damping: number): Float64Array => {
    const step = new Float64Array(order);
    for (const i of held) step[i] = lower - x[i];
    const right = free.map((i) => gradient[i] - [...held].reduce((sum, j) => sum + at(i, j) * step[j], 0));
    const matrix = Float64Array.from(
      free.flatMap((i) => free.map((j) => at(i, j) + (i === j ? damping * at(i, i) ** 2 : 0))),
    );
    const factor = choleskyFactor(matrix, free.length);
    if (factor)
      for (const [k, value] of choleskySolve(factor, free.length, right).entries()) step[free[k]] = value;
    return step;
  };
  const plain = withDamping(0);
  if (free.length === 0 || lengthOf(plain, information) <= radius) return plain;
  let [low, high] = [0, 1];
  while (lengthOf(withDamping(high), information) > radius && high < 1e12) high *= 10;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (lengthOf(withDamping(middle), information) > radius) low = middle;
    else high = middle;
  }
  return withDamping(high);
}

function lengthOf(step: Float64Array, information: Float64Array): number {
  return Math.sqrt(step.reduce((sum, value, i) => sum + (value * information[i * step.length + i]) ** 2, 0));
}
