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
  COPIED_VARIANTS = 128,
  MANY_BYTES = 80, /* more than one missing genotype in so many bytes: summed as a product of their own, not one by one */
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

/* Rows that come into cache while a tile is worked on, a line of each a strip. */
typedef struct {
  const uint8_t *row;
  size_t stride, rows;
} coming_rows;

/* `out[d * COPIED_VARIANTS + v] +=` sums of w times the digits of `panel`, of which a strip has 4 x `width`; PIECE_BYTES at most. */
INLINE void digit_tile(size_t rows, size_t columns, const uint8_t *codes, const int8_t *panel, size_t width, size_t bytes,
                       coming_rows coming, int32_t *out) {
  dots sums[8 * DIGIT_COLUMNS];
  UNROLL for (size_t i = 0; i < rows * columns; i++) sums[i] = (dots){0};
  for (size_t strip = 0; strip < bytes; strip += DIGIT_STRIP_BYTES, codes += DIGIT_STRIP_BYTES) {
    for (size_t r = 0; r < coming.rows; r++) __builtin_prefetch(coming.row + r * coming.stride + strip, 0, 2); /* the panel stays in the first cache */
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
  UNROLL for (size_t d = 0; d < columns; d++) {
    UNROLL for (size_t v = 0; v < rows; v += 4) {
      vector_i four[4];
      int32_t totals[4];
      UNROLL for (size_t l = 0; l < 4; l++) four[l] = v + l < rows ? dot_sums(sums[(v + l) * columns + d]) : (vector_i){0};
      sum_lanes_4(four, totals);
      UNROLL for (size_t l = 0; l < 4; l++)
        if (v + l < rows) out[d * COPIED_VARIANTS + v + l] += totals[l];
    }
  }
}

#if defined(__AVX512F__)
#define ROWS_OF_TILE(columns) ((columns) <= 3 ? 8 : 4)
#else
#define ROWS_OF_TILE(columns) DIGIT_ROWS
#endif

#define DIGIT_TILE(columns)                                                                                            \
  static __attribute__((noinline)) void digit_tile_##columns(const uint8_t *codes, const int8_t *panel, size_t width,  \
                                                             size_t bytes, coming_rows coming, int32_t *out) {         \
    for (size_t at = 0; at < bytes; at += PIECE_BYTES, coming.row += PIECE_BYTES)                                      \
      digit_tile(ROWS_OF_TILE(columns), columns, codes + at, panel + 4 * at * width, width,                            \
                 bytes - at < PIECE_BYTES ? bytes - at : PIECE_BYTES, coming, out);                                    \
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

/* Rows that come into cache while others are worked on: so many a tile. */
typedef struct {
  coming_rows next;
  size_t left;
} coming_queue;

INLINE coming_rows take_coming(coming_queue *queue) {
  coming_rows own = queue->next;
  if (own.rows > queue->left) own.rows = queue->left;
  queue->left -= own.rows;
  queue->next.row += own.rows * own.stride;
  return own;
}

/* All tiles of some copied variants and a panel of `width` digits: `sums[d * COPIED_VARIANTS + v]`. */
static void multiply_copied(const uint8_t *codes, size_t variants, const int8_t *panel, size_t width, size_t bytes,
                            int32_t *sums, coming_queue *coming) {
  __builtin_memset(sums, 0, COPIED_VARIANTS * DIGIT_PANEL * sizeof *sums);
  for (size_t d = 0; d < width;) {
    size_t columns = width - d < DIGIT_COLUMNS ? width - d : DIGIT_COLUMNS;
    for (size_t v = 0; v < variants; v += ROWS_OF_TILE(columns)) {
      const coming_rows rows = take_coming(coming);
      const uint8_t *own = codes + v * UNIT_DISTANCE;
      const int8_t *from = panel + d * 64;
      int32_t *out = sums + d * COPIED_VARIANTS + v;
      switch (columns) {
#if defined(__AVX512F__)
        case 2: digit_tile_2(own, from, width, bytes, rows, out); break;
        case 3: digit_tile_3(own, from, width, bytes, rows, out); break;
        case 4: digit_tile_4(own, from, width, bytes, rows, out); break;
        default: digit_tile_6(own, from, width, bytes, rows, out);
#else
        case 1: digit_tile_1(own, from, width, bytes, rows, out); break;
#if defined(__aarch64__)
        case 3: digit_tile_3(own, from, width, bytes, rows, out); break;
#endif
        default: digit_tile_2(own, from, width, bytes, rows, out);
#endif
      }
    }
    d += columns;
  }
}

/* A missing genotype of the copied variants' unit: its variant, and the vector and byte of its sample's digits. */
typedef struct {
  uint8_t variant, byte, vector;
} missing_digits;

/* Copies the codes of a variant's unit as copies of allele 2; returns whether a genotype is missing, or may be in the padding. */
INLINE int copy_variant(const uint8_t *packed, size_t bytes, uint8_t *copies) {
  vector_u missing = {0};
  for (size_t at = 0; at < bytes; at += VECTOR_BYTES) {
    const vector_u codes = load_u(packed + at), half = codes >> 1;
    missing |= codes & ~half;
    store_u(copies + at, codes - (half & splat_u(LOW_OF_CODES)));
  }
  return any_bit(missing & splat_u(LOW_OF_CODES));
}

/*
 * Writes which of the `samples` of a variant's unit lack a genotype, and returns their number. Words that hold some are marked
 * first, without a branch, as branches that go either way cost more than everything else here.
 */
static size_t list_missing(const uint8_t *packed, size_t bytes, size_t samples, uint8_t variant, missing_digits *missing) {
  uint8_t marks[UNIT_BYTES / 64] = {0};
  for (size_t at = 0; at < bytes; at += 64) marks[at / 64] = words_with_missing_64(packed + at);
  size_t count = 0;
  for (size_t eight = 0; eight < sizeof marks; eight += 8) {
    for (uint64_t words = load_word(marks + eight); words; words &= words - 1) {
      const size_t byte = 8 * (8 * eight + (size_t)__builtin_ctzll(words));
      if (4 * byte >= samples) return count; /* padding */
      uint64_t rest = missing_of_word(load_word(packed + byte));
      do {
        const size_t k = (size_t)__builtin_ctzll(rest) / 2, own = byte + k / 4;
        missing[count] = (missing_digits){variant, own % 64, (uint8_t)(own / 64 * 4 + k % 4)};
        count += 4 * byte + k < samples;
      } while (rest &= rest - 1);
    }
  }
  return count;
}

/* The same copy with 1 for a missing genotype, else 0. */
static void copy_missing(const uint8_t *packed, size_t bytes, uint8_t *copies) {
  for (size_t at = 0; at < bytes; at += VECTOR_BYTES) {
    const vector_u codes = load_u(packed + at);
    store_u(copies + at, codes & ~(codes >> 1) & splat_u(LOW_OF_CODES));
  }
}

/* `sums[d * COPIED_VARIANTS + v]`: of the digits of a panel over missing genotypes; at most 4096 x 128. */
INLINE void sum_missing_digits(const missing_digits *missing, size_t count, const int8_t *panel, size_t width, int32_t *sums) {
  for (size_t m = 0; m < count; m++) {
    const int8_t *digits = panel + missing[m].vector * width * 64 + missing[m].byte;
    UNROLL for (size_t d = 0; d < width; d++) sums[d * COPIED_VARIANTS + missing[m].variant] += digits[d * 64];
  }
}

static void sum_missing_panel(const missing_digits *missing, size_t count, const int8_t *panel, size_t width, int32_t *sums) {
  __builtin_memset(sums, 0, width * COPIED_VARIANTS * sizeof *sums);
  switch (width) {
    case 2: sum_missing_digits(missing, count, panel, 2, sums); break;
    case 3: sum_missing_digits(missing, count, panel, 3, sums); break;
    case 4: sum_missing_digits(missing, count, panel, 4, sums); break;
    default: sum_missing_digits(missing, count, panel, 6, sums);
  }
}

/* Digit sums of a variant put together: exact in float64. */
INLINE double whole_of_digits(size_t digits, const int32_t *sums) {
  const int32_t low = sums[0] + sums[COPIED_VARIANTS] * 256; /* at most 2^28 */
  return digits == 3 ? 65536.0 * sums[2 * COPIED_VARIANTS] + low : low;
}

/* One column of all copied variants: sums += multiple (total - sum of w q + mean x sum of q over missing). */
INLINE void add_column(size_t digits, const int32_t *whole, const int32_t *lost, const double *mean, double multiple,
                       double total, double *sums) {
  for (size_t v = 0; v < COPIED_VARIANTS; v++) {
    double own = total - whole_of_digits(digits, whole + v);
    if (lost) own += mean[v] * whole_of_digits(digits, lost + v);
    sums[v] += multiple * own;
  }
}

/* The rows that are copied next: further along the same rows, else the rows after them. */
static coming_queue next_rows(const uint8_t *packed, size_t stride, size_t variants, size_t first, size_t byte, size_t tiles) {
  byte += UNIT_BYTES;
  if (byte >= stride) first += COPIED_VARIANTS, byte = 0;
  if (first >= variants) return (coming_queue){0};
  const size_t rows = variants - first < COPIED_VARIANTS ? variants - first : COPIED_VARIANTS;
  return (coming_queue){{packed + first * stride + byte, stride, (rows + tiles - 1) / tiles}, rows};
}

/* What is missing in a unit of the copied variants: few genotypes as a list, many as copies of their own. */
typedef struct {
  uint8_t copies[COPIED_VARIANTS * UNIT_DISTANCE];
  missing_digits list[COPIED_VARIANTS * DIGIT_SAMPLES + 1];
} missing_unit;
_Static_assert(sizeof(missing_unit) <= WORKSPACE_BYTES, "missing genotypes fit the workspace");

static void transpose_product_digits(const uint8_t *packed, size_t stride, size_t variants, size_t samples,
                                     const double *mean, const double *scale, const int8_t *planes, const double *units,
                                     size_t columns, size_t digits, double *out) {
  _Alignas(64) uint8_t copies[COPIED_VARIANTS * UNIT_DISTANCE];
  _Alignas(64) int32_t whole[COPIED_VARIANTS * DIGIT_PANEL];
  _Alignas(64) double sums[BAND * COPIED_VARIANTS]; /* of d q, and of mean q over missing genotypes */
  _Alignas(64) int32_t lost[COPIED_VARIANTS * DIGIT_PANEL];
  _Alignas(64) double means[COPIED_VARIANTS] = {0};
  const size_t panels = digit_panels(columns, digits), band = BAND / (DIGIT_PANEL / digits);
  missing_unit *const missing = workspace();
  __builtin_memset(copies, 0, sizeof copies);
  for (size_t first = 0; first < variants; first += COPIED_VARIANTS) {
    const size_t count = variants - first < COPIED_VARIANTS ? variants - first : COPIED_VARIANTS;
    for (size_t panel = 0; panel < panels; panel += band) {
      const size_t end = panels - panel < band ? panels : panel + band;
      const size_t start = first_of_panel(panel, panels, columns), width = first_of_panel(end, panels, columns) - start;
      const size_t tiles = (end - panel) * ((count + DIGIT_ROWS - 1) / DIGIT_ROWS);
      __builtin_memcpy(means, mean + first, count * sizeof *means);
      __builtin_memset(sums, 0, width * COPIED_VARIANTS * sizeof *sums);
      for (size_t byte = 0; byte < stride; byte += UNIT_BYTES) {
        const size_t bytes = stride - byte < UNIT_BYTES ? stride - byte : UNIT_BYTES;
        const double *multiples = units + byte / UNIT_BYTES * 2 * columns, *totals = multiples + columns;
        const int8_t *unit_planes = planes + 4 * byte * columns * digits;
        size_t found = 0;
        for (size_t v = 0; v < count; v++) {
          const uint8_t *own = packed + (first + v) * stride + byte;
          if (copy_variant(own, bytes, copies + v * UNIT_DISTANCE))
            found += list_missing(own, bytes, samples - 4 * byte, (uint8_t)v, missing->list + found);
        }
        const int many = found > count * bytes / MANY_BYTES;
        for (size_t v = 0; v < count && many; v++)
          copy_missing(packed + (first + v) * stride + byte, bytes, missing->copies + v * UNIT_DISTANCE);
        coming_queue coming = next_rows(packed, stride, variants, first, byte, tiles), nothing = {0};
        for (size_t p = panel; p < end; p++) {
          const size_t at = first_of_panel(p, panels, columns), own_width = first_of_panel(p + 1, panels, columns) - at;
          const int8_t *panel_digits = unit_planes + at * digits * 4 * bytes;
          multiply_copied(copies, count, panel_digits, own_width * digits, bytes, whole, &coming);
          if (many) multiply_copied(missing->copies, count, panel_digits, own_width * digits, bytes, lost, &nothing);
          else if (found) sum_missing_panel(missing->list, found, panel_digits, own_width * digits, lost);
          for (size_t c = 0; c < own_width; c++) {
            const int32_t *own = whole + c * digits * COPIED_VARIANTS, *gone = lost + c * digits * COPIED_VARIANTS;
            const double multiple = multiples[at + c], total = totals[at + c];
            double *to = sums + (at - start + c) * COPIED_VARIANTS;
            if (digits == 2 && !found) add_column(2, own, NULL, means, multiple, total, to);
            else if (digits == 2) add_column(2, own, gone, means, multiple, total, to);
            else if (!found) add_column(3, own, NULL, means, multiple, total, to);
            else add_column(3, own, gone, means, multiple, total, to);
          }
        }
      }
      for (size_t c = 0; c < width; c++) {
        double total = 0; /* what the mean takes off all genotypes that are not missing */
        for (const double *of_unit = units + start + c; of_unit < units + (stride + UNIT_BYTES - 1) / UNIT_BYTES * 2 * columns; of_unit += 2 * columns)
          total += of_unit[0] * of_unit[columns];
        for (size_t v = 0; v < count; v++)
          out[(first + v) * columns + start + c] = scale[first + v] * (sums[c * COPIED_VARIANTS + v] - mean[first + v] * total);
      }
    }
  }
}
