/*
 * Rows of text tables, many at once: fields found, numbers read, IDs put into tables and looked up in them.
 *
 * Only plain rows are read here: as many fields as there are columns, none of them quoted or empty, a value in each
 * column that is wanted, numbers of at most 2^53 in digits. Whatever is not plain ends a call, and is read as one line
 * by src/formats/text.ts, which knows what may be missing and has the words for what is wrong.
 */
#include "kernels.h"

/* What is wanted of a column. */
enum { SKIPPED = 0, NUMBER = 1, TEXT = 2 };

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { MOST_POWER = 22, MOST_DIGITS = 18, LONGEST_MISSING = 5 };

static int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

/*
 * Where the number that begins at `at` ends, or NULL. Correctly rounded: digits and power of ten are exact in float64,
 * so that only one multiplication or division rounds.
 */
static const uint8_t *plain_number(const uint8_t *at, double *value) {
  const int negative = *at == '-';
  if (negative || *at == '+') at++;
  const uint8_t *first = at;
  uint64_t whole = 0;
  int power = 0;
  for (; is_digit(*at); at++) whole = 10 * whole + (uint64_t)(*at - '0');
  long digits = at - first;
  if (*at == '.') {
    const uint8_t *point = at++;
    for (; is_digit(*at); at++) whole = 10 * whole + (uint64_t)(*at - '0');
    power = -(int)(at - point - 1);
    digits += at - point - 1;
  }
  if (digits == 0 || digits > MOST_DIGITS || whole > (1ull << 53)) return NULL;
  if (*at == 'e' || *at == 'E') {
    at++;
    const int down = *at == '-';
    if (down || *at == '+') at++;
    const uint8_t *exponent = at;
    int size = 0;
    for (; is_digit(*at) && at - exponent < 4; at++) size = 10 * size + (*at - '0');
    if (at == exponent) return NULL;
    power += down ? -size : size;
  }
  if (power > MOST_POWER || power < -MOST_POWER) return NULL;
  const double magnitude = power < 0 ? (double)whole / powers_of_ten[-power] : (double)whole * powers_of_ten[power];
  *value = negative ? -magnitude : magnitude;
  return at;
}

/* Whether a field may be one of the words for a missing value: NA, nan, #N/A, <NA>, null, none, -nan, or a point. */
static int may_be_missing(const uint8_t *start, const uint8_t *end) {
  if (end - start > LONGEST_MISSING) return 0;
  switch (*start) {
    case '.': return end - start == 1;
    case 'n': case 'N': case '#': case '<': case '-': return 1;
    default: return 0;
  }
}

/* Where a field ends: at a blank or control character; with a separator at that, too. */
static const uint8_t *field_end(const uint8_t *at, uint8_t separator) {
  if (separator == 0 || separator == '\t') {
    while (*at > ' ') at++;
    return at;
  }
  while (*at > ' ' && *at != separator) at++;
  return at;
}

/*
 * From `from` on, rows up to `most` that are plain; the last byte before `end` is a newline. `kinds` has what is wanted
 * of each of `width` columns; `separator` is 0 where a tab or spaces separate. `starts` gets where each row begins, and
 * after them where the next line does; numbers[column * most + row] and spans[2 * (column * most + row)], first byte and
 * the one after the last, hold what is wanted, columns of either kind counted apart. Returns the number of rows.
 */
static size_t plain_rows(const uint8_t *bytes, size_t from, size_t end, const uint8_t *kinds, size_t width,
                         size_t separator, size_t most, int32_t *starts, double *numbers, int32_t *spans) {
  size_t row = 0;
  const uint8_t *at = bytes + from;
  for (; row < most && at < bytes + end; row++) {
    starts[row] = (int32_t)(at - bytes);
    size_t number = row, text = row;
    for (size_t column = 0; column < width; column++) {
      if (separator == 0) {
        const uint8_t *gap = at;
        while (*at == ' ') at++;
        /* one tab, or spaces: what both together enclose is not for here */
        if (column > 0 && at == gap && *at == '\t') at++;
        else if (column > 0 && at == gap) return row;
      } else if (column > 0) {
        if (*at != separator) return row;
        at++;
      }
      const uint8_t *start = at;
      if (*start == '"') return row;
      if (kinds[column] == NUMBER) {
        at = plain_number(start, &numbers[number]);
        if (at == NULL) return row;
        number += most;
      } else {
        at = field_end(start, (uint8_t)separator);
        if (at == start) return row;
        if (kinds[column] == TEXT) {
          if (may_be_missing(start, at)) return row;
          spans[2 * text] = (int32_t)(start - bytes);
          spans[2 * text + 1] = (int32_t)(at - bytes);
          text += most;
        }
      }
    }
    if (separator == 0)
      while (*at == ' ') at++;
    if (*at == '\r') at++;
    if (*at != '\n') return row;
    at++;
  }
  starts[row] = (int32_t)(at - bytes);
  return row;
}

/* 32 bits; the last steps are murmur3's, which spread what differs in few characters over all bits. */
static uint32_t hash_of(const uint8_t *at, const uint8_t *end) {
  uint32_t hash = (uint32_t)(end - at);
  for (; at < end; at++) hash = (hash ^ *at) * 0x9e3779b1u;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
  return hash ^ (hash >> 16);
}

static int is_same(const uint8_t *a, const uint8_t *b, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

/* IDs whose slots are asked for before any of them is looked at, as memory answers many requests at once. */
enum { AHEAD = 32 };

/*
 * Adds the IDs of `count` spans to a table of `present` (src/formats/id-table.ts): their bytes, where each ends, its hash,
 * and its index + 1 in the first free slot from that of its hash on. Returns how many were added before one that is there.
 */
static size_t add_ids(const uint8_t *bytes, const int32_t *spans, size_t count, uint8_t *own, uint32_t *ends,
                      int32_t *hashes, int32_t *slots, size_t slot_count, size_t present) {
  const uint32_t mask = (uint32_t)slot_count - 1;
  uint32_t found[AHEAD];
  uint32_t to = present == 0 ? 0 : ends[present - 1];
  for (size_t begin = 0; begin < count; begin += AHEAD) {
    const size_t block = count - begin < AHEAD ? count - begin : AHEAD;
    for (size_t i = 0; i < block; i++) {
      const int32_t *span = spans + 2 * (begin + i);
      found[i] = hash_of(bytes + span[0], bytes + span[1]);
      __builtin_prefetch(slots + (found[i] & mask), 1);
    }
    for (size_t i = 0; i < block; i++) {
      const int32_t entry = slots[found[i] & mask];
      if (entry != 0) __builtin_prefetch(hashes + entry - 1);
    }
    for (size_t i = 0; i < block; i++) {
      const uint8_t *start = bytes + spans[2 * (begin + i)];
      const uint32_t length = (uint32_t)(spans[2 * (begin + i) + 1] - spans[2 * (begin + i)]);
      uint32_t slot = found[i] & mask;
      for (int32_t entry; (entry = slots[slot]) != 0; slot = (slot + 1) & mask) {
        if ((uint32_t)hashes[entry - 1] != found[i]) continue;
        const uint32_t other = entry == 1 ? 0 : ends[entry - 2];
        if (ends[entry - 1] - other == length && is_same(own + other, start, length)) return begin + i;
      }
      for (uint32_t k = 0; k < length; k++) own[to + k] = start[k];
      to += length;
      ends[present] = to;
      hashes[present] = (int32_t)found[i];
      slots[slot] = (int32_t)++present;
    }
  }
  return count;
}

/* hashes[i] of ID i of a table. */
static void hash_ids(const uint8_t *bytes, const uint32_t *ends, size_t count, int32_t *hashes) {
  for (size_t i = 0; i < count; i++) hashes[i] = (int32_t)hash_of(bytes + (i == 0 ? 0 : ends[i - 1]), bytes + ends[i]);
}

/* Puts IDs, of which no two are the same, into empty slots by their hashes. */
static void fill_slots(const int32_t *hashes, size_t count, int32_t *slots, size_t slot_count) {
  const uint32_t mask = (uint32_t)slot_count - 1;
  for (size_t index = 0; index < count; index++) {
    if (index + AHEAD < count) __builtin_prefetch(slots + ((uint32_t)hashes[index + AHEAD] & mask), 1);
    uint32_t slot = (uint32_t)hashes[index] & mask;
    while (slots[slot] != 0) slot = (slot + 1) & mask;
    slots[slot] = (int32_t)index + 1;
  }
}

/*
 * rows[i]: index of wanted ID i in a table, or -1. Each is looked for first after the one before it, where tables in the
 * same order have it.
 */
static void find_ids(const uint8_t *wanted, const uint32_t *wanted_ends, const int32_t *wanted_hashes, size_t count,
                     const uint8_t *own, const uint32_t *ends, const int32_t *hashes, size_t present,
                     const int32_t *slots, size_t slot_count, int32_t *rows) {
  const uint32_t mask = (uint32_t)slot_count - 1;
  size_t guess = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t from = i == 0 ? 0 : wanted_ends[i - 1];
    const uint32_t length = wanted_ends[i] - from;
    const int32_t hash = wanted_hashes[i];
    int32_t row = -1;
    if (guess < present && hashes[guess] == hash) {
      const uint32_t other = guess == 0 ? 0 : ends[guess - 1];
      if (ends[guess] - other == length && is_same(own + other, wanted + from, length)) row = (int32_t)guess;
    }
    if (row < 0) {
      if (i + AHEAD < count) __builtin_prefetch(slots + ((uint32_t)wanted_hashes[i + AHEAD] & mask));
      uint32_t slot = (uint32_t)hash & mask;
      for (int32_t entry; (entry = slots[slot]) != 0; slot = (slot + 1) & mask) {
        if (hashes[entry - 1] != hash) continue;
        const uint32_t other = entry == 1 ? 0 : ends[entry - 2];
        if (ends[entry - 1] - other != length || !is_same(own + other, wanted + from, length)) continue;
        row = entry - 1;
        break;
      }
    }
    rows[i] = row;
    if (row >= 0) guess = (size_t)row + 1;
  }
}

/*
 * As find_ids, for the IDs of spans, the first of which is looked for at `guess`. An ID that is where it is looked for first
 * needs no hash; without slots none is looked for elsewhere. Returns where the next one is to be looked for.
 */
static size_t find_spans(const uint8_t *bytes, const int32_t *spans, size_t count, const uint8_t *own,
                         const uint32_t *ends, const int32_t *hashes, size_t present, const int32_t *slots,
                         size_t slot_count, size_t guess, int32_t *rows) {
  const uint32_t mask = (uint32_t)slot_count - 1;
  uint32_t found[AHEAD];
  for (size_t begin = 0; begin < count; begin += AHEAD) {
    const size_t block = count - begin < AHEAD ? count - begin : AHEAD;
    size_t hashed = 0;
    for (size_t i = 0; i < block; i++) {
      const uint8_t *start = bytes + spans[2 * (begin + i)];
      const uint32_t length = (uint32_t)(spans[2 * (begin + i) + 1] - spans[2 * (begin + i)]);
      int32_t row = -1;
      if (guess < present) {
        const uint32_t from = guess == 0 ? 0 : ends[guess - 1];
        if (ends[guess] - from == length && is_same(own + from, start, length)) row = (int32_t)guess;
      }
      if (row < 0 && slot_count > 0) {
        if (hashed <= i)
          for (hashed = i; hashed < block; hashed++) {
            const int32_t *span = spans + 2 * (begin + hashed);
            found[hashed] = hash_of(bytes + span[0], bytes + span[1]);
            __builtin_prefetch(slots + (found[hashed] & mask));
          }
        uint32_t slot = found[i] & mask;
        for (int32_t entry; (entry = slots[slot]) != 0; slot = (slot + 1) & mask) {
          if ((uint32_t)hashes[entry - 1] != found[i]) continue;
          const uint32_t from = entry == 1 ? 0 : ends[entry - 2];
          if (ends[entry - 1] - from != length || !is_same(own + from, start, length)) continue;
          row = entry - 1;
          break;
        }
      }
      rows[begin + i] = row;
      if (row >= 0) guess = (size_t)row + 1;
    }
  }
  return guess;
}
