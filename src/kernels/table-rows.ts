/** What {@link Kernels.plainRows} is to do with a column of a table; 0 where nobody wants it. */
export const COLUMN_NUMBER = 1;
export const COLUMN_TEXT = 2;
