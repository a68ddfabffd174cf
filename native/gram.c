/*
 * Exact Gram matrices of packed genotypes by counting bits.
 *
 * A variant's centred codes become bit planes: `nonzero` (d is +1 or -1) and `sign` (d is -1 where nonzero). Then
 * sum d_i d_j = |z| - 2 |z & (sign_i ^ sign_j)| with z = nonzero_i & nonzero_j. A plane takes its bits from two packed
 * vectors, even bits from one and odd bits from the other: samples are permuted, the same way for every variant, so
 * nothing has to be deinterleaved.
 */
#include "kernels.h"
#include "simd.h"

/* Samples are taken in chunks of GRAM_CHUNK packed bytes, variants in tiles of GRAM_TILE, so that planes stay in cache. */
#define GRAM_CHUNK 4096
#define PLANE (GRAM_CHUNK / 2)
#define GRAM_TILE 32

typedef struct {
  uint8_t nonzero[PLANE];
  uint8_t sign[PLANE];
} variant_planes;

typedef struct {
  uint8_t missing[PLANE];
  int32_t sum;   /* of d */
  int32_t count; /* of missing */
} missing_plane;

/* Packed bytes of a chunk to planes of half so many bytes (rounded up to 64); returns the planes' length. */
static size_t build_planes(const uint8_t *packed, size_t bytes, variant_planes *planes, uint8_t *missing) {
  const vector_u even = splat_u(UINT64_C(0x5555555555555555));
  size_t length = 0;
  for (size_t byte = 0; byte < bytes; byte += 128) {
    for (size_t at = 0; at < 64; at += VECTOR_BYTES, length += VECTOR_BYTES) {
      const vector_u first = load_u(packed + byte + at);
      const vector_u second = byte + 64 < bytes ? load_u(packed + byte + 64 + at) : even;
      const vector_u low = select_u(even, first, second << 1), high = select_u(even, first >> 1, second);
      store_u(planes->nonzero + length, ~(low ^ high));
      store_u(planes->sign + length, high);
      if (missing) store_u(missing + length, low & ~high);
    }
  }
  return length;
}

#if defined(__AVX512VPOPCNTDQ__) || defined(__aarch64__)

/* Counting is one instruction: count every vector, with DOT_A x DOT_B pairs in registers. */
#define DOT_A 4
#define DOT_B 2

#if defined(__aarch64__)
INLINE vector_u add_count(vector_u total, vector_u v) {
  return (vector_u)vpadalq_u8((uint16x8_t)total, vcntq_u8((uint8x16_t)v));
}
INLINE int64_t sum_dot(vector_u both, vector_u opposed) {
  return (int64_t)vaddlvq_u16((uint16x8_t)both) - 2 * (int64_t)vaddlvq_u16((uint16x8_t)opposed);
}
#else
INLINE vector_u add_count(vector_u total, vector_u v) { return total + count_bits(v); }
INLINE int64_t sum_dot(vector_u both, vector_u opposed) { return sum_u(both - (opposed << 1)); }
#endif

INLINE void dot_block(const variant_planes *a, size_t variants_a, const variant_planes *b, size_t variants_b,
                      size_t length, int32_t *dots, size_t ld) {
  vector_u both[DOT_A][DOT_B] = {{{0}}}, opposed[DOT_A][DOT_B] = {{{0}}};
  for (size_t at = 0; at < length; at += VECTOR_BYTES) {
    vector_u nonzero[DOT_A], sign[DOT_A];
    UNROLL for (size_t i = 0; i < variants_a; i++) {
      nonzero[i] = load_u(a[i].nonzero + at);
      sign[i] = load_u(a[i].sign + at);
      KEEP(nonzero[i]);
      KEEP(sign[i]);
    }
    UNROLL for (size_t j = 0; j < variants_b; j++) {
      vector_u nonzero_b = load_u(b[j].nonzero + at), sign_b = load_u(b[j].sign + at);
      KEEP(nonzero_b);
      KEEP(sign_b);
      UNROLL for (size_t i = 0; i < variants_a; i++) {
        const vector_u z = nonzero[i] & nonzero_b;
        both[i][j] = add_count(both[i][j], z);
        opposed[i][j] = add_count(opposed[i][j], and_xor_u(z, sign[i], sign_b));
      }
    }
  }
  UNROLL for (size_t i = 0; i < variants_a; i++)
    UNROLL for (size_t j = 0; j < variants_b; j++)
      dots[i * ld + j] += (int32_t)sum_dot(both[i][j], opposed[i][j]);
}

#else

/* Counting takes several instructions: carry-save adders first gather eight vectors into one (Harley and Seal). */
#define DOT_A 1
#define DOT_B 1

typedef struct {
  vector_u ones, twos, fours, total; /* total: counts of eights */
} bit_counter;

INLINE void add_eight(bit_counter *counter, const vector_u v[8]) {
  vector_u twos_a, twos_b, fours_a, fours_b, eights;
  add_bits(&counter->ones, &twos_a, counter->ones, v[0], v[1]);
  add_bits(&counter->ones, &twos_b, counter->ones, v[2], v[3]);
  add_bits(&counter->twos, &fours_a, counter->twos, twos_a, twos_b);
  add_bits(&counter->ones, &twos_a, counter->ones, v[4], v[5]);
  add_bits(&counter->ones, &twos_b, counter->ones, v[6], v[7]);
  add_bits(&counter->twos, &fours_b, counter->twos, twos_a, twos_b);
  add_bits(&counter->fours, &eights, counter->fours, fours_a, fours_b);
  counter->total += count_bits(eights);
}

INLINE int64_t sum_counter(const bit_counter *counter) {
  const vector_u fours = count_bits(counter->fours), twos = count_bits(counter->twos), ones = count_bits(counter->ones);
  return sum_u((counter->total << 3) + (fours << 2) + (twos << 1) + ones);
}

INLINE void dot_block(const variant_planes *a, size_t variants_a, const variant_planes *b, size_t variants_b,
                      size_t length, int32_t *dots, size_t ld) {
  (void)variants_a, (void)variants_b, (void)ld;
  bit_counter both = {0}, opposed = {0};
  size_t at = 0;
  for (; at + 8 * VECTOR_BYTES <= length; at += 8 * VECTOR_BYTES) {
    vector_u z[8], differ[8];
    UNROLL for (size_t k = 0; k < 8; k++) {
      const size_t here = at + k * VECTOR_BYTES;
      z[k] = load_u(a->nonzero + here) & load_u(b->nonzero + here);
      differ[k] = and_xor_u(z[k], load_u(a->sign + here), load_u(b->sign + here));
    }
    add_eight(&both, z);
    add_eight(&opposed, differ);
  }
  int64_t rest = 0;
  for (; at < length; at += VECTOR_BYTES) {
    const vector_u z = load_u(a->nonzero + at) & load_u(b->nonzero + at);
    const vector_u differ = and_xor_u(z, load_u(a->sign + at), load_u(b->sign + at));
    rest += sum_u(count_bits(z)) - 2 * sum_u(count_bits(differ));
  }
  *dots += (int32_t)(sum_counter(&both) - 2 * sum_counter(&opposed) + rest);
}

#endif

static void dot_tile(const variant_planes *a, size_t variants_a, const variant_planes *b, size_t variants_b,
                     size_t length, int32_t *dots, size_t ld) {
  for (size_t i = 0; i < variants_a; i += DOT_A) {
    for (size_t j = 0; j < variants_b; j += DOT_B) {
      int32_t *block = dots + i * ld + j;
      if (i + DOT_A <= variants_a && j + DOT_B <= variants_b) {
        dot_block(a + i, DOT_A, b + j, DOT_B, length, block, ld);
        continue;
      }
      for (size_t k = i; k < i + DOT_A && k < variants_a; k++)
        for (size_t l = j; l < j + DOT_B && l < variants_b; l++)
          dot_block(a + k, 1, b + l, 1, length, dots + k * ld + l, ld);
    }
  }
}

static void gram(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b, size_t stride,
                 int32_t *dots) {
  _Alignas(64) variant_planes planes_a[GRAM_TILE], planes_b[GRAM_TILE];
  __builtin_memset(dots, 0, variants_a * variants_b * sizeof *dots);
  for (size_t i = 0; i < variants_a; i += GRAM_TILE) {
    const size_t count_a = variants_a - i < GRAM_TILE ? variants_a - i : GRAM_TILE;
    for (size_t byte = 0; byte < stride; byte += GRAM_CHUNK) {
      const size_t bytes = stride - byte < GRAM_CHUNK ? stride - byte : GRAM_CHUNK;
      size_t length = 0;
      for (size_t k = 0; k < count_a; k++)
        length = build_planes(a + (i + k) * stride + byte, bytes, planes_a + k, NULL);
      for (size_t j = 0; j < variants_b; j += GRAM_TILE) {
        const size_t count_b = variants_b - j < GRAM_TILE ? variants_b - j : GRAM_TILE;
        for (size_t k = 0; k < count_b; k++) build_planes(b + (j + k) * stride + byte, bytes, planes_b + k, NULL);
        dot_tile(planes_a, count_a, planes_b, count_b, length, dots + i * variants_b + j, variants_b);
      }
    }
  }
}

/* ---- with missing genotypes ---- */

INLINE int64_t count_and(const uint8_t *a, const uint8_t *b, size_t length) {
  vector_u total = {0};
  for (size_t at = 0; at < length; at += VECTOR_BYTES) total += count_bits(load_u(a + at) & load_u(b + at));
  return sum_u(total);
}

/* Sum of d over the samples of a mask: |nonzero & mask| - 2 |nonzero & sign & mask|. */
static int64_t sum_where(const variant_planes *planes, const uint8_t *mask, size_t length) {
  vector_u nonzero = {0}, negative = {0};
  for (size_t at = 0; at < length; at += VECTOR_BYTES) {
    const vector_u z = load_u(planes->nonzero + at) & load_u(mask + at);
    nonzero += count_bits(z);
    negative += count_bits(z & load_u(planes->sign + at));
  }
  return sum_u(nonzero - (negative << 1));
}

typedef struct {
  variant_planes planes[GRAM_TILE];
  missing_plane missing[GRAM_TILE];
} missing_tile;

/*
 * Planes of a tile within a chunk. `nowhere` marks the samples that are missing in every variant of tile a, which
 * takes in the padding: they add nothing to any sum, and without them most chunks have no missing genotypes at all.
 */
static size_t build_missing_tile(const uint8_t *packed, size_t stride, size_t variants, size_t bytes,
                                 missing_tile *tile, uint8_t *nowhere, int find_nowhere) {
  size_t length = 0;
  for (size_t k = 0; k < variants; k++)
    length = build_planes(packed + k * stride, bytes, tile->planes + k, tile->missing[k].missing);
  if (find_nowhere) {
    __builtin_memset(nowhere, 255, length);
    for (size_t k = 0; k < variants; k++)
      for (size_t at = 0; at < length; at += VECTOR_BYTES)
        store_u(nowhere + at, load_u(nowhere + at) & load_u(tile->missing[k].missing + at));
  }
  for (size_t k = 0; k < variants; k++) {
    uint8_t *nonzero = tile->planes[k].nonzero, *missing = tile->missing[k].missing;
    vector_u count = {0};
    for (size_t at = 0; at < length; at += VECTOR_BYTES) {
      const vector_u keep = ~load_u(nowhere + at);
      const vector_u kept = load_u(missing + at) & keep;
      store_u(nonzero + at, load_u(nonzero + at) & keep);
      store_u(missing + at, kept);
      count += count_bits(kept);
    }
    tile->missing[k].count = (int32_t)sum_u(count);
    tile->missing[k].sum = (int32_t)sum_where(tile->planes + k, nonzero, length);
  }
  return length;
}

static void gram_with_missing(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b,
                              size_t stride, int32_t *dots, int32_t *sums_a, int32_t *sums_b, int32_t *present) {
  _Alignas(64) missing_tile tile_a, tile_b;
  _Alignas(64) uint8_t nowhere[PLANE];
  const size_t size = variants_a * variants_b * sizeof *dots;
  __builtin_memset(dots, 0, size);
  __builtin_memset(sums_a, 0, size);
  __builtin_memset(sums_b, 0, size);
  __builtin_memset(present, 0, size);
  for (size_t i = 0; i < variants_a; i += GRAM_TILE) {
    const size_t count_a = variants_a - i < GRAM_TILE ? variants_a - i : GRAM_TILE;
    for (size_t byte = 0; byte < stride; byte += GRAM_CHUNK) {
      const size_t bytes = stride - byte < GRAM_CHUNK ? stride - byte : GRAM_CHUNK;
      const size_t length = build_missing_tile(a + i * stride + byte, stride, count_a, bytes, &tile_a, nowhere, 1);
      const int32_t samples = (int32_t)(8 * length) - (int32_t)count_and(nowhere, nowhere, length);
      for (size_t j = 0; j < variants_b; j += GRAM_TILE) {
        const size_t count_b = variants_b - j < GRAM_TILE ? variants_b - j : GRAM_TILE;
        build_missing_tile(b + j * stride + byte, stride, count_b, bytes, &tile_b, nowhere, 0);
        dot_tile(tile_a.planes, count_a, tile_b.planes, count_b, length, dots + i * variants_b + j, variants_b);
        for (size_t k = 0; k < count_a; k++) {
          const missing_plane *missing_a = tile_a.missing + k;
          for (size_t l = 0; l < count_b; l++) {
            const missing_plane *missing_b = tile_b.missing + l;
            const size_t pair = (i + k) * variants_b + j + l;
            sums_a[pair] += missing_a->sum;
            sums_b[pair] += missing_b->sum;
            present[pair] += samples - missing_a->count - missing_b->count;
            if (missing_b->count) sums_a[pair] -= (int32_t)sum_where(tile_a.planes + k, missing_b->missing, length);
            if (missing_a->count) sums_b[pair] -= (int32_t)sum_where(tile_b.planes + l, missing_a->missing, length);
            if (missing_a->count && missing_b->count)
              present[pair] += (int32_t)count_and(missing_a->missing, missing_b->missing, length);
          }
        }
      }
    }
  }
}
