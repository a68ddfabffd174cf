import { HeredityError } from '../errors.js';
import { boolean, defineFlags, integer, number } from './flags.js';

const WINDOW = { heading: 'Window' } as const;

const reachFlags = defineFlags({
  ldWindKb: number('window to each side of a variant, in thousands of base pairs', { ...WINDOW, min: 0 }),
  ldWindCm: number('window to each side of a variant, in centimorgans', { ...WINDOW, min: 0 }),
  ldWindSnps: integer('window to each side of a variant, in variants', { ...WINDOW, min: 0 }),
});

/** How far LD is looked at; of the first three flags one has to be given. */
export const windowFlags = defineFlags({
  ...reachFlags,
  yesReally: boolean('allow windows that take in whole chromosomes', WINDOW),
});

/** The flags where a window of `kb` is usual, and taken if none is given. */
export function windowFlagsWithDefault(
  kb: number,
  more: { readonly heading?: string; readonly goesWith?: readonly string[] } = {},
) {
  return {
    ldWindKb: { ...reachFlags.ldWindKb, ...more, defaultText: String(kb) },
    ldWindCm: { ...reachFlags.ldWindCm, ...more },
    ldWindSnps: { ...reachFlags.ldWindSnps, ...more },
  };
}

/** How far a window reaches to each side; both ends count. */
export interface WindowReach {
  /** `kb` and `cm` are distances on the two maps of the .bim file, `snps` a number of variants. */
  readonly unit: 'kb' | 'cm' | 'snps';
  readonly reach: number;
}

export interface WindowReachFlags {
  readonly ldWindKb: number | undefined;
  readonly ldWindCm: number | undefined;
  readonly ldWindSnps: number | undefined;
}

export interface WindowFlags extends WindowReachFlags {
  readonly yesReally: boolean;
}

/** @throws HeredityError `usage` unless exactly one window is given, or none where there is a `defaultKb`. */
export function windowReach(
  { ldWindKb, ldWindCm, ldWindSnps }: WindowReachFlags,
  defaultKb?: number,
): WindowReach {
  const given: WindowReach[] = [
    ...(ldWindKb === undefined ? [] : [{ unit: 'kb' as const, reach: ldWindKb }]),
    ...(ldWindCm === undefined ? [] : [{ unit: 'cm' as const, reach: ldWindCm }]),
    ...(ldWindSnps === undefined ? [] : [{ unit: 'snps' as const, reach: ldWindSnps }]),
  ];
  if (given.length === 1) return given[0];
  if (given.length === 0 && defaultKb !== undefined) return { unit: 'kb', reach: defaultKb };
  throw new HeredityError(
    'usage',
    `${given.length === 0 ? 'no window is' : 'more than one window is'} given`,
    {
      expected: 'one of --ld-wind-kb, --ld-wind-cm and --ld-wind-snps',
      ...(given.length === 0 && { fix: '--ld-wind-kb 1000 or --ld-wind-cm 1 are usual in human data' }),
    },
  );
}
