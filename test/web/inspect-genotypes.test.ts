import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectGenotypes } from '../../web/engine/inspect-genotypes.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { heredity } from '../cli/run.js';
import { bgenBlock, bgenFile } from '../formats/bgen-file.js';
import { randomGenotypes } from '../genotype-data.js';

const PEOPLE = 40;
const genotypes = randomGenotypes(12, PEOPLE, { seed: 3 });
const folder = mkdtempSync(join(tmpdir(), 'heredity-inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** The page's words, without tags. */
async function said(name: string, { size = 0, cut = [] as string[] } = {}): Promise<string> {
  const { text } = await inspectGenotypes(at(name), size, [at(name)], cut.map(at));
  return text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

const vcf = (rows: readonly string[]) => {
  const names = Array.from({ length: PEOPLE }, (_, i) => `i${i}`);
  const header = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...names].join(
    '\t',
  );
  return `##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1>\n##FORMAT=<ID=DS,Number=A>\n${header}\n${rows.join('')}`;
};
const row = (chromosome: string | number, v: number, alternative = 'A') =>
  `${[chromosome, 100 + v, `rs${v}`, 'G', alternative, '.', '.', '.', 'GT:DS', ...new Array(PEOPLE).fill('0/1:1')].join('\t')}\n`;

describe('genotypes before a run', () => {
  beforeAll(async () => {
    const files = cohortFiles({ genotypes, chromosome: (v) => (v < 10 ? 1 : 'X') });
    for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
    for (const kind of ['bed', 'pgen'])
      await heredity(['convert', '--bfile', at('study'), `--make-${kind}`, '--out', at('made'), '--quiet']);
  });

  it.each(['study.bed', 'study.fam', 'made.pgen', 'made.psam'])('%s: what is on X is lost', async (name) => {
    const text = await said(name);
    expect(text).toMatch(/people 40 .*12 variants read −2 on X, Y, MT .* 10 variants used/);
  });

  it('BGEN: more than two alleles and dosages are said', async () => {
    const own = genotypes.map((_, v) => ({
      alleles: v === 3 ? ['G', 'A', 'T'] : ['G', 'A'],
      block: bgenBlock(PEOPLE, new Array(2 * PEOPLE).fill(0)),
      chromosome: v < 10 ? '1' : 'X',
    }));
    writeFileSync(at('own.bgen'), bgenFile(PEOPLE, own));
    const people = Array.from({ length: PEOPLE }, (_, i) => `i${i} i${i} 0\n`);
    writeFileSync(at('own.sample'), `ID_1 ID_2 missing\n0 0 0\n${people.join('')}`);
    expect(await said('own.bgen')).toMatch(
      /dosages yes: .*12 variants read −1 more than two alleles .* −2 on X, .* 9 variants used/,
    );
    // of a long file, and of one of which the beginning alone is there, the header
    const header = await said('own.bgen', { cut: ['own.bgen'] });
    expect(header).toMatch(/people 40 .*variants 12 .*From the header alone/);
    expect(header).not.toMatch(/variants used/);
  });

  it('VCF: all of a small one, the header of a large one', async () => {
    writeFileSync(at('own.vcf'), vcf([row(1, 1), row(1, 2, 'A,T'), row('X', 3)]));
    expect(await said('own.vcf')).toMatch(
      /3 variants read −1 more than two alleles .* −1 on X.* 1 variants? used/,
    );
    const large = await said('own.vcf', { size: 2 ** 31 });
    expect(large).toMatch(/people 40 .*GT, DS .*2\.15 GB.*plink2 --vcf FILE dosage=DS --make-pgen/);
  });

  it('a set whose genotypes are too large to look into is told from its lists; a wrong file is refused', async () => {
    const bytes = readFileSync(at('study.bed'));
    truncateSync(at('study.bed'), 20);
    expect(await said('study.bim', { cut: ['study.bed'] })).toMatch(/10 variants used/);
    await expect(said('study.bed')).rejects.toThrow(/study\.bed/);
    writeFileSync(at('study.bed'), bytes);
    writeFileSync(at('words.bgen'), 'these are no genotypes at all');
    await expect(said('words.bgen')).rejects.toThrow(/not a BGEN file|impossible length/);
  });
});
