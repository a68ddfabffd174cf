/** Which line each of many items came from, in order; only where the distance from index to line changes is kept. */
export class LineNumbers {
  readonly #steps: { readonly index: number; readonly offset: number }[] = [];
  #offset = Number.NaN;

  /** Notes the line (counted from 1) of an item; indices must grow from call to call. */
  note(index: number, line: number): void {
    const offset = line - index;
    if (offset === this.#offset) return;
    this.#offset = offset;
    this.#steps.push({ index, offset });
  }

  /** The line of an item. */
  of(index: number): number {
    const step = this.#steps.findLast((candidate) => candidate.index <= index);
    return index + (step?.offset ?? 1);
  }
}
