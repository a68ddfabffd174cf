import { groupBasis } from '../../association/design.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { covarianceMatrix } from '../../ld/covariance.js';
import {
  factorTiledLower,
  quadraticForms,
  TILE,
  type TiledLower,
  TiledWorkspace,
} from '../../linalg/tiled-lower.js';
import type { RunContext } from '../../run.js';
import { blockHeritability, type Heritability, sumHeritability } from './estimate.js';
import type { PreparedGenotypes } from './prepared.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockDefinition } from './result.js';

/** Columns of the identity that go through the factor at once. */
const IDENTITY_COLUMNS = 256;

interface ShrunkBlock {
  /** Cholesky factor of (1 - s) V + s I. */
  readonly factor: TiledLower;
  /** Positions of the block's variants among those of the run. */
  readonly positions: Int32Array;
  /** tr(W V), which stands for the rank. */
  readonly rank: number;
}

/**
 * GRE with W = ((1 - s) V + s I)⁻¹ in place of V⁺, to see what regularised LD does to it (docs/accuracy-findings.md): h² of a block is
 * (n b'Wb - q) / (n - q) with q = tr(W V). No estimator to use: what it leaves out is lost.
 */
export class ShrunkGre {
  readonly #data: PreparedGenotypes;
  readonly #blocks: readonly ShrunkBlock[];

  private constructor(data: PreparedGenotypes, blocks: readonly ShrunkBlock[]) {
    this.#data = data;
    this.#blocks = blocks;
  }

  /**
   * @param data whose LD it is; every variant varies there.
   * @param shrinkage s, above 0. @param memory bytes for the packed genotypes of one block.
   */
  static async create(
    data: PreparedGenotypes,
    definitions: readonly BlockDefinition[],
    shrinkage: number,
    memory: number,
    run: RunContext,
  ): Promise<ShrunkGre> {
    const { genotypes: whole, design } = data;
    const [group] = design.groups;
    const basis = groupBasis(design, group);
    const n = degreesOfFreedom(design, 0);
    const blocks: ShrunkBlock[] = [];
    const phase = run.progress.phase('shrunk LD', { total: definitions.length });
    for (const { variants } of definitions) {
      const genotypes = await whole.subset(variants, memory);
      const matrix = await covarianceMatrix(genotypes, group.people, basis, n, new TiledWorkspace());
      genotypes.close();
      shrink(matrix, shrinkage);
      await factorTiledLower(whole.pool, matrix, 0, Number.POSITIVE_INFINITY);
      const trace = await inverseTrace(whole, matrix);
      const rank = (matrix.order - shrinkage * trace) / (1 - shrinkage);
      blocks.push({ factor: matrix, positions: whole.positionsOf(variants), rank });
      phase.advance();
    }
    phase.end();
    return new ShrunkGre(data, blocks);
  }

  /**
   * The sum over blocks, of each trait.
   * @param b correlations of variants and traits: variants x columns, row-major. @param n people of the traits, less columns projected out.
   */
  async estimate(b: Float64Array, columns: number, n: number): Promise<Heritability[]> {
    const { pool } = this.#data.genotypes;
    const estimates = Array.from({ length: columns }, (): Heritability[] => []);
    for (const { factor, positions, rank } of this.#blocks) {
      const forms = await quadraticForms(pool, factor, b, columns, positions);
      for (const [c, r2] of forms.entries()) estimates[c].push(blockHeritability({ r2, rank, n }));
    }
    return estimates.map(sumHeritability);
  }
}

/** V := (1 - s) V + s I. */
function shrink({ panels }: TiledLower, s: number): void {
  for (const [k, { values, height, width }] of panels.entries()) {
    for (let at = 0; at < values.length; at++) values[at] *= 1 - s;
    for (let i = 0; i < height; i++) values[i * width + k * TILE + i] += s;
  }
}

/** tr((L L')⁻¹) from the columns of the identity. */
async function inverseTrace({ pool }: PreparedGenotypes['genotypes'], factor: TiledLower): Promise<number> {
  let trace = 0;
  for (let first = 0; first < factor.order; first += IDENTITY_COLUMNS) {
    const columns = Math.min(IDENTITY_COLUMNS, factor.order - first);
    const identity = sharedFloat64(factor.order * columns);
    for (let c = 0; c < columns; c++) identity[(first + c) * columns + c] = 1;
    for (const form of await quadraticForms(pool, factor, identity, columns)) trace += form;
  }
  return trace;
}
