import type { Design } from '../../association/design.js';
import { leaveOneOutError } from '../../linalg/jackknife.js';
import { cosine } from '../../linalg/orthonormal-basis.js';
import { correctedHeritability } from './cross-block.js';
import { type BlockRegression, totalHeritability } from './estimate.js';
import { independentMoments } from './form-variance.js';
import type { GreOptions } from './gre.js';
import {
  blockCovariance,
  geneticOf,
  type PairEstimate,
  type PairOfTraits,
  type PairValues,
  pairErrors,
  pairEstimate,
  probeErrors,
} from './pairs.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockResult, TraitEstimate } from './result.js';

/** What the blocks of a run said, put together for the traits of one group of people. */
export class BlockSums {
  readonly #design: Design;
  readonly #group: number;
  readonly #results: readonly BlockResult[];
  readonly #options: Pick<GreOptions, 'crossBlock' | 'seFormula'>;
  readonly #n: number;
  readonly #probes: readonly number[];
  readonly #ranks: readonly number[];

  constructor(
    design: Design,
    group: number,
    results: readonly BlockResult[],
    options: Pick<GreOptions, 'crossBlock' | 'seFormula'> & { readonly probes: number },
  ) {
    this.#design = design;
    this.#group = group;
    this.#results = results;
    this.#options = options;
    this.#n = degreesOfFreedom(design, group);
    this.#probes = Array.from({ length: options.probes }, (_, t) => t);
    const [first] = design.groups[group].traits;
    this.#ranks = results.map(({ traits }) => traits[first].rank);
  }

  /** @param trait a trait of the group. */
  estimate(trait: number): TraitEstimate {
    const { people, columns } = this.#design.groups[this.#group];
    const blocks = this.#results.map(({ traits }) => traits[trait]);
    const plain = totalHeritability(blocks, this.#n, this.#options.seFormula);
    const estimate = { ...plain, n: people.count, covariates: columns, blocks };
    if (blocks.length < 2) return estimate;
    const r2 = blocks.map((block) => block.r2);
    const excess = jackknife(
      this.#probes,
      (used) => plain.h2 - sum(correctedHeritability(this.#regressions(r2), this.#averageTable(used))),
    );
    const overlap = {
      excess: excess.value,
      excessSe: excess.se,
      averageShare: mean(this.#averageShares(this.#probes)),
      averageRankShare: mean(this.#ranks.map((rank) => rank / this.#n)),
    };
    if (!this.#options.crossBlock) return { ...estimate, overlap };
    const total = jackknife(this.#probes, (used) => sum(this.#corrected(r2, used)));
    return {
      ...estimate,
      overlap,
      corrected: {
        h2: total.value,
        probeSe: total.se,
        blocks: [...this.#corrected(r2, this.#probes)],
      },
    };
  }

  /** @param pair two traits of the group. */
  pair(pair: PairOfTraits): PairEstimate {
    const { people, columns, traits, residuals } = this.#design.groups[this.#group];
    const [a, b] = pair.map((trait) => traits.indexOf(trait));
    const phenotypic = cosine(residuals[a], residuals[b]);
    const n = this.#n;
    const products = this.#results.map((result) => result.products[this.#group][a * traits.length + b]);
    const byBlock = this.#results.map(({ traits: own }, k) => ({
      h2: [own[pair[0]].h2, own[pair[1]].h2] as const,
      covariance: blockCovariance(products[k], this.#ranks[k], phenotypic, n),
      phenotypic,
    }));
    const whole = { n: people.count, covariates: columns, phenotypic };
    const plain: PairValues = {
      h2: [sum(byBlock.map(({ h2 }) => h2[0])), sum(byBlock.map(({ h2 }) => h2[1]))],
      covariance: sum(byBlock.map(({ covariance }) => covariance)),
      phenotypic,
    };
    const [first, second] = pair.map((trait) => this.estimate(trait));
    if (!this.#options.crossBlock || this.#results.length < 2) {
      const errors = pairErrors(plain, byBlock.map(geneticOf), independentMoments(this.#ranks, n), n);
      return {
        ...whole,
        ...pairEstimate(plain, [first.se, second.se], errors),
        errors: 'calibrated',
      };
    }
    const r2 = pair.map((trait) => this.#results.map((result) => result.traits[trait].r2));
    const valuesWith = (used: readonly number[]): PairValues => ({
      h2: [sum(this.#corrected(r2[0], used)), sum(this.#corrected(r2[1], used))],
      covariance: sum(this.#corrected(products, used, phenotypic)),
      phenotypic,
    });
    return {
      ...whole,
      ...pairEstimate(
        valuesWith(this.#probes),
        [first.corrected?.probeSe ?? 0, second.corrected?.probeSe ?? 0],
        probeErrors(without(this.#probes).map(valuesWith)),
      ),
      errors: 'probes',
      plain: plain.covariance,
    };
  }

  #regressions(products: readonly number[]): BlockRegression[] {
    return products.map((r2, k) => ({ r2, rank: this.#ranks[k], n: this.#n }));
  }

  /** Shares of each block of all others together. Another group's stand in for this one's by how far they are above that group's rank / n. */
  #averageShares(used: readonly number[]): number[] {
    return this.#shared.map(({ group, shares, weights }, k) => {
      const [first] = this.#design.groups[group].traits;
      const reference = this.#results[k].traits[first].rank / degreesOfFreedom(this.#design, group);
      const share = weightedMean(
        used.flatMap((t) => shares[t]),
        used.flatMap((t) => weights[t]),
      );
      return share - reference + this.#ranks[k] / this.#n;
    });
  }

  #averageTable(used: readonly number[]): number[][] {
    return this.#averageShares(used).map((share) => this.#results.map(() => share));
  }

  /** @param variance what R² are shares of: 1, or r_P for products of two traits. */
  #corrected(products: readonly number[], used: readonly number[], variance = 1): Float64Array {
    const rows = this.#shared.map(({ shares, weights }, k) => {
      const row = shares[0].map((_, l) =>
        weightedMean(
          used.map((t) => shares[t][l]),
          used.map((t) => weights[t][l]),
        ),
      );
      row.splice(k, 0, 1);
      return row;
    });
    return correctedHeritability(this.#regressions(products), rows, variance);
  }

  get #shared() {
    return this.#results.map(
      ({ overlap }) => overlap.find(({ group }) => group === this.#group) ?? overlap[0],
    );
  }
}

/** A statistic of all probes, and the standard error that drawing so many probes leaves. */
function jackknife(
  all: readonly number[],
  statistic: (used: readonly number[]) => number,
): { value: number; se: number } {
  return { value: statistic(all), se: leaveOneOutError(without(all).map(statistic)) };
}

/** The list without each of its items. */
function without(all: readonly number[]): number[][] {
  return all.map((left) => all.filter((other) => other !== left));
}

function sum(values: ArrayLike<number>): number {
  return Array.prototype.reduce.call(
    values,
    (total, value) => (total as number) + (value as number),
    0,
  ) as number;
}

function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  return sum(values.map((value, i) => value * weights[i])) / sum(weights);
}
