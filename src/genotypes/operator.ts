import { HeredityError } from '../errors.js';
import { DIGIT_VARIANTS, type Digits, digitsPay } from '../kernels/digits.js';
import { sharedFloat32 } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { Scratch } from '../kernels/scratch.js';
import { countAmong, repackAmong } from './among.js';
import {
  DigitRoom,
  productDigitsOfTiles,
  type SampleSide,
  transposeProductDigitsTile,
} from './digit-products.js';
import { heterozygoteRows } from './dominance.js';
import { requireHardCalls } from './dosages.js';
import { gatherRanges, type VariantRange } from './gather-ranges.js';
import { GenotypePart } from './genotype-part.js';
import type { GramSide } from './gram.js';
import type { WeightSets } from './normal-product.js';
import { sampleColumnStride } from './products.js';
import type { SampleMask } from './sample-mask.js';
import { type CodeValues, type GenotypeTable, sampleStandardised } from './standardise.js';
import { VariantStatistics } from './statistics.js';
import { type GenotypeBlock, type GenotypeStore, type PackedTile, tileGroups, twiceOver } from './store.js';

export interface OperatorOptions {
  /** Bytes that the packed genotypes may take in memory; where they need more they are read again at each pass. */
  readonly memory: number;
  /** Genotype counts of the variants over the store's samples; without them there is no scale, and products need `values`. */
  readonly statistics?: VariantStatistics;
  /** The scale of X. @default sampleStandardised: variance 1 over the samples */
  readonly standardise?: (statistics: VariantStatistics) => GenotypeTable;
}

/** Rows of a range of variants, standardised. */
export interface RangeRows<R extends VariantRange> {
  readonly range: R;
  /** Good until the next batch is asked for. */
  readonly rows: GramSide;
}

/** Packed rows of consecutive variants with the people of a group only, standardised over all people of the operator. */
export interface GroupRows extends GramSide {
  /** Position of the first variant. */
  readonly first: number;
}

/** Numbers that a part of a pass may take beside its genotypes. */
export const PART_NUMBERS = 8 << 20;

/** Least variants of a part, unless a tile ends: below it, overhead is all. */
const LEAST_PART = 64;

/**
 * Genotypes of some people at some variants as a linear operator X (samples x variants): mean 0 and variance 1 over these
 * people, missing genotypes at the mean, unless a product is given other `values`. Whether they are held in memory or read
 * again at each pass, in which tiles, on which threads, is its own affair.
 *
 * Columns over samples are {@link columnStride} entries apart, and zero from the last sample on. All arrays lie in shared
 * memory (src/kernels/memory.ts).
 *
 * @example
 * const genotypes = await GenotypeOperator.open(store, variants, { memory: 1e9, statistics });
 * const scores = sharedFloat64(genotypes.count * columns);
 * await genotypes.transposeTimes(y, columns, scores); // X'Y
 * genotypes.close();
 */
export class GenotypeOperator {
  readonly pool: KernelPool;
  readonly #store: GenotypeStore;
  readonly #block: GenotypeBlock;
  readonly #statistics: VariantStatistics | undefined;
  readonly #standardise: (statistics: VariantStatistics) => GenotypeTable;
  readonly #room = new Scratch(sharedFloat32);
  /** For right-hand sides of one product. */
  readonly digitRoom = new DigitRoom();
  /** Once it was asked for, or given by a whole. */
  #missingRate: number | undefined;
  #table: GenotypeTable | undefined;

  private constructor(
    store: GenotypeStore,
    block: GenotypeBlock,
    { statistics, standardise = sampleStandardised }: Omit<OperatorOptions, 'memory'>,
  ) {
    this.pool = store.pool;
    this.#store = store;
    this.#block = block;
    this.#statistics = statistics;
    this.#standardise = standardise;
  }

  /** @param variants indices in the file, ascending. */
  static async open(
    store: GenotypeStore,
    variants: Int32Array,
    options: OperatorOptions,
  ): Promise<GenotypeOperator> {
    return new GenotypeOperator(store, await store.open(variants, options.memory), options);
  }

  /**
   * The same with other variants, read anew.
   * @param variants indices in the file, ascending, all of them of this operator. @param isPart of a run that others have parts of, too:
   * where digits pay is then for the whole to say.
   */
  async subset(variants: Int32Array, memory: number, isPart = false): Promise<GenotypeOperator> {
    const statistics = this.#statistics?.subset(this.positionsOf(variants));
    const options = { memory, standardise: this.#standardise, ...(statistics && { statistics }) };
    const subset = await GenotypeOperator.open(this.#store, variants, options);
    if (isPart) subset.#missingRate = this.missingRate;
    return subset;
  }

  /** The same genotypes, on another scale if one is given, in the memory of this operator, which gives it back. */
  view(standardise = this.#standardise): GenotypeOperator {
    const block = { ...this.#block, close() {} };
    const view = new GenotypeOperator(this.#store, block, { statistics: this.statistics, standardise });
    view.#missingRate = this.#missingRate;
    return view;
  }

  /** What the same genotypes say of dominance (src/genotypes/dominance.ts), in the memory of this operator, which gives it back. */
  dominance(): GenotypeOperator {
    requireHardCalls(this.rows, 'dominance');
    const block = { ...this.#block, close() {} };
    const statistics = new VariantStatistics(this.statistics.counts, 0);
    return new GenotypeOperator(this.#store, block, { statistics, standardise: this.#standardise });
  }

  /**
   * The genotypes as they are, and behind them, as so many more variants, what they say of dominance; in the memory of this operator, which
   * gives it back. It has no subsets.
   */
  withDominance(): GenotypeOperator {
    requireHardCalls(this.rows, 'dominance');
    const block = { ...twiceOver(this.#block), close() {} };
    const { counts } = this.statistics;
    const both = new Int32Array(2 * counts.length);
    both.set(counts);
    both.set(counts, counts.length);
    const statistics = new VariantStatistics(both, this.count);
    return new GenotypeOperator(this.#store, block, { statistics, standardise: this.#standardise });
  }

  /** Gives back the memory; the operator cannot be used any more. */
  close(): void {
    this.#block.close();
  }

  /** Index in the file of each variant, ascending. */
  get variants(): Int32Array {
    return this.#block.variants;
  }

  /** Number of variants. */
  get count(): number {
    return this.#block.variants.length;
  }

  /** Index in the file of each sample, ascending. */
  get people(): Int32Array {
    return this.#store.people;
  }

  get samples(): number {
    return this.#block.samples;
  }

  /** Entries from one column over samples to the next. */
  get columnStride(): number {
    return sampleColumnStride(this.#block);
  }

  /** Packed rows of a variant: 1 of hard calls, DOSAGE_ROWS of dosages. */
  get rows(): number {
    return this.#block.rows;
  }

  /** Bytes of a packed row, padded. */
  get rowStride(): number {
    return this.#block.stride;
  }

  /** Bytes of all packed rows. */
  get bytes(): number {
    return this.#store.bytes(this.count);
  }

  /** Held in memory, not read at each pass. */
  get resident(): boolean {
    return this.#block.resident;
  }

  get statistics(): VariantStatistics {
    if (!this.#statistics)
      throw new HeredityError('internal', 'the genotypes of an operator were not counted');
    return this.#statistics;
  }

  /** What standardised genotypes are: made when it is first asked for. */
  get table(): GenotypeTable {
    this.#table ??= this.#standardise(this.statistics);
    return this.#table;
  }

  /** Places of some variants (indices in the file, ascending) among those of the operator. */
  positionsOf(variants: Int32Array): Int32Array {
    const all = this.variants;
    let at = 0;
    return variants.map((variant) => {
      while (all[at] < variant) at++;
      if (all[at] !== variant)
        throw new HeredityError('internal', `variant ${variant} is not one of the operator`);
      return at;
    });
  }

  /**
   * out := out + X B, in one pass. Sums run in float32 within a tile of variants, in float64 across.
   * @param b variants x columns, row-major.
   * @param out columns over samples; the padding stays zero.
   */
  async times(
    b: Float32Array,
    columns: number,
    out: Float64Array,
    values?: Pick<CodeValues, 'values32'>,
  ): Promise<void> {
    for await (const part of this.parts()) {
      const rows = b.subarray(part.first * columns, (part.first + part.count) * columns);
      await part.times(rows, columns, out, values);
    }
  }

  /**
   * out := X'Y, in one pass.
   * @param y columns over samples; float64 columns are multiplied in float64, float32 ones at several times the speed.
   * @param out variants x columns, row-major.
   */
  async transposeTimes(
    y: Float32Array | Float64Array,
    columns: number,
    out: Float64Array,
    values?: CodeValues,
  ): Promise<void> {
    for await (const part of this.parts()) {
      const rows = out.subarray(part.first * columns, (part.first + part.count) * columns);
      await part.transposeTimes(y, columns, rows, values);
    }
  }

  /**
   * out := out + X B as {@link times}, B in digits: about twice as fast with two, to some 5e-5 of the result
   * (src/kernels/kernels.ts states the bound), and the same bits on every backend, in whatever tiles.
   */
  async timesDigits(b: Float32Array, columns: number, digits: Digits, out: Float64Array): Promise<void> {
    const shape = this.#block;
    for await (const tiles of tileGroups(this.#block)) {
      const { first } = tiles[0];
      const variants = tiles.reduce((sum, tile) => sum + tile.variants, 0);
      const rows = b.subarray(first * columns, (first + variants) * columns);
      const all = { first, variants };
      const split = await this.digitRoom.splitVariants(this.pool, all, this.table, rows, columns, digits);
      await productDigitsOfTiles(this.pool, shape, tiles, split, out);
    }
  }

  /** out := X'Y as {@link transposeTimes}, Y in digits; see {@link timesDigits}. */
  async transposeTimesDigits(
    y: Float32Array,
    columns: number,
    digits: Digits,
    out: Float64Array,
  ): Promise<void> {
    const shape = this.#block;
    const split = await this.digitRoom.splitSamples(this.pool, shape, y, columns, digits);
    for await (const tile of this.#block.tiles()) {
      const rows = out.subarray(tile.first * columns, (tile.first + tile.variants) * columns);
      await transposeProductDigitsTile(this.pool, shape, tile, this.table, split, rows);
    }
  }

  /**
   * Columns over samples made ready for many products: in digits where that pays, so that they have to stay as they are.
   * @param room that another side may be in no more.
   */
  async sampleSide(
    values: Float32Array,
    columns: number,
    digits: Digits,
    room = new DigitRoom(),
  ): Promise<SampleSide> {
    const split = this.digitsPay(columns)
      ? await room.splitSamples(this.pool, this.#block, values, columns, digits)
      : undefined;
    return { columns, values, split };
  }

  /** Whether products of so many columns in two digits are faster here than in float32. */
  digitsPay(columns: number): boolean {
    if (this.#hasDominance || this.rows > 1) return false; // they multiply one code
    return digitsPay(this.pool.kernels, columns, this.missingRate);
  }

  get #hasDominance(): boolean {
    return this.#statistics !== undefined && this.#statistics.dominanceFrom < this.count;
  }

  /** Share of genotypes that are missing. */
  get missingRate(): number {
    if (this.#missingRate === undefined) {
      let missing = 0;
      for (let v = 0; v < this.count; v++) missing += this.statistics.missing(v);
      this.#missingRate = missing / (this.count * this.samples);
    }
    return this.#missingRate;
  }

  /**
   * `out := sum_k f_ck X A_k X' v_c` for each column c, in one pass: A_k is diagonal, its entries are the set's weights.
   * @param v columns over samples. @param factors f_ck: columns x sets.
   * @param digits of v, and of what the sum multiplies with X, where digits pay.
   * @param out columns over samples; overwritten.
   */
  async normalTimes(
    v: Float32Array,
    columns: number,
    weights: WeightSets,
    factors: Float64Array,
    digits: Digits,
    out: Float64Array,
  ): Promise<void> {
    out.fill(0, 0, columns * this.columnStride);
    const side = await this.sampleSide(v, columns, digits, this.digitRoom);
    for await (const part of this.parts(Math.floor(PART_NUMBERS / columns))) {
      const b = this.#room.of(part.count * columns);
      await part.weightedScores(side, weights, factors, b);
      await part.timesDigits(b, columns, digits, out);
    }
  }

  /**
   * One pass over the genotypes in parts of consecutive variants, each good until the next one is asked for: several
   * products of each part then cost one reading.
   * @param most variants of a part, about; by default as they come, some tens of megabytes. Parts are whole units of digits where they
   * are larger than one.
   */
  async *parts(most = Number.POSITIVE_INFINITY): AsyncGenerator<GenotypePart> {
    const size =
      most < DIGIT_VARIANTS ? Math.max(LEAST_PART, most) : DIGIT_VARIANTS * Math.floor(most / DIGIT_VARIANTS);
    for await (const tile of this.#block.tiles()) {
      for (let at = 0; at < tile.variants; at += size) {
        const variants = Math.min(size, tile.variants - at);
        const bytes = this.rows * this.rowStride;
        yield new GenotypePart(this, {
          first: tile.first + at,
          variants,
          packed: tile.packed.subarray(at * bytes, (at + variants) * bytes),
        });
      }
    }
  }

  /**
   * Standardised rows of ranges of variants, which may overlap, for their Gram matrices (src/genotypes/gram.ts): batches
   * in one pass.
   * @param ranges ascending by their first variant and by their last.
   */
  async *ranges<R extends VariantRange>(ranges: readonly R[]): AsyncGenerator<RangeRows<R>[]> {
    for await (const batch of gatherRanges(this.#block, ranges))
      yield batch.map(({ range, packed }) => ({ range, rows: this.#side(range, packed, true) }));
  }

  /**
   * All variants in rows of at most `size` with the people of a group only: for Gram matrices of pairs of rows. Genotypes
   * have to be {@link resident}; where the group is not everybody, they are copied.
   */
  async rowsAmong(people: SampleMask, size: number): Promise<GroupRows[]> {
    if (!this.resident) throw new HeredityError('internal', 'pairs of rows need genotypes in memory');
    const rows: PackedTile[] = [];
    for await (const { first, count, packed } of this.parts(size))
      rows.push({ first, variants: count, packed });
    const own = await repackAmong(this.pool, this.#block, rows, people);
    const areAll = people.count === this.samples;
    return own.map((row) => ({ first: row.first, ...this.#side(row, row.packed, areAll) }));
  }

  /** Genotype counts among the people of a group: one pass, unless they are everybody. */
  async statisticsAmong(people: SampleMask): Promise<VariantStatistics> {
    if (people.count === this.samples && this.#statistics) return this.#statistics;
    const { counts } = await countAmong(this.pool, this.#block, people);
    return new VariantStatistics(counts, this.#statistics?.dominanceFrom);
  }

  /** @param areAll whether the rows hold all samples, whose genotypes are counted already. */
  #side({ first, variants }: VariantRange, packed: Uint8Array, areAll: boolean): GramSide {
    const range = [first, first + variants] as const;
    const counts = areAll && this.rows === 1 ? this.#statistics?.counts : undefined;
    const rowsOf = (rows: Uint8Array, { mean, scale }: Pick<GenotypeTable, 'mean' | 'scale'>): GramSide => ({
      packed: rows,
      variants,
      mean: mean.subarray(...range),
      scale: scale.subarray(...range),
      rows: this.rows,
    });
    const { heterozygotes } = this.table;
    return {
      ...rowsOf(packed, this.table),
      ...(counts && { counts: counts.subarray(4 * first, 4 * (first + variants)) }),
      ...(heterozygotes && { plus: rowsOf(heterozygoteRows(packed), heterozygotes) }),
    };
  }
}
