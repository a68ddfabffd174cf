/*
 * Gram matrix of samples, X X': the numerator of a relationship matrix. x_iv is table[4 v + code of sample i at variant v].
 *
 * A tile of variants is decoded in strips of samples: those of the rows once, into memory that stays in the second-level
 * cache, those of the columns one after another. A register tile then sums over the variants of the tile in float32;
 * sums of tiles are float64, in `out`.
 */
#include "decode.h"
#include "kernels.h"

enum {
  GRAM_STRIP = 32, /* samples decoded together */
  GRAM_ROWS = 256, /* rows whose decoded genotypes are kept */
  GRAM_VARIANTS = 512,
  /* A register tile. */
  GRAM_TILE_ROWS = VECTOR_REGISTERS == 32 ? 8 : 4,
  GRAM_TILE_VECTORS = 2,
  GRAM_TILE_COLUMNS = GRAM_TILE_VECTORS * LANES_F
};

typedef struct {
  float rows[GRAM_ROWS * GRAM_VARIANTS];
  float columns[GRAM_STRIP * GRAM_VARIANTS];
} strips;
_Static_assert(sizeof(strips) <= WORKSPACE_BYTES, "strips fit the workspace");

/* strip[v * GRAM_STRIP + k] = genotype of the k-th sample from `codes` on. */
static void decode_strip(const uint8_t *codes, size_t stride, size_t variants, const float *table, float *strip) {
  for (size_t v = 0; v < variants; v++, codes += stride, table += 4, strip += GRAM_STRIP) {
    const table_f entries = load_table_f(table);
    UNROLL for (size_t k = 0; k < GRAM_STRIP / LANES_F; k++) {
      const vector_f x = decode_f(entries, codes, k);
      __builtin_memcpy(strip + k * LANES_F, &x, sizeof x);
    }
  }
}

/* `out` += the products of some rows of strip `a` with some columns of strip `b`, of which rows x columns are wanted. */
static void sample_tile(const float *a, const float *b, size_t variants, size_t rows, size_t columns, double *out,
                        size_t ldo) {
  vector_f sums[GRAM_TILE_ROWS][GRAM_TILE_VECTORS];
  UNROLL for (int i = 0; i < GRAM_TILE_ROWS; i++)
    UNROLL for (int k = 0; k < GRAM_TILE_VECTORS; k++) sums[i][k] = (vector_f){0};
  for (size_t v = 0; v < variants; v++, a += GRAM_STRIP, b += GRAM_STRIP) {
    vector_f x[GRAM_TILE_VECTORS];
    UNROLL for (int k = 0; k < GRAM_TILE_VECTORS; k++) {
      x[k] = load_f(b + k * LANES_F);
      KEEP(x[k]);
    }
    UNROLL for (int i = 0; i < GRAM_TILE_ROWS; i++) {
      const vector_f factor = splat_f(a[i]);
      UNROLL for (int k = 0; k < GRAM_TILE_VECTORS; k++) sums[i][k] = multiply_add_f(factor, x[k], sums[i][k]);
    }
  }
  if (rows >= GRAM_TILE_ROWS && columns >= GRAM_TILE_COLUMNS) {
    UNROLL for (int i = 0; i < GRAM_TILE_ROWS; i++)
      UNROLL for (int k = 0; k < GRAM_TILE_VECTORS; k++) add_lanes(out + (size_t)i * ldo + k * LANES_F, sums[i][k]);
    return;
  }
  float kept[GRAM_TILE_ROWS][GRAM_TILE_COLUMNS];
  __builtin_memcpy(kept, sums, sizeof kept);
  for (size_t i = 0; i < GRAM_TILE_ROWS && i < rows; i++)
    for (size_t j = 0; j < GRAM_TILE_COLUMNS && j < columns; j++) out[i * ldo + j] += (double)kept[i][j];
}

static void sample_gram(const uint8_t *packed, size_t stride, size_t variants, const float *table, size_t first_row,
                        size_t rows, size_t columns, double *out, size_t ldo) {
  strips *const strip = workspace();
  for (size_t block = 0; block < rows; block += GRAM_ROWS) {
    const size_t count = rows - block < GRAM_ROWS ? rows - block : GRAM_ROWS, first = first_row + block;
    for (size_t v = 0; v < variants; v += GRAM_VARIANTS) {
      const size_t depth = variants - v < GRAM_VARIANTS ? variants - v : GRAM_VARIANTS;
      const uint8_t *const codes = packed + v * stride;
      for (size_t i = 0; i < count; i += GRAM_STRIP)
        decode_strip(codes + (first + i) / 4, stride, depth, table + 4 * v, strip->rows + i * GRAM_VARIANTS);
      for (size_t j = 0; j < columns && j < first + count; j += GRAM_STRIP) {
        decode_strip(codes + j / 4, stride, depth, table + 4 * v, strip->columns);
        for (size_t i = 0; i < count; i += GRAM_TILE_ROWS) {
          const float *const a = strip->rows + i / GRAM_STRIP * GRAM_STRIP * GRAM_VARIANTS + i % GRAM_STRIP;
          for (size_t k = 0; k < GRAM_STRIP && j + k < columns; k += GRAM_TILE_COLUMNS) {
            if (j + k >= first + i + GRAM_TILE_ROWS) break; /* above the diagonal */
            sample_tile(a, strip->columns + k, depth, count - i, columns - j - k, out + (block + i) * ldo + j + k, ldo);
          }
        }
      }
    }
  }
}
