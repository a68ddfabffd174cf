import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { Answered, parseFlags } from '../../src/cli/parser.js';
import { METHOD_FACTS } from '../../src/methods/facts.js';
import { type Flag, flagName } from '../../src/options/flags.js';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const PAGES = [
  'README.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('decisions/'))
    .map((name) => `docs/${name}`),
];

/** Command lines in blocks of shell, and in code within a line. */
function commandLines(page: string): string[] {
  const text = read(page);
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

/** Words of a shell, as far as the documents go: quotes, a pipe or a file behind a line, and variables. */
function wordsOf(line: string): string[] {
  const [command] = line.split(/\s(?:\||>|2>|&)\s?/) as [string];
  return Array.from(command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g), ([word]) =>
    word.replaceAll(/['"]/g, ''),
  );
}

/** Lines of blocks of shell with their comments taken off. */
function blockLines(page: string): string[] {
  return [...read(page).matchAll(/^```(?:sh|bash)\n(.*?)^```/gms)]
    .flatMap(([, lines]) => lines!.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .map((line) =>
      line
        .replace(/\s#\s.*/, '')
        .trim()
        .replace(/^npx /, ''),
    )
    .filter((line) => /^heredity [a-z]/.test(line));
}

/**
 * Lines that are never run by a test, as their files are the reader's own (and so are the results that they would print): the real parser
 * takes them, with modes and values. Those of docs/quick-start.md are run (test/docs/quick-start.test.ts); docs/commands.md has the examples
 * of the commands, which test/cli/flag-docs.test.ts parses too.
 */
const RUN_ELSEWHERE = new Set(['docs/quick-start.md']);
/** What only the machine of the reader has. */
const NEEDS_THE_READERS = /names a reference set that is not on this machine yet/;

test('every command line in a block of shell is one that the command takes, or is run by a test', async () => {
  const commands = new Map(allCommands().map((entry) => [entry.name, entry]));
  const streams = { stdout: { write: () => undefined }, stderr: { write: () => undefined } };
  const wrong: string[] = [];
  let parsed = 0;
  for (const page of PAGES.filter((name) => !RUN_ELSEWHERE.has(name))) {
    for (const line of blockLines(page)) {
      const words = wordsOf(line).slice(1);
      const entry = commands.get(words.slice(0, 2).join(' ')) ?? commands.get(words[0]!);
      if (/[<…]|\[flags\]/.test(line)) continue; // how a command is called in general
      if (!entry) {
        wrong.push(`${page}: ${line}: no such command`);
        continue;
      }
      try {
        parseFlags(words.slice(entry.name.split(' ').length), entry.name, await entry.load(), streams);
      } catch (error) {
        if (!(error instanceof Answered) && !NEEDS_THE_READERS.test(String(error)))
          wrong.push(`${page}: ${line}: ${String(error)}`);
      }
      parsed++;
    }
  }
  expect(wrong).toEqual([]);
  expect(parsed).toBeGreaterThan(250);
});

test('docs/citing.md has the paper of every method', () => {
  const page = read('docs/citing.md');
  for (const [name, { citation }] of Object.entries(METHOD_FACTS)) {
    expect(page, name).toContain(citation);
    expect(page, name).toMatch(name.startsWith('sumher-') ? /`sumher-\*`/ : new RegExp(`\`${name}\``));
  }
});
