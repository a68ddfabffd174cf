import { HeredityError, isHeredityError } from '../errors.js';
import { createMask, maskHas, type SampleMask } from '../genotypes/sample-mask.js';
import { packedStride } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { dot, norm, orthonormalBasis, projectOut } from '../linalg/orthonormal-basis.js';
import { choleskyFactor, choleskyInverse } from '../linalg/small-dense.js';
import { commonToParts } from '../parts/division.js';
import type { RunContext } from '../run.js';
import { conditioned } from './conditioning.js';

/** One quantitative value a sample; NaN where missing. Case-control traits are 0 and 1. */
export interface Trait {
  readonly name: string;
  readonly values: Float64Array;
}

/** One value a sample, none missing; categorical covariates come expanded to indicator columns. */
export interface Covariate {
  readonly name: string;
  readonly values: Float64Array;
}

/**
 * Traits and covariates of a run, ready for linear models.
 * Vectors over samples are padded to {@link Design.stride} entries, zero from the last sample on and zero for people
 * who are not in a trait's group: every group then shares the passes over the genotypes (METHODS 1.9).
 */
export interface Design {
  readonly samples: number;
  /** Entries of a padded vector: four a byte of a packed row. */
  readonly stride: number;
  /** Orthonormal basis of intercept and covariates over all people of the run, one padded vector a column, shared. */
  readonly basis: Float64Array;
  readonly columns: number;
  /** Covariates that add nothing to the earlier ones (constant or collinear). */
  readonly dependentCovariates: readonly string[];
  readonly groups: readonly DesignGroup[];
}

/** Traits measured on the same people. */
export interface DesignGroup {
  /** Positions of the traits in the list that was given. */
  readonly traits: readonly number[];
  readonly people: SampleMask;
  /** C: columns projected out, intercept included, less those that are dependent within the group. */
  readonly columns: number;
  /**
   * (Q'Q)⁻¹ with Q the run's basis restricted to the group (zero for columns that are dependent there), row-major:
   * the projection of a masked w is Q (Q'Q)⁻¹ Q'w, restricted again.
   */
  readonly inverseGram: Float64Array;
  /** Trait less its projection, one padded vector a trait. */
  readonly residuals: readonly Float64Array[];
}

/** A trait whose residual is below this fraction of its spread is determined by the covariates. */
const DETERMINED = 1e-8;
/** A trait whose spread is below this fraction of its mean varies by rounding only. */
const CONSTANT = 1e-15;

/**
 * Groups traits by who has a value, and projects intercept and covariates out of each (METHODS 1.4, 11.1).
 * @throws HeredityError `degenerate-data` for a trait without variation left, or with too few people.
 */
export function createDesign(
  traits: readonly Trait[],
  covariates: readonly Covariate[],
  samples: number,
): Design {
  const stride = 4 * packedStride(samples);
  const intercept = new Float64Array(samples).fill(1);
  const { basis: vectors, dependent } = orthonormalBasis([intercept, ...covariates.map((c) => c.values)]);
  const basis = sharedFloat64(vectors.length * stride);
  for (const [c, vector] of vectors.entries()) basis.set(vector, c * stride);

  const members = groupsOf(traits, samples);
  const design = {
    samples,
    stride,
    basis,
    columns: vectors.length,
    dependentCovariates: dependent.filter((k) => k > 0).map((k) => covariates[k - 1].name),
  };
  return {
    ...design,
    groups: members.map(({ people, traits: indices }) => {
      const { vectors: own, inverseGram } = restrictBasis(design, people);
      const residuals = indices.map((index) =>
        residualise(traits[index], own, people, sharedFloat64(stride)),
      );
      return { traits: indices, people, columns: own.length, inverseGram, residuals };
    }),
  };
}

/** {@link createDesign}, which the parts of a run have in common. @param samples all people, or those that are left of them. */
export function designForAllParts(
  traits: readonly Trait[],
  covariates: readonly Covariate[],
  samples: number,
  run: Pick<RunContext, 'division'>,
): Promise<Design> {
  const make = async () => createDesign(traits, covariates, samples);
  return commonToParts(run, `residuals of ${samples} people`, make);
}

/** Traits by who has a value. */
function groupsOf(traits: readonly Trait[], samples: number): { people: SampleMask; traits: number[] }[] {
  const groups: { people: SampleMask; traits: number[] }[] = [];
  for (const [index, { values }] of traits.entries()) {
    const group = groups.find(({ people }) => hasValuesOf(people, values));
    if (group) group.traits.push(index);
    else groups.push({ people: createMask(samples, (i) => !Number.isNaN(values[i])), traits: [index] });
  }
  return groups;
}

/** Whether a trait has values of just these people. */
function hasValuesOf(people: SampleMask, values: Float64Array): boolean {
  for (let i = 0; i < people.samples; i++) if (Number.isNaN(values[i]) === maskHas(people, i)) return false;
  return true;
}

/** Why {@link createDesign} would refuse each trait; undefined where it would not. */
export function traitProblems(
  traits: readonly Trait[],
  covariates: readonly Covariate[],
  samples: number,
): (HeredityError | undefined)[] {
  if (traits.length === 0 && covariates.length === 0) return [];
  const problems: (HeredityError | undefined)[] = traits.map(() => undefined);
  const design = createDesign([], covariates, samples);
  const residual = new Float64Array(design.stride); // of each trait in turn
  for (const { people, traits: indices } of groupsOf(traits, samples)) {
    const { vectors } = restrictBasis(design, people);
    for (const index of indices) {
      try {
        residualise(traits[index], vectors, people, residual);
      } catch (error) {
        if (!isHeredityError(error, 'degenerate-data')) throw error;
        problems[index] = error;
      }
    }
  }
  return problems;
}

/** The group of all people of the run, without traits: what LD alone needs. */
export function everyone(design: Omit<Design, 'groups'>): DesignGroup {
  const people = createMask(design.samples, () => true);
  const { vectors, inverseGram } = restrictBasis(design, people);
  return { traits: [], people, columns: vectors.length, inverseGram, residuals: [] };
}

/** Orthonormal basis of intercept and covariates among the people of a group: padded vectors, zero for others. */
export function groupBasis(design: Design, group: DesignGroup): Float64Array[] {
  return restrictBasis(design, group.people).vectors;
}

function restrictBasis(
  design: Pick<Design, 'samples' | 'stride' | 'basis' | 'columns'>,
  people: SampleMask,
): { vectors: Float64Array[]; inverseGram: Float64Array } {
  const { columns, stride, samples, basis } = design;
  const masked = Array.from({ length: columns }, (_, c) => {
    const column = basis.slice(c * stride, c * stride + samples);
    if (people.count < samples) for (let i = 0; i < samples; i++) if (!maskHas(people, i)) column[i] = 0;
    return column;
  });
  const { basis: vectors, dependent } = orthonormalBasis(masked);
  const kept = masked.flatMap((_, c) => (dependent.includes(c) ? [] : [c]));
  const gram = Float64Array.from(kept.flatMap((a) => kept.map((b) => dot(masked[a], masked[b]))));
  const factor = choleskyFactor(gram, kept.length);
  if (!factor)
    throw new HeredityError('numerical', 'the covariates are too close to collinear', {
      fix: 'leave one of them out with --covar-name',
    });
  const inverse = choleskyInverse(factor, kept.length);
  const inverseGram = new Float64Array(columns * columns);
  for (const [row, a] of kept.entries()) {
    for (const [column, b] of kept.entries())
      inverseGram[a * columns + b] = inverse[row * kept.length + column];
  }
  return { vectors: vectors.map((vector) => padded(vector, stride)), inverseGram };
}

/** @param residual padded, where it is written; zero from the last sample on. */
function residualise(
  { name, values }: Trait,
  basis: readonly Float64Array[],
  people: SampleMask,
  residual: Float64Array,
): Float64Array {
  if (people.count <= basis.length) {
    throw new HeredityError(
      'degenerate-data',
      `trait ${name} has values for ${people.count} people, and ${basis.length} columns (intercept and covariates) are projected out`,
      {
        expected: 'more people than columns',
        fix: 'leave the trait out with --pheno-name, or use fewer covariates',
      },
    );
  }
  // the intercept is projected out anyway: what is subtracted here keeps the digits of a trait far from 0
  const own = conditioned(values);
  for (let i = 0; i < values.length; i++) residual[i] = Number.isNaN(own.values[i]) ? 0 : own.values[i];
  const mean = dot(residual, basis[0]);
  const spread = Math.sqrt(Math.max(0, dot(residual, residual) - mean ** 2));
  const far = Math.abs(own.offset) * Math.sqrt(people.count) + Math.abs(mean);
  const constant = !(spread > CONSTANT * far) || !varies(own.values);
  projectOut(residual, basis);
  if (constant || !(norm(residual) > DETERMINED * spread)) {
    throw new HeredityError(
      'degenerate-data',
      `trait ${name} ${constant ? 'is constant' : 'is determined by the covariates'}`,
      {
        expected: 'a trait that varies between people',
        fix: 'leave the trait out with --pheno-name',
      },
    );
  }
  if (own.unit !== 1) for (let i = 0; i < residual.length; i++) residual[i] *= own.unit;
  return residual;
}

function varies(values: Float64Array): boolean {
  let first = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value) || value === first) continue;
    if (!Number.isNaN(first)) return true;
    first = value;
  }
  return false;
}

function padded(vector: Float64Array, stride: number): Float64Array {
  const copy = sharedFloat64(stride);
  copy.set(vector);
  return copy;
}
