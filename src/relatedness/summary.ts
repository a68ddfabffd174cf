/** What the elements of a relationship matrix look like; fed row by row. */
export class RelationshipSummary {
  /** Off-diagonal elements by size, in steps of {@link BIN} around 0. */
  readonly histogram = new Map<number, number>();
  #samples = 0;
  #diagonal = { sum: 0, squares: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  #off = { sum: 0, squares: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  #related = 0;

  /** The next row up to the diagonal. */
  add(row: Float32Array): void {
    const own = this.#samples++;
    note(this.#diagonal, row[own]);
    for (let k = 0; k < own; k++) {
      const value = row[k];
      note(this.#off, value);
      if (value > RELATED) this.#related++;
      const bin = Math.round(value / BIN);
      this.histogram.set(bin, (this.histogram.get(bin) ?? 0) + 1);
    }
  }

  finish() {
    const pairs = (this.#samples * (this.#samples - 1)) / 2;
    return {
      samples: this.#samples,
      diagonal: described(this.#diagonal, this.#samples),
      offDiagonal: pairs > 0 ? described(this.#off, pairs) : null,
      relatedPairs: this.#related,
    };
  }
}

/** Pairs above this relationship are counted: second cousins and closer. */
export const RELATED = 0.05;
/** Width of a step of the histogram. */
export const BIN = 0.005;

interface Moments {
  sum: number;
  squares: number;
  least: number;
  most: number;
}

function note(moments: Moments, value: number): void {
  moments.sum += value;
  moments.squares += value * value;
  if (value < moments.least) moments.least = value;
  if (value > moments.most) moments.most = value;
}

function described({ sum, squares, least, most }: Moments, count: number) {
  const mean = sum / count;
  return { mean, variance: Math.max(0, squares / count - mean * mean), least, most };
}
