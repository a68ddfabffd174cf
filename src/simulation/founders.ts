import { HeredityError } from '../errors.js';
import { type Kernels, ROW_ALIGNMENT } from '../kernels/kernels.js';
import { sharedBytes, sharedFloat64 } from '../kernels/memory.js';
import { RandomStream, streamOf } from '../kernels/random-stream.js';
import { ChangingLineages } from './lineages.js';
import { type FrequencySpectrum, SpectrumBalance } from './spectrum.js';

export interface FounderOptions {
  readonly seed: number;
  /** Number of the chromosome, from 1. */
  readonly chromosome: number;
  readonly variants: number;
  /** Founder haplotypes. */
  readonly founders: number;
  /** Smallest minor allele frequency among the founders. */
  readonly minFrequency: number;
  /** Largest one. @default 0.5 */
  readonly maxFrequency?: number;
  /** How common frequencies are within these limits. @default all alike, as on a genotyping array */
  readonly spectrum?: FrequencySpectrum;
  /** Mean distance of neighbouring variants in base pairs. */
  readonly spacing: number;
}

/** Founder haplotypes of one chromosome, in shared memory, as {@link Kernels.mosaic} takes them. */
export interface FounderHaplotypes {
  readonly founders: number;
  readonly variants: number;
  /** Bytes of a haplotype. */
  readonly stride: number;
  /** Bit v & 7 of byte h * stride + (v >> 3): founder h carries allele 1, the minor one, of variant v. */
  readonly alleles: Uint8Array;
  /** Base pairs, strictly ascending. */
  readonly position: Int32Array;
  /** Centimorgans from the first variant. */
  readonly map: Float64Array;
}

/**
 * The recombination rate wanders about 1 centimorgan per megabase: standard deviation of its logarithm, and base pairs
 * over which its correlation falls to 1/e. Hot spots lie between stretches of strong LD.
 */
const RATE_SPREAD = 1.5;
const RATE_LENGTH = 50_000;

/** A frequency times a number of founders is this far from a whole number at most when it should be one. */
const ROUNDING = 1e-9;

/** Where every allowed set of carriers is taken, the genealogy changes at most so many times before that is an error. */
const MOST_CHANGES = 2000;

/**
 * Founder haplotypes with the LD of a population, made from nothing.
 *
 * At each variant haplotype k > 0 descends from a uniformly chosen earlier one (the product of approximate conditionals
 * of Li and Stephens 2003), which is a tree over the founders. Along the chromosome haplotype k changes its parent at a
 * rate in proportion to 1 / k ({@link ChangingLineages}). A variant is one mutation on that tree: its carriers are a
 * haplotype and all who descend from it. Frequencies are drawn from the spectrum, and no two variants of a chromosome
 * have the same carriers.
 *
 * @throws HeredityError `usage` where the founders are too few for so many different variants of the frequency.
 */
export function simulateFounders(kernels: Kernels, options: FounderOptions): FounderHaplotypes {
  const { seed, chromosome, variants, founders, spacing } = options;
  const random = new RandomStream(kernels, seed, streamOf('founders', chromosome));
  const stride = Math.ceil(variants / (8 * ROW_ALIGNMENT)) * ROW_ALIGNMENT;
  const alleles = sharedBytes(founders * stride);
  const position = new Int32Array(variants);
  const map = sharedFloat64(variants);
  const genealogy = new Genealogy(random, founders);
  const choice = new MutationChoice(random, options);
  const normal = new Float64Array(variants);
  kernels.normal(seed, streamOf('founders', chromosome, 1), 0, normal);

  let base = 0;
  let centimorgan = 0;
  let logRate = normal[0];
  for (let v = 0; v < variants; v++) {
    const gap = 1 + Math.floor(random.exponential() * (spacing - 1));
    base += gap;
    if (v > 0) {
      const kept = Math.exp(-gap / RATE_LENGTH);
      logRate = kept * logRate + Math.sqrt(1 - kept ** 2) * normal[v];
      const distance = gap * 1e-6 * Math.exp(RATE_SPREAD * logRate - RATE_SPREAD ** 2 / 2);
      centimorgan += distance;
      genealogy.advance(distance);
    }
    let mutated = choice.choose(genealogy);
    for (let changes = 0; mutated === undefined; changes++) {
      if (changes === MOST_CHANGES) throw tooFewFounders(options);
      centimorgan += genealogy.nextChange();
      mutated = choice.choose(genealogy);
    }
    position[v] = base;
    map[v] = v === 0 ? 0 : centimorgan;
    const derivedIsMinor = 2 * genealogy.size[mutated] <= founders;
    const carriers = genealogy.carriersOf(mutated);
    const byte = v >> 3;
    const bit = 1 << (v & 7);
    for (let h = 0; h < founders; h++) {
      if ((carriers[h] === 1) === derivedIsMinor) alleles[h * stride + byte] |= bit;
    }
  }
  return { founders, variants, stride, alleles, position, map };
}

/** The tree of the founders at one place of the chromosome: parents have lower numbers than their children. */
class Genealogy {
  readonly founders: number;
  /** Haplotypes that descend from each, itself included. */
  readonly size: Int32Array;
  /** Sum over the same haplotypes of one random number each: equal sums mean equal sets. */
  readonly signature: Int32Array;
  readonly #parent: Int32Array;
  readonly #token: Int32Array;
  readonly #carriers: Uint8Array;
  readonly #random: RandomStream;
  readonly #lineages: ChangingLineages;

  constructor(random: RandomStream, founders: number) {
    this.founders = founders;
    this.#random = random;
    this.size = new Int32Array(founders);
    this.signature = new Int32Array(founders);
    this.#parent = Int32Array.from({ length: founders }, (_, k) => random.integer(k));
    this.#token = Int32Array.from({ length: founders }, () => random.integer(2 ** 32));
    this.#carriers = new Uint8Array(founders);
    this.#lineages = new ChangingLineages(random, founders, 1, 0);
    this.#count();
  }

  /** Moves along the chromosome. */
  advance(centimorgan: number): void {
    const lineages = this.#lineages;
    for (let at = lineages.distance(); at < centimorgan; at += lineages.distance()) this.#change();
    this.#count();
  }

  /** Moves to the next place where the tree changes; returns how far that is in centimorgans. */
  nextChange(): number {
    this.#change();
    this.#count();
    return this.#lineages.distance();
  }

  /** 1 for the haplotypes that descend from k, itself included; valid until the next call. */
  carriersOf(k: number): Uint8Array {
    const carriers = this.#carriers.fill(0);
    carriers[k] = 1;
    for (let h = k + 1; h < this.founders; h++) carriers[h] = carriers[this.#parent[h]];
    return carriers;
  }

  #change(): void {
    const k = this.#lineages.draw();
    this.#parent[k] = this.#random.integer(k);
  }

  #count(): void {
    const { size, signature } = this;
    size.fill(1);
    signature.set(this.#token);
    for (let k = this.founders - 1; k > 0; k--) {
      const parent = this.#parent[k];
      size[parent] += size[k];
      signature[parent] += signature[k];
    }
  }
}

/** Chooses which haplotype of a genealogy a mutation arose in. */
class MutationChoice {
  readonly #random: RandomStream;
  readonly #weights: Float64Array;
  /** Relative probability of each number of carriers. */
  readonly #weightOf: Float64Array;
  readonly #balance: SpectrumBalance | undefined;
  /** Signatures of the sets of carriers that there are already. */
  readonly #used = new Set<number>();

  constructor(random: RandomStream, options: FounderOptions) {
    const { founders, minFrequency, maxFrequency = 0.5, spectrum } = options;
    this.#random = random;
    this.#weights = new Float64Array(founders);
    const fewest = Math.max(1, minFrequency * founders - ROUNDING);
    const most = maxFrequency * founders + ROUNDING;
    const densityOf = (minor: number) =>
      minor >= fewest && minor <= most ? (spectrum?.(minor / founders) ?? 1) : 0;
    this.#weightOf = Float64Array.from({ length: founders + 1 }, (_, s) => {
      // A random tree has in proportion to 1 / (s (s + 1)) haplotypes with s descendants.
      return s * (s + 1) * densityOf(Math.min(s, founders - s));
    });
    if (spectrum) {
      const counts = Array.from({ length: Math.floor(founders / 2) }, (_, s) => s + 1);
      this.#balance = new SpectrumBalance(counts.map((s) => [s / founders, densityOf(s)]));
    }
  }

  /** A haplotype whose descendants are of an allowed frequency, and not the carriers of another variant; if there is one. */
  choose(genealogy: Genealogy): number | undefined {
    const { founders, size, signature } = genealogy;
    let total = 0;
    for (let k = 1; k < founders; k++) {
      const s = size[k];
      const weight = this.#weightOf[s];
      const fits = weight > 0 && !this.#used.has(signature[k]);
      this.#weights[k] = fits
        ? weight * (this.#balance?.factor(Math.min(s, founders - s) / founders) ?? 1)
        : 0;
      total += this.#weights[k];
    }
    let target = this.#random.uniform() * total;
    for (let k = founders - 1; k > 0; k--) {
      target -= this.#weights[k];
      if (target < 0) {
        this.#used.add(signature[k]);
        this.#balance?.note(Math.min(size[k], founders - size[k]) / founders);
        return k;
      }
    }
    return undefined;
  }
}

function tooFewFounders({ founders, minFrequency, maxFrequency = 0.5 }: FounderOptions): HeredityError {
  return new HeredityError(
    'usage',
    `${founders} founders have too few different variants of a frequency from ${minFrequency} to ${maxFrequency}`,
    { fix: 'raise --founders or lower --maf' },
  );
}
