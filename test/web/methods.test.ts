import { type ChildProcess, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../chromium.js';
import { heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';
import { buildPage, saved, serveByPython, watch } from './browser.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-page-methods-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hasPython = spawnSync('python3', ['--version']).status === 0;
for (const [what, isThere] of [
  ['Chromium', CHROMIUM !== undefined],
  ['Python', hasPython],
  ['shared data', SHARED !== undefined],
] as const)
  if (!isThere) console.warn(`SKIPPED: methods of the page beside the command line, as there is no ${what}`);

const FILES = [
  'data/sumstats/BBJ_BMI_EAS_chr22_from_MAMA.txt.gz',
  'data/sumstats/BBJ_BMI_EAS_chr22.munged.sumstats.gz',
  'data/sumstats/sim-part-chr21-22.sumstats.gz',
  'data/ld-scores-eas-chr22/22.l2.ldscore.gz',
  'data/ld-scores-eas-chr22/22.l2.M_5_50',
  ...[21, 22].flatMap((chromosome) =>
    ['eur', 'w'].flatMap((kind) =>
      ['l2.ldscore.gz', 'l2.M_5_50'].map((ending) => `expected/ldsc/scores/${kind}.${chromosome}.${ending}`),
    ),
  ),
  'data/twins/oz-twins.csv',
  ...['bed', 'bim', 'fam', 'phen'].map((ending) => `data/gcta-test/test.${ending}`),
];

interface Run {
  readonly command: string;
  readonly texts: Record<string, string>;
  readonly result: string;
  /** What native kernels may differ by, relative. */
  readonly native: number;
  /**
   * What Math.exp, log and pow of another version of the JavaScript engine may change, relative: 0 where no number of the
   * result goes through them.
   */
  readonly engine?: number;
}

/** Commands in their order: what one writes, the next may read. Texts are those of the form. */
const RUNS: readonly Run[] = [
  {
    command: 'munge',
    texts: { sumstats: 'BBJ_BMI_EAS_chr22_from_MAMA.txt.gz' },
    result: 'munge.munge.json',
    native: 0,
  },
  {
    command: 'ldsc',
    texts: { h2: 'BBJ_BMI_EAS_chr22.munged.sumstats.gz', refLd: '22', wLd: '22' },
    result: 'ldsc-2.ldsc.json',
    native: 1e-6,
  },
  {
    command: 'ldsc',
    texts: { h2: 'sim-part-chr21-22.sumstats.gz', refLdChr: 'eur.', wLdChr: 'w.' },
    result: 'ldsc-3.sldsc.json',
    native: 1e-6,
  },
  {
    command: 'ldsc',
    texts: { rg: 'BBJ_BMI_EAS_chr22.munged.sumstats.gz,munge.sumstats.gz', refLd: '22', wLd: '22' },
    result: 'ldsc-4.ldsc.json',
    native: 1e-6,
  },
  {
    command: 'twin',
    texts: { pairs: 'oz-twins.csv', trait: 'bmi1,bmi2', zygosity: 'zyg', mz: '1', dz: '3' },
    result: 'twin-5.twin.json',
    native: 1e-6,
    engine: 1e-11,
  },
  {
    command: 'ld scores',
    texts: { bfile: 'test', ldWindKb: '200' },
    result: 'ld-scores-6.ld-scores.json',
    native: 1e-6,
  },
  {
    command: 'ld tagging',
    texts: { bfile: 'test', power: '-0.25', ldWindKb: '200' },
    result: 'ld-tagging-7.ld-tagging.json',
    native: 1e-6,
    engine: 1e-14,
  },
  {
    command: 'gre',
    texts: { bfile: 'test', pheno: 'test.phen' },
    result: 'gre-8.gre.json',
    native: 1e-6,
  },
  {
    command: 'sumher',
    texts: { bfile: 'test', pheno: 'test.phen', model: 'human-default' },
    result: 'sumher-9.sumher-hd.json',
    native: 1e-6,
    engine: 1e-11,
  },
];

describe.skipIf(CHROMIUM === undefined || !hasPython || SHARED === undefined)(
  'methods of the page on a server of files',
  { timeout: 120_000 },
  () => {
    let browser: Browser;
    let server: ChildProcess;
    let page: Page;
    let seen: string[];

    beforeAll(async () => {
      buildPage();
      for (const file of FILES) copyFileSync(sharedFile(file), join(folder, basename(file)));
      const served = await serveByPython();
      server = served!.process;
      browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-gpu'] });
      page = await browser.newPage();
      seen = watch(page);
      await page.goto(served!.address);
      await page.locator('#choose').setInputFiles(readdirSync(folder).map((name) => join(folder, name)));
    }, 240_000);
    const before = process.cwd();
    beforeAll(() => process.chdir(folder)); // the lines that the page shows name files beside each other
    afterAll(async () => {
      process.chdir(before);
      await browser?.close();
      server?.kill();
    });

    test.each(RUNS)(
      '$command to $result: to the digit',
      async ({ command, texts, result, native, engine = 0 }) => {
        await page.evaluate(
          `location.hash = ${JSON.stringify(`#estimate/${encodeURIComponent(command)}?${new URLSearchParams(texts)}`)}`,
        );
        await page.locator('form.command h3').filter({ hasText: command }).waitFor();
        const line = (await page.locator('.line code').textContent())!;
        await page.locator('form.command button.primary').click();
        await page.locator('.job').first().and(page.locator('.done, .failed')).waitFor();
        expect(await page.locator('.job').first().locator('.problem').allTextContents()).toEqual([]);
        await page.locator('summary').filter({ hasText: result }).waitFor();
        const own = numbersOf(
          await saved(page, () => page.getByRole('button', { name: `Save ${result}` }).click()),
        );

        // the command line that the page shows, and the same with native kernels
        const words = line.split(' ').slice(1);
        const run = async (more: readonly string[]) => {
          const done = await heredity([...words, ...more, '--quiet']);
          expect(done.exitCode, done.stderr).toBe(0);
          return numbersOf(readFileSync(join(folder, result), 'utf8'));
        };
        expect(own.length).toBeGreaterThan(3);
        const hasKernels = !['munge', 'twin'].includes(command);
        const differing = (others: readonly [string, number][], tolerance: number) => {
          expect(own.map(([path]) => path)).toEqual(others.map(([path]) => path));
          return own.filter(([, value], k) => Math.abs(value - others[k][1]) > tolerance * Math.abs(value));
        };
        expect(differing(await run(hasKernels ? ['--backend', 'wasm'] : []), engine)).toEqual([]);
        expect(differing(await run([]), native)).toEqual([]);
      },
    );

    test('no error in the console, no request off the server', () => {
      expect(seen).toEqual([]);
    });
  },
);

/** Every number of a result that is one of the data, by its place. */
function numbersOf(text: string): [string, number][] {
  const found: [string, number][] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'number') found.push([path, value]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, own] of Object.entries(value))
        if (!['provenance', 'timings', 'seconds'].includes(key)) walk(own, `${path}.${key}`);
  };
  walk(JSON.parse(text), '');
  return found;
}
