/**
 * Right-hand sides in whole numbers, for products at the speed of 8-bit integers (native/digits.c).
 *
 * Within a unit of data each column is rounded to whole multiples q of one number, its largest magnitude over the largest q
 * that the digits can write (32,639 with two, 8,355,711 with three), and q written with signed digits of base 256. A
 * unit is fixed by the data's shape, so results depend neither on threads nor on memory. The product of what was rounded
 * is exact up to float64, the same bits on every backend; what rounding costs is stated by {@link Kernels.transposeProductDigits}
 * and {@link Kernels.productDigits}.
 */
import type { Kernels } from './kernels.js';

/** Digits of base 256 that write a number. */
export type Digits = 2 | 3;

/**
 * Whether products in two digits are worth it: they take VNNI's dot products of bytes, a few columns, and few missing
 * genotypes, each of which costs about as much as a hundred others (docs/decisions/0021).
 */
export function digitsPay({ level }: Pick<Kernels, 'level'>, columns: number, missingRate: number): boolean {
  return level.includes('vnni') && columns >= 2 && missingRate <= 0.002;
}

/** Samples that share a unit: a call begins at a multiple of it. */
export const DIGIT_SAMPLES = 4096;

/** Variants that share a unit: a call begins at a multiple of it. */
export const DIGIT_VARIANTS = 256;

/** Most digits of a panel: columns of a panel are whole, and lie together. */
const PANEL_DIGITS = 6;

/** Rows are read eight numbers at a time, from any column. */
const SLACK = 8;

/** The largest whole number whose digits are all 127: none above overflows the top digit. */
export const largestOfDigits = (digits: Digits): number => (digits === 2 ? 32639 : 8355711);

/** Numbers of a row that holds the q of all columns: a multiple of 8. */
export const digitRow = (columns: number): number => 8 * Math.ceil(columns / 8);

/** Lengths of the arrays that hold columns over so many samples, a multiple of 256. */
export function sampleDigitsLengths(samples: number, columns: number, digits: Digits): DigitLengths {
  return {
    planes: samples * columns * digits,
    rows: 0,
    units: 2 * columns * Math.ceil(samples / DIGIT_SAMPLES),
  };
}

/** Lengths of the arrays that hold columns over so many variants. */
export function variantDigitsLengths(variants: number, columns: number, digits: Digits): DigitLengths {
  return {
    planes: 4 * Math.ceil(variants / 4) * columns * digits,
    rows: variants * digitRow(columns) + SLACK,
    units: 3 * columns * Math.ceil(variants / DIGIT_VARIANTS),
  };
}

export interface DigitLengths {
  /** Digits, int8. */
  readonly planes: number;
  /** Whole numbers a row, int32; none over samples. */
  readonly rows: number;
  /** Of each unit a few numbers of all columns, float64. */
  readonly units: number;
}

export interface DigitPanel {
  readonly firstColumn: number;
  readonly columns: number;
}

/** How columns are cut into panels, as evenly as it goes. */
export function digitPanels(columns: number, digits: Digits): DigitPanel[] {
  const panels = Math.ceil(columns / (PANEL_DIGITS / digits));
  const edge = (panel: number) => Math.floor((panel * columns) / panels);
  return Array.from({ length: panels }, (_, p) => ({
    firstColumn: edge(p),
    columns: edge(p + 1) - edge(p),
  }));
}
