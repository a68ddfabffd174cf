import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html/report.js';
import { readResult } from '../../src/report/read-results.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { checkedJson, heredity } from '../cli/run.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const genotypes = randomGenotypes(300, 150, { seed: 4 });
const y = randomNormals(150, 1).map((e, i) => e + 2 * genotypes[40][i]);
const files = cohortFiles({ genotypes, chromosome: (v) => 1 + Math.floor(v / 100), traits: { y } });
for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);

async function documentOf(words: string, name: string) {
  const { exitCode, stderr } = await heredity([
    ...words.split(' '),
    '--bfile',
    at('study'),
    '--out',
    at('out'),
  ]);
  expect([exitCode, stderr]).toEqual([0, stderr]);
  const file = at(`out.${name}.json`);
  return {
    document: checkedJson(readFileSync(file, 'utf8')),
    html: await htmlReport([await readResult(file)]),
  };
}

it('a scan is drawn from its document, with the numbers of its strongest variants', async () => {
  const { document, html } = await documentOf(`assoc --pheno ${at('study.pheno')}`, 'assoc');
  const [scan, quantiles] = document.pictures;
  const top = scan.strongest.toSorted(
    (a: { minusLog10P: number }, b: { minusLog10P: number }) => b.minusLog10P - a.minusLog10P,
  )[0];
  const [{ strongest }] = document.traits;
  expect([top.variant, top.position]).toEqual([strongest.variant, 100 * (Number(top.variant.slice(2)) + 1)]);
  expect(Math.abs(top.minusLog10P - strongest.minusLog10P)).toBeLessThan(0.001);
  expect(scan.peaks.length % 3).toBe(0);
  expect(quantiles.expected.length).toBe(quantiles.observed.length);
  expect(html).toMatch(new RegExp(`<title>${top.variant}, chromosome 1: [\\d,]+\\n−log₁₀ P `));
  // the very picture that the run wrote
  const own = readFileSync(at('out.y.manhattan.svg'), 'utf8');
  const [path] = /<path[^>]* d="[^"]+"/.exec(own)!;
  expect(html).toContain(/ d="[^"]+"/.exec(path)![0]);
});

it('people and eigenvalues are drawn from the document of components', async () => {
  const { document, html } = await documentOf('pca --pcs 3', 'pca');
  const [people, scree] = document.pictures;
  expect(people.groups[0].x.length).toBeGreaterThan(100);
  expect(scree.eigenvalues).toHaveLength(3);
  expect(html).toMatch(/<title>components are of them\nPC1 .*\nPC2 /);
  expect(html).toContain('<title>component 1\neigenvalue');
});

it('a picture that is none is refused with its place', async () => {
  const document = JSON.parse(readFileSync(at('out.pca.json'), 'utf8'));
  document.pictures[0].groups[0].x[1] = 'x';
  writeFileSync(at('wrong.json'), JSON.stringify(document));
  await expect(readResult(at('wrong.json'))).rejects.toThrow(/pictures.*groups.*x/);
});
