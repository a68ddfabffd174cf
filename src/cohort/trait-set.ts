import { createDesign, type Design } from '../association/design.js';
import { associate } from '../association/linear.js';
import type { TraitFacts } from '../estimate/trait-facts.js';
import type { RunContext } from '../run.js';
import type { Dataset } from './dataset.js';
import type { RunTrait } from './samples.js';

/** Test statistics of every variant of a dataset on one trait, and the people behind each; NaN where a variant has no result. */
export interface TraitStatistics {
  /** Signed, for the allele that is counted. */
  readonly z: Float64Array;
  readonly chi2: Float64Array;
  readonly n: Float64Array;
}

/** Traits of the people of a {@link Dataset} as methods take them: a cohort's own, or those that a study simulates. */
export interface TraitSet {
  readonly facts: readonly TraitFacts[];
  /** People, each with a value of every covariate. */
  readonly samples: number;
  readonly covariates: Dataset['covariates'];
  /** Seed of the random vectors that methods draw for these traits, where it is not that of the dataset. */
  readonly seed?: number;
  /** One value a sample, NaN where missing; covariates are not taken out. Must not be changed. */
  traitValues(): readonly Float64Array[];
  /** Residuals of the traits, grouped by who has a value. */
  design(): Promise<Design>;
  /** Association of every variant with each trait, one pass over the genotypes; made once for all methods that ask. */
  statistics(run: RunContext): Promise<readonly TraitStatistics[]>;
}

/** The traits of a cohort's table: each with its own people. */
export class CohortTraits implements TraitSet {
  readonly facts: readonly TraitFacts[];
  readonly #data: Dataset;
  readonly #people: Pick<Dataset, 'covariates' | 'samples' | 'seed'>;
  readonly #traits: readonly RunTrait[];
  #design: Design | undefined;
  #statistics: Promise<readonly TraitStatistics[]> | undefined;

  /**
   * @param facts one a trait, in order.
   * @param people whose values the traits have: those of the dataset, unless a method leaves out some; and the seed of random vectors.
   * @param design of these traits, where somebody has made it.
   */
  constructor(
    data: Dataset,
    traits: readonly RunTrait[],
    facts: readonly TraitFacts[],
    people: Pick<Dataset, 'covariates' | 'samples' | 'seed'> = data,
    design?: Design,
  ) {
    this.#data = data;
    this.#design = design;
    this.facts = facts;
    this.#traits = traits;
    this.#people = people;
  }

  get samples(): number {
    return this.#people.samples;
  }

  get covariates(): Dataset['covariates'] {
    return this.#people.covariates;
  }

  get seed(): number {
    return this.#people.seed;
  }

  traitValues(): readonly Float64Array[] {
    return this.#traits.map(({ values }) => values);
  }

  /** @throws HeredityError `degenerate-data` for a trait that cannot be analysed. */
  async design(): Promise<Design> {
    const { covariates, samples } = this.#people;
    this.#design ??= createDesign(this.#traits, covariates, samples);
    return this.#design;
  }

  statistics(run: RunContext): Promise<readonly TraitStatistics[]> {
    this.#statistics ??= this.#associate(run);
    return this.#statistics;
  }

  async #associate(run: RunContext): Promise<TraitStatistics[]> {
    const { genotypes } = this.#data;
    const columns = this.facts.map(() => ({
      z: new Float64Array(genotypes.count).fill(Number.NaN),
      chi2: new Float64Array(genotypes.count).fill(Number.NaN),
      n: new Float64Array(genotypes.count),
    }));
    for await (const results of associate(genotypes, await this.design(), 'casewise', run)) {
      for (const { trait, first, beta, se, samples } of results) {
        const { z, chi2, n } = columns[trait];
        for (let v = 0; v < beta.length; v++) {
          z[first + v] = beta[v] / se[v];
          chi2[first + v] = z[first + v] ** 2;
          n[first + v] = samples[v];
        }
      }
    }
    return columns;
  }
}
