import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flagName } from '../../../src/options/flags.js';
import { CHROMIUM, sayWhereSkipped } from '../../chromium.js';
import { cohortFiles } from '../../cli/cohort-files.js';
import { randomGenotypes, randomNormals } from '../../genotype-data.js';
import type { Job, Outcome } from './smoke-job.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' };

const folder = mkdtempSync(join(tmpdir(), 'heredity-web-'));
afterAll(() => rmSync(folder, { recursive: true }));

sayWhereSkipped('the smoke test in a browser');

test.runIf(process.env.HEREDITY_BROWSER === 'must')('there is a browser where there has to be one', () => {
  expect(CHROMIUM).toBeDefined();
});

/** LD scores of two gzip members, and Z scores of a trait of some heritability. */
function summaryFiles() {
  const variants = 4000;
  const [a, b, noise] = [1, 2, 3].map((seed) => randomNormals(variants, seed));
  const score = (v: number) => 1 + 30 * a[v] ** 2;
  const row = (v: number) =>
    `${1 + Math.floor(v / 2000)}\trs${v}\t${100 * (v + 1)}\t${score(v).toFixed(3)}\n`;
  const z = (v: number) => Math.sqrt(1 + 0.02 * score(v)) * b[v] + 0.01 * noise[v];
  const rows = Array.from({ length: variants }, (_, v) => row(v));
  const members = [`CHR\tSNP\tBP\tL2\n${rows.slice(0, 2500).join('')}`, rows.slice(2500).join('')];
  const lines = rows.map((_, v) => `rs${v}\tA\tG\t${z(v).toFixed(4)}\t50000\n`);
  return {
    'scores.l2.ldscore.gz': Buffer.concat(members.map((text) => gzipSync(text))),
    'scores.l2.M_5_50': `${variants}\n`,
    'trait.sumstats': `SNP\tA1\tA2\tZ\tN\n${lines.join('')}`,
  };
}

function genotypeFiles() {
  const samples = 1200;
  const genotypes = randomGenotypes(1000, samples, { seed: 3, missing: 0.01 });
  const y = randomNormals(samples, 1).map((e, i) => e + genotypes[5][i] / 2);
  return cohortFiles({ genotypes, chromosome: (v) => 1 + Math.floor(v / 500), traits: { y } });
}

const RUNS = [
  {
    command: 'ldsc',
    values: { h2: ['trait.sumstats'], refLd: ['scores'], wLd: 'scores', out: 'web' },
    inputs: summaryFiles(),
    result: 'web.ldsc.json',
  },
  {
    command: 'gre',
    values: {
      bfile: 'study',
      pheno: 'study.pheno',
      backend: 'wasm',
      threads: 2,
      memory: 2 ** 30,
      out: 'web',
    },
    inputs: genotypeFiles(),
    result: 'web.gre.json',
  },
];

describe.skipIf(CHROMIUM === undefined)('in a Worker of a page in Chromium', { timeout: 240_000 }, () => {
  let browser: Browser;
  const servers: Server[] = [];

  beforeAll(async () => {
    await build({
      input: { smoke: path('smoke-worker.ts'), thread: path('../../../src/worker-web.ts') },
      platform: 'browser',
      resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
      output: { dir: join(folder, 'page'), format: 'esm', entryFileNames: '[name].js' },
      logLevel: 'silent',
    });
    writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>smoke</title>');
    for (const { inputs } of RUNS)
      for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content!);
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) server.close();
  });

  /** A page at an address of this machine; isolated pages may share memory between threads. */
  async function pageOf(isIsolated: boolean) {
    const server = createServer((request, response) => {
      const name = request.url!.slice(1) || 'index.html';
      const file = name.startsWith('inputs/')
        ? join(folder, name.slice('inputs/'.length))
        : name === 'kernels.wasm'
          ? path('../../../native/build/kernels.wasm')
          : join(folder, 'page', name);
      if (isIsolated) {
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      }
      response.setHeader('Content-Type', TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream');
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return page;
  }

  const inNode = (command: string, values: Readonly<Record<string, unknown>>, result: string) => {
    const words = Object.entries(values).flatMap(([key, value]) => [flagName(key), String(value)]);
    const bin = path('../../../bin/heredity.cjs');
    const { status, stderr } = spawnSync(process.execPath, [bin, command, ...words, '--quiet'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stderr.replace(/^warning:.*\n/gm, '')]).toEqual([0, '']);
    return numbersOf(readFileSync(join(folder, result), 'utf8'));
  };

  describe.each([
    ['isolated from others, with threads', true],
    ['as any page is, without shared memory', false],
  ])('%s', (_, isIsolated) => {
    test.each(RUNS)('$command gives the numbers of Node.js', async ({ command, values, inputs, result }) => {
      const page = await pageOf(isIsolated);
      const job: Job = { command, values, files: Object.keys(inputs), worker: '/thread.js' };
      const outcome = (await page.evaluate(
        // what follows runs in the page, which knows nothing of this file
        `new Promise((resolve) => {
          const worker = new Worker('/smoke.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => resolve({ error: message });
          worker.postMessage(${JSON.stringify(job)});
        })`,
      )) as Outcome;
      if ('error' in outcome) throw new Error(outcome.error);
      expect(outcome.isShared).toBe(isIsolated);
      if (command === 'gre') expect(outcome.threads).toBe(isIsolated ? 2 : 0);
      expect(numbersOf(outcome.written[`/${result}`])).toEqual(inNode(command, values, result));
      await page.close();
    });
  });

  test('no script of the page asks for Node.js', () => {
    for (const name of readdirSync(join(folder, 'page')).filter((file) => file.endsWith('.js')))
      expect(readFileSync(join(folder, 'page', name), 'utf8')).not.toMatch(
        /from ?["']node:|require\(["']node:/,
      );
  });
});

/** All that a result says but how it came about. */
function numbersOf(json: string): unknown {
  const { provenance, ...rest } = JSON.parse(json);
  return rest;
}
