/*
 * Products of bytes: the vectors behind the digit products (digits.c says what digits are).
 *
 * A genotype is a byte 0, 1 or 2, a digit a signed byte. `dot` multiplies them byte by byte and adds up: into 32-bit lanes of
 * four bytes each where the processor has the instruction (VNNI), else into lanes of 16 bits, which `dot_sums` widens to the
 * same 32-bit lanes.
 *
 * No lane of 16 bits overflows within DOT_STEPS steps: a step adds two products of at most 2 x 128 to it, so after 64 steps
 * it lies from -64 x 512 = -2^15 (all digits -128) to 64 x 508 < 2^15 (all digits 127).
 */
#ifndef HEREDITY_DIGITS_H
#define HEREDITY_DIGITS_H

#include "simd.h"

enum {
  DIGIT_STRIP_BYTES = 64, /* packed bytes whose genotypes are decoded together: 256 samples */
  DIGIT_STRIP = 4 * DIGIT_STRIP_BYTES,
  DIGIT_SAMPLES = 4096, /* samples that share a unit in X'Y */
  DIGIT_VARIANTS = 256, /* variants that share a unit in X B */
  DIGIT_PANEL = 6,      /* most digits of a panel: those of 3 columns with two digits, of 2 columns with three */
  BAND = 24,            /* columns whose sums are kept while their units go by */
  DOT_STEPS = 64        /* after so many steps `dot_sums` is due: 256 variants, four a step, are just that */
};

#define LANES_I (VECTOR_BYTES / 4)

typedef int32_t vector_i __attribute__((vector_size(VECTOR_BYTES)));
typedef uint32_t vector_w __attribute__((vector_size(VECTOR_BYTES)));

INLINE vector_i load_i(const int32_t *from) {
  vector_i v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

/* The k-th genotype of each byte of four. */
INLINE vector_u genotype_bytes(const uint8_t *codes, size_t k) {
  return (load_u(codes) >> (2 * k)) & splat_u(UINT64_C(0x0303030303030303));
}

/* ---- sums of products of bytes ---- */

#if defined(__AVX512VNNI__)

typedef vector_i dots;

/* In assembly: with the intrinsic gcc copies accumulators and spills a register tile, at half the speed. */
INLINE dots dot(dots sums, vector_u genotypes, vector_u digits) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(genotypes), "v"(digits));
  return sums;
}
INLINE vector_i dot_sums(dots sums) { return sums; }

#elif defined(__SSSE3__)

#if defined(__AVX512BW__)
#define X86(name) _mm512_##name
typedef __m512i x86_vector;
#elif defined(__AVX2__)
#define X86(name) _mm256_##name
typedef __m256i x86_vector;
#else
#define X86(name) _mm_##name
typedef __m128i x86_vector;
#endif

typedef vector_u dots;

INLINE dots dot(dots sums, vector_u genotypes, vector_u digits) {
  return (dots)X86(add_epi16)((x86_vector)sums, X86(maddubs_epi16)((x86_vector)genotypes, (x86_vector)digits));
}
INLINE vector_i dot_sums(dots sums) { return (vector_i)X86(madd_epi16)((x86_vector)sums, X86(set1_epi16)(1)); }

#elif defined(__ARM_FEATURE_DOTPROD)

typedef vector_i dots;

INLINE dots dot(dots sums, vector_u genotypes, vector_u digits) {
  return (dots)vdotq_s32((int32x4_t)sums, (int8x16_t)genotypes, (int8x16_t)digits);
}
INLINE vector_i dot_sums(dots sums) { return sums; }

#elif defined(__aarch64__)

typedef struct {
  int16x8_t low, high; /* of the products of the first and the last eight bytes */
} dots;

INLINE dots dot(dots sums, vector_u genotypes, vector_u digits) {
  const int8x16_t a = (int8x16_t)genotypes, b = (int8x16_t)digits;
  return (dots){vmlal_s8(sums.low, vget_low_s8(a), vget_low_s8(b)), vmlal_high_s8(sums.high, a, b)};
}
INLINE vector_i dot_sums(dots sums) { return (vector_i)vpaddq_s32(vpaddlq_s16(sums.low), vpaddlq_s16(sums.high)); }

#elif defined(__wasm_simd128__)

typedef struct {
  v128_t low, high;
} dots;

INLINE dots dot(dots sums, vector_u genotypes, vector_u digits) {
  const v128_t a = (v128_t)genotypes, b = (v128_t)digits;
  return (dots){wasm_i16x8_add(sums.low, wasm_i16x8_extmul_low_i8x16(a, b)),
                wasm_i16x8_add(sums.high, wasm_i16x8_extmul_high_i8x16(a, b))};
}
INLINE vector_i dot_sums(dots sums) {
  const v128_t a = wasm_i32x4_extadd_pairwise_i16x8(sums.low), b = wasm_i32x4_extadd_pairwise_i16x8(sums.high);
  return (vector_i)wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}

#else

typedef vector_i dots;

INLINE dots dot(dots sums, vector_u genotypes, vector_u digits) {
  int8_t a[VECTOR_BYTES], b[VECTOR_BYTES];
  __builtin_memcpy(a, &genotypes, sizeof a);
  __builtin_memcpy(b, &digits, sizeof b);
  for (int i = 0; i < VECTOR_BYTES; i++) sums[i / 4] += a[i] * b[i];
  return sums;
}
INLINE vector_i dot_sums(dots sums) { return sums; }

#endif

/* Sums of the lanes of four vectors. */
INLINE void sum_lanes_4(const vector_i v[4], int32_t *out) {
#if defined(__AVX512F__)
  const __m512i a = (__m512i)v[0], b = (__m512i)v[1], c = (__m512i)v[2], d = (__m512i)v[3];
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i abcd = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
  _mm_storeu_si128((__m128i *)out, _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
#else
  for (int i = 0; i < 4; i++) {
    int32_t sum = 0;
    UNROLL for (int l = 0; l < LANES_I; l++) sum += v[i][l];
    out[i] = sum;
  }
#endif
}

/* ---- packed genotypes ---- */

#define LOW_OF_CODES UINT64_C(0x5555555555555555)

/* 2-bit codes to copies of allele 2, two bits each: 0, 1, 1, 2 for codes 0 to 3; a missing genotype counts one. */
INLINE vector_u copies_of_codes(vector_u codes) { return codes - ((codes >> 1) & splat_u(LOW_OF_CODES)); }

/* Whether any bit is set. */
INLINE int any_bit(vector_u v) {
#if defined(__AVX512F__)
  return _mm512_test_epi64_mask((__m512i)v, (__m512i)v) != 0;
#else
  uint64_t bits = 0;
  UNROLL for (int i = 0; i < VECTOR_BYTES / 8; i++) bits |= v[i];
  return bits != 0;
#endif
}

/* The low bit of each missing genotype of a word of codes. */
INLINE uint64_t missing_of_word(uint64_t codes) { return codes & ~(codes >> 1) & LOW_OF_CODES; }

/* The 64-bit words of a vector of codes that hold a missing genotype, one bit each. */
INLINE unsigned words_with_missing(vector_u codes) {
#if defined(__AVX512F__)
  const __m512i low = (__m512i)splat_u(LOW_OF_CODES);
  return _mm512_test_epi64_mask(_mm512_andnot_si512(_mm512_srli_epi64((__m512i)codes, 1), (__m512i)codes), low);
#else
  const vector_u missing = codes & ~(codes >> 1) & splat_u(LOW_OF_CODES);
  unsigned words = 0;
  UNROLL for (int i = 0; i < VECTOR_BYTES / 8; i++) words |= (unsigned)(missing[i] != 0) << i;
  return words;
#endif
}

/* The same of the eight words of 64 bytes. */
INLINE uint8_t words_with_missing_64(const uint8_t *codes) {
  unsigned words = 0;
  UNROLL for (size_t at = 0; at < 64; at += VECTOR_BYTES) words |= words_with_missing(load_u(codes + at)) << at / 8;
  return (uint8_t)words;
}

#endif
