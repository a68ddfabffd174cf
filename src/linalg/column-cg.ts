import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool, type Task } from '../kernels/pool.js';

/**
 * Positive definite systems V_c x_c = b_c of large order, each column with a matrix of its own that is known by its products.
 * Columns lie one after another, `stride` entries each, in shared memory.
 */
export interface ColumnSystems {
  readonly pool: KernelPool;
  readonly stride: number;
  readonly b: Float32Array;
  /** Where to start, and where the solutions go. */
  readonly x: Float32Array;
  /** out := V_c p for the columns given by their positions; p and out hold only those, in that order. */
  readonly apply: (p: Float32Array, active: readonly number[], out: Float64Array) => Promise<void>;
  /** Norm of the residual over that of b at which a column is done. */
  readonly tolerance: number;
  readonly maxSteps: number;
  readonly onStep?: (step: number, active: number) => void;
}

export interface ColumnSolution {
  readonly steps: number;
  /** Columns whose matrix turned out not to be positive definite, or that did not converge: their x is no solution. */
  readonly failed: readonly number[];
}

const COLUMNS_PER_CALL = 8;

/**
 * Conjugate gradients on all columns at once, each with its own scalars; finished columns drop out. Good to about
 * float32's digits, as the residual is carried along in float32.
 */
export async function solveColumns(systems: ColumnSystems): Promise<ColumnSolution> {
  const { stride, b, x } = systems;
  const columns = b.length / stride;
  const r = sharedFloat32(b.length);
  const p = sharedFloat32(b.length);
  const image = sharedFloat64(b.length);
  let active = Array.from({ length: columns }, (_, c) => c);
  const failed: number[] = [];
  await systems.apply(x, active, image);
  const norms = await perColumn(systems, startColumn, active, (c) => ({
    b: part(b, c, stride),
    image: part(image, c, stride),
    r: part(r, c, stride),
    p: part(p, c, stride),
  }));
  const bSquares = norms.map(([square]) => square);
  const rSquares = norms.map(([, square]) => square);
  const isDone = (c: number) => rSquares[c] <= systems.tolerance ** 2 * bSquares[c];
  let steps = 0;
  const drop = () => {
    const kept = active.filter((c) => !isDone(c) && !failed.includes(c));
    for (const [k, c] of kept.entries()) {
      const from = active.indexOf(c);
      if (from !== k) p.copyWithin(k * stride, from * stride, (from + 1) * stride);
    }
    active = kept;
  };
  for (drop(); active.length > 0 && steps < systems.maxSteps; drop()) {
    steps++;
    await systems.apply(
      p.subarray(0, active.length * stride),
      active,
      image.subarray(0, active.length * stride),
    );
    const results = await perColumn(systems, stepColumn, active, (c, k) => ({
      square: rSquares[c],
      x: part(x, c, stride),
      r: part(r, c, stride),
      p: part(p, k, stride),
      image: part(image, k, stride),
    }));
    for (const [k, c] of active.entries()) {
      const [square, curvature] = results[k];
      if (!(curvature > 0)) failed.push(c);
      else rSquares[c] = square;
    }
    systems.onStep?.(steps, active.length);
  }
  return { steps, failed: [...failed, ...active] };
}

const part = <T extends Float32Array | Float64Array>(array: T, column: number, stride: number): T =>
  array.subarray(column * stride, (column + 1) * stride) as T;

interface StartColumn {
  readonly b: Float32Array;
  readonly image: Float64Array;
  readonly r: Float32Array;
  readonly p: Float32Array;
}

interface StepColumn {
  /** Squared norm of the residual. */
  readonly square: number;
  readonly x: Float32Array;
  readonly r: Float32Array;
  readonly p: Float32Array;
  readonly image: Float64Array;
}

/** r = p = b - V x; squared norms of b and r. */
const startColumn = defineTask(
  'cgStart',
  (_kernels, columns: readonly StartColumn[], out: Float64Array): void => {
    for (const [k, { b, image, r, p }] of columns.entries()) {
      let [ofB, ofR] = [0, 0];
      for (let i = 0; i < b.length; i++) {
        const rest = b[i] - image[i];
        r[i] = rest;
        p[i] = rest;
        ofB += b[i] ** 2;
        ofR += rest ** 2;
      }
      out[2 * k] = ofB;
      out[2 * k + 1] = ofR;
    }
  },
);

/** One step along p, and the next direction; the squared norm of the residual, and p'Vp, which is positive if V is. */
const stepColumn = defineTask(
  'cgStep',
  (_kernels, columns: readonly StepColumn[], out: Float64Array): void => {
    for (const [k, { square, x, r, p, image }] of columns.entries()) {
      let curvature = 0;
      for (let i = 0; i < p.length; i++) curvature += p[i] * image[i];
      out[2 * k + 1] = curvature;
      if (!(curvature > 0)) continue;
      const alpha = square / curvature;
      let next = 0;
      for (let i = 0; i < p.length; i++) {
        x[i] += alpha * p[i];
        const rest = r[i] - alpha * image[i];
        r[i] = rest;
        next += rest ** 2;
      }
      const beta = next / square;
      for (let i = 0; i < p.length; i++) p[i] = r[i] + beta * p[i];
      out[2 * k] = next;
    }
  },
);

/** Runs a task on a few columns a call; each column gives two numbers. */
async function perColumn<C>(
  { pool, stride }: ColumnSystems,
  task: Task<readonly [readonly C[], Float64Array]>,
  columns: readonly number[],
  argumentsOf: (column: number, position: number) => C,
): Promise<Float64Array[]> {
  const out = sharedFloat64(2 * columns.length);
  const calls = [];
  for (let k = 0; k < columns.length; k += COLUMNS_PER_CALL) {
    const own = columns.slice(k, k + COLUMNS_PER_CALL);
    calls.push([
      own.map((c, i) => argumentsOf(c, k + i)),
      out.subarray(2 * k, 2 * (k + own.length)),
    ] as const);
  }
  await pool.run(task, calls, { milliseconds: (columns.length * stride) / 2e5 });
  return columns.map((_, k) => out.subarray(2 * k, 2 * k + 2));
}
