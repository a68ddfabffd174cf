/*
 * Products of packed genotypes with dense matrices. Genotypes are decoded in registers and never stored.
 * x_iv is table[4 v + code of sample i at variant v].
 */
#include "decode.h"
#include "kernels.h"
#include "single-product.h"

/* ---- X'Y ---- */

#define REAL float
#define NAME(name) name##_f
#define TABLE(table) (table)
#define SAMPLES_TILE 2048
#include "transpose-product.h"
#undef REAL
#undef NAME
#undef TABLE
#undef SAMPLES_TILE

#define REAL double
#define NAME(name) name##_d
#define TABLE(table) (&(table))
#define SAMPLES_TILE 1024
#include "transpose-product.h"
#undef REAL
#undef NAME
#undef TABLE
#undef SAMPLES_TILE

/* ---- X B ---- */

/*
 * Samples go in strips of one cache line a row, variants in tiles. The codes of a strip and tile are copied so that
 * those of one register tile (a group of samples) lie together for all variants: rows are far apart, often by a power
 * of two. Sums of a tile are float32 in registers, sums of tiles float64 in `sums`, which leave for `out` once a strip.
 */
enum {
  STRIP_BYTES = 64,
  STRIP = 4 * STRIP_BYTES,
  VARIANTS_TILE = 256,
  TILE_COLUMNS = VECTOR_REGISTERS == 32 ? 12 : 6,
  BAND_COLUMNS = 24 /* columns whose sums of a strip are kept */
};

/* Vectors of samples in a register tile: as many as leave registers to its columns. */
#if VECTOR_REGISTERS == 32
#define GROUP_VECTORS(columns) ((columns) <= 2 ? 8 : (columns) <= 6 ? 4 : 2)
#else
#define GROUP_VECTORS(columns) ((columns) <= 2 ? 4 : 2)
#endif

/* `sums[c * STRIP + i] +=` the products of a tile of variants, for one group of samples. */
INLINE void product_tile(size_t columns, const uint8_t *codes, size_t variants, const float *table, const float *b,
                         size_t ldb, double *sums) {
  const size_t vectors = GROUP_VECTORS(columns);
  vector_f tile[TILE_COLUMNS][8];
  UNROLL for (size_t c = 0; c < columns; c++)
    UNROLL for (size_t k = 0; k < vectors; k++) tile[c][k] = (vector_f){0};
  for (size_t v = 0; v < variants; v++, codes += vectors * LANES_F / 4, table += 4, b += ldb) {
    const table_f entries = load_table_f(table);
    vector_f x[8];
    UNROLL for (size_t k = 0; k < vectors; k++) x[k] = decode_f(entries, codes, k);
    UNROLL for (size_t c = 0; c < columns; c++) {
      const vector_f factor = splat_f(b[c]);
      UNROLL for (size_t k = 0; k < vectors; k++) tile[c][k] = multiply_add_f(x[k], factor, tile[c][k]);
    }
  }
  UNROLL for (size_t c = 0; c < columns; c++)
    UNROLL for (size_t k = 0; k < vectors; k++) add_lanes(sums + c * STRIP + k * LANES_F, tile[c][k]);
}

#define PRODUCT_TILE(columns)                                                                               \
  static void product_##columns(const uint8_t *codes, size_t variants, const float *table, const float *b,  \
                                size_t ldb, double *sums) {                                                 \
    product_tile(columns, codes, variants, table, b, ldb, sums);                                            \
  }
PRODUCT_TILE(1)
PRODUCT_TILE(2)
PRODUCT_TILE(3)
PRODUCT_TILE(4)
PRODUCT_TILE(5)
PRODUCT_TILE(6)
#if VECTOR_REGISTERS == 32
PRODUCT_TILE(7)
PRODUCT_TILE(8)
PRODUCT_TILE(9)
PRODUCT_TILE(10)
PRODUCT_TILE(11)
PRODUCT_TILE(12)
#endif

static void (*const product_tiles[])(const uint8_t *codes, size_t variants, const float *table, const float *b,
                                     size_t ldb, double *sums) = {
    product_1, product_2, product_3, product_4, product_5, product_6,
#if VECTOR_REGISTERS == 32
    product_7, product_8, product_9, product_10, product_11, product_12,
#endif
};

/* Distance of the groups of a tile, off the powers of two, so that they do not meet in one cache set. */
#define GROUP_DISTANCE(group) ((group) * VARIANTS_TILE + 64)

/* Codes of a strip, regrouped: `group` bytes of each variant, then the next `group` bytes of each. */
INLINE void regroup(const uint8_t *packed, size_t stride, size_t variants, size_t bytes, size_t group, uint8_t *codes) {
  for (size_t v = 0; v < variants; v++, packed += stride, codes += group)
    for (size_t at = 0; at < bytes; at += group)
      __builtin_memcpy(codes + at / group * GROUP_DISTANCE(group), packed + at, group);
}

static void regroup_codes(const uint8_t *packed, size_t stride, size_t variants, size_t bytes, size_t group,
                          uint8_t *codes) {
  switch (group) {
    case 2: regroup(packed, stride, variants, bytes, 2, codes); break;
    case 4: regroup(packed, stride, variants, bytes, 4, codes); break;
    case 8: regroup(packed, stride, variants, bytes, 8, codes); break;
    case 16: regroup(packed, stride, variants, bytes, 16, codes); break;
    default: regroup(packed, stride, variants, bytes, 32, codes);
  }
}

/* Products of one strip and all variants into `sums`; meanwhile the next tile comes into cache a few rows at a time. */
static void multiply_strip(const uint8_t *packed, size_t stride, size_t variants, int last_strip, const float *table,
                           const float *b, size_t ldb, size_t columns, double *sums) {
  _Alignas(64) uint8_t codes[STRIP_BYTES / 2 * GROUP_DISTANCE(2)];
  const size_t panels = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  for (size_t v = 0; v < variants; v += VARIANTS_TILE) {
    const size_t count = variants - v < VARIANTS_TILE ? variants - v : VARIANTS_TILE;
    const int last_tile = v + count == variants;
    const uint8_t *next = last_tile ? packed + STRIP_BYTES : packed + (v + count) * stride;
    const size_t next_count = last_tile && last_strip ? 0 : last_tile ? (variants < VARIANTS_TILE ? variants : VARIANTS_TILE)
                              : variants - v - count < VARIANTS_TILE ? variants - v - count : VARIANTS_TILE;
    size_t prefetched = 0, grouped = 0;
    for (size_t p = 0; p < panels; p++) {
      const size_t first = p * columns / panels, width = (p + 1) * columns / panels - first;
      const size_t group = GROUP_VECTORS(width) * LANES_F / 4;
      if (group != grouped) regroup_codes(packed + v * stride, stride, count, STRIP_BYTES, grouped = group, codes);
      for (size_t byte = 0; byte < STRIP_BYTES; byte += group) {
        for (; prefetched < next_count * (byte + group) / STRIP_BYTES; prefetched++)
          __builtin_prefetch(next + prefetched * stride);
        product_tiles[width - 1](codes + byte / group * GROUP_DISTANCE(group), count, table + 4 * v,
                                 b + v * ldb + first, ldb, sums + first * STRIP + 4 * byte);
      }
    }
  }
}

static void product(const uint8_t *packed, size_t stride, size_t variants, size_t first_byte, size_t bytes,
                    const float *table, const float *b, size_t columns, double *out, size_t out_stride) {
#if defined(SINGLE_PRODUCT)
  if (columns == 1) {
    single_product(packed + first_byte, stride, variants, bytes, table, b, out + 4 * first_byte);
    return;
  }
#endif
  _Alignas(64) double sums[STRIP * BAND_COLUMNS];
  const size_t bands = (columns + BAND_COLUMNS - 1) / BAND_COLUMNS, end = first_byte + bytes;
  for (size_t at = first_byte; at < end; at += STRIP_BYTES) {
    for (size_t band = 0; band < bands; band++) {
      const size_t first = band * columns / bands, width = (band + 1) * columns / bands - first;
      __builtin_memset(sums, 0, width * STRIP * sizeof *sums);
      multiply_strip(packed + at, stride, variants, at + STRIP_BYTES == end, table, b + first, columns, width, sums);
      for (size_t c = 0; c < width; c++) {
        double *to = out + (first + c) * out_stride + 4 * at;
        for (size_t i = 0; i < STRIP; i++) to[i] += sums[c * STRIP + i];
      }
    }
  }
}
