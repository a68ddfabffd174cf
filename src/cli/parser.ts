import * as commander from 'commander';
import { HeredityError } from '../errors.js';
import { type Flag, type FlagSet, type FlagValues, flagName, flagTerm, parseFlag } from '../options/flags.js';
import { VERSION } from '../provenance.js';
import type { Command } from './command.js';
import type { CommandEntry } from './commands.js';
import type { TextStream } from './progress-line.js';
import { lookUpSets } from './ref/reference-facts.js';
import { resolveReference, setOfPath } from './ref/store.js';
import { completeValues } from './values.js';
import { whyWhole } from './whole-commands.js';

lookUpSets(setOfPath);

/** Where help and version are printed. */
export interface ParserStreams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

/** Thrown after help or version was printed: there is nothing left to do. */
export class Answered {
  constructor(readonly exitCode: number) {}
}

/**
 * Finds the command that the words name, and the words that are left for it.
 * @throws HeredityError `usage` for an unknown command, {@link Answered} after help or version.
 */
export function chooseCommand(
  words: readonly string[],
  entries: readonly CommandEntry[],
  streams: ParserStreams,
): { entry: CommandEntry; rest: string[] } {
  let chosen: { entry: CommandEntry; rest: string[] } | undefined;
  const program = configure(new commander.Command('heredity'), streams)
    .usage('<command> [flags]')
    .description(
      'SNP-heritability from biobank-scale genotypes: fast, model-free, and comparable across estimators.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .configureHelp({ ...HELP_STYLE, visibleCommands: leaves, subcommandTerm: fullName })
    .addHelpText('after', '\n"heredity <command> --help" explains a command, its flags and its files.');
  for (const entry of entries) {
    const names = entry.name.split(' ');
    const parent = names.length === 1 ? program : subcommand(program, names[0], streams);
    // commander orders groups by the commands at the top, of which `ld` or `gap` is one
    if (parent !== program) parent.helpGroup(`${entry.group}:`);
    subcommand(parent, names.at(-1)!, streams)
      .summary(entry.summary)
      .helpGroup(`${entry.group}:`)
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action((_values, stub: commander.Command) => {
        chosen = { entry, rest: stub.args };
      });
  }
  const [first, ...others] = words;
  answering('"heredity --help" lists the commands', () =>
    program.parse(first === 'help' ? [...others, '--help'] : [...words], { from: 'user' }),
  );
  return chosen!;
}

/**
 * Reads a command's flags, with defaults filled in.
 * @throws HeredityError `usage` for a flag that is unknown, missing, given twice or has a bad value; {@link Answered}
 * after `--help`.
 */
export function parseFlags<F extends FlagSet>(
  words: readonly string[],
  name: string,
  command: Command<F>,
  streams: ParserStreams,
): FlagValues<F> {
  const parser = configure(new commander.Command(`heredity ${name}`), streams)
    .usage(usage(command))
    .description(command.description)
    .helpOption(false)
    .allowExcessArguments()
    .configureHelp(HELP_STYLE)
    .addHelpText('after', () => afterFlags(command));
  const options = new Map(
    Object.entries(command.flags).map(([key, flag]) => [key, commanderOption(key, flag)] as const),
  );
  for (const option of options.values()) parser.addOption(option);
  parser.addHelpOption(new commander.Option('-h, --help', 'print this help').helpGroup('Help:'));
  const hint = `"heredity ${name} --help" lists the flags`;
  refuseParts(words, name, command.flags);
  answering(hint, () => parser.parse(withoutAliases(words, command.flags), { from: 'user' }));
  const parsed = parser.opts();
  const isOpen = (name: string) => command.flags[name].repeatable || !Object.hasOwn(parsed, name);
  const places = argumentsOf(command).filter(isOpen);
  const last = places.at(-1);
  const takesRest = last !== undefined && command.flags[last].repeatable;
  const unexpected = takesRest ? undefined : parser.args[places.length];
  if (unexpected !== undefined)
    throw new HeredityError('usage', `unexpected argument ${JSON.stringify(unexpected)}`, { fix: hint });
  for (const [i, word] of parser.args.entries()) {
    const place = places[Math.min(i, places.length - 1)];
    const value = parseFlag(flagName(place), command.flags[place], word);
    parsed[place] = command.flags[place].repeatable
      ? [...((parsed[place] as unknown[]) ?? []), ...(value as unknown[])]
      : value;
  }

  const given = new Map<string, unknown>();
  for (const [key, option] of options) {
    const value = givenValue(option, parsed);
    const { control } = command.flags[key];
    const isName = control.kind === 'file' && !control.orWords;
    if (value !== undefined) given.set(key, isName ? named(value) : value);
  }
  return completeValues(command, given);
}

/** Who divides a run among machines is told which command cannot be, and not that there is no such flag. */
function refuseParts(words: readonly string[], name: string, flags: FlagSet): void {
  const asked = words.some((word) => /^--parts?(=|$)/.test(word));
  if (!asked || 'parts' in flags) return;
  const { because, instead } = whyWhole(name);
  throw new HeredityError('usage', `the work of heredity ${name} cannot be divided into parts${because}`, {
    fix: `run it on one machine, without --parts and --part${instead}`,
  });
}

/** The words with other spellings of flags replaced by ours: `--pop-prev 0.1` is `--prevalence 0.1`. */
function withoutAliases(words: readonly string[], flags: FlagSet): string[] {
  const own = new Map(
    Object.entries(flags).flatMap(([key, { aliases }]) => aliases.map((alias) => [alias, flagName(key)])),
  );
  return words.map((word) => {
    const [name, ...value] = word.split('=');
    const ours = own.get(name);
    return ours === undefined ? word : [ours, ...value].join('=');
  });
}

/** Paths in the place of names of reference sets, in a value or in each of several. */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  return typeof value === 'string' ? resolveReference(value) : value;
}

/** What was given for an option; commander takes `--no-x` for the denial of an `x` that is true by default. */
function givenValue(option: commander.Option, given: Readonly<Record<string, unknown>>): unknown {
  const value = given[option.attributeName()];
  if (!option.negate) return value;
  return value === false ? true : undefined;
}

/** What the flag does, and its default. */
export function flagDescription(flag: Flag<unknown>): string {
  const facts = [
    flag.required ? 'required' : undefined,
    flag.repeatable ? 'may be repeated' : undefined,
    flag.aliases.length > 0 ? `also ${flag.aliases.join(', ')}` : undefined,
    flag.defaultText === undefined ? undefined : `default: ${flag.defaultText}`,
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? flag.help : `${flag.help} (${facts.join('; ')})`;
}

const argumentsOf = ({ argument }: Pick<Command, 'argument'>): string[] => [argument ?? []].flat();

/** `--bfile <prefix> [flags]`, `[code] [flags]` */
export function usage(command: Pick<Command, 'flags' | 'argument'>): string {
  const { flags } = command;
  const places = argumentsOf(command);
  const needed = Object.entries(flags).filter(([key, flag]) => flag.required && !places.includes(key));
  const own = places.map((name) => argumentTerm(flags[name]));
  return [...own, ...needed.map(([key, flag]) => flagTerm(key, flag)), '[flags]'].join(' ');
}

/** `[code]`, `<file> …` */
function argumentTerm({ placeholder, required, repeatable }: Flag<unknown>): string {
  return `${required ? `<${placeholder}>` : `[${placeholder}]`}${repeatable ? ' …' : ''}`;
}

const HELP_STYLE: commander.HelpConfiguration = { sortOptions: false, sortSubcommands: false };

function configure(command: commander.Command, { stdout, stderr }: ParserStreams): commander.Command {
  return command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 110),
      getErrHelpWidth: () => Math.min(stderr.columns ?? 100, 110),
    });
}

/** The subcommand of that name, made where it is not there yet. */
function subcommand(parent: commander.Command, name: string, streams: ParserStreams): commander.Command {
  const found = parent.commands.find((command) => command.name() === name);
  if (found) return found;
  const made = configure(new commander.Command(name), streams);
  made.configureHelp({ ...HELP_STYLE, subcommandTerm: fullName });
  parent.addCommand(made);
  return made;
}

function leaves(command: commander.Command): commander.Command[] {
  return command.commands.flatMap((child) => (child.commands.length > 0 ? leaves(child) : [child]));
}

function fullName(command: commander.Command): string {
  const { parent } = command;
  return parent?.parent ? `${fullName(parent)} ${command.name()}` : command.name();
}

function commanderOption(key: string, flag: Flag<unknown>): commander.Option {
  const option = new commander.Option(flagTerm(key, flag), flagDescription(flag)).helpGroup(
    `${flag.heading}:`,
  );
  if (flag.placeholder === undefined) return option;
  return option.argParser((text: string, previous: unknown) => {
    const name = flagName(key);
    if (/^--[a-z]/.test(text)) {
      throw new HeredityError('usage', `${name}: expected ${flag.expected}, found the flag ${text}`);
    }
    const value = parseFlag(name, flag, text);
    if (previous === undefined) return value;
    if (flag.repeatable) return [...(previous as unknown[]), ...(value as unknown[])];
    throw new HeredityError('usage', `${name} is given twice`);
  });
}

function afterFlags({ outputs = [], examples }: Command): string {
  const lines: string[] = [];
  if (outputs.length > 0) {
    const width = Math.max(...outputs.map(({ file }) => file.length));
    lines.push('', 'Files written:', ...outputs.map(({ file, what }) => `  ${file.padEnd(width)}  ${what}`));
  }
  lines.push('', 'Examples:', ...examples.flatMap(({ what, line }) => [`  # ${what}`, `  ${line}`]));
  return lines.join('\n');
}

/** Runs the parser, and puts its complaints in our own terms. */
function answering(hint: string, parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof commander.CommanderError)) throw error;
    if (error.exitCode === 0) throw new Answered(0);
    // commander.help: a command is missing, and the list of commands has been printed
    if (error.code === 'commander.help') throw new Answered(2);
    const [problem, suggestion] = error.message.replace(/^error: /, '').split('\n');
    throw new HeredityError(
      'usage',
      problem.replace(/^option /, 'flag ').replace('unknown option', 'unknown flag'),
      {
        fix: suggestion?.replace(/^\((.*)\)$/, '$1') ?? hint,
      },
    );
  }
}
