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

/* Samples are taken in chunks of packed bytes, variants of a and of b in tiles, so that planes stay in cache. */
#define GRAM_CHUNK 4096
#define PLANE (GRAM_CHUNK / 2)
#define GRAM_TILE_A 64
#define GRAM_TILE_B 32

typedef struct {
  uint8_t nonzero[PLANE];
  uint8_t sign[PLANE];
} variant_planes;

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

INLINE size_t smaller_of(size_t x, size_t y) { return x < y ? x : y; }

/* Bytes of each chunk of a row: chunks of equal length, since a short one would cost as much overhead as a long one. */
INLINE size_t chunk_bytes(size_t stride) {
  const size_t chunks = (stride + GRAM_CHUNK - 1) / GRAM_CHUNK;
  return chunks ? ((stride + chunks - 1) / chunks + 127) / 128 * 128 : GRAM_CHUNK;
}

/* A matrix of a set with itself is symmetric: tiles below the diagonal are copied from above it. */
static void mirror(int32_t *to, const int32_t *from, size_t order) {
  for (size_t i = 0; i < order; i++)
    for (size_t j = 0; j < i; j++) to[i * order + j] = from[j * order + i];
}

static void gram(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b, size_t stride,
                 int32_t *dots) {
  _Alignas(64) variant_planes planes_a[GRAM_TILE_A], planes_b[GRAM_TILE_B];
  const int symmetric = a == b && variants_a == variants_b;
  const size_t chunk = chunk_bytes(stride);
  __builtin_memset(dots, 0, variants_a * variants_b * sizeof *dots);
  for (size_t i = 0; i < variants_a; i += GRAM_TILE_A) {
    const size_t count_a = smaller_of(variants_a - i, GRAM_TILE_A);
    for (size_t byte = 0; byte < stride; byte += chunk) {
      const size_t bytes = smaller_of(stride - byte, chunk);
      size_t length = 0;
      for (size_t k = 0; k < count_a; k++)
        length = build_planes(a + (i + k) * stride + byte, bytes, planes_a + k, NULL);
      for (size_t j = symmetric ? i : 0; j < variants_b; j += GRAM_TILE_B) {
        const size_t count_b = smaller_of(variants_b - j, GRAM_TILE_B);
        for (size_t k = 0; k < count_b; k++) build_planes(b + (j + k) * stride + byte, bytes, planes_b + k, NULL);
        dot_tile(planes_a, count_a, planes_b, count_b, length, dots + i * variants_b + j, variants_b);
      }
    }
  }
  if (symmetric) mirror(dots, dots, variants_a);
}

/* ---- with missing genotypes ---- */

/*
 * Of d_i p_j only the samples that j misses have to be looked at: sum d_i p_j = sum d_i - sum d_i m_j. Few vectors of
 * a chunk hold a missing genotype where they are rare, so each variant lists those that do.
 */
typedef struct {
  uint8_t missing[PLANE];
  uint16_t places[PLANE / VECTOR_BYTES]; /* byte offsets of the vectors that are not 0 */
  size_t place_count;
  int32_t missing_count, sum; /* sum of d */
} missing_plane;

static void summarise(variant_planes *planes, missing_plane *missing, const uint8_t *nowhere, size_t length) {
  vector_u count = {0}, nonzero = {0}, negative = {0};
  missing->place_count = 0;
  for (size_t at = 0; at < length; at += VECTOR_BYTES) {
    const vector_u keep = ~load_u(nowhere + at);
    const vector_u m = load_u(missing->missing + at) & keep, z = load_u(planes->nonzero + at) & keep;
    store_u(missing->missing + at, m);
    store_u(planes->nonzero + at, z);
    missing->places[missing->place_count] = (uint16_t)at;
    const vector_u m_count = count_bits(m);
    missing->place_count += sum_u(m_count) > 0;
    count += m_count;
    nonzero += count_bits(z);
    negative += count_bits(z & load_u(planes->sign + at));
  }
  missing->missing_count = (int32_t)sum_u(count);
  missing->sum = (int32_t)sum_u(nonzero - (negative << 1));
}

/*
 * Planes of a tile within a chunk. `nowhere` marks the samples that are missing in every variant of tile a, which
 * takes in the padding: they add nothing to any sum, and without them most chunks have no missing genotypes at all.
 */
static size_t build_missing_tile(const uint8_t *packed, size_t stride, size_t variants, size_t bytes,
                                 variant_planes *planes, missing_plane *missing, uint8_t *nowhere, int find_nowhere) {
  size_t length = 0;
  for (size_t k = 0; k < variants; k++)
    length = build_planes(packed + k * stride, bytes, planes + k, missing[k].missing);
  if (find_nowhere) {
    __builtin_memset(nowhere, 255, length);
    for (size_t k = 0; k < variants; k++)
      for (size_t at = 0; at < length; at += VECTOR_BYTES)
        store_u(nowhere + at, load_u(nowhere + at) & load_u(missing[k].missing + at));
  }
  for (size_t k = 0; k < variants; k++) summarise(planes + k, missing + k, nowhere, length);
  return length;
}

/* For `count` variants and the samples that `mask` misses: `sums[k * step] -=` their d, `both[k] +=` how many they miss too. */
INLINE void take_missing(const variant_planes *planes, const missing_plane *missing, size_t count,
                         const missing_plane *mask, int32_t *sums, size_t step, int32_t *both) {
  vector_u nonzero[4] = {{0}}, negative[4] = {{0}}, shared[4] = {{0}};
  for (size_t p = 0; p < mask->place_count; p++) {
    const size_t at = mask->places[p];
    vector_u m = load_u(mask->missing + at);
    KEEP(m);
    UNROLL for (size_t k = 0; k < count; k++) {
      const vector_u z = m & load_u(planes[k].nonzero + at);
      nonzero[k] += count_bits(z);
      negative[k] += count_bits(z & load_u(planes[k].sign + at));
      if (both) shared[k] += count_bits(m & load_u(missing[k].missing + at));
    }
  }
  UNROLL for (size_t k = 0; k < count; k++) {
    sums[k * step] -= (int32_t)sum_u(nonzero[k] - (negative[k] << 1));
    if (both) both[k] += (int32_t)sum_u(shared[k]);
  }
}

static void take_missing_tile(const variant_planes *planes, const missing_plane *missing, size_t count,
                              const missing_plane *mask, int32_t *sums, size_t step, int32_t *both) {
  if (mask->missing_count == 0) return;
  size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    if (both) take_missing(planes + k, missing + k, 4, mask, sums + k * step, step, both + k);
    else take_missing(planes + k, missing + k, 4, mask, sums + k * step, step, NULL);
  }
  for (; k < count; k++)
    take_missing(planes + k, missing + k, 1, mask, sums + k * step, step, both ? both + k : NULL);
}

static void gram_with_missing(const uint8_t *a, size_t variants_a, const uint8_t *b, size_t variants_b,
                              size_t stride, int32_t *dots, int32_t *sums_a, int32_t *sums_b, int32_t *present) {
  _Alignas(64) variant_planes planes_a[GRAM_TILE_A], planes_b[GRAM_TILE_B];
  _Alignas(64) missing_plane missing_a[GRAM_TILE_A], missing_b[GRAM_TILE_B];
  _Alignas(64) uint8_t nowhere[PLANE];
  const int symmetric = a == b && variants_a == variants_b;
  const size_t chunk = chunk_bytes(stride);
  const size_t size = variants_a * variants_b * sizeof *dots;
  __builtin_memset(dots, 0, size);
  __builtin_memset(sums_a, 0, size);
  __builtin_memset(sums_b, 0, size);
  __builtin_memset(present, 0, size);
  for (size_t i = 0; i < variants_a; i += GRAM_TILE_A) {
    const size_t count_a = smaller_of(variants_a - i, GRAM_TILE_A);
    for (size_t byte = 0; byte < stride; byte += chunk) {
      const size_t bytes = smaller_of(stride - byte, chunk);
      const size_t length = build_missing_tile(a + i * stride + byte, stride, count_a, bytes, planes_a, missing_a, nowhere, 1);
      vector_u excluded = {0};
      for (size_t at = 0; at < length; at += VECTOR_BYTES) excluded += count_bits(load_u(nowhere + at));
      const int32_t samples = (int32_t)(8 * length) - (int32_t)sum_u(excluded);
      for (size_t j = symmetric ? i : 0; j < variants_b; j += GRAM_TILE_B) {
        const size_t count_b = smaller_of(variants_b - j, GRAM_TILE_B), corner = i * variants_b + j;
        build_missing_tile(b + j * stride + byte, stride, count_b, bytes, planes_b, missing_b, nowhere, 0);
        dot_tile(planes_a, count_a, planes_b, count_b, length, dots + corner, variants_b);
        for (size_t l = 0; l < count_b; l++)
          take_missing_tile(planes_a, missing_a, count_a, missing_b + l, sums_a + corner + l, variants_b, NULL);
        for (size_t k = 0; k < count_a; k++) {
          const size_t row = corner + k * variants_b;
          take_missing_tile(planes_b, missing_b, count_b, missing_a + k, sums_b + row, 1, present + row);
          for (size_t l = 0; l < count_b; l++) {
            sums_a[row + l] += missing_a[k].sum;
            sums_b[row + l] += missing_b[l].sum;
            present[row + l] += samples - missing_a[k].missing_count - missing_b[l].missing_count;
          }
        }
      }
    }
  }
  if (symmetric) {
    mirror(dots, dots, variants_a);
    mirror(present, present, variants_a);
    mirror(sums_a, sums_b, variants_a);
    mirror(sums_b, sums_a, variants_a);
  }
}

/* out_ij = scale_a scale_b (dots_ij - mean_a sum_b - mean_b (sum_a - mean_a samples)), rounded in this order. */
static void standardise_gram(const int32_t *dots, size_t variants_a, size_t variants_b, const double *mean_a, const double *scale_a,
                             const double *excess_a, const double *mean_b, const double *scale_b, const double *sums_b, double *out) {
  for (size_t i = 0; i < variants_a; i++, dots += variants_b, out += variants_b) {
    const double mean = mean_a[i], scale = scale_a[i], excess = excess_a[i];
    for (size_t j = 0; j < variants_b; j++)
      out[j] = scale * scale_b[j] * ((double)dots[j] - mean * sums_b[j] - mean_b[j] * excess);
  }
}
