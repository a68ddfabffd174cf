import { type Flag, flagName } from '../../options/flags.js';
import type { CommandEntry } from '../commands.js';
import { REFERENCE_SETS } from '../ref/sets.js';

/** What a shell can complete of a command. */
export interface CommandCompletion {
  /** One word or two: `gre`, `ld scores`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly ValueCompletion[];
  /** The values that may stand by themselves, the last of them as often as it likes where it is repeated. */
  readonly places: readonly ValueCompletion[];
}

export interface ValueCompletion {
  /** As it is typed, `--pheno-name`. */
  readonly flag: string;
  readonly help: string;
  readonly takesValue: boolean;
  readonly isRepeatable: boolean;
  /** Several words or files stand in one value, with commas between them. */
  readonly isList: boolean;
  readonly words: readonly string[];
  /** The value names files, or files of which it is the beginning: then the end that it leaves out, such as `.bed`. */
  readonly files: boolean | `.${string}`;
}

/** Flags whose value is the name of a file without its end. */
const PREFIXES: Readonly<Record<string, `.${string}`>> = {
  bfile: '.bed',
  pfile: '.pgen',
  grm: '.grm.bin',
};

/** What every command takes besides its own flags. */
const HELP: ValueCompletion = {
  flag: '--help',
  help: 'print this help',
  takesValue: false,
  isRepeatable: false,
  isList: false,
  words: [],
  files: false,
};

/** The completions of every command, from its definition. */
export async function completionsOf(entries: readonly CommandEntry[]): Promise<CommandCompletion[]> {
  return Promise.all(
    entries.map(async ({ name, summary, load }) => {
      const { flags, argument = [] } = await load();
      const own = Object.entries(flags).map(([key, flag]) => completionOf(key, flag));
      const places = [argument].flat().map((key) => completionOf(key, flags[key]));
      return { name, summary, flags: [...own, HELP], places };
    }),
  );
}

function completionOf(key: string, flag: Flag<unknown>): ValueCompletion {
  const { control, repeatable } = flag;
  const name = flagName(key);
  const sets = REFERENCE_SETS.filter(({ flags }) => flags.includes(name)).map((set) => set.name);
  return {
    flag: name,
    help: flag.help,
    takesValue: flag.placeholder !== undefined,
    isRepeatable: repeatable,
    isList: repeatable,
    words: [...flag.words, ...sets],
    files: control.kind === 'file' && (PREFIXES[key] ?? true),
  };
}

/** First words of the names of commands, each once, with the summary of the command or how many there are. */
export function firstWords(commands: readonly CommandCompletion[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [word, second] = name.split(' ');
    if (second === undefined) first.set(word, summary);
    else if (!first.has(word)) first.set(word, `${secondWords(commands, word).size} commands`);
  }
  return first;
}

/** The second words behind a first one, with their summaries. */
export function secondWords(commands: readonly CommandCompletion[], first: string): Map<string, string> {
  return new Map(
    commands
      .filter(({ name }) => name.startsWith(`${first} `))
      .map(({ name, summary }) => [name.slice(first.length + 1), summary]),
  );
}

/** First words that a second one follows. */
export const families = (commands: readonly CommandCompletion[]): string[] => [
  ...new Set(commands.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0])),
];

/** A text in single quotes, as bash and zsh read it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
