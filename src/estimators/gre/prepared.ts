import { type Design, groupBasis } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { smallest } from '../../linalg/extremes.js';
import { quadraticForms, TiledWorkspace } from '../../linalg/tiled-lower.js';
import { partOf, type RunContext, silentRun } from '../../run.js';
import { correctedHeritability } from './cross-block.js';
import { type DirectFactor, factorLd, rankTooHigh } from './direct.js';
import { blockHeritability, type Heritability, type SeFormula, totalHeritability } from './estimate.js';
import { GRE_DEFAULTS } from './gre.js';
import { prepareProbe } from './overlap.js';
import { type BlockData, degreesOfFreedom } from './projection.js';
import type { BlockDefinition, BlockEstimate } from './result.js';

/** The genotypes of a run on which many traits of the same people are to be estimated. */
export interface PreparedGenotypes {
  /** All variants, of every block. */
  readonly genotypes: GenotypeOperator;
  /** Covariates of the people, with one group that holds everybody. */
  readonly design: Design;
}

export interface PreparedGreOptions {
  readonly rankTolerance?: number | undefined;
  /** Bytes for the packed genotypes of one block while its LD is computed. */
  readonly memory: number;
}

interface FactoredBlock extends DirectFactor {
  readonly id: string;
  /** Positions of the block's variants among those of the run. */
  readonly positions: Int32Array;
}

/** The plain estimate of one trait, with its blocks and R² of each. */
export interface PreparedEstimate extends Heritability {
  readonly r2: readonly number[];
  readonly blocks: readonly BlockEstimate[];
}

/**
 * GRE with the LD of every block factored once, for any number of traits of the same people: a trait then costs one
 * column of X'Y, which other estimators share, and one triangular solve (METHODS 1.9).
 */
export class PreparedGre {
  readonly #data: PreparedGenotypes;
  readonly #blocks: readonly FactoredBlock[];
  /** People less columns projected out. */
  readonly n: number;

  private constructor(data: PreparedGenotypes, blocks: readonly FactoredBlock[]) {
    this.#data = data;
    this.#blocks = blocks;
    this.n = degreesOfFreedom(data.design, 0);
  }

  /**
   * Computes and factors the LD of each block. Memory: 4 p² bytes for a block of p variants, for all blocks at once.
   * @throws HeredityError `degenerate-data` where a block's rank is not below the degrees of freedom; `resource` where a
   *   block's genotypes do not fit the memory.
   */
  static async create(
    prepared: PreparedGenotypes,
    blocks: readonly BlockDefinition[],
    { rankTolerance = GRE_DEFAULTS.rankTolerance, memory }: PreparedGreOptions,
    run: RunContext = silentRun,
  ): Promise<PreparedGre> {
    const { genotypes: whole, design } = prepared;
    const factored: FactoredBlock[] = [];
    const phase = run.progress.phase('LD of blocks', { total: blocks.length });
    for (const { id, variants, breaks } of blocks) {
      const positions = whole.positionsOf(variants);
      const isWhole = positions.length === whole.count && whole.resident;
      const data: BlockData = {
        id,
        genotypes: isWhole ? whole : await whole.subset(variants, memory),
        design,
        breaks,
        rankTolerance,
        workspace: new TiledWorkspace(),
      };
      const factor = await factorLd(data, 0, partOf(run, phase));
      const n = degreesOfFreedom(design, 0);
      if (factor.rank >= n) throw rankTooHigh(data, n);
      if (!isWhole) data.genotypes.close();
      factored.push({ ...factor, id, positions });
      phase.advance();
    }
    phase.end();
    return new PreparedGre(prepared, factored);
  }

  /** Rank of each block. */
  get ranks(): number[] {
    return this.#blocks.map(({ rank }) => rank);
  }

  /** Smallest pivot kept in any block (of 1): small where LD is close to collinear, which magnifies errors of b. */
  get smallestPivot(): number {
    return smallest(this.#blocks.map(({ smallestPivot }) => smallestPivot));
  }

  /**
   * The plain estimate, the sum over blocks, of each trait.
   * @param b X'y / n of traits without intercept and covariates and with squared norm n; variants x columns, row-major.
   */
  async estimate(
    b: Float64Array,
    columns: number,
    formula: SeFormula = GRE_DEFAULTS.seFormula,
  ): Promise<PreparedEstimate[]> {
    const shares = await this.#shares(b, columns);
    return Array.from({ length: columns }, (_, c) => {
      const r2 = shares.map((share) => share[c]);
      const blocks = this.#regressions(r2).map((block, k): BlockEstimate => {
        const { id, positions } = this.#blocks[k];
        const own = { id, variants: positions.length, rank: block.rank, r2: block.r2 };
        return { ...own, ...blockHeritability(block, formula), iterations: 0, solverError: 0 };
      });
      return { ...totalHeritability(blocks, this.n, formula), r2, blocks };
    });
  }

  /**
   * The share T_kl that block k explains of the genetic variance of block l, from random genetic values (METHODS 1.10):
   * the same probes as {@link estimateGre}'s. It depends on no trait.
   */
  async crossBlockShares(probes: number, seed: number, run: RunContext = silentRun): Promise<number[][]> {
    const { genotypes, design } = this.#data;
    const count = this.#blocks.length;
    const group = design.groups[0];
    const basis = groupBasis(design, group);
    const numbers = this.#blocks.map(({ positions }, l) => {
      const values = new Float64Array(positions.length * probes);
      genotypes.pool.kernels.normal(seed, streamOf('probes', l), 0, values);
      return values;
    });
    const sums = Array.from({ length: count }, () => new Float64Array(count));
    const weights = new Float64Array(count);
    const z = sharedFloat32(genotypes.count * count);
    const values = sharedFloat64(count * design.stride);
    const vectors = sharedFloat32(count * design.stride);
    const b = sharedFloat64(genotypes.count * count);
    const phase = run.progress.phase('overlap of blocks', { total: probes });
    for (let t = 0; t < probes; t++) {
      for (const [l, { positions }] of this.#blocks.entries())
        for (let v = 0; v < positions.length; v++) z[positions[v] * count + l] = numbers[l][v * probes + t];
      await genotypes.times(z, count, values.fill(0));
      const weight = new Float64Array(count);
      for (let l = 0; l < count; l++) {
        const own = values.subarray(l * design.stride, (l + 1) * design.stride);
        const prepared = prepareProbe(own, design, group, basis);
        vectors.set(prepared.vector, l * design.stride);
        weight[l] = prepared.weight;
        weights[l] += prepared.weight;
      }
      await genotypes.transposeTimes(vectors, count, b);
      for (let k = 0; k < b.length; k++) b[k] /= this.n;
      for (const [k, shares] of (await this.#shares(b, count)).entries())
        for (let l = 0; l < count; l++) sums[k][l] += weight[l] * shares[l];
      phase.advance();
    }
    phase.end();
    return sums.map((row) => Array.from(row, (sum, l) => sum / weights[l]));
  }

  /** Estimates with the overlap of blocks taken out, from R² of the blocks and {@link crossBlockShares}. */
  corrected(r2: readonly number[], shares: readonly (readonly number[])[]): number {
    return correctedHeritability(this.#regressions(r2), shares).reduce((sum, h2) => sum + h2, 0);
  }

  #regressions(r2: readonly number[]) {
    return this.#blocks.map(({ rank }, k) => ({ r2: r2[k], rank, n: this.n }));
  }

  /** R² of each block and column. */
  async #shares(b: Float64Array, columns: number): Promise<Float64Array[]> {
    const { pool } = this.#data.genotypes;
    const shares: Float64Array[] = [];
    for (const { factor, positions } of this.#blocks)
      shares.push(await quadraticForms(pool, factor, b, columns, positions));
    return shares;
  }
}
