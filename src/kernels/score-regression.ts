/** Regression on LD scores (METHODS 3.4), a block of consecutive SNPs at a time (native/score-regression.c). */
export interface ScoreRegressionKernels {
  /**
   * Weights against heteroscedastic and over-counted χ²: 1 / (2 e² w), e = intercept + slope n ℓ, with ℓ and w at least 1; 0
   * where χ² is not below `below`. Columns have a number a SNP, `count` of them.
   * @param weightScores w: the LD scores with the SNPs of the regression.
   * @param slope heritability over the number of SNPs behind the scores.
   */
  chi2Weights(
    scores: Float64Array,
    weightScores: Float64Array,
    n: Float64Array,
    chi2: Float64Array,
    count: number,
    slope: number,
    intercept: number,
    below: number,
    weights: Float64Array,
  ): void;

  /** scaled = ℓ n / mean n: what y is regressed on. */
  scaledScores(
    scores: Float64Array,
    n: Float64Array,
    count: number,
    meanN: number,
    scaled: Float64Array,
  ): void;

  /**
   * Sums over `count` rows, in their order, of a regression on two columns.
   * @param offset is taken off every y.
   * @param sums receives Σwx², Σwxz, Σwz², Σwxy, Σwzy: {@link WEIGHTED_SUMS}.
   */
  weightedSums(
    x: Float64Array,
    z: Float64Array,
    y: Float64Array,
    offset: number,
    weights: Float64Array,
    count: number,
    sums: Float64Array,
  ): void;

  /**
   * Adds `count` SNPs, in their order, to sums over columns.
   * @param sums Σy, Σn and Σℓn so far, the largest y and the largest n: {@link COLUMN_SUMS}.
   */
  columnSums(y: Float64Array, n: Float64Array, scores: Float64Array, count: number, sums: Float64Array): void;

  /** How many of the first `count` values are below a limit. */
  countBelow(values: Float64Array, count: number, below: number): number;

  /**
   * Adds `count` SNPs, in their order, to sums over SNPs with similar LD scores.
   * @param predicted p: what n is multiplied by in what is expected of χ².
   * @param lowest score of the first of `cells` cells of width 1 / `scale`; one before and one after them have what lies beyond.
   * @param below SNPs whose χ² is not below it are left out.
   * @param sums of `cells` + 2 cells: how many SNPs, Σℓ, Σχ², Σχ²² and Σnp: {@link CELL_SUMS} each.
   */
  scoreCells(
    scores: Float64Array,
    predicted: Float64Array,
    n: Float64Array,
    chi2: Float64Array,
    count: number,
    lowest: number,
    scale: number,
    cells: number,
    below: number,
    sums: Float64Array,
  ): void;
}

/** Numbers that {@link ScoreRegressionKernels.weightedSums} gives. */
export const WEIGHTED_SUMS = 5;
/** Numbers that {@link ScoreRegressionKernels.columnSums} gives. */
export const COLUMN_SUMS = 5;
/** Numbers a cell that {@link ScoreRegressionKernels.scoreCells} gives. */
export const CELL_SUMS = 5;
