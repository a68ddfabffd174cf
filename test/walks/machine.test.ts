import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { heredity } from '../cli/run.js';
import { commandLines, writeInputs } from './command-lines.js';

const inputs = mkdtempSync(join(tmpdir(), 'heredity-machine-'));
beforeAll(() => writeInputs(inputs, { samples: 400, variants: 500, rows: 5000 }));
afterAll(() => rmSync(inputs, { recursive: true }));

const LINES = commandLines(inputs).filter(([name]) => !['twin', 'munge'].includes(name)); // which have neither flag

/** What a run says of itself, and not of its answer. */
const OF_THE_RUN = new Set(['provenance', 'seconds', 'peakBytes', 'threads']);
const answers = (text: string): unknown =>
  JSON.parse(text, (key, value) => (OF_THE_RUN.has(key) ? undefined : value));

/** The outputs of a run by name, but its log, pictures in pixels, and pages, which print how the run was made. */
async function outputsOf(words: readonly string[], folder: string): Promise<Record<string, unknown>> {
  mkdirSync(folder);
  const { exitCode, stderr } = await heredity([...words, '--out', join(folder, 'run'), '--quiet']);
  expect([exitCode, stderr], words.join(' ')).toEqual([0, expect.any(String)]);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(?!log$|png$|html$)[^/.]+$/.test(name) && statSync(join(folder, name)).isFile(),
  );
  expect(names.length).toBeGreaterThan(0);
  const contents = names.map((name) => {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1').replaceAll(folder, '');
    return [name, name.endsWith('.json') ? answers(text) : text];
  });
  return Object.fromEntries(contents);
}

/** Whether one method of several was refused. */
const leavesOut = (folder: string) =>
  readdirSync(folder).some(
    (name) => name.endsWith('.json') && readFileSync(join(folder, name), 'utf8').includes('"no-estimate"'),
  );

/** The least memory with which the command neither refuses nor says that digits may change, of these. */
async function tightRun(words: readonly string[], folder: string): Promise<Record<string, unknown>> {
  for (const memory of ['100kB', '1MB', '10MB']) {
    const tried = `${folder}-${memory}`;
    mkdirSync(tried);
    const all = [...words, '--memory', memory];
    const { exitCode, stderr } = await heredity([...all, '--out', join(tried, 'run'), '--quiet']);
    if (exitCode === 0 && !stderr.includes('memory kept') && !leavesOut(tried)) return outputsOf(all, folder);
  }
  throw new Error(`${words.join(' ')} refuses 10 MB`);
}

describe('threads and memory change no digit', () => {
  it.each(LINES.map((words) => [words.filter((word) => !word.startsWith('/')).join(' '), words] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, words) => {
      const place = mkdtempSync(join(inputs, 'out-'));
      const one = await outputsOf([...words, '--threads', '1'], join(place, 'one'));
      expect(await outputsOf([...words, '--threads', '3'], join(place, 'three'))).toEqual(one);
      expect(await tightRun([...words, '--threads', '2'], join(place, 'tight'))).toEqual(one);
    },
  );

  it('is walked over every command that has the flags', async () => {
    const walked = (name: string) => LINES.some((words) => words.join(' ').startsWith(`${name} `));
    const computing = await Promise.all(
      allCommands().map(async ({ name, load }) => {
        const { flags } = await load();
        return 'threads' in flags && 'bfile' in flags ? name : undefined;
      }),
    );
    // a method by its own name is one of these with a choice made
    const BY_NAME = ['gre-cross-block', 'greml', 'reml-mc', 'ldms', 'ldms-mc', 'ldak-reml', 'he-ldms'];
    const missed = computing.filter(
      (name) =>
        name !== undefined && !walked(name) && !BY_NAME.includes(name) && !/^(sldsc|sumher)-/.test(name),
    );
    expect(missed).toEqual([]);
  });
});
