import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../../src/cli/commands.js';
import { GAP_CATALOGUE } from '../../../src/gap/catalogue.js';
import { GAP_MODELS } from '../../../src/gap/models.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-gap-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function gap(words: string) {
  const run = await heredity(['gap', ...words.split(' ')]);
  return {
    ...run,
    json: words.includes('--json') && run.exitCode === 0 ? checkedJson(run.stdout) : undefined,
  };
}

describe('every model', () => {
  it('is in the catalogue under its name, and is a command', () => {
    expect(GAP_MODELS.map(({ name }) => name)).toEqual(Object.keys(GAP_CATALOGUE));
    for (const name of Object.keys(GAP_CATALOGUE)) {
      expect(allCommands().map((entry) => entry.name)).toContain(`gap ${name}`);
    }
  });

  it.each(Object.keys(GAP_CATALOGUE))('gap %s: tables, JSON, files, and help with units', async (name) => {
    const model = GAP_MODELS.find((one) => one.name === name)!;
    const tables = await gap(name);
    expect(tables.exitCode).toBe(0);
    for (const output of Object.keys(model.outputs))
      expect(tables.stdout).toMatch(new RegExp(`^${output} `, 'm'));
    const out = join(folder, name);
    const { json, exitCode } = await gap(`${name} --json --out ${out}`);
    expect(exitCode).toBe(0);
    expect(json.method).toBe(`gap ${name}`);
    expect(Object.keys(json.outputs)).toEqual(Object.keys(model.outputs));
    expect(json.curve.points.length).toBeGreaterThan(50);
    expect(JSON.parse(readFileSync(`${out}.gap.json`, 'utf8')).outputs).toEqual(json.outputs);
    expect(readFileSync(`${out}.gap.tsv`, 'utf8').split('\n')).toHaveLength(
      Object.keys(model.outputs).length + 2,
    );
    expect(readFileSync(`${out}.gap.svg`, 'utf8')).toMatch(/^<svg .*<path /s);
    expect(readFileSync(`${out}.gap.png`).subarray(1, 4).toString()).toBe('PNG');
    const help = (await heredity(['gap', name, '--help'])).stdout.replace(/\s+/g, ' ');
    for (const input of Object.values(model.inputs)) {
      expect(help).toContain(input.label);
      if (input.kind === 'number') expect(help).toContain(input.unit);
    }
  });
});

describe('tables from files', () => {
  it('are read by column name, with defaults for columns that are left out', async () => {
    const genes = file('genes.tsv', 'gene\tdirect\tcore\nA\t1\t1\nB\t0\t0\n');
    const edges = file('edges.csv', 'gene,from,weight\nB,A,0.5\n');
    const { json } = await gap(`omnigenic --rho 1 --genes ${genes} --edges ${edges} --json`);
    expect(json.outputs.coreShare).toBeCloseTo(1 / 1.25, 12);
    expect(json.rows[1]).toEqual({ gene: 'B', core: 0, direct: 0, total: 0.5, variance: 0.25 });
    expect(json.provenance.inputs.map(({ path }: { path: string }) => path)).toEqual([genes, edges]);
  });

  it('say where they are wrong', async () => {
    const missing = file('missing.csv', 'maf\n0.1\nNA\n');
    const { stderr, exitCode } = await gap(`rare-variant-list --variants ${missing}`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/missing\.csv:3:1: maf is missing/);
    const range = file('range.csv', 'maf\n0.7\n');
    expect((await gap(`rare-variant-list --variants ${range}`)).stderr).toMatch(/row 1, maf, is impossible/);
  });
});

describe('what cannot be', () => {
  it.each([
    ['tagging --r2-common 1.1', /--r2-common: expected a number from 0 to 1, found "1\.1"/],
    ['tagging --h2-common -0.2', /--h2-common: expected a number from 0 to 1/],
    ['omnigenic --rho 2', /spectral radius of rho W below 1/],
    ['definition --rmz 0.2 --rdz 0.4', /r_MZ above r_DZ/],
    ['non-additive --environmental-variance -1', /--environmental-variance: expected a number of at least 0/],
    ['non-additive --p-a 1', /--p-a is impossible/],
    ['structural --sv-steepness -1', /--sv-steepness: expected a number of at least 0/],
    ['tagging --nonsense 1', /unknown flag/],
    ['account --snp 0.3', /--twin <estimate> is required/],
    ['account --twin 0.5:x --snp 0.3', /--twin is not a number with a standard error/],
    ['account --twin 0.5 --snp 0.3 --mechanism magic', /not a model of missing heritability .*magic/],
    ['account --twin 0.5 --snp 0.3 --mechanism tagging:r2=1', /tagging has no such input .*r2-common=/],
    [
      'account --twin 0.5 --snp 0.3 --mechanism tagging:r2-common=2',
      /--mechanism tagging: r2-common is impossible/,
    ],
  ])('gap %s', async (words, message) => {
    const { exitCode, stderr } = await gap(words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('heredity gap account', () => {
  it('gives waterfall, intervals and double counting', async () => {
    const out = join(folder, 'account');
    const { json, exitCode } = await gap(
      `account --twin 0.52:0.067 --snp 0.31:0.02 --mechanism tagging:r2-low-frequency=0.7:0.05,h2-low-frequency=0.3 --mechanism rare-variants:g=0.2:0.05 --json --report --out ${out}`,
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(`${out}.account.html`, 'utf8')).toContain('From twins to SNPs');
    expect(json.gap.value).toBeCloseTo(0.21, 12);
    expect(json.steps.map(({ model }: { model: string }) => model)).toEqual([
      'tagging',
      'tagging',
      'rare-variants',
    ]);
    expect(json.steps[2].reason).toMatch(/counted already in tagging/);
    expect(json.steps[1].counted.low).toBeLessThan(json.steps[1].counted.value);
    expect(json.provenance.seed).toBe(1);
    expect(readFileSync(`${out}.account.svg`, 'utf8')).toContain('twin heritability');
    expect(readFileSync(`${out}.account.tsv`, 'utf8').split('\n')[0]).toMatch(/^step\tmodel\tpool\tcounted/);
  });

  it('is the same for the same seed, and another for another', async () => {
    const run = async (seed: number) =>
      (await gap(`account --twin 0.52:0.067 --snp 0.31:0.02 --draws 1000 --seed ${seed} --json`)).json
        .unexplained;
    expect(await run(7)).toEqual(await run(7));
    expect((await run(8)).low).not.toBe((await run(7)).low);
  });

  it('reads the estimates of other commands', async () => {
    const out = join(folder, 'chapter');
    await heredity([
      'twin',
      '--rmz',
      '0.62',
      '--rdz',
      '0.36',
      '--nmz',
      '1000',
      '--ndz',
      '1000',
      '--out',
      out,
    ]);
    const snp = file(
      'bmi.gre.json',
      JSON.stringify({
        schema: 'heredity/result@1',
        estimates: [
          { trait: 'bmi', method: 'gre', h2: { value: 0.31, se: 0.02 } },
          { trait: 'height', method: 'gre', h2: { value: 0.6, se: 0.01 } },
        ],
      }),
    );
    const { json } = await gap(`account --twin ${out}.twin.json --snp ${snp} --snp-trait bmi --json`);
    expect(json.gap.value).toBeCloseTo(0.21, 6);
    expect((json.twin.high - json.twin.low) / (2 * 1.96)).toBeCloseTo(0.0615, 2);
    expect((await gap(`account --twin ${out}.twin.json --snp ${snp}`)).stderr).toMatch(
      /bmi, height.*--snp-trait/i,
    );
    const ade = await gap(`account --twin ${out}.twin.json --twin-model DE --snp 0.3`);
    expect(ade.stderr).toMatch(/no model DE .*one of ACE, ADE, AE, CE, E/);
    expect((await gap(`account --twin ${snp} --snp 0.3`)).stderr).toMatch(
      /no estimate from relatives .*gre, gre/,
    );
  });

  it('prints tables that say what is counted twice', async () => {
    const { stdout } = await gap('account --twin 0.52 --snp 0.31 --mechanism structural --mechanism tagging');
    expect(stdout).toMatch(
      /^counted twice: 0\.0200 of tagging \(common variants\), counted already in structural/m,
    );
    expect(stdout).toMatch(/^gap 0\.2100 /m);
  });
});
