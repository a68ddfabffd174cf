/*
 * Dosages as packed rows: a dosage of 0 to 2 copies is a level of 0 to 254, 1/127 of a copy each, and a missing one is 255.
 * A level is four digits to the base 4, the lowest first, each in a row of its own; so every kernel that looks codes up in
 * a table multiplies dosages too, digit by digit. The digit 0 has the code that padding has.
 */

enum { DOSAGE_ROWS = 4, LEVELS_OF_COPY = 127, MISSING_LEVEL = 255 };

INLINE int level_of(int32_t dosage) { return (dosage * LEVELS_OF_COPY + 8192) / 16384; }

/* Code of a digit: 0 is 01, 1 is 11, 2 is 10, 3 is 00. */
INLINE int code_of_digit(int digit) { return (0x2d >> (2 * digit)) & 3; }

INLINE void set_level(uint8_t *rows, size_t stride, uint32_t sample, int level) {
  const int shift = 2 * (sample & 3);
  uint8_t *at = rows + (sample >> 2);
  for (int k = 0; k < DOSAGE_ROWS; k++, at += stride)
    *at = (uint8_t)((*at & ~(3 << shift)) | code_of_digit((level >> (2 * k)) & 3) << shift);
}

/* The rows of dosages that a padded row of hard calls stands for, itself the first of them. */
static void spread_codes(uint8_t *row, size_t samples, size_t stride) {
  static const int levels[4] = {2 * LEVELS_OF_COPY, MISSING_LEVEL, LEVELS_OF_COPY, 0};
  const size_t bytes = (samples + 3) / 4;
  for (size_t byte = 0; byte < bytes; byte += 8) {
    const size_t here = bytes - byte < 8 ? bytes - byte : 8;
    const uint64_t word = load_bytes(row + byte, here), low = word & LOW_BITS, high = (word >> 1) & LOW_BITS;
    const uint64_t is[4] = {~(low | high) & LOW_BITS, low & ~high, high & ~low, low & high};
    for (int k = 0; k < DOSAGE_ROWS; k++) {
      uint64_t codes = 0;
      for (int code = 0; code < 4; code++) codes |= is[code] * (uint64_t)code_of_digit((levels[code] >> (2 * k)) & 3);
      __builtin_memcpy(row + (size_t)k * stride + byte, &codes, here);
    }
  }
  for (int k = 0; k < DOSAGE_ROWS; k++) pad_row(row + (size_t)k * stride, samples, stride);
}
