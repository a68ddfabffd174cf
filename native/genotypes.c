/* Genotype counts and sample subsets of packed rows. */

static inline uint64_t load_word(const uint8_t *bytes) {
  uint64_t word;
  __builtin_memcpy(&word, bytes, sizeof word);
  return word;
}

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
