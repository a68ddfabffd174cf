import type { Dataset } from '../cohort/dataset.js';
import { TraitColumns } from '../cohort/trait-columns.js';
import { isHeredityError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { laterSeed, seedOf, streamOf } from '../kernels/random-stream.js';
import { partOf, type RunContext, silentRun } from '../run.js';
import { causalCount } from '../simulation/effects.js';
import { simulateTraits } from '../simulation/traits.js';
import type { Evaluation, PreparedEstimator, StudyEstimator } from './estimator.js';
import type { Cell, WeightKind } from './grids.js';

/** Replicates that go through the estimators as columns of one call, at most. */
export const REPLICATES_PER_BATCH = 100;

export interface StudyOptions {
  readonly cells: readonly Cell[];
  readonly replicates: number;
  readonly estimators: readonly StudyEstimator[];
  readonly seed: number;
  /** @see TraitOptions.scaling */
  readonly scaling: 'expected' | 'exact';
  /** Weights of the variants, for the cells that have some. */
  readonly weights: (kind: Exclude<WeightKind, 'none'>) => Promise<Float64Array>;
  /** One value a person that is added to every trait: stratification. */
  readonly stratification?: Float64Array | undefined;
}

/** Some replicates of a cell, by every estimator: what an interrupted study remembers. */
export interface StudyPart {
  readonly id: string;
  /** People. */
  readonly samples: number;
  readonly cell: string;
  /** Number of the first replicate, from 0. */
  readonly first: number;
  /** Share of each trait's variance that is genetic in the sample. */
  readonly realised: readonly number[];
  /** Variance of each trait's genetic values in the sample. */
  readonly genetic: readonly number[];
  /** By the estimator's name, one value a replicate. */
  readonly estimates: Readonly<Record<string, EstimateColumns>>;
  /** By the estimator's name, why it gave no estimate to some replicate, where that is known. */
  readonly reasons?: Readonly<Record<string, string>>;
}

export interface EstimateColumns {
  readonly h2: readonly (number | null)[];
  readonly se: readonly (number | null)[];
}

export interface StudyHooks {
  readonly recall?: (id: string) => StudyPart | undefined;
  readonly remember?: (part: StudyPart) => Promise<void> | void;
}

/**
 * Simulates every cell's replicates on the genotypes and evaluates every estimator on them. A cell's traits depend on the
 * seed, the cell and the genotypes only: neither on the other cells nor on the estimators. Methods draw new random vectors for every cell, and
 * for every {@link REPLICATES_PER_BATCH} of its replicates.
 * @param only first batch and the one after the last, of {@link batchCount}; all by default.
 */
export async function runStudy(
  data: Dataset,
  options: StudyOptions,
  { recall, remember }: StudyHooks = {},
  run: RunContext = silentRun,
  only: readonly [number, number] = [0, batchCount(options)],
): Promise<StudyPart[]> {
  const { cells, replicates } = options;
  const work = cells.flatMap((cell) => batchesOf(cell, data.samples, replicates)).slice(...only);
  const isDone = ({ id }: Batch) => recall?.(id) !== undefined;
  const parts: StudyPart[] = [];
  const total = work.reduce((sum, { count }) => sum + count, 0);
  const phase = run.progress.phase('study', { total, unit: 'replicates' });
  const prepared = work.every(isDone) ? [] : await prepareAll(data, options.estimators, partOf(run, phase));
  const traits = new TraitColumns(data, Math.min(replicates, REPLICATES_PER_BATCH));
  for (const batch of work) {
    let part = recall?.(batch.id);
    if (!part) {
      const own = phase.phase(batch.cell.id);
      part = await evaluateBatch(data, options, batch, traits, prepared, partOf(run, own));
      own.end();
      await remember?.(part);
    }
    phase.advance(batch.count);
    parts.push(part);
  }
  phase.end();
  return parts;
}

/** Batches of replicates that all cells make. */
export const batchCount = ({ cells, replicates }: Pick<StudyOptions, 'cells' | 'replicates'>): number =>
  cells.length * Math.ceil(replicates / REPLICATES_PER_BATCH);

interface Batch {
  readonly id: string;
  readonly cell: Cell;
  readonly first: number;
  readonly count: number;
}

function batchesOf(cell: Cell, samples: number, replicates: number): Batch[] {
  const batches: Batch[] = [];
  for (let first = 0; first < replicates; first += REPLICATES_PER_BATCH) {
    const count = Math.min(REPLICATES_PER_BATCH, replicates - first);
    batches.push({ id: `${samples}/${cell.id}/${first}`, cell, first, count });
  }
  return batches;
}

async function prepareAll(
  data: Dataset,
  estimators: readonly StudyEstimator[],
  run: RunContext,
): Promise<PreparedEstimator[]> {
  const prepared: PreparedEstimator[] = [];
  for (const estimator of estimators) {
    const phase = run.progress.phase(estimator.title);
    prepared.push(
      await unlessImpossible(
        () => estimator.prepare(data, partOf(run, phase)),
        (reason) => ({
          evaluate: async ({ columns }) =>
            new Array<Evaluation>(columns).fill({ h2: null, se: null, reason }),
        }),
      ),
    );
    phase.end();
  }
  return prepared;
}

/** What an estimator gives, or what stands for it where these data do not allow it: that does not end the others. */
async function unlessImpossible<T>(work: () => Promise<T>, otherwise: (reason: string) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isHeredityError(error, 'degenerate-data', 'numerical', 'mismatch')) throw error;
    return otherwise(error.problem); // its fix names flags of the method's own command
  }
}

async function evaluateBatch(
  data: Dataset,
  options: StudyOptions,
  { id, cell, first, count }: Batch,
  traits: TraitColumns,
  prepared: readonly PreparedEstimator[],
  run: RunContext,
): Promise<StudyPart> {
  const truth = await simulateBatch(data, options, cell, first, count, traits);
  const estimates: Record<string, EstimateColumns> = {};
  const reasons: Record<string, string> = {};
  for (const [k, { name, title }] of options.estimators.entries()) {
    const phase = run.progress.phase(title);
    const values = await unlessImpossible(
      () => prepared[k].evaluate(traits, partOf(run, phase)),
      (reason) => new Array<Evaluation>(count).fill({ h2: null, se: null, reason }),
    );
    phase.end();
    const reason = values.find((value) => value.reason !== undefined)?.reason;
    if (reason !== undefined) reasons[name] = reason;
    estimates[name] = { h2: values.map(({ h2 }) => finite(h2)), se: values.map(({ se }) => finite(se)) };
  }
  return { id, samples: data.samples, cell: cell.id, first, ...truth, estimates, reasons };
}

const finite = (value: Evaluation['h2']): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

/** Fills the columns with replicates of a cell; returns what is true of each. */
async function simulateBatch(
  data: Dataset,
  { seed, scaling, weights, stratification }: StudyOptions,
  cell: Cell,
  first: number,
  count: number,
  columns: TraitColumns,
): Promise<Pick<StudyPart, 'realised' | 'genetic'>> {
  const { genotypes, pool, design } = data;
  const architecture = {
    h2: cell.h2,
    alpha: cell.alpha,
    gamma: cell.gamma,
    causalFrequency: cell.causalFrequency,
    ...(cell.causalShare < 1 && { causal: causalCount(genotypes.count, cell.causalShare) }),
  };
  let truth: Pick<StudyPart, 'realised' | 'genetic'> = { realised: [], genetic: [] };
  const own = cellSeed(pool.kernels, seed, cell);
  // random vectors of their own: the error that some vectors bring to all traits alike then averages out over batches and cells
  await columns.load(
    count,
    async (values) => {
      const simulated = await simulateTraits(genotypes, new Array(count).fill(architecture), {
        seed: own,
        first,
        scaling,
        out: values,
        ...(cell.weights !== 'none' && { weights: await weights(cell.weights) }),
      });
      truth = {
        realised: simulated.map(({ realisedH2 }) => realisedH2),
        genetic: simulated.map(({ geneticVariance }) => geneticVariance),
      };
      if (stratification)
        for (let c = 0; c < count; c++) addTo(values.subarray(c * design.stride), stratification);
    },
    laterSeed(own, first),
  );
  return truth;
}

function addTo(values: Float64Array, added: Float64Array): void {
  for (let i = 0; i < added.length; i++) values[i] += added[i];
}

/** The seed of a cell's traits. */
function cellSeed(kernels: Kernels, seed: number, { id }: Cell): number {
  return seedOf(kernels, seed, streamOf('study', 0, hash(id)));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
