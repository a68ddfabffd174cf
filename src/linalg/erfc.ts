// Method and coefficients are those of FreeBSD's msun, s_erf.c:
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.

/** Coefficients of a ratio of two polynomials, constants first. */
type Ratio = readonly [numerator: readonly number[], denominator: readonly number[]];

/** erf(x) / x - 1 in x², for |x| < .84375. */
const NEAR_ZERO: Ratio = [
  [
    0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
    -2.3763016656650163e-5,
  ],
  [
    1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
    -3.960228278775368e-6,
  ],
];

/** erf(1), cut so that the difference to it is known to more digits. */
const ERF_OF_ONE = 0.8450629115104675;

/** erf(|x|) - {@link ERF_OF_ONE} in |x| - 1, for .84375 <= |x| < 1.25. */
const NEAR_ONE: Ratio = [
  [
    -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175,
    -0.11089469428239668, 0.035478304325618236, -0.002166375594868791,
  ],
  [
    1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
    0.011984499846799107,
  ],
];

/** log(|x| exp(x²) erfc(|x|)) + .5625 in 1/x², for 1.25 <= |x| < 1/.35. */
const TAIL: Ratio = [
  [
    -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
    -184.60509290671104, -81.2874355063066, -9.814329344169145,
  ],
  [
    1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
    108.63500554177944, 6.570249770319282, -0.0604244152148581,
  ],
];

/** The same from 1/.35 on. */
const FAR_TAIL: Ratio = [
  [
    -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
    -1025.0951316110772, -483.5191916086514,
  ],
  [
    1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
    474.52854120695537, -22.44095244658582,
  ],
];

/**
 * 1 - erf(x), to full relative precision (error below one unit in the last place) also where it is tiny; 0 beyond 27.3, where
 * no float64 holds it.
 */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size < 0.84375) {
    const slope = ratio(NEAR_ZERO, x * x);
    return x < 0.25 ? 1 - (x + x * slope) : 0.5 - (x - 0.5 + x * slope);
  }
  if (size < 1.25) {
    const rest = ratio(NEAR_ONE, size - 1);
    return x < 0 ? 1 + ERF_OF_ONE + rest : 1 - ERF_OF_ONE - rest;
  }
  const tail = upperTail(size);
  return x < 0 ? 2 - tail : tail;
}

function upperTail(x: number): number {
  if (x >= 28) return 0;
  const rest = ratio(x < 1 / 0.35 ? TAIL : FAR_TAIL, 1 / (x * x));
  // exp(-x²) in two factors: the square of so short a number is exact
  const short = Math.fround(x);
  return (Math.exp(-short * short - 0.5625) * Math.exp((short - x) * (short + x) + rest)) / x;
}

function ratio([numerator, denominator]: Ratio, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k];
  return sum;
}
