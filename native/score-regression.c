/*
 * Regression of χ², or of products of Z scores, on LD scores (METHODS 3.4), for a block of consecutive SNPs at a time: its
 * weights, its regressor, and its sums; and sums over columns of all SNPs. The order of all operations is that of
 * src/kernels/typescript/score-regression.ts, so that every backend gives the same bits.
 */
#include "kernels.h"

/* At least 1; not a number where x is none. */
static double at_least_one(double x) { return x < 1 ? 1 : x; }

/* weights[j] = 1 / (2 e^2 w), e = intercept + slope n ℓ, with ℓ and w (the score of the weights) at least 1; 0 where χ² is not
   below a limit. */
static void chi2_weights(const double *scores, const double *weight_scores, const double *n, const double *chi2, size_t count,
                         double slope, double intercept, double below, double *weights) {
  for (size_t j = 0; j < count; j++) {
    const double expected = intercept + slope * n[j] * at_least_one(scores[j]);
    const double weight = 1 / (2 * expected * expected * at_least_one(weight_scores[j]));
    weights[j] = chi2[j] < below ? weight : 0;
  }
}

/* scaled[j] = ℓ n / mean n */
static void scaled_scores(const double *scores, const double *n, size_t count, double mean_n, double *scaled) {
  for (size_t j = 0; j < count; j++) scaled[j] = scores[j] * n[j] / mean_n;
}

/* Sums of w x², w x z, w z², w x y and w z y of two columns x and z, y less an offset. */
static void weighted_sums(const double *x, const double *z, const double *y, double offset, const double *weights,
                          size_t count, double *sums) {
  double xx = 0, xz = 0, zz = 0, xy = 0, zy = 0;
  for (size_t j = 0; j < count; j++) {
    const double wx = weights[j] * x[j], wz = weights[j] * z[j], response = y[j] - offset;
    xx += wx * x[j];
    xz += wz * x[j];
    zz += wz * z[j];
    xy += wx * response;
    zy += wz * response;
  }
  sums[0] = xx, sums[1] = xz, sums[2] = zz, sums[3] = xy, sums[4] = zy;
}

/* Adds to the sums of y, n and ℓ n, and notes the largest y and n. */
static void column_sums(const double *y, const double *n, const double *scores, size_t count, double *sums) {
  double sum_y = sums[0], sum_n = sums[1], sum_product = sums[2], largest_y = sums[3], largest_n = sums[4];
  for (size_t j = 0; j < count; j++) {
    sum_y += y[j];
    sum_n += n[j];
    sum_product += scores[j] * n[j];
    if (y[j] > largest_y) largest_y = y[j];
    if (n[j] > largest_n) largest_n = n[j];
  }
  sums[0] = sum_y, sums[1] = sum_n, sums[2] = sum_product, sums[3] = largest_y, sums[4] = largest_n;
}

static size_t count_below(const double *values, size_t count, double below) {
  size_t found = 0;
  for (size_t j = 0; j < count; j++) found += values[j] < below;
  return found;
}

/* Adds SNPs whose χ² is below a limit to the sums of the cell of their score: 1, ℓ, χ², χ²² and n p. Cells are of the same
   width from the lowest on, with one before and one after them for what lies beyond. */
static void score_cells(const double *scores, const double *predicted, const double *n, const double *chi2, size_t count,
                        double lowest, double scale, double cells, double below, double *sums) {
  for (size_t j = 0; j < count; j++) {
    if (!(chi2[j] < below)) continue;
    const double place = (scores[j] - lowest) * scale;
    double *cell = sums + 5 * (place < 0 ? 0 : place < cells ? (size_t)place + 1 : (size_t)cells + 1);
    cell[0] += 1;
    cell[1] += scores[j];
    cell[2] += chi2[j];
    cell[3] += chi2[j] * chi2[j];
    cell[4] += n[j] * predicted[j];
  }
}
