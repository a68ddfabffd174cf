/*
 * The Node addon: unpacks JavaScript arguments and calls the kernels of the best level that this processor runs.
 * Sizes are checked in TypeScript (src/kernels/checked.ts); here typed arrays become pointers, nothing more.
 */
#define _DEFAULT_SOURCE /* madvise */
#include <node_api.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "kernels.h"

#if defined(__x86_64__)
extern const kernel_table kernels_v2, kernels_v3, kernels_v4, kernels_v4n, kernels_v4p;
#elif defined(__aarch64__)
extern const kernel_table kernels_neon;
#else
extern const kernel_table kernels_generic;
#endif

typedef struct {
  const char *name;
  const kernel_table *table;
  int supported;
} level;

enum { MAX_LEVELS = 5 };

static size_t list_levels(level levels[MAX_LEVELS]) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  const int v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const int v4n = v4 && __builtin_cpu_supports("avx512vnni");
  const int v4p = v4n && __builtin_cpu_supports("avx512vpopcntdq");
  levels[0] = (level){"avx512+vnni+vpopcntdq", &kernels_v4p, v4p};
  levels[1] = (level){"avx512+vnni", &kernels_v4n, v4n};
  levels[2] = (level){"avx512", &kernels_v4, v4};
  levels[3] = (level){"avx2", &kernels_v3, v3};
  levels[4] = (level){"sse4.2", &kernels_v2, v2};
  return 5;
#elif defined(__aarch64__)
  levels[0] = (level){"neon", &kernels_neon, 1};
  return 1;
#else
  levels[0] = (level){"generic", &kernels_generic, 1};
  return 1;
#endif
}

/* ---- arguments ---- */

#define MAX_ARGUMENTS 16

typedef struct {
  napi_env env;
  napi_value values[MAX_ARGUMENTS];
  void *data; /* of the function: its kernel_table */
} arguments;

static arguments read_arguments(napi_env env, napi_callback_info info) {
  arguments a = {.env = env};
  size_t count = MAX_ARGUMENTS;
  napi_get_cb_info(env, info, &count, a.values, NULL, &a.data);
  return a;
}

static void *pointer(const arguments *a, int index) {
  void *data = NULL;
  napi_typedarray_type type;
  size_t length, offset;
  napi_value buffer;
  if (napi_get_typedarray_info(a->env, a->values[index], &type, &length, &data, &buffer, &offset) != napi_ok)
    napi_throw_type_error(a->env, NULL, "kernel argument is not a typed array");
  return data;
}

static size_t size(const arguments *a, int index) {
  int64_t value = 0;
  napi_get_value_int64(a->env, a->values[index], &value);
  return (size_t)value;
}

static double number(const arguments *a, int index) {
  double value = 0;
  napi_get_value_double(a->env, a->values[index], &value);
  return value;
}

static size_t length(const arguments *a, int index) {
  napi_typedarray_type type;
  size_t count = 0, offset;
  void *data;
  napi_value buffer;
  napi_get_typedarray_info(a->env, a->values[index], &type, &count, &data, &buffer, &offset);
  return count;
}

#define KERNELS ((const kernel_table *)a.data)
#define P(index) pointer(&a, index)
#define S(index) size(&a, index)
#define N(index) number(&a, index)
#define LENGTH(index) length(&a, index)

/* A kernel that returns nothing. */
#define KERNEL(name, ...)                                            \
  static napi_value js_##name(napi_env env, napi_callback_info info) { \
    const arguments a = read_arguments(env, info);                   \
    KERNELS->name(__VA_ARGS__);                                      \
    return NULL;                                                     \
  }

/* A kernel that returns a count. */
#define COUNTING_KERNEL(name, ...)                                   \
  static napi_value js_##name(napi_env env, napi_callback_info info) { \
    const arguments a = read_arguments(env, info);                   \
    napi_value result;                                               \
    napi_create_int64(env, (int64_t)KERNELS->name(__VA_ARGS__), &result); \
    return result;                                                   \
  }

KERNEL(count_genotypes, P(0), S(1), S(2), S(3), P(4))
KERNEL(repack, P(0), S(1), S(2), S(3), P(4), P(5), S(6))
KERNEL(gram, P(0), S(1), P(2), S(3), S(4), P(5))
KERNEL(standardise_gram, P(0), S(1), S(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9))
KERNEL(gram_with_missing, P(0), S(1), P(2), S(3), S(4), P(5), P(6), P(7), P(8))
KERNEL(kinship_counts, P(0), S(1), P(2), S(3), S(4), P(5), P(6))
KERNEL(kinship_counts_with_missing, P(0), S(1), P(2), S(3), S(4), P(5), P(6), P(7), P(8), P(9))
KERNEL(transpose_genotypes, P(0), S(1), S(2), S(3), S(4), P(5), S(6), S(7))
KERNEL(transpose_product_f, P(0), S(1), S(2), P(3), P(4), S(5), S(6), P(7))
KERNEL(transpose_product_d, P(0), S(1), S(2), P(3), P(4), S(5), S(6), P(7))
KERNEL(product, P(0), S(1), S(2), S(3), S(4), P(5), P(6), S(7), P(8), S(9))

KERNEL(sample_digits, P(0), S(1), S(2), S(3), S(4), P(5), P(6))
KERNEL(variant_digits, P(0), S(1), P(2), P(3), S(4), S(5), P(6), P(7), P(8))
KERNEL(transpose_product_digits, P(0), S(1), S(2), S(3), P(4), P(5), P(6), P(7), S(8), S(9), P(10))
KERNEL(product_digits, P(0), S(1), S(2), S(3), S(4), S(5), P(6), P(7), P(8), S(9), S(10), P(11), S(12))

KERNEL(sample_gram, P(0), S(1), S(2), P(3), S(4), S(5), S(6), P(7), S(8))

KERNEL(uniform, N(0), N(1), N(2), P(3), LENGTH(3))
KERNEL(normal, N(0), N(1), N(2), P(3), LENGTH(3))

KERNEL(mosaic, P(0), S(1), S(2), P(3), N(4), S(5), S(6), N(7), N(8), S(9), P(10), P(11), P(12), P(13), S(14))

COUNTING_KERNEL(pgen_records, P(0), P(1), P(2), P(3), S(4), S(5), (int32_t)S(6), P(7), P(8), S(9), P(10))
COUNTING_KERNEL(bgen_block, P(0), S(1), S(2), (int32_t)S(3), P(4), S(5), P(6))

COUNTING_KERNEL(plain_rows, P(0), S(1), S(2), P(3), S(4), S(5), S(6), P(7), P(8), P(9))
COUNTING_KERNEL(add_ids, P(0), P(1), S(2), P(3), P(4), P(5), P(6), S(7), S(8))
KERNEL(hash_ids, P(0), P(1), S(2), P(3))
KERNEL(fill_slots, P(0), S(1), P(2), S(3))
KERNEL(find_ids, P(0), P(1), P(2), S(3), P(4), P(5), P(6), S(7), P(8), S(9), P(10))
COUNTING_KERNEL(find_spans, P(0), P(1), S(2), P(3), P(4), P(5), S(6), P(7), S(8), S(9), P(10))
KERNEL(chi2_weights, P(0), P(1), P(2), P(3), S(4), N(5), N(6), N(7), P(8))
KERNEL(scaled_scores, P(0), P(1), S(2), N(3), P(4))
KERNEL(weighted_sums, P(0), P(1), P(2), N(3), P(4), S(5), P(6))
KERNEL(column_sums, P(0), P(1), P(2), S(3), P(4))
COUNTING_KERNEL(count_below, P(0), S(1), N(2))
KERNEL(score_cells, P(0), P(1), P(2), P(3), S(4), N(5), N(6), N(7), N(8), P(9))

COUNTING_KERNEL(cholesky, P(0), S(1), S(2), N(3))
COUNTING_KERNEL(cholesky_pivoted, P(0), S(1), S(2), N(3), P(4))
KERNEL(solve_lower_right, P(0), S(1), S(2), P(3), S(4), S(5))
KERNEL(solve_lower, P(0), S(1), S(2), P(3), S(4), S(5))
KERNEL(solve_lower_transposed, P(0), S(1), S(2), P(3), S(4), S(5))
KERNEL(multiply_transposed, P(0), S(1), P(2), S(3), P(4), S(5), S(6), S(7), S(8), N(9))
KERNEL(multiply, P(0), S(1), P(2), S(3), P(4), S(5), S(6), S(7), S(8), N(9))
KERNEL(transposed_multiply, P(0), S(1), P(2), S(3), P(4), S(5), S(6), S(7), S(8), N(9))
KERNEL(sum_of_squares, P(0), S(1), P(2))
KERNEL(householder, P(0), S(1), S(2), S(3), P(4), S(5), P(6), S(7))

/* ---- memory ---- */

/*
 * hugePages(array, bytes): asks for the memory of a new array in pages of 2 MB, and returns how many bytes lie before the
 * first of them. A page is given when it is first touched, which takes as long for 2 MB as for 4 KB; on virtual machines that
 * was a third of the time of some runs.
 */
static napi_value js_huge_pages(napi_env env, napi_callback_info info) {
  const arguments a = read_arguments(env, info);
  size_t before = 0;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const uintptr_t page = (uintptr_t)2 << 20;
  const uintptr_t data = (uintptr_t)P(0);
  const uintptr_t start = (data + page - 1) & ~(page - 1), end = (data + S(1)) & ~(page - 1);
  if (data != 0 && start < end) {
    madvise((void *)start, end - start, MADV_HUGEPAGE); /* without it, it is only slower */
    before = start - data;
  }
#endif
  napi_value result;
  napi_create_int64(env, (int64_t)before, &result);
  return result;
}

/*
 * Arrays of megabytes get memory of their own, zeroed by the machine when it is touched and given back when it is freed. By
 * itself glibc takes ever larger ones from its heap, and writes zeros over them page by page before anybody can ask for large
 * pages.
 */
static void set_up_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 32 << 20); /* of the others, so much is kept for the next */
#endif
}

static _Thread_local void *thread_workspace;

void *workspace(void) { return thread_workspace; }

static void free_workspace(void *unused) {
  (void)unused;
  free(thread_workspace);
  thread_workspace = NULL;
}

/* Each thread of JavaScript loads the addon, and has its own workspace from then to its end. */
static int set_up_workspace(napi_env env) {
  if (thread_workspace) return 1;
  thread_workspace = aligned_alloc(64, WORKSPACE_BYTES);
  return thread_workspace && napi_add_env_cleanup_hook(env, free_workspace, NULL) == napi_ok;
}

#include "gunzip.c"

/* ---- module ---- */

/* levels(): [{ name, supported }], best first. */
static napi_value js_levels(napi_env env, napi_callback_info info) {
  (void)info;
  level levels[MAX_LEVELS];
  const size_t count = list_levels(levels);
  napi_value list;
  napi_create_array(env, &list);
  for (size_t i = 0; i < count; i++) {
    napi_value entry, value;
    napi_create_object(env, &entry);
    napi_create_string_utf8(env, levels[i].name, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, entry, "name", value);
    napi_get_boolean(env, levels[i].supported, &value);
    napi_set_named_property(env, entry, "supported", value);
    napi_set_element(env, list, (uint32_t)i, entry);
  }
  return list;
}

static const struct {
  const char *name;
  napi_callback call;
} functions[] = {
    {"countGenotypes", js_count_genotypes},
    {"repack", js_repack},
    {"gram", js_gram},
    {"standardiseGram", js_standardise_gram},
    {"gramWithMissing", js_gram_with_missing},
    {"kinshipCounts", js_kinship_counts},
    {"kinshipCountsWithMissing", js_kinship_counts_with_missing},
    {"transposeGenotypes", js_transpose_genotypes},
    {"transposeProduct", js_transpose_product_f},
    {"transposeProduct64", js_transpose_product_d},
    {"product", js_product},
    {"sampleDigits", js_sample_digits},
    {"variantDigits", js_variant_digits},
    {"transposeProductDigits", js_transpose_product_digits},
    {"productDigits", js_product_digits},
    {"sampleGram", js_sample_gram},
    {"uniform", js_uniform},
    {"normal", js_normal},
    {"mosaic", js_mosaic},
    {"pgenRecords", js_pgen_records},
    {"bgenBlock", js_bgen_block},
    {"plainRows", js_plain_rows},
    {"addIds", js_add_ids},
    {"hashIds", js_hash_ids},
    {"fillSlots", js_fill_slots},
    {"findIds", js_find_ids},
    {"findSpans", js_find_spans},
    {"chi2Weights", js_chi2_weights},
    {"scaledScores", js_scaled_scores},
    {"weightedSums", js_weighted_sums},
    {"columnSums", js_column_sums},
    {"countBelow", js_count_below},
    {"scoreCells", js_score_cells},
    {"cholesky", js_cholesky},
    {"choleskyPivoted", js_cholesky_pivoted},
    {"solveLowerRight", js_solve_lower_right},
    {"solveLower", js_solve_lower},
    {"solveLowerTransposed", js_solve_lower_transposed},
    {"multiplyTransposed", js_multiply_transposed},
    {"multiply", js_multiply},
    {"transposedMultiply", js_transposed_multiply},
    {"sumOfSquares", js_sum_of_squares},
    {"householder", js_householder},
};

static void export_function(napi_env env, napi_value object, const char *name, napi_callback call, const kernel_table *table) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, (void *)table, &function);
  napi_set_named_property(env, object, name, function);
}

/* kernels(index): the functions of that level. */
static napi_value js_kernels(napi_env env, napi_callback_info info) {
  const arguments a = read_arguments(env, info);
  level levels[MAX_LEVELS];
  const size_t count = list_levels(levels), index = size(&a, 0);
  if (index >= count || !levels[index].supported) {
    napi_throw_range_error(env, NULL, "this processor does not run that instruction level");
    return NULL;
  }
  napi_value kernels;
  napi_create_object(env, &kernels);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    export_function(env, kernels, functions[i].name, functions[i].call, levels[index].table);
  return kernels;
}

NAPI_MODULE_INIT() {
  set_up_memory();
  if (!set_up_workspace(env)) {
    napi_throw_error(env, NULL, "there is no memory for the kernels");
    return NULL;
  }
  export_function(env, exports, "levels", js_levels, NULL);
  export_function(env, exports, "kernels", js_kernels, NULL);
  export_function(env, exports, "hugePages", js_huge_pages, NULL);
  export_function(env, exports, "inflater", js_inflater, NULL);
  export_function(env, exports, "inflate", js_inflate, NULL);
  export_function(env, exports, "resetInflater", js_reset_inflater, NULL);
  return exports;
}
