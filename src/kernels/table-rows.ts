/** What {@link TableRowKernels.plainRows} is to do with a column of a table; 0 where nobody wants it. */
export const COLUMN_NUMBER = 1;
export const COLUMN_TEXT = 2;

/** Rows of text tables and their IDs (native/table-rows.c). */
export interface TableRowKernels {
  /**
   * Reads rows from byte `from` on for as long as they are plain: as many fields as there are columns, none quoted or
   * empty; a value in each column that is wanted; numbers whose digits and power of ten are exact, so that all backends
   * round alike. The row that is not is for the caller, who knows what it may be.
   * @param bytes the last byte before `end` is a newline.
   * @param kinds what is wanted of each of `width` columns: `COLUMN_NUMBER`, `COLUMN_TEXT`, or 0 for nothing.
   * @param separator code of a tab or comma; 0 where a tab or spaces separate.
   * @param starts receives the first byte of each row, and of the line after them: most + 1.
   * @param numbers receives `numbers[k * most + row]` of the k-th column of numbers.
   * @param spans receives `spans[2 * (k * most + row)]` of the k-th column of text: its first byte; then the one after it.
   * @returns the number of rows, `most` at most.
   */
  plainRows(
    bytes: Uint8Array,
    from: number,
    end: number,
    kinds: Uint8Array,
    width: number,
    separator: number,
    most: number,
    starts: Int32Array,
    numbers: Float64Array,
    spans: Int32Array,
  ): number;

  /**
   * Adds the IDs of `count` spans (two a span) of `source` to a table of `present`: `bytes` one ID after another, `ends`
   * where each ends, `hashes` of each, and in `slots` (a power of two, at least twice as many as IDs) its index + 1, in
   * the first free one from `hash & (slotCount - 1)` on.
   * @returns how many were added before one that is there already.
   */
  addIds(
    source: Uint8Array,
    spans: Int32Array,
    count: number,
    bytes: Uint8Array,
    ends: Uint32Array,
    hashes: Int32Array,
    slots: Int32Array,
    slotCount: number,
    present: number,
  ): number;

  /** The hashes of the first `count` IDs of a table. */
  hashIds(bytes: Uint8Array, ends: Uint32Array, count: number, hashes: Int32Array): void;

  /** Puts `count` distinct IDs into empty slots by their hashes. */
  fillSlots(hashes: Int32Array, count: number, slots: Int32Array, slotCount: number): void;

  /**
   * `rows[i]` = index of wanted ID i in a table, or -1. It is looked for first behind the one found before it: tables in
   * the same order are joined without a search.
   */
  findIds(
    wanted: Uint8Array,
    wantedEnds: Uint32Array,
    wantedHashes: Int32Array,
    count: number,
    bytes: Uint8Array,
    ends: Uint32Array,
    hashes: Int32Array,
    present: number,
    slots: Int32Array,
    slotCount: number,
    rows: Int32Array,
  ): void;

  /**
   * As {@link findIds}, for the IDs of `count` spans of `source`, the first of which is looked for at `guess`. Without slots
   * (`slotCount` 0) each is looked for there only.
   * @returns where the next one is to be looked for.
   */
  findSpans(
    source: Uint8Array,
    spans: Int32Array,
    count: number,
    bytes: Uint8Array,
    ends: Uint32Array,
    hashes: Int32Array,
    present: number,
    slots: Int32Array,
    slotCount: number,
    guess: number,
    rows: Int32Array,
  ): number;
}
