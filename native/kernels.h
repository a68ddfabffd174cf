/*
 * The kernels: every computation that touches packed genotypes or dense matrices at full size.
 * No I/O, no allocation, no threads: callers own all memory but the workspace, and cut the work into tiles (src/kernels/).
 *
 * One source is compiled several times: once per x86-64 level (or NEON) into the Node addon, once into WebAssembly.
 * LEVEL names the build; each build exports one table of functions.
 *
 * Packed genotypes are PLINK 1 rows: 2 bits a genotype, low bits first, 00 = two copies of allele 1, 01 = missing,
 * 10 = one copy, 11 = none. A row has `stride` bytes, a multiple of 64; everything after the last sample holds
 * the missing code, so kernels run over whole rows without a special case for the end.
 */
#ifndef HEREDITY_KERNELS_H
#define HEREDITY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where a kernel keeps what it copies or decodes: one piece of memory a thread for the kernels of all levels, on the boundary of a
 * vector, untouched until it is used, holding anything; no kernel that uses it calls another. (Thread-local arrays of each level
 * would all be written with zeros, 16 MB, when a thread first comes to one.)
 */
enum { WORKSPACE_BYTES = 2 << 20 };
void *workspace(void);

typedef struct {
  /* counts[4 * variants]: genotypes of each variant by PLINK code, padding not counted. */
  void (*count_genotypes)(const uint8_t *packed, size_t stride, size_t variants, size_t samples, int32_t *counts);

  /* Keeps the samples whose mask bit is set; source rows need no padding, target rows get it. */
  void (*repack)(const uint8_t *source, size_t source_stride, size_t variants, size_t samples, const uint8_t *mask,
                 uint8_t *target, size_t target_stride);

  /* variants_a x variants_b sums over samples of d_i d_j; with missing genotypes also d_i p_j, p_i d_j and p_i p_j. */
  void (*gram)(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b, size_t stride, int32_t *dots);
  void (*standardise_gram)(const int32_t *dots, size_t variants_a, size_t variants_b, const double *mean_a, const double *scale_a,
                           const double *excess_a, const double *mean_b, const double *scale_b, const double *sums_b, double *out);
  void (*gram_with_missing)(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b, size_t stride,
                            int32_t *dots, int32_t *sums_a, int32_t *sums_b, int32_t *present);

  /* Counts of KING's kinship for rows_a x rows_b pairs, and rows of samples from rows of variants (kinship.c). */
  void (*kinship_counts)(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride,
                         int32_t *het_het, int32_t *opposed);
  void (*kinship_counts_with_missing)(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride,
                                      int32_t *het_het, int32_t *opposed, int32_t *het_a, int32_t *het_b,
                                      int32_t *present);
  void (*transpose_genotypes)(const uint8_t *packed, size_t stride, size_t variants, size_t first_sample, size_t samples,
                              uint8_t *target, size_t target_stride, size_t first_variant);

  /* out[variants * columns] = X'Y, with y column-major. */
  void (*transpose_product_f)(const uint8_t *packed, size_t stride, size_t variants, const float *table,
                              const float *y, size_t y_stride, size_t columns, double *out);
  void (*transpose_product_d)(const uint8_t *packed, size_t stride, size_t variants, const double *table,
                              const double *y, size_t y_stride, size_t columns, double *out);
  /* out += X B for the samples of some bytes of each row; b is row-major, out column-major. */
  void (*product)(const uint8_t *packed, size_t stride, size_t variants, size_t first_byte, size_t bytes,
                  const float *table, const float *b, size_t columns, double *out, size_t out_stride);

  /* The same in digits (digits.c): right-hand sides in whole numbers, two or three digits each, then the products. */
  void (*sample_digits)(const float *y, size_t y_stride, size_t samples, size_t columns, size_t digits, int8_t *planes,
                        double *units);
  void (*variant_digits)(const float *b, size_t variants, const double *mean, const double *scale, size_t columns,
                         size_t digits, int8_t *planes, int32_t *rows, double *units);
  void (*transpose_product_digits)(const uint8_t *packed, size_t stride, size_t variants, size_t samples,
                                   const double *mean, const double *scale, const int8_t *planes, const double *units,
                                   size_t columns, size_t digits, double *out);
  void (*product_digits)(const uint8_t *packed, size_t stride, size_t variants, size_t samples, size_t first_byte,
                         size_t bytes, const int8_t *planes, const int32_t *rows, const double *units, size_t columns,
                         size_t digits, double *out, size_t out_stride);

  /* out += X X' for some rows and the columns up to the diagonal (sample-gram.c). */
  void (*sample_gram)(const uint8_t *packed, size_t stride, size_t variants, const float *table, size_t first_row,
                      size_t rows, size_t columns, double *out, size_t ldo);

  /* uniform, normal (random.c): `count` numbers from index `first`; seed, stream and first are integers below 2^53. */
  void (*uniform)(double seed, double stream, double first, double *out, size_t count);
  void (*normal)(double seed, double stream, double first, double *out, size_t count);

  /* Packed rows of new samples that copy founders (mosaic.c). */
  void (*mosaic)(const uint8_t *founders, size_t founder_stride, size_t founder_count, const double *map,
                 double mean_length, size_t first, size_t variants, double seed, double stream, size_t samples,
                 int32_t *segments, int32_t *copied, double *ends, uint8_t *packed, size_t stride);

  /* Variants of .pgen and BGEN files as packed rows, of hard calls or of dosages (variant-records.c, bgen-block.c,
     dosage-rows.c); both return 0 or what is wrong with the file. */
  size_t (*pgen_records)(const uint8_t *bytes, const int32_t *places, const uint8_t *types, const int32_t *rows,
                         size_t records, size_t samples, int32_t threshold, uint8_t *base, uint8_t *target,
                         size_t stride, double *sums);
  size_t (*bgen_block)(const uint8_t *block, size_t length, size_t samples, int32_t threshold, uint8_t *row,
                       size_t stride, double *sums);

  /* Rows of text tables and their IDs (table-rows.c). */
  size_t (*plain_rows)(const uint8_t *bytes, size_t from, size_t end, const uint8_t *kinds, size_t width,
                       size_t separator, size_t most, int32_t *starts, double *numbers, int32_t *spans);
  size_t (*add_ids)(const uint8_t *bytes, const int32_t *spans, size_t count, uint8_t *own, uint32_t *ends,
                    int32_t *hashes, int32_t *slots, size_t slot_count, size_t present);
  void (*hash_ids)(const uint8_t *bytes, const uint32_t *ends, size_t count, int32_t *hashes);
  void (*fill_slots)(const int32_t *hashes, size_t count, int32_t *slots, size_t slot_count);
  void (*find_ids)(const uint8_t *wanted, const uint32_t *wanted_ends, const int32_t *wanted_hashes, size_t count,
                   const uint8_t *own, const uint32_t *ends, const int32_t *hashes, size_t present,
                   const int32_t *slots, size_t slot_count, int32_t *rows);
  size_t (*find_spans)(const uint8_t *bytes, const int32_t *spans, size_t count, const uint8_t *own, const uint32_t *ends,
                       const int32_t *hashes, size_t present, const int32_t *slots, size_t slot_count, size_t guess,
                       int32_t *rows);

  /* LD score regression, a block of SNPs (score-regression.c). */
  void (*chi2_weights)(const double *scores, const double *weight_scores, const double *n, const double *chi2, size_t count,
                       double slope, double intercept, double below, double *weights);
  void (*scaled_scores)(const double *scores, const double *n, size_t count, double mean_n, double *scaled);
  void (*weighted_sums)(const double *x, const double *z, const double *y, double offset, const double *weights,
                        size_t count, double *sums);
  void (*column_sums)(const double *y, const double *n, const double *scores, size_t count, double *sums);
  size_t (*count_below)(const double *values, size_t count, double below);
  void (*score_cells)(const double *scores, const double *predicted, const double *n, const double *chi2, size_t count,
                      double lowest, double scale, double cells, double below, double *sums);

  /* Dense float64, row-major (dense.c); ld... is the distance between rows. */
  size_t (*cholesky)(double *a, size_t order, size_t lda, double tolerance);
  size_t (*cholesky_pivoted)(double *a, size_t order, size_t lda, double tolerance, int32_t *pivots);
  void (*solve_lower_right)(const double *l, size_t order, size_t ldl, double *b, size_t rows, size_t ldb);
  void (*solve_lower)(const double *l, size_t order, size_t ldl, double *b, size_t columns, size_t ldb);
  void (*solve_lower_transposed)(const double *l, size_t order, size_t ldl, double *b, size_t columns, size_t ldb);
  void (*multiply_transposed)(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m,
                              size_t n, size_t k, double alpha);
  void (*multiply)(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m, size_t n,
                   size_t k, double alpha);
  void (*transposed_multiply)(const double *a, size_t lda, const double *b, size_t ldb, double *c, size_t ldc, size_t m,
                              size_t n, size_t k, double alpha);
  void (*sum_of_squares)(const double *values, size_t count, double *out);
  void (*householder)(double *a, size_t rows, size_t columns, size_t lda, double *v, size_t ldv, double *t, size_t ldt);
} kernel_table;

#endif
