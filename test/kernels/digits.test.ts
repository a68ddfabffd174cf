import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Digits,
  digitPanels,
  largestOfDigits,
  sampleDigitsLengths,
  variantDigitsLengths,
} from '../../src/kernels/digits.js';
import { type Kernels, packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { displaced, expectSame, pack, randomCodes, randomSource } from './packed.js';

interface Problem {
  readonly codes: readonly Uint8Array[];
  readonly packed: Uint8Array;
  readonly stride: number;
  readonly samples: number;
  readonly variants: number;
  readonly columns: number;
  readonly digits: Digits;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  readonly y: Float32Array;
  readonly b: Float32Array;
}

/** Centred code d by PLINK code. */
const CENTRED = [1, 0, 0, -1];
const MISSING = 1;

function makeProblem(
  {
    samples,
    variants,
    columns,
    missing,
    digits,
  }: { samples: number; variants: number; columns: number; missing: number; digits: Digits },
  seed: number,
): Problem {
  const random = randomSource(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const stride = packedStride(samples);
  const codes = randomCodes(variants, samples, missing, seed);
  return {
    ...{ codes, packed: pack(codes, samples), stride, samples, variants, columns, digits },
    mean: Float64Array.from({ length: variants }, () => 2 * random() - 1),
    scale: Float64Array.from({ length: variants }, () => (random() < 0.1 ? 0 : 1 / (0.05 + random()))),
    y: Float32Array.from({ length: columns * 4 * stride }, (_, i) =>
      i % (4 * stride) < samples ? normal() : 0,
    ),
    b: Float32Array.from({ length: variants * columns }, normal),
  };
}

/** Everything that the digit kernels write; arrays begin `offset` elements into their buffers. */
function resultsOf(kernels: Kernels, p: Problem, start = 0, offset = 0) {
  const { samples, variants, stride, columns, digits } = p;
  const room = ({ planes, rows, units }: ReturnType<typeof sampleDigitsLengths>) => ({
    planes: displaced(new Int8Array(planes).fill(77), offset),
    rows: displaced(new Int32Array(rows).fill(77), offset),
    units: displaced(new Float64Array(units).fill(77), offset),
  });
  const packed = displaced(p.packed, offset);
  const [mean, scale] = [displaced(p.mean, offset), displaced(p.scale, offset)];
  const bySample = room(sampleDigitsLengths(4 * stride, columns, digits));
  kernels.sampleDigits(
    ...([displaced(p.y, offset), 4 * stride, 4 * stride, columns, digits] as const),
    ...([bySample.planes, bySample.units] as const),
  );
  const byVariant = room(variantDigitsLengths(variants, columns, digits));
  kernels.variantDigits(
    ...([displaced(p.b, offset), variants, mean, scale, columns, digits] as const),
    ...([byVariant.planes, byVariant.rows, byVariant.units] as const),
  );
  const transpose = displaced(new Float64Array(variants * columns).fill(-7), offset);
  kernels.transposeProductDigits(
    ...([packed, stride, variants, samples, mean, scale] as const),
    ...([bySample.planes, bySample.units, columns, digits, transpose] as const),
  );
  const product = displaced(new Float64Array(columns * 4 * stride).fill(start), offset);
  kernels.productDigits(
    ...([packed, stride, variants, samples, 0, stride] as const),
    ...([byVariant.planes, byVariant.rows, byVariant.units, columns, digits, product, 4 * stride] as const),
  );
  return { bySample, byVariant, transpose, product };
}

/** One genotype everywhere, every right-hand side `sign`, means half of it. */
function constantProblem(
  samples: number,
  variants: number,
  code: number,
  sign: number,
  digits: Digits,
): Problem {
  const codes = Array.from({ length: variants }, () => new Uint8Array(samples).fill(code));
  return {
    ...makeProblem({ samples, variants, columns: 3, missing: 0, digits }, 1),
    codes,
    packed: pack(codes, samples),
    mean: new Float64Array(variants).fill(sign * 0.5),
    scale: new Float64Array(variants).fill(1),
    y: new Float32Array(3 * samples).fill(sign),
    b: new Float32Array(3 * variants).fill(sign),
  };
}

type Results = ReturnType<typeof resultsOf>;

function expectSameResults(found: Results, expected: Results): void {
  for (const side of ['bySample', 'byVariant'] as const) {
    for (const name of ['planes', 'rows', 'units'] as const) {
      expectSame(found[side][name], expected[side][name]);
    }
  }
  expectSame(found.transpose, expected.transpose);
  expectSame(found.product, expected.product);
}

const shapes = fc.record({
  samples: fc.oneof(fc.constantFrom(1, 255, 256, 257, 4096, 4097), fc.integer({ min: 1, max: 5000 })),
  variants: fc.oneof(fc.constantFrom(0, 1, 255, 256, 257), fc.integer({ min: 0, max: 40 })),
  columns: fc.integer({ min: 1, max: 14 }),
  missing: fc.constantFrom(0, 0.002, 0.05, 1),
  digits: fc.constantFrom<Digits>(2, 3),
});

/** Plain float64 products, with the error that rounding to digits may make at most and the exact root mean square. */
function plainProducts(p: Problem) {
  const x = (v: number, i: number) => {
    const code = p.codes[v][i];
    return code === MISSING ? 0 : CENTRED[code] - p.mean[v];
  };
  const largest = largestOfDigits(p.digits);
  const transpose = new Float64Array(p.variants * p.columns);
  const transposeBound = new Float64Array(p.variants * p.columns);
  const product = new Float64Array(p.columns * 4 * p.stride);
  const productBound = new Float64Array(p.columns * 4 * p.stride);
  for (let c = 0; c < p.columns; c++) {
    const y = p.y.subarray(c * 4 * p.stride, c * 4 * p.stride + p.samples);
    const unitOfSample = unitsOf(Float64Array.from(y), 4096, largest);
    const scaled = Float64Array.from(p.scale, (s, v) => s * p.b[v * p.columns + c]);
    const unitOfVariant = unitsOf(scaled, 256, largest);
    for (let v = 0; v < p.variants; v++) {
      for (let i = 0; i < p.samples; i++) {
        const own = x(v, i);
        const isMissing = p.codes[v][i] === MISSING;
        transpose[v * p.columns + c] += p.scale[v] * own * y[i];
        transposeBound[v * p.columns + c] += (p.scale[v] * Math.abs(own) * unitOfSample[i]) / 2;
        product[c * 4 * p.stride + i] += own * scaled[v];
        productBound[c * 4 * p.stride + i] += isMissing
          ? unitOfVariant[v]
          : (Math.abs(own) * unitOfVariant[v]) / 2;
      }
    }
  }
  return { transpose, transposeBound, product, productBound };
}

/** Of each value the multiple of its unit. */
function unitsOf(values: Float64Array, size: number, largest: number): Float64Array {
  return values.map((_, i) => {
    const first = i - (i % size);
    return values.subarray(first, first + size).reduce((max, x) => Math.max(max, Math.abs(x)), 0) / largest;
  });
}

const LONG = ([2, 3] as const).map((digits) => {
  const problem = makeProblem({ samples: 4500, variants: 260, columns: 2, missing: 0.01, digits }, 7);
  return { digits, problem, expected: resultsOf(oracle, problem), plain: plainProducts(problem) };
});

describeBackends((kernels) => {
  it('gives the same bits as the oracle: any shape, any alignment', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.integer({ min: 0, max: 5 }), (shape, seed, offset) => {
        const problem = makeProblem(shape, seed);
        expectSameResults(resultsOf(kernels, problem, 3.5, offset), resultsOf(oracle, problem, 3.5));
      }),
      { numRuns: 12 },
    );
  });

  it('gives the same bits for every number of columns', () => {
    for (const digits of [2, 3] as const) {
      for (const columns of [1, 2, 3, 4, 5, 6, 7, 13, 25, 49]) {
        const problem = makeProblem({ samples: 300, variants: 70, columns, missing: 0.03, digits }, columns);
        expectSameResults(resultsOf(kernels, problem), resultsOf(oracle, problem));
      }
    }
  });

  it('sums the largest digits of whole units without overflow', () => {
    // the same genotype everywhere, and right-hand sides all at the top or the bottom of their range
    for (const digits of [2, 3] as const) {
      for (const code of [0, 1, 2, 3]) {
        for (const sign of [1, -1]) {
          const own = code === MISSING ? 0 : CENTRED[code] - sign * 0.5;
          const { transpose } = resultsOf(kernels, constantProblem(8192, 3, code, sign, digits));
          for (const value of transpose) expect(value).toBeCloseTo(sign * 8192 * own, 6);
          const { product } = resultsOf(kernels, constantProblem(256, 256, code, sign, digits));
          // a missing genotype's part, mean q, is rounded to a whole number: half of an odd q, to even
          const slack = code === MISSING ? 256 / largestOfDigits(digits) : 1e-9;
          for (const value of product) expect(Math.abs(value - sign * 256 * own)).toBeLessThan(slack);
        }
      }
    }
  });

  for (const { digits, problem, expected, plain } of LONG) {
    it(`is within the stated bound of the exact product, ${digits} digits`, () => {
      const found = resultsOf(kernels, problem);
      expectSameResults(found, expected);
      const rounding = 1e-12;
      let [error, square] = [0, 0];
      found.transpose.forEach((value, k) => {
        const off = Math.abs(value - plain.transpose[k]);
        expect(off).toBeLessThanOrEqual(plain.transposeBound[k] + rounding * (1 + Math.abs(value)) * 1e3);
        error += off ** 2;
        square += plain.transpose[k] ** 2;
      });
      // of normal Y the largest of 4096 is about 3.7 and rounding is uniform: 3.7 / sqrt(12) / largest
      expect(Math.sqrt(error / square)).toBeLessThan(1.3 / largestOfDigits(digits) + 1e-12);
      found.product.forEach((value, k) => {
        if (k % (4 * problem.stride) >= problem.samples) {
          expect(value).toBe(0); // the padding stays as it is
          return;
        }
        const off = Math.abs(value - plain.product[k]);
        expect(off).toBeLessThanOrEqual(plain.productBound[k] + rounding * (1 + Math.abs(value)) * 1e3);
      });
    });
  }

  it('says NaN where a right-hand side is not a number, and only in its column', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const problem = makeProblem({ samples: 300, variants: 10, columns: 3, missing: 0.05, digits: 2 }, 5);
      problem.y[4 * problem.stride + 17] = bad;
      problem.b[4] = bad;
      problem.scale.fill(1);
      const { transpose, product } = resultsOf(kernels, problem);
      expect([0, 1, 2].map((c) => Number.isNaN(transpose[c]))).toEqual([false, true, false]);
      expect([0, 1, 2].map((c) => Number.isNaN(product[c * 4 * problem.stride]))).toEqual([
        false,
        true,
        false,
      ]);
    }
  });

  it('gives zero for columns of zero, and for numbers too small to divide by', () => {
    const problem = makeProblem({ samples: 300, variants: 10, columns: 2, missing: 0.05, digits: 2 }, 6);
    problem.y.fill(0);
    problem.b.fill(1e-45);
    problem.scale.fill(1e-270);
    const { transpose, product } = resultsOf(kernels, problem);
    expect(new Set(Array.from(transpose, Math.abs))).toEqual(new Set([0]));
    expect(new Set(Array.from(product, Math.abs))).toEqual(new Set([0]));
  });

  it('changes the samples of the given bytes only, whatever the cut', () => {
    const problem = makeProblem({ samples: 1500, variants: 300, columns: 14, missing: 0.02, digits: 2 }, 4);
    const { packed, stride, variants, samples, columns, digits } = problem;
    const { planes, rows, units } = resultsOf(oracle, problem).byVariant;
    for (const [firstByte, bytes] of [
      [0, 64],
      [64, 192],
      [128, stride - 128],
      [stride, 0],
    ] as const) {
      const outStride = 4 * stride + 3;
      const [found, expected] = [kernels, oracle].map((own) => {
        const out = new Float64Array(columns * outStride).fill(0.5);
        own.productDigits(
          ...([packed, stride, variants, samples, firstByte, bytes] as const),
          ...([planes, rows, units, columns, digits, out, outStride] as const),
        );
        return out;
      });
      expectSame(found, expected);
    }
  });

  it('gives the same bits however variants are cut into tiles of whole units', () => {
    const problem = makeProblem({ samples: 500, variants: 700, columns: 5, missing: 0.02, digits: 3 }, 8);
    const { packed, stride, samples, columns, digits } = problem;
    const whole = resultsOf(kernels, problem).product;
    const out = new Float64Array(whole.length);
    for (const [first, end] of [
      [0, 256],
      [256, 512],
      [512, 700],
    ] as const) {
      const { planes, rows, units } = variantDigitsLengths(end - first, columns, digits);
      const own = [new Int8Array(planes), new Int32Array(rows), new Float64Array(units)] as const;
      kernels.variantDigits(
        ...([problem.b.subarray(first * columns, end * columns), end - first] as const),
        ...([problem.mean.subarray(first, end), problem.scale.subarray(first, end)] as const),
        ...([columns, digits, ...own] as const),
      );
      kernels.productDigits(
        ...([
          packed.subarray(first * stride, end * stride),
          stride,
          end - first,
          samples,
          0,
          stride,
        ] as const),
        ...([...own, columns, digits, out, 4 * stride] as const),
      );
    }
    expectSame(out, whole);
  });
});

describe('digit panels', () => {
  it('cut columns evenly, at most six digits each', () => {
    for (const digits of [2, 3] as const) {
      for (let columns = 1; columns < 40; columns++) {
        const panels = digitPanels(columns, digits);
        expect(panels.reduce((sum, panel) => sum + panel.columns, 0)).toBe(columns);
        for (const panel of panels) expect([1, 2, 3].slice(0, 6 / digits)).toContain(panel.columns);
      }
    }
  });
});
