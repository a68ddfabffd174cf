import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { Runner } from '../fuzz/runner.js';
import { SCENARIOS } from '../fuzz/scenarios.js';
import { derivedFiles, inputFiles, writeInput } from '../fuzz/world.js';

/** Every output of every command; `npm test` takes the first of each. */
const IS_WHOLE = process.env.HEREDITY_WALK === 'whole';

const folder = mkdtempSync(join(tmpdir(), 'heredity-inputs-'));
const runner = new Runner();
let world: Record<string, Buffer>;

beforeAll(async () => {
  const inputs = inputFiles();
  world = { ...inputs, ...(await derivedFiles(join(folder, 'world'), inputs, runner)) };
}, 300_000);

afterAll(async () => {
  await runner.stop();
  rmSync(folder, { recursive: true });
});

/** Names of outputs that may follow the prefix, with `y` for what varies. */
async function endings(command: string): Promise<string[]> {
  const { outputs = [] } = await allCommands()
    .find(({ name }) => name === command)!
    .load();
  return outputs
    .map(({ file }) =>
      file
        .split(', ')[0]
        .replace(/\[[^\]]*\]/g, '')
        .replace(/^<out>/, '')
        .replace(/<[^>]*>/g, 'y'),
    )
    .filter((name) => name.startsWith('.'));
}

/** Inputs that are named as such, and not by a prefix: each with a scenario that reads it. An LD factor is a folder. */
const named = new Map(
  SCENARIOS.filter(({ command }) => command !== 'ld-factor').flatMap((scenario) =>
    scenario.words
      .filter((word) => word.startsWith('{}/') && scenario.files.includes(word.slice(3)))
      .map(
        (word) =>
          [
            `${scenario.command} ${scenario.words[scenario.words.indexOf(word) - 1]}`,
            { scenario, word },
          ] as const,
      ),
  ),
);

it.each([...named])(
  '%s: an input of the name of an output is refused, and stays',
  { timeout: 120_000 },
  async (_, { scenario, word }) => {
    const names = await endings(scenario.command);
    expect(names.length).toBeGreaterThan(0);
    for (const ending of IS_WHOLE ? names : names.slice(0, 1)) {
      const place = mkdtempSync(join(folder, 'case-'));
      for (const name of scenario.files) writeInput(place, name, world[name]);
      const input = join(place, `run${ending}`);
      renameSync(word.replace('{}', place), input);
      const before = readdirSync(place, { recursive: true });
      const contents = readFileSync(input);
      const words = scenario.words.map((each) => (each === word ? input : each.replaceAll('{}', place)));
      const end = await runner.run([...words, '--out', join(place, 'run'), '--quiet']);
      expect([end.exitCode, end.stderr], ending).toEqual([
        2,
        expect.stringMatching(/^error: .*replace an input/m),
      ]);
      expect(readdirSync(place, { recursive: true }), ending).toEqual(before);
      expect(readFileSync(input).equals(contents)).toBe(true);
      rmSync(place, { recursive: true });
    }
  },
);
