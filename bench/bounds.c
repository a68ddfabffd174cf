/*
 * What one core can do, built by bench/bounds.mjs with -march=native. The argument names the bound: float32 or float64,
 * fused multiply-adds in 10^9 operations a second (two each); count, 10^9 bits a second of a plain loop that counts the
 * bits of a AND b in the first-level cache. Prints the best of many short rounds.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
enum { BYTES = 64, CHAINS = 24 };
#elif defined(__AVX__)
enum { BYTES = 32, CHAINS = 12 };
#else
enum { BYTES = 16, CHAINS = 12 };
#endif
enum { REPEATS = 25 };
typedef double doubles __attribute__((vector_size(BYTES)));
typedef float floats __attribute__((vector_size(BYTES)));

/* Processor time: programs that share the core must not lower a bound. */
static double seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

#define RATE(name, vector)                                                                                          \
  static double name(void) {                                                                                        \
    vector chains[CHAINS] = {{0}}, factor = (vector){0} + 1.0f, term = factor * 1e-9f;                               \
    const long rounds = 300000;                                                                                     \
    double best = 0;                                                                                                \
    for (int repeat = 0; repeat < REPEATS; repeat++) {                                                              \
      const double start = seconds();                                                                               \
      for (long r = 0; r < rounds; r++) {                                                                           \
        _Pragma("GCC unroll 24") for (int i = 0; i < CHAINS; i++) chains[i] = chains[i] * factor + term;             \
      }                                                                                                             \
      const double rate = 2e-9 * (double)rounds * CHAINS * (sizeof(vector) / sizeof factor[0]) / (seconds() - start); \
      if (rate > best) best = rate;                                                                                 \
    }                                                                                                               \
    vector sum = {0};                                                                                               \
    for (int i = 0; i < CHAINS; i++) sum += chains[i];                                                              \
    __asm__ volatile("" : : "m"(sum));                                                                              \
    return best;                                                                                                    \
  }

RATE(double_rate, doubles)
RATE(float_rate, floats)

static double count_rate(void) {
  enum { WORDS = 512 };
  static uint64_t a[WORDS], b[WORDS];
  for (uint64_t i = 0; i < WORDS; i++) a[i] = i * 0x9e3779b97f4a7c15u, b[i] = ~(a[i] << 7);
  const long rounds = 60000;
  uint64_t total = 0;
  double best = 0;
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    const double start = seconds();
    for (long r = 0; r < rounds; r++) {
      for (int i = 0; i < WORDS; i++) total += (uint64_t)__builtin_popcountll(a[i] & b[i]);
      __asm__ volatile("" : : : "memory"); /* each round reads again */
    }
    const double rate = 64e-9 * WORDS * (double)rounds / (seconds() - start);
    if (rate > best) best = rate;
  }
  __asm__ volatile("" : : "r"(total));
  return best;
}

int main(int count, char **words) {
  const char *bound = count > 1 ? words[1] : "";
  if (strcmp(bound, "float32") == 0) printf("%.1f\n", float_rate());
  else if (strcmp(bound, "float64") == 0) printf("%.1f\n", double_rate());
  else if (strcmp(bound, "count") == 0) printf("%.1f\n", count_rate());
  else return 2;
  return 0;
}
