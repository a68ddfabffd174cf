import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluateModel } from '../../src/gap/model.js';
import { tagging } from '../../src/gap/tagging.js';
import { CHROMIUM, sayWhereSkipped } from '../chromium.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { bgenBlock, bgenFile } from '../formats/bgen-file.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { buildPage, expectAccessible, saved, serveStatically, watch } from './browser.js';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heredity-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

sayWhereSkipped('the page in a browser');

const samples = 300;
const genotypes = randomGenotypes(120, samples, { seed: 3, missing: 0.01 });
const y = randomNormals(samples, 1).map((e, i) => e + genotypes[5][i] / 2);
const FILES = {
  ...cohortFiles({ genotypes, chromosome: (v) => 1 + Math.floor(v / 60), traits: { y } }),
  'imputed.bgen': bgenFile(
    samples,
    [
      ['G', 'A'],
      ['G', 'A', 'T'],
      ['C', 'T'],
    ].map((alleles) => ({
      alleles,
      block: bgenBlock(samples, new Array<number>(2 * samples).fill(0)),
    })),
  ),
  'imputed.sample': `ID_1 ID_2 missing\n0 0 0\n${Array.from({ length: samples }, (_, i) => `i${i} i${i} 0\n`).join('')}`,
};

describe.skipIf(CHROMIUM === undefined)('the static page in Chromium', { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: Server;
  let address: string;
  let page: Page;
  let seen: string[];

  beforeAll(async () => {
    buildPage();
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content!);
    ({ server, address } = await serveStatically());
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    seen = watch(page);
    await page.goto(address);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const go = (hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  const run = async (hash: string, state: string) => {
    await go(hash);
    await page.locator('form.command button.primary').click();
    await page.locator(`.job.${state}`).first().waitFor();
  };

  test('files are read and a form is filled in by hand; the numbers are those of the command line', async () => {
    await page.locator('#choose').setInputFiles(Object.keys(FILES).map((name) => join(folder, name)));
    await page.getByText('genotypes (PLINK 1)', { exact: true }).waitFor();
    // how a file is read, and what of it counts, before anything is run
    await page.locator('summary').filter({ hasText: 'study.pheno' }).click();
    await page.getByText('300 people used, none lost').waitFor();
    await page.locator('summary').filter({ hasText: 'study.bed' }).click();
    await page.getByText('male, female, not known').waitFor();
    await page.locator('summary').filter({ hasText: 'imputed.bgen' }).click();
    await page.getByText('more than two alleles').waitFor();
    // which estimator, from the files
    await page.getByText('study: 300 people, 120 variants, traits study.pheno').first().waitFor();
    await page.getByRole('link', { name: 'Haseman-Elston' }).click();
    await expect.poll(() => page.getByLabel('--bfile', { exact: false }).first().inputValue()).toBe('study');
    await go('#estimate');
    await page.locator('#command').selectOption('he');
    await page.getByLabel('Choose a file for --bfile').selectOption('study');
    await page.getByLabel('Choose a file for --pheno').selectOption('study.pheno');
    expect(await page.locator('.line code').textContent()).toBe(
      'heredity he --bfile study --pheno study.pheno --out he',
    );
    await page.locator('form.command button.primary').click();
    await page.locator('.job.done').waitFor();
    const text = await saved(page, () => page.getByRole('button', { name: 'Save he.he.json' }).click());
    const { status } = spawnSync(
      process.execPath,
      [
        path('bin/heredity.cjs'),
        ...'he --bfile study --pheno study.pheno --out he --backend wasm'.split(' '),
      ],
      { cwd: folder },
    );
    expect(status).toBe(0);
    const estimatesOf = (json: string) => JSON.parse(json).estimates;
    expect(estimatesOf(text)).toEqual(estimatesOf(readFileSync(join(folder, 'he.he.json'), 'utf8')));
    await expectAccessible(page);
  });

  test('the result has its table, its chart and what to look at', async () => {
    await go('#results/he.he.json');
    await page.locator('.report svg').first().waitFor();
    expect(await page.locator('tbody th').first().textContent()).toBe('y');
    // numbers of a mark: by keyboard, and by what points at it
    const { h2 } = JSON.parse(readFileSync(join(folder, 'he.he.json'), 'utf8')).estimates[0];
    const chart = page.locator('.report figure').first();
    await chart.locator('.scroll').focus();
    await page.keyboard.press('ArrowRight');
    const number = `estimate ${Number(h2.value.toPrecision(4))}`.replace('-', '−');
    await expect.poll(() => chart.locator('.tip').textContent()).toContain(number.slice(0, -1));
    await page.keyboard.press('Escape');
    await chart.locator('svg path, svg circle').first().hover({ force: true });
    await expect.poll(() => chart.locator('.tip').textContent()).toContain(number.slice(0, -1));
    expect(await saved(page, () => chart.getByRole('button', { name: /^Save as SVG/ }).click())).toContain(
      '<title>',
    );
    const png = await saved(
      page,
      () => chart.getByRole('button', { name: /^Save as PNG/ }).click(),
      'latin1',
    );
    expect(png.slice(1, 4)).toBe('PNG');
    const tsv = await saved(page, () =>
      page.getByRole('button', { name: /^Save as TSV: Estimates/ }).click(),
    );
    expect(tsv.split('\n')[0]).toMatch(/^trait.*\tn\t/);
    const report = await saved(page, () => page.getByRole('button', { name: 'Save the report' }).click());
    expect(report).toMatch(/^<!doctype html>[\s\S]*<h1>Heritability: he\.he<\/h1>/);
    await expectAccessible(page);
  });

  test('a wrong file and a missing option are said in words; a run is cancelled', async () => {
    await run('#estimate/munge?sumstats=study.pheno', 'failed');
    expect(await page.locator('.job.failed .problem').textContent()).toMatch(/study\.pheno/);
    await go('#estimate/ldsc');
    await page.locator('form.command button.primary').click();
    expect(await page.locator('form .problem').textContent()).toMatch(/Still needed: --h2/);
    const long = { samples: 9000, variants: 60000, out: 'long' };
    await go(`#estimate/${encodeURIComponent('simulate genotypes')}?${new URLSearchParams(long as never)}`);
    await page.locator('form.command button.primary').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.job.cancelled').waitFor();
  });

  test('a link sets the inputs of a model, and outputs follow a slider', async () => {
    await go('#gap/tagging?r2-common=0.5');
    const outputs = async () => (await page.locator('.outputs output').allTextContents()).map(Number);
    const expected = (r2Common: number) =>
      Object.keys(tagging.outputs).map(
        (name) => evaluateModel(tagging, { r2Common }).result.values[name as 'captured'],
      );
    await expect.poll(outputs).toEqual(expected(0.5).map((value) => Number(value.toPrecision(5))));
    const slider = page.getByLabel(/^Mean r2 of common .* slider$/);
    await slider.focus();
    await page.keyboard.press('End');
    await expect.poll(outputs).toEqual(expected(1).map((value) => Number(value.toPrecision(5))));
    expect(page.url()).toContain('r2-common=1');
    await page.locator('.report svg').waitFor();
    await expectAccessible(page);
  });

  test('an exercise of the chapter is answered, and its commands open their models', async () => {
    await go('#gap/chapter?section=2');
    const answer = page.getByLabel('Your number');
    for (const [typed, verdict] of [
      ['0.3', 'Not yet: try again, or open the answer.'],
      ['0.25', 'Right.'],
    ]) {
      await answer.fill(typed);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.exercise output').textContent()).toBe(verdict);
    }
    await page.getByText('heredity gap definition --rmz 0.62 --rdz 0.36 --snp-h2 0.31').click();
    await expect.poll(() => page.locator('#input-snp-h2').inputValue()).toBe('0.31');
    await go('#gap/chapter?section=2');
    await answer.waitFor();
    await expectAccessible(page);
  });

  test('every method estimates what is simulated, beside the truth', async () => {
    await go('#simulate?people=300&variants=100&traits=2&h2=0.4');
    await page.getByRole('button', { name: 'Simulate and estimate' }).click();
    await page.locator('.report svg').waitFor();
    expect(await page.locator('.report figure').textContent()).toContain('truth');
    expect(await page.locator('.simulate tbody tr').count()).toBe(2 * 6);
    await expectAccessible(page);
  });

  test('the account is added up as it is built, and its address holds it', async () => {
    await go('#gap/account');
    await page.locator('.answer svg').waitFor();
    await page.locator('#account-add').selectOption('rare-variants');
    await page.getByText('variants too rare for the array').first().waitFor();
    expect(decodeURIComponent(page.url())).toContain(';rare-variants');
    await page.getByLabel('SNP heritability, value:SE').fill('0.9:0.02');
    await page
      .getByText(/The mechanisms explain more|SNP .* above/i)
      .first()
      .waitFor();
    await expectAccessible(page);
  });

  test('every view in both schemes and on a telephone: nothing serious, nothing wider than the screen, no jump', async () => {
    const tab = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    const own = watch(tab);
    await tab.addInitScript(
      `window.jumps = 0; new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) jumps += e.value; })).observe({ type: 'layout-shift', buffered: true });`,
    );
    await tab.goto(address);
    for (const view of [
      'estimate',
      'estimate/ldsc',
      'results',
      'gap',
      'gap/structural',
      'gap/chapter',
      'simulate',
    ]) {
      await tab.evaluate(`location.hash = ${JSON.stringify(`#${view}`)}`);
      await tab.locator('main h2, main h3, main .field').first().waitFor();
      await tab.evaluate('document.fonts.ready.then(() => {})');
      await expectAccessible(tab);
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await tab.evaluate(wider), view).toBeLessThanOrEqual(0);
    }
    expect(await tab.evaluate('jumps')).toBeLessThan(0.1);
    expect(own).toEqual([]);
    await tab.close();
  });

  test('a keyboard alone: to the content, along the parts, into a form and to its run', async () => {
    const tab = await browser.newPage();
    await tab.goto(`${address}#estimate/twin?rmz=0.62&rdz=0.36&nmz=1000&ndz=1000`);
    await tab.locator('form.command').waitFor();
    const focused = () => tab.evaluate('document.activeElement.textContent || document.activeElement.id');
    await tab.keyboard.press('Tab');
    expect(await focused()).toBe('To the content');
    await tab.keyboard.press('Enter');
    // the page counts by itself: to ask it after every step takes as long as the step
    await tab.evaluate(`
      window.steps = 0;
      addEventListener('focusin', ({ target }) => {
        steps++;
        if (target.textContent === 'Run') window.ran ??= steps;
      });
      undefined`);
    const where = () => tab.evaluate('[window.ran ?? 0, steps]') as Promise<[number, number]>;
    let [at, steps] = [0, 0];
    while (at === 0 && steps < 150) {
      for (let k = 0; k < 15; k++) await tab.keyboard.press('Tab');
      [at, steps] = await where();
    }
    for (let back = steps; back > at; back--) await tab.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Run');
    await tab.keyboard.press('Enter');
    await tab.locator('.job.done').waitFor();
    await tab.close();
  });

  test('the documents are beside it', async () => {
    const tab = await browser.newPage();
    const own = watch(tab);
    await tab.goto(`${address}#estimate/ld%20scores`);
    const link = tab.getByRole('link', { name: 'Its flags and files' });
    const flags = String(await link.getAttribute('href'));
    expect(flags).toMatch(/docs\/commands\.html#heredity-ld-scores$/);
    expect(await (await tab.request.get(new URL(flags, address).href)).text()).toContain(
      'id="heredity-ld-scores"',
    );
    await tab.getByRole('link', { name: 'Documents' }).click();
    await tab.waitForURL(/docs\/index\.html$/);
    await tab.locator('article h1').waitFor();
    expect(own).toEqual([]);
    await tab.close();
  });

  test('once opened it works without a network', async () => {
    const other = await browser.newContext();
    const tab = await other.newPage();
    await tab.goto(address);
    await tab.evaluate('navigator.serviceWorker.ready.then(() => {})');
    await other.setOffline(true);
    await tab.goto(`${address}#gap/tagging`);
    await tab.reload();
    await tab.locator('.report svg').waitFor();
    await other.close();
  });

  test('no error in the console, no request off the server', () => {
    expect(seen).toEqual([]);
  });
});
