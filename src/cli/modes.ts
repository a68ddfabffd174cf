import { HeredityError } from '../errors.js';
import { type FlagSet, type FlagValues, flagName, instead } from '../options/flags.js';

/**
 * A way of using a command: what its input is, or which of its methods runs. A command with several ways lists them, and
 * each names the flags that mean something in it. The first that holds is the way of a run; a flag that is given and means
 * nothing in it is refused, so that no flag, and no file that a flag names, is ever ignored in silence.
 *
 * @example
 * modes: [
 *   { when: { grm: GIVEN }, flags: ['grm', 'pheno', 'covar', ...keys(runFlags)], needs: ['pheno'] },
 *   { when: {}, flags: ['bfile', 'maf', 'pheno', 'covar', ...keys(runFlags)], needs: ['bfile', 'pheno'] },
 * ]
 */
export interface Mode<F extends FlagSet = FlagSet> {
  /** What must hold, all of it: a flag that was given, or the value that a flag has, by default or not. */
  readonly when: { readonly [K in keyof F]?: FlagValues<F>[K] | typeof GIVEN };
  /** Every flag that means something. */
  readonly flags: readonly (keyof F & string)[];
  /** Flags that cannot be left out. */
  readonly needs?: readonly (keyof F & string)[];
}

/** In {@link Mode.when}: the flag, or one that takes its place, was on the command line, whatever its value. */
export const GIVEN = Symbol('given');

/** The names of a set of flags, for lists of what means something. */
export function keys<F extends FlagSet>(flags: F): (keyof F & string)[] {
  return Object.keys(flags);
}

/** Names of flags but for some of them. */
export function without<K extends string, W extends K>(
  names: readonly K[],
  some: readonly W[],
): Exclude<K, W>[] {
  return names.filter((name): name is Exclude<K, W> => !(some as readonly string[]).includes(name));
}

/**
 * Refuses what means nothing in this run.
 * @param given names of the flags that were on the command line.
 * @throws HeredityError `usage` for a flag that means nothing, or one that is missing.
 */
export function checkModes<F extends FlagSet>(
  flags: F,
  modes: readonly Mode<F>[] | undefined,
  values: FlagValues<F>,
  given: ReadonlySet<string>,
): void {
  const mode = modes?.find((candidate) => holds(flags, candidate, values, given));
  if (modes && mode) {
    const meaningful = new Set<string>(mode.flags);
    for (const key of given) {
      if (meaningful.has(key)) continue;
      throw new HeredityError('usage', `${flagName(key)} means nothing ${inWords(key, mode, modes)}`, {
        fix: `leave it out${whereItMeans(key, mode, modes)}`,
      });
    }
    const isThere = (key: string) => values[key] !== undefined || isGiven(flags, key, given);
    const missing = mode.needs?.find((key) => !isThere(key));
    if (missing !== undefined) {
      const others = instead(flags, missing);
      const ways = modes.filter((other) => isAnotherWay(other, mode, missing, modes));
      throw new HeredityError(
        'usage',
        `${orList([missing, ...others].map(flagName))} is needed${conditionOf(mode) ? ` ${conditionOf(mode)}` : ''}${others.length > 0 ? '' : `: ${flags[missing].help}`}`,
        {
          ...(conditionOf(mode) === '' &&
            ways.length > 0 && {
              fix: `or run ${ways.map((other) => conditionOf(other)).join(', or ')}`,
            }),
        },
      );
    }
  }
  for (const key of given) {
    const { goesWith } = flags[key];
    const partners = goesWith.filter((partner) => Object.hasOwn(flags, partner.split(' ')[0]));
    const isThere = (partner: string) => {
      const [name, value] = partner.split(' ');
      return given.has(name) && (value === undefined || values[name as keyof F] === value);
    };
    if (partners.length > 0 && !partners.some(isThere))
      throw new HeredityError(
        'usage',
        `${flagName(key)} means nothing without ${partners.map(inFlags).join(' or ')}`,
        { fix: `give ${partners.length === 1 ? 'both' : 'one of them too'}, or leave it out` },
      );
  }
}

/** `partition maf-ld` as it is typed: `--partition maf-ld`. */
function inFlags(partner: string): string {
  const [name, ...value] = partner.split(' ');
  return [flagName(name), ...value].join(' ');
}

/** A way to name where a flag is missing: not one that the flag itself makes, nor a special case of one that is named. */
function isAnotherWay<F extends FlagSet>(
  other: Mode<F>,
  mode: Mode<F>,
  missing: string,
  modes: readonly Mode<F>[],
): boolean {
  const own = Object.keys(other.when);
  const isSpecial = modes.some(({ when }) => {
    const keys = Object.keys(when);
    return keys.length > 0 && keys.length < own.length && keys.every((key) => own.includes(key));
  });
  const needsIt = other.needs?.includes(missing) ?? false;
  return other !== mode && own.length > 0 && !own.includes(missing) && !needsIt && !isSpecial;
}

/** `--bfile, --pfile or --vcf` */
function orList(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Whether a flag, or one that takes its place, was on the command line. */
function isGiven(flags: FlagSet, key: string, given: ReadonlySet<string>): boolean {
  return [key, ...instead(flags, key)].some((name) => given.has(name));
}

function holds<F extends FlagSet>(
  flags: F,
  { when }: Mode<F>,
  values: FlagValues<F>,
  given: ReadonlySet<string>,
): boolean {
  return Object.entries(when).every(([key, wanted]) =>
    wanted === GIVEN ? isGiven(flags, key, given) : values[key] === wanted,
  );
}

/** `with --grm`, `with --method monte-carlo`; empty for the way that holds when no other does. */
function conditionOf<F extends FlagSet>({ when }: Mode<F>): string {
  const parts = Object.entries(when).map(([key, wanted]) =>
    wanted === GIVEN || wanted === true ? flagName(key) : `${flagName(key)} ${wanted}`,
  );
  return parts.length === 0 ? '' : `with ${parts.join(' and ')}`;
}

/** Where a flag does mean something: without what makes this way, or with what makes another. */
function whereItMeans<F extends FlagSet>(key: string, mode: Mode<F>, modes: readonly Mode<F>[]): string {
  if (conditionOf(mode) === '') return ''; // the message says it
  const others = modes.filter((other) => other.flags.includes(key) && !Object.hasOwn(other.when, key));
  const [usual] = others.filter((other) => conditionOf(other) === '');
  const [other] = others;
  if (usual) return `; it is for runs ${conditionOf(mode).replace(/^with/, 'without')}`;
  return other ? `; it is for runs ${conditionOf(other)}` : '';
}

/** The condition of a mode; of the last one, that none of those holds in which the flag means something. */
function inWords<F extends FlagSet>(key: string, mode: Mode<F>, modes: readonly Mode<F>[]): string {
  const own = conditionOf(mode);
  if (own !== '') return own;
  const others = modes.filter((other) => other !== mode && other.flags.includes(key));
  const conditions = [...new Set(others.map(conditionOf))].map((text) => text.replace(/^with /, ''));
  return conditions.length === 0 ? 'here' : `without ${conditions.join(' or ')}`;
}
