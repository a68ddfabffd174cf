import { ZHistogram } from '../sumstats/z-histogram.js';

/** P at which a variant of a genome-wide scan is called significant. */
export const GENOME_WIDE_P = 5e-8;
const LOG_GENOME_WIDE = Math.log(GENOME_WIDE_P);

/** Columns of a {@link Skyline}; its rows are tenths of -log10 P. */
const COLUMNS = 800;
const ROWS_PER_UNIT = 10;
const ROWS = 400;

/** The strongest variant of a scan. */
export interface StrongestVariant {
  /** Position in the variant table. */
  readonly variant: number;
  /** Natural logarithm of P. */
  readonly logP: number;
}

/** What a scan of one trait found, kept in some 400 kB however many variants there are. */
export class ScanSummary {
  readonly histogram = new ZHistogram();
  readonly skyline: Skyline;
  #genomeWide = 0;
  #strongest: StrongestVariant | undefined;

  /** @param length of the genome, in the unit of the places that are given. */
  constructor(length: number) {
    this.skyline = new Skyline(length);
  }

  /** Takes a variant with a result. @param place along the genome. */
  add(variant: number, place: number, t: number, logP: number): void {
    this.histogram.add(t);
    this.skyline.add(variant, place, -logP / Math.LN10);
    if (logP < LOG_GENOME_WIDE) this.#genomeWide++;
    if (this.#strongest === undefined || logP < this.#strongest.logP) this.#strongest = { variant, logP };
  }

  /** Variants with P below {@link GENOME_WIDE_P}. */
  get genomeWide(): number {
    return this.#genomeWide;
  }

  get strongest(): StrongestVariant | undefined {
    return this.#strongest;
  }
}

/** Variants that an eye cannot tell apart in a Manhattan picture: at one place, from one height to another. */
export interface Peak {
  /** Along the genome. */
  readonly place: number;
  /** -log10 P of the least and the most significant. */
  readonly low: number;
  readonly high: number;
}

/** Which heights are taken at which places. */
class Skyline {
  readonly #length: number;
  readonly #taken = new Uint8Array(COLUMNS * ROWS);
  /** Higher than the rows reach, by column and tenth. */
  readonly #beyond = new Map<string, Peak>();
  /** The variant with the largest height of each column, -1 where there is none. */
  readonly #top = new Int32Array(COLUMNS).fill(-1);
  readonly #topHeight = new Float64Array(COLUMNS).fill(Number.NEGATIVE_INFINITY);

  constructor(length: number) {
    this.#length = length;
  }

  add(variant: number, place: number, height: number): void {
    const column = Math.min(COLUMNS - 1, Math.floor((COLUMNS * place) / this.#length));
    if (height > this.#topHeight[column]) {
      this.#top[column] = variant;
      this.#topHeight[column] = height;
    }
    const row = Math.floor(height * ROWS_PER_UNIT);
    if (row < ROWS) this.#taken[column * ROWS + row] = 1;
    else this.#beyond.set(`${column} ${row}`, { place, low: height, high: height });
  }

  *peaks(): Generator<Peak> {
    for (let column = 0; column < COLUMNS; column++) {
      const place = ((column + 0.5) * this.#length) / COLUMNS;
      const own = this.#taken.subarray(column * ROWS, (column + 1) * ROWS);
      for (let row = own.indexOf(1); row >= 0; row = own.indexOf(1, row)) {
        const first = row;
        while (row < ROWS && own[row] === 1) row++;
        yield { place, low: (first + 0.5) / ROWS_PER_UNIT, high: (row - 0.5) / ROWS_PER_UNIT };
      }
    }
    yield* this.#beyond.values();
  }

  /** The strongest variant of each column, of the `most` highest columns, along the genome. */
  tops(most: number): { readonly variant: number; readonly height: number }[] {
    return Array.from(this.#top, (variant, column) => ({ variant, height: this.#topHeight[column], column }))
      .filter(({ variant }) => variant >= 0)
      .sort((a, b) => b.height - a.height)
      .slice(0, most)
      .sort((a, b) => a.column - b.column)
      .map(({ variant, height }) => ({ variant, height }));
  }
}
