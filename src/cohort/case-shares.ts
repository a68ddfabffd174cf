import { HeredityError } from '../errors.js';
import type { TraitFacts } from '../estimate/trait-facts.js';
import type { RunTrait } from './samples.js';

/** Shares of cases in the population and in the sample, one a trait. */
export interface CaseShares {
  readonly prevalence: readonly number[] | undefined;
  readonly ascertainment: readonly number[] | undefined;
}

/** A trait's place among those that were asked for, some of which may have been left out since. */
interface Place {
  readonly position: number;
  readonly requested: number;
}

/**
 * @param traits of the run, or how many there are.
 * @throws HeredityError `usage` for what is not a share, or for another number of them than of traits asked for.
 */
export function readCaseShares(
  flags: {
    readonly prevalence: readonly string[] | undefined;
    readonly ascertainment: readonly string[] | undefined;
  },
  traits: number | readonly Place[],
): CaseShares {
  return {
    prevalence: perTrait('--prevalence', flags.prevalence, traits),
    ascertainment: perTrait('--ascertainment', flags.ascertainment, traits),
  };
}

/**
 * What estimates say of a trait. One without values, from summary statistics, is taken for a case-control trait where the
 * share of cases in its sample is given.
 */
export function traitFacts(
  trait: Pick<RunTrait, 'name' | 'kind'> & { readonly values?: Float64Array },
  position: number,
  { prevalence, ascertainment }: CaseShares,
): TraitFacts {
  const { name, values } = trait;
  const isBinary = trait.kind === 'case-control' || (values === undefined && ascertainment !== undefined);
  const kind = isBinary ? 'case-control' : 'quantitative';
  if (!isBinary || !prevalence) return { name, kind };
  const share = ascertainment?.[position] ?? shareOfCases(values ?? new Float64Array());
  return { name, kind, cases: { prevalence: prevalence[position]!, ascertainment: share } };
}

/** Share of cases among those with a value of a 0/1 trait. */
export function shareOfCases(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}

/** Numbers given once for all traits or once a trait. */
function perTrait(
  flag: string,
  texts: readonly string[] | undefined,
  traits: number | readonly Place[],
): number[] | undefined {
  if (!texts) return undefined;
  const numbers = texts.map(Number);
  const bad = numbers.findIndex((value) => !(value > 0 && value < 1));
  if (bad >= 0)
    throw new HeredityError('usage', `${flag} is not a share of people`, {
      value: texts[bad]!,
      expected: 'a number between 0 and 1, both excluded',
    });
  const requested = typeof traits === 'number' ? traits : traits[0]!.requested;
  if (numbers.length !== 1 && numbers.length !== requested) {
    throw new HeredityError('usage', `${flag} has ${numbers.length} values for ${requested} traits`, {
      expected: 'one for all traits, or one a trait',
    });
  }
  const places =
    typeof traits === 'number'
      ? Array.from({ length: traits }, (_, t) => t)
      : traits.map(({ position }) => position);
  return places.map((position) => numbers[numbers.length === 1 ? 0 : position]!);
}
