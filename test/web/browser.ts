import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const DIST = fileURLToPath(new URL('../../web/dist/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Serves the built page below a path, as any static server does: no header that it needs. */
export async function serveStatically(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const name = normalize(request.url!.split('?')[0].replace(/^\/below\/path\//, '') || 'index.html');
    const file = join(DIST, name);
    if (!request.url!.startsWith('/below/path/') || !existsSync(file) || !statSync(file).isFile())
      return void response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/below/path/` };
}

/** Notes what must not happen on a page: errors, and requests that leave its server. */
export function watch(page: Page): string[] {
  const seen: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.push(message.text());
  });
  page.on('pageerror', (error) => seen.push(error.message));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== 'blob:' && hostname !== '127.0.0.1') seen.push(`a request to ${request.url()}`);
  });
  return seen;
}

let axeSource: string | undefined;
const axe = () =>
  (axeSource ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));

/** Expects axe-core to find nothing serious. The policy of the page allows no script but its own, so it is put in by the browser. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe());
  const found = (await page.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join('; ')))`,
  )) as string[];
  expect(found).toEqual([]);
}

/** What the page saves when something is done with it. */
export async function saved(
  page: Page,
  act: () => Promise<void>,
  encoding: BufferEncoding = 'utf8',
): Promise<string> {
  const saving = page.waitForEvent('download');
  await act();
  return readFileSync(await (await saving).path(), encoding);
}

/** The built page, made anew where its sources are newer. */
export function buildPage(): void {
  const script = fileURLToPath(new URL('../../scripts/build-page.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect([status, stderr.includes('rror')], stderr).toEqual([0, false]);
}

/** Serves the built page by Python's own server, as its docs say; undefined where there is no Python. */
export async function serveByPython(): Promise<{ process: ChildProcess; address: string } | undefined> {
  const words = ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', DIST];
  const server = spawn('python3', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const said = await new Promise<string | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.once('exit', () => resolve(undefined));
    server.stdout!.once('data', (text) => resolve(String(text)));
  });
  const port = /port (\d+)/.exec(said ?? '')?.[1];
  return port === undefined ? undefined : { process: server, address: `http://127.0.0.1:${port}/` };
}
