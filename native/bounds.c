/* Loops that do nothing but what limits a kernel, for benchmarks to print beside it. Both run in the first-level cache. */
#include "simd.h"

/* Set bits of a AND b, counted `repeats` times over: what a Gram by counting bits could not go below. */
static double bound_count(const uint8_t *a, const uint8_t *b, size_t bytes, size_t repeats) {
  double sum = 0;
  for (size_t r = 0; r < repeats; r++) {
    vector_u totals[4] = {{0}};
    for (size_t at = 0; at + 4 * VECTOR_BYTES <= bytes; at += 4 * VECTOR_BYTES)
      UNROLL for (size_t k = 0; k < 4; k++)
        totals[k] += count_bits(load_u(a + at + k * VECTOR_BYTES) & load_u(b + at + k * VECTOR_BYTES));
    sum += (double)sum_u(totals[0] + totals[1] + totals[2] + totals[3]);
    __asm__ volatile("" ::: "memory"); /* each repeat reads again */
  }
  return sum;
}

/* 12 chains of `steps` float32 multiply-adds; returns the floating-point operations done. */
static double bound_multiply_add(size_t steps, float *sink) {
  enum { CHAINS = 12 };
  vector_f sums[CHAINS];
  UNROLL for (int k = 0; k < CHAINS; k++) sums[k] = splat_f((float)k);
  const vector_f x = splat_f(0.999f), y = splat_f(0.001f);
  for (size_t step = 0; step < steps; step++)
    UNROLL for (int k = 0; k < CHAINS; k++) sums[k] = multiply_add_f(sums[k], x, y);
  vector_f total = sums[0];
  UNROLL for (int k = 1; k < CHAINS; k++) total += sums[k];
  *sink = total[0];
  return 2.0 * CHAINS * LANES_F * (double)steps;
}
