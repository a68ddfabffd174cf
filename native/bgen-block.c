/* Variants as they stand in BGEN blocks, decoded to packed rows; see variant-records.c for what is asked of both. */

enum { MOST_BITS_IN_TABLE = 8 };

/* Probabilities of `bits` bits each, one after another. */
typedef struct {
  cursor bytes;
  uint64_t position; /* in bits */
  int bits;
} bit_reader;

INLINE uint64_t next_bits(bit_reader *reader) {
  const uint8_t *at = reader->bytes.at + (reader->position >> 3);
  const size_t here = (size_t)(reader->bytes.end - at);
  const uint64_t word = here >= 8 ? load_word(at) : load_bytes(at, here);
  const uint64_t value = (word >> (reader->position & 7)) & ((UINT64_C(1) << reader->bits) - 1);
  reader->position += (uint64_t)reader->bits;
  return value;
}

/* Dosages by the copies of the first allele in units of 1 / one, for probabilities of few bits, and how often each is. */
typedef struct {
  uint16_t dosage[2 << MOST_BITS_IN_TABLE];
  uint8_t code[2 << MOST_BITS_IN_TABLE];
  uint32_t count[4][2 << MOST_BITS_IN_TABLE]; /* of every fourth sample, so that equal ones need not wait for each other */
} dosage_table;

/* No product lies half way between two dosages, as `one` is odd. */
INLINE int32_t dosage_of(uint64_t n, uint64_t one) {
  return 2 * ONE_COPY - (int32_t)((2 * n * ONE_COPY + one) / (2 * one));
}

static void make_table(uint64_t one, int32_t threshold, dosage_table *table) {
  __builtin_memset(table->count, 0, sizeof table->count);
  for (uint64_t n = 0; n <= 2 * one; n++) {
    table->dosage[n] = (uint16_t)dosage_of(n, one);
    table->code[n] = (uint8_t)hard_call(table->dosage[n], threshold);
  }
}

/* Two probabilities of 8 bits for every sample: what nearly all files have. */
INLINE size_t bgen_bytes(const uint8_t *ploidies, const uint8_t *values, size_t samples, int phased,
                         dosage_table *table, uint8_t *row, dosage_sums *all) {
  for (size_t i = 0; i < samples; i += 4) {
    uint8_t codes = 0x55;
    for (size_t k = 0; k < 4 && i + k < samples; k++) {
      if (ploidies[i + k] & 128) continue;
      const unsigned first = values[2 * (i + k)], second = values[2 * (i + k) + 1];
      if (!phased && first + second > 255) return FAULT_PROBABILITIES;
      const unsigned n = phased ? first + second : 2 * first + second;
      table->count[k][n]++;
      codes ^= (uint8_t)((1 ^ table->code[n]) << 2 * k);
    }
    row[i / 4] = codes;
  }
  for (unsigned n = 0; n <= 510; n++) {
    const int64_t count = (int64_t)table->count[0][n] + table->count[1][n] + table->count[2][n] + table->count[3][n];
    if (count) count_dosages(all, table->dosage[n], table->code[n], count);
  }
  return 0;
}

/*
 * One uncompressed block of layout 2, of two alleles: the hard call of the second allele's dosage, or the dosage itself,
 * for every sample. One copy (as of X in men) counts as two of the same.
 */
static size_t bgen_block(const uint8_t *block, size_t length, size_t samples, int32_t threshold, uint8_t *row,
                         size_t stride, double *sums) {
  for (int k = 0; k < SUMS; k++) sums[k] = 0;
  if (length < 10 || length - 10 < samples) return FAULT_CUT;
  const uint64_t count = (uint64_t)load_short(block) | (uint64_t)load_short(block + 2) << 16;
  if (count != samples) return FAULT_SAMPLES;
  if (load_short(block + 4) != 2) return FAULT_ALLELES;
  const int least = block[6], most = block[7];
  if (least > most || most > 2) return FAULT_PLOIDY;
  const uint8_t *ploidies = block + 8;
  const int phased = ploidies[samples], bits = ploidies[samples + 1];
  if (phased > 1) return FAULT_PHASED;
  if (bits < 1 || bits > 32) return FAULT_BITS;
  uint64_t values = 0;
  int is_beyond = 0;
  for (size_t i = 0; i < samples; i++) {
    const int ploidy = ploidies[i] & 63;
    is_beyond |= ploidy < least || ploidy > most;
    values += (uint64_t)ploidy;
  }
  if (is_beyond) return FAULT_PLOIDY;
  const uint64_t probability_bytes = (values * (uint64_t)bits + 7) / 8;
  if (length - 10 - samples < probability_bytes) return FAULT_CUT;
  if (length - 10 - samples > probability_bytes) return FAULT_LEFT_OVER;

  const uint64_t one = (UINT64_C(1) << bits) - 1;
  const int has_table = bits <= MOST_BITS_IN_TABLE && threshold != AS_DOSAGES;
  dosage_table table;
  if (has_table) make_table(one, threshold, &table);
  dosage_sums all = {0};
  if (threshold == AS_DOSAGES) {
    __builtin_memset(row, 0, DOSAGE_ROWS * stride); /* missing */
    for (int k = 0; k < DOSAGE_ROWS; k++) pad_row(row + (size_t)k * stride, samples, stride);
  } else {
    __builtin_memset(row, 0x55, stride);
  }
  if (bits == 8 && least == 2 && has_table) {
    const uint8_t *bytes = ploidies + samples + 2;
    const size_t fault = phased ? bgen_bytes(ploidies, bytes, samples, 1, &table, row, &all)
                                : bgen_bytes(ploidies, bytes, samples, 0, &table, row, &all);
    store_sums(&all, sums);
    return fault;
  }
  bit_reader reader = {{ploidies + samples + 2, block + length}, 0, bits};
  for (size_t i = 0; i < samples; i++) {
    const int ploidy = ploidies[i] & 63;
    if (ploidy == 0) continue;
    const uint64_t first = next_bits(&reader), second = ploidy == 2 ? next_bits(&reader) : first;
    if (ploidies[i] & 128) continue;
    if (!phased && ploidy == 2 && first + second > one) return FAULT_PROBABILITIES;
    /* copies of the first allele, in units of 1 / one */
    const uint64_t n = phased || ploidy == 1 ? first + second : 2 * first + second;
    const int32_t dosage = has_table ? table.dosage[n] : dosage_of(n, one);
    if (threshold == AS_DOSAGES) {
      set_level(row, stride, (uint32_t)i, level_of(dosage));
      continue;
    }
    const int code = has_table ? table.code[n] : hard_call(dosage, threshold);
    row[i >> 2] ^= (uint8_t)((1 ^ code) << (2 * (i & 3)));
    count_dosages(&all, dosage, code, 1);
  }
  if (threshold != AS_DOSAGES) store_sums(&all, sums);
  return 0;
}
