import { HeredityError } from '../errors.js';
import type { TraitFacts } from '../estimate/trait-facts.js';
import type { RunTrait } from './samples.js';

/** Shares of cases in the population and in the sample, one a trait; undefined for a trait that is quantitative. */
export interface CaseShares {
  readonly prevalence: readonly (number | undefined)[] | undefined;
  readonly ascertainment: readonly (number | undefined)[] | undefined;
}

interface CaseShareFlags {
  readonly prevalence: readonly string[] | undefined;
  readonly ascertainment: readonly string[] | undefined;
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
export function readCaseShares(flags: CaseShareFlags, traits: number | readonly Place[]): CaseShares {
  return {
    prevalence: perTrait('--prevalence', flags.prevalence, traits),
    ascertainment: perTrait('--ascertainment', flags.ascertainment, traits),
  };
}

/**
 * The same of traits of which there are statistics alone, in so many files: nothing in them tells the share of cases.
 * @throws HeredityError `usage` for a prevalence without the share of cases in the sample, too.
 */
export function readCaseSharesOfFiles(flags: CaseShareFlags, files: number): CaseShares {
  const shares = readCaseShares(flags, files);
  const { prevalence, ascertainment } = shares;
  if (prevalence?.some((value, t) => value !== undefined && ascertainment?.[t] === undefined)) {
    throw new HeredityError('usage', '--prevalence needs --ascertainment with summary statistics', {
      fix: 'give the share of cases among the people of the association',
    });
  }
  return shares;
}

/**
 * What estimates say of a trait. One without values, from summary statistics, is taken for a case-control trait where the
 * share of cases in its sample is given.
 */
export function traitFacts(
  trait: Pick<RunTrait, 'name' | 'kind'> & Partial<Pick<RunTrait, 'values' | 'offset' | keyof Place>>,
  position: number,
  { prevalence, ascertainment }: CaseShares,
): TraitFacts {
  const { name, values, offset = 0, requested } = trait;
  const place = requested !== undefined && { place: { position: trait.position ?? 0, requested } };
  const given = ascertainment?.[position];
  const isBinary = trait.kind === 'case-control' || (values === undefined && given !== undefined);
  const kind = isBinary ? 'case-control' : 'quantitative';
  const known = prevalence?.[position];
  if (!isBinary || known === undefined) return { name, kind, offset, ...place };
  const share = given ?? shareOfCases(values ?? new Float64Array());
  return { name, kind, offset, ...place, cases: { prevalence: known, ascertainment: share } };
}

/** Share of cases among those with a value of a 0/1 trait. */
function shareOfCases(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}

/** Numbers given once for all traits or once a trait; `nan` for none. */
function perTrait(
  flag: string,
  texts: readonly string[] | undefined,
  traits: number | readonly Place[],
): (number | undefined)[] | undefined {
  if (!texts) return undefined;
  const numbers = texts.map((text) => (/^(nan|na)$/i.test(text) ? undefined : Number(text)));
  const bad = numbers.findIndex((value) => value !== undefined && !(value > 0 && value < 1));
  if (bad >= 0)
    throw new HeredityError('usage', `${flag} is not a share of people`, {
      value: texts[bad],
      expected: 'a number between 0 and 1, both excluded, or nan for a quantitative trait',
    });
  const requested = typeof traits === 'number' ? traits : traits[0].requested;
  if (numbers.length !== 1 && numbers.length !== requested) {
    throw new HeredityError('usage', `${flag} has ${numbers.length} values for ${requested} traits`, {
      expected: 'one for all traits, or one a trait',
    });
  }
  const places =
    typeof traits === 'number'
      ? Array.from({ length: traits }, (_, t) => t)
      : traits.map(({ position }) => position);
  return places.map((position) => numbers[numbers.length === 1 ? 0 : position]);
}
