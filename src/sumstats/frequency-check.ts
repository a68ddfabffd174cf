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

/** Compares minor allele frequencies, which need no alleles, of a study with those of a reference. */
export class FrequencyCheck {
  #variants = 0;
  #sum = 0;

  /** Takes a variant; it counts where both numbers are frequencies. */
  add(own: number, reference: number): void {
    const difference = Math.abs(minor(own) - minor(reference));
    if (Number.isNaN(difference)) return;
    this.#variants++;
    this.#sum += difference;
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

const minor = (frequency: number): number =>
  frequency >= 0 && frequency <= 1 ? Math.min(frequency, 1 - frequency) : Number.NaN;
