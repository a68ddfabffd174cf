/* Genotype counts and sample subsets of packed rows. */
#include "kernels.h"
#include "simd.h"

#define LOW_BITS UINT64_C(0x5555555555555555)

static void count_genotypes(const uint8_t *packed, size_t stride, size_t variants, size_t samples, int32_t *counts) {
  const int64_t padding = (int64_t)(stride * 4 - samples);
  for (size_t v = 0; v < variants; v++, packed += stride, counts += 4) {
    int64_t low = 0, high = 0, both = 0;
    for (size_t byte = 0; byte < stride; byte += 8) {
      const uint64_t word = load_word(packed + byte);
      const uint64_t lo = word & LOW_BITS, hi = (word >> 1) & LOW_BITS;
      low += __builtin_popcountll(lo);
      high += __builtin_popcountll(hi);
      both += __builtin_popcountll(lo & hi);
    }
    counts[1] = (int32_t)(low - both - padding);
    counts[2] = (int32_t)(high - both);
    counts[3] = (int32_t)both;
    counts[0] = (int32_t)((int64_t)samples - counts[1] - counts[2] - counts[3]);
  }
}

/* ---- subsets ---- */

/* The bits of a word under `mask`, moved together at the low end; prepared once a mask, used for every row. */
typedef struct {
  uint64_t mask;
#if !defined(__BMI2__)
  uint64_t moves[6];
#endif
} bit_filter;

#if defined(__BMI2__)

static bit_filter make_filter(uint64_t mask) { return (bit_filter){mask}; }

INLINE uint64_t filter_bits(uint64_t word, const bit_filter *filter) { return _pext_u64(word, filter->mask); }

#else

/*
 * Each bit has to move right by the number of unset mask bits below it: six steps move by 1, 2, 4, ... those bits
 * whose distance has that binary digit (parallel suffix; Steele, in Warren, Hacker's Delight, section 7-4).
 */
static bit_filter make_filter(uint64_t mask) {
  bit_filter filter = {.mask = mask};
  uint64_t unset = ~mask << 1;
  for (int step = 0; step < 6; step++) {
    uint64_t parity = unset; /* bit k: parity of the bits 0 .. k of unset */
    for (int shift = 1; shift < 64; shift *= 2) parity ^= parity << shift;
    filter.moves[step] = parity & mask;
    mask = (mask ^ filter.moves[step]) | (filter.moves[step] >> (1 << step));
    unset &= ~parity;
  }
  return filter;
}

INLINE uint64_t filter_bits(uint64_t word, const bit_filter *filter) {
  word &= filter->mask;
  for (int step = 0; step < 6; step++) {
    const uint64_t moving = word & filter->moves[step];
    word = (word ^ moving) | (moving >> (1 << step));
  }
  return word;
}

#endif

/* Up to 8 bytes as the low end of a word: source rows have no padding to read into. */
INLINE uint64_t load_bytes(const uint8_t *from, size_t count) {
  if (count == 8) return load_word(from);
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++) word |= (uint64_t)from[i] << (8 * i);
  return word;
}

/* Each bit of a 32-bit word twice. */
static uint64_t double_bits(uint32_t bits) {
  uint64_t x = bits;
  x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
  x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
  x = (x | x << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  x = (x | x << 2) & UINT64_C(0x3333333333333333);
  x = (x | x << 1) & LOW_BITS;
  return x | x << 1;
}

/* From here to the end of a row: the missing code. */
static void pad_row(uint8_t *row, size_t samples, size_t stride) {
  const size_t whole = samples / 4, rest = samples % 4;
  if (rest) row[whole] = (uint8_t)((row[whole] & ((1 << 2 * rest) - 1)) | (0x55 << 2 * rest));
  __builtin_memset(row + whole + (rest > 0), 0x55, stride - whole - (rest > 0));
}

static int keeps_everything(const uint8_t *mask, size_t samples) {
  for (size_t i = 0; i < samples / 8; i++)
    if (mask[i] != 255) return 0;
  const int rest = (1 << samples % 8) - 1;
  return samples % 8 == 0 || (mask[samples / 8] & rest) == rest;
}

/* Rows that go through a word of the mask together: as many as share a cache with one line each. */
#define REPACK_ROWS 16

static void repack(const uint8_t *source, size_t source_stride, size_t variants, size_t samples, const uint8_t *mask,
                   uint8_t *target, size_t target_stride) {
  if (keeps_everything(mask, samples)) {
    for (size_t v = 0; v < variants; v++) {
      __builtin_memcpy(target + v * target_stride, source + v * source_stride, (samples + 3) / 4);
      pad_row(target + v * target_stride, samples, target_stride);
    }
    return;
  }
  for (size_t first = 0; first < variants; first += REPACK_ROWS) {
    const size_t rows = variants - first < REPACK_ROWS ? variants - first : REPACK_ROWS;
    const uint8_t *from = source + first * source_stride;
    uint8_t *to = target + first * target_stride;
    uint64_t pending[REPACK_ROWS] = {0}; /* bits not yet stored, the same number for each row */
    size_t pending_bits = 0, byte = 0, kept = 0;
    for (size_t i = 0; i < samples; i += 32) {
      const size_t here = samples - i < 32 ? samples - i : 32;
      const uint64_t keep = load_bytes(mask + i / 8, (here + 7) / 8) & ((UINT64_C(1) << here) - 1);
      if (!keep) continue;
      const bit_filter filter = make_filter(double_bits((uint32_t)keep));
      const size_t bits = 2 * (size_t)__builtin_popcountll(keep), total = pending_bits + bits;
      for (size_t r = 0; r < rows; r++) {
        const uint64_t word = load_bytes(from + r * source_stride + i / 4, (here + 3) / 4);
        const uint64_t found = filter_bits(word, &filter);
        const uint64_t full = pending[r] | found << pending_bits;
        if (total < 64) {
          pending[r] = full;
          continue;
        }
        __builtin_memcpy(to + r * target_stride + byte, &full, 8);
        pending[r] = pending_bits ? found >> (64 - pending_bits) : 0;
      }
      if (total >= 64) byte += 8;
      pending_bits = total % 64;
      kept += bits / 2;
    }
    for (size_t r = 0; r < rows; r++) {
      __builtin_memcpy(to + r * target_stride + byte, &pending[r], (pending_bits + 7) / 8);
      pad_row(to + r * target_stride, kept, target_stride);
    }
  }
}
