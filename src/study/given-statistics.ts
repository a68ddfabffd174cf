import type { Design } from '../association/design.js';
import type { Dataset } from '../cohort/dataset.js';
import type { TraitSet, TraitStatistics } from '../cohort/trait-set.js';
import { HeredityError } from '../errors.js';
import type { TraitFacts } from '../estimate/trait-facts.js';

/** Test statistics as methods take them, without the traits behind them. */
export class GivenStatistics implements TraitSet {
  readonly facts: readonly TraitFacts[];
  readonly samples: number;
  readonly covariates: Dataset['covariates'];
  readonly #statistics: readonly TraitStatistics[];

  /** @param name of each, before its number. */
  constructor({ samples, covariates }: Dataset, statistics: readonly TraitStatistics[], name: string) {
    this.samples = samples;
    this.covariates = covariates;
    this.#statistics = statistics;
    this.facts = statistics.map((_, c) => ({ name: `${name}${c + 1}`, kind: 'quantitative' }));
  }

  async statistics(): Promise<readonly TraitStatistics[]> {
    return this.#statistics;
  }

  traitValues(): readonly Float64Array[] {
    throw noTraits();
  }

  async design(): Promise<Design> {
    throw noTraits();
  }
}

const noTraits = () => new HeredityError('internal', 'given statistics have no traits behind them');
