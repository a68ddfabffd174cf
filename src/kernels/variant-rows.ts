/** Variants of other files as packed rows: what pgenRecords and bgenBlock take and give (src/kernels/kernels.ts). */

/** Numbers that pgenRecords gives for each record. */
export const DOSAGE_SUMS = 8;

/** A copy of an allele in the unit of dosages. */
export const ONE_COPY = 16384;

/** Threshold of pgenRecords and bgenBlock with which they give dosages. */
export const AS_DOSAGES = -2;

/**
 * Packed rows of a variant's dosages: its level, 0 to 254 in units of 1 / {@link LEVELS_OF_COPY} of a copy and 255 for missing,
 * as digits to the base 4, the lowest first.
 */
export const DOSAGE_ROWS = 4;
export const LEVELS_OF_COPY = 127;
export const MISSING_LEVEL = 255;
/** The digit that a code stands for in a row of dosages, and the code of a digit; padding has the digit 0. */
export const DIGIT_OF_CODE = [3, 0, 2, 1] as const;
export const CODE_OF_DIGIT = [1, 3, 2, 0] as const;

/** What can be wrong with a variant of a file; the numbers are those of native/variant-records.c. */
export const RecordFault = {
  cut: 1,
  leftOver: 2,
  number: 3,
  listLength: 4,
  listOrder: 5,
  listGroup: 6,
  twoCategories: 7,
  noBase: 8,
  multiallelic: 9,
  dosage: 10,
  samples: 11,
  alleles: 12,
  ploidy: 13,
  phased: 14,
  bits: 15,
  probabilities: 16,
} as const;
