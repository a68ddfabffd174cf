import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { commandDocs } from '../../src/cli/flag-docs.js';
import { flagTerm } from '../../src/options/flags.js';

const page = await commandDocs(allCommands());

test('docs/commands.md is what the definitions say (else: npm run build && node scripts/write-command-docs.mjs)', () => {
  expect(readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8')).toBe(page);
});

test('every command and every flag is there, and has a help text, an example and known words', async () => {
  for (const entry of allCommands()) {
    const { description, flags, examples } = await entry.load();
    expect(page).toContain(`## heredity ${entry.name}\n`);
    expect(description, entry.name).toMatch(/^[A-Z].*\.$/s);
    expect(entry.summary, entry.name).toMatch(/^[a-zA-Z].*[^.]$/);
    expect(examples.length, entry.name).toBeGreaterThan(0);
    for (const { line } of examples) expect(line).toMatch(new RegExp(`^(npx )?heredity ${entry.name}( |$)`));
    for (const [key, flag] of Object.entries(flags)) {
      expect(page).toContain(`\`${flagTerm(key, flag).replaceAll('|', '\\|')}\``);
      expect(flag.help, `${entry.name} ${key}`).toMatch(/^\S.*[^.\s]$/);
    }
  }
});

test('examples parse', async () => {
  const { parseFlags } = await import('../../src/cli/parser.js');
  const streams = { stdout: { write: () => undefined }, stderr: { write: () => undefined } };
  for (const entry of allCommands()) {
    const command = await entry.load();
    for (const { line } of command.examples) {
      const words = line
        .replace(/^npx /, '')
        .split(/\s+/)
        .slice(1 + entry.name.split(' ').length);
      expect(() => parseFlags(words, entry.name, command, streams), line).not.toThrow();
    }
  }
});
