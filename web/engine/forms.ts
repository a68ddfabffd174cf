import type { Command } from '../../src/cli/command.js';
import { allCommands } from '../../src/cli/commands.js';
import { GIVEN } from '../../src/cli/modes.js';
import { DECIDED_BY_PAGE, pageCommands } from '../../src/cli/page/page-commands.js';
import { type Control, flagName } from '../../src/options/flags.js';

/** A command as a form asks for it: its flags as data, which can be sent from a worker. */
export interface Form {
  readonly command: string;
  readonly summary: string;
  readonly description: string;
  readonly fields: readonly Field[];
  readonly modes: readonly FormMode[];
  readonly example: string | undefined;
  /** Whether it can say what it would do before it does it. */
  readonly hasPlan: boolean;
}

export interface Field {
  readonly key: string;
  /** As it is typed: `--pheno-name`. */
  readonly name: string;
  readonly help: string;
  readonly heading: string;
  readonly isRequired: boolean;
  readonly placeholder: string | undefined;
  readonly defaultText: string | undefined;
  readonly control: Control;
  readonly goesWith: readonly string[];
  readonly insteadOf: readonly string[];
}

/** A way of using the command (src/cli/modes.ts). */
export interface FormMode {
  /** Fields that must be filled in, or have a value, for the command to be used this way. */
  readonly when: readonly { readonly key: string; readonly value: string | undefined }[];
  readonly keys: readonly string[];
  readonly needs: readonly string[];
}

export interface CommandSummary {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
}

/** What a page offers: every command that turns files into results. */
export function commandSummaries(): CommandSummary[] {
  return pageCommands(allCommands()).map(({ name, group, summary }) => ({ name, group, summary }));
}

/** @returns undefined for a command that the page does not offer. */
export async function loadPageCommand(name: string): Promise<Command | undefined> {
  return pageCommands(allCommands())
    .find((entry) => entry.name === name)
    ?.load();
}

export async function formOf(name: string): Promise<Form | undefined> {
  const entry = pageCommands(allCommands()).find((own) => own.name === name);
  if (entry === undefined) return undefined;
  const { description, flags, modes = [], examples } = await entry.load();
  return {
    command: name,
    summary: entry.summary,
    description,
    hasPlan: Object.hasOwn(flags, 'plan'),
    example: examples[0]?.line,
    fields: Object.entries(flags)
      .filter(([key]) => key !== 'plan' && !DECIDED_BY_PAGE.has(key))
      .map(([key, flag]) => ({
        key,
        name: flagName(key),
        help: flag.help,
        heading: flag.heading,
        isRequired: flag.required,
        placeholder: flag.placeholder,
        defaultText: flag.defaultText,
        control: flag.control,
        goesWith: flag.goesWith,
        insteadOf: flag.insteadOf,
      })),
    modes: modes.map(({ when, flags: keys, needs = [] }) => ({
      when: Object.entries(when).map(([key, wanted]) => ({
        key,
        value: wanted === GIVEN ? undefined : wanted === true ? '' : String(wanted),
      })),
      keys,
      needs,
    })),
  };
}
