/*
 * X B with one column on AVX-512, where decoding is most of the work: a permute looks up 16 entries by the low four bits
 * of each lane, so the genotypes of a sample at two variants are looked up at once. (For X'y the same trick over two
 * samples gains 2 %: not worth having.)
 */
#ifndef HEREDITY_SINGLE_PRODUCT_H
#define HEREDITY_SINGLE_PRODUCT_H

#include "simd.h"

#if defined(__AVX512F__)
#define SINGLE_PRODUCT

enum { SINGLE_TILE = 512 }; /* variants whose sums stay in float32 */

/* Entry i of a pair of variants: b_0 table_0[i & 3] + b_1 table_1[i >> 2]. */
INLINE __m512 pair_entries(const float *table, const float *b, int both) {
  const __m512i high = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  const __m512 first = _mm512_broadcast_f32x4(_mm_loadu_ps(table)), one = _mm512_mul_ps(first, _mm512_set1_ps(b[0]));
  if (!both) return one;
  const __m512 second = _mm512_permutexvar_ps(high, _mm512_castps128_ps512(_mm_loadu_ps(table + 4)));
  return _mm512_fmadd_ps(second, _mm512_set1_ps(b[1]), one);
}

/*
 * X b, added to `out`. A lane takes 16 samples of one 32-bit word. The words of two rows are merged so that four
 * neighbouring bits are the codes of one sample at both variants, even samples in one vector, odd ones in another.
 */
static void single_product(const uint8_t *packed, size_t stride, size_t variants, size_t bytes, const float *table,
                           const float *b, double *out) {
  _Alignas(64) float entries[SINGLE_TILE / 2][16];
  const vector_u low_codes = splat_u(UINT64_C(0x3333333333333333));
  for (size_t first = 0; first < variants; first += SINGLE_TILE) {
    const size_t count = variants - first < SINGLE_TILE ? variants - first : SINGLE_TILE;
    for (size_t v = 0; v < count; v += 2)
      _mm512_store_ps(entries[v / 2], pair_entries(table + 4 * (first + v), b + first + v, v + 1 < count));
    for (size_t at = 0; at < bytes; at += 64) {
      __m512 sums[16]; /* sums[s]: sample s of each word */
      UNROLL for (int s = 0; s < 16; s++) sums[s] = _mm512_setzero_ps();
      for (size_t v = 0; v < count; v += 2) {
        const uint8_t *row = packed + (first + v) * stride + at, *next = v + 1 < count ? row + stride : row;
        __builtin_prefetch(row + 64);
        __builtin_prefetch(next + 64);
        const vector_u a = load_u(row), c = load_u(next);
        const __m512i even = (__m512i)select_u(low_codes, a, c << 2), odd = (__m512i)select_u(low_codes, a >> 2, c);
        const __m512 pair = _mm512_load_ps(entries[v / 2]);
        UNROLL for (int k = 0; k < 8; k++) {
          sums[2 * k] = _mm512_add_ps(sums[2 * k], _mm512_permutexvar_ps(_mm512_srli_epi32(even, 4 * k), pair));
          sums[2 * k + 1] = _mm512_add_ps(sums[2 * k + 1], _mm512_permutexvar_ps(_mm512_srli_epi32(odd, 4 * k), pair));
        }
      }
      float tile[16][16];
      UNROLL for (int s = 0; s < 16; s++) _mm512_storeu_ps(tile[s], sums[s]);
      for (int word = 0; word < 16; word++)
        for (int s = 0; s < 16; s++) out[4 * at + 16 * (size_t)word + (size_t)s] += (double)tile[s][word];
    }
  }
}

#endif
#endif
