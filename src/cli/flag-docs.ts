import { type Flag, flagTerm } from '../options/flags.js';
import type { Command } from './command.js';
import type { CommandEntry } from './commands.js';
import { flagDescription, usage } from './parser.js';

/** The text of docs/commands.md, from the same definitions that `--help` prints. */
export async function commandDocs(entries: readonly CommandEntry[]): Promise<string> {
  const sections: string[] = [];
  for (const entry of entries) sections.push(commandSection(entry, await entry.load()));
  const parts = [
    '# Commands',
    '<!-- Written by scripts/write-command-docs.mjs from the definitions in src/cli; do not edit. -->',
    'Every command prints the same with `heredity <command> --help`.',
    table(
      ['command', 'what it does'],
      entries.map(({ name, summary }) => [`[\`${name}\`](#heredity-${name.replaceAll(' ', '-')})`, summary]),
    ),
    ...sections,
  ];
  return `${parts.join('\n\n')}\n`;
}

function commandSection({ name }: CommandEntry, command: Command): string {
  const { description, flags, outputs = [], examples } = command;
  const parts = [`## heredity ${name}`, description, code(`heredity ${name} ${usage(command)}`)];
  for (const [heading, entries] of byHeading(Object.entries(flags))) {
    parts.push(
      `**${heading}**`,
      table(
        ['flag', 'meaning'],
        entries.map(([key, flag]) => [`\`${flagTerm(key, flag)}\``, flagDescription(flag)]),
      ),
    );
  }
  if (outputs.length > 0) {
    parts.push(
      '**Files written**',
      table(
        ['file', 'holds'],
        outputs.map(({ file, what }) => [`\`${file}\``, what]),
      ),
    );
  }
  parts.push('**Examples**', code(examples.map(({ what, line }) => `# ${what}\n${line}`).join('\n')));
  return parts.join('\n\n');
}

function byHeading(flags: readonly [string, Flag<unknown>][]): Map<string, [string, Flag<unknown>][]> {
  const groups = new Map<string, [string, Flag<unknown>][]>();
  for (const [key, flag] of flags) {
    groups.set(flag.heading, [...(groups.get(flag.heading) ?? []), [key, flag]]);
  }
  return groups;
}

/** A table in Markdown, its columns padded as the formatter of this repository does. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]) => `| ${row.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  return [line(cells[0]), line(widths.map((width) => '-'.repeat(width))), ...cells.slice(1).map(line)].join(
    '\n',
  );
}

function code(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}
