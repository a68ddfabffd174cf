import { HeredityError } from '../errors.js';

/** Shares of cases in the population and in the sample, one a trait. */
export interface CaseShares {
  readonly prevalence: readonly number[] | undefined;
  readonly ascertainment: readonly number[] | undefined;
}

/** @throws HeredityError `usage` for what is not a share, or for another number of them than of traits. */
export function readCaseShares(
  flags: {
    readonly prevalence: readonly string[] | undefined;
    readonly ascertainment: readonly string[] | undefined;
  },
  traits: number,
): CaseShares {
  return {
    prevalence: perTrait('--prevalence', flags.prevalence, traits),
    ascertainment: perTrait('--ascertainment', flags.ascertainment, traits),
  };
}

/** Share of cases among those with a value of a 0/1 trait. */
export function shareOfCases(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}

/** Numbers given once for all traits or once a trait. */
function perTrait(flag: string, texts: readonly string[] | undefined, traits: number): number[] | undefined {
  if (!texts) return undefined;
  const numbers = texts.map(Number);
  const bad = numbers.findIndex((value) => !(value > 0 && value < 1));
  if (bad >= 0)
    throw new HeredityError('usage', `${flag} is not a share of people`, {
      value: texts[bad]!,
      expected: 'a number between 0 and 1, both excluded',
    });
  if (numbers.length !== 1 && numbers.length !== traits) {
    throw new HeredityError('usage', `${flag} has ${numbers.length} values for ${traits} traits`, {
      expected: 'one for all traits, or one a trait',
    });
  }
  return Array.from({ length: traits }, (_, t) => numbers[numbers.length === 1 ? 0 : t]!);
}
