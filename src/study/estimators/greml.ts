import { groupBasis } from '../../association/design.js';
import type { Dataset } from '../../cohort/dataset.js';
import { ldakWeightsOf } from '../../cohort/dataset-ld.js';
import type { TraitColumns } from '../../cohort/trait-columns.js';
import { HeredityError } from '../../errors.js';
import { REML_DEFAULTS, type RemlFit } from '../../estimators/reml/iteration.js';
import { remlOneGrm } from '../../estimators/reml/one-grm.js';
import { HERITABILITY_MODELS } from '../../genotypes/heritability-model.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { type BandMatrix, reduceToBand } from '../../linalg/band-reduction.js';
import { meanDiagonal } from '../../linalg/symmetric-tiled.js';
import { GCTA_MODEL, type RelationshipModel, relationshipMatrix } from '../../relatedness/grm.js';
import type { RunContext } from '../../run.js';
import type { Evaluation, StudyEstimator } from '../estimator.js';

/** Rows of Q' that one call multiplies. */
const ROWS = 64;
const MULTIPLY_ADDS_PER_MS = 1e7;

const rotateRows = defineTask(
  'rotateRows',
  (
    kernels,
    q: Float64Array,
    rows: number,
    order: number,
    y: Float64Array,
    columns: number,
    out: Float64Array,
  ): void => {
    out.fill(0);
    kernels.multiply(q, order, y, columns, out, columns, rows, columns, order, 1);
  },
);

/** The relationship matrix as Q B Q' with Q' in memory, so that any number of traits can come later. */
interface RotatedGrm {
  readonly band: BandMatrix;
  /** Q', order x order, row-major. */
  readonly q: Float64Array;
  /** Mean of the matrix's diagonal. */
  readonly scale: number;
}

/** @throws HeredityError `resource` where people by people does not fit in memory. */
async function rotate(data: Dataset, model: RelationshipModel, run: RunContext): Promise<RotatedGrm> {
  const { genotypes, pool, samples } = data;
  if (16 * samples * samples > data.memory) {
    throw new HeredityError('resource', `GREML of ${samples} people needs their relationships in memory`, {
      value: `${Math.ceil((16 * samples * samples) / 1e9)} GB`,
      fix: 'allow more memory (--memory), take fewer people (--samples), or use bolt-reml',
    });
  }
  const { matrix } = await relationshipMatrix(genotypes, model, run);
  const scale = meanDiagonal(matrix);
  const q = sharedFloat64(samples * samples);
  for (let i = 0; i < samples; i++) q[i * samples + i] = 1;
  const band = await reduceToBand(pool, matrix, q, samples, run);
  return { band, q, scale };
}

/** Q'C of columns given one after another: order x columns, row-major. */
async function rotated(
  { pool }: Dataset,
  { q, band: { order } }: RotatedGrm,
  columns: readonly Float64Array[],
): Promise<Float64Array> {
  const count = columns.length;
  const y = sharedFloat64(order * count);
  for (const [c, values] of columns.entries()) for (let i = 0; i < order; i++) y[i * count + c] = values[i]!;
  const out = sharedFloat64(order * count);
  const calls = [];
  for (let first = 0; first < order; first += ROWS) {
    const rows = Math.min(ROWS, order - first);
    const own = q.subarray(first * order, (first + rows) * order);
    calls.push([own, rows, order, y, count, out.subarray(first * count, (first + rows) * count)] as const);
  }
  await pool.run(rotateRows, calls, { milliseconds: (order * order * count) / MULTIPLY_ADDS_PER_MS });
  return out;
}

function greml(
  name: string,
  title: string,
  constrain: boolean,
  modelOf: (data: Dataset, run: RunContext) => Promise<RelationshipModel>,
  share: (fit: RemlFit, scale: number) => Evaluation,
): StudyEstimator {
  return {
    name,
    title,
    async prepare(data, run) {
      const grm = await rotate(data, await modelOf(data, run), run);
      const { samples } = data;
      const basis = groupBasis(data.design, data.design.groups[0]!).map((q) => q.subarray(0, samples));
      const x = await rotated(data, grm, basis);
      return {
        async evaluate(traits: TraitColumns) {
          const count = traits.columns;
          const values = Array.from({ length: count }, (_, c) => traits.trait(c));
          const all = await rotated(data, grm, values);
          const own = values.map((_, c) =>
            Float64Array.from({ length: samples }, (_, i) => all[i * count + c]!),
          );
          const reduced = { band: grm.band, x, columns: basis.length, traits: own };
          const options = { ...REML_DEFAULTS, constrain };
          const fits = await remlOneGrm(data.pool, reduced, values.map(sampleVariance), options);
          return fits.map(({ fit, failure }) =>
            fit
              ? share(fit, grm.scale)
              : { h2: null, se: null, reason: `REML ended: ${failure?.replaceAll('-', ' ')}` },
          );
        },
      };
    },
  };
}

/** s σ²_g over s σ²_g + σ²_e, and its error by the delta method. */
function shareOf({ variances, covariance }: RemlFit, s: number): Evaluation {
  const [g, e] = [s * variances[0]!, variances[1]!];
  const total = g + e;
  const [toG, toE] = [(s * e) / total ** 2, -g / total ** 2];
  const variance = toG ** 2 * covariance[0]! + 2 * toG * toE * covariance[1]! + toE ** 2 * covariance[3]!;
  return { h2: g / total, se: Math.sqrt(Math.max(0, variance)) };
}

function sampleVariance(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
}

/** Exact REML with one relationship matrix by GCTA's conventions (METHODS 5); not constrained, so that its mean can be judged. */
export const gremlSc = greml(
  'greml',
  'GREML',
  false,
  async () => GCTA_MODEL,
  (fit) => shareOf(fit, 1),
);

/** REML with LDAK's kinships (METHODS 8.3): LDAK weights, alpha -0.25, and the mean diagonal in the heritability. */
export const ldakReml = greml(
  'ldak-reml',
  'LDAK',
  false,
  async (data, run) => ({
    power: HERITABILITY_MODELS.ldak.power,
    weights: await ldakWeightsOf(data, run),
    missing: 'mean',
  }),
  shareOf,
);
