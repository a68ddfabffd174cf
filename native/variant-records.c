/*
 * Variants as they stand in PLINK 2 .pgen files, decoded to packed rows; bgen-block.c has those of BGEN.
 *
 * What is read comes from a file that may be cut, damaged or hostile: every function gets the length of what it reads,
 * and returns one of the faults below (src/kernels/kernels.ts has the same numbers) before it would read past the end.
 *
 * Dosages are counted in 1/16384 of a copy, 0 to 32768, as .pgen files store them.
 */

enum {
  FAULT_CUT = 1,         /* the record ends early */
  FAULT_LEFT_OVER,       /* bytes are left after the record's last track */
  FAULT_NUMBER,          /* a number takes more bytes than one of 31 bits can */
  FAULT_LIST_LENGTH,     /* a list names more samples than there are */
  FAULT_LIST_ORDER,      /* the samples of a list do not ascend, or lie beyond the last one */
  FAULT_LIST_GROUP,      /* a group of a list has another size than it says */
  FAULT_TWO_CATEGORIES,  /* a 1-bit track names categories that are not two different ones */
  FAULT_NO_BASE,         /* differences from another variant where there is none */
  FAULT_MULTIALLELIC,    /* genotypes of a third allele at a variant of two */
  FAULT_DOSAGE,          /* a dosage above 2 */
  FAULT_SAMPLES,         /* another number of samples than the file has */
  FAULT_ALLELES,         /* not two alleles */
  FAULT_PLOIDY,          /* more than two copies, or other than the block's limits */
  FAULT_PHASED,          /* neither phased nor not */
  FAULT_BITS,            /* probabilities of no or more than 32 bits */
  FAULT_PROBABILITIES,   /* probabilities that sum to more than 1 */
};

enum { ONE_COPY = 16384, SUMS = 8 };

/* ---- dosages and their hard calls ---- */

/* A threshold of AS_DOSAGES: not one row of hard calls, but the DOSAGE_ROWS rows of dosage-rows.c. */
enum { AS_DOSAGES = -2 };

/* Sums over the samples that have a dosage; d the dosage, g the copies of the hard call. */
typedef struct {
  int64_t called, g, gg, all, d, dd, gd, missing_d;
} dosage_sums;

/* So many samples with the same dosage and the PLINK code of its hard call. */
INLINE void count_dosages(dosage_sums *sums, int64_t dosage, int code, int64_t samples) {
  sums->all += samples;
  sums->d += samples * dosage;
  sums->dd += samples * dosage * dosage;
  if (code == 1) {
    sums->missing_d += samples * dosage;
    return;
  }
  const int64_t copies = code == 0 ? 2 : code == 2;
  sums->called += samples;
  sums->g += samples * copies;
  sums->gg += samples * copies * copies;
  sums->gd += samples * copies * dosage;
}

static void store_sums(const dosage_sums *sums, double *to) {
  const int64_t all[SUMS] = {sums->called, sums->g,  sums->gg, sums->all,
                             sums->d,      sums->dd, sums->gd, sums->missing_d};
  for (int k = 0; k < SUMS; k++) to[k] = (double)all[k];
}

/* PLINK code of the nearest whole number of copies, or missing where that is farther than the threshold. */
INLINE int hard_call(int32_t dosage, int32_t threshold) {
  const int32_t copies = (dosage + ONE_COPY / 2) / ONE_COPY;
  const int32_t distance = dosage > copies * ONE_COPY ? dosage - copies * ONE_COPY : copies * ONE_COPY - dosage;
  return distance > threshold ? 1 : copies == 2 ? 0 : copies == 1 ? 2 : 3;
}

INLINE int code_of(const uint8_t *row, uint32_t sample) { return (row[sample >> 2] >> (2 * (sample & 3))) & 3; }

INLINE void set_code(uint8_t *row, uint32_t sample, int code) {
  const int shift = 2 * (sample & 3);
  row[sample >> 2] = (uint8_t)((row[sample >> 2] & ~(3 << shift)) | (code << shift));
}

/* ---- .pgen: lists of samples ("difflists") ---- */

typedef struct {
  const uint8_t *at, *end;
} cursor;

INLINE size_t left(const cursor *c) { return (size_t)(c->end - c->at); }

static int read_number(cursor *c, uint32_t *number) {
  uint32_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (c->at == c->end) return FAULT_CUT;
    const uint32_t byte = *c->at++;
    if (shift == 28 && byte > 7) return FAULT_NUMBER;
    value |= (byte & 127) << shift;
    if (byte < 128) {
      *number = value;
      return 0;
    }
  }
  return FAULT_NUMBER;
}

/* Groups of 64 samples: the first ID of each whole, the others as differences from the one before. */
typedef struct {
  uint32_t samples, count, done, sample;
  size_t id_bytes;
  const uint8_t *ids, *sizes, *values; /* values: 2 bits each, or none */
  const uint8_t *group;                /* where the differences of this group begin */
} sample_list;

static int open_list(cursor *c, uint32_t samples, int has_values, sample_list *list) {
  uint32_t count;
  const int fault = read_number(c, &count);
  if (fault) return fault;
  if (count > samples) return FAULT_LIST_LENGTH;
  const size_t groups = ((size_t)count + 63) / 64;
  *list = (sample_list){.samples = samples, .count = count};
  if (count == 0) return 0;
  /* bytes that the number of samples takes, as PLINK 2 has it; its specification has those of the last ID */
  list->id_bytes = samples < 1 << 8 ? 1 : samples < 1 << 16 ? 2 : samples < 1 << 24 ? 3 : 4;
  const size_t value_bytes = has_values ? ((size_t)count + 3) / 4 : 0;
  if (left(c) < groups * list->id_bytes + groups - 1 + value_bytes) return FAULT_CUT;
  list->ids = c->at;
  list->sizes = list->ids + groups * list->id_bytes;
  list->values = list->sizes + groups - 1;
  c->at = list->values + value_bytes;
  return 0;
}

/* Reads the next sample of a list that has one. */
INLINE int next_sample(cursor *c, sample_list *list) {
  const uint32_t index = list->done++;
  if (index % 64 == 0) {
    if (index > 0 && (size_t)(c->at - list->group) != (size_t)list->sizes[index / 64 - 1] + 63) return FAULT_LIST_GROUP;
    list->group = c->at;
    const uint8_t *id = list->ids + index / 64 * list->id_bytes;
    uint32_t first = 0;
    for (size_t byte = 0; byte < list->id_bytes; byte++) first |= (uint32_t)id[byte] << (8 * byte);
    if (first >= list->samples || (index > 0 && first <= list->sample)) return FAULT_LIST_ORDER;
    list->sample = first;
    return 0;
  }
  uint32_t difference;
  if (c->at < c->end && *c->at < 128) {
    difference = *c->at++;
  } else {
    const int fault = read_number(c, &difference);
    if (fault) return fault;
  }
  if (difference == 0 || difference >= list->samples - list->sample) return FAULT_LIST_ORDER;
  list->sample += difference;
  return 0;
}

/* PLINK 1 codes of the categories 0, 1, 2 (copies of ALT) and 3 (missing). */
INLINE int plink_code(int category) { return (0x4b >> (2 * category)) & 3; }

/* Reads a list with values, and sets the genotypes of its samples. */
static int patch_row(cursor *c, uint32_t samples, uint8_t *row) {
  sample_list list;
  int fault = open_list(c, samples, 1, &list);
  while (!fault && list.done < list.count) {
    const uint32_t index = list.done;
    fault = next_sample(c, &list);
    if (!fault) set_code(row, list.sample, plink_code((list.values[index / 4] >> (2 * (index % 4))) & 3));
  }
  return fault;
}

/* ---- .pgen: the main track ---- */

/* Two bits a genotype, from categories to PLINK 1 codes: the high bit inverted, the low one where both bits are equal. */
static void recode_row(const uint8_t *source, size_t bytes, uint8_t *row) {
  size_t byte = 0;
  for (; byte + 8 <= bytes; byte += 8) {
    const uint64_t word = load_word(source + byte);
    const uint64_t code = ~word ^ ((word >> 1) & LOW_BITS);
    __builtin_memcpy(row + byte, &code, 8);
  }
  for (; byte < bytes; byte++) row[byte] = (uint8_t)(~source[byte] ^ ((source[byte] >> 1) & 0x55));
}

/* One bit a genotype, which chooses between two PLINK 1 codes. */
static void spread_row(const uint8_t *bits, size_t samples, int code0, int code1, uint8_t *row) {
  const uint64_t all0 = LOW_BITS * (uint64_t)code0, change = LOW_BITS * (uint64_t)(code0 ^ code1);
  for (size_t i = 0; i < samples; i += 32) {
    const size_t here = samples - i < 32 ? samples - i : 32;
    const uint64_t codes = all0 ^ (double_bits((uint32_t)load_bytes(bits + i / 8, (here + 7) / 8)) & change);
    __builtin_memcpy(row + i / 4, &codes, (here + 3) / 4);
  }
}

/* Two copies become none, and none two. */
static void invert_row(uint8_t *row, size_t bytes) {
  for (size_t byte = 0; byte < bytes; byte++) {
    const uint8_t same = (uint8_t)(~(row[byte] ^ (row[byte] >> 1)) & 0x55);
    row[byte] ^= (uint8_t)(same | same << 1);
  }
}

/* Decodes the main track; `base` is the row that differences are from, or none. */
static int read_main_track(cursor *c, int type, uint32_t samples, const uint8_t *base, uint8_t *row) {
  const size_t bytes = ((size_t)samples + 3) / 4;
  switch (type & 7) {
    case 0:
      if (left(c) < bytes) return FAULT_CUT;
      recode_row(c->at, bytes, row);
      c->at += bytes;
      return 0;
    case 1: {
      const size_t bit_bytes = ((size_t)samples + 7) / 8;
      if (left(c) < 1 + bit_bytes) return FAULT_CUT;
      const int low = *c->at >> 2, high = low + (*c->at & 3);
      if ((*c->at & 3) == 0 || high > 3) return FAULT_TWO_CATEGORIES;
      spread_row(c->at + 1, samples, plink_code(low), plink_code(high), row);
      c->at += 1 + bit_bytes;
      return patch_row(c, samples, row);
    }
    case 2:
    case 3: {
      if (!base) return FAULT_NO_BASE;
      if (row != base) __builtin_memcpy(row, base, bytes);
      const int fault = patch_row(c, samples, row);
      if ((type & 7) == 3) invert_row(row, bytes);
      return fault;
    }
    case 5:
      __builtin_memset(row, 0xff, bytes);
      return 0;
    default:
      __builtin_memset(row, plink_code(type & 3) * 0x55, bytes);
      return patch_row(c, samples, row);
  }
}

/* ---- .pgen: the other tracks ---- */

INLINE int bit_of(const uint8_t *bits, size_t index) { return (bits[index >> 3] >> (index & 7)) & 1; }

/* Samples of a padded row by PLINK code. */
static void count_codes(const uint8_t *row, size_t samples, int64_t counts[4]) {
  const size_t bytes = (samples + 3) / 4;
  counts[0] = counts[2] = counts[3] = 0;
  for (size_t byte = 0; byte < bytes; byte += 8) {
    const size_t here = bytes - byte < 8 ? bytes - byte : 8;
    uint64_t word = load_bytes(row + byte, here);
    if (here < 8) word |= LOW_BITS << (8 * here); /* missing */
    const uint64_t low = word & LOW_BITS, high = (word >> 1) & LOW_BITS;
    counts[0] += __builtin_popcountll(~(low | high) & LOW_BITS);
    counts[2] += __builtin_popcountll(high & ~low);
    counts[3] += __builtin_popcountll(high & low);
  }
  counts[1] = (int64_t)samples - counts[0] - counts[2] - counts[3];
}

/* Passes the phase of heterozygous genotypes: a bit says whether a bit for each says whether it is phased. */
static int skip_phase(cursor *c, const uint8_t *row, size_t samples) {
  int64_t counts[4];
  count_codes(row, samples, counts);
  const size_t bytes = (size_t)(1 + counts[2] + 7) / 8;
  if (left(c) < bytes) return FAULT_CUT;
  const uint8_t *bits = c->at;
  c->at += bytes;
  if (!bit_of(bits, 0)) return 0;
  size_t phased = 0;
  for (size_t k = 1; k <= (size_t)counts[2]; k++) phased += (size_t)bit_of(bits, k);
  if (left(c) < (phased + 7) / 8) return FAULT_CUT;
  c->at += (phased + 7) / 8;
  return 0;
}

/* What dosages are for: they are kept, or counted, and where a threshold is given hard calls are made from them. */
typedef struct {
  uint8_t *row;
  size_t stride;
  int32_t threshold;
  dosage_sums sums;
  int64_t exact[4]; /* samples without a dosage of their own, by code */
} dosage_use;

INLINE void use_dosage(dosage_use *use, uint32_t sample, int32_t dosage) {
  if (use->threshold == AS_DOSAGES) {
    set_level(use->row, use->stride, sample, level_of(dosage));
    return;
  }
  int code = code_of(use->row, sample);
  use->exact[code]--;
  if (use->threshold >= 0) {
    code = hard_call(dosage, use->threshold);
    set_code(use->row, sample, code);
  }
  count_dosages(&use->sums, dosage, code, 1);
}

INLINE int32_t load_short(const uint8_t *from) { return from[0] | from[1] << 8; }

enum { NO_DOSAGE = 0x00, DOSAGE_LIST = 0x20, DOSAGE_OF_ALL = 0x40, DOSAGE_BITS = 0x60, NO_VALUE = 65535 };

static int read_dosages(cursor *c, int type, uint32_t samples, dosage_use *use) {
  const int layout = type & 0x60;
  if (layout == DOSAGE_OF_ALL) {
    if (left(c) < 2 * (size_t)samples) return FAULT_CUT;
    for (uint32_t i = 0; i < samples; i++) {
      const int32_t dosage = load_short(c->at + 2 * (size_t)i);
      if (dosage == NO_VALUE) continue;
      if (dosage > 2 * ONE_COPY) return FAULT_DOSAGE;
      use_dosage(use, i, dosage);
    }
    c->at += 2 * (size_t)samples;
    return 0;
  }
  if (layout == DOSAGE_BITS) {
    const uint8_t *bits = c->at;
    const size_t bit_bytes = ((size_t)samples + 7) / 8;
    if (left(c) < bit_bytes) return FAULT_CUT;
    c->at += bit_bytes;
    for (uint32_t i = 0; i < samples; i++) {
      if (!bit_of(bits, i)) continue;
      if (left(c) < 2) return FAULT_CUT;
      const int32_t dosage = load_short(c->at);
      if (dosage > 2 * ONE_COPY) return FAULT_DOSAGE;
      c->at += 2;
      use_dosage(use, i, dosage);
    }
    return 0;
  }
  /* the samples come first and their dosages after them: once through the list to its end, and again beside the values */
  sample_list list;
  int fault = open_list(c, samples, 0, &list);
  sample_list again = list;
  cursor ids = *c;
  while (!fault && list.done < list.count) fault = next_sample(c, &list);
  if (fault) return fault;
  if (left(c) / 2 < list.count) return FAULT_CUT;
  for (uint32_t k = 0; k < again.count; k++, c->at += 2) {
    next_sample(&ids, &again);
    const int32_t dosage = load_short(c->at);
    if (dosage > 2 * ONE_COPY) return FAULT_DOSAGE;
    use_dosage(use, again.sample, dosage);
  }
  return 0;
}

/* One record; `row` has the hard calls as stored, and gets them as made from dosages, or the dosages, where the threshold says so. */
static int read_tracks(cursor *c, int type, uint32_t samples, size_t stride, uint8_t *row, int32_t threshold, double *sums) {
  if (type & 8) return FAULT_MULTIALLELIC;
  pad_row(row, samples, stride);
  const int has_dosages = (type & 0x60) != NO_DOSAGE;
  if (has_dosages && type & 0x10) {
    const int fault = skip_phase(c, row, samples);
    if (fault) return fault;
  }
  if (threshold == AS_DOSAGES) spread_codes(row, samples, stride);
  if (!has_dosages) return 0;
  dosage_use use = {.row = row, .stride = stride, .threshold = threshold};
  if (threshold == AS_DOSAGES) return read_dosages(c, type, samples, &use);
  count_codes(row, samples, use.exact);
  const int fault = read_dosages(c, type, samples, &use);
  /* the others have the dosage of their hard call */
  count_dosages(&use.sums, 2 * ONE_COPY, 0, use.exact[0]);
  count_dosages(&use.sums, ONE_COPY, 2, use.exact[2]);
  count_dosages(&use.sums, 0, 3, use.exact[3]);
  store_sums(&use.sums, sums);
  return fault;
}

/* How a list of records went: 0, or 32 * (index of the record at fault) + the fault. */
static size_t pgen_records(const uint8_t *bytes, const int32_t *places, const uint8_t *types, const int32_t *rows,
                           size_t records, size_t samples, int32_t threshold, uint8_t *base, uint8_t *target,
                           size_t stride, double *sums) {
  const size_t row_bytes = (samples + 3) / 4;
  const size_t rows_of_variant = threshold == AS_DOSAGES ? DOSAGE_ROWS : 1;
  int has_base = 0;
  for (size_t r = 0; r < records; r++) {
    cursor c = {bytes + places[2 * r], bytes + places[2 * r] + places[2 * r + 1]};
    const int type = types[r], differs = (type & 6) == 2;
    const int is_base = !differs && r + 1 < records && (types[r + 1] & 6) == 2;
    for (int k = 0; k < SUMS; k++) sums[SUMS * r + (size_t)k] = 0;
    if (rows[r] < 0 && !is_base) {
      if (!differs) has_base = 0;
      continue;
    }
    uint8_t *row = rows[r] < 0 ? base : target + (size_t)rows[r] * rows_of_variant * stride;
    int fault = read_main_track(&c, type, (uint32_t)samples, has_base ? base : NULL, row);
    if (!differs) has_base = is_base;
    if (is_base && row != base) __builtin_memcpy(base, row, row_bytes);
    if (!fault && rows[r] >= 0)
      fault = read_tracks(&c, type, (uint32_t)samples, stride, row, threshold, sums + SUMS * r);
    /* phase that no dosage follows, and phased dosages, are not looked at */
    const int all_read = !(type & 0x80) && (!(type & 0x10) || (type & 0x60) != NO_DOSAGE);
    if (!fault && rows[r] >= 0 && all_read && c.at != c.end) fault = FAULT_LEFT_OVER;
    if (fault) return 32 * r + (size_t)fault;
  }
  return 0;
}
