/*
 * Regression of χ², or of products of Z scores, on LD scores (METHODS 3.4), for a block of consecutive SNPs at a time: its
 * weights, its regressor, and its sums. The order of all operations is that of src/kernels/typescript/score-regression.ts, so
 * that every backend gives the same bits.
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
