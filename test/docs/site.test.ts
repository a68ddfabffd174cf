import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, sayWhereSkipped } from '../chromium.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const site = mkdtempSync(join(tmpdir(), 'heredity-site-'));
const pages = new Map<string, string>();
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build-docs.mjs', site], { cwd: root, stdio: 'pipe' });
  for (const name of readdirSync(site, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.html')) pages.set(join(site, name), readFileSync(join(site, name), 'utf8'));
});
afterAll(() => rmSync(site, { recursive: true }));

const targetsOf = (html: string) => Array.from(html.matchAll(/\b(?:href|src)="([^"]*)"/g), ([, to]) => to);

describe('the documents as a site', () => {
  it('has every document', () => {
    const documents = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.md'),
    );
    const absent = documents
      .map((name) => (name === 'README.md' ? 'index.html' : name.replace(/README\.md$/, 'readme.html')))
      .map((name) => join(site, name.replace(/\.md$/, '.html')))
      .filter((name) => !pages.has(name));
    expect(absent).toEqual([]);
    expect(pages.size).toBeGreaterThan(70);
  });

  it('has no link, picture or anchor that leads nowhere, those of README and CHANGELOG included', () => {
    const dead: string[] = [];
    let anchors = 0;
    for (const [page, html] of pages) {
      for (const target of targetsOf(html)) {
        if (/^(https?:|mailto:)/.test(target)) continue;
        const [path, anchor] = target.split('#');
        const file = path === '' ? page : resolve(dirname(page), path);
        const there =
          existsSync(file) &&
          (anchor === undefined || !pages.has(file) || pages.get(file)!.includes(` id="${anchor}"`));
        if (!there) dead.push(`${page.slice(site.length + 1)} -> ${target}`);
        if (anchor !== undefined) anchors++;
      }
    }
    expect(anchors).toBeGreaterThan(400);
    expect(dead).toEqual([]);
  });

  it('asks nothing of other servers', () => {
    for (const [page, html] of pages) {
      const foreign = [...html.matchAll(/<(?:link|script|img)\b[^>]*(?:href|src)="(https?:[^"]*)"/g)];
      expect(foreign.map(([, to]) => `${page}: ${to}`)).toEqual([]);
    }
    for (const file of ['style.css', 'site.js'])
      expect(readFileSync(join(site, file), 'utf8')).not.toMatch(/https?:|@import|\bfetch\(/);
  });
});

describe.skipIf(CHROMIUM === undefined)('the site in Chromium', () => {
  sayWhereSkipped('the site in a browser');

  it('fits a desk and a telephone, light and dark, and finds what is looked for', async () => {
    const browser = await chromium.launch({
      executablePath: CHROMIUM!,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        const page = await browser.newPage({ viewport: { width, height: 840 }, colorScheme });
        const wrong: string[] = [];
        page.on('pageerror', (error) => wrong.push(error.message));
        // what is on its way when the next page is asked for is given up, and did not fail
        page.on('requestfailed', (request) => {
          if (request.failure()?.errorText !== 'net::ERR_ABORTED') wrong.push(request.url());
        });
        for (const name of ['index', 'quick-start', 'commands', 'accuracy-findings', 'methods/05-greml']) {
          await page.goto(`file://${site}/${name}.html`);
          const outside = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
          const light = paper === 'rgb(255, 255, 255)';
          expect([name, width, outside, light]).toEqual([name, width, 0, colorScheme === 'light']);
        }
        await page.fill('.search input', 'intercept report');
        await page.click('#found a:text-is("The intercept")');
        await page.waitForURL(/reading-a-result\.html#the-intercept$/);
        expect(wrong).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  }, 60_000);
});
