/* One build of all kernels. LEVEL is set by the build: v2, v3, v4, v4n, v4p (x86-64), neon, wasm or generic. */
#include "kernels.h"

#include "genotypes.c"
#include "gram.c"
#include "kinship.c"
#include "product.c"
#include "digits.c"
#include "digit-transpose.c"
#include "digit-product.c"
#include "sample-gram.c"
#include "random.c"
#include "mosaic.c"
#include "dosage-rows.c"
#include "variant-records.c"
#include "bgen-block.c"
#include "table-rows.c"
#include "score-regression.c"
#include "dense.c"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

const kernel_table JOIN(kernels_, LEVEL) = {
    .count_genotypes = count_genotypes,
    .repack = repack,
    .gram = gram,
    .standardise_gram = standardise_gram,
    .gram_with_missing = gram_with_missing,
    .kinship_counts = kinship_counts,
    .kinship_counts_with_missing = kinship_counts_with_missing,
    .transpose_genotypes = transpose_genotypes,
    .transpose_product_f = transpose_product_f,
    .transpose_product_d = transpose_product_d,
    .product = product,
    .sample_digits = sample_digits,
    .variant_digits = variant_digits,
    .transpose_product_digits = transpose_product_digits,
    .product_digits = product_digits,
    .sample_gram = sample_gram,
    .uniform = uniform,
    .normal = normal,
    .mosaic = mosaic,
    .pgen_records = pgen_records,
    .bgen_block = bgen_block,
    .plain_rows = plain_rows,
    .add_ids = add_ids,
    .hash_ids = hash_ids,
    .fill_slots = fill_slots,
    .find_ids = find_ids,
    .find_spans = find_spans,
    .chi2_weights = chi2_weights,
    .scaled_scores = scaled_scores,
    .weighted_sums = weighted_sums,
    .column_sums = column_sums,
    .count_below = count_below,
    .score_cells = score_cells,
    .cholesky = cholesky,
    .cholesky_pivoted = cholesky_pivoted,
    .solve_lower_right = solve_lower_right,
    .solve_lower = solve_lower,
    .solve_lower_transposed = solve_lower_transposed,
    .multiply_transposed = multiply_transposed,
    .multiply = multiply,
    .transposed_multiply = transposed_multiply,
    .sum_of_squares = sum_of_squares,
    .householder = householder,
};
