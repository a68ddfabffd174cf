import type { DenseKernels } from './dense.js';
import type { Digits } from './digits.js';
import type { ScoreRegressionKernels } from './score-regression.js';
import type { TableRowKernels } from './table-rows.js';

/**
 * The kernels: every computation at full data size, behind one interface with three implementations.
 *
 * - `native`: the Node addon built from native/, best instruction level chosen at run time;
 * - `wasm`: the same C source as WebAssembly SIMD, always there;
 * - `typescript`: plain loops, slow and obvious: the oracle of the tests.
 *
 * Kernels own no memory and no threads. Callers pass typed arrays (which may lie in shared memory), cut the work into
 * tiles, and spread tiles over workers (src/kernels/pool.ts).
 *
 * **Packed genotypes** are PLINK 1 rows, one a variant: 2 bits a genotype, low bits first, code 0 = two copies of
 * allele 1, 1 = missing, 2 = one copy, 3 = none. A row has `stride` bytes, a multiple of {@link ROW_ALIGNMENT};
 * everything after the last sample holds the missing code (bytes 0x55), so kernels run over whole rows.
 *
 * **Centred codes** d are +1, 0, 0, -1 for codes 0, 1, 2, 3 (copies of allele 1, less one; missing counts 0), and
 * p is 1 where a genotype is present, else 0.
 */
export interface Kernels extends TableRowKernels, DenseKernels, ScoreRegressionKernels {
  readonly backend: Backend;
  /** Instruction level, such as `avx512+vnni+vpopcntdq` or `simd128`. */
  readonly level: string;

  // --- packed genotypes (native/genotypes.c) ---

  /** `counts[4 * v + code]`: genotypes of variant v by PLINK code; padding is not counted. */
  countGenotypes(
    packed: Uint8Array,
    stride: number,
    variants: number,
    samples: number,
    counts: Int32Array,
  ): void;

  /**
   * Keeps the samples whose bit in `mask` is set (bit i & 7 of byte i >> 3), in order, and pads with the missing code.
   * Source rows need not be aligned or padded: only the first `samples` genotypes of a row are read.
   */
  repack(
    source: Uint8Array,
    sourceStride: number,
    variants: number,
    samples: number,
    mask: Uint8Array,
    target: Uint8Array,
    targetStride: number,
  ): void;

  // --- packed Gram (native/gram.c) ---

  /**
   * `dots[i * variantsB + j] = sum over samples of d_i d_j` for variant i of `a` and j of `b`, exact integers.
   * The covariance of complete genotypes follows from it and the genotype counts.
   */
  gram(
    a: Uint8Array,
    variantsA: number,
    b: Uint8Array,
    variantsB: number,
    stride: number,
    dots: Int32Array,
  ): void;

  /**
   * `out[i, j] = scaleA[i] scaleB[j] (dots[i, j] - meanA[i] sumsB[j] - meanB[j] excessA[i])`, variantsA x variantsB: the product of
   * standardised genotypes from that of centred codes d, where none are missing.
   * @param excessA of each variant, sum of d less the samples times its mean. @param sumsB sum of d of each variant.
   */
  standardiseGram(
    dots: Int32Array,
    variantsA: number,
    variantsB: number,
    meanA: Float64Array,
    scaleA: Float64Array,
    excessA: Float64Array,
    meanB: Float64Array,
    scaleB: Float64Array,
    sumsB: Float64Array,
    out: Float64Array,
  ): void;

  /**
   * As {@link gram}, with what missing genotypes need besides: `sumsA[i, j] = sum d_i p_j`, `sumsB[i, j] = sum p_i d_j`,
   * `present[i, j] = sum p_i p_j`, each variantsA x variantsB.
   */
  gramWithMissing(
    a: Uint8Array,
    variantsA: number,
    b: Uint8Array,
    variantsB: number,
    stride: number,
    dots: Int32Array,
    sumsA: Int32Array,
    sumsB: Int32Array,
    present: Int32Array,
  ): void;

  // --- kinship (native/kinship.c) ---

  /**
   * For row i of `a` and j of `b`, packed alike: `hetHet[i * rowsB + j]` places where both are heterozygous, `opposed` those where
   * they are different homozygotes.
   */
  kinshipCounts(
    a: Uint8Array,
    rowsA: number,
    b: Uint8Array,
    rowsB: number,
    stride: number,
    hetHet: Int32Array,
    opposed: Int32Array,
  ): void;

  /**
   * As {@link kinshipCounts}, with what missing genotypes need besides: `hetA` places where i is heterozygous and j has a genotype,
   * `hetB` the same the other way round, `present` places where both have one.
   */
  kinshipCountsWithMissing(
    a: Uint8Array,
    rowsA: number,
    b: Uint8Array,
    rowsB: number,
    stride: number,
    hetHet: Int32Array,
    opposed: Int32Array,
    hetA: Int32Array,
    hetB: Int32Array,
    present: Int32Array,
  ): void;

  /**
   * Packed rows of samples over variants from rows of variants over samples: row k of `target` gets the genotypes of sample
   * firstSample + k (a multiple of 4) at the variants, from place firstVariant (a multiple of 8) on. The last byte or two
   * are filled up with the missing code; what follows is the caller's to fill.
   */
  transposeGenotypes(
    packed: Uint8Array,
    stride: number,
    variants: number,
    firstSample: number,
    samples: number,
    target: Uint8Array,
    targetStride: number,
    firstVariant: number,
  ): void;

  // --- packed products (native/product.c); x_iv = table[4 * v + code of sample i at variant v] ---

  /**
   * X'Y: `out[v * columns + c] = sum over samples i of x_iv y[c * yStride + i]`.
   * `y` is column-major with yStride >= 4 * stride, finite (zero) in the padding; sums run in float32 within a tile of
   * samples and in float64 across tiles. `table[4 * v + 1]` (missing) must be 0, as the padding has that code.
   */
  transposeProduct(
    packed: Uint8Array,
    stride: number,
    variants: number,
    table: Float32Array,
    y: Float32Array,
    yStride: number,
    columns: number,
    out: Float64Array,
  ): void;

  /** As {@link transposeProduct} with everything in float64: association statistics and direct solves need its digits. */
  transposeProduct64(
    packed: Uint8Array,
    stride: number,
    variants: number,
    table: Float64Array,
    y: Float64Array,
    yStride: number,
    columns: number,
    out: Float64Array,
  ): void;

  /**
   * X B, added to what is there: `out[c * outStride + i] += sum over variants v of x_iv b[v * columns + c]` for the
   * samples i of bytes [firstByte, firstByte + bytes) of each row (both multiples of {@link ROW_ALIGNMENT}; four
   * samples a byte). `b` is row-major. Sums run in float32 within a tile of variants, in float64 across tiles.
   */
  product(
    packed: Uint8Array,
    stride: number,
    variants: number,
    firstByte: number,
    bytes: number,
    table: Float32Array,
    b: Float32Array,
    columns: number,
    out: Float64Array,
    outStride: number,
  ): void;

  // --- packed products in digits (native/digits.c, src/kernels/digits.ts): the same bits on every backend ---
  // Genotypes are x_iv = (d_iv - mean[v]) * scale[v], 0 where missing; |mean| <= 1.

  /**
   * Splits columns over samples into digits, for {@link transposeProductDigits}. Lengths: {@link sampleDigitsLengths}.
   * @param y column-major, as for {@link transposeProduct}; a unit with a number that is not finite becomes NaN.
   * @param samples a multiple of 256: 4 * stride, or part of it from a multiple of {@link DIGIT_SAMPLES} on.
   * @param planes receives the digits; units: of each unit the multiples of all columns, then the sums of their q.
   */
  sampleDigits(
    y: Float32Array,
    yStride: number,
    samples: number,
    columns: number,
    digits: Digits,
    planes: Int8Array,
    units: Float64Array,
  ): void;

  /**
   * Splits `scale[v] * b[v * columns + c]` into digits, for {@link productDigits}. Lengths: {@link variantDigitsLengths}.
   * @param planes receives the digits; rows: mean q, rounded, a row a variant (what a missing genotype adds); units: of
   *   each unit the multiples of all columns, then the sums of their q, then multiple x sum of mean q.
   */
  variantDigits(
    b: Float32Array,
    variants: number,
    mean: Float64Array,
    scale: Float64Array,
    columns: number,
    digits: Digits,
    planes: Int8Array,
    rows: Int32Array,
    units: Float64Array,
  ): void;

  /**
   * X'Y as {@link transposeProduct}, Y split by {@link sampleDigits}. Each element is exact (to float64) but for the
   * rounding of Y: at most scale[v] sum over samples of |d_iv - mean[v]| u / 2, u the multiple of the sample's unit and
   * column, which is the largest |y| of the unit over 32,639 or 8,355,711. Rounding errors are as good as independent and
   * uniform: for normal Y the root mean square is about 3e-5 (two digits) or 1.3e-7 (three) of the result's.
   * @param samples people in a row: what comes after is padding.
   */
  transposeProductDigits(
    packed: Uint8Array,
    stride: number,
    variants: number,
    samples: number,
    mean: Float64Array,
    scale: Float64Array,
    planes: Int8Array,
    units: Float64Array,
    columns: number,
    digits: Digits,
    out: Float64Array,
  ): void;

  /**
   * X B as {@link product}, B split by {@link variantDigits}, added to what is there; the first variant is one at which
   * a unit begins. Exact (to float64) but for the rounding of scale B: at most the sum over variants of |d_iv - mean[v]| u / 2,
   * or u where the genotype is missing, u the multiple of the variant's unit and column, which is the largest |scale b| of
   * the unit over 32,639 or 8,355,711. So a rare variant, whose scale is large, makes the rounding of its 255 neighbours
   * coarser, but not its own effect on the result.
   * @param samples people in a row: results of what comes after, padding, stay as they are.
   */
  productDigits(
    packed: Uint8Array,
    stride: number,
    variants: number,
    samples: number,
    firstByte: number,
    bytes: number,
    planes: Int8Array,
    rows: Int32Array,
    units: Float64Array,
    columns: number,
    digits: Digits,
    out: Float64Array,
    outStride: number,
  ): void;

  // --- Gram matrix of samples (native/sample-gram.c); x_iv as in the packed products ---

  /**
   * X X', added to what is there: `out[i * ldo + k] += sum over variants v of x_jv x_kv` with j = firstRow + i, for `rows`
   * samples j and the samples k < columns that do not lie beyond j; what is above the diagonal means nothing. firstRow
   * is a multiple of {@link STRIP_SAMPLES}. Sums run in float32 within 512 variants, in float64 across.
   */
  sampleGram(
    packed: Uint8Array,
    stride: number,
    variants: number,
    table: Float32Array,
    firstRow: number,
    rows: number,
    columns: number,
    out: Float64Array,
    ldo: number,
  ): void;

  // --- random numbers (native/random.c): Philox 4x32-10, a pure function of (seed, stream, index) ---

  /**
   * `out[k]` = uniform number of index `first + k`: an odd multiple of 2^-53 in (0, 1), so u and 1 - u are alike.
   * Seed, stream and first are integers < 2^53.
   */
  uniform(seed: number, stream: number, first: number, out: Float64Array): void;

  /** Standard normal numbers, the quantiles (AS 241) of {@link uniform}'s: same bits on every backend. */
  normal(seed: number, stream: number, first: number, out: Float64Array): void;

  // --- simulated genotypes (native/mosaic.c) ---

  /**
   * Packed rows of new samples, each of two haplotypes that copy founders (Li and Stephens 2003). Segment k of the
   * haplotype with stream s is drawn from {@link uniform}'s generator at (seed, s, k): its founder, evenly, and its
   * length on the genetic map, exponential. So results do not depend on how variants and samples are cut into calls.
   *
   * @param founders bit v & 7 of byte `h * founderStride + (v >> 3)` is set where founder h carries allele 1 of variant
   *   v; founderStride is a multiple of 64.
   * @param map genetic position of every variant of the chromosome, ascending, from 0, in the unit of `meanLength`.
   * @param first first variant of this call, a multiple of 64; calls follow each other along the chromosome.
   * @param stream of the first haplotype; sample i has haplotypes 2i and 2i + 1.
   * @param segments, copied, ends state of the 2 * samples haplotypes: segments begun, founder copied, end of the
   *   segment on the map. All zero at the start of a chromosome, updated in place.
   * @param packed receives `variants` whole rows, padded with the missing code.
   */
  mosaic(
    founders: Uint8Array,
    founderStride: number,
    founderCount: number,
    map: Float64Array,
    meanLength: number,
    first: number,
    variants: number,
    seed: number,
    stream: number,
    samples: number,
    segments: Int32Array,
    copied: Int32Array,
    ends: Float64Array,
    packed: Uint8Array,
    stride: number,
  ): void;

  // --- variants of other files (native/variant-records.c, native/bgen-block.c) ---

  /**
   * Decodes consecutive records of a PLINK 2 .pgen file to packed rows. Dosages are in 1/16384 of a copy.
   * @param places two a record: its first byte in `bytes`, and its length.
   * @param types record types as the file has them; differences are from the last record before that is none.
   * @param rows row of `target` for each record, or -1 for a record that only others differ from.
   * @param threshold -1: hard calls as stored; else those of dosages are made anew, and are missing where the nearest
   *   whole number is farther away; {@link AS_DOSAGES}: every variant gets {@link DOSAGE_ROWS} rows of its dosages.
   * @param base ceil(samples / 4) bytes to work with.
   * @param stride at least ceil(samples / 4); rows need no alignment and are padded with the missing code.
   * @param sums receives {@link DOSAGE_SUMS} a record: over samples with a hard call (g copies of ALT) their number,
   *   sum g, sum g²; over samples with a dosage d (a hard call without one is one) their number, sum d, sum d², sum g d,
   *   and sum d where the hard call is missing. All 0 for a record without dosages, and with AS_DOSAGES.
   * @returns 0, or 32 * (index of a damaged record) + {@link RecordFault}.
   */
  pgenRecords(
    bytes: Uint8Array,
    places: Int32Array,
    types: Uint8Array,
    rows: Int32Array,
    records: number,
    samples: number,
    threshold: number,
    base: Uint8Array,
    target: Uint8Array,
    stride: number,
    sums: Float64Array,
  ): number;

  /**
   * Decodes one uncompressed BGEN block (layout 2, two alleles): hard calls of the second allele's dosage, as in
   * {@link pgenRecords}, with their sums.
   * @returns 0, or a {@link RecordFault}.
   */
  bgenBlock(
    block: Uint8Array,
    length: number,
    samples: number,
    threshold: number,
    row: Uint8Array,
    stride: number,
    sums: Float64Array,
  ): number;
}

export type Backend = 'native' | 'wasm' | 'typescript';

/** Bytes to which packed rows are padded: one 512-bit vector, 256 samples. */
export const ROW_ALIGNMENT = 64;

/** Samples that {@link Kernels.sampleGram} decodes together. */
export const STRIP_SAMPLES = 32;

/** PLINK 1 genotype codes. */
export const HOM_ALLELE1 = 0;
export const MISSING = 1;
export const HET = 2;
export const HOM_ALLELE2 = 3;

/** Bytes of a packed row for so many samples. */
export function packedStride(samples: number): number {
  return Math.ceil(samples / (4 * ROW_ALIGNMENT)) * ROW_ALIGNMENT;
}
