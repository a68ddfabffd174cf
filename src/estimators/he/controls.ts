import { solveLinear } from '../../linalg/linear-solve.js';

/** Per random vector z: quadratic forms whose means are known exactly, and what they have to do with the traces. */
export interface ControlSums {
  /** z' X_bk X_bk' z for each vector: blocks x components. */
  readonly quadratics: readonly Float64Array[];
  /** S_l' X_k X_k' S_m for each vector, m <= l: components x components x components. */
  readonly triples: readonly Float64Array[];
}

export interface ControlledTraces {
  readonly account: ControlSums;
  readonly count: number;
  /** Components of which a jackknife block is left out; one that lies in a single block stays whole. */
  readonly isDeleted: readonly boolean[];
  readonly blocks: number;
  /** tr(X_bk X_bk'): blocks x components. */
  readonly traces: Float64Array;
  /** z'z of each vector, with covariates projected out; its mean is `degrees`. */
  readonly norms: Float64Array;
  readonly degrees: number;
  /** tr(K_k K_l) by each vector, corrected in place; likewise the means over vectors. */
  readonly probes: readonly Float64Array[];
  readonly products: Float64Array;
  readonly deletedProducts: Float64Array;
}

/**
 * Control variates: z'K_m z and z'z have known means tr(K_m) and n, and move with z'K_k K_l z, whose mean is sought. Taking
 * off the regression of the one on the others leaves the mean and removes most of the variance. For normal z,
 * Cov(z'Az, z'Bz) = 2 tr(AB), so the coefficients solve
 *   sum_m tr(K_n K_m) c_m + tr(K_n) c_0 = tr(K_k K_l K_n),   sum_m tr(K_m) c_m + n c_0 = tr(K_k K_l),
 * with traces estimated from the other vectors, so that a vector's coefficients do not depend on it and no bias arises.
 */
export function addControls(t: ControlledTraces): void {
  const { account, count, isDeleted, blocks, traces, norms, degrees, probes, products, deletedProducts } = t;
  const square = count * count;
  const order = count + 1;
  const whole = sumBlocks(traces, count);
  const quadratics = account.quadratics.map((values) => sumBlocks(values, count));
  const raw = probes.map((values) => values.slice());
  const [rawSum, tripleSum] = [sumOf(raw), sumOf(account.triples)];
  for (const [i, probe] of probes.entries()) {
    const ofOthers = (sum: Float64Array, list: readonly Float64Array[], at: number) =>
      (sum[at] - list[i][at]) / (probes.length - 1);
    const product = (k: number, l: number) => ofOthers(rawSum, raw, k * count + l);
    const triple = (k: number, l: number, m: number) =>
      ofOthers(tripleSum, account.triples, tripleIndex(count, k, l, m));
    const matrix = Float64Array.from({ length: order ** 2 }, (_, at) => {
      const [n, m] = [Math.floor(at / order), at % order];
      if (n === count) return m === count ? degrees : whole[m];
      return m === count ? whole[n] : product(n, m);
    });
    for (let k = 0; k < count; k++) {
      for (let l = 0; l <= k; l++) {
        const right = Float64Array.from({ length: order }, (_, n) =>
          n === count ? product(k, l) : triple(k, l, n),
        );
        const coefficients = solveLinear(matrix, order, right);
        if (!coefficients) continue; // vectors too few to tell components apart: the plain mean stands
        const ofNorm = coefficients[count] * (norms[i] - degrees);
        const correct = (
          at: number,
          target: Float64Array,
          part: number,
          isOmitted: (m: number) => number,
        ) => {
          let change = ofNorm;
          for (let m = 0; m < count; m++)
            change += coefficients[m] * (quadratics[i][m] - whole[m] - isOmitted(m));
          target[at + k * count + l] -= change * part;
          if (k !== l) target[at + l * count + k] -= change * part;
        };
        correct(0, probe, 1, () => 0);
        correct(0, products, 1 / probes.length, () => 0);
        for (let b = 0; b < blocks; b++) {
          correct(b * square, deletedProducts, 1 / probes.length, (m) =>
            isDeleted[m] ? account.quadratics[i][b * count + m] - traces[b * count + m] : 0,
          );
        }
      }
    }
  }
}

/** Where tr(K_k K_l K_n) stands among the sums S_l' X_k X_k' S_m with m <= l: the trace of three is the same in any order. */
function tripleIndex(count: number, ...components: [number, number, number]): number {
  const [a, b, c] = components.sort((x, y) => x - y);
  return (a * count + c) * count + b;
}

function sumOf(list: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(list[0].length);
  for (const values of list) for (const [at, value] of values.entries()) sum[at] += value;
  return sum;
}

function sumBlocks(values: Float64Array, count: number): Float64Array {
  const sum = new Float64Array(count);
  for (let at = 0; at < values.length; at++) sum[at % count] += values[at];
  return sum;
}
