import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kernels, packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { displaced, expectSame, pack, randomCodes, randomSource } from './packed.js';

/** Unit roundoff of float32 and float64. */
const U32 = 2 ** -24;
const U64 = 2 ** -53;
/** Samples of X'Y and variants of X B that may be summed in float32 before float64 takes over. */
const FLOAT32_SAMPLES = 4096;
const FLOAT32_VARIANTS = 512;

interface Problem {
  readonly packed: Uint8Array;
  readonly stride: number;
  readonly samples: number;
  readonly variants: number;
  readonly columns: number;
  readonly table: Float64Array;
  readonly y: Float64Array;
  readonly b: Float64Array;
}

/** Small whole numbers have exact products and sums in float32 too, so that any wrong place or sample shows. */
const wholeNumber = (random: () => number) => Math.floor(9 * random()) - 4;
const realNumber = (random: () => number) => 2 * random() - 1;

function makeProblem(
  {
    samples,
    variants,
    columns,
    missing,
  }: { samples: number; variants: number; columns: number; missing: number },
  seed: number,
  draw: (random: () => number) => number,
): Problem {
  const random = randomSource(seed);
  const stride = packedStride(samples);
  return {
    packed: pack(randomCodes(variants, samples, missing, seed), samples),
    stride,
    samples,
    variants,
    columns,
    table: Float64Array.from({ length: 4 * variants }, (_, i) =>
      i % 4 === 1 ? 0 : Math.fround(draw(random)),
    ),
    y: Float64Array.from({ length: columns * 4 * stride }, (_, i) =>
      i % (4 * stride) < samples ? Math.fround(draw(random)) : 0,
    ),
    b: Float64Array.from({ length: variants * columns }, () => Math.fround(draw(random))),
  };
}

/** X'Y in float32, in float64, and X B added to `start`; arrays begin `offset` elements into their buffers. */
function productsOf(kernels: Kernels, p: Problem, start = 0, offset = 0) {
  const size = p.columns * 4 * p.stride;
  const packed = displaced(p.packed, offset);
  const [out, out64] = [0, 1].map(() => displaced(new Float64Array(p.variants * p.columns).fill(-7), offset));
  const table = displaced(Float32Array.from(p.table), offset);
  const y = displaced(Float32Array.from(p.y), offset);
  kernels.transposeProduct(packed, p.stride, p.variants, table, y, 4 * p.stride, p.columns, out);
  const [table64, y64] = [displaced(p.table, offset), displaced(p.y, offset)];
  kernels.transposeProduct64(packed, p.stride, p.variants, table64, y64, 4 * p.stride, p.columns, out64);
  const sums = displaced(new Float64Array(size).fill(start), offset);
  const b = displaced(Float32Array.from(p.b), offset);
  kernels.product(packed, p.stride, p.variants, 0, p.stride, table, b, p.columns, sums, 4 * p.stride);
  return { transpose: out, transpose64: out64, product: sums };
}

type Products = ReturnType<typeof productsOf>;

function expectSameProducts(found: Products, expected: Products): void {
  for (const name of ['transpose', 'transpose64', 'product'] as const)
    expectSame(found[name], expected[name]);
}

const absolute = (p: Problem): Problem => ({
  ...p,
  table: p.table.map(Math.abs),
  y: p.y.map(Math.abs),
  b: p.b.map(Math.abs),
});

/** Every element within `factor` times the same sum of absolute values: the error bound of recursive summation. */
function expectWithin(
  found: Float64Array,
  expected: Float64Array,
  magnitudes: Float64Array,
  factor: number,
): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    if (!(Math.abs(value - expected[i]) <= factor * magnitudes[i])) {
      throw new Error(`element ${i} is ${value}, not ${expected[i]} within ${factor * magnitudes[i]}`);
    }
  });
}

/** Problems too long for float32 sums alone, with the oracle's answers. */
const LONG = [1, 5, 13].map((columns) => {
  const solve = (shape: Parameters<typeof makeProblem>[0], seed: number) => {
    const problem = makeProblem(shape, seed, realNumber);
    return { problem, expected: productsOf(oracle, problem), size: productsOf(oracle, absolute(problem)) };
  };
  return {
    columns,
    samples: solve({ samples: 9000, variants: 9, columns, missing: 0.01 }, 1),
    variants: solve({ samples: 300, variants: 1101, columns, missing: 0.01 }, 2),
  };
});

describeBackends((kernels) => {
  it('multiplies as by hand', () => {
    const samples = 4;
    const packed = pack([Uint8Array.of(0, 1, 2, 3), Uint8Array.of(3, 3, 0, 1)], samples);
    const table = [2, 0, 1, -1, 10, 0, 0, 20]; // X' = 2 0 1 -1 and 20 20 10 0
    const y = new Float64Array(512);
    y.set([1, 2, 3, 4]);
    y.set([0, 1, 0, 5], 256);
    const problem = {
      ...{ packed, stride: 64, samples, variants: 2, columns: 2, y },
      table: Float64Array.from(table),
      b: Float64Array.of(1, 3, 0.5, -1),
    };
    const { transpose, transpose64, product } = productsOf(kernels, problem, 100);
    expect([...transpose]).toEqual([1, -5, 90, 20]);
    expect([...transpose64]).toEqual([1, -5, 90, 20]);
    expect([...product.subarray(0, 5)]).toEqual([112, 110, 106, 99, 100]);
    expect([...product.subarray(256, 261)]).toEqual([86, 80, 93, 97, 100]);
  });

  it('is exact on whole numbers: any shape, any alignment, any number of columns', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.integer({ min: 0, max: 5 }), (shape, seed, offset) => {
        const problem = makeProblem(shape, seed, wholeNumber);
        expectSameProducts(productsOf(kernels, problem, 3, offset), productsOf(oracle, problem, 3));
      }),
      { numRuns: 40 },
    );
  });

  it('is exact on whole numbers for every number of columns', () => {
    for (const columns of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 25, 49]) {
      const problem = makeProblem(
        { samples: 300, variants: 13, columns, missing: 0.05 },
        columns,
        wholeNumber,
      );
      expectSameProducts(productsOf(kernels, problem), productsOf(oracle, problem));
    }
  });

  describe('float32 sums stay within a tile', () => {
    // The bounds hold for any order of summation: (n + 1) u times the sum of absolute values, n the terms of a tile.
    for (const { columns, samples: long, variants: wide } of LONG) {
      it(`over many samples, ${columns} columns`, () => {
        const { problem, expected, size } = long;
        const found = productsOf(kernels, problem);
        expectWithin(found.transpose, expected.transpose, size.transpose, (FLOAT32_SAMPLES + 1) * U32);
        expectWithin(
          found.transpose64,
          expected.transpose64,
          size.transpose64,
          2 * (problem.samples + 1) * U64,
        );
      });

      it(`over many variants, ${columns} columns`, () => {
        const { problem, expected, size } = wide;
        const found = productsOf(kernels, problem);
        expectWithin(found.product, expected.product, size.product, (FLOAT32_VARIANTS + 1) * U32);
      });
    }

    it('so a large number in one tile swallows no small ones in later tiles', () => {
      for (const columns of [1, 4, 13]) {
        const [samples, variants] = [FLOAT32_SAMPLES + 1000, FLOAT32_VARIANTS + 100];
        const ones = makeProblem({ samples, variants, columns, missing: 0 }, 3, () => 1);
        const largeThenSmall = (tile: number) => (i: number) => (i === 0 ? 2 ** 30 : i < tile ? 0 : 1);
        const [ofSample, ofVariant] = [largeThenSmall(FLOAT32_SAMPLES), largeThenSmall(FLOAT32_VARIANTS)];
        const problem = {
          ...ones,
          y: ones.y.map((one, i) => one * ofSample(i % (4 * ones.stride))),
          b: ones.b.map((_, i) => ofVariant(Math.floor(i / columns))),
        };
        const { transpose, product } = productsOf(kernels, problem);
        expect(new Set(transpose)).toEqual(new Set([2 ** 30 + 1000]));
        expect(new Set(product.subarray(0, samples))).toEqual(new Set([2 ** 30 + 100]));
      }
    });
  });

  it('changes the samples of the given bytes only, between columns too', () => {
    const problem = makeProblem({ samples: 1500, variants: 300, columns: 14, missing: 0.02 }, 4, wholeNumber);
    const { packed, stride, variants, columns } = problem;
    const [table, b] = [Float32Array.from(problem.table), Float32Array.from(problem.b)];
    for (const [firstByte, bytes] of [
      [0, 64],
      [64, 192],
      [128, stride - 128],
      [stride, 0],
    ] as const) {
      for (const k of [1, columns]) {
        const outStride = 4 * stride + 3;
        const [found, expected] = [0, 1].map(() => new Float64Array(k * outStride).fill(0.5));
        const bk = k === 1 ? b.subarray(0, variants) : b;
        kernels.product(packed, stride, variants, firstByte, bytes, table, bk, k, found, outStride);
        oracle.product(packed, stride, variants, firstByte, bytes, table, bk, k, expected, outStride);
        expectSame(found, expected);
      }
    }
  });

  it('leaves the rest of a longer result alone', () => {
    const out = new Float64Array(3).fill(-7);
    kernels.transposeProduct(
      new Uint8Array(64),
      64,
      1,
      new Float32Array(4),
      new Float32Array(256),
      256,
      1,
      out,
    );
    expect([...out]).toEqual([0, -7, -7]);
    kernels.transposeProduct64(
      new Uint8Array(64),
      64,
      1,
      new Float64Array(4),
      new Float64Array(256),
      256,
      1,
      out.fill(5),
    );
    expect([...out]).toEqual([0, 5, 5]);
  });

  it('reads columns of y at any distance', () => {
    const problem = makeProblem({ samples: 600, variants: 5, columns: 7, missing: 0.02 }, 5, wholeNumber);
    const { packed, stride, variants, columns } = problem;
    const distance = 4 * stride + 37;
    const y = new Float64Array(columns * distance).fill(1000);
    for (let c = 0; c < columns; c++)
      y.set(problem.y.subarray(c * 4 * stride, (c + 1) * 4 * stride), c * distance);
    const out = new Float64Array(variants * columns);
    kernels.transposeProduct64(packed, stride, variants, problem.table, y, distance, columns, out);
    const expected = productsOf(oracle, problem).transpose64;
    expectSame(out, expected);
    kernels.transposeProduct(
      packed,
      stride,
      variants,
      Float32Array.from(problem.table),
      Float32Array.from(y),
      distance,
      columns,
      out.fill(0),
    );
    expectSame(out, expected);
  });
});

const shapes = fc.record({
  samples: fc.oneof(fc.constantFrom(1, 255, 256, 257, 2048), fc.integer({ min: 1, max: 2500 })),
  variants: fc.integer({ min: 0, max: 19 }),
  columns: fc.integer({ min: 1, max: 14 }),
  missing: fc.constantFrom(0, 0.05, 1),
});
