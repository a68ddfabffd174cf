/** Files that the page reads whole are results and tables: bytes of the largest. */
export const MOST_FILE = 64 * 1024 * 1024;
