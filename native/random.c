/*
 * Random numbers as a pure function of (seed, stream, index): Philox 4x32-10 (Salmon et al., SC 2011) and the normal
 * quantile by Wichura's algorithm AS 241 (Applied Statistics 37, 1988).
 * Only IEEE basic operations, never contracted, so every build and src/kernels/typescript/random.ts give the same bits.
 */

/*
 * Consecutive blocks of a stream, `lanes` of them: word w of block `first + i` goes to words[w * lanes + i].
 * The key is the seed, the counter is (block, stream), each as two words, low word first.
 */
static inline __attribute__((always_inline)) void philox(uint64_t seed, uint64_t stream, uint64_t first, const int lanes,
                                                         uint32_t *words) {
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  uint32_t *const c0 = words, *const c1 = words + lanes, *const c2 = words + 2 * lanes, *const c3 = words + 3 * lanes;
  for (int i = 0; i < lanes; i++) {
    c0[i] = (uint32_t)(first + (uint64_t)i);
    c1[i] = (uint32_t)((first + (uint64_t)i) >> 32);
    c2[i] = (uint32_t)stream;
    c3[i] = (uint32_t)(stream >> 32);
  }
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < lanes; i++) {
      const uint64_t p0 = UINT64_C(0xD2511F53) * c0[i], p1 = UINT64_C(0xCD9E8D57) * c2[i];
      c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ key0;
      c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ key1;
      c1[i] = (uint32_t)p1;
      c3[i] = (uint32_t)p0;
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
}

/* An odd multiple of 2^-53 in (0, 1) from the upper 52 bits of two words: 1 + x 2^-52, less 1 - 2^-53, is exact. */
static inline double to_uniform(uint32_t low, uint32_t high) {
  const uint64_t bits = UINT64_C(0x3FF0000000000000) | (uint64_t)high << 20 | low >> 12;
  double one_to_two;
  __builtin_memcpy(&one_to_two, &bits, sizeof bits);
  return one_to_two - (1.0 - 0x1p-53);
}

static void uniform(double seed, double stream, double first, double *out, size_t count) {
  enum { BLOCKS = 16, NUMBERS = 2 * BLOCKS };
  uint64_t index = (uint64_t)first;
  while (count > 0) {
    uint32_t words[4 * BLOCKS];
    double numbers[NUMBERS];
    philox((uint64_t)seed, (uint64_t)stream, index >> 1, BLOCKS, words);
    for (int i = 0; i < BLOCKS; i++) {
      numbers[2 * i] = to_uniform(words[i], words[BLOCKS + i]);
      numbers[2 * i + 1] = to_uniform(words[2 * BLOCKS + i], words[3 * BLOCKS + i]);
    }
    const size_t skip = index & 1, taken = count < NUMBERS - skip ? count : NUMBERS - skip;
    __builtin_memcpy(out, numbers + skip, taken * sizeof *out);
    out += taken;
    index += taken;
    count -= taken;
  }
}

/* Natural logarithm of a positive normal number: 2 atanh((m - 1) / (m + 1)) of the mantissa m, as a power series. */
static inline double natural_log(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  double exponent = (double)((int)(bits >> 52) - 1023);
  bits = (bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x3FF0000000000000);
  double m;
  __builtin_memcpy(&m, &bits, sizeof bits);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const double s = (m - 1) / (m + 1), z = s * s;
  double series = 1.0 / 23;
  series = series * z + 1.0 / 21;
  series = series * z + 1.0 / 19;
  series = series * z + 1.0 / 17;
  series = series * z + 1.0 / 15;
  series = series * z + 1.0 / 13;
  series = series * z + 1.0 / 11;
  series = series * z + 1.0 / 9;
  series = series * z + 1.0 / 7;
  series = series * z + 1.0 / 5;
  series = series * z + 1.0 / 3;
  return exponent * 0.6931471805599453 + (2 * s + 2 * s * (z * series));
}

/* p(r) / q(r) of AS 241; coefficients from the constant term up, q's constant term is 1. */
static inline double rational(double r, const double p[8], const double q[7]) {
  double numerator = p[7], denominator = q[6];
  for (int k = 6; k >= 0; k--) numerator = numerator * r + p[k];
  for (int k = 5; k >= 0; k--) denominator = denominator * r + q[k];
  return numerator / (denominator * r + 1);
}

/* |u - 1/2| <= 0.425 */
static const double central_p[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                    3.3430575583588128105e4, 2.5090809287301226727e3};
static const double central_q[7] = {4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                                    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
                                    5.2264952788528545610e3};
/* sqrt(-log(tail probability)) <= 5 */
static const double tail_p[8] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
                                 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double tail_q[7] = {2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
/* beyond */
static const double far_p[8] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
                                2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_q[7] = {5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
                                2.04426310338993978564e-15};

static inline double tail_quantile(double u) {
  const double r = __builtin_sqrt(-natural_log(u < 0.5 ? u : 1 - u));
  const double x = r <= 5 ? rational(r - 1.6, tail_p, tail_q) : rational(r - 5, far_p, far_q);
  return u < 0.5 ? -x : x;
}

static void normal(double seed, double stream, double first, double *out, size_t count) {
  enum { CHUNK = 256 };
  double u[CHUNK];
  for (size_t done = 0; done < count; done += CHUNK) {
    const size_t size = count - done < CHUNK ? count - done : CHUNK;
    uniform(seed, stream, first + (double)done, u, size);
    double *const x = out + done;
    for (size_t i = 0; i < size; i++) {
      const double q = u[i] - 0.5;
      x[i] = q * rational(0.180625 - q * q, central_p, central_q);
    }
    for (size_t i = 0; i < size; i++)
      if (__builtin_fabs(u[i] - 0.5) > 0.425) x[i] = tail_quantile(u[i]);
  }
}
