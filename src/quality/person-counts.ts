import type { Copies } from '../formats/chromosome.js';
import type { GenotypePart } from '../genotypes/genotype-part.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { HET } from '../kernels/kernels.js';
import { sharedBytes, sharedFloat32, sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';

/** Heterozygous genotypes of each person, and how many homozygous ones would be expected. */
export interface Heterozygosity {
  /** Variants that vary among the founders. */
  readonly variants: number;
  /** Genotypes that are there, by person. */
  readonly present: Int32Array;
  readonly heterozygous: Int32Array;
  /** Sum of 1 - 2 f (1 - f) over the variants that the person has. */
  readonly expectedHomozygous: Float64Array;
}

/** Counts by person. */
export interface PersonCounts {
  /** Missing genotypes; on Y those of males alone. */
  readonly missing: Int32Array;
  /** Genotypes that could be there: on Y of males alone. */
  readonly possible: Int32Array;
  /** Over chromosomes of two copies. */
  readonly autosomal: Heterozygosity;
  /** Over X, for males too: their one copy shows as homozygous. */
  readonly x: Heterozygosity;
  /** Genotypes on Y that are there, whatever the sex, of how many variants. */
  readonly y: { readonly variants: number; readonly present: Int32Array };
}

/** What a variant counts for: heterozygosity over two copies, over X, presence of Y; or missingness alone. */
const KINDS = ['two', 'x', 'y', 'other'] as const;
type Kind = (typeof KINDS)[number];
/** Kinds of which heterozygosity is counted; the first of {@link KINDS}. */
const HETEROZYGOSITY = 2;

/** Genotypes in a word of 32 bits, and the low bit of each. */
const WORD = 16;
const LOW_BITS = 0x55555555;
/** Words that one thread looks at in a millisecond. */
const WORDS_PER_MS = 4e5;

/**
 * Adds missing genotypes of some people at each variant of a part.
 * @param kinds index in KINDS by variant; expected homozygosity by variant.
 * @param counts missing genotypes, a column of `people` entries a kind; lost: their expected homozygosity.
 * @param firstWord words of each row to look at, from the first to the last.
 */
const missingByPerson = defineTask(
  'missingByPerson',
  (
    _,
    packed: Uint8Array,
    stride: number,
    people: number,
    kinds: Uint8Array,
    expected: Float64Array,
    counts: Int32Array,
    lost: Float64Array,
    firstWord: number,
    words: number,
  ): void => {
    const genotypes = new Uint32Array(packed.buffer, packed.byteOffset, packed.byteLength / 4);
    const rowWords = stride / 4;
    for (let v = 0; v < kinds.length; v++) {
      const column = kinds[v] * people;
      const homozygous = kinds[v] < HETEROZYGOSITY ? expected[v] : 0;
      const row = v * rowWords + firstWord;
      for (let w = 0; w < words; w++) {
        const word = genotypes[row + w];
        let missing = word & ~(word >>> 1) & LOW_BITS;
        while (missing !== 0) {
          const bit = 31 - Math.clz32(missing & -missing);
          missing &= missing - 1;
          const i = WORD * (firstWord + w) + (bit >> 1);
          if (i >= people) break; // the padding of a row
          counts[column + i]++;
          if (homozygous > 0) lost[column + i] += homozygous;
        }
      }
    }
  },
);

/** Counts by person, part after part of a pass. */
export class PersonCounter {
  readonly #people: number;
  readonly #sex: ArrayLike<number>;
  readonly #stride: number;
  readonly #missing: Int32Array;
  readonly #lost: Float64Array;
  readonly #heterozygous: Float64Array;
  /** 1 for a heterozygous genotype, of every variant of the pass. */
  readonly #isHeterozygous: Float32Array;
  /** By kind: variants so far, and the sum of their expected homozygosity. */
  readonly #variants = new Int32Array(KINDS.length);
  readonly #expected = new Float64Array(HETEROZYGOSITY);

  constructor({ samples, columnStride, count }: GenotypeOperator, sex: ArrayLike<number>) {
    this.#people = samples;
    this.#sex = sex;
    this.#stride = columnStride;
    this.#missing = sharedInt32(KINDS.length * samples);
    this.#lost = sharedFloat64(HETEROZYGOSITY * samples);
    this.#heterozygous = sharedFloat64(HETEROZYGOSITY * columnStride);
    this.#isHeterozygous = sharedFloat32(4 * count);
    for (let v = 0; v < count; v++) this.#isHeterozygous[4 * v + HET] = 1;
  }

  /**
   * @param copies by variant of the whole pass; frequency of either allele by variant of the part, NaN where it is not known.
   */
  async add(
    genotypes: GenotypeOperator,
    part: GenotypePart,
    copies: readonly Copies[],
    frequency: Float64Array,
  ): Promise<void> {
    const kinds = sharedBytes(part.count);
    const expected = sharedFloat64(part.count);
    const columns = sharedFloat32(HETEROZYGOSITY * part.count);
    for (const [k, f] of frequency.entries()) {
      kinds[k] = KINDS.indexOf(kindOf(copies[part.first + k], f));
      expected[k] = 1 - 2 * f * (1 - f);
      this.#variants[kinds[k]]++;
      if (kinds[k] >= HETEROZYGOSITY) continue;
      columns[HETEROZYGOSITY * k + kinds[k]] = 1;
      this.#expected[kinds[k]] += expected[k];
    }
    await part.times(columns, HETEROZYGOSITY, this.#heterozygous, {
      values32: this.#isHeterozygous,
    });
    const { pool, rowStride } = genotypes;
    const words = Math.ceil(this.#people / WORD);
    const share = Math.max(64, Math.ceil(words / (2 * pool.threads)));
    const calls = Array.from({ length: Math.ceil(words / share) }, (_, c) => {
      const firstWord = c * share;
      return [
        part.packed,
        rowStride,
        this.#people,
        kinds,
        expected,
        this.#missing,
        this.#lost,
        firstWord,
        Math.min(share, words - firstWord),
      ] as const;
    });
    await pool.run(missingByPerson, calls, { milliseconds: (words * part.count) / WORDS_PER_MS });
  }

  finish(): PersonCounts {
    const people = this.#people;
    const missingOf = (kind: Kind) => {
      const at = KINDS.indexOf(kind) * people;
      return this.#missing.subarray(at, at + people);
    };
    const heterozygosity = (kind: 'two' | 'x'): Heterozygosity => {
      const k = KINDS.indexOf(kind);
      const variants = this.#variants[k];
      const lost = this.#lost.subarray(k * people, (k + 1) * people);
      return {
        variants,
        present: missingOf(kind).map((missing) => variants - missing),
        heterozygous: Int32Array.from(
          this.#heterozygous.subarray(k * this.#stride, k * this.#stride + people),
        ),
        expectedHomozygous: lost.map((sum) => this.#expected[k] - sum),
      };
    };
    const yVariants = this.#variants[KINDS.indexOf('y')];
    const all = this.#variants.reduce((sum, count) => sum + count, 0);
    const [two, x, y, other] = KINDS.map(missingOf);
    const isMale = (i: number) => this.#sex[i] === 1;
    return {
      missing: two.map((missing, i) => missing + x[i] + other[i] + (isMale(i) ? y[i] : 0)),
      possible: Int32Array.from({ length: people }, (_, i) => all - (isMale(i) ? 0 : yVariants)),
      autosomal: heterozygosity('two'),
      x: heterozygosity('x'),
      y: { variants: yVariants, present: y.map((missing) => yVariants - missing) },
    };
  }
}

function kindOf(copies: Copies, frequency: number): Kind {
  if (copies === 'y') return 'y';
  if (copies === 'one' || !(frequency > 0 && frequency < 1)) return 'other';
  return copies;
}
