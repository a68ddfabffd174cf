/*
 * Right-hand sides in digits of base 256, for products in whole numbers (digit-transpose.c, digit-product.c).
 *
 * Within a unit of data (4096 samples of Y, 256 variants of B: fixed by the data's shape, never by threads or memory) each
 * column is rounded to whole multiples q of max / LARGEST, and q written with two or three signed digits from -128 to 127:
 * q = 256 (256 d_2 + d_1) + d_0. LARGEST is the largest number whose digits are all 127, so that the top digit never
 * overflows by the carries of those below. The product of what was rounded is then exact, the same bits on every backend:
 * sums of whole numbers, and a few operations in float64 whose order is fixed. No operation here may be fused.
 *
 * Genotypes are x = (d - mean) scale with d = 1 - w, w copies of allele 2; missing ones are 0 (w = 1: d = 0, and the sums of
 * q over missing genotypes take the mean out again).
 *
 * Digits lie in panels of whole columns, 6 digits at most; digit t of column c of a panel is number c * digits + t.
 */
#include "digits.h"
#include "kernels.h"

INLINE int32_t largest_of_digits(size_t digits) { return digits == 2 ? 32639 : 8355711; }

/* To the nearest whole number, ties to even, |x| < 2^51. */
INLINE double nearest(double x) {
  const double shift = 6755399441055744.0; /* 1.5 x 2^52 */
  return (x + shift) - shift;
}

/* Panels of a matrix of so many columns, and the first column of each. */
INLINE size_t digit_panels(size_t columns, size_t digits) {
  const size_t most = DIGIT_PANEL / digits;
  return (columns + most - 1) / most;
}
INLINE size_t first_of_panel(size_t panel, size_t panels, size_t columns) { return panel * columns / panels; }

/* Columns of the rows that hold q itself: a multiple of 8. */
INLINE size_t digit_row(size_t columns) { return (columns + 7) / 8 * 8; }

/* Takes the lowest digit off: the low byte as a signed number, so that what is left is divisible by 256. */
INLINE int8_t take_digit(int32_t *q) {
  const int8_t digit = (int8_t)(uint8_t)*q;
  *q = (*q - digit) / 256;
  return digit;
}

/* ---- Y ---- */

/* Digits of 256 samples of one column; bytes of k-th genotypes are `distance` apart. Changes q. Words: low bytes first. */
static void split_strip(int32_t *q, size_t digits, size_t distance, int8_t *planes) {
  uint32_t bytes[DIGIT_STRIP_BYTES];
  for (size_t t = 0; t < digits; t++, planes += 64) {
    int8_t digit[DIGIT_STRIP];
    for (size_t l = 0; l < DIGIT_STRIP; l++) digit[l] = take_digit(q + l);
    __builtin_memcpy(bytes, digit, sizeof bytes);
    for (size_t k = 0; k < 4; k++)
      for (size_t b = 0; b < DIGIT_STRIP_BYTES; b++) planes[k * distance + b] = (int8_t)(uint8_t)(bytes[b] >> (8 * k));
  }
}

/*
 * `planes`: for each unit of samples, panel, strip of 256 samples and k < 4, a vector of 64 bytes for each digit of the panel:
 * byte b belongs to sample 4 b + k of the strip, as genotypes leave the bytes of packed rows.
 * `units`: for each unit of samples the multiples of all columns, then the sums of their q.
 */
static void sample_digits(const float *y, size_t y_stride, size_t samples, size_t columns, size_t digits, int8_t *planes,
                          double *units) {
  const size_t panels = digit_panels(columns, digits);
  const int32_t largest = largest_of_digits(digits);
  for (size_t first = 0; first < samples; first += DIGIT_SAMPLES) {
    const size_t count = samples - first < DIGIT_SAMPLES ? samples - first : DIGIT_SAMPLES;
    int8_t *unit_planes = planes + first * columns * digits;
    double *of_unit = units + first / DIGIT_SAMPLES * columns * 2;
    for (size_t p = 0; p < panels; p++) {
      const size_t start = first_of_panel(p, panels, columns), width = first_of_panel(p + 1, panels, columns) - start;
      for (size_t k = 0; k < width; k++) {
        const size_t c = start + k;
        const float *from = y + c * y_stride + first;
        int32_t magnitude = 0; /* of the bits of |y|, which grow with it; those of infinity and NaN are largest */
        for (size_t i = 0; i < count; i++) {
          int32_t bits;
          __builtin_memcpy(&bits, from + i, sizeof bits);
          bits &= 0x7fffffff;
          magnitude = bits > magnitude ? bits : magnitude;
        }
        const int finite = magnitude < 0x7f800000;
        float most;
        __builtin_memcpy(&most, &magnitude, sizeof most);
        const double inverse = finite && most > 0 ? largest / (double)most : 0;
        double total = 0;
        for (size_t i = 0; i < count; i += DIGIT_STRIP) {
          int32_t q[DIGIT_STRIP];
          for (size_t l = 0; l < DIGIT_STRIP; l++) q[l] = finite ? (int32_t)nearest((double)from[i + l] * inverse) : 0;
          int32_t sum = 0; /* at most 256 x 8355711 < 2^31 */
          for (size_t l = 0; l < DIGIT_STRIP; l++) sum += q[l];
          total += sum;
          split_strip(q, digits, width * digits * 64, unit_planes + start * digits * count + i * width * digits + k * digits * 64);
        }
        of_unit[c] = finite ? (double)most / largest : __builtin_nan("");
        of_unit[columns + c] = total;
      }
    }
  }
}

/* ---- B ---- */

/*
 * What is split is scale_v b_vc. `planes`: for each unit of variants, panel and four variants, four bytes for each digit of the
 * panel, one a variant. `rows`: mean_v q to the nearest whole number, a row a variant: what a missing genotype adds.
 * `units`: for each unit of variants the multiples of all columns, then the sums of their q, then multiple x sum of mean_v q.
 */
static void variant_digits(const float *b, size_t variants, const double *mean, const double *scale, size_t columns,
                           size_t digits, int8_t *planes, int32_t *rows, double *units) {
  const size_t panels = digit_panels(columns, digits), row = digit_row(columns);
  const int32_t largest = largest_of_digits(digits);
  for (size_t first = 0; first < variants; first += DIGIT_VARIANTS) {
    const size_t count = variants - first < DIGIT_VARIANTS ? variants - first : DIGIT_VARIANTS, quads = (count + 3) / 4;
    int8_t *unit_planes = planes + first * columns * digits;
    double *of_unit = units + first / DIGIT_VARIANTS * columns * 3;
    __builtin_memset(unit_planes, 0, quads * 4 * columns * digits);
    __builtin_memset(rows + first * row, 0, count * row * sizeof *rows);
    for (size_t p = 0; p < panels; p++) {
      const size_t start = first_of_panel(p, panels, columns), width = first_of_panel(p + 1, panels, columns) - start;
      for (size_t k = 0; k < width; k++) {
        const size_t c = start + k;
        double most = 0, sum = 0, means = 0;
        int finite = 1;
        for (size_t v = first; v < first + count; v++) {
          const double scaled = scale[v] * (double)b[v * columns + c], size = scaled < 0 ? -scaled : scaled;
          finite &= size < __builtin_inf();
          most = size > most ? size : most;
        }
        const double inverse = finite && most > 1e-290 ? largest / most : 0; /* below, it would overflow */
        for (size_t v = first; v < first + count; v++) {
          const double scaled = scale[v] * (double)b[v * columns + c];
          const double whole = finite ? nearest(scaled * inverse) : 0;
          int32_t q = (int32_t)whole;
          sum += whole;
          means += mean[v] * whole;
          rows[v * row + c] = (int32_t)nearest(mean[v] * whole);
          int8_t *at = unit_planes + start * digits * quads * 4 + ((v - first) / 4 * width + k) * digits * 4 + v % 4;
          for (size_t t = 0; t < digits; t++) at[t * 4] = take_digit(&q);
        }
        const double unit = finite ? most / largest : __builtin_nan("");
        of_unit[c] = unit;
        of_unit[columns + c] = sum;
        of_unit[2 * columns + c] = unit * means;
      }
    }
  }
}
