/*
 * Products of packed genotypes with dense matrices. Genotypes are decoded in registers and never stored.
 * x_iv is entry table[4 v + code] of sample i and variant v.
 */
#include "decode.h"
#include "kernels.h"

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
 * Samples go in strips, variants in tiles. The codes of a strip and tile are copied so that those of one register
 * tile, SAMPLE_VECTORS vectors of samples, lie together for all variants: rows are far apart, often by a power of two.
 */
#define STRIP_BYTES 128
#define STRIP (4 * STRIP_BYTES)
#define VARIANTS_TILE 256
#define PRODUCT_COLUMNS (VECTOR_REGISTERS == 32 ? 12 : 6) /* of a register tile */
#define GROUP_COLUMNS 24                                  /* whose float64 sums of a strip are kept */

/* `sums[c * STRIP + i] +=` the products of a tile of variants, for `vectors` vectors of samples. */
INLINE void product_tile(size_t vectors, size_t columns, const uint8_t *codes, size_t variants, const float *table,
                         const float *b, size_t ldb, double *sums) {
  vector_f tile[12][8];
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
    UNROLL for (size_t k = 0; k < vectors; k++)
      UNROLL for (size_t i = 0; i < LANES_F; i++) sums[c * STRIP + k * LANES_F + i] += (double)tile[c][k][i];
}

typedef void (*product_function)(const uint8_t *codes, size_t variants, const float *table, const float *b, size_t ldb,
                                 double *sums);

#define PRODUCT_TILE(vectors, columns)                                                                        \
  static void product_##columns(const uint8_t *codes, size_t variants, const float *table, const float *b,    \
                                size_t ldb, double *sums) {                                                   \
    product_tile(vectors, columns, codes, variants, table, b, ldb, sums);                                     \
  }

/* Few columns need more vectors of samples to keep the multipliers busy. */
#define SAMPLE_VECTORS(columns) ((columns) == 1 ? 8 : (columns) <= 3 ? 4 : 2)
PRODUCT_TILE(8, 1)
PRODUCT_TILE(4, 2)
PRODUCT_TILE(4, 3)
PRODUCT_TILE(2, 4)
PRODUCT_TILE(2, 5)
PRODUCT_TILE(2, 6)
#if VECTOR_REGISTERS == 32
PRODUCT_TILE(2, 7)
PRODUCT_TILE(2, 8)
PRODUCT_TILE(2, 9)
PRODUCT_TILE(2, 10)
PRODUCT_TILE(2, 11)
PRODUCT_TILE(2, 12)
#endif

static const product_function product_tiles[] = {
    product_1, product_2, product_3, product_4, product_5, product_6,
#if VECTOR_REGISTERS == 32
    product_7, product_8, product_9, product_10, product_11, product_12,
#endif
};

/* Codes of a strip, regrouped: `group` bytes of each variant, then the next `group` bytes of each. */
static void gather_codes(const uint8_t *packed, size_t stride, size_t variants, size_t bytes, size_t group,
                         uint8_t *codes) {
  for (size_t v = 0; v < variants; v++, packed += stride, codes += group) {
    uint8_t *to = codes;
    switch (group) {
#define COPY_GROUPS(size) \
  case size: for (size_t at = 0; at < bytes; at += size, to += variants * size) __builtin_memcpy(to, packed + at, size); break;
      COPY_GROUPS(2)
      COPY_GROUPS(4)
      COPY_GROUPS(8)
      COPY_GROUPS(16)
      COPY_GROUPS(32)
    }
  }
}

static void product(const uint8_t *packed, size_t stride, size_t variants, size_t first_byte, size_t bytes,
                    const float *table, const float *b, size_t columns, double *out, size_t out_stride) {
  _Alignas(64) uint8_t codes[STRIP_BYTES * VARIANTS_TILE];
  _Alignas(64) double sums[STRIP * GROUP_COLUMNS];
  const size_t groups = (columns + GROUP_COLUMNS - 1) / GROUP_COLUMNS;
  for (size_t at = first_byte; at < first_byte + bytes; at += STRIP_BYTES) {
    const size_t strip = first_byte + bytes - at < STRIP_BYTES ? first_byte + bytes - at : STRIP_BYTES;
    for (size_t g = 0; g < groups; g++) {
      const size_t g0 = g * columns / groups, group_columns = (g + 1) * columns / groups - g0;
      const size_t panels = (group_columns + PRODUCT_COLUMNS - 1) / PRODUCT_COLUMNS;
      __builtin_memset(sums, 0, group_columns * STRIP * sizeof *sums);
      for (size_t v = 0; v < variants; v += VARIANTS_TILE) {
        const size_t count = variants - v < VARIANTS_TILE ? variants - v : VARIANTS_TILE;
        size_t gathered = 0; /* the group size that `codes` has now */
        for (size_t p = 0; p < panels; p++) {
          const size_t c0 = p * group_columns / panels, width = (p + 1) * group_columns / panels - c0;
          const size_t size = SAMPLE_VECTORS(width) * LANES_F / 4;
          if (size != gathered) gather_codes(packed + v * stride + at, stride, count, strip, gathered = size, codes);
          for (size_t byte = 0; byte < strip; byte += size)
            product_tiles[width - 1](codes + byte * count, count, table + 4 * v, b + v * columns + g0 + c0, columns,
                                     sums + c0 * STRIP + 4 * byte);
        }
      }
      for (size_t c = 0; c < group_columns; c++) {
        double *to = out + (g0 + c) * out_stride + 4 * at;
        for (size_t i = 0; i < 4 * strip; i++) to[i] += sums[c * STRIP + i];
      }
    }
  }
}
