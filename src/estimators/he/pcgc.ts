import type { Design } from '../../association/design.js';
import { ColumnProjector } from '../../association/project-columns.js';
import { HeredityError } from '../../errors.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { maskHas } from '../../genotypes/sample-mask.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { normalDensity } from '../../linalg/distributions.js';
import { leaveOneOutError } from '../../linalg/jackknife.js';
import { solveLinear } from '../../linalg/linear-solve.js';
import { dot, orthonormalBasis } from '../../linalg/orthonormal-basis.js';
import { componentSizes, type GeneticComponents } from '../components.js';
import { ascertainedProbit } from './ascertained-probit.js';

export interface PcgcData {
  readonly genotypes: GenotypeOperator;
  readonly design: Design;
  readonly components: GeneticComponents;
}

/** A case-control trait of the design. */
export interface CaseControlTrait {
  /** Its place among the traits that the design was made of. */
  readonly index: number;
  /** 1 for cases, 0 for controls, NaN for others, one value a sample of the run. */
  readonly status: Float64Array;
  /** K and P: shares of cases in the population and in the sample. */
  readonly prevalence: number;
  readonly ascertainment: number;
}

export interface PcgcEstimate {
  /** People with a value. */
  readonly n: number;
  /** Heritability of the liability that covariates leave, of all components and of each. */
  readonly h2: number;
  readonly se: number;
  readonly components: readonly { readonly name: string; readonly h2: number; readonly se: number }[];
  /** Variance of the liability that covariates explain, in units of what they leave. */
  readonly explained: number;
  /** The part of `se` that random vectors make. */
  readonly monteCarloSe: number;
}

/**
 * Heritability on the liability scale by the regression of phenotype correlation on genotype correlation (PCGC: Golan, Lander & Rosset
 * 2014; METHODS 7.3). With z_i = (y_i - P_i) / √(P_i (1 - P_i)), P_i the share of cases that the sample has among people with the
 * covariates of i, and K_ij relatedness, E z_i z_j = c_i c_j K_ij h² for i ≠ j to first order in K_ij, where
 *
 *     c_i = φ(η_i) √(P_i (1 - P_i)) / (K_i (1 - K_i)).
 *
 * (Golan's formula, rewritten with P_i / (1 - P_i) = w K_i / (1 - K_i); without covariates it is the factor of Lee et al. 2011.)
 * So h² solves the moment equations of A_k = D K_k D less its diagonal, D = diag(c): z'A_k z = Σ_l tr(A_k A_l) h²_l, with traces from
 * random vectors, no matrix of people by people, and covariates projected out of the genotypes. Its variance is that of a quadratic form,
 * 2 tr(A_k V A_l V), V = I + Σ h²_m A_m, taken as 2 z'A_k V A_l z.
 *
 * @param vectors random vectors for the traces of a trait, 2 or more.
 * @throws HeredityError `degenerate-data` where relatedness does not vary or covariates tell cases from controls.
 */
export async function pcgc(
  data: PcgcData,
  trait: CaseControlTrait,
  { vectors, seed }: { readonly vectors: number; readonly seed: number },
): Promise<PcgcEstimate> {
  const { genotypes, design, components } = data;
  const { samples, stride } = design;
  const group = design.groups.findIndex(({ traits }) => traits.includes(trait.index));
  const { people } = design.groups[group];
  const kept = Int32Array.from({ length: samples }, (_, i) => i).filter((i) => maskHas(people, i));
  const { liability, prevalence, share, explained } = ascertainedProbit(
    Float64Array.from(kept, (i) => trait.status[i]),
    basisAmong(design, kept),
    trait.prevalence,
    trait.ascertainment,
  );
  const z = new Float64Array(stride);
  const factors = new Float64Array(stride);
  for (const [a, i] of kept.entries()) {
    const spread = Math.sqrt(share[a] * (1 - share[a]));
    z[i] = (trait.status[i] - share[a]) / spread;
    factors[i] = (normalDensity(liability[a]) * spread) / (prevalence[a] * (1 - prevalence[a]));
  }
  const relate = await relatednessOf(data, group, factors);
  const probes = Array.from({ length: vectors }, (_, r) => {
    const drawn = new Float64Array(stride);
    genotypes.pool.kernels.normal(seed, streamOf('heProbes', 1, r), 0, drawn.subarray(0, samples));
    return drawn.map((value, i) => (factors[i] > 0 ? value : 0));
  });
  const [ofTrait, ...ofProbes] = await relate([z, ...probes]);
  const quadratic = Float64Array.from(ofTrait, (image) => dot(z, image));
  const traces = ofProbes.map((images) => products(images, images));
  const solve = (matrices: readonly Float64Array[], right: Float64Array) => {
    const found = solveLinear(mean(matrices), right.length, right);
    if (!found?.every(Number.isFinite)) throw cannotTellApart(components.names);
    return found;
  };
  const h2 = solve(traces, quadratic);
  const withoutProbe = traces.map((_, r) => solve(traces.toSpliced(r, 1), quadratic));
  const throughKinship = await relate(ofTrait);
  const count = components.names.length;
  const sampling = new Float64Array(count * count); // 2 z'A_k V A_l z
  for (let k = 0; k < count; k++)
    for (let l = 0; l < count; l++) {
      let sum = dot(ofTrait[k], ofTrait[l]);
      for (const [m, image] of throughKinship[l].entries()) sum += h2[m] * dot(ofTrait[k], image);
      sampling[k * count + l] = 2 * sum;
    }
  /** Standard error of a sum of components: w' T⁻¹ S T⁻¹ w, and what the random vectors add. */
  const errorOf = (weights: Float64Array) => {
    const left = solve(traces, weights);
    let variance = 0;
    for (let k = 0; k < count; k++)
      for (let l = 0; l < count; l++) variance += left[k] * sampling[k * count + l] * left[l];
    const monteCarlo = leaveOneOutError(withoutProbe.map((own) => dot(weights, own)));
    return { se: Math.hypot(Math.sqrt(Math.max(0, variance)), monteCarlo), monteCarlo };
  };
  const whole = errorOf(new Float64Array(count).fill(1));
  return {
    n: kept.length,
    h2: h2.reduce((sum, value) => sum + value, 0),
    se: whole.se,
    components: components.names.map((name, k) => ({
      name,
      h2: h2[k],
      se: errorOf(Float64Array.from(h2, (_, l) => Number(l === k))).se,
    })),
    explained,
    monteCarloSe: whole.monteCarlo,
  };
}

/** Independent columns of intercept and covariates among some people. */
function basisAmong({ basis, columns, stride }: Design, kept: Int32Array): Float64Array[] {
  const own = Array.from({ length: columns }, (_, c) =>
    Float64Array.from(kept, (i) => basis[c * stride + i]),
  );
  return orthonormalBasis(own).basis;
}

type Relate = (columns: readonly Float64Array[]) => Promise<Float64Array[][]>;

/** @returns what takes vectors v to A_k v, by vector and component: two passes over the genotypes. */
async function relatednessOf(data: PcgcData, group: number, factors: Float64Array): Promise<Relate> {
  const { genotypes, design, components } = data;
  const { stride } = design;
  const projector = new ColumnProjector(genotypes.pool, design);
  const count = components.names.length;
  const sizes = componentSizes(components);
  /** K_k v, or with a projection C K_k C v. */
  const kinship = async (
    columns: readonly Float64Array[],
    isProjected: boolean,
  ): Promise<Float64Array[][]> => {
    const width = columns.length;
    const inside = sharedFloat64(width * stride);
    for (const [c, column] of columns.entries()) inside.set(column, c * stride);
    const sides = sharedFloat32(inside.length);
    if (isProjected) await projector.project(inside, new Array<number>(width).fill(group), sides);
    else sides.set(inside);
    const scores = sharedFloat64(genotypes.count * width);
    await genotypes.transposeTimes(sides, width, scores);
    const b = sharedFloat32(genotypes.count * width * count);
    for (let j = 0; j < genotypes.count; j++)
      for (let c = 0; c < width; c++)
        for (let k = 0; k < count; k++)
          b[(j * width + c) * count + k] =
            (scores[j * width + c] * components.weights[j * count + k]) / sizes[k];
    const images = sharedFloat64(width * count * stride);
    await genotypes.times(b, width * count, images);
    if (isProjected) await projector.project(images, new Array<number>(width * count).fill(group), images);
    return columns.map((_, c) =>
      Array.from({ length: count }, (_, k) => {
        const at = (c * count + k) * stride;
        return images.slice(at, at + stride);
      }),
    );
  };
  const diagonals = await projectedDiagonals(data, group, (columns) => kinship(columns, false));
  return async (columns) => {
    const weighted = columns.map((column) => column.map((value, i) => factors[i] * value));
    const found = await kinship(weighted, true);
    return found.map((images, c) =>
      images.map((image, k) =>
        image.map((value, i) => factors[i] * (value - diagonals[k][i] * weighted[c][i])),
      ),
    );
  };
}

/** The diagonals of C K_k C, C = I - Q (Q'Q)⁻¹ Q' among the people of the group. */
async function projectedDiagonals(
  { genotypes, design, components }: PcgcData,
  group: number,
  kinship: Relate,
): Promise<Float64Array[]> {
  const { stride, columns, basis } = design;
  const { inverseGram, people } = design.groups[group];
  const count = components.names.length;
  const sizes = componentSizes(components);
  const shares = sharedFloat32(genotypes.count * count);
  for (let at = 0; at < shares.length; at++) shares[at] = components.weights[at] / sizes[at % count];
  const values32 = sharedFloat32(4 * genotypes.count);
  values32.set(genotypes.table.values.map((value) => value ** 2));
  const squares = sharedFloat64(count * stride);
  await genotypes.times(shares, count, squares, { values32 });
  const q = Array.from({ length: columns }, (_, c) =>
    basis.slice(c * stride, (c + 1) * stride).map((value, i) => (maskHas(people, i) ? value : 0)),
  );
  const images = await kinship(q);
  /** Q (Q'Q)⁻¹, a column each. */
  const scaled = q.map((_, a) => {
    const column = new Float64Array(stride);
    for (const [b, own] of q.entries())
      for (let i = 0; i < stride; i++) column[i] += inverseGram[a * columns + b] * own[i];
    return column;
  });
  return Array.from({ length: count }, (_, k) => {
    const inner = q.map((own) => images.map((image) => dot(own, image[k])));
    return squares.slice(k * stride, (k + 1) * stride).map((value, i) => {
      let sum = value;
      for (let a = 0; a < columns; a++) {
        sum -= 2 * images[a][k][i] * scaled[a][i];
        for (let b = 0; b < columns; b++) sum += scaled[a][i] * inner[a][b] * scaled[b][i];
      }
      return sum;
    });
  });
}

/** a_k'b_l. */
function products(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array {
  return Float64Array.from(a.flatMap((x) => b.map((y) => dot(x, y))));
}

function mean(matrices: readonly Float64Array[]): Float64Array {
  return matrices[0].map((_, at) => matrices.reduce((sum, own) => sum + own[at], 0) / matrices.length);
}

function cannotTellApart(names: readonly string[]): HeredityError {
  return new HeredityError('degenerate-data', 'relatedness does not vary enough between these people', {
    value: names.join(', '),
    expected: 'people who differ in how much of their genotypes they share, and components that differ',
    fix: 'take more people, or fewer components',
  });
}
