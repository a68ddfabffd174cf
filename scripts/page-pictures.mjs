// node scripts/page-pictures.mjs DATA: the pictures of docs/page.md, of the built page at two widths. DATA holds a cohort
// study.bed, .bim, .fam, .pheno, results of a GWAS and results of runs as JSON.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [data] = process.argv.slice(2);
const dist = fileURLToPath(new URL('../web/dist/', import.meta.url));
const pictures = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const server = createServer(async ({ url }, response) => {
  const name = url.split('?')[0].slice(1) || 'index.html';
  response.setHeader('Content-Type', TYPES[extname(name)] ?? 'application/octet-stream');
  response.end(await readFile(join(dist, name)).catch(() => ''));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const address = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const files = readdirSync(data).map((name) => join(data, name));

const VIEWS = {
  estimate: {
    hash: '#estimate',
    async show(page) {
      await page.locator('.advice li').first().waitFor();
      await page.locator('summary').filter({ hasText: 'study.pheno' }).click();
      await page.locator('.as-read .flow').waitFor();
    },
  },
  results: { hash: '#results/./', show: (page) => page.locator('#section-parts svg').first().waitFor() },
  gap: {
    hash: '#gap/twin-designs?m2=0.05',
    async show(page) {
      await page.locator('.report svg').waitFor();
      await page.locator('.report .scroll').focus();
      for (let k = 0; k < 20; k++) await page.keyboard.press('ArrowRight');
    },
  },
  simulate: {
    hash: '#simulate?people=400&variants=300&traits=2&causal=0.05',
    async show(page) {
      await page.getByRole('button', { name: 'Simulate and estimate' }).click();
      await page.locator('.report svg').waitFor({ timeout: 120_000 });
    },
  },
};
const WIDTHS = [
  { suffix: '', viewport: { width: 1200, height: 900 }, colorScheme: 'light' },
  { suffix: '-phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
];
for (const { suffix, ...options } of WIDTHS) {
  const page = await browser.newPage(options);
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await page.goto(address);
  await page.locator('#choose').setInputFiles(files);
  for (const [name, { hash, show }] of Object.entries(VIEWS)) {
    await page.evaluate((own) => {
      location.hash = own;
    }, hash);
    await show(page);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(500);
    // as much of it as a reader of the docs needs to see
    const height = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), 1500);
    await page.screenshot({
      path: join(pictures, `page-${name}${suffix}.png`),
      fullPage: true,
      clip: { x: 0, y: 0, width: options.viewport.width, height },
    });
    console.error(`page-${name}${suffix}.png`);
  }
  await page.close();
}
await browser.close();
server.close();
