/*
 * X B in digits (digits.c): for each unit of 256 variants and strip of 256 samples, whole sums of w q in registers. The
 * codes of a strip and unit are brought together once: a 32-bit lane holds one byte of each of four variants, so that a dot
 * step adds four variants to the sums of a sample. Units are added in float64, in their order.
 *
 * Sums of one digit over a unit are at most 256 x 2 x 128. With q = the sum of all digits, 32-bit arithmetic modulo 2^32 gives
 * sum d q + sum over missing of mean q exactly: each variant adds at most |q| <= 8355711, and 256 x 8355711 < 2^31.
 *
 * Lane 4 l + t of quarter j belongs to byte 16 l + 4 j + t of the strip: what interleaving bytes within 16 gives.
 */
#include "digits.h"
#include "kernels.h"

enum {
  QUADS = DIGIT_VARIANTS / 4,
  QUARTER = QUADS * 64 + 64, /* distance of quarters, off the powers of two */
/* Samples (vectors of bytes, four genotypes each) and digits of a register tile. */
#if defined(__AVX512F__)
  STRIP_DIGITS = 6
#elif defined(__aarch64__)
  STRIP_DIGITS = 3
#elif defined(__x86_64__)
  STRIP_DIGITS = 2
#else
  STRIP_DIGITS = 1
#endif
};

/* Byte of the strip in lane `lane` of quarter j. */
INLINE size_t byte_of_lane(size_t j, size_t lane) { return 16 * (lane / 4) + 4 * j + lane % 4; }

/* Four rows of a strip to four vectors of 64 bytes, QUARTER apart. */
INLINE void interleave(const uint8_t *rows[4], uint8_t *codes) {
#if defined(__SSSE3__)
  UNROLL for (size_t at = 0; at < 64; at += VECTOR_BYTES) {
    vector_u copies[4];
    UNROLL for (int r = 0; r < 4; r++) copies[r] = copies_of_codes(load_u(rows[r] + at));
#if defined(__AVX512BW__)
#define UNPACK(half, bits, a, b) (vector_u)_mm512_unpack##half##_epi##bits((__m512i)(a), (__m512i)(b))
#elif defined(__AVX2__)
#define UNPACK(half, bits, a, b) (vector_u)_mm256_unpack##half##_epi##bits((__m256i)(a), (__m256i)(b))
#else
#define UNPACK(half, bits, a, b) (vector_u)_mm_unpack##half##_epi##bits((__m128i)(a), (__m128i)(b))
#endif
    const vector_u a = UNPACK(lo, 8, copies[0], copies[1]), b = UNPACK(lo, 8, copies[2], copies[3]);
    const vector_u c = UNPACK(hi, 8, copies[0], copies[1]), d = UNPACK(hi, 8, copies[2], copies[3]);
    store_u(codes + at, UNPACK(lo, 16, a, b));
    store_u(codes + QUARTER + at, UNPACK(hi, 16, a, b));
    store_u(codes + 2 * QUARTER + at, UNPACK(lo, 16, c, d));
    store_u(codes + 3 * QUARTER + at, UNPACK(hi, 16, c, d));
#undef UNPACK
  }
#else
  uint8_t copies[4][64];
  for (int r = 0; r < 4; r++)
    for (size_t at = 0; at < 64; at += VECTOR_BYTES) store_u(copies[r] + at, copies_of_codes(load_u(rows[r] + at)));
  for (size_t j = 0; j < 4; j++)
    for (size_t lane = 0; lane < 16; lane++)
      for (size_t r = 0; r < 4; r++) codes[j * QUARTER + 4 * lane + r] = copies[r][byte_of_lane(j, lane)];
#endif
}

INLINE vector_u splat_bytes(const int8_t *four) {
  int32_t word;
  __builtin_memcpy(&word, four, sizeof word);
  return (vector_u)((vector_i){0} + word);
}

/* `sums[(d * 4 + k) * 16 + lane]` = sums of w times `columns` digits of a panel of `width`, for one vector of lanes. */
INLINE void strip_tile(size_t columns, const uint8_t *codes, size_t quads, const int8_t *panel, size_t width, uint32_t *sums) {
  dots tile[STRIP_DIGITS * 4];
  UNROLL for (size_t i = 0; i < columns * 4; i++) tile[i] = (dots){0};
  for (size_t quad = 0; quad < quads; quad++, codes += 64, panel += 4 * width) {
    vector_u w[4];
    UNROLL for (size_t k = 0; k < 4; k++) {
      w[k] = genotype_bytes(codes, k);
      KEEP(w[k]);
    }
    UNROLL for (size_t d = 0; d < columns; d++) {
      vector_u digits = splat_bytes(panel + 4 * d);
      KEEP(digits);
      UNROLL for (size_t k = 0; k < 4; k++) tile[d * 4 + k] = dot(tile[d * 4 + k], w[k], digits);
    }
  }
  UNROLL for (size_t i = 0; i < columns * 4; i++) {
    const vector_i total = dot_sums(tile[i]);
    __builtin_memcpy(sums + i * 16, &total, sizeof total);
  }
}

#define STRIP_TILE(columns)                                                                                             \
  static __attribute__((noinline)) void strip_tile_##columns(const uint8_t *codes, size_t quads, const int8_t *panel, size_t width, uint32_t *sums) { \
    strip_tile(columns, codes, quads, panel, width, sums);                                                              \
  }
STRIP_TILE(1)
#if defined(__x86_64__) || defined(__aarch64__)
STRIP_TILE(2)
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
STRIP_TILE(3)
#endif
#if defined(__AVX512F__)
STRIP_TILE(4)
STRIP_TILE(6)
#endif

/* `sums[(d * 4 + k) * 16 + lane]` for all digits of a panel and the lanes of one quarter. */
static void multiply_quarter(const uint8_t *codes, size_t quads, const int8_t *panel, size_t width, uint32_t *sums) {
  for (size_t d = 0; d < width;) {
    const size_t columns = width - d < STRIP_DIGITS ? width - d : STRIP_DIGITS;
    for (size_t at = 0; at < 64; at += VECTOR_BYTES) {
      uint32_t *out = sums + d * 64 + at / 4;
      const int8_t *from = panel + 4 * d;
      switch (columns) {
#if defined(__AVX512F__)
        case 6: strip_tile_6(codes + at, quads, from, width, out); break;
        case 4: strip_tile_4(codes + at, quads, from, width, out); break;
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
        case 3: strip_tile_3(codes + at, quads, from, width, out); break;
#endif
#if defined(__x86_64__) || defined(__aarch64__)
        case 2: strip_tile_2(codes + at, quads, from, width, out); break;
#endif
        default: strip_tile_1(codes + at, quads, from, width, out);
      }
    }
    d += columns;
  }
}

/* Place of a sample of the strip within the 256 sums of a column: quarter, then k, then lane. */
INLINE size_t place_of_sample(size_t sample) {
  const size_t byte = sample / 4;
  return (byte % 16 / 4 * 4 + sample % 4) * 16 + byte / 16 * 4 + byte % 4;
}

typedef uint32_t word_octet __attribute__((vector_size(32)));

/* Whether a genotype is missing in 64 bytes of four rows. */
INLINE int is_missing_in_64(const uint8_t *rows[4]) {
  vector_u missing = {0};
  UNROLL for (size_t at = 0; at < 64; at += VECTOR_BYTES) {
    UNROLL for (size_t r = 0; r < 4; r++) {
      const vector_u codes = load_u(rows[r] + at);
      missing |= codes & ~(codes >> 1);
    }
  }
  return any_bit(missing & splat_u(LOW_OF_CODES));
}

/* Missing genotypes of a unit in one quarter of a strip: variant, and the sample's place among the quarter's 64 sums. */
typedef struct {
  size_t count;
  struct {
    uint8_t variant, place;
  } of[DIGIT_VARIANTS * 64 + 1];
} missing_genotypes;

/*
 * Codes of a strip of a unit's variants, four together, and which genotypes are missing among the first `samples` of the
 * strip. Words that hold any are marked first, without a branch (as in digit-transpose.c).
 */
static void gather_strip(const uint8_t *packed, size_t stride, size_t variants, size_t samples, uint8_t *codes,
                         missing_genotypes missing[4]) {
  static const uint8_t none[64] = {0};
  const uint8_t people = samples < DIGIT_STRIP ? (uint8_t)((1 << (samples + 31) / 32) - 1) : 255; /* words beyond are padding */
  uint8_t marks[DIGIT_VARIANTS] = {0};
  for (size_t v = 0; v < variants; v += 4) {
    const uint8_t *rows[4];
    for (size_t r = 0; r < 4; r++) rows[r] = v + r < variants ? packed + (v + r) * stride : none;
    if (is_missing_in_64(rows))
      for (size_t r = 0; r < 4; r++) marks[v + r] = words_with_missing_64(rows[r]) & people;
    interleave(rows, codes + v / 4 * 64);
  }
  for (size_t j = 0; j < 4; j++) missing[j].count = 0;
  for (size_t eight = 0; eight < variants; eight += 8) {
    for (uint64_t words = load_word(marks + eight); words; words &= words - 1) {
      const size_t bit = (size_t)__builtin_ctzll(words), v = eight + bit / 8, byte = 8 * (bit % 8);
      uint64_t rest = missing_of_word(load_word(packed + v * stride + byte));
      do {
        const size_t sample = 4 * byte + (size_t)__builtin_ctzll(rest) / 2, place = place_of_sample(sample);
        missing_genotypes *own = missing + place / 64;
        own->of[own->count].variant = (uint8_t)v;
        own->of[own->count].place = place % 64;
        own->count += sample < samples; /* else padding */
      } while (rest &= rest - 1);
    }
  }
}

/* 16 rows of 16 numbers as 16 columns, of which `columns` are wanted. */
INLINE void transpose_16(const uint32_t *from, size_t row, size_t columns, uint32_t *to, size_t distance) {
#if defined(__AVX512F__)
  __m512i a[16], b[16];
  UNROLL for (int i = 0; i < 16; i++) a[i] = _mm512_loadu_si512(from + (size_t)i * row);
  UNROLL for (int i = 0; i < 16; i += 2) {
    b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
    b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
  }
  UNROLL for (int i = 0; i < 16; i += 4) {
    a[i] = _mm512_unpacklo_epi64(b[i], b[i + 2]);
    a[i + 1] = _mm512_unpackhi_epi64(b[i], b[i + 2]);
    a[i + 2] = _mm512_unpacklo_epi64(b[i + 1], b[i + 3]);
    a[i + 3] = _mm512_unpackhi_epi64(b[i + 1], b[i + 3]);
  }
  /* lane 128 of a[4 i + k]: column 4 lane + k of rows 4 i .. 4 i + 3 */
  UNROLL for (size_t k = 0; k < 4; k++) {
    const __m512i p = _mm512_shuffle_i32x4(a[k], a[4 + k], 0x88), q = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0x88);
    const __m512i r = _mm512_shuffle_i32x4(a[k], a[4 + k], 0xdd), s = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0xdd);
    if (k < columns) _mm512_storeu_si512(to + k * distance, _mm512_shuffle_i32x4(p, q, 0x88));
    if (8 + k < columns) _mm512_storeu_si512(to + (8 + k) * distance, _mm512_shuffle_i32x4(p, q, 0xdd));
    if (4 + k < columns) _mm512_storeu_si512(to + (4 + k) * distance, _mm512_shuffle_i32x4(r, s, 0x88));
    if (12 + k < columns) _mm512_storeu_si512(to + (12 + k) * distance, _mm512_shuffle_i32x4(r, s, 0xdd));
  }
#else
  for (size_t c = 0; c < 16 && c < columns; c++)
    for (size_t i = 0; i < 16; i++) to[c * distance + i] = from[i * row + c];
#endif
}

/* What missing genotypes add to a quarter's sums of a band's columns; first a row a place, as each adds to all columns. */
static void sum_missing(const missing_genotypes *missing, const int32_t *rows, size_t row, size_t columns, uint32_t *sums) {
  _Alignas(64) uint32_t by_place[64 * (BAND + 8)];
  const size_t eights = (columns + 7) / 8, own_row = 8 * eights;
  __builtin_memset(by_place, 0, 64 * own_row * sizeof *by_place);
  for (size_t m = 0; m < missing->count; m++) {
    const int32_t *from = rows + missing->of[m].variant * row;
    uint32_t *to = by_place + missing->of[m].place * own_row;
    for (size_t e = 0; e < eights; e++, from += 8, to += 8) {
      word_octet q, sum;
      __builtin_memcpy(&q, from, sizeof q);
      __builtin_memcpy(&sum, to, sizeof sum);
      sum += q;
      __builtin_memcpy(to, &sum, sizeof sum);
    }
  }
  for (size_t c = 0; c < columns; c += 16)
    for (size_t place = 0; place < 64; place += 16)
      transpose_16(by_place + place * own_row + c, own_row, columns - c, sums + c * 64 + place, 64);
}

/* One column's digit sums of a quarter, put together and added in float64. `unit`: multiple, sum of q, sum of mean q, `columns` apart. */
INLINE void add_quarter(size_t digits, const uint32_t *dot_products, const uint32_t *of_missing, const double *unit,
                        size_t columns, double *sums) {
  const uint32_t total = (uint32_t)(int32_t)unit[columns];
  const double multiple = unit[0], offset = unit[2 * columns];
  for (size_t i = 0; i < 64; i++) {
    uint32_t whole = total - dot_products[i] - (dot_products[64 + i] << 8);
    if (digits == 3) whole -= dot_products[128 + i] << 16;
    if (of_missing) whole += of_missing[i];
    sums[i] += multiple * (double)(int32_t)whole - offset;
  }
}

/* The 4 x 4 matrix whose rows are `from_distance` apart, transposed. */
INLINE void transpose_4(const double *from, size_t from_distance, double *to, size_t to_distance) {
#if defined(__AVX2__)
  const __m256d a = _mm256_loadu_pd(from), b = _mm256_loadu_pd(from + from_distance);
  const __m256d c = _mm256_loadu_pd(from + 2 * from_distance), d = _mm256_loadu_pd(from + 3 * from_distance);
  const __m256d ab = _mm256_unpacklo_pd(a, b), cd = _mm256_unpacklo_pd(c, d);
  const __m256d ba = _mm256_unpackhi_pd(a, b), dc = _mm256_unpackhi_pd(c, d);
  _mm256_storeu_pd(to, _mm256_permute2f128_pd(ab, cd, 0x20));
  _mm256_storeu_pd(to + to_distance, _mm256_permute2f128_pd(ba, dc, 0x20));
  _mm256_storeu_pd(to + 2 * to_distance, _mm256_permute2f128_pd(ab, cd, 0x31));
  _mm256_storeu_pd(to + 3 * to_distance, _mm256_permute2f128_pd(ba, dc, 0x31));
#else
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 0; k < 4; k++) to[k * to_distance + i] = from[i * from_distance + k];
#endif
}

/* Columns of `out` for the samples of a strip, to and from the order of `sums`: 16 samples are four lanes of four k. */
static void take_strip(const double *out, size_t out_stride, size_t columns, double *sums) {
  for (size_t c = 0; c < columns; c++)
    for (size_t sample = 0; sample < DIGIT_STRIP; sample += 16)
      transpose_4(out + c * out_stride + sample, 4, sums + c * DIGIT_STRIP + place_of_sample(sample), 16);
}

/* Only the first `people` of the strip are written: the padding stays as it is. */
static void give_strip(const double *sums, size_t columns, size_t people, double *out, size_t out_stride) {
  for (size_t c = 0; c < columns; c++) {
    double *to = out + c * out_stride, last[DIGIT_STRIP];
    double *all = people < DIGIT_STRIP ? last : to;
    for (size_t sample = 0; sample < DIGIT_STRIP; sample += 16)
      transpose_4(sums + c * DIGIT_STRIP + place_of_sample(sample), 16, all + sample, 4);
    if (people < DIGIT_STRIP) __builtin_memcpy(to, last, people * sizeof *to);
  }
}

/* A quarter of a column's results of the next strip comes into cache. */
INLINE void bring_results(const double *out) {
  UNROLL for (size_t i = 0; i < 64; i += 8) __builtin_prefetch(out + i, 1);
}

static void product_digits(const uint8_t *packed, size_t stride, size_t variants, size_t samples, size_t first_byte,
                           size_t bytes, const int8_t *planes, const int32_t *rows, const double *units, size_t columns,
                           size_t digits, double *out, size_t out_stride) {
  _Alignas(64) uint8_t codes[4 * QUARTER];
  _Alignas(64) uint32_t dot_products[DIGIT_PANEL * 64];
  _Alignas(64) double sums[BAND * DIGIT_STRIP];
  _Alignas(64) uint32_t sums_of_missing[BAND * 64];
  missing_genotypes missing[4];
  const size_t panels = digit_panels(columns, digits), row = digit_row(columns), band = BAND / (DIGIT_PANEL / digits);
  for (size_t at = first_byte; at < first_byte + bytes; at += DIGIT_STRIP_BYTES) {
    const size_t here = samples < 4 * at ? 0 : samples - 4 * at;
    for (size_t panel = 0; panel < panels; panel += band) {
      const size_t end = panels - panel < band ? panels : panel + band;
      const size_t start = first_of_panel(panel, panels, columns), width = first_of_panel(end, panels, columns) - start;
      take_strip(out + start * out_stride + 4 * at, out_stride, width, sums);
      for (size_t first = 0; first < variants; first += DIGIT_VARIANTS) {
        const size_t count = variants - first < DIGIT_VARIANTS ? variants - first : DIGIT_VARIANTS, quads = (count + 3) / 4;
        const int8_t *unit_planes = planes + first * columns * digits;
        const double *of_unit = units + first / DIGIT_VARIANTS * columns * 3;
        gather_strip(packed + first * stride + at, stride, count, here, codes, missing);
        const int last = first + count == variants;
        const uint8_t *next = last ? packed + at + 64 : packed + (first + count) * stride + at;
        const size_t next_count = last && at + 64 == first_byte + bytes ? 0 : last ? (variants < DIGIT_VARIANTS ? variants : DIGIT_VARIANTS)
                                  : variants - first - count < DIGIT_VARIANTS ? variants - first - count : DIGIT_VARIANTS;
        size_t prefetched = 0;
        for (size_t j = 0; j < 4; j++) {
          const size_t lost = missing[j].count;
          if (lost) sum_missing(missing + j, rows + first * row + start, row, width, sums_of_missing);
          for (size_t p = panel; p < end; p++) {
            const size_t own = first_of_panel(p, panels, columns), own_width = first_of_panel(p + 1, panels, columns) - own;
            for (; prefetched < next_count * ((end - panel) * j + p - panel + 1) / (4 * (end - panel)); prefetched++)
              __builtin_prefetch(next + prefetched * stride);
            multiply_quarter(codes + j * QUARTER, quads, unit_planes + own * digits * quads * 4, own_width * digits, dot_products);
            for (size_t c = 0; c < own_width; c++) {
              const uint32_t *whole = dot_products + c * digits * 64, *gone = sums_of_missing + (own - start + c) * 64;
              const double *unit = of_unit + own + c;
              double *to = sums + (own - start + c) * DIGIT_STRIP + j * 64;
              if (digits == 2 && !lost) add_quarter(2, whole, NULL, unit, columns, to);
              else if (digits == 2) add_quarter(2, whole, gone, unit, columns, to);
              else if (!lost) add_quarter(3, whole, NULL, unit, columns, to);
              else add_quarter(3, whole, gone, unit, columns, to);
              if (first == 0 && at + 64 < first_byte + bytes) bring_results(out + (own + c) * out_stride + 4 * (at + 64) + 64 * j);
            }
          }
        }
      }
      give_strip(sums, width, here, out + start * out_stride + 4 * at, out_stride);
    }
  }
}
