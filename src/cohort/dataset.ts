import { type Covariate, createDesign, everyone } from '../association/design.js';
import type { PreparedGenotypes } from '../estimators/gre/prepared.js';
import type { BlockDefinition } from '../estimators/gre/result.js';
import { someOfBlock } from '../estimators/gre/some-of-block.js';
import type { VariantTable } from '../formats/bim.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import type { GenotypeStore } from '../genotypes/store.js';
import type { KernelPool } from '../kernels/pool.js';
import type { RunContext } from '../run.js';
import type { RequireMemory } from './budget.js';
import { type CountedVariants, NO_RECORD, type Recorder, type ToldRun } from './counted-variants.js';
import { keepPeople } from './samples.js';

export interface DatasetOptions {
  readonly store: GenotypeStore;
  /** Indices in the file of all variants, ascending, and their genotype counts. */
  readonly variants: Int32Array;
  readonly statistics: VariantStatistics;
  /** The file's table of variants. */
  readonly bim: VariantTable;
  /** The file that has the table, for messages. */
  readonly variantFile?: string;
  readonly blocks: readonly BlockDefinition[];
  readonly covariates: readonly Covariate[];
  readonly seed: number;
  /** Bytes for the packed genotypes and what methods make of them. */
  readonly memory: number;
  /** Bytes of `memory` that packed genotypes may take. @default all */
  readonly forGenotypes?: number;
  /** Whether traits of everybody will come in large numbers, so that preparing for them pays. @default false */
  readonly manyTraits?: boolean;
  /** Positions among the store's people of those who have traits and covariates. @default all of them */
  readonly within?: Int32Array | undefined;
  /** Refuses what does not fit beside what the run holds. @default nothing */
  readonly requireMemory?: RequireMemory | undefined;
  /** Where it is noted what is read, and which variants are in no part. @default nowhere */
  readonly record?: Recorder & Partial<Pick<CountedVariants, 'variantLosses'>>;
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
  /** Positions among the people of {@link genotypes} of those with traits; undefined where they are the same. */
  readonly within: Int32Array | undefined;
  /** The variants as parts are made of them. */
  readonly counted: CountedVariants;
  readonly #options: DatasetOptions;
  readonly #forGenotypes: number;
  readonly #record: Recorder;
  readonly #made = new Map<string, Promise<unknown>>();
  readonly #subsets: { close(): void }[] = [];

  private constructor(options: DatasetOptions, genotypes: GenotypeOperator) {
    const { record = NO_RECORD, store } = options;
    this.#options = options;
    this.genotypes = genotypes;
    this.bim = options.bim;
    this.blocks = options.blocks;
    this.covariates = options.covariates;
    this.seed = options.seed;
    this.memory = options.memory;
    this.#forGenotypes = options.forGenotypes ?? options.memory;
    this.manyTraits = options.manyTraits ?? false;
    this.within = options.within;
    this.#record = record;
    const design = createDesign([], options.covariates, this.samples);
    this.design = { ...design, groups: [everyone(design)] };
    const statistics = (some: Int32Array) => genotypes.statistics.subset(genotypes.positionsOf(some));
    this.counted = {
      fileset: { variants: options.bim, variantFile: options.variantFile ?? 'the table of variants' },
      variants: genotypes.variants,
      requireMemory: options.requireMemory,
      variantLosses: options.record?.variantLosses ?? { step() {} },
      statistics,
      genotypes: async (own, some = genotypes.variants) =>
        some.length === genotypes.count
          ? genotypes.view(own.standardise)
          : GenotypeOperator.open(store, some, { ...own, statistics: statistics(some) }),
    };
  }

  /** Reads the genotypes into memory where they fit. */
  static async open(options: DatasetOptions): Promise<Dataset> {
    const { store, variants, memory, forGenotypes = memory, statistics } = options;
    const own = { memory: forGenotypes, statistics };
    return new Dataset(options, await GenotypeOperator.open(store, variants, own));
  }

  /**
   * Some of the people with the variants that vary among them, read and counted anew; closed with this one.
   * @param kept their positions, ascending, in a dataset all of whose people have traits.
   */
  async among(kept: readonly number[], run: RunContext): Promise<Dataset> {
    const { variants } = this.genotypes;
    const store = this.#options.store.among(kept);
    const counted = await store.count(variants, run);
    const varying = Int32Array.from(variants.keys()).filter((v) => !counted.isConstant(v));
    const isKept = new Set(varying.map((v) => variants[v]));
    const some = await Dataset.open({
      ...this.#options,
      store,
      variants: varying.map((v) => variants[v]),
      statistics: counted.subset(varying),
      blocks: this.blocks
        .map((block) => ({ ...block, ...someOfBlock(block, (j) => isKept.has(block.variants[j])) }))
        .filter(({ variants: { length } }) => length > 0),
      covariates: keepPeople(this.covariates, kept),
    });
    this.#subsets.push(some);
    return some;
  }

  get pool(): KernelPool {
    return this.genotypes.pool;
  }

  /** People with traits. */
  get samples(): number {
    return this.within?.length ?? this.genotypes.samples;
  }

  /** People less columns projected out. */
  get degreesOfFreedom(): number {
    return this.samples - this.design.groups[0].columns;
  }

  /** The run with the place where the dataset's own is told. */
  told(run: RunContext): ToldRun {
    return { ...run, ...this.#record };
  }

  /** The genotypes of some of the variants (indices in the file, ascending): those of the dataset itself where they are all. */
  async genotypesOf(variants: Int32Array): Promise<GenotypeOperator> {
    const { genotypes } = this;
    if (variants.length === genotypes.count) return genotypes;
    const left = this.#forGenotypes - (genotypes.resident ? genotypes.bytes : 0);
    const subset = await genotypes.subset(variants, left);
    this.#subsets.push(subset);
    return subset;
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
    for (const subset of this.#subsets.splice(0)) subset.close();
    this.genotypes.close();
  }
}
