/** What {@link Kernels.plainRows} is to do with a column of a table. */
export const COLUMN_SKIPPED = 0;
export const COLUMN_NUMBER = 1;
export const COLUMN_TEXT = 2;
