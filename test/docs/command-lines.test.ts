import { expect, test } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { METHOD_FACTS } from '../../src/methods/facts.js';
import { type Flag, flagName } from '../../src/options/flags.js';
import { PAGES, readPage } from './shell-lines.js';

/** Command lines in blocks of shell, and in code within a line. */
function commandLines(page: string): string[] {
  const text = readPage(page);
  const blocks = [...text.matchAll(/^```(?:sh|bash)\n(.*?)^```/gms)]
    .flatMap(([, lines]) => lines!.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.split(/&&|\s#\s/));
  const inline = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...blocks, ...inline]
    .map((line) => line.trim().replace(/^npx /, ''))
    .filter((line) => /^heredity [a-z]/.test(line));
}

test('every command line in the documents has a command and flags that there are', async () => {
  const commands = new Map(allCommands().map((entry) => [entry.name, entry]));
  const wrong: string[] = [];
  let checked = 0;
  for (const page of PAGES) {
    for (const line of commandLines(page)) {
      const [, first, second] = line.split(/\s+/) as [string, string, string | undefined];
      const entry = commands.get(`${first} ${second}`) ?? commands.get(first);
      if (!entry) {
        if (!/[<…]/.test(line) && !allCommands().some(({ name }) => name.startsWith(`${first} `)))
          wrong.push(`${page}: ${line}`);
        continue;
      }
      const flags = Object.entries((await entry.load()).flags as Record<string, Flag<unknown>>);
      const known = new Set(
        flags.flatMap(([name, { aliases = [] }]) => [
          flagName(name),
          ...aliases.map((alias) => `--${alias}`),
        ]),
      );
      for (const own of ['--help', '--version', '--quiet', '--out']) known.add(own);
      const unknown = [...line.matchAll(/(?<=\s)--[a-z][\w-]*/g)].filter(([flag]) => !known.has(flag));
      if (unknown.length > 0) wrong.push(`${page}: ${line}: ${unknown.join(' ')}`);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});

test('docs/citing.md has the paper of every method', () => {
  const page = readPage('docs/citing.md');
  for (const [name, { citation }] of Object.entries(METHOD_FACTS)) {
    expect(page, name).toContain(citation);
    expect(page, name).toMatch(name.startsWith('sumher-') ? /`sumher-\*`/ : new RegExp(`\`${name}\``));
  }
});
