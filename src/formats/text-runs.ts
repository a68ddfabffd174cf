/** Texts of rows that mostly are those of the row before, such as chromosomes: only where they change is kept. */
export class TextRuns {
  readonly #texts: string[] = [];
  /** Where the run behind each text ends. */
  readonly #ends: number[] = [];
  #count = 0;

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.push(text);
  }

  get count(): number {
    return this.#count;
  }

  push(text: string, times = 1): void {
    this.#count += times;
    const last = this.#texts.length - 1;
    if (last >= 0 && this.#texts[last] === text) {
      this.#ends[last] = this.#count;
      return;
    }
    this.#texts.push(text);
    this.#ends.push(this.#count);
  }

  /** The text of a row. */
  at(row: number): string {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle] <= row) low = middle + 1;
      else high = middle;
    }
    return this.#texts[low];
  }

  /** Rows of one text after another: from `from` to before `to`. */
  *runs(): Generator<{ readonly text: string; readonly from: number; readonly to: number }> {
    for (const [k, text] of this.#texts.entries())
      yield { text, from: k === 0 ? 0 : this.#ends[k - 1], to: this.#ends[k] };
  }

  /** The text of every row. */
  texts(): string[] {
    return Array.from(this.runs(), ({ text, from, to }) => new Array<string>(to - from).fill(text)).flat();
  }
}
