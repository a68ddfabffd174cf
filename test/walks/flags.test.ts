import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { GIVEN, type Mode } from '../../src/cli/modes.js';
import { type Flag, flagName } from '../../src/options/flags.js';
import { heredity } from '../cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-flags-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file that is not there: a run that ends otherwise than by that has not looked for it. */
const NOWHERE = join(folder, 'nowhere');
const PLAUSIBLE = [NOWHERE, '1', '0.5', '2', '100', '1e-6', '-1', 'a', 'a=1', '1MB', 'a,0'];

/** A flag with a value that its own check lets pass. */
function typed(name: string, flag: Flag<unknown>): string[] {
  if (flag.placeholder === undefined) return [flagName(name)];
  const words = [...flag.placeholder.split('|'), ...PLAUSIBLE];
  const isWord = flag.placeholder.includes('|');
  const value = (isWord ? words : PLAUSIBLE).find((word) => flag.parse(word) !== undefined);
  if (value === undefined) throw new Error(`no plausible value for ${flagName(name)}`);
  return [flagName(name), value];
}

const commands = await Promise.all(
  allCommands().map(async ({ name, load }) => {
    const { flags, modes = [] } = await load();
    return { name, words: name.split(' '), flags: flags as Readonly<Record<string, Flag<unknown>>>, modes };
  }),
);
type Loaded = (typeof commands)[number];

/** What makes a way of using a command hold: flags by name, each with its words. */
function holding({ flags, modes }: Loaded, mode: Mode): Map<string, string[]> {
  const required = Object.keys(flags).filter((name) => flags[name].required);
  const given = new Map([...required, ...(mode.needs ?? [])].map((name) => [name, typed(name, flags[name])]));
  for (const [name, wanted] of Object.entries(mode.when)) {
    if (wanted === GIVEN || wanted === true) given.set(name, typed(name, flags[name]));
    else given.set(name, [flagName(name), String(wanted)]);
  }
  // a default may decide for an earlier way
  const isSo = ([name, wanted]: [string, unknown]) =>
    wanted === GIVEN ? given.has(name) : !given.has(name) && flags[name].defaultValue() === wanted;
  for (const earlier of modes
    .slice(0, modes.indexOf(mode))
    .filter(({ when }) => Object.entries(when).every(isSo)))
    for (const [name, wanted] of Object.entries(earlier.when)) {
      const other = flags[name].placeholder?.split('|').find((word) => word !== wanted);
      if (wanted !== GIVEN && other !== undefined) given.set(name, [flagName(name), other]);
    }
  return given;
}

const conditions = (mode: Mode): string => Object.keys(mode.when).map(flagName).join(' ') || 'otherwise';
const ways = commands.flatMap((command) => command.modes.map((mode) => ({ command, mode })));

/** Runs words that must be refused for what they are, before anything is read. */
async function refusal(words: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await heredity([...words, '--quiet']);
  expect([exitCode, stderr.split('\n').length], `${words.join(' ')}\n${stderr}`).toEqual([2, 2]);
  return stderr;
}

describe('a flag that means nothing in a way of using a command is refused before anything is read', () => {
  it.each(ways.map((way) => [way.command.name, conditions(way.mode), way] as const))(
    '%s, %s',
    async (_, __, way) => {
      const { command, mode } = way;
      const given = holding(command, mode);
      const decisive = new Set(command.modes.flatMap(({ when }) => Object.keys(when)));
      const outside = Object.keys(command.flags).filter(
        (name) =>
          !mode.flags.includes(name) &&
          !decisive.has(name) &&
          !command.flags[name].insteadOf.some((other) => decisive.has(other)) &&
          !given.has(name),
      );
      for (const name of outside) {
        const words = [...command.words, ...[...given.values()].flat(), ...typed(name, command.flags[name])];
        const stderr = await refusal(words);
        expect(stderr, words.join(' ')).toContain('means nothing');
        expect(stderr).toContain(flagName(name));
      }
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('and none is that is listed', () => {
    for (const { command, mode } of ways) {
      const unknown = [...mode.flags, ...(mode.needs ?? []), ...Object.keys(mode.when)].filter(
        (name) => !Object.hasOwn(command.flags, name),
      );
      expect(unknown, command.name).toEqual([]);
      expect(
        (mode.needs ?? []).filter((name) => !mode.flags.includes(name)),
        command.name,
      ).toEqual([]);
      expect(
        Object.keys(mode.when).filter((name) => !mode.flags.includes(name)),
        command.name,
      ).toEqual([]);
    }
  });

  it('every flag means something somewhere', () => {
    for (const { name, flags, modes } of commands) {
      if (modes.length === 0) continue;
      const somewhere = new Set(modes.flatMap((mode) => mode.flags));
      expect(
        Object.keys(flags).filter((flag) => !somewhere.has(flag)),
        name,
      ).toEqual([]);
    }
  });
});

describe('a flag that goes with another is refused without it', () => {
  const paired = commands.flatMap((command) =>
    Object.entries(command.flags)
      .map(([name, flag]) => ({
        name,
        flag,
        partners: flag.goesWith.filter((other) => Object.hasOwn(command.flags, other)),
      }))
      .filter(({ partners }) => partners.length > 0)
      .map((pair) => ({ command, ...pair })),
  );

  it.each(paired.map((pair) => [pair.command.name, flagName(pair.name), pair] as const))(
    '%s %s',
    async (_, __, pair) => {
      const { command, name, flag, partners } = pair;
      const modes: readonly Mode[] = command.modes.filter((mode) => mode.flags.includes(name));
      for (const mode of modes.length > 0 ? modes : [{ when: {}, flags: [] }]) {
        const given = holding(command, mode);
        if (partners.some((partner) => given.has(partner))) continue;
        given.set(name, typed(name, flag));
        const stderr = await refusal([...command.words, ...[...given.values()].flat()]);
        expect(stderr).toMatch(/means nothing without --/);
      }
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
