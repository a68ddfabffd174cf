import { HeredityError } from '../errors.js';
import {
  type Flag,
  type FlagSet,
  type FlagValues,
  flagName,
  flagTerm,
  instead,
  parseFlag,
} from '../options/flags.js';
import type { Command } from './command.js';
import { checkModes } from './modes.js';

/**
 * The texts of a filled-in form by the name of the flag; a switch that is on has the empty text, a flag that is repeated
 * several.
 */
export type FlagTexts = Readonly<Record<string, string | readonly string[]>>;

/**
 * What was given of a command's flags, with defaults filled in: the one check of every door.
 * @param given values by the name of the flag.
 * @throws HeredityError `usage` for a flag that is missing, or that means nothing beside the others.
 */
export function completeValues<F extends FlagSet>(
  { flags, modes }: Pick<Command<F>, 'flags' | 'modes'>,
  given: ReadonlyMap<string, unknown>,
): FlagValues<F> {
  const values = Object.fromEntries(
    Object.entries(flags).map(([key, flag]) => [key, given.get(key) ?? flag.defaultValue()]),
  ) as FlagValues<F>;
  const names = new Set(given.keys());
  for (const [key, flag] of Object.entries(flags)) checkPresence(flags, key, flag, names);
  checkModes(flags, modes, values, names);
  return values;
}

/**
 * The values of a form, read as the same texts on a command line are.
 * @throws HeredityError `usage` as {@link completeValues}, for a text that is not what its flag expects, and for a name
 *   that is no flag of the command.
 */
export function valuesOfTexts<F extends FlagSet>(
  command: Pick<Command<F>, 'flags' | 'modes'>,
  texts: FlagTexts,
): FlagValues<F> {
  const given = new Map<string, unknown>();
  for (const [key, text] of Object.entries(texts)) {
    if (!Object.hasOwn(command.flags, key))
      throw new HeredityError('usage', 'the command has no such option', { value: key });
    const flag = command.flags[key];
    const values = [text].flat().map((own) => parseFlag(flagName(key), flag, own));
    if (values.length === 0) continue;
    if (values.length > 1 && !flag.repeatable)
      throw new HeredityError('usage', `${flagName(key)} is given twice`);
    given.set(key, flag.repeatable ? values.flat() : values[0]);
  }
  return completeValues(command, given);
}

/** The words of the command line that says the same as a form, program and command apart. */
export function wordsOfTexts(
  flags: Readonly<Record<string, Pick<Flag<unknown>, 'control'>>>,
  texts: FlagTexts,
): string[] {
  return Object.entries(texts).flatMap(([key, text]) =>
    flags[key].control.kind === 'switch'
      ? [flagName(key)]
      : [text].flat().flatMap((own) => [flagName(key), own]),
  );
}

/** The values under the names that are typed, for the provenance record. */
export function valuesByFlagName(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [flagName(key), value]));
}

/** @throws HeredityError `usage` where a flag and what takes its place are both given, or neither and one is required. */
function checkPresence(flags: FlagSet, key: string, flag: Flag<unknown>, given: ReadonlySet<string>): void {
  const others = instead(flags, key);
  const present = [key, ...others].filter((name) => given.has(name));
  if (others.length > 0 && present.length > 1) {
    throw new HeredityError('usage', `${present.map(flagName).join(' and ')} take the place of each other`, {
      fix: 'give one of them',
    });
  }
  if (!flag.required || present.length > 0) return;
  throw new HeredityError('usage', `${flagTerm(key, flag)} is required: ${flag.help}`, {
    ...(others.length > 0 && { fix: `or give ${others.map(flagName).join(', ')} in its place` }),
  });
}
