/* The WebAssembly build: the same kernels, exported one by one; the caller lays out the linear memory. */
#define LEVEL wasm
#include "kernels.c"

static unsigned char memory[WORKSPACE_BYTES] __attribute__((aligned(64)));
void *workspace(void) { return memory; }

#define EXPORT(name) __attribute__((export_name(#name)))

extern unsigned char __heap_base;
EXPORT(heap_base) size_t heap_base(void) { return (size_t)&__heap_base; }

EXPORT(countGenotypes)
void wasm_count_genotypes(const uint8_t *packed, size_t stride, size_t variants, size_t samples, int32_t *counts) {
  count_genotypes(packed, stride, variants, samples, counts);
}

EXPORT(repack)
void wasm_repack(const uint8_t *source, size_t source_stride, size_t variants, size_t samples, const uint8_t *mask,
                 uint8_t *target, size_t target_stride) {
  repack(source, source_stride, variants, samples, mask, target, target_stride);
}

EXPORT(gram)
void wasm_gram(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b, size_t stride, int32_t *dots) {
  gram(a, variants_a, b, variants_b, stride, dots);
}

EXPORT(standardiseGram)
void wasm_standardise_gram(const int32_t *dots, size_t variants_a, size_t variants_b, const double *mean_a, const double *scale_a,
                           const double *excess_a, const double *mean_b, const double *scale_b, const double *sums_b, double *out) {
  standardise_gram(dots, variants_a, variants_b, mean_a, scale_a, excess_a, mean_b, scale_b, sums_b, out);
}

EXPORT(gramWithMissing)
void wasm_gram_with_missing(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b, size_t stride,
                            int32_t *dots, int32_t *sums_a, int32_t *sums_b, int32_t *present) {
  gram_with_missing(a, variants_a, b, variants_b, stride, dots, sums_a, sums_b, present);
}

EXPORT(kinshipCounts)
void wasm_kinship_counts(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride,
                         int32_t *het_het, int32_t *opposed) {
  kinship_counts(a, rows_a, b, rows_b, stride, het_het, opposed);
}

EXPORT(kinshipCountsWithMissing)
void wasm_kinship_counts_with_missing(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride,
                                      int32_t *het_het, int32_t *opposed, int32_t *het_a, int32_t *het_b,
                                      int32_t *present) {
  kinship_counts_with_missing(a, rows_a, b, rows_b, stride, het_het, opposed, het_a, het_b, present);
}

EXPORT(transposeGenotypes)
void wasm_transpose_genotypes(const uint8_t *packed, size_t stride, size_t variants, size_t first_sample, size_t samples,
                              uint8_t *target, size_t target_stride, size_t first_variant) {
  transpose_genotypes(packed, stride, variants, first_sample, samples, target, target_stride, first_variant);
}

EXPORT(transposeProduct)
void wasm_transpose_product_f(const uint8_t *packed, size_t stride, size_t variants, const float *table,
                              const float *y, size_t y_stride, size_t columns, double *out) {
  transpose_product_f(packed, stride, variants, table, y, y_stride, columns, out);
}

EXPORT(transposeProduct64)
void wasm_transpose_product_d(const uint8_t *packed, size_t stride, size_t variants, const double *table,
                              const double *y, size_t y_stride, size_t columns, double *out) {
  transpose_product_d(packed, stride, variants, table, y, y_stride, columns, out);
}

EXPORT(product)
void wasm_product(const uint8_t *packed, size_t stride, size_t variants, size_t first_byte, size_t bytes,
                  const float *table, const float *b, size_t columns, double *out, size_t out_stride) {
  product(packed, stride, variants, first_byte, bytes, table, b, columns, out, out_stride);
}

EXPORT(sampleDigits)
void wasm_sample_digits(const float *y, size_t y_stride, size_t samples, size_t columns, size_t digits, int8_t *planes,
                        double *units) {
  sample_digits(y, y_stride, samples, columns, digits, planes, units);
}

EXPORT(variantDigits)
void wasm_variant_digits(const float *b, size_t variants, const double *mean, const double *scale, size_t columns,
                         size_t digits, int8_t *planes, int32_t *rows, double *units) {
  variant_digits(b, variants, mean, scale, columns, digits, planes, rows, units);
}

EXPORT(transposeProductDigits)
void wasm_transpose_product_digits(const uint8_t *packed, size_t stride, size_t variants, size_t samples,
                                   const double *mean, const double *scale, const int8_t *planes, const double *units,
                                   size_t columns, size_t digits, double *out) {
  transpose_product_digits(packed, stride, variants, samples, mean, scale, planes, units, columns, digits, out);
}

EXPORT(productDigits)
void wasm_product_digits(const uint8_t *packed, size_t stride, size_t variants, size_t samples, size_t first_byte,
                         size_t bytes, const int8_t *planes, const int32_t *rows, const double *units, size_t columns,
                         size_t digits, double *out, size_t out_stride) {
  product_digits(packed, stride, variants, samples, first_byte, bytes, planes, rows, units, columns, digits, out,
                 out_stride);
}

EXPORT(sampleGram)
void wasm_sample_gram(const uint8_t *packed, size_t stride, size_t variants, const float *table, size_t first_row,
                      size_t rows, size_t columns, double *out, size_t ldo) {
  sample_gram(packed, stride, variants, table, first_row, rows, columns, out, ldo);
}

EXPORT(uniform)
void wasm_uniform(double seed, double stream, double first, double *out, size_t count) {
  uniform(seed, stream, first, out, count);
}

EXPORT(normal)
void wasm_normal(double seed, double stream, double first, double *out, size_t count) {
  normal(seed, stream, first, out, count);
}

EXPORT(mosaic)
void wasm_mosaic(const uint8_t *founders, size_t founder_stride, size_t founder_count, const double *map,
                 double mean_length, size_t first, size_t variants, double seed, double stream, size_t samples,
                 int32_t *segments, int32_t *copied, double *ends, uint8_t *packed, size_t stride) {
  mosaic(founders, founder_stride, founder_count, map, mean_length, first, variants, seed, stream, samples, segments,
         copied, ends, packed, stride);
}

EXPORT(pgenRecords)
size_t wasm_pgen_records(const uint8_t *bytes, const int32_t *places, const uint8_t *types, const int32_t *rows,
                         size_t records, size_t samples, int32_t threshold, uint8_t *base, uint8_t *target,
                         size_t stride, double *sums) {
  return pgen_records(bytes, places, types, rows, records, samples, threshold, base, target, stride, sums);
}

EXPORT(bgenBlock)
size_t wasm_bgen_block(const uint8_t *block, size_t length, size_t samples, int32_t threshold, uint8_t *row,
                       size_t stride, double *sums) {
  return bgen_block(block, length, samples, threshold, row, stride, sums);
}

EXPORT(plainRows)
size_t wasm_plain_rows(const uint8_t *bytes, size_t from, size_t end, const uint8_t *kinds, size_t width,
                       size_t separator, size_t most, int32_t *starts, double *numbers, int32_t *spans) {
  return plain_rows(bytes, from, end, kinds, width, separator, most, starts, numbers, spans);
}

EXPORT(chi2Weights)
void wasm_chi2_weights(const double *scores, const double *weight_scores, const double *n, const double *chi2, size_t count,
                       double slope, double intercept, double below, double *weights) {
  chi2_weights(scores, weight_scores, n, chi2, count, slope, intercept, below, weights);
}

EXPORT(scaledScores)
void wasm_scaled_scores(const double *scores, const double *n, size_t count, double mean_n, double *scaled) {
  scaled_scores(scores, n, count, mean_n, scaled);
}

EXPORT(weightedSums)
void wasm_weighted_sums(const double *x, const double *z, const double *y, double offset, const double *weights,
                        size_t count, double *sums) {
  weighted_sums(x, z, y, offset, weights, count, sums);
}

EXPORT(columnSums)
void wasm_column_sums(const double *y, const double *n, const double *scores, size_t count, double *sums) {
  column_sums(y, n, scores, count, sums);
}

EXPORT(countBelow)
size_t wasm_count_below(const double *values, size_t count, double below) { return count_below(values, count, below); }

EXPORT(scoreCells)
void wasm_score_cells(const double *scores, const double *predicted, const double *n, const double *chi2, size_t count,
                      double lowest, double scale, double cells, double below, double *sums) {
  score_cells(scores, predicted, n, chi2, count, lowest, scale, cells, below, sums);
}

EXPORT(cholesky)
size_t wasm_cholesky(double *a, size_t order, size_t lda, double tolerance) {
  return cholesky(a, order, lda, tolerance);
}

EXPORT(choleskyPivoted)
size_t wasm_cholesky_pivoted(double *a, size_t order, size_t lda, double tolerance, int32_t *pivots) {
  return cholesky_pivoted(a, order, lda, tolerance, pivots);
}

EXPORT(solveLowerRight)
void wasm_solve_lower_right(const double *l, size_t order, size_t ldl, double *b, size_t rows, size_t ldb) {
  solve_lower_right(l, order, ldl, b, rows, ldb);
}

EXPORT(solveLower)
void wasm_solve_lower(const double *l, size_t order, size_t ldl, double *b, size_t columns, size_t ldb) {
  solve_lower(l, order, ldl, b, columns, ldb);
}

EXPORT(solveLowerTransposed)
void wasm_solve_lower_transposed(const double *l, size_t order, size_t ldl, double *b, size_t columns, size_t ldb) {
  solve_lower_transposed(l, order, ldl, b, columns, ldb);
}

EXPORT(multiplyTransposed)
void wasm_multiply_transposed(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m,
                              size_t n, size_t k, double alpha) {
  multiply_transposed(a, lda, b, ldb, c, ldc, m, n, k, alpha);
}

EXPORT(multiply)
void wasm_multiply(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m, size_t n,
                   size_t k, double alpha) {
  multiply(a, lda, b, ldb, c, ldc, m, n, k, alpha);
}

EXPORT(transposedMultiply)
void wasm_transposed_multiply(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m,
                              size_t n, size_t k, double alpha) {
  transposed_multiply(a, lda, b, ldb, c, ldc, m, n, k, alpha);
}

EXPORT(sumOfSquares)
void wasm_sum_of_squares(const double *values, size_t count, double *out) { sum_of_squares(values, count, out); }

EXPORT(householder)
void wasm_householder(double *a, size_t rows, size_t columns, size_t lda, double *v, size_t ldv, double *t, size_t ldt) {
  householder(a, rows, columns, lda, v, ldv, t, ldt);
}
