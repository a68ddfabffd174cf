/*
 * New genotypes as mosaics of founder haplotypes (Li and Stephens, Genetics 2003): a haplotype copies a founder over a
 * segment of exponential genetic length and then another one. Segment k of a haplotype depends on nothing but the seed,
 * the haplotype's stream and k. Founders are stored haplotype by haplotype, so that copying moves 64 variants at a time;
 * a transpose of bits turns the samples' words into packed rows.
 */

/* The bits of one founder at 64 variants. */
static inline uint64_t founder_word(const uint8_t *founders, size_t founder_stride, int32_t founder, size_t variant) {
  return load_word(founders + (size_t)founder * founder_stride + variant / 8);
}

/* What a haplotype is copying. */
typedef struct {
  int32_t segments; /* begun so far */
  int32_t founder;
  double end; /* where the segment ends on the genetic map */
} copying;

static void next_segment(copying *state, uint64_t seed, uint64_t stream, size_t founder_count, double mean_length) {
  uint32_t words[4];
  philox(seed, stream, (uint64_t)state->segments, 1, words);
  state->segments++;
  state->founder = (int32_t)((uint64_t)words[2] * founder_count >> 32);
  state->end -= mean_length * natural_log(to_uniform(words[0], words[1]));
}

/* Alleles of a haplotype at up to 64 variants from `variant`, a multiple of 64. */
static uint64_t copy_word(copying *state, const uint8_t *founders, size_t founder_stride, size_t founder_count,
                          const double *map, size_t variant, size_t variants, double mean_length, uint64_t seed,
                          uint64_t stream) {
  uint64_t word = founder_word(founders, founder_stride, state->founder, variant);
  size_t from = 0;
  while (map[variant + variants - 1] >= state->end) {
    size_t to = variants - 1; /* the first variant at or after the end of the segment */
    while (from < to) {
      const size_t middle = (from + to) / 2;
      if (map[variant + middle] >= state->end) to = middle;
      else from = middle + 1;
    }
    do next_segment(state, seed, stream, founder_count, mean_length);
    while (map[variant + from] >= state->end);
    const uint64_t rest = ~UINT64_C(0) << from;
    word = (word & ~rest) | (founder_word(founders, founder_stride, state->founder, variant) & rest);
  }
  return word;
}

enum { GROUP = 32, GROUPS = 8 }; /* samples of a 64-bit word of a row, and words of 64 bytes */

/* Transposes GROUPS matrices of 64 x 64 bits: bit j of rows[i][g] becomes bit i of rows[j][g]. */
static void transpose_bits(uint64_t rows[64][GROUPS]) {
  uint64_t mask = UINT64_C(0x00000000FFFFFFFF);
  for (int step = 32; step > 0; step >>= 1, mask ^= mask << step) {
    for (int i = 0; i < 64; i = ((i | step) + 1) & ~step) {
      for (int g = 0; g < GROUPS; g++) {
        const uint64_t swapped = ((rows[i][g] >> step) ^ rows[i + step][g]) & mask;
        rows[i][g] ^= swapped << step;
        rows[i + step][g] ^= swapped;
      }
    }
  }
}

static void mosaic(const uint8_t *founders, size_t founder_stride, size_t founder_count, const double *map,
                   double mean_length, size_t first, size_t variants, double seed, double stream, size_t samples,
                   int32_t *segments, int32_t *copied, double *ends, uint8_t *packed, size_t stride) {
  for (size_t done = 0; done < variants; done += 64) {
    const size_t count = variants - done < 64 ? variants - done : 64;
    for (size_t byte = 0; byte < stride; byte += 8 * GROUPS) {
      uint64_t rows[64][GROUPS];
      for (int g = 0; g < GROUPS; g++) {
        for (int i = 0; i < GROUP; i++) {
          const size_t sample = 4 * byte + (size_t)(g * GROUP + i);
          uint64_t word[2] = {0, 0};
          for (size_t h = 2 * sample; h < 2 * sample + 2 && sample < samples; h++) {
            copying state = {segments[h], copied[h], ends[h]};
            word[h & 1] = copy_word(&state, founders, founder_stride, founder_count, map, first + done, count,
                                    mean_length, (uint64_t)seed, (uint64_t)stream + h);
            segments[h] = state.segments;
            copied[h] = state.founder;
            ends[h] = state.end;
          }
          /* codes 3, 2, 0 for no, one, two copies; 1, missing, after the last sample */
          rows[2 * i][g] = ~(word[0] | word[1]);
          rows[2 * i + 1][g] = sample < samples ? ~(word[0] & word[1]) : 0;
        }
      }
      transpose_bits(rows);
      for (size_t v = 0; v < count; v++)
        __builtin_memcpy(packed + (done + v) * stride + byte, rows[v], sizeof rows[v]);
    }
  }
}
