import { describe, expect, it } from 'vitest';
import { isHeredityError } from '../../src/errors.js';
import { checked } from '../../src/kernels/checked.js';
import type { Kernels } from '../../src/kernels/kernels.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';

const bytes = (length: number) => new Uint8Array(length);
const int = (length: number) => new Int32Array(length);
const float = (length: number) => new Float32Array(length);
const double = (length: number) => new Float64Array(length);

/** Calls with one array one element too short, or one size out of line; each would leave an array. */
const WRONG: { readonly [K in keyof Omit<Kernels, 'backend' | 'level'>]?: Parameters<Kernels[K]>[] } = {
  countGenotypes: [
    [bytes(127), 64, 2, 100, int(8)],
    [bytes(128), 64, 2, 257, int(8)],
    [bytes(128), 64, 2, 100, int(7)],
    [bytes(128), 63, 2, 100, int(8)],
    [bytes(128), Number.NaN, 2, 100, int(8)],
  ],
  repack: [
    [bytes(4), 3, 2, 6, bytes(1), bytes(128), 64],
    [bytes(5), 3, 2, 9, bytes(1), bytes(128), 64],
    [bytes(5), 3, 2, 6, bytes(0), bytes(128), 64],
    [bytes(5), 3, 2, 6, bytes(1), bytes(127), 64],
    [bytes(5), 3, 2, 6, bytes(1).fill(255), bytes(0), 0],
  ],
  gram: [
    [bytes(63), 1, bytes(64), 1, 64, int(1)],
    [bytes(64), 1, bytes(64), 2, 64, int(2)],
    [bytes(128), 2, bytes(128), 2, 64, int(3)],
  ],
  gramWithMissing: [
    [bytes(128), 2, bytes(128), 2, 64, int(4), int(3), int(4), int(4)],
    [bytes(128), 2, bytes(128), 2, 64, int(4), int(4), int(4), int(3)],
    [bytes(128), 2, bytes(128), 2, 96, int(4), int(4), int(4), int(4)],
  ],
  transposeProduct: [
    [bytes(128), 64, 2, float(7), float(512), 256, 2, double(4)],
    [bytes(128), 64, 2, float(8), float(511), 256, 2, double(4)],
    [bytes(128), 64, 2, float(8), float(512), 256, 2, double(3)],
  ],
  transposeProduct64: [[bytes(128), 64, 2, double(8), double(511), 256, 2, double(4)]],
  product: [
    [bytes(256), 128, 2, 64, 128, float(8), float(4), 2, double(1024), 512],
    [bytes(256), 128, 2, 32, 64, float(8), float(4), 2, double(1024), 512],
    [bytes(256), 128, 2, 0, 128, float(8), float(3), 2, double(1024), 512],
    [bytes(256), 128, 2, 0, 128, float(8), float(4), 2, double(1023), 512],
  ],
  sampleGram: [
    [bytes(128), 64, 2, float(8), 31, 2, 33, double(66), 33],
    [bytes(128), 64, 2, float(7), 32, 2, 34, double(68), 34],
    [bytes(128), 64, 2, float(8), 32, 2, 34, double(67), 34],
    [bytes(128), 64, 2, float(8), 224, 33, 10, double(330), 10],
    [bytes(127), 64, 2, float(8), 32, 2, 34, double(68), 34],
  ],
  mosaic: [
    [bytes(64), 64, 1, double(9), 1, 0, 10, 1, 1, 1, int(2), int(2), double(2), bytes(640), 64],
    [bytes(64), 64, 1, double(10), 1, 0, 10, 1, 1, 1, int(2), int(1), double(2), bytes(640), 64],
    [bytes(64), 64, 1, double(10), 1, 0, 10, 1, 1, 1, int(2), int(2), double(2), bytes(639), 64],
  ],
  cholesky: [[double(8), 3, 3, 0]],
  choleskyPivoted: [
    [double(8), 3, 3, 0, int(3)],
    [double(9), 3, 3, 0, int(2)],
  ],
  solveLowerRight: [
    [double(8), 3, 3, double(6), 2, 3],
    [double(9), 3, 3, double(5), 2, 3],
  ],
  solveLower: [[double(9), 3, 3, double(5), 2, 2]],
  solveLowerTransposed: [[double(9), 3, 3, double(5), 2, 2]],
  multiplyTransposed: [
    [double(5), 3, double(6), 3, double(4), 2, 2, 2, 3, 1],
    [double(6), 3, double(6), 3, double(3), 2, 2, 2, 3, 1],
  ],
  multiply: [[double(6), 3, double(5), 2, double(4), 2, 2, 2, 3, 1]],
  householder: [
    [double(5), 3, 2, 2, double(6), 2, double(4), 2],
    [double(6), 3, 2, 2, double(5), 2, double(4), 2],
    [double(6), 3, 2, 2, double(6), 2, double(3), 2],
    [double(4), 1, 2, 2, double(4), 2, double(4), 2],
  ],
  transposedMultiply: [[double(6), 2, double(5), 2, double(4), 2, 2, 2, 3, 1]],
};

describe('checked kernels', () => {
  const kernels = checked(typescriptKernels);

  it('offers every kernel', () => {
    expect(Object.keys(kernels).sort()).toEqual(Object.keys(typescriptKernels).sort());
  });

  for (const [name, calls] of Object.entries(WRONG)) {
    it(`${name} refuses arguments that do not fit together`, () => {
      for (const args of calls) {
        const call = () => (kernels[name as keyof Kernels] as (...args: unknown[]) => void)(...args);
        expect(
          call,
          JSON.stringify(args.map((arg) => (typeof arg === 'number' ? arg : arg.length))),
        ).toThrowError(expect.toSatisfy((error) => isHeredityError(error, 'internal')));
      }
    });
  }

  it('passes what fits exactly', () => {
    kernels.product(bytes(256), 128, 2, 64, 64, float(8), float(4), 2, double(1024), 512);
    kernels.repack(bytes(5), 3, 2, 6, bytes(1), bytes(128), 64);
    kernels.gram(bytes(0), 0, bytes(0), 0, 64, int(0));
  });
});
