/*
 * X'Y in digits (digits.c): for each unit of 4096 samples, whole sums of w q of some variants and a panel of digits in
 * registers. Sums of one digit over a unit are at most 4096 x 2 x 128 = 2^20; of all digits together, 4096 x 2 x 8355711 <
 * 2^37, exact in float64. Across units they are added in float64, in the order of the units.
 *
 * Rows are far apart, often by a power of two: the codes of some variants are copied, as copies of allele 2, to where
 * they do not meet in one cache set; missing genotypes are found on the way.
 */
#include "digits.h"
#include "kernels.h"

enum {
  UNIT_BYTES = DIGIT_SAMPLES / 4,
  UNIT_DISTANCE = UNIT_BYTES + 64,
  COPIED_VARIANTS = 64,
/* A register tile: variants, and digits where a panel is cut because registers do not hold it. */
#if defined(__AVX512F__)
  DIGIT_ROWS = 4,
  DIGIT_COLUMNS = 6
#elif defined(__aarch64__)
  DIGIT_ROWS = 4,
  DIGIT_COLUMNS = 3
#elif defined(__x86_64__)
  DIGIT_ROWS = 4,
  DIGIT_COLUMNS = 2
#else
  DIGIT_ROWS = 2,
  DIGIT_COLUMNS = 2
#endif
};

/* Bytes of a row after which lanes of 16 bits are full: a strip takes 4 steps of each lane for every vector in 64 bytes. */
#define PIECE_BYTES ((size_t)DOT_STEPS / 4 * VECTOR_BYTES)

/* `out[v * ld + d] +=` sums of w times the digits of `panel`, of which a strip has 4 x `width`; PIECE_BYTES at most. */
INLINE void digit_tile(size_t rows, size_t columns, const uint8_t *codes, const int8_t *panel, size_t width, size_t bytes,
                       int32_t *out, size_t ld) {
  dots sums[8 * DIGIT_COLUMNS];
  UNROLL for (size_t i = 0; i < rows * columns; i++) sums[i] = (dots){0};
  for (size_t strip = 0; strip < bytes; strip += DIGIT_STRIP_BYTES, codes += DIGIT_STRIP_BYTES) {
    UNROLL for (size_t k = 0; k < 4; k++, panel += width * 64) {
      UNROLL for (size_t at = 0; at < 64; at += VECTOR_BYTES) {
        vector_u w[8];
        UNROLL for (size_t v = 0; v < rows; v++) {
          w[v] = genotype_bytes(codes + v * UNIT_DISTANCE + at, k);
          KEEP(w[v]);
        }
        UNROLL for (size_t d = 0; d < columns; d++) {
          vector_u digits = load_u(panel + d * 64 + at);
          KEEP(digits);
          UNROLL for (size_t v = 0; v < rows; v++) sums[v * columns + d] = dot(sums[v * columns + d], w[v], digits);
        }
      }
    }
  }
  UNROLL for (size_t i = 0; i < rows * columns; i += 4) {
    vector_i four[4];
    int32_t totals[4];
    UNROLL for (size_t l = 0; l < 4; l++) four[l] = i + l < rows * columns ? dot_sums(sums[i + l]) : (vector_i){0};
    sum_lanes_4(four, totals);
    UNROLL for (size_t l = 0; l < 4; l++)
      if (i + l < rows * columns) out[(i + l) / columns * ld + (i + l) % columns] += totals[l];
  }
}

#if defined(__AVX512F__)
#define ROWS_OF_TILE(columns) ((columns) <= 3 ? 8 : 4)
#else
#define ROWS_OF_TILE(columns) DIGIT_ROWS
#endif

#define DIGIT_TILE(columns)                                                                                            \
  static __attribute__((noinline)) void digit_tile_##columns(const uint8_t *codes, const int8_t *panel, size_t width,  \
                                                             size_t bytes, int32_t *out, size_t ld) {                  \
    for (size_t at = 0; at < bytes; at += PIECE_BYTES)                                                                 \
      digit_tile(ROWS_OF_TILE(columns), columns, codes + at, panel + 4 * at * width, width,                            \
                 bytes - at < PIECE_BYTES ? bytes - at : PIECE_BYTES, out, ld);                                        \
  }
DIGIT_TILE(2)
#if defined(__AVX512F__)
DIGIT_TILE(3)
DIGIT_TILE(4)
DIGIT_TILE(6)
#else
DIGIT_TILE(1)
#if defined(__aarch64__)
DIGIT_TILE(3)
#endif
#endif

/* Rows that come into cache while others are worked on, some lines a tile. */
typedef struct {
  const uint8_t *row;
  size_t stride, bytes, at; /* of a row, and how far the row has come */
  size_t rows, share;
} coming_rows;

INLINE void bring_share(coming_rows *coming) {
  for (size_t i = 0; i < coming->share && coming->rows > 0; i++) {
    __builtin_prefetch(coming->row + coming->at);
    coming->at += 64;
    if (coming->at < coming->bytes) continue;
    coming->at = 0;
    coming->row += coming->stride;
    coming->rows--;
  }
}

/* All tiles of some copied variants and a panel of `width` digits: `sums[v * DIGIT_PANEL + d]`. */
static void multiply_copied(const uint8_t *codes, size_t variants, const int8_t *panel, size_t width, size_t bytes,
                            int32_t *sums, coming_rows *coming) {
  __builtin_memset(sums, 0, COPIED_VARIANTS * DIGIT_PANEL * sizeof *sums);
  for (size_t d = 0; d < width;) {
    size_t columns = width - d < DIGIT_COLUMNS ? width - d : DIGIT_COLUMNS;
    for (size_t v = 0; v < variants; v += ROWS_OF_TILE(columns)) {
      bring_share(coming);
      const uint8_t *own = codes + v * UNIT_DISTANCE;
      const int8_t *from = panel + d * 64;
      int32_t *out = sums + v * DIGIT_PANEL + d;
      switch (columns) {
#if defined(__AVX512F__)
        case 2: digit_tile_2(own, from, width, bytes, out, DIGIT_PANEL); break;
        case 3: digit_tile_3(own, from, width, bytes, out, DIGIT_PANEL); break;
        case 4: digit_tile_4(own, from, width, bytes, out, DIGIT_PANEL); break;
        default: digit_tile_6(own, from, width, bytes, out, DIGIT_PANEL);
#else
        case 1: digit_tile_1(own, from, width, bytes, out, DIGIT_PANEL); break;
#if defined(__aarch64__)
        case 3: digit_tile_3(own, from, width, bytes, out, DIGIT_PANEL); break;
#endif
        default: digit_tile_2(own, from, width, bytes, out, DIGIT_PANEL);
#endif
      }
    }
    d += columns;
  }
}

/*
 * Copies the codes of a variant's unit as copies of allele 2. Writes which of its `samples` lack a genotype, whose q come into
 * cache meanwhile, and returns their number. Words that hold missing genotypes are marked first, without a branch, as
 * branches that go either way cost more than everything else here.
 */
static size_t copy_variant(const uint8_t *packed, size_t bytes, size_t samples, const int32_t *rows, size_t row,
                           uint8_t *copies, uint16_t *missing) {
  uint8_t marks[UNIT_BYTES / 64] = {0};
  for (size_t at = 0; at < bytes; at += 64) {
    for (size_t k = at; k < at + 64; k += VECTOR_BYTES) store_u(copies + k, copies_of_codes(load_u(packed + k)));
    marks[at / 64] = words_with_missing_64(packed + at);
  }
  size_t count = 0;
  for (size_t eight = 0; eight < sizeof marks; eight += 8) {
    for (uint64_t words = load_word(marks + eight); words; words &= words - 1) {
      const size_t byte = 8 * (8 * eight + (size_t)__builtin_ctzll(words));
      if (4 * byte >= samples) break; /* padding */
      uint64_t rest = missing_of_word(load_word(packed + byte));
      do {
        const size_t sample = 4 * byte + (size_t)__builtin_ctzll(rest) / 2;
        missing[count++] = (uint16_t)sample;
        __builtin_prefetch(rows + sample * row);
      } while (rest &= rest - 1);
    }
  }
  while (count > 0 && missing[count - 1] >= samples) count--;
  return count;
}

typedef int32_t eight_words __attribute__((vector_size(32)));
typedef int64_t eight_sums __attribute__((vector_size(64)));

/* out[c] += unit_c (mean M_c), M the sum of q over the missing genotypes of a variant. */
static void add_missing(const uint16_t *missing, size_t count, const int32_t *rows, size_t columns, const double *units,
                        double mean, double *out) {
  const size_t row = digit_row(columns);
  for (size_t c = 0; c < columns; c += 8) {
    eight_sums sums = {0};
    for (size_t m = 0; m < count; m++) {
      eight_words q;
      __builtin_memcpy(&q, rows + missing[m] * row + c, sizeof q);
      sums += __builtin_convertvector(q, eight_sums);
    }
    for (size_t l = 0; l < 8 && c + l < columns; l++) out[c + l] += units[2 * (c + l)] * (mean * (double)sums[l]);
  }
}

/* The rows that are copied after those that start at `first`. */
static coming_rows next_rows(const uint8_t *packed, size_t stride, size_t variants, size_t byte, size_t first, size_t tiles) {
  first += COPIED_VARIANTS;
  if (first >= variants) first = 0, byte += UNIT_BYTES;
  if (byte >= stride) return (coming_rows){0};
  const size_t bytes = stride - byte < UNIT_BYTES ? stride - byte : UNIT_BYTES;
  const size_t rows = variants - first < COPIED_VARIANTS ? variants - first : COPIED_VARIANTS;
  return (coming_rows){packed + first * stride + byte, stride, bytes, 0, rows, rows * bytes / 64 / tiles + 1};
}

static void transpose_product_digits(const uint8_t *packed, size_t stride, size_t variants, size_t samples,
                                     const double *mean, const double *scale, const int8_t *planes, const int32_t *rows,
                                     const double *units, size_t columns, size_t digits, double *out) {
  _Alignas(64) uint8_t copies[COPIED_VARIANTS * UNIT_DISTANCE];
  int32_t sums[COPIED_VARIANTS * DIGIT_PANEL];
  uint16_t missing[2 * DIGIT_SAMPLES];
  size_t lost[COPIED_VARIANTS];
  const size_t panels = digit_panels(columns, digits), row = digit_row(columns);
  __builtin_memset(out, 0, variants * columns * sizeof *out);
  __builtin_memset(copies, 0, sizeof copies);
  for (size_t byte = 0; byte < stride; byte += UNIT_BYTES) {
    const size_t bytes = stride - byte < UNIT_BYTES ? stride - byte : UNIT_BYTES;
    const double *of_unit = units + byte / UNIT_BYTES * columns * 2;
    const int8_t *unit_planes = planes + 4 * byte * columns * digits;
    const int32_t *unit_rows = rows + 4 * byte * row;
    for (size_t first = 0; first < variants; first += COPIED_VARIANTS) {
      const size_t count = variants - first < COPIED_VARIANTS ? variants - first : COPIED_VARIANTS;
      size_t found = 0, done = 0;
      for (size_t v = 0; v < count; v++) {
        const uint8_t *own = packed + (first + v) * stride + byte;
        found += lost[v] = copy_variant(own, bytes, samples - 4 * byte, unit_rows, row, copies + v * UNIT_DISTANCE, missing + found);
        if (found <= DIGIT_SAMPLES && v + 1 < count) continue;
        for (const uint16_t *from = missing; done <= v; from += lost[done++])
          if (lost[done])
            add_missing(from, lost[done], unit_rows, columns, of_unit, mean[first + done], out + (first + done) * columns);
        found = 0;
      }
      const size_t tiles = panels * ((count + DIGIT_ROWS - 1) / DIGIT_ROWS);
      coming_rows coming = next_rows(packed, stride, variants, byte, first, tiles);
      for (size_t p = 0; p < panels; p++) {
        const size_t start = first_of_panel(p, panels, columns), width = first_of_panel(p + 1, panels, columns) - start;
        multiply_copied(copies, count, unit_planes + start * digits * 4 * bytes, width * digits, bytes, sums, &coming);
        for (size_t v = 0; v < count; v++) {
          double *to = out + (first + v) * columns + start;
          const int32_t *own = sums + v * DIGIT_PANEL;
          for (size_t c = 0; c < width; c++, own += digits) {
            const double *unit = of_unit + 2 * (start + c);
            const int64_t high = digits == 3 ? (int64_t)own[2] * 65536 : 0, whole = high + own[1] * 256 + own[0];
            to[c] += unit[0] * (unit[1] - (double)whole);
          }
        }
      }
    }
  }
  /* so far sums of d q and of mean q over missing genotypes; the mean of all others is left */
  for (size_t c = 0; c < columns; c++) {
    double total = 0;
    for (size_t unit = 0; unit * UNIT_BYTES < stride; unit++) {
      const double *of_unit = units + (unit * columns + c) * 2;
      total += of_unit[0] * of_unit[1];
    }
    for (size_t v = 0; v < variants; v++) out[v * columns + c] = scale[v] * (out[v * columns + c] - mean[v] * total);
  }
}
