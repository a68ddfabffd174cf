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

#define TRANSPOSE_TILE(variants, columns)                                                                         \
  static void NAME(transpose_##variants##x##columns)(const uint8_t *codes, size_t stride, const REAL *entries,    \
                                                     const REAL *panel, size_t steps, double *out, size_t ld) {   \
    NAME(transpose_tile)(variants, columns, codes, stride, entries, panel, steps, out, ld);                       \
  }

/* Tiles for 1, 2, ... columns: as many variants as registers hold, and one variant for the rest. */
#if VECTOR_REGISTERS == 32
#define PANEL_COLUMNS 6
#define TILE_VARIANTS(columns) ((columns) <= 3 ? 8 : 4)
TRANSPOSE_TILE(8, 1) TRANSPOSE_TILE(8, 2) TRANSPOSE_TILE(8, 3)
TRANSPOSE_TILE(4, 4) TRANSPOSE_TILE(4, 5) TRANSPOSE_TILE(4, 6)
TRANSPOSE_TILE(1, 1) TRANSPOSE_TILE(1, 2) TRANSPOSE_TILE(1, 3)
TRANSPOSE_TILE(1, 4) TRANSPOSE_TILE(1, 5) TRANSPOSE_TILE(1, 6)
#else
#define PANEL_COLUMNS 4
#define TILE_VARIANTS(columns) ((columns) <= 2 ? 4 : 2)
TRANSPOSE_TILE(4, 1) TRANSPOSE_TILE(4, 2) TRANSPOSE_TILE(2, 3) TRANSPOSE_TILE(2, 4)
TRANSPOSE_TILE(1, 1) TRANSPOSE_TILE(1, 2) TRANSPOSE_TILE(1, 3) TRANSPOSE_TILE(1, 4)
#endif

typedef void (*NAME(transpose_function))(const uint8_t *codes, size_t stride, const REAL *entries, const REAL *panel,
                                         size_t steps, double *out, size_t ld);

static const NAME(transpose_function) NAME(transpose_tiles)[][PANEL_COLUMNS] = {
#if VECTOR_REGISTERS == 32
    {NAME(transpose_8x1), NAME(transpose_8x2), NAME(transpose_8x3), NAME(transpose_4x4), NAME(transpose_4x5), NAME(transpose_4x6)},
    {NAME(transpose_1x1), NAME(transpose_1x2), NAME(transpose_1x3), NAME(transpose_1x4), NAME(transpose_1x5), NAME(transpose_1x6)},
#else
    {NAME(transpose_4x1), NAME(transpose_4x2), NAME(transpose_2x3), NAME(transpose_2x4)},
    {NAME(transpose_1x1), NAME(transpose_1x2), NAME(transpose_1x3), NAME(transpose_1x4)},
#endif
};

static void NAME(transpose_product)(const uint8_t *packed, size_t stride, size_t variants, const REAL *table,
                                    const REAL *y, size_t y_stride, size_t columns, double *out) {
  _Alignas(64) REAL panel[SAMPLES_TILE * PANEL_COLUMNS];
  __builtin_memset(out, 0, variants * columns * sizeof *out);
  const size_t panels = (columns + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
  for (size_t at = 0; at < 4 * stride; at += SAMPLES_TILE) {
    const size_t samples = 4 * stride - at < SAMPLES_TILE ? 4 * stride - at : SAMPLES_TILE;
    for (size_t p = 0; p < panels; p++) {
      const size_t first = p * columns / panels, width = (p + 1) * columns / panels - first;
      for (size_t c = 0; c < width; c++)
        for (size_t i = 0; i < samples; i += STEP)
          __builtin_memcpy(panel + i * width + c * STEP, y + (first + c) * y_stride + at + i, STEP * sizeof *y);
      for (size_t v = 0; v < variants;) {
        const size_t whole = TILE_VARIANTS(width), count = v + whole <= variants ? whole : 1;
        NAME(transpose_tiles)[count == 1][width - 1](packed + v * stride + at / 4, stride, table + 4 * v, panel,
                                                     samples / STEP, out + v * columns + first, columns);
        v += count;
      }
    }
  }
}

#undef STEP
#undef LANES
#undef TRANSPOSE_TILE
#undef PANEL_COLUMNS
#undef TILE_VARIANTS
