import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../../../src/host/node/install.js';
import { htmlReport } from '../../../src/report/html/report.js';
import { CHROMIUM, sayWhereSkipped } from '../../chromium.js';
import { FINDINGS, HOSTILE, RECORD } from '../../report/findings.js';

sayWhereSkipped('a report in a browser');

const folder = mkdtempSync(join(tmpdir(), 'heredity-page-'));
const file = join(folder, 'page.html');
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(CHROMIUM === undefined)('a report in Chromium', { timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    const input = { kind: 'result' as const, label: 'r', findings: FINDINGS, record: RECORD, json: '{}' };
    writeFileSync(file, await htmlReport([input]));
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(() => browser?.close());

  /** The page, and all that it asks for or complains about. */
  async function opened(options: { readonly width: number; readonly colorScheme?: 'light' | 'dark' }) {
    const { width, colorScheme = 'light' } = options;
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  const valuesOf = (page: Page) =>
    page
      .locator('#heritability tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.children[4].textContent));

  test('fetches nothing, complains of nothing, and fits a phone', async () => {
    for (const width of [1280, 375]) {
      const { page, complaints } = await opened({ width });
      expect(await page.title()).toBe('Heritability: r');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  test('tables are sorted by keyboard, numbers as numbers, and say so', async () => {
    const { page } = await opened({ width: 1280 });
    const head = page.locator('#heritability thead th').nth(4);
    await head.locator('button').focus();
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    expect(await valuesOf(page)).toEqual(['-0.05 (0.10)', '0.250 (0.020)', '0.250 (0.020)', '–']);
    await page.keyboard.press('Space');
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect((await valuesOf(page)).at(-1)).toBe('–');
    await page.close();
  });

  test('dark pages have dark grounds under pictures and light words on them; paper has neither', async () => {
    const { page } = await opened({ width: 1280, colorScheme: 'dark' });
    const colours = () =>
      page.evaluate(
        `[getComputedStyle(document.querySelector('figure svg > rect')).fill, getComputedStyle(document.body).color]`,
      );
    expect(await colours()).toEqual(['rgb(20, 25, 31)', 'rgb(228, 232, 236)']);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await colours()).toEqual(['rgb(255, 255, 255)', 'rgb(29, 37, 48)']);
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
    await page.close();
  });

  test('names of traits are no markup, and data are saved from the page', async () => {
    const { page } = await opened({ width: 1280 });
    expect(await page.locator('#heritability tbody th').first().textContent()).toBe(HOSTILE);
    const saved = page.waitForEvent('download');
    await page.locator('a[download="r.tsv"]').click();
    expect((await saved).suggestedFilename()).toBe('r.tsv');
    await page.close();
  });
});
