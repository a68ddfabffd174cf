import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kernels, packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { displaced, pack, randomCodes, randomSource } from './packed.js';

interface Problem {
  readonly samples: number;
  readonly variants: number;
  readonly packed: Uint8Array;
  readonly table: Float32Array;
}

/** Small whole numbers have exact products and sums in float32 too, so that any wrong place or sample shows. */
const wholeNumber = (random: () => number) => Math.floor(9 * random()) - 4;
const realNumber = (random: () => number) => 2 * random() - 1;

function makeProblem(
  samples: number,
  variants: number,
  seed: number,
  draw: (random: () => number) => number,
): Problem {
  const random = randomSource(seed);
  const packed = pack(randomCodes(variants, samples, 0.05, seed), samples);
  return {
    samples,
    variants,
    packed,
    table: Float32Array.from({ length: 4 * variants }, () => draw(random)),
  };
}

/** Rows [first, first + rows) of 1 + X X' below and on the diagonal, 0 above it. */
function gramOf(kernels: Kernels, p: Problem, first: number, rows: number, offset = 0): Float64Array {
  const columns = first + rows;
  const ldo = columns + 3;
  const out = displaced(new Float64Array(rows * ldo).fill(1), offset);
  const packed = displaced(p.packed, offset);
  const table = displaced(p.table, offset);
  kernels.sampleGram(packed, packedStride(p.samples), p.variants, table, first, rows, columns, out, ldo);
  for (let i = 0; i < rows; i++) {
    expect([...out.subarray(i * ldo + columns, (i + 1) * ldo)]).toEqual([1, 1, 1]);
    out.fill(0, i * ldo + first + i + 1, (i + 1) * ldo);
  }
  return out;
}

function expectClose(found: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const wrong = found.findIndex((value, i) => !(Math.abs(value - expected[i]) <= tolerance));
  if (wrong >= 0) expect.fail(`element ${wrong} is ${found[wrong]} instead of ${expected[wrong]}`);
}

describeBackends((kernels) => {
  describe('sampleGram', () => {
    it('sums products of genotypes over variants', () => {
      const packed = pack([Uint8Array.of(0, 2, 3), Uint8Array.of(3, 1, 2)], 3);
      const table = Float32Array.of(1, 0, -2, 3, 5, 0, 7, -1); // people: (1, -1), (-2, 0), (3, 7)
      const out = gramOf(kernels, { samples: 3, variants: 2, packed, table }, 0, 3);
      expect([out[0], out[6], out[7], out[12], out[13], out[14]]).toEqual([3, -1, 5, -3, -5, 59]);
    });

    it('agrees with the oracle exactly on whole numbers, wherever the rows begin', () => {
      const shapes = fc.record({
        strips: fc.integer({ min: 0, max: 9 }),
        rows: fc.oneof(fc.constantFrom(1, 8, 31, 32, 33), fc.integer({ min: 1, max: 70 })),
        beyond: fc.integer({ min: 0, max: 20 }),
        variants: fc.integer({ min: 0, max: 40 }),
        offset: fc.integer({ min: 0, max: 5 }),
      });
      fc.assert(
        fc.property(shapes, fc.nat(), ({ strips, rows, beyond, variants, offset }, seed) => {
          const problem = makeProblem(32 * strips + rows + beyond, variants, seed, wholeNumber);
          const expected = gramOf(oracle, problem, 32 * strips, rows);
          expectClose(gramOf(kernels, problem, 32 * strips, rows, offset), expected, 0);
        }),
        { numRuns: kernels === oracle ? 3 : 30 },
      );
    });

    it('keeps float32 precision over tiles of variants and of rows', () => {
      const problem = makeProblem(300, 1100, 7, realNumber);
      const expected = gramOf(oracle, problem, 0, 300);
      // a running sum of 512 terms below 1 in size, rounded at every step
      expectClose(gramOf(kernels, problem, 0, 300), expected, 3 * 512 * 40 * 2 ** -24);
    });
  });
});
