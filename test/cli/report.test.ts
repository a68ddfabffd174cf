import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultJson } from '../../src/report/result-json.js';
import { FINDINGS, RECORD } from '../report/findings.js';
import { heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-report-'));
const at = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  writeFileSync(at('all.h2.json'), resultJson(FINDINGS, RECORD));
  const twin = 'twin --rmz 0.62 --rdz 0.36 --nmz 1000 --ndz 1000 --report --quiet --out'.split(' ');
  expect(await heredity([...twin, at('tw')])).toMatchObject({ exitCode: 0 });
  const account =
    'gap account --twin 0.52:0.067 --snp 0.31:0.02 --mechanism structural --draws 200 --quiet --out';
  expect(await heredity([...account.split(' '), at('ac')])).toMatchObject({ exitCode: 0 });
});

test('--report of a command that estimates writes a page and a table for MultiQC', () => {
  expect(read('tw.twin.html')).toContain('correlations of pairs');
  const { data, plot_type } = JSON.parse(read('tw.twin_mqc.json'));
  const { estimates } = JSON.parse(read('tw.twin.json'));
  expect(plot_type).toBe('table');
  expect(data['trait | Twins']).toMatchObject({ h2: estimates[0].h2.value, se: estimates[0].h2.se, n: 4000 });
  expect(JSON.stringify(data)).not.toContain('null');
});

test('report takes any results, and names the page as it is asked to', async () => {
  const files = ['all.h2.json', 'tw.twin.json', 'ac.account.json'].map(at);
  const { exitCode, stdout } = await heredity(['report', ...files, '--out', at('page.html'), '--quiet']);
  expect([exitCode, stdout]).toEqual([0, `Written: ${at('page')}.html, _mqc.json, .report.log\n`]);
  for (const part of ['Twins and other relatives', 'From twins to SNPs', 'tw.twin', 'ac.account'])
    expect(read('page.html')).toContain(part);
  expect(Object.keys(JSON.parse(read('page_mqc.json')).data)).toContain('trait | Twins | tw.twin');
});

test('a page about a file is that of the run', async () => {
  await heredity(['report', at('tw.twin.json'), '--out', at('again'), '--quiet']);
  expect(read('again.html')).toBe(read('tw.twin.html'));
});

test('files of one name in two folders are told apart', async () => {
  const folderOf = mkdtempSync(join(folder, 'other-'));
  writeFileSync(join(folderOf, 'tw.twin.json'), read('tw.twin.json'));
  const files = [at('tw.twin.json'), join(folderOf, 'tw.twin.json')];
  expect(await heredity(['report', ...files, '--out', at('two'), '--quiet'])).toMatchObject({ exitCode: 0 });
  for (const file of files) expect(read('two.html')).toContain(`Twins (${file})`);
});

test('table prints, or writes a file of the format', async () => {
  const { stdout } = await heredity(['table', at('tw.twin.json'), '--quiet']);
  expect(stdout).toMatch(/^\| trait \| N \| h² \(SE\) \| 95 % interval \|\n/);
  await heredity(['table', at('tw.twin.json'), '--format', 'latex', '--out', at('t2'), '--quiet']);
  expect(read('t2.tex')).toContain('\\toprule');
});

describe('bad inputs', () => {
  test.each([
    ['no file', [], 'report', 2, /--results <file> is required/],
    ['a file twice', ['all.h2.json', 'all.h2.json'], 'report', 2, /given twice/],
    ['a missing file', ['absent.json'], 'report', 2, /absent\.json.*does not exist/],
    ['an account in a table', ['ac.account.json'], 'table', 2, /"heredity report" takes it/],
  ])('%s', async (_, files, command, code, message) => {
    const { exitCode, stderr } = await heredity([command, ...files.map(at), '--quiet', '--out', at('bad')]);
    expect([exitCode, stderr]).toEqual([code, expect.stringMatching(message)]);
    expect(existsSync(at('bad.html'))).toBe(false);
  });

  test.each(['all.h2.json', 'tw.twin.json', 'ac.account.json'])(
    'any value of %s that is another one is refused or taken, and never ends in a bug',
    async (name) => {
      const codes = new Set<number>();
      const text = read(name);
      for (const [k, place] of placesOf(JSON.parse(text)).entries()) {
        if (k % 13 !== 0 && name !== 'ac.account.json') continue;
        writeFileSync(at('damaged.json'), JSON.stringify(damaged(JSON.parse(text), place)));
        const { exitCode, stderr } = await heredity([
          'report',
          at('damaged.json'),
          '--quiet',
          '--out',
          at('bad'),
        ]);
        expect([0, 2], `${place.join('.')}: ${stderr}`).toContain(exitCode);
        codes.add(exitCode);
      }
      expect([...codes].sort()).toEqual([0, 2]);
    },
  );
});

type Place = readonly (string | number)[];

function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return Object.entries(value).flatMap(([key, own]) =>
    placesOf(own, [...place, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The document with an object in the place of a value. */
function damaged(document: unknown, place: Place): unknown {
  type Holder = Record<string | number, unknown>;
  const holder = place.slice(0, -1).reduce<unknown>((own, key) => (own as Holder)[key], document) as Holder;
  holder[place.at(-1)!] = { not: ['this'] };
  return document;
}
