import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import '../../../src/host/node/install.js';
import { htmlReport } from '../../../src/report/html/report.js';
import { writtenResult } from '../../../src/report/read-results.js';
import { resultJson } from '../../../src/report/result-json.js';
import { resultTsv } from '../../../src/report/result-tsv.js';
import { FINDINGS, HOSTILE, RECORD } from '../findings.js';

const input = (label: string) => ({
  kind: 'result' as const,
  label,
  findings: FINDINGS,
  record: RECORD,
  json: resultJson(FINDINGS, RECORD),
});
const text = await htmlReport([input('study.h2')]);
const { document } = parseHTML(text);
interface Node {
  readonly id: string;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  getAttributeNames(): string[];
  querySelector(selector: string): Node | null;
  querySelectorAll(selector: string): Iterable<Node>;
}
const all = (selector: string): Node[] => [...document.querySelectorAll(selector)];

test('the policy allows the style and the script of the page by their hashes, and nothing else of its kind', () => {
  const policy = document.querySelector('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
  const hashOf = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  // as they stand in the file, not as a parser has them
  const [style] = [.../<style>([\s\S]*?)<\/style>/.exec(text)!].slice(1);
  const [script] = [.../<script>([\s\S]*?)<\/script>/.exec(text)!].slice(1);
  expect(policy).toContain(`default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)};`);
  expect(all('script')).toHaveLength(1);
  expect(all('style')).toHaveLength(1);
  expect(all('[style]')).toEqual([]);
  expect(all('*').flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith('on')))).toEqual(
    [],
  );
});

test('nothing points elsewhere: links are to places of the page or to data in it', () => {
  const targets = all('[href],[src]').map((one) => one.getAttribute('href') ?? one.getAttribute('src'));
  expect(targets.filter((target) => !/^(#|data:)/.test(target!))).toEqual([]);
  for (const target of targets.filter((one) => one!.startsWith('#')))
    expect(document.getElementById(target!.slice(1)), target!).not.toBeNull();
  const ids = all('[id]').map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('names stand as they are, and are no markup', () => {
  expect(all('tbody th').map((one) => one.textContent)).toContain(HOSTILE);
});

test('what saves data gives what the files of the run hold', () => {
  const dataOf = (name: string) =>
    decodeURIComponent(
      all('a[download]')
        .find((one) => one.getAttribute('download') === name)!
        .getAttribute('href')!
        .split(',', 2)[1],
    );
  expect(dataOf('study.h2.tsv')).toBe(resultTsv(FINDINGS));
  expect(dataOf('study.h2.json')).toBe(resultJson(FINDINGS, RECORD));
});

test('every table has a caption and heads with a scope, every picture a name', () => {
  expect(all('table').length).toBeGreaterThan(5);
  for (const table of all('table')) {
    expect(table.querySelector('caption')?.textContent).toBeTruthy();
    for (const head of table.querySelectorAll('th'))
      expect(head.getAttribute('scope')).toMatch(/^(row|col)$/);
  }
  for (const svg of all('figure svg')) expect(svg.getAttribute('aria-label')).toBeTruthy();
  expect(all('figure')).toHaveLength(4); // all estimates, correlations, blocks, χ² by LD score
});

describe('what speaks against a number', () => {
  test('stands on the picture, at the top and among the warnings, with what to do', () => {
    const alarms = all('.alarm').map((one) => one.textContent!);
    expect(alarms[0]).toContain('1 of 4 estimates');
    expect(alarms.filter((one) => one.includes('Estimate with --cross-block.'))).toHaveLength(2);
    const doubt = document.querySelector('ul.warnings li.doubt').textContent;
    expect(doubt).toMatch(/blocks-overlap[\s\S]*estimate with --cross-block[\s\S]*by GRE/);
  });

  test('every warning is there, the run’s and those of absent estimates too', () => {
    const warnings = all('ul.warnings li').map((one) => one.textContent!);
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).toMatch(/nobody has a height/);
    expect(warnings.join()).toMatch(/the run has a note/);
  });
});

test('the paragraph for the paper has methods, numbers, losses, covariates and citations', () => {
  const paste = document.querySelector('.paste').textContent;
  for (const part of [
    'GRE (Hou et al. 2019)',
    'Of 5,100 people, 5,000 were used',
    'All 1,000 variants were used',
    'adjusted for covariates',
    '0.01 in the population, 0.5 in the sample',
    'References: Hou et al. 2019, Nature Genetics 51:1244; Bulik-Sullivan et al. 2015',
  ])
    expect(paste).toContain(part);
  expect(paste).not.toMatch(/NaN|undefined|null|\.\./);
});

test('several results of one method are told apart', async () => {
  const both = parseHTML(await htmlReport([input('a.gre'), input('b.gre')])).document;
  const picture = both.querySelector('figure svg').textContent;
  expect(picture).toContain('GRE (a.gre)');
  expect(picture).toContain('GRE (b.gre)');
});

test('what a command wrote that estimates nothing is shown too: values, rows, losses and warnings', async () => {
  const json = JSON.stringify({
    schema: 'heredity/munge@1',
    snps: 66898,
    z: { from: 'P', meanChi2: 1.5339 },
    columns: [{ column: 'rsID', readAs: 'variant ID' }],
    provenance: { ...RECORD, warnings: ['the signs may mean nothing'] },
  });
  const written = writtenResult('bmi.munge.json', JSON.parse(json));
  expect(written.kind).toBe('other');
  const { document: own } = parseHTML(await htmlReport([written]));
  const said = own.getElementById('said');
  expect(said.querySelector('.alarm').textContent).toBe('the signs may mean nothing');
  const cells = [...said.querySelectorAll('tr')].map((row) =>
    [...(row as unknown as Node).querySelectorAll('th,td')].map(({ textContent }) => textContent),
  );
  expect(cells).toContainEqual(['snps', '66,898']);
  expect(cells).toContainEqual(['z.meanChi2', '1.5339']);
  expect(cells).toContainEqual(['rsID', 'variant ID']);
});
