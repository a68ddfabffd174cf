/*
 * Vectors of the build's target: compiler vector types, and intrinsics where a target has the decisive instruction.
 * A vector is 64 bytes with AVX-512, 32 with AVX2, else 16 (SSE4.2, NEON, WebAssembly, generic).
 */
#ifndef HEREDITY_SIMD_H
#define HEREDITY_SIMD_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

/* Vector registers: how many accumulators a register tile may hold. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define VECTOR_REGISTERS 32
#else
#define VECTOR_REGISTERS 16
#endif

#define LANES_F (VECTOR_BYTES / 4)
#define LANES_D (VECTOR_BYTES / 8)

typedef float vector_f __attribute__((vector_size(VECTOR_BYTES)));
typedef double vector_d __attribute__((vector_size(VECTOR_BYTES)));
typedef uint64_t vector_u __attribute__((vector_size(VECTOR_BYTES)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

/* ---- loads and stores, any alignment ---- */

INLINE vector_f load_f(const float *from) {
  vector_f v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

INLINE vector_d load_d(const double *from) {
  vector_d v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

INLINE vector_u load_u(const void *from) {
  vector_u v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

INLINE void store_u(void *to, vector_u v) { __builtin_memcpy(to, &v, sizeof v); }

INLINE uint64_t load_word(const void *from) {
  uint64_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return word;
}

/*
 * Keeps a loaded vector in its register. Without it the compiler may load again at every use, as a memory operand,
 * and a register tile then waits for loads.
 */
#if defined(__x86_64__)
#define KEEP(v) __asm__("" : "+v"(v))
#elif defined(__aarch64__)
#define KEEP(v) __asm__("" : "+w"(v))
#else
#define KEEP(v) (void)0
#endif

/* ---- floating point ---- */

INLINE vector_f splat_f(float x) {
#if defined(__AVX512F__)
  return (vector_f)_mm512_set1_ps(x);
#elif defined(__AVX2__)
  return (vector_f)_mm256_set1_ps(x);
#else
  return (vector_f){x, x, x, x};
#endif
}

/* a * b + c, fused where the target has the instruction. */
INLINE vector_f multiply_add_f(vector_f a, vector_f b, vector_f c) {
#if defined(__AVX512F__)
  return (vector_f)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__) && defined(__AVX2__)
  return (vector_f)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (vector_f)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

INLINE vector_d multiply_add_d(vector_d a, vector_d b, vector_d c) {
#if defined(__AVX512F__)
  return (vector_d)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__) && defined(__AVX2__)
  return (vector_d)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  return (vector_d)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}

INLINE double sum_f(vector_f v) {
#if defined(__AVX512F__)
  return (double)_mm512_reduce_add_ps((__m512)v);
#else
  float sum = 0;
  UNROLL for (int i = 0; i < LANES_F; i++) sum += v[i];
  return (double)sum;
#endif
}

INLINE double sum_d(vector_d v) {
#if defined(__AVX512F__)
  return _mm512_reduce_add_pd((__m512d)v);
#else
  double sum = 0;
  UNROLL for (int i = 0; i < LANES_D; i++) sum += v[i];
  return sum;
#endif
}

/* `to[i] += v[i]` in float64. */
INLINE void add_lanes(double *to, vector_f v) {
  typedef float half_vector __attribute__((vector_size(VECTOR_BYTES / 2)));
  half_vector halves[2];
  __builtin_memcpy(halves, &v, sizeof v);
  UNROLL for (int h = 0; h < 2; h++) {
    const vector_d sum = load_d(to + h * LANES_D) + __builtin_convertvector(halves[h], vector_d);
    __builtin_memcpy(to + h * LANES_D, &sum, sizeof sum);
  }
}

/* ---- bits ---- */

INLINE vector_u splat_u(uint64_t x) { return (vector_u){0} + x; }

/* mask ? a : b, bit by bit. */
INLINE vector_u select_u(vector_u mask, vector_u a, vector_u b) {
#if defined(__AVX512F__)
  return (vector_u)_mm512_ternarylogic_epi64((__m512i)mask, (__m512i)a, (__m512i)b, 0xca);
#else
  return (a & mask) | (b & ~mask);
#endif
}

/* z & (a ^ b) */
INLINE vector_u and_xor_u(vector_u z, vector_u a, vector_u b) {
#if defined(__AVX512F__)
  return (vector_u)_mm512_ternarylogic_epi64((__m512i)z, (__m512i)a, (__m512i)b, 0x60);
#else
  return z & (a ^ b);
#endif
}

/* Carry-save adder: a + b + c = sum + 2 carry, bit by bit. */
INLINE void add_bits(vector_u *sum, vector_u *carry, vector_u a, vector_u b, vector_u c) {
#if defined(__AVX512F__)
  *carry = (vector_u)_mm512_ternarylogic_epi64((__m512i)a, (__m512i)b, (__m512i)c, 0xe8);
  *sum = (vector_u)_mm512_ternarylogic_epi64((__m512i)a, (__m512i)b, (__m512i)c, 0x96);
#else
  const vector_u either = a ^ b;
  *carry = (a & b) | (either & c);
  *sum = either ^ c;
#endif
}

INLINE int64_t sum_u(vector_u v) {
#if defined(__AVX512F__)
  return (int64_t)_mm512_reduce_add_epi64((__m512i)v);
#else
  uint64_t sum = 0;
  UNROLL for (int i = 0; i < LANES_D; i++) sum += v[i];
  return (int64_t)sum;
#endif
}

/* Counts of set bits, in 64-bit lanes. */
INLINE vector_u count_bits(vector_u v) {
#if defined(__AVX512VPOPCNTDQ__)
  return (vector_u)_mm512_popcnt_epi64((__m512i)v);
#elif defined(__AVX512BW__)
  const __m512i low = _mm512_set1_epi8(15);
  const __m512i counts = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i a = _mm512_shuffle_epi8(counts, _mm512_and_si512((__m512i)v, low));
  const __m512i b = _mm512_shuffle_epi8(counts, _mm512_and_si512(_mm512_srli_epi16((__m512i)v, 4), low));
  return (vector_u)_mm512_sad_epu8(_mm512_add_epi8(a, b), _mm512_setzero_si512());
#elif defined(__AVX2__)
  const __m256i low = _mm256_set1_epi8(15);
  const __m256i counts =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i a = _mm256_shuffle_epi8(counts, _mm256_and_si256((__m256i)v, low));
  const __m256i b = _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16((__m256i)v, 4), low));
  return (vector_u)_mm256_sad_epu8(_mm256_add_epi8(a, b), _mm256_setzero_si256());
#elif defined(__aarch64__)
  return (vector_u)vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(vcntq_u8((uint8x16_t)v))));
#elif defined(__wasm_simd128__)
  const v128_t bytes = wasm_i8x16_popcnt((v128_t)v);
  const v128_t quads = wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(bytes));
  return (vector_u)wasm_i64x2_add(wasm_v128_and(quads, wasm_i64x2_const(0xffffffff, 0xffffffff)), wasm_u64x2_shr(quads, 32));
#else
  return (vector_u){(uint64_t)__builtin_popcountll(v[0]), (uint64_t)__builtin_popcountll(v[1])};
#endif
}

#endif
