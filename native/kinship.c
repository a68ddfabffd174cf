/*
 * Counts behind KING-robust kinship, for every pair of two sets of packed rows: over the places where both have a genotype, how
 * many are heterozygous in both, how many are different homozygotes, how many are heterozygous in one. Rows are those of
 * samples over variants (transpose), or of variants over samples: the counting is the same.
 */
#include "kernels.h"

/* Planes of gram.c and, with them, of heterozygous genotypes. */
typedef struct {
  variant_planes homozygous;
  uint8_t het[PLANE];
} kinship_planes;

/* A high bit without a nonzero d is the code 2: heterozygous. */
static size_t build_kinship_planes(const uint8_t *packed, size_t bytes, kinship_planes *planes) {
  const size_t length = build_planes(packed, bytes, &planes->homozygous, NULL);
  for (size_t at = 0; at < length; at += VECTOR_BYTES)
    store_u(planes->het + at, load_u(planes->homozygous.sign + at) & ~load_u(planes->homozygous.nonzero + at));
  return length;
}

#if defined(__aarch64__)
INLINE int64_t sum_count(vector_u count) { return (int64_t)vaddlvq_u16((uint16x8_t)count); }
#elif defined(__AVX512VPOPCNTDQ__)
INLINE int64_t sum_count(vector_u count) { return sum_u(count); }
#else
INLINE vector_u add_count(vector_u total, vector_u v) { return total + count_bits(v); }
INLINE int64_t sum_count(vector_u count) { return sum_u(count); }
#endif

/* Rows of a and of b whose pairs are counted in registers together. */
enum { KIN_A = VECTOR_REGISTERS == 32 ? 4 : 2, KIN_B = 2 };

INLINE void kinship_block(const kinship_planes *a, size_t rows_a, const kinship_planes *b, size_t rows_b, size_t length,
                          int32_t *het_het, int32_t *opposed, size_t ld) {
  vector_u both[KIN_A][KIN_B] = {{{0}}}, against[KIN_A][KIN_B] = {{{0}}};
  for (size_t at = 0; at < length; at += VECTOR_BYTES) {
    vector_u nonzero[KIN_A], sign[KIN_A], het[KIN_A];
    UNROLL for (size_t i = 0; i < rows_a; i++) {
      nonzero[i] = load_u(a[i].homozygous.nonzero + at);
      sign[i] = load_u(a[i].homozygous.sign + at);
      het[i] = load_u(a[i].het + at);
    }
    UNROLL for (size_t j = 0; j < rows_b; j++) {
      vector_u nonzero_b = load_u(b[j].homozygous.nonzero + at), sign_b = load_u(b[j].homozygous.sign + at);
      vector_u het_b = load_u(b[j].het + at);
      KEEP(nonzero_b);
      KEEP(sign_b);
      KEEP(het_b);
      UNROLL for (size_t i = 0; i < rows_a; i++) {
        both[i][j] = add_count(both[i][j], het[i] & het_b);
        against[i][j] = add_count(against[i][j], and_xor_u(nonzero[i] & nonzero_b, sign[i], sign_b));
      }
    }
  }
  UNROLL for (size_t i = 0; i < rows_a; i++) UNROLL for (size_t j = 0; j < rows_b; j++) {
    het_het[i * ld + j] += (int32_t)sum_count(both[i][j]);
    opposed[i * ld + j] += (int32_t)sum_count(against[i][j]);
  }
}

/* Of one pair: heterozygous in one where the other has a genotype, both ways, and places where both have one. */
INLINE void presence_block(const kinship_planes *a, const kinship_planes *b, size_t length, int32_t *het_a, int32_t *het_b,
                           int32_t *present) {
  vector_u of_a = {0}, of_b = {0}, both = {0};
  for (size_t at = 0; at < length; at += VECTOR_BYTES) {
    const vector_u a_het = load_u(a->het + at), b_het = load_u(b->het + at);
    const vector_u a_present = a_het | load_u(a->homozygous.nonzero + at);
    const vector_u b_present = b_het | load_u(b->homozygous.nonzero + at);
    of_a = add_count(of_a, a_het & b_present);
    of_b = add_count(of_b, b_het & a_present);
    both = add_count(both, a_present & b_present);
  }
  *het_a += (int32_t)sum_count(of_a);
  *het_b += (int32_t)sum_count(of_b);
  *present += (int32_t)sum_count(both);
}

static void kinship_tile(const kinship_planes *a, size_t rows_a, const kinship_planes *b, size_t rows_b, size_t length,
                         int32_t *het_het, int32_t *opposed, size_t ld) {
  for (size_t i = 0; i < rows_a; i += KIN_A) {
    for (size_t j = 0; j < rows_b; j += KIN_B) {
      const size_t cell = i * ld + j;
      if (i + KIN_A <= rows_a && j + KIN_B <= rows_b) {
        kinship_block(a + i, KIN_A, b + j, KIN_B, length, het_het + cell, opposed + cell, ld);
        continue;
      }
      for (size_t k = i; k < i + KIN_A && k < rows_a; k++)
        for (size_t l = j; l < j + KIN_B && l < rows_b; l++)
          kinship_block(a + k, 1, b + l, 1, length, het_het + k * ld + l, opposed + k * ld + l, ld);
    }
  }
}

/* The tiles of both kernels; het_a, het_b and present are NULL where they are not wanted. */
INLINE void kinship(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride, int32_t *het_het,
                    int32_t *opposed, int32_t *het_a, int32_t *het_b, int32_t *present) {
  _Alignas(64) kinship_planes planes_a[GRAM_TILE_A], planes_b[GRAM_TILE_B];
  const size_t chunk = chunk_bytes(stride), size = rows_a * rows_b * sizeof *het_het;
  __builtin_memset(het_het, 0, size);
  __builtin_memset(opposed, 0, size);
  if (present) {
    __builtin_memset(het_a, 0, size);
    __builtin_memset(het_b, 0, size);
    __builtin_memset(present, 0, size);
  }
  for (size_t i = 0; i < rows_a; i += GRAM_TILE_A) {
    const size_t count_a = smaller_of(rows_a - i, GRAM_TILE_A);
    for (size_t byte = 0; byte < stride; byte += chunk) {
      const size_t bytes = smaller_of(stride - byte, chunk);
      size_t length = 0;
      for (size_t k = 0; k < count_a; k++) length = build_kinship_planes(a + (i + k) * stride + byte, bytes, planes_a + k);
      for (size_t j = 0; j < rows_b; j += GRAM_TILE_B) {
        const size_t count_b = smaller_of(rows_b - j, GRAM_TILE_B), corner = i * rows_b + j;
        for (size_t k = 0; k < count_b; k++) build_kinship_planes(b + (j + k) * stride + byte, bytes, planes_b + k);
        kinship_tile(planes_a, count_a, planes_b, count_b, length, het_het + corner, opposed + corner, rows_b);
        if (!present) continue;
        for (size_t k = 0; k < count_a; k++)
          for (size_t l = 0; l < count_b; l++) {
            const size_t cell = corner + k * rows_b + l;
            presence_block(planes_a + k, planes_b + l, length, het_a + cell, het_b + cell, present + cell);
          }
      }
    }
  }
}

static void kinship_counts(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride,
                           int32_t *het_het, int32_t *opposed) {
  kinship(a, rows_a, b, rows_b, stride, het_het, opposed, NULL, NULL, NULL);
}

static void kinship_counts_with_missing(const uint8_t *a, size_t rows_a, const uint8_t *b, size_t rows_b, size_t stride,
                                        int32_t *het_het, int32_t *opposed, int32_t *het_a, int32_t *het_b,
                                        int32_t *present) {
  kinship(a, rows_a, b, rows_b, stride, het_het, opposed, het_a, het_b, present);
}

/* ---- rows of samples ---- */

/* The 8 x 8 bit matrix of a word, a row a byte, turned over (Warren, Hacker's Delight, section 7-3). */
INLINE uint64_t turn_bits(uint64_t x) {
  uint64_t t = (x ^ (x >> 7)) & UINT64_C(0x00aa00aa00aa00aa);
  x ^= t ^ (t << 7);
  t = (x ^ (x >> 14)) & UINT64_C(0x0000cccc0000cccc);
  x ^= t ^ (t << 14);
  t = (x ^ (x >> 28)) & UINT64_C(0x00000000f0f0f0f0);
  return x ^ t ^ (t << 28);
}

/* The even bits of each byte at its low end, those of two bytes side by side: 4 genotypes' low bits in 4 bits. */
INLINE uint64_t gather_even(uint64_t x) {
  x &= UINT64_C(0x5555555555555555);
  x = (x | x >> 1) & UINT64_C(0x3333333333333333);
  return (x | x >> 2) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

/* Bits of each byte's low half to its even places. */
INLINE uint64_t spread_even(uint64_t x) {
  x = (x | x << 2) & UINT64_C(0x3333333333333333);
  return (x | x << 1) & UINT64_C(0x5555555555555555);
}

/*
 * Eight variants by four samples a step: byte `byte` of eight rows becomes two bytes (eight genotypes) of each of four
 * target rows. Low and high bits of the four genotypes are the rows of one 8 x 8 bit matrix.
 */
static void transpose_genotypes(const uint8_t *packed, size_t stride, size_t variants, size_t first_sample,
                                size_t samples, uint8_t *target, size_t target_stride, size_t first_variant) {
  for (size_t v = 0; v < variants; v += 8) {
    const size_t rows = variants - v < 8 ? variants - v : 8;
    uint8_t *const to = target + (first_variant + v) / 4;
    for (size_t i = 0; i < samples; i += 4) {
      uint64_t word = UINT64_C(0x5555555555555555); /* variants that are not there: missing */
      for (size_t r = 0; r < rows; r++)
        ((uint8_t *)&word)[r] = packed[(v + r) * stride + (first_sample + i) / 4];
      const uint64_t bits = turn_bits(gather_even(word) | gather_even(word >> 1) << 4);
      const size_t count = samples - i < 4 ? samples - i : 4;
      for (size_t k = 0; k < count; k++) {
        const uint64_t low = bits >> 8 * k & 255, high = bits >> (8 * k + 32) & 255;
        const uint64_t halves = spread_even((low & 15) | (low >> 4) << 8) | spread_even((high & 15) | (high >> 4) << 8) << 1;
        uint8_t *const row = to + (i + k) * target_stride;
        row[0] = (uint8_t)halves;
        row[1] = (uint8_t)(halves >> 8);
      }
    }
  }
}
