/*
 * Packed genotypes to numbers in registers: each 2-bit code picks one of a variant's four table entries.
 *
 * A wide vector takes a 32-bit word of 16 genotypes, shifts each lane to its own genotype, and lets a permute
 * instruction that reads only the low bits of a lane do the lookup. A 16-byte vector takes one byte (4 genotypes) and
 * shuffles the table's bytes.
 */
#ifndef HEREDITY_DECODE_H
#define HEREDITY_DECODE_H

#include "simd.h"

/* ---- float32: a table is one vector, repeated in every 16 bytes ---- */

typedef vector_f table_f;

#if !defined(__AVX2__)
#define ENTRY_BYTES(c) 4 * (c), 4 * (c) + 1, 4 * (c) + 2, 4 * (c) + 3
#define BYTES_1(b) {ENTRY_BYTES((b) & 3), ENTRY_BYTES((b) >> 2 & 3), ENTRY_BYTES((b) >> 4 & 3), ENTRY_BYTES((b) >> 6)}
#define BYTES_4(b) BYTES_1(b), BYTES_1((b) + 1), BYTES_1((b) + 2), BYTES_1((b) + 3)
#define BYTES_16(b) BYTES_4(b), BYTES_4((b) + 4), BYTES_4((b) + 8), BYTES_4((b) + 12)
#define BYTES_64(b) BYTES_16(b), BYTES_16((b) + 16), BYTES_16((b) + 32), BYTES_16((b) + 48)

/* For a byte of four codes: the bytes of their table entries. */
static const uint8_t entry_bytes[256][16] __attribute__((aligned(16))) = {
    BYTES_64(0), BYTES_64(64), BYTES_64(128), BYTES_64(192)};
#endif

INLINE table_f load_table_f(const float *entries) {
#if defined(__AVX512F__)
  return (table_f)_mm512_broadcast_f32x4(_mm_loadu_ps(entries));
#elif defined(__AVX2__)
  return (table_f)_mm256_broadcast_ps((const __m128 *)entries);
#else
  return load_f(entries);
#endif
}

/* The k-th LANES_F genotypes from `codes` on. Reads a whole word of four bytes with AVX2 and AVX-512. */
INLINE vector_f decode_f(table_f table, const uint8_t *codes, size_t k) {
#if defined(__AVX512F__)
  int32_t word;
  __builtin_memcpy(&word, codes + 4 * k, 4);
  const __m512i shifts = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  return (vector_f)_mm512_permutevar_ps((__m512)table, _mm512_srlv_epi32(_mm512_set1_epi32(word), shifts));
#elif defined(__AVX2__)
  int32_t word;
  __builtin_memcpy(&word, codes + 4 * (k / 2), 4);
  const __m256i shifts = k % 2 ? _mm256_setr_epi32(16, 18, 20, 22, 24, 26, 28, 30) : _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14);
  return (vector_f)_mm256_permutevar_ps((__m256)table, _mm256_srlv_epi32(_mm256_set1_epi32(word), shifts));
#elif defined(__SSSE3__)
  return (vector_f)_mm_shuffle_epi8((__m128i)table, *(const __m128i *)entry_bytes[codes[k]]);
#elif defined(__aarch64__)
  return (vector_f)vqtbl1q_u8((uint8x16_t)table, vld1q_u8(entry_bytes[codes[k]]));
#elif defined(__wasm_simd128__)
  return (vector_f)wasm_i8x16_swizzle((v128_t)table, wasm_v128_load(entry_bytes[codes[k]]));
#else
  const uint8_t byte = codes[k];
  return (vector_f){table[byte & 3], table[byte >> 2 & 3], table[byte >> 4 & 3], table[byte >> 6]};
#endif
}

/* ---- float64 ---- */

#if defined(__AVX512F__)
typedef vector_d table_d; /* the four entries, twice */
#else
typedef struct {
  double pairs[16][2]; /* the entries of any two codes */
} table_d;
#endif

INLINE table_d load_table_d(const double *entries) {
#if defined(__AVX512F__)
  return (table_d)_mm512_broadcast_f64x4(_mm256_loadu_pd(entries));
#else
  table_d table;
  for (int i = 0; i < 16; i++) {
    table.pairs[i][0] = entries[i & 3];
    table.pairs[i][1] = entries[i >> 2];
  }
  return table;
#endif
}

/* The k-th LANES_D genotypes from `codes` on. */
#if defined(__AVX512F__)
INLINE vector_d decode_d(const table_d *table, const uint8_t *codes, size_t k) {
  int32_t word;
  __builtin_memcpy(&word, codes + 4 * (k / 2), 4);
  const __m512i shifts = k % 2 ? _mm512_setr_epi64(16, 18, 20, 22, 24, 26, 28, 30) : _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
  const __m512i lanes = _mm512_srlv_epi64(_mm512_set1_epi32(word), shifts);
  return (vector_d)_mm512_permutexvar_pd(lanes, (__m512d)*table);
}
#elif defined(__AVX2__)
INLINE vector_d decode_d(const table_d *table, const uint8_t *codes, size_t k) {
  const __m128d low = _mm_loadu_pd(table->pairs[codes[k] & 15]), high = _mm_loadu_pd(table->pairs[codes[k] >> 4]);
  return (vector_d)_mm256_insertf128_pd(_mm256_castpd128_pd256(low), high, 1);
}
#else
INLINE vector_d decode_d(const table_d *table, const uint8_t *codes, size_t k) {
  return load_d(table->pairs[codes[k / 2] >> 4 * (k % 2) & 15]);
}
#endif

#endif
