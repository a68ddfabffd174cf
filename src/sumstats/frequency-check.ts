import type { Frequencies } from '../formats/frequency.js';
import type { GwasRow } from '../formats/gwas/table.js';
import { IdTable } from '../formats/id-table.js';

/** Fewest variants that tell. */
const ENOUGH = 100;
/**
 * Mean difference of minor allele frequencies beyond which two samples are hardly of one ancestry. With F_ST between them it is
 * near .8 √(2 F_ST p (1 − p)): .04 is F_ST .006, more than between the peoples of Europe and less than between continents
 * (.02 and more); sampling 400 people gives .015.
 */
const MOST_DIFFERENCE = 0.04;

export interface FrequencyComparison {
  /** Variants with a frequency on both sides. */
  readonly variants: number;
  /** Mean absolute difference of minor allele frequencies. */
  readonly meanDifference: number;
}

/** Compares minor allele frequencies, which need no alleles, of a GWAS with those of a reference. */
export class FrequencyCheck {
  /** Of each variant of the reference, the first of its ID. */
  readonly #ids = new IdTable();
  readonly #frequency: number[] = [];
  readonly #columns: { readonly snp: number; readonly frequency: number };
  #variants = 0;
  #sum = 0;

  constructor(reference: Frequencies, columns: { readonly snp: number; readonly frequency: number }) {
    for (let row = 0; row < reference.count; row++)
      if (this.#ids.add(reference.ids.text(row)) < 0) this.#frequency.push(reference.frequency[row]);
    this.#columns = columns;
  }

  add(row: GwasRow): void {
    const { snp, frequency } = this.#columns;
    const own = row.numeric(frequency);
    const place = row.indexIn(this.#ids, snp);
    const other = place < 0 ? Number.NaN : this.#frequency[place];
    if (!(own >= 0 && own <= 1) || Number.isNaN(other)) return;
    this.#variants++;
    this.#sum += Math.abs(minor(own) - minor(other));
  }

  get comparison(): FrequencyComparison {
    return {
      variants: this.#variants,
      meanDifference: this.#variants === 0 ? 0 : this.#sum / this.#variants,
    };
  }

  /** What is wrong: one sentence, or none. @param called the reference and its ancestry. */
  warnings(called: string): string[] {
    const { variants, meanDifference } = this.comparison;
    if (variants < ENOUGH)
      return [`only ${variants} variants have a frequency here and in ${called}: ancestry was not checked`];
    if (meanDifference <= MOST_DIFFERENCE) return [];
    return [
      `minor allele frequencies differ from those of ${called} by ${meanDifference.toFixed(3)} on average, where one ancestry gives up to ${MOST_DIFFERENCE}: LD scores of that ancestry are not those of this study`,
    ];
  }
}

const minor = (frequency: number): number => Math.min(frequency, 1 - frequency);
