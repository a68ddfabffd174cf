import type { PeopleApart } from '../cohort/trait-pairs.js';
import type { Diagnostics } from '../estimate/estimate.js';
import { formatCount } from '../estimate/number.js';
import { type Warning, warning } from '../estimate/warnings.js';

/** A value with its standard error, in the units of a pair's columns. */
export interface ValueWithError {
  readonly value: number;
  readonly se: number;
}

/**
 * Of a pair of traits that too few people have both of, estimated among the people of either with 0 for who has not the trait (METHODS 1.14):
 * a share w of these people has a trait, so that its column has w h² of its variance from the variants, and both columns √(w₁ w₂) of the
 * genetic covariance. The correlation knows no scale.
 */
export class InOwnPeople {
  readonly #apart: PeopleApart;
  readonly #people: number;

  constructor(apart: PeopleApart) {
    this.#apart = apart;
    this.#people = apart.counts[0] + apart.counts[1] - apart.both;
  }

  /** Heritabilities of both traits, each among its own people. */
  h2([first, second]: readonly [ValueWithError, ValueWithError]): readonly [ValueWithError, ValueWithError] {
    const [own, other] = this.#shares;
    return [over(first, own), over(second, other)];
  }

  /** The covariance in units of each trait's standard deviation among its own people. */
  covariance(found: ValueWithError): ValueWithError {
    const [first, second] = this.#shares;
    return over(found, Math.sqrt(first * second));
  }

  get diagnostics(): Diagnostics {
    const { counts, both } = this.#apart;
    return { firstN: counts[0], secondN: counts[1], bothN: both };
  }

  get warning(): Warning {
    const { both } = this.#apart;
    return warning(
      'people-apart',
      `${both === 0 ? 'nobody has' : `only ${formatCount(both)} people have`} both traits: the covariance is of the ${formatCount(this.#people)} people who have either, as if both samples were drawn from one population`,
    );
  }

  get #shares(): readonly [number, number] {
    const [first, second] = this.#apart.counts;
    return [first / this.#people, second / this.#people];
  }
}

const over = ({ value, se }: ValueWithError, share: number): ValueWithError => ({
  value: value / share,
  se: se / share,
});
