import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, sayWhereSkipped } from '../chromium.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { buildPage, expectAccessible, saved, watch } from './browser.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-local-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

sayWhereSkipped('heredity page in a browser');

const genotypes = randomGenotypes(120, 300, { seed: 3, missing: 0.01 });
const traits = { y: randomNormals(300, 1).map((e, i) => e + genotypes[5][i] / 2) };

const TWINS = '#estimate/twin?rmz=0.6&rdz=0.3&nmz=500&ndz=500';

describe.skipIf(CHROMIUM === undefined)('heredity page in Chromium', { timeout: 120_000 }, () => {
  let server: ChildProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let address: string;
  let seen: string[];

  beforeAll(async () => {
    buildPage();
    const files = cohortFiles({ genotypes, traits });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content!);
    writeFileSync(join(folder, 'words.txt'), 'these are\nno data at all\n');
    const executable = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));
    server = spawn(process.execPath, [executable, 'page', '--port', '0', '--no-open'], { cwd: folder });
    let said = '';
    server.stdout!.on('data', (piece) => (said += piece));
    while (!/open \S+\n$/.test(said)) await new Promise((done) => server.stdout!.once('data', done));
    const [, base, entrance] = /^(http:\S+) is served; to enter, open (\S+)\n$/.exec(said)!;
    address = base;
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-gpu'] });
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(pathToFileURL(entrance).href); // as a browser is opened by it
    await page.waitForURL(address);
    seen = watch(page);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => server?.once('close', resolve));
    server?.kill('SIGINT');
    if (server) await ended;
  });

  const go = (hash: string, own = page) => own.evaluate(`location.hash = ${JSON.stringify(hash)}`);

  test('files of the folder are picked; the run is a process of the command line, with its result and report', async () => {
    await page.locator('summary').filter({ hasText: 'study.pheno' }).click();
    await page.getByText('300 people used, none lost').waitFor();
    await go('#estimate/he?bfile=study&pheno=study.pheno');
    await page.getByRole('button', { name: 'Plan only' }).click();
    await page
      .locator('.job.done')
      .getByText(/Memory: about/)
      .waitFor();
    await page.locator('form.command button.primary').click();
    await page.getByRole('link', { name: 'Show the result' }).click();
    await page.locator('.report svg').first().waitFor();
    const report = await saved(page, () => page.getByRole('button', { name: 'Save the report' }).click());
    const name = decodeURIComponent(new URL(page.url()).hash.replace('#results/', ''));
    const { estimates } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(report).toContain(estimates[0].h2.value.toFixed(2));
    await expectAccessible(page);
  });

  test('all results of a folder stand together', async () => {
    await go(TWINS);
    await page.locator('form.command button.primary').click();
    await page.locator('.job.done').filter({ hasText: 'twin' }).waitFor();
    await go('#results');
    await page.locator('#result').selectOption('heredity-page/');
    await page.getByText('2 traits by 2 methods').waitFor();
  });

  test('a wrong file is said in words; what leads out of the folders is refused', async () => {
    await go('#estimate/munge?sumstats=words.txt');
    await page.locator('form.command button.primary').click();
    await page.locator('.job.failed .problem').first().waitFor();
    expect(await page.locator('.job.failed .problem').first().textContent()).toMatch(/words\.txt/);
    await go('#estimate/munge?sumstats=%2Fetc%2Fpasswd');
    await page.locator('form.command button.primary').click();
    await page.getByText('this is not in the folders of the page').waitFor();
  });

  test('a run goes on through a reload, is seen in two tabs at once, and is cancelled from either', async () => {
    const long = new URLSearchParams({ samples: '20000', variants: '100000' });
    await go(`#estimate/${encodeURIComponent('simulate genotypes')}?${long}`);
    await page.locator('form.command button.primary').click();
    await page.locator('.job.running').waitFor();
    await page.reload();
    await page.locator('.job.running progress').waitFor();
    const second = await context.newPage();
    const own = watch(second);
    await second.goto(address);
    await second.locator('.job.running').waitFor();
    // both run at once
    await go(TWINS, second);
    await second.locator('form.command button.primary').click();
    await second.locator('.job.done').filter({ hasText: 'twin' }).nth(1).waitFor();
    await page.locator('.job.done').filter({ hasText: 'twin' }).nth(1).waitFor();
    await second.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.job.cancelled').waitFor({ timeout: 20_000 });
    expect(own).toEqual([]);
    await second.close();
  });

  test('models and the simulator are there as on the static page, with threads', async () => {
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await go('#gap/twin-designs?d2=0');
    await page.locator('.formulas li').first().waitFor();
    await page.locator('.report svg').waitFor();
    await go('#simulate?people=200&variants=100&traits=1');
    await page.getByRole('button', { name: 'Simulate and estimate' }).click();
    await page.locator('.report svg').waitFor();
  });

  test('no error in the console but what was refused, no request off the server', () => {
    expect(seen.filter((text) => !/status of 400/.test(text))).toEqual([]);
  });
});
