/*
 * A mutation fuzzer of native/variant-records.c and native/bgen-block.c: builds records as files have them, damages them, and decodes them from
 * buffers of exactly their length, so that AddressSanitizer sees any byte read or written outside.
 *
 *   cc -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -DLEVEL=fuzz -o /tmp/fuzz \
 *     test/native/fuzz-variant-records.c -lm && /tmp/fuzz 120 1      # seconds, seed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../native/kernels.c"

static uint64_t state;
static uint32_t next(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)(state >> 20);
}
static uint32_t below(uint32_t limit) { return limit ? next() % limit : 0; }

typedef struct {
  uint8_t bytes[1 << 16];
  size_t length;
} buffer;

static void put(buffer *b, uint32_t byte) {
  if (b->length < sizeof b->bytes) b->bytes[b->length++] = (uint8_t)byte;
}
static void put_number(buffer *b, uint32_t value) {
  for (; value > 127; value >>= 7) put(b, (value & 127) | 128);
  put(b, value);
}
static void put_random(buffer *b, size_t count) {
  for (size_t i = 0; i < count; i++) put(b, next() & 1 ? next() : 0);
}

/* A list that is in order, or nearly so. */
static void put_list(buffer *b, uint32_t samples, int has_values) {
  static uint32_t ids[1 << 12];
  uint32_t count = 0;
  const uint32_t step = 1 + below(samples / (1 + below(100)) + 1);
  for (uint32_t id = below(step); id < samples && count < 1 << 12; id += 1 + below(step)) ids[count++] = id;
  put_number(b, count);
  if (!count) return;
  const uint32_t groups = (count + 63) / 64;
  const int id_bytes = samples < 256 ? 1 : samples < 65536 ? 2 : samples < 1 << 24 ? 3 : 4;
  for (uint32_t g = 0; g < groups; g++)
    for (int k = 0; k < id_bytes; k++) put(b, ids[64 * g] >> (8 * k));
  for (uint32_t g = 0; g + 1 < groups; g++) {
    uint32_t bytes = 0;
    for (uint32_t k = 64 * g + 1; k < 64 * g + 64; k++)
      for (uint32_t d = ids[k] - ids[k - 1];; d >>= 7) {
        bytes++;
        if (d < 128) break;
      }
    put(b, bytes - 63);
  }
  if (has_values) put_random(b, (count + 3) / 4);
  for (uint32_t k = 0; k < count; k++)
    if (k % 64) put_number(b, ids[k] - ids[k - 1]);
}

static int make_record(buffer *b, uint32_t samples) {
  static const uint8_t pairs[] = {1, 2, 3, 5, 6, 9};
  int type = (int)below(8);
  b->length = 0;
  if (type == 0) put_random(b, (samples + 3) / 4);
  else if (type == 1) put(b, pairs[below(6)]), put_random(b, (samples + 7) / 8), put_list(b, samples, 1);
  else if (type != 5) put_list(b, samples, 1);
  if (below(4) == 0) type |= 0x10, put_random(b, 1 + below(samples / 4 + 1));
  const int layout = (int)below(4);
  type |= 0x20 * layout;
  if (layout == 1) {
    put_list(b, samples, 0);
    put_random(b, 2 * below(samples + 1));
  } else if (layout == 2) {
    for (uint32_t i = 0; i < samples; i++) put(b, next()), put(b, below(128));
  } else if (layout == 3) {
    put_random(b, (samples + 7) / 8 + 2 * (size_t)samples);
  }
  if (below(8) == 0) type |= 0x80;
  return type;
}

static void make_block(buffer *b, uint32_t samples) {
  b->length = 0;
  for (int k = 0; k < 4; k++) put(b, samples >> (8 * k));
  put(b, 2), put(b, 0);
  const int mixed = below(3) == 0;
  put(b, mixed ? 0 : 2), put(b, 2);
  uint64_t values = 0;
  for (uint32_t i = 0; i < samples; i++) {
    const uint32_t ploidy = mixed ? below(3) : 2;
    values += ploidy;
    put(b, ploidy | (below(8) == 0 ? 128 : 0));
  }
  const uint32_t bits = 1 + below(32);
  put(b, below(2)), put(b, bits);
  put_random(b, (values * bits + 7) / 8);
}

/* Damages bytes, or the length. */
static void mutate(buffer *b) {
  for (uint32_t k = below(4); k > 0 && b->length; k--) {
    const size_t at = below((uint32_t)b->length);
    switch (below(5)) {
      case 0: b->bytes[at] ^= (uint8_t)(1 << below(8)); break;
      case 1: b->bytes[at] = (uint8_t)next(); break;
      case 2: b->bytes[at] = below(2) ? 255 : 128; break;
      case 3: b->length = at; break;
      default: put_random(b, below(4));
    }
  }
}

int main(int argc, char **argv) {
  const double seconds = argc > 1 ? atof(argv[1]) : 10;
  state = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1) * UINT64_C(0x9e3779b97f4a7c15) + 1;
  static const uint32_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 255, 256, 257, 1000, 4099};
  static buffer b;
  unsigned long rounds = 0, faults[2][32] = {{0}};
  const time_t end = time(NULL) + (time_t)seconds;
  while (time(NULL) < end) {
    for (int repeat = 0; repeat < 200; repeat++, rounds++) {
      const uint32_t samples = sizes[below(sizeof sizes / sizeof *sizes)];
      const size_t row_bytes = (samples + 3) / 4, stride = row_bytes + below(9);
      if (below(3) == 0) {
        make_block(&b, samples);
        mutate(&b);
        const uint32_t claimed = below(20) ? samples : samples + below(3);
        const size_t own = (claimed + 3) / 4 + below(9);
        const int32_t threshold = below(3) ? (int32_t)below(8192) : AS_DOSAGES;
        uint8_t *block = malloc(b.length), *row = malloc(own * (threshold == AS_DOSAGES ? DOSAGE_ROWS : 1));
        double *sums = malloc(SUMS * sizeof *sums);
        memcpy(block, b.bytes, b.length);
        faults[1][bgen_block(block, b.length, claimed, threshold, row, own, sums)]++;
        free(block), free(row), free(sums);
        continue;
      }
      enum { MOST = 5 };
      const size_t records = 1 + below(MOST);
      int32_t places[2 * MOST], rows[MOST];
      uint8_t types[MOST];
      static uint8_t all[MOST << 16];
      size_t length = 0, count = 0;
      for (size_t r = 0; r < records; r++) {
        types[r] = (uint8_t)make_record(&b, samples);
        mutate(&b);
        if (below(20) == 0) types[r] = (uint8_t)next();
        places[2 * r] = (int32_t)length, places[2 * r + 1] = (int32_t)b.length;
        memcpy(all + length, b.bytes, b.length);
        length += b.length;
        rows[r] = below(5) ? (int32_t)count++ : -1;
      }
      /* the last record ends where the buffer does */
      const int32_t threshold = below(3) == 0 ? AS_DOSAGES : below(2) ? -1 : (int32_t)below(8192);
      const size_t size = stride * (threshold == AS_DOSAGES ? DOSAGE_ROWS : 1);
      uint8_t *bytes = malloc(length), *base = malloc(row_bytes), *target = malloc(count * size);
      double *sums = malloc(SUMS * records * sizeof *sums);
      memcpy(bytes, all, length);
      const size_t result =
          pgen_records(bytes, places, types, rows, records, samples, threshold, base, target, stride, sums);
      faults[0][result % 32]++;
      free(bytes), free(base), free(target), free(sums);
    }
  }
  printf("%lu rounds, no error\n", rounds);
  for (int kind = 0; kind < 2; kind++) {
    printf(kind ? "BGEN blocks by fault:" : ".pgen lists of records by fault:");
    for (int fault = 0; fault < 32; fault++)
      if (faults[kind][fault]) printf(" %d:%lu", fault, faults[kind][fault]);
    printf("\n");
  }
  return 0;
}
