import { dosageMoments } from '../genotypes/dosages.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import type { SampleMask } from '../genotypes/sample-mask.js';
import { centred } from '../genotypes/standardise.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2, type Kernels } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { productWork, together, type Work } from '../kernels/rates.js';
import { largest } from '../linalg/extremes.js';
import { choleskyFactor, choleskySolve } from '../linalg/small-dense.js';
import { studentLogP } from '../linalg/student-t.js';
import { equalUnits, overUnits } from '../parts/division.js';
import { type RunContext, silentRun } from '../run.js';
import { type Design, groupBasis } from './design.js';

/** Why a variant has no estimate; the names are those of plink2's ERRCODE column. */
export const ERROR_CODES = ['.', 'CONST_ALLELE', 'VIF_TOO_HIGH', 'SAMPLE_CT<=PREDICTOR_CT'] as const;

/** How missing genotypes enter: their carriers are left out of that variant, or get the mean over the people of the run. */
export type MissingGenotypes = 'casewise' | 'mean';

/** Association of one trait with the variants of a tile; entries are NaN where `error` is not 0. */
export interface TileAssociation {
  readonly trait: number;
  /** Position in the block of the first variant. */
  readonly first: number;
  /** Position in {@link ERROR_CODES} of each variant. */
  readonly error: Uint8Array;
  /** Change of the trait for each copy of allele 1. */
  readonly beta: Float64Array;
  readonly se: Float64Array;
  /** Samples in the regression. */
  readonly samples: Int32Array;
  /** Frequency of allele 1 among them. */
  readonly frequency: Float64Array;
  /** Residual degrees of freedom. */
  readonly degreesOfFreedom: Int32Array;
  /** Natural logarithm of the two-sided P value. */
  readonly logP: Float64Array;
}

/** plink2 refuses a variant that the covariates explain this well (variance inflation). */
const MAX_VIF = 50;

/** Values that a regression writes for each variant and trait: code, beta, se, samples, frequency, df, ln P. */
const FIELDS = 7;

/** Numbers that the results of a part may take: with few people a tile has tens of thousands of variants. */
const RESULT_NUMBERS = 1 << 20;

/** Bytes of {@link associate} beside genotypes: columns twice, in padded vectors and by person, and results of two parts. */
export const associationBytes = (people: number, traits: number, columns: number): number =>
  16 * people * (traits + columns) + 3 * 8 * RESULT_NUMBERS;

/** Numbers that the regression of one trait on one variant touches, P value included. */
const LOOPS_PER_REGRESSION = 1000;

/** Numbers that a fit of statistics to scores touches, for each variant: weights, blocks of the jackknife, bins. */
const LOOPS_PER_FITTED = 8000;

/** A regression of the statistics of each trait on scores of the variants. */
export const fitWork = (variants: number, traits: number): Work => ({
  loops: LOOPS_PER_FITTED * variants * traits,
});

/** What {@link associate} takes: products in float64, at half the rate of others. @param columns with the intercept. */
export function associationWork(people: number, variants: number, traits: number, columns = 1): Work {
  return together(productWork(2 * people * variants, traits + columns), {
    loops: LOOPS_PER_REGRESSION * variants * traits,
  });
}

/** Work on one trait group, the same for all its tiles. */
interface GroupWork {
  readonly traits: readonly number[];
  readonly people: SampleMask;
  readonly columns: number;
  /** Residual traits, then the covariate basis: (traits + columns) padded vectors over the run's people, shared. */
  readonly vectors: Float64Array;
  /** The same for the group's people only, one row a person, for the regressions that leave some of them out. */
  readonly rows: Float64Array;
}

const regressTile = defineTask(
  'regressTile',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    rowsOfVariant: number,
    variants: number,
    samples: number,
    means: Float64Array,
    products: Float64Array,
    rows: Float64Array,
    sumsOfSquares: Float64Array,
    columns: number,
    missing: MissingGenotypes,
    out: Float64Array,
  ): void => {
    const all =
      rowsOfVariant === 1
        ? ofHardCalls(kernels, packed, stride, variants, samples, means)
        : ofDosages(kernels, packed, stride, variants, samples, means);
    const traits = sumsOfSquares.length;
    const width = traits + columns;
    const leftOut: number[] = [];
    for (let v = 0; v < variants; v++) {
      leftOut.length = 0;
      if (missing === 'casewise' && all[v].present < samples)
        findMissing(packed, v * stride, samples, leftOut);
      const product = products.subarray(v * width, (v + 1) * width);
      regress(
        all[v],
        product,
        rows,
        sumsOfSquares,
        columns,
        samples,
        leftOut,
        out.subarray(v * traits * FIELDS, (v + 1) * traits * FIELDS),
      );
    }
  },
);

/**
 * Linear regression of every trait on each variant with covariates (METHODS 11.1), in one pass over the genotypes.
 *
 * By Frisch and Waugh the coefficient is that of the residual trait on the genotype with covariates projected out, so a
 * variant costs its products with the residuals and the covariate basis. Where people without a genotype are left out,
 * the same regression is had by taking their rows off the cross-products.
 *
 * @returns results a tile, traits in the order of the design's groups.
 */
export function associate(
  genotypes: GenotypeOperator,
  design: Design,
  missing: MissingGenotypes,
  run: RunContext = silentRun,
): AsyncGenerator<TileAssociation[], void, void> {
  const { variants } = genotypes;
  const work = { name: `runs of ${RUN} variants`, weights: equalUnits(Math.ceil(variants.length / RUN)) };
  return overUnits(run, work, async function* (first, end, inside) {
    const isWhole = (end - first) * RUN >= variants.length;
    const offset = first * RUN;
    const own = variants.subarray(offset, end * RUN);
    if (own.length === 0) return;
    const operator = isWhole ? genotypes : await genotypes.subset(own, 0);
    for await (const results of associateAll(operator, design, missing, inside))
      yield results.map((result) => ({ ...result, first: offset + result.first }));
    if (!isWhole) operator.close();
  });
}

/** Variants that go to one part together. */
const RUN = 1024;

async function* associateAll(
  genotypes: GenotypeOperator,
  design: Design,
  missing: MissingGenotypes,
  run: RunContext,
): AsyncGenerator<TileAssociation[]> {
  const table = centred(genotypes.statistics);
  const groups = design.groups.map((group): GroupWork => {
    const basis = groupBasis(design, group);
    const columns = [...group.residuals, ...basis];
    const vectors = sharedFloat64(columns.length * design.stride);
    for (const [c, column] of columns.entries()) vectors.set(column, c * design.stride);
    return {
      traits: group.traits,
      people: group.people,
      columns: basis.length,
      vectors,
      rows: rowsOf(columns, group.people, design.samples),
    };
  });
  const sums = groups.map(({ rows, traits, columns, people }) =>
    sumsOfSquares(rows, traits.length, traits.length + columns, people.count),
  );
  const phase = run.progress.phase('association', { total: genotypes.count, unit: 'variants' });
  const widest = largest(groups.map(({ traits, columns }) => traits.length * (FIELDS + 1) + columns));
  for await (const part of genotypes.parts(Math.floor(RESULT_NUMBERS / widest))) {
    const results: TileAssociation[] = [];
    for (const [g, group] of groups.entries()) {
      const traits = group.traits.length;
      const width = traits + group.columns;
      const products = sharedFloat64(part.count * width);
      await part.transposeTimes(group.vectors, width, products, table);
      const { packed, stride } = await part.rowsAmong(group.people);
      const out = sharedFloat64(part.count * traits * FIELDS);
      const calls = Array.from({ length: Math.ceil(part.count / VARIANTS_PER_CALL) }, (_, k) => {
        const first = k * VARIANTS_PER_CALL;
        const variants = Math.min(VARIANTS_PER_CALL, part.count - first);
        return [
          packed.subarray(first * genotypes.rows * stride, (first + variants) * genotypes.rows * stride),
          stride,
          genotypes.rows,
          variants,
          group.people.count,
          table.mean.subarray(part.first + first),
          products.subarray(first * width, (first + variants) * width),
          group.rows,
          sums[g],
          group.columns,
          missing,
          out.subarray(first * traits * FIELDS, (first + variants) * traits * FIELDS),
        ] as const;
      });
      await genotypes.pool.run(regressTile, calls, {
        milliseconds: (part.count * traits) / 1000 + packed.length / 1e7,
      });
      for (const [k, trait] of group.traits.entries())
        results.push(readResults(trait, k, traits, part.first, part.count, out));
    }
    phase.advance(part.count);
    yield results;
  }
  phase.end();
}

const VARIANTS_PER_CALL = 64;

/** What the genotypes of one variant add up to in a group. */
interface GroupGenotypes {
  /** People with a genotype. */
  readonly present: number;
  /** Frequency of allele 1 among them. */
  readonly frequency: number;
  /** Sum of (code - mean)², about the mean that was subtracted in the products, and about their own. */
  readonly square: number;
  readonly total: number;
  readonly isConstant: boolean;
}

function ofHardCalls(
  kernels: Kernels,
  packed: Uint8Array,
  stride: number,
  variants: number,
  samples: number,
  means: Float64Array,
): GroupGenotypes[] {
  const counts = new Int32Array(4 * variants);
  kernels.countGenotypes(packed, stride, variants, samples, counts);
  return Array.from({ length: variants }, (_, v) => {
    const two = counts[4 * v + HOM_ALLELE1];
    const one = counts[4 * v + HET];
    const none = counts[4 * v + HOM_ALLELE2];
    const present = two + one + none;
    const mean = means[v];
    const centredSum = two - none;
    return {
      present,
      frequency: present > 0 ? (centredSum / present + 1) / 2 : 0,
      square: two + none - 2 * mean * centredSum + mean * mean * present,
      total: two + none - (present > 0 ? centredSum ** 2 / present : 0),
      isConstant: two === present || one === present || none === present,
    };
  });
}

/** Missing dosages are at the mean: nobody is without one. */
function ofDosages(
  kernels: Kernels,
  packed: Uint8Array,
  stride: number,
  variants: number,
  samples: number,
  means: Float64Array,
): GroupGenotypes[] {
  return dosageMoments(kernels, packed, stride, variants, samples).map(
    ({ copies, squares, isConstant }, v) => {
      const mean = means[v] + 1;
      return {
        present: samples,
        frequency: copies / samples / 2,
        square: squares - 2 * mean * copies + mean * mean * samples,
        total: squares - copies ** 2 / samples,
        isConstant,
      };
    },
  );
}

function regress(
  { frequency, square, total, isConstant }: GroupGenotypes,
  product: Float64Array,
  rows: Float64Array,
  sumsOfSquares: Float64Array,
  columns: number,
  samples: number,
  leftOut: readonly number[],
  out: Float64Array,
): void {
  const traits = sumsOfSquares.length;
  const width = traits + columns;
  const used = samples - leftOut.length;
  const degreesOfFreedom = used - columns - 1;
  const loadings = product.subarray(traits);
  const explained = explainedByCovariates(loadings, product, rows, columns, traits, leftOut);
  const residual = square - (explained?.genotype ?? Number.NaN);
  let code = 0;
  if (isConstant) code = 1;
  else if (degreesOfFreedom < 1) code = 3;
  else if (!explained || total > MAX_VIF * residual) code = 2;
  for (let t = 0; t < traits; t++) {
    const at = t * FIELDS;
    let beta = Number.NaN;
    let se = Number.NaN;
    if (code === 0) {
      let traitSquare = sumsOfSquares[t] - explained!.traits[t];
      for (const person of leftOut) traitSquare -= rows[person * width + t] ** 2;
      const cross = product[t] - explained!.cross[t];
      beta = cross / residual;
      se = Math.sqrt(Math.max(0, traitSquare - beta * cross) / degreesOfFreedom / residual);
    }
    out[at] = code;
    out[at + 1] = beta;
    out[at + 2] = se;
    out[at + 3] = used;
    out[at + 4] = frequency;
    out[at + 5] = degreesOfFreedom;
    out[at + 6] = code === 0 ? studentLogP(beta / se, degreesOfFreedom) : Number.NaN;
  }
}

interface Explained {
  /** What the covariates explain of the genotype's square, of each trait's square, and of their products. */
  readonly genotype: number;
  readonly traits: Float64Array;
  readonly cross: Float64Array;
}

/**
 * With everyone in, the basis Q is orthonormal and the residual traits have no products with it. Without the people S the
 * cross-products are Q'Q = I - Q_S'Q_S and Q'r = -Q_S'r_S; genotypes of S are zero in the products already.
 * @returns undefined where the covariates are collinear without the people left out.
 */
function explainedByCovariates(
  loadings: Float64Array,
  product: Float64Array,
  rows: Float64Array,
  columns: number,
  traits: number,
  leftOut: readonly number[],
): Explained | undefined {
  const none = new Float64Array(traits);
  if (leftOut.length === 0)
    return {
      genotype: product.subarray(traits).reduce((sum, x) => sum + x * x, 0),
      traits: none,
      cross: none,
    };
  const width = traits + columns;
  const gram = new Float64Array(columns * columns);
  const traitLoadings = Array.from({ length: traits }, () => new Float64Array(columns));
  for (let a = 0; a < columns; a++) gram[a * columns + a] = 1;
  for (const person of leftOut) {
    const row = rows.subarray(person * width, (person + 1) * width);
    for (let a = 0; a < columns; a++) {
      const qa = row[traits + a];
      for (let b = 0; b <= a; b++) gram[a * columns + b] -= qa * row[traits + b];
      for (let t = 0; t < traits; t++) traitLoadings[t][a] -= qa * row[t];
    }
  }
  for (let a = 0; a < columns; a++) for (let b = 0; b < a; b++) gram[b * columns + a] = gram[a * columns + b];
  const factor = choleskyFactor(gram, columns);
  if (!factor) return undefined;
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    let sum = 0;
    for (let a = 0; a < columns; a++) sum += x[a] * y[a];
    return sum;
  };
  const solved = choleskySolve(factor, columns, loadings);
  return {
    genotype: dot(loadings, solved),
    traits: Float64Array.from(traitLoadings, (own) => dot(own, choleskySolve(factor, columns, own))),
    cross: Float64Array.from(traitLoadings, (own) => dot(own, solved)),
  };
}

/** Positions of the people whose genotype is missing (code 1) in the row that starts at byte `at`. */
function findMissing(packed: Uint8Array, at: number, samples: number, found: number[]): void {
  for (let byte = 0; byte * 4 < samples; byte++) {
    const value = packed[at + byte];
    let low = value & ~(value >> 1) & 0x55;
    while (low !== 0) {
      const bit = 31 - Math.clz32(low & -low);
      const person = 4 * byte + bit / 2;
      if (person < samples) found.push(person);
      low &= low - 1;
    }
  }
}

/** Columns of padded vectors as rows, one a person of the group. */
function rowsOf(columns: readonly Float64Array[], people: SampleMask, samples: number): Float64Array {
  const rows = sharedFloat64(people.count * columns.length);
  let at = 0;
  for (let i = 0; i < samples; i++) {
    if (((people.bits[i >> 3] >> (i & 7)) & 1) === 0) continue;
    for (const column of columns) rows[at++] = column[i];
  }
  return rows;
}

function sumsOfSquares(rows: Float64Array, traits: number, width: number, people: number): Float64Array {
  const sums = sharedFloat64(traits);
  for (let i = 0; i < people; i++) for (let t = 0; t < traits; t++) sums[t] += rows[i * width + t] ** 2;
  return sums;
}

function readResults(
  trait: number,
  k: number,
  traits: number,
  first: number,
  variants: number,
  out: Float64Array,
): TileAssociation {
  const field = (index: number) =>
    Float64Array.from({ length: variants }, (_, v) => out[(v * traits + k) * FIELDS + index]);
  return {
    trait,
    first,
    error: Uint8Array.from(field(0)),
    beta: field(1),
    se: field(2),
    samples: Int32Array.from(field(3)),
    frequency: field(4),
    degreesOfFreedom: Int32Array.from(field(5)),
    logP: field(6),
  };
}
