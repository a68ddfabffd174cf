import type { Dataset } from '../cohort/dataset.js';
import { keepPeople, type RunTrait } from '../cohort/samples.js';
import { CohortTraits } from '../cohort/trait-set.js';
import type { Estimate } from '../estimate/estimate.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { laterSeed, seedOf, streamOf } from '../kernels/random-stream.js';
import type { RunContext } from '../run.js';
import { simulateTraits } from '../simulation/traits.js';
import { isOfOneMethod, type PreparedMethod } from './method.js';
import { type ReplicateEstimates, replicatesOf } from './replicate-estimates.js';

/** Simulated where the first method has no estimate of a trait. */
const UNKNOWN_HERITABILITY = 0.25;
const HIGHEST_HERITABILITY = 0.95;

/** Columns of people that a simulated trait takes on its way through a method, about. */
const COLUMNS_A_TRAIT = 4;

/**
 * Simulates traits like those of a run, with even effects of all variants, and has each method estimate them as well. The traits
 * have the heritability that the first method finds, and values for the people who have one of the trait they stand for.
 */
export class Replicates {
  readonly #data: Dataset;
  readonly #traits: readonly RunTrait[];
  readonly #count: number;
  readonly #seed: number;
  readonly #memory: number;
  #levels: readonly number[] | undefined;
  /** The last simulated, which the next method takes again if they are all. */
  #last: { readonly first: number; readonly traits: readonly RunTrait[] } | undefined;
  /** By the people that a method keeps. */
  readonly #sets = new Map<Int32Array | undefined, CohortTraits>();

  /** @param count simulated traits for each trait. @param memory bytes that they may take. */
  constructor(data: Dataset, traits: readonly RunTrait[], count: number, memory: number) {
    this.#data = data;
    this.#traits = traits;
    this.#count = count;
    this.#memory = memory;
    this.#seed = seedOf(data.pool.kernels, data.seed, streamOf('replicates', 0));
  }

  /** Takes the heritabilities to simulate from the estimates of a method, unless an earlier one has given them. */
  levelsFrom(estimates: readonly Estimate[]): void {
    if (this.#levels || estimates.every(({ h2 }) => h2.value === null)) return;
    this.#levels = this.#traits.map(({ name }) => {
      const own = estimates.find(({ trait, scale }) => trait === name && scale === 'observed');
      const simulated = own && replicatesOf(own)?.heritability; // of an interrupted run
      const found = simulated ?? own?.h2.value ?? UNKNOWN_HERITABILITY;
      return Math.min(Math.max(0, found), HIGHEST_HERITABILITY);
    });
  }

  /** The estimates with what the method gives for the simulated traits in their details. */
  async addTo(
    estimates: readonly Estimate[],
    prepared: PreparedMethod,
    run: RunContext,
  ): Promise<readonly Estimate[]> {
    this.levelsFrom(estimates);
    const levels = this.#levels;
    if (!levels) return estimates;
    const found = new Map<string, ReplicateEstimates>();
    const traits = this.#traits.length;
    const phase = run.progress.phase('simulated traits', { total: traits, unit: 'traits' });
    const atOnce = this.#traitsAtOnce();
    for (let first = 0; first < traits; first += atOnce) {
      const end = Math.min(traits, first + atOnce);
      const inside = { progress: phase, signal: run.signal }; // nothing of it is kept for another try, or divided
      const own = await this.#estimatesOf(
        await this.#setOf(first, end, prepared.kept, inside),
        prepared,
        inside,
      );
      for (let t = first; t < end; t++)
        found.set(this.#traits[t].name, {
          seed: this.#seed,
          heritability: levels[t],
          ...own(t - first),
        });
      phase.advance(end - first);
    }
    phase.end();
    return estimates.map((estimate) => {
      const replicates = found.get(estimate.trait);
      if (!replicates || estimate.scale !== 'observed' || estimate.h2.value === null) return estimate;
      return { ...estimate, details: { ...(estimate.details as object | undefined), replicates } };
    });
  }

  /**
   * What a method gives for each trait's simulated ones, by the trait's place among those of the set. A method that cannot be used on
   * them, such as one of a component that they leave empty, keeps its estimates of the traits themselves.
   */
  async #estimatesOf(
    set: CohortTraits,
    prepared: PreparedMethod,
    run: RunContext,
  ): Promise<(t: number) => Pick<ReplicateEstimates, 'h2' | 'problem'>> {
    try {
      const values = (await prepared.evaluate(set, run)).map(({ h2 }) => h2.value);
      return (t) => ({ h2: values.slice(t * this.#count, (t + 1) * this.#count) });
    } catch (error) {
      if (!isOfOneMethod(error)) throw error;
      return () => ({ h2: [], problem: error.problem });
    }
  }

  /** Traits whose simulated ones are estimated together. */
  #traitsAtOnce(): number {
    const bytes = 8 * this.#count * this.#data.genotypes.columnStride * COLUMNS_A_TRAIT;
    return Math.max(1, Math.min(this.#traits.length, Math.floor(this.#memory / bytes)));
  }

  async #setOf(
    first: number,
    end: number,
    kept: Int32Array | undefined,
    run: RunContext,
  ): Promise<CohortTraits> {
    const isAll = end - first === this.#traits.length;
    const earlier = isAll ? this.#sets.get(kept) : undefined;
    if (earlier) return earlier;
    const simulated = await this.#simulated(first, end, run);
    const covariates = kept ? keepPeople(this.#data.covariates, [...kept]) : this.#data.covariates;
    const traits = kept ? keepPeople(simulated, [...kept]) : simulated;
    const facts = traits.map(({ name }) => ({ name, kind: 'quantitative' }) as const);
    // random vectors of their own, so that their error is not that of the trait's own estimate
    const people = {
      covariates,
      samples: kept?.length ?? this.#data.samples,
      seed: laterSeed(this.#seed, first),
    };
    const set = new CohortTraits(this.#data, traits, facts, people);
    if (isAll) this.#sets.set(kept, set);
    return set;
  }

  async #simulated(first: number, end: number, run: RunContext): Promise<readonly RunTrait[]> {
    if (this.#last?.first === first) return this.#last.traits;
    const { genotypes, within, samples } = this.#data;
    const levels = this.#levels ?? [];
    const count = this.#count;
    const traits: RunTrait[] = [];
    for (let t = first; t < end; t++) {
      run.signal.throwIfAborted();
      const made = await simulateTraits(genotypes, new Array(count).fill({ h2: levels[t] }), {
        seed: this.#seed,
        first: t * count,
        out: sharedFloat64(count * genotypes.columnStride),
      });
      const like = this.#traits[t];
      for (const [r, { values }] of made.entries())
        traits.push({
          ...like,
          name: `${like.name} ${r + 1}`,
          kind: 'quantitative',
          values: Float64Array.from({ length: samples }, (_, i) =>
            Number.isNaN(like.values[i]) ? Number.NaN : values[within ? within[i] : i],
          ),
        });
    }
    this.#last = { first, traits };
    return traits;
  }
}
