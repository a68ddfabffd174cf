import {
  DIGIT_SAMPLES,
  DIGIT_VARIANTS,
  type Digits,
  digitPanels,
  digitRow,
  largestOfDigits,
} from '../digits.js';
import { type Kernels, MISSING } from '../kernels.js';
import { codeAt } from './genotypes.js';

/** Copies of allele 2 by PLINK code; a missing genotype counts one, so that its d = 1 - w is 0. */
const COPIES = [0, 1, 1, 2];

/** Samples of a strip: four bytes planes of 64 samples, one for each genotype of a packed byte. */
const STRIP = 256;

export const digitKernels: Pick<
  Kernels,
  'sampleDigits' | 'variantDigits' | 'transposeProductDigits' | 'productDigits'
> = {
  sampleDigits(y, yStride, samples, columns, digits, planes, units) {
    for (let first = 0; first < samples; first += DIGIT_SAMPLES) {
      const count = Math.min(DIGIT_SAMPLES, samples - first);
      const places = samplePlaces(first, count, columns, digits);
      for (let c = 0; c < columns; c++) {
        const values = Float64Array.from(y.subarray(c * yStride + first, c * yStride + first + count));
        const { whole, multiple } = toWhole(values, digits);
        whole.forEach((q, i) => {
          writeDigits(q, digits, (t, digit) => (planes[places(i, c, t)] = digit));
        });
        const at = (first / DIGIT_SAMPLES) * 2 * columns + c;
        units[at] = multiple;
        units[at + columns] = whole.reduce((sum, q) => sum + q, 0);
      }
    }
  },

  variantDigits(b, variants, mean, scale, columns, digits, planes, rows, units) {
    const row = digitRow(columns);
    rows.fill(0, 0, variants * row);
    planes.fill(0, 0, 4 * Math.ceil(variants / 4) * columns * digits);
    for (let first = 0; first < variants; first += DIGIT_VARIANTS) {
      const count = Math.min(DIGIT_VARIANTS, variants - first);
      const places = variantPlaces(first, count, columns, digits);
      for (let c = 0; c < columns; c++) {
        const values = Float64Array.from({ length: count }, (_, v) => {
          return scale[first + v] * b[(first + v) * columns + c];
        });
        const { whole, multiple } = toWhole(values, digits);
        let [sum, means] = [0, 0];
        whole.forEach((q, v) => {
          const shifted = mean[first + v] * q;
          sum += q;
          means += shifted;
          rows[(first + v) * row + c] = nearest(shifted);
          writeDigits(q, digits, (t, digit) => (planes[places(v, c, t)] = digit));
        });
        const at = (first / DIGIT_VARIANTS) * 3 * columns + c;
        units[at] = multiple;
        units[at + columns] = sum;
        units[at + 2 * columns] = multiple * means;
      }
    }
  },

  transposeProductDigits(
    packed,
    stride,
    variants,
    samples,
    mean,
    scale,
    planes,
    units,
    columns,
    digits,
    out,
  ) {
    const totals = new Float64Array(columns);
    out.fill(0, 0, variants * columns);
    for (let first = 0; first < 4 * stride; first += DIGIT_SAMPLES) {
      const count = Math.min(DIGIT_SAMPLES, 4 * stride - first);
      const places = samplePlaces(first, count, columns, digits);
      for (let c = 0; c < columns; c++) {
        const at = (first / DIGIT_SAMPLES) * 2 * columns + c;
        const [multiple, total] = [units[at], units[at + columns]];
        totals[c] += multiple * total;
        const q = Int32Array.from({ length: count }, (_, i) => {
          return readDigits(digits, (t) => planes[places(i, c, t)]);
        });
        for (let v = 0; v < variants; v++) {
          let [sum, missing] = [0, 0];
          for (let i = 0; i < count; i++) {
            const code = codeAt(packed, v * stride, first + i);
            sum += COPIES[code] * q[i];
            if (code === MISSING && first + i < samples) missing += q[i];
          }
          out[v * columns + c] += multiple * (total - sum + mean[v] * missing);
        }
      }
    }
    for (let v = 0; v < variants; v++) {
      for (let c = 0; c < columns; c++) {
        out[v * columns + c] = scale[v] * (out[v * columns + c] - mean[v] * totals[c]);
      }
    }
  },

  productDigits(
    packed,
    stride,
    variants,
    samples,
    firstByte,
    bytes,
    planes,
    rows,
    units,
    columns,
    digits,
    out,
    outStride,
  ) {
    const row = digitRow(columns);
    for (let first = 0; first < variants; first += DIGIT_VARIANTS) {
      const count = Math.min(DIGIT_VARIANTS, variants - first);
      const places = variantPlaces(first, count, columns, digits);
      for (let c = 0; c < columns; c++) {
        const at = (first / DIGIT_VARIANTS) * 3 * columns + c;
        const [multiple, total] = [units[at], units[at + columns]];
        const offset = units[at + 2 * columns];
        const q = Int32Array.from({ length: count }, (_, v) => {
          return readDigits(digits, (t) => planes[places(v, c, t)]);
        });
        for (let i = 4 * firstByte; i < Math.min(samples, 4 * (firstByte + bytes)); i++) {
          let sum = total;
          for (let v = 0; v < count; v++) {
            const code = codeAt(packed, (first + v) * stride, i);
            sum -= COPIES[code] * q[v];
            if (code === MISSING) sum += rows[(first + v) * row + c];
          }
          out[c * outStride + i] += multiple * sum - offset;
        }
      }
    }
  },
};

/** Whole multiples of one number; all 0 and a multiple of NaN where a value is not finite. */
function toWhole(values: Float64Array, digits: Digits): { whole: Float64Array; multiple: number } {
  const largest = largestOfDigits(digits);
  const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  if (!Number.isFinite(most)) return { whole: new Float64Array(values.length), multiple: Number.NaN };
  const inverse = most > 1e-290 ? largest / most : 0;
  return { whole: values.map((value) => nearest(value * inverse)), multiple: most / largest };
}

/** To the nearest whole number, ties to even, |x| < 2^51; never -0. */
function nearest(x: number): number {
  const shift = 1.5 * 2 ** 52;
  return x + shift - shift;
}

/** Signed digits of base 256, lowest first. */
function writeDigits(q: number, digits: Digits, write: (t: number, digit: number) => void): void {
  let rest = q;
  for (let t = 0; t < digits; t++) {
    const digit = (rest << 24) >> 24;
    write(t, digit);
    rest = (rest - digit) / 256;
  }
}

function readDigits(digits: Digits, read: (t: number) => number): number {
  let q = 0;
  for (let t = digits - 1; t >= 0; t--) q = 256 * q + read(t);
  return q;
}

/** Where digit t of column c lies for the i-th sample of a unit. */
function samplePlaces(first: number, count: number, columns: number, digits: Digits) {
  const panels = digitPanels(columns, digits);
  const panelOf = panels.flatMap((panel) => Array.from({ length: panel.columns }, () => panel));
  return (i: number, c: number, t: number): number => {
    const panel = panelOf[c];
    const width = panel.columns * digits;
    const strip = Math.floor(i / STRIP);
    const [k, byte] = [i % 4, Math.floor((i % STRIP) / 4)];
    const vector = (strip * 4 + k) * width + (c - panel.firstColumn) * digits + t;
    return (first * columns + panel.firstColumn * count) * digits + vector * 64 + byte;
  };
}

/** Where digit t of column c lies for the v-th variant of a unit. */
function variantPlaces(first: number, count: number, columns: number, digits: Digits) {
  const panels = digitPanels(columns, digits);
  const panelOf = panels.flatMap((panel) => Array.from({ length: panel.columns }, () => panel));
  const padded = 4 * Math.ceil(count / 4);
  return (v: number, c: number, t: number): number => {
    const panel = panelOf[c];
    const width = panel.columns * digits;
    const word = Math.floor(v / 4) * width + (c - panel.firstColumn) * digits + t;
    return (first * columns + panel.firstColumn * padded) * digits + 4 * word + (v % 4);
  };
}
