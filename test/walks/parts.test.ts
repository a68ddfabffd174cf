import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { heredity } from '../cli/run.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { refusesWrongParts } from './refused-parts.js';

const inputs = mkdtempSync(join(tmpdir(), 'heredity-parts-'));
beforeAll(() => {
  const [samples, variants] = [450, 1300];
  const genotypes = randomGenotypes(variants, samples, { seed: 3, missing: 0.01 });
  const trait = (seed: number, own: number, absent: (i: number) => boolean) =>
    randomNormals(samples, seed).map((e, i) => (absent(i) ? Number.NaN : e + genotypes[own][i]));
  const files = cohortFiles({
    genotypes,
    chromosome: (v) => 1 + Math.floor((3 * v) / variants),
    traits: { y: trait(1, 5, (i) => i % 41 === 0), z: trait(2, 9, (i) => i % 50 === 7) },
    covariates: {
      age: randomNormals(samples, 4),
      sex: Float64Array.from({ length: samples }, (_, i) => i % 2),
    },
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(inputs, name), content!);
  for (const [k, name] of ['height', 'bmi', 'broken', 'waist'].entries())
    writeFileSync(join(inputs, `${name}.gwas.txt`), gwas(k, name === 'broken'));
});
afterAll(() => rmSync(inputs, { recursive: true }));

const GENOTYPES = ['--bfile', join(inputs, 'study')];
const TRAITS = [...GENOTYPES, '--pheno', join(inputs, 'study.pheno'), '--covar', join(inputs, 'study.covar')];

/** Results of a GWAS. @param isBroken whether their last line lacks fields. */
function gwas(seed: number, isBroken: boolean): string {
  const rows = [...randomNormals(40 + 10 * seed, 20 + seed)].map((z, v) => `rs${v}\tA\tG\t${z.toFixed(4)}\n`);
  return `SNP\tA1\tA2\tZ\n${rows.join('')}${isBroken ? 'rs99\tA\n' : ''}`;
}

/** Ways of running each command that can be divided. */
const LINES: readonly (readonly string[])[] = [
  ['gre', ...TRAITS],
  ['gre', ...TRAITS, '--blocks', 'ld:12', '--rg', '--probes', '8'],
  ['gre', ...TRAITS, '--blocks', 'count:9', '--cross-block', '--probes', '4'],
  ['gre', ...TRAITS, '--maf', '0.3', '--blocks', 'chromosome', '--maf-bins', '2'],
  ['gre', ...TRAITS, '--blocks', 'count:5', '--mind', '0.02', '--backend', 'wasm'],
  ['gre', ...TRAITS, '--blocks', 'count:5', '--dominance'],
  ['gre', ...TRAITS, '--blocks', 'chromosome', '--maf', '0.3', '--maf-bins', '2', '--unique'],
  ['gre', ...TRAITS, '--blocks', 'ld:12', '--ldms', '--ld-bins', '2', '--ld-wind-kb', '10'],
  ['he', ...TRAITS, '--vectors', '5'],
  // so many that the single run cuts the genotypes into parts where one machine's share does not
  ['he', ...TRAITS, '--vectors', '3300', '--jackknife-blocks', '2'],
  ['he', ...TRAITS, '--maf-bins', '2', '--jackknife-blocks', '10'],
  ['he', ...TRAITS, '--ldms', '--ld-bins', '2', '--ld-wind-kb', '10', '--jackknife-blocks', '10'],
  ['ld', 'scores', ...GENOTYPES, '--ld-wind-kb', '10'],
  ['ld', 'tagging', ...GENOTYPES, '--model', 'human-default', '--ld-wind-kb', '10'],
  ['ld', 'tagging', ...GENOTYPES, '--model', 'ldak', '--ld-wind-kb', '10'],
  ['ld', 'tagging', ...GENOTYPES, '--model', 'ldak-thin', '--ld-wind-kb', '10'],
  ['ld', 'weights', ...GENOTYPES, '--section-length', '100', '--half-life', '2', '--ld-wind-kb', '5'],
  ['grm', ...GENOTYPES, '--partition', 'chromosome'],
  ['grm', ...GENOTYPES, '--partition', 'maf-ld', '--ld-bins', '2', '--ld-wind-kb', '10'],
  ['king', ...GENOTYPES, '--all-pairs'],
  ['assoc', ...TRAITS],
  ['pca', ...GENOTYPES, '--pcs', '1', '--king-cutoff', '0.05'],
  [
    'munge',
    ...['height', 'bmi', 'broken', 'waist'].map((name) => join(inputs, `${name}.gwas.txt`)),
    '--N',
    '900',
  ],
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
    '300,400',
    '--estimators',
    'he',
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
      // ways of one command take the same path through its parts: one number of them will do for all but the first
      const isFirst =
        LINES.find(([name, second]) => name === words[0] && (name !== 'ld' || second === words[1])) === words;
      for (const parts of isFirst ? [1, 2, 3, 7] : [3]) {
        const out = join(place, `parts-${parts}`);
        const inParts = [...words, '--parts', `${parts}`, '--out', out];
        // else the first part leaves what all have in common
        const hasThreads = words[0] !== 'munge';
        if (parts !== 2) await run([...inParts, '--plan']);
        const one = (part: number, ...more: string[]) => {
          const threads = hasThreads ? ['--threads', `${1 + (part % 2)}`] : [];
          return run([...inParts, '--part', `${part}`, ...threads, ...more]);
        };
        const all = Array.from({ length: parts }, (_, k) => parts - k);
        if (words[0] === 'pca' || words.some((word) => /^--(dominance|unique)$/.test(word)))
          await Promise.all(all.map((part) => one(part, '--wait', '2')));
        else for (const part of all) await one(part);
        expect(await outputsOf(['merge', out], join(place, `merged-${parts}`)), `${parts} parts`).toEqual(
          single,
        );
        if (isFirst) await refusesWrongParts(out, parts);
      }
    },
  );

  it('is refused with reasons by every other command', async () => {
    for (const { name, load } of allCommands()) {
      if ('parts' in (await load()).flags) continue;
      const { exitCode, stderr } = await heredity([...name.split(' '), '--parts', '2', '--part', '1']);
      expect([name, exitCode]).toEqual([name, 2]);
      expect(stderr).toContain(`heredity ${name} cannot be divided into parts`);
      if (/^(reml|ldsc|rg|h2)$/.test(name)) expect(stderr).toMatch(/into parts: [a-z]/);
    }
  });

  it('is walked over every command that can be divided', async () => {
    const walked = (name: string) => LINES.some((words) => words.join(' ').startsWith(`${name} `));
    for (const { name, load } of allCommands()) {
      const { flags } = await load();
      expect('parts' in flags, name).toBe(walked(name));
    }
  });
});
