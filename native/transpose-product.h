/*
 * X'Y in one precision, included once for each: REAL and NAME(x) (x_f or x_d) are set by product.c.
 *
 * A register tile is VARIANTS x COLUMNS accumulators: every decoded vector meets COLUMNS right-hand sides, and every
 * vector of y meets VARIANTS variants. y comes in panels: COLUMNS vectors of 16 samples side by side, so that a tile
 * reads one stream. Sums over a tile of SAMPLES_TILE samples stay in REAL, sums of tiles are float64.
 */

#define STEP 16 /* samples of a 32-bit word */
#define LANES (VECTOR_BYTES / sizeof(REAL))

/* `out[v * ld + c] +=` the sums of a tile of samples. */
INLINE void NAME(transpose_tile)(size_t variants, size_t columns, const uint8_t *codes, size_t stride,
                                 const REAL *entries, const REAL *panel, size_t steps, double *out, size_t ld) {
  NAME(vector) sums[8][6];
  NAME(table) tables[8];
  UNROLL for (size_t v = 0; v < variants; v++) {
    tables[v] = NAME(load_table)(entries + 4 * v);
    UNROLL for (size_t c = 0; c < columns; c++) sums[v][c] = (NAME(vector)){0};
  }
  for (size_t step = 0; step < steps; step++, codes += 4) {
    UNROLL for (size_t k = 0; k < STEP / LANES; k++) {
      NAME(vector) x[8];
      UNROLL for (size_t v = 0; v < variants; v++) x[v] = NAME(decode)(TABLE(tables[v]), codes + v * stride, k);
      UNROLL for (size_t c = 0; c < columns; c++) {
        const NAME(vector) y = NAME(load)(panel + (c + columns * step) * STEP + k * LANES);
        UNROLL for (size_t v = 0; v < variants; v++) sums[v][c] = NAME(multiply_add)(x[v], y, sums[v][c]);
      }
    }
  }
  UNROLL for (size_t v = 0; v < variants; v++)
    UNROLL for (size_t c = 0; c < columns; c++) out[v * ld + c] += NAME(sum)(sums[v][c]);
}

typedef void (*NAME(transpose_function))(const uint8_t *codes, size_t stride, const REAL *entries, const REAL *panel,
                                         size_t steps, double *out, size_t ld);

#define TRANSPOSE_TILE(variants, columns)                                                                         \
  static void NAME(transpose_##variants##x##columns)(const uint8_t *codes, size_t stride, const REAL *entries,    \
                                                     const REAL *panel, size_t steps, double *out, size_t ld) {   \
    NAME(transpose_tile)(variants, columns, codes, stride, entries, panel, steps, out, ld);                       \
  }

#if VECTOR_REGISTERS == 32
TRANSPOSE_TILE(8, 1)
TRANSPOSE_TILE(8, 2)
TRANSPOSE_TILE(8, 3)
TRANSPOSE_TILE(4, 4)
TRANSPOSE_TILE(4, 5)
TRANSPOSE_TILE(4, 6)
#define TRANSPOSE_VARIANTS(columns) ((columns) <= 3 ? 8 : 4)
#define WIDE_TILES {NAME(transpose_8x1), NAME(transpose_8x2), NAME(transpose_8x3), NAME(transpose_4x4), NAME(transpose_4x5), NAME(transpose_4x6)}
#else
TRANSPOSE_TILE(8, 1)
TRANSPOSE_TILE(4, 2)
TRANSPOSE_TILE(4, 3)
TRANSPOSE_TILE(2, 4)
TRANSPOSE_TILE(2, 5)
TRANSPOSE_TILE(2, 6)
#define TRANSPOSE_VARIANTS(columns) ((columns) == 1 ? 8 : (columns) <= 3 ? 4 : 2)
#define WIDE_TILES {NAME(transpose_8x1), NAME(transpose_4x2), NAME(transpose_4x3), NAME(transpose_2x4), NAME(transpose_2x5), NAME(transpose_2x6)}
#endif
TRANSPOSE_TILE(1, 1)
TRANSPOSE_TILE(1, 2)
TRANSPOSE_TILE(1, 3)
TRANSPOSE_TILE(1, 4)
TRANSPOSE_TILE(1, 5)
TRANSPOSE_TILE(1, 6)

static void NAME(transpose_product)(const uint8_t *packed, size_t stride, size_t variants, const REAL *table,
                                    const REAL *y, size_t y_stride, size_t columns, double *out) {
  static const NAME(transpose_function) wide[] = WIDE_TILES;
  static const NAME(transpose_function) narrow[] = {NAME(transpose_1x1), NAME(transpose_1x2), NAME(transpose_1x3),
                                                    NAME(transpose_1x4), NAME(transpose_1x5), NAME(transpose_1x6)};
  _Alignas(64) REAL panel[SAMPLES_TILE * 6];
  __builtin_memset(out, 0, variants * columns * sizeof *out);
  const size_t panels = (columns + 5) / 6;
  for (size_t first = 0; first < 4 * stride; first += SAMPLES_TILE) {
    const size_t samples = 4 * stride - first < SAMPLES_TILE ? 4 * stride - first : SAMPLES_TILE;
    for (size_t p = 0; p < panels; p++) {
      const size_t c0 = p * columns / panels, width = (p + 1) * columns / panels - c0;
      for (size_t c = 0; c < width; c++)
        for (size_t i = 0; i < samples; i += STEP)
          __builtin_memcpy(panel + i * width + c * STEP, y + (c0 + c) * y_stride + first + i, STEP * sizeof *y);
      const size_t group = TRANSPOSE_VARIANTS(width);
      for (size_t v = 0; v < variants;) {
        const size_t count = v + group <= variants ? group : 1;
        (count > 1 ? wide : narrow)[width - 1](packed + v * stride + first / 4, stride, table + 4 * v, panel,
                                               samples / STEP, out + v * columns + c0, columns);
        v += count;
      }
    }
  }
}

#undef STEP
#undef LANES
#undef TRANSPOSE_TILE
#undef TRANSPOSE_VARIANTS
#undef WIDE_TILES
