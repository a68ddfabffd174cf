import { type Covariate, createDesign, everyone } from '../association/design.js';
import type { BlockDefinition } from '../estimators/gre/gre.js';
import type { PreparedGenotypes } from '../estimators/gre/prepared.js';
import type { VariantTable } from '../formats/bim.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import type { GenotypeStore } from '../genotypes/store.js';
import type { KernelPool } from '../kernels/pool.js';

export interface DatasetOptions {
  readonly store: GenotypeStore;
  /** Indices in the file of all variants, ascending, and their genotype counts. */
  readonly variants: Int32Array;
  readonly statistics: VariantStatistics;
  /** The file's table of variants. */
  readonly bim: VariantTable;
  readonly blocks: readonly BlockDefinition[];
  readonly covariates: readonly Covariate[];
  readonly seed: number;
  /** Bytes for the packed genotypes. */
  readonly memory: number;
  /** Whether traits of everybody will come in large numbers, so that preparing for them pays. @default false */
  readonly manyTraits?: boolean;
}

/**
 * The genotypes of some people with their covariates, and what methods make of them: LD scores, weights and the like are
 * made once, by whichever method needs them first.
 */
export class Dataset implements PreparedGenotypes {
  readonly genotypes: GenotypeOperator;
  readonly design: PreparedGenotypes['design'];
  /** The file's table of variants, which {@link genotypes} has the indices of. */
  readonly bim: VariantTable;
  /** The blocks of GRE. */
  readonly blocks: readonly BlockDefinition[];
  readonly covariates: readonly Covariate[];
  readonly seed: number;
  readonly memory: number;
  readonly manyTraits: boolean;
  readonly #made = new Map<string, Promise<unknown>>();

  private constructor(options: DatasetOptions, genotypes: GenotypeOperator) {
    this.genotypes = genotypes;
    this.bim = options.bim;
    this.blocks = options.blocks;
    this.covariates = options.covariates;
    this.seed = options.seed;
    this.memory = options.memory;
    this.manyTraits = options.manyTraits ?? false;
    const design = createDesign([], options.covariates, genotypes.samples);
    this.design = { ...design, groups: [everyone(design)] };
  }

  /** Reads the genotypes into memory where they fit. */
  static async open(options: DatasetOptions): Promise<Dataset> {
    const { store, variants, memory, statistics } = options;
    return new Dataset(options, await GenotypeOperator.open(store, variants, { memory, statistics }));
  }

  get pool(): KernelPool {
    return this.genotypes.pool;
  }

  get samples(): number {
    return this.genotypes.samples;
  }

  /** People less columns projected out. */
  get degreesOfFreedom(): number {
    return this.samples - this.design.groups[0].columns;
  }

  /** What several estimators need, such as LD scores: made when it is first asked for. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    let made = this.#made.get(key) as Promise<T> | undefined;
    if (!made) {
      made = make();
      this.#made.set(key, made);
    }
    return made;
  }

  close(): void {
    this.genotypes.close();
  }
}
