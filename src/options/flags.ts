import { HeredityError } from '../errors.js';

/**
 * One definition per flag. The parser, `--help`, docs/commands.md, validation and the provenance record all read it.
 *
 * @example
 * const flags = defineFlags({
 *   bfile: path('prefix of a PLINK 1 file set', { required: true, heading: 'Input' }),
 *   maf: number('drop variants with a lower minor allele frequency', { min: 0, max: 0.5, heading: 'Variants' }),
 * });
 * type Values = FlagValues<typeof flags>; // { bfile: string; maf: number | undefined }
 */
export interface Flag<T> {
  /** Shown after the flag, as `<number>`; undefined for a boolean flag, which takes no value. */
  readonly placeholder: string | undefined;
  /** Completes "expected …" in the message about a bad value. */
  readonly expected: string;
  /** What the flag does, with units; starts in lower case, ends without a full stop. */
  readonly help: string;
  /** Title under which `--help` lists the flag. */
  readonly heading: string;
  readonly required: boolean;
  /** May be given several times; the values are joined. */
  readonly repeatable: boolean;
  /**
   * Names of flags without which this one means nothing; one of them is enough. Empty where it stands alone. A name may have a
   * value behind it, `partition maf-ld`, where the other flag has to have that.
   */
  readonly goesWith: readonly string[];
  /** Names of flags whose place this one takes: where they are needed it will do, and it is not given beside them. */
  readonly insteadOf: readonly string[];
  /** Other spellings, as in other programs: `--pop-prev`. */
  readonly aliases: readonly string[];
  /** The default in words, or undefined where there is none. */
  readonly defaultText: string | undefined;
  /** The default, computed when a command starts (it may depend on the machine). */
  readonly defaultValue: () => T;
  /** How a form asks for the value. */
  readonly control: Control;
  /** Values that are known beforehand, all or some of them: what a shell completes. Of a list, its members. */
  readonly words: readonly string[];
  /** The value of one `--flag text`, or undefined where the text is not what was expected. */
  readonly parse: (text: string) => T | undefined;
}

/** What a form shows for a flag, and what a door has to know that lets others than its user choose values. */
export type Control =
  | { readonly kind: 'switch' | 'text' | 'size' }
  | { readonly kind: 'number'; readonly range: Range; readonly isWhole: boolean }
  | { readonly kind: 'choice'; readonly words: readonly string[] }
  /** Names of files, or prefixes of names; with `orWords` the value may be something else as well, such as `chromosome`. */
  | { readonly kind: 'file'; readonly several: boolean; readonly orWords: boolean };

/** Flags by name; the name `phenoName` is typed `--pheno-name`. */
export type FlagSet = Readonly<Record<string, Flag<unknown>>>;

/** What a command receives: every flag, defaults filled in; undefined only for optional flags without a default. */
export type FlagValues<F extends FlagSet> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

interface Options<T> {
  /** The text may be the name of a file, too. */
  readonly mayBeFile?: boolean;
  /** Values that are known beforehand, for a shell to complete. */
  readonly words?: readonly string[];
  /** @default 'Options' */
  readonly heading?: string;
  readonly required?: boolean;
  readonly default?: T | (() => T);
  /** The default in words; needed where it is computed or the value does not print well. */
  readonly defaultText?: string;
  readonly placeholder?: string;
  /** Names (not spellings) of flags without which this one means nothing; one of them is enough. */
  readonly goesWith?: readonly string[];
  /** Names of flags whose place this one takes. */
  readonly insteadOf?: readonly string[];
  /** Other spellings that are taken: `--pop-prev`. */
  readonly aliases?: readonly string[];
}

/** T where a value always is there, else T or undefined. */
type Presence<T, O> = O extends { required: true } | { default: unknown } ? T : T | undefined;

/** Checks the names and returns the flags as they are, with their exact types. */
export function defineFlags<const F extends FlagSet>(flags: F): F {
  for (const name of Object.keys(flags)) {
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name) || /^no[A-Z]/.test(name)) {
      throw new HeredityError(
        'internal',
        `flag name ${JSON.stringify(name)} cannot be typed on a command line`,
      );
    }
  }
  return flags;
}

/** Flags that other tools spell as no rule does, by the name that they have here. */
const SPELLED_ELSEWHERE: Readonly<Record<string, string>> = {
  bK: '--bK',
  makeBK: '--make-bK',
  fixedAtNull: '--no-intercept',
  countAllSnps: '--not-M-5-50',
  snpCounts: '--M',
  uncheckedAlleles: '--no-check-alleles',
  uncheckedMedian: '--no-check-median',
  withoutAlleles: '--no-alleles',
  givenSampleSize: '--N',
  sampleSizeColumn: '--N-col',
  caseCount: '--N-cas',
  caseCountColumn: '--N-cas-col',
  controlCount: '--N-con',
  controlCountColumn: '--N-con-col',
  withoutOpening: '--no-open',
};

/** `phenoName` as it is typed: `--pheno-name`. */
export function flagName(key: string): string {
  if (Object.hasOwn(SPELLED_ELSEWHERE, key)) return SPELLED_ELSEWHERE[key];
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `--maf <fraction>` */
export function flagTerm(key: string, flag: Flag<unknown>): string {
  return flag.placeholder === undefined ? flagName(key) : `${flagName(key)} <${flag.placeholder}>`;
}

/** `--pheno-name` is the option `phenoName`. */
export function optionKey(spelled: string): string {
  const elsewhere = Object.entries(SPELLED_ELSEWHERE).find(([, own]) => own === spelled);
  if (elsewhere) return elsewhere[0];
  return spelled.slice(2).replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The same flag, no longer optional. */
export function required<T>(flag: Flag<T>): Flag<Exclude<T, undefined>> {
  return { ...flag, required: true } as unknown as Flag<Exclude<T, undefined>>;
}

/** The same flag with another default. */
export function withDefault<T>(flag: Flag<T>, value: Exclude<T, undefined>): Flag<Exclude<T, undefined>> {
  const changed = { ...flag, defaultValue: () => value, defaultText: String(value) };
  return changed as unknown as Flag<Exclude<T, undefined>>;
}

/** The same flag, which has to be given unless another takes its place. */
export function requiredOrInstead<T>(flag: Flag<T>): Flag<T> {
  return { ...flag, required: true };
}

/** The same flag without its default. @param text what holds where it is not given. */
export function withoutDefault<T>(flag: Flag<T>, text: string): Flag<T | undefined> {
  return { ...flag, defaultText: text, defaultValue: () => undefined };
}

/** Flags that take the place of one. */
export function instead(flags: FlagSet, key: string): string[] {
  return Object.keys(flags).filter((name) => flags[name].insteadOf.includes(key));
}

/** Any text that is not empty. */
export function string<O extends Options<string>>(help: string, options?: O): Flag<Presence<string, O>> {
  return define(
    help,
    { placeholder: 'text', expected: 'a text that is not empty', parse: notEmpty, control: { kind: 'text' } },
    options,
  );
}

/** A file, or a prefix of files; whether it is there is for its reader to say. */
export function path<O extends Options<string>>(help: string, options?: O): Flag<Presence<string, O>> {
  const kind = { placeholder: 'file', expected: 'a file name', parse: notEmpty };
  return define(help, { ...kind, control: { kind: 'file', several: false, orWords: false } }, options);
}

/** Files, or prefixes of files, separated by commas; a repeated flag adds to the list. */
export function paths<O extends Options<readonly string[]>>(
  help: string,
  options?: O,
): Flag<Presence<readonly string[], O>> {
  const flag = list(help, { placeholder: 'files', ...options } as Options<readonly string[]> & O);
  return { ...flag, control: { kind: 'file', several: true, orWords: false } };
}

/** Files that may stand by themselves on the command line, and have commas in their names; a repeated flag adds to the list. */
export function files<O extends Options<readonly string[]>>(
  help: string,
  options?: O,
): Flag<Presence<readonly string[], O>> {
  const flag = list(help, { placeholder: 'file', ...options } as Options<readonly string[]> & O);
  return {
    ...flag,
    expected: 'a file name',
    control: { kind: 'file', several: false, orWords: false },
    parse: (text) => (text === '' ? undefined : ([text] as Presence<readonly string[], O>)),
  };
}

export interface Range {
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
}

/** A finite number between min and max, ends included. */
export function number<O extends Options<number> & Range>(
  help: string,
  options?: O,
): Flag<Presence<number, O>> {
  const expected = `a number${inWords(options)}`;
  return define(
    help,
    {
      placeholder: 'number',
      expected,
      parse: (text) => parseNumber(text, options),
      control: { kind: 'number', range: rangeOf(options), isWhole: false },
    },
    options,
  );
}

/** A whole number between min and max, ends included; `1e6` is one. */
export function integer<O extends Options<number> & Range>(
  help: string,
  options?: O,
): Flag<Presence<number, O>> {
  const parse = (text: string) => {
    const value = parseNumber(text, options);
    return Number.isSafeInteger(value) ? value : undefined;
  };
  return define(
    help,
    {
      placeholder: 'integer',
      expected: `a whole number${inWords(options)}`,
      parse,
      control: { kind: 'number', range: rangeOf(options), isWhole: true },
    },
    options,
  );
}

/** A number from 0 to 1, or within `min` and `max` where those are narrower. */
export function fraction<O extends Options<number> & Range>(
  help: string,
  options?: O,
): Flag<Presence<number, O>> {
  return number(help, { min: 0, max: 1, placeholder: 'fraction', ...options } as Options<number> & Range & O);
}

const MEMORY_UNITS = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** A memory size such as `8GB`, `512MiB` or a plain number of bytes; the value is in bytes. */
export function memorySize<O extends Options<number>>(help: string, options?: O): Flag<Presence<number, O>> {
  const parse = (text: string) => {
    const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?I?B?)$/i.exec(text.trim());
    if (!match) return undefined;
    const letters = match[2].toUpperCase();
    const unit = letters.endsWith('B') ? letters : `${letters}B`;
    const bytes = Math.floor(
      Number(match[1]) * (MEMORY_UNITS[unit as keyof typeof MEMORY_UNITS] ?? Number.NaN),
    );
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
  };
  const expected = 'a memory size such as 8GB or 512MiB';
  return define(help, { placeholder: 'size', expected, parse, control: { kind: 'size' } }, options);
}

/** One of a few words. */
export function choice<const C extends readonly string[], O extends Options<C[number]>>(
  help: string,
  words: C,
  options?: O,
): Flag<Presence<C[number], O>> {
  const parse = (text: string) => words.find((word) => word === text);
  return define(
    help,
    {
      placeholder: words.join('|'),
      expected: `one of ${words.join(', ')}`,
      parse,
      control: { kind: 'choice', words },
    },
    options,
  );
}

/** Names separated by commas; a repeated flag adds to the list. */
export function list<O extends Options<readonly string[]>>(
  help: string,
  options?: O,
): Flag<Presence<readonly string[], O>> {
  const parse = (text: string): readonly string[] | undefined => {
    const names = text.split(',').map((name) => name.trim());
    return names.every((name) => name !== '') ? names : undefined;
  };
  const expected = 'names separated by commas';
  const kind = { placeholder: 'names', expected, parse, repeatable: true };
  return define(help, { ...kind, control: { kind: 'text' } }, options);
}

/** A switch, off unless it is given; name it for what it turns on. */
export function boolean(
  help: string,
  options: Pick<Options<boolean>, 'heading' | 'goesWith'> = {},
): Flag<boolean> {
  const control = { kind: 'switch' } as const;
  const kind = { placeholder: undefined, expected: 'no value', parse: () => true, control };
  const flag = define<boolean, { default: boolean }>(help, kind, { ...options, default: false });
  return { ...flag, defaultText: undefined };
}

/**
 * Reads one value.
 * @throws HeredityError `usage`, such as: --maf: expected a number from 0 to 0.5, found "x".
 */
export function parseFlag<T>(name: string, flag: Flag<T>, text: string): T {
  const value = flag.parse(text);
  if (value !== undefined) return value;
  throw new HeredityError('usage', `${name}: expected ${flag.expected}, found ${JSON.stringify(text)}`);
}

interface Kind<T> {
  readonly placeholder: string | undefined;
  readonly expected: string;
  readonly parse: (text: string) => T | undefined;
  readonly repeatable?: boolean;
  readonly control: Control;
}

function define<T, O extends Options<T>>(help: string, kind: Kind<T>, options?: O): Flag<Presence<T, O>> {
  const { default: fallback } = options ?? {};
  const defaultValue = typeof fallback === 'function' ? (fallback as () => T) : () => fallback as T;
  const flag = {
    placeholder: kind.placeholder && (options?.placeholder ?? kind.placeholder),
    expected: kind.expected,
    help,
    heading: options?.heading ?? 'Options',
    required: options?.required ?? false,
    repeatable: kind.repeatable ?? false,
    goesWith: options?.goesWith ?? [],
    insteadOf: options?.insteadOf ?? [],
    aliases: options?.aliases ?? [],
    defaultText: options?.defaultText ?? (fallback === undefined ? undefined : String(fallback)),
    defaultValue,
    control: options?.mayBeFile ? FILE_OR_WORDS : kind.control,
    words: options?.words ?? (kind.control.kind === 'choice' ? kind.control.words : []),
    parse: kind.parse,
  };
  return flag as unknown as Flag<Presence<T, O>>;
}

const FILE_OR_WORDS: Control = { kind: 'file', several: false, orWords: true };

function rangeOf({ min, max }: Range = {}): Range {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function notEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function parseNumber(text: string, range: Range = {}): number | undefined {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = range;
  return value >= min && value <= max ? value : undefined;
}

function inWords({ min, max }: Range = {}): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

/** @returns every flag at its default, as a command receives them where nothing is given. */
export function defaultsOf<F extends FlagSet>(flags: F): FlagValues<F> {
  return Object.fromEntries(
    Object.entries(flags).map(([key, flag]) => [key, flag.defaultValue()]),
  ) as FlagValues<F>;
}
