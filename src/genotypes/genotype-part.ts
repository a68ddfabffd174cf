import { HeredityError } from '../errors.js';
import { DIGIT_VARIANTS, type Digits } from '../kernels/digits.js';
import { countRowsAmong, type PackedRows, repackAmong } from './among.js';
import { productDigitsOfTiles, type SampleSide, transposeProductDigitsTile } from './digit-products.js';
import { productOfDosages, squaresOfDosages, transposeProductOfDosages } from './dosage-products.js';
import { type WeightSets, weightedScores } from './normal-product.js';
import type { GenotypeOperator } from './operator.js';
import { productTile, transposeProductTile } from './products.js';
import type { SampleMask } from './sample-mask.js';
import { type CodeValues, squaresOfCounts } from './standardise.js';
import type { GenotypeBlock, PackedTile } from './store.js';

/** Consecutive variants of an operator in a pass over it. */
export class GenotypePart {
  /** Position of the first variant among the operator's, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** Rows of {@link GenotypeOperator.rowStride} bytes, {@link GenotypeOperator.rows} a variant, for kernels that are not products; estimators never look at them. */
  readonly packed: Uint8Array;
  readonly #genotypes: GenotypeOperator;
  readonly #shape: Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>;

  constructor(genotypes: GenotypeOperator, { first, variants, packed }: PackedTile) {
    this.first = first;
    this.count = variants;
    this.packed = packed;
    this.#genotypes = genotypes;
    this.#shape = { stride: genotypes.rowStride, samples: genotypes.samples, rows: genotypes.rows };
  }

  /** out := out + X B. @param b the part's variants x columns. @see GenotypeOperator.times */
  async times(
    b: Float32Array,
    columns: number,
    out: Float64Array,
    values: Pick<CodeValues, 'values32'> = this.#genotypes.table,
  ): Promise<void> {
    const multiply = this.#shape.rows > 1 ? productOfDosages : productTile;
    await multiply(this.#genotypes.pool, this.#shape, this.#tile, values, b, columns, out);
  }

  /** The same, B in digits where that pays and the part begins where a unit of them does. @see GenotypeOperator.timesDigits */
  async timesDigits(b: Float32Array, columns: number, digits: Digits, out: Float64Array): Promise<void> {
    const genotypes = this.#genotypes;
    if (this.first % DIGIT_VARIANTS !== 0 || !genotypes.digitsPay(columns))
      return this.times(b, columns, out);
    const { pool, table, digitRoom } = genotypes;
    const split = await digitRoom.splitVariants(pool, this.#tile, table, b, columns, digits);
    await productDigitsOfTiles(pool, this.#shape, [this.#tile], split, out);
  }

  /** out := X'Y. @param out the part's variants x columns. @see GenotypeOperator.transposeTimes */
  async transposeTimes(
    y: Float32Array | Float64Array,
    columns: number,
    out: Float64Array,
    values: CodeValues = this.#genotypes.table,
  ): Promise<void> {
    const multiply = this.#shape.rows > 1 ? transposeProductOfDosages : transposeProductTile;
    await multiply(this.#genotypes.pool, this.#shape, this.#tile, values, y, columns, out);
  }

  /** out := X'Y of a side, in its digits or in float32. @param out the part's variants x columns. */
  async transposeTimesSide({ values, columns, split }: SampleSide, out: Float64Array): Promise<void> {
    if (!split) return this.transposeTimes(values, columns, out);
    const { pool, table } = this.#genotypes;
    await transposeProductDigitsTile(pool, this.#shape, this.#tile, table, split, out);
  }

  /** b := diag(sum_k f_ck a_jk) X'v, the first half of {@link GenotypeOperator.normalTimes}. */
  async weightedScores(
    side: SampleSide,
    weights: WeightSets,
    factors: Float64Array,
    b: Float32Array,
  ): Promise<void> {
    const { pool, table } = this.#genotypes;
    await weightedScores(pool, this.#shape, this.#tile, table, side, weights, factors, b);
  }

  /** Sum of x² of each variant among everybody, or, of dosages, among the people of a group; hard calls of some have it as X'Y with squared values. */
  async squaresAmong(people: SampleMask): Promise<Float64Array> {
    const { pool, table, rows, statistics, samples } = this.#genotypes;
    if (rows === 1) {
      if (people.count !== samples)
        throw new HeredityError('internal', 'squares of hard calls are counted among everybody only');
      return squaresOfCounts(statistics, table, this);
    }
    const own = await this.rowsAmong(people);
    return squaresOfDosages(pool, { stride: own.stride, samples: people.count, rows }, own, table);
  }

  /** The packed rows with the people of a group only; not copied where they are everybody. */
  async rowsAmong(people: SampleMask): Promise<PackedRows> {
    const [rows] = await repackAmong(this.#genotypes.pool, this.#shape, [this.#tile], people);
    return rows;
  }

  /**
   * Genotype counts among the people of a group, of all the part's variants or of some consecutive ones.
   * @param first position of the first within the part.
   */
  async countAmong(people: SampleMask, first = 0, variants = this.count - first): Promise<Int32Array> {
    const { stride } = this.#shape;
    const packed = this.packed.subarray(first * stride, (first + variants) * stride);
    return countRowsAmong(this.#genotypes.pool, this.#shape, { first, variants, packed }, people);
  }

  get #tile(): PackedTile {
    return { first: this.first, variants: this.count, packed: this.packed };
  }
}
