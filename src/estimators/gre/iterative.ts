import type { Design } from '../../association/design.js';
import { ColumnProjector } from '../../association/project-columns.js';
import type { Digits } from '../../kernels/digits.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { LocalPreconditioner } from '../../ld/local-preconditioner.js';
import { factorLocalRuns, RUN_VARIANTS, type RunFactor } from '../../ld/local-runs.js';
import { type PcgProblem, solvePcg } from '../../linalg/pcg.js';
import type { Phase } from '../../progress.js';
import { type RunContext, silentRun } from '../../run.js';
import { concatenate, rankTooHigh } from './direct.js';
import { countNullDirections } from './null-directions.js';
import { type BlockData, degreesOfFreedom, type Projection, type ProjectionColumns } from './projection.js';

const MAX_ITERATIONS = 500;

/** V = X'M X / n of each group, known by its products with the packed genotypes only. */
export class LdOperator {
  readonly data: BlockData;
  readonly runs: readonly RunFactor[];
  /** Unknowns: variants kept by the runs, as positions in the block. */
  readonly kept: Int32Array;
  readonly preconditioner: LocalPreconditioner;
  readonly #projector: ColumnProjector;
  #room: StepRoom | undefined;

  constructor(data: BlockData, runs: readonly RunFactor[]) {
    this.data = data;
    this.runs = runs;
    this.preconditioner = new LocalPreconditioner(data.genotypes.pool, runs);
    this.#projector = new ColumnProjector(data.genotypes.pool, data.design);
    this.kept = Int32Array.from(runs.flatMap((run) => [...run.kept]));
  }

  /** V x, one group a column. @param x order x columns, row-major. @param digits of products that are rounded so; float32 without. */
  async apply(x: Float64Array, groups: readonly number[], digits?: Digits): Promise<Float64Array> {
    const { genotypes, design } = this.data;
    const columns = groups.length;
    const room = this.#roomFor(columns);
    const b = room.byVariant32.subarray(0, genotypes.count * columns).fill(0);
    for (const [row, variant] of this.kept.entries()) {
      for (let c = 0; c < columns; c++) b[variant * columns + c] = x[row * columns + c];
    }
    const scores = room.bySample.subarray(0, columns * design.stride).fill(0);
    if (digits) await genotypes.timesDigits(b, columns, digits, scores);
    else await genotypes.times(b, columns, scores);
    const projected = room.bySample32.subarray(0, columns * design.stride);
    await this.#projector.project(scores, groups, projected);
    const out = room.byVariant.subarray(0, genotypes.count * columns);
    if (digits) await genotypes.transposeTimesDigits(projected, columns, digits, out);
    else await genotypes.transposeTimes(projected, columns, out);
    const result = new Float64Array(this.kept.length * columns);
    const degrees = groups.map((group) => degreesOfFreedom(design, group));
    for (const [row, variant] of this.kept.entries()) {
      for (let c = 0; c < columns; c++) result[row * columns + c] = out[variant * columns + c] / degrees[c];
    }
    return result;
  }

  /**
   * The products of a solve of so many columns: in two digits where that is faster, and then its residual in float32.
   * @param groupsOf groups of the columns at some positions.
   */
  products(
    columns: number,
    groupsOf: (active: readonly number[]) => number[],
  ): Pick<PcgProblem, 'apply' | 'applyInFull'> {
    const { genotypes } = this.data;
    const inFull = (x: Float64Array, active: readonly number[]) => this.apply(x, groupsOf(active));
    if (!genotypes.digitsPay(columns)) return { apply: inFull };
    return {
      apply: (x, active) =>
        this.apply(x, groupsOf(active), genotypes.digitsPay(active.length) ? 2 : undefined),
      applyInFull: inFull,
    };
  }

  #roomFor(columns: number): StepRoom {
    if (!this.#room || this.#room.columns < columns) {
      const variants = this.data.genotypes.count;
      const { stride } = this.data.design;
      this.#room = {
        columns,
        byVariant32: sharedFloat32(variants * columns),
        byVariant: sharedFloat64(variants * columns),
        bySample: sharedFloat64(stride * columns),
        bySample32: sharedFloat32(stride * columns),
      };
    }
    return this.#room;
  }
}

/** Shared memory of one step, used again at each: threads let go of shared memory late. */
interface StepRoom {
  readonly columns: number;
  readonly byVariant32: Float32Array;
  readonly byVariant: Float64Array;
  readonly bySample: Float64Array;
  readonly bySample32: Float32Array;
}

/**
 * Projects by preconditioned conjugate gradients on the packed genotypes: nothing of size p x p is formed, all vectors of
 * all groups are columns of one solve, and a step costs two packed products (METHODS 1.9).
 * @throws HeredityError `degenerate-data` where the rank is not below the degrees of freedom; `numerical` where the
 * solver does not converge.
 */
export async function projectIterative(
  data: BlockData,
  columns: readonly ProjectionColumns[],
  seed: number,
  run: RunContext = silentRun,
): Promise<Projection[]> {
  const { genotypes, design } = data;
  const runs = await factorLocalRuns(genotypes, data.breaks, RUN_VARIANTS, data.rankTolerance);
  const flat = columns.flatMap(({ group, vectors }, item) =>
    vectors.map((vector, index) => ({ group, vector, item, index })),
  );
  const operator = new LdOperator(data, runs);
  const largest = largestGroup(design);
  // variants constant among a group's people are its own null directions, counted below for each group
  const { count, smallestEigenvalue } = await countNullDirections(operator, largest, seed, run);
  const nullDirections = count - (await countConstant(data, largest)).ofKept(operator.kept);
  const ranks: { variants: number; rank: number }[] = [];
  for (const { group } of columns) {
    const constant = await countConstant(data, group);
    const rank = operator.kept.length - nullDirections - constant.ofKept(operator.kept);
    if (rank >= degreesOfFreedom(design, group)) throw rankTooHigh(data, degreesOfFreedom(design, group));
    ranks.push({ variants: genotypes.count - constant.total, rank });
  }
  const marginal = sharedFloat64(genotypes.count * flat.length);
  await genotypes.transposeTimes(
    concatenate(
      flat.map(({ vector }) => vector),
      design.stride,
    ),
    flat.length,
    marginal,
  );
  const order = operator.kept.length;
  const b = new Float64Array(order * flat.length);
  for (const [c, { group }] of flat.entries()) {
    const n = degreesOfFreedom(design, group);
    for (const [row, variant] of operator.kept.entries())
      b[row * flat.length + c] = marginal[variant * flat.length + c] / n;
  }
  const solver = run.progress.phase('solver', { total: flat.length, weight: 1 });
  let step: Phase | undefined;
  let done = 0;
  const solved = await solvePcg({
    order,
    columns: flat.length,
    b,
    ...operator.products(flat.length, (active) => active.map((c) => flat[c].group)),
    precondition: (r, width) => operator.preconditioner.solve(r, width),
    tolerance: (c, share) => {
      const { item, index, group } = flat[c];
      return columns[item].tolerance(index, share, ranks[item].rank, degreesOfFreedom(design, group));
    },
    maxIterations: MAX_ITERATIONS,
    ...(smallestEigenvalue !== undefined && { smallestEigenvalue }),
    onIteration: (iteration, active) => {
      step?.end();
      solver.advance(flat.length - active - done);
      done = flat.length - active;
      step = solver.phase(`step ${iteration}`);
    },
  });
  solver.end();
  const products = await pairProducts(operator, columns, flat, b, solved.solution);
  return columns.map((_, item) => {
    const own = solved.columns.filter((_, c) => flat[c].item === item);
    return {
      ...ranks[item],
      shares: own.map(({ quad }) => quad),
      products: products[item],
      errors: own.map(({ error }) => error),
      iterations: own.map(({ iterations }) => iterations),
    };
  });
}

interface FlatColumn {
  readonly group: number;
  readonly item: number;
  readonly index: number;
}

/**
 * b_i' V⁺ b_j of the paired vectors of each item, from solutions x and what they leave, r = b - V x: b_i'x_j + r_j'x_i is off by the product
 * of both errors, as b_i'x_i + r_i'x_i is by the square of one.
 */
async function pairProducts(
  operator: LdOperator,
  columns: readonly ProjectionColumns[],
  flat: readonly FlatColumn[],
  b: Float64Array,
  solution: Float64Array,
): Promise<Float64Array[]> {
  const order = operator.kept.length;
  const paired = flat.flatMap(({ item, index }, c) => (index < columns[item].paired ? [c] : []));
  const width = paired.length;
  if (width === 0) return columns.map(() => new Float64Array(0));
  const pick = (matrix: Float64Array) =>
    Float64Array.from(
      { length: order * width },
      (_, at) => matrix[Math.floor(at / width) * flat.length + paired[at % width]],
    );
  const [x, own] = [pick(solution), pick(b)];
  const image = await operator.apply(
    x,
    paired.map((c) => flat[c].group),
  );
  return columns.map(({ paired: count }, item) => {
    const first = paired.findIndex((c) => flat[c].item === item);
    const products = new Float64Array(count * count);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        let sum = 0;
        for (let at = first, row = 0; row < order; row++, at += width)
          sum += own[at + i] * x[at + j] + (own[at + j] - image[at + j]) * x[at + i];
        products[i * count + j] = sum;
      }
    return products;
  });
}

function largestGroup(design: Design): number {
  let largest = 0;
  for (const [g, { people }] of design.groups.entries())
    if (people.count > design.groups[largest].people.count) largest = g;
  return largest;
}

/** Variants that do not vary among the people of a group: they add nothing to its rank. */
async function countConstant(
  { genotypes, design }: BlockData,
  group: number,
): Promise<{ total: number; ofKept: (kept: Int32Array) => number }> {
  const { people } = design.groups[group];
  const constant = new Uint8Array(genotypes.count);
  if (people.count < design.samples) {
    const statistics = await genotypes.statisticsAmong(people);
    for (let v = 0; v < constant.length; v++) constant[v] = statistics.isConstant(v) ? 1 : 0;
  }
  return {
    total: constant.reduce((sum, value) => sum + value, 0),
    ofKept: (kept) => kept.reduce((sum, variant) => sum + constant[variant], 0),
  };
}
