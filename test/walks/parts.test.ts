import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { heredity } from '../cli/run.js';
import { writeInputs } from './command-lines.js';

const inputs = mkdtempSync(join(tmpdir(), 'heredity-parts-'));
beforeAll(() => writeInputs(inputs, { samples: 300, variants: 400, rows: 100 }));
afterAll(() => rmSync(inputs, { recursive: true }));

const GENOTYPES = ['--bfile', join(inputs, 'study')];
const TRAITS = [...GENOTYPES, '--pheno', join(inputs, 'study.pheno')];

/** Ways of running each command that can be divided. */
const LINES: readonly (readonly string[])[] = [
  ['gre', ...TRAITS],
  ['gre', ...TRAITS, '--blocks', 'ld:9', '--rg'],
  ['gre', ...TRAITS, '--blocks', 'count:8', '--cross-block'],
  ['he', ...TRAITS, '--maf-bins', '2', '--jackknife-blocks', '10'],
  ['ld', 'scores', ...GENOTYPES, '--ld-wind-kb', '10'],
  ['ld', 'tagging', ...GENOTYPES, '--model', 'ldak'],
  ['ld', 'weights', ...GENOTYPES, '--section-length', '30', '--half-life', '2', '--ld-wind-kb', '5'],
  ['grm', ...GENOTYPES, '--partition', 'chromosome'],
  ['king', ...GENOTYPES, '--all-pairs'],
  ['assoc', ...TRAITS],
  [
    'study',
    'run',
    ...GENOTYPES,
    '--cells',
    '*_p1_maf0-0.5_*_none',
    '--h2',
    '0.5',
    '--replicates',
    '2',
    '--samples',
    '100,200',
  ],
];

/** What a run says of itself, and not of its answer. */
const OF_THE_RUN = new Set(['provenance', 'seconds', 'peakBytes', 'threads']);
const answers = (text: string): unknown =>
  JSON.parse(text, (key, value) => (OF_THE_RUN.has(key) ? undefined : value));

/** The outputs of a run by name, but its log, and pictures in pixels. */
async function outputsOf(words: readonly string[], folder: string): Promise<Record<string, unknown>> {
  mkdirSync(folder);
  await run([...words, '--out', join(folder, 'run')]);
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

async function run(words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await heredity([...words, '--quiet']);
  expect([exitCode, stderr], words.join(' ')).toEqual([0, expect.any(String)]);
}

describe('merged parts are the single run, to the bit', () => {
  it.each(LINES.map((words) => [words.filter((word) => !word.startsWith('/')).join(' '), words] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, words) => {
      const place = mkdtempSync(join(inputs, 'out-'));
      const single = await outputsOf(words, join(place, 'single'));
      for (const parts of [1, 2, 3, 7]) {
        const out = join(place, `parts-${parts}`);
        for (let part = parts; part >= 1; part--)
          await run([...words, '--parts', `${parts}`, '--part', `${part}`, '--out', out]);
        expect(await outputsOf(['merge', out], join(place, `merged-${parts}`)), `${parts} parts`).toEqual(
          single,
        );
      }
    },
  );

  it('is walked over every command that can be divided', async () => {
    const walked = (name: string) => LINES.some((words) => words.join(' ').startsWith(`${name} `));
    for (const { name, load } of allCommands()) {
      const { flags } = await load();
      expect('parts' in flags, name).toBe(walked(name));
    }
  });
});
