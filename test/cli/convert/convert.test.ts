import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { HAS_PLINK2, plink2 } from '../../formats/plink2.js';
import { randomGenotypes, randomNormals } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

async function run(...words: string[]) {
  const { exitCode, stdout, stderr } = await heredity(words);
  if (exitCode !== 0) throw new Error(stderr);
  return { stdout, stderr };
}

const same = (a: string, b: string) =>
  expect(readFileSync(a).equals(readFileSync(b)), `${a} ${b}`).toBe(true);

/** A cohort on chromosomes 1, 2 and X, as a file set in each of the formats. */
function studyFolder(samples = 150, variants = 300) {
  const genotypes = randomGenotypes(variants, samples, { seed: 3, missing: 0.02 });
  const noise = randomNormals(samples, 8);
  const traits = { t: Array.from({ length: samples }, (_, i) => noise[i]) };
  const chromosome = (v: number) => (v < 120 ? 1 : v < 290 ? 2 : 'X');
  const folder = folderWith(cohortFiles({ genotypes, chromosome, traits }));
  return { folder, at: (name: string) => join(folder, name) };
}

describe('heredity convert', () => {
  it('writes a file set back byte for byte, and a .pgen that it reads again', async () => {
    const { at } = studyFolder();
    await run('convert', '--bfile', at('study'), '--make-bed', '--out', at('again'), '--quiet');
    for (const ending of ['bed', 'fam'])
      expect(readFileSync(at(`again.${ending}`))).toHaveLength(readFileSync(at(`study.${ending}`)).length);
    same(at('again.bed'), at('study.bed'));
    await run('convert', '--bfile', at('study'), '--make-pgen', '--out', at('two'), '--quiet');
    await run('convert', '--pfile', at('two'), '--make-bed', '--out', at('back'), '--quiet');
    for (const ending of ['bed', 'bim', 'fam']) same(at(`back.${ending}`), at(`again.${ending}`));
    const json = checkedJson(readFileSync(at('two.convert.json'), 'utf8'));
    expect(json).toMatchObject({
      people: 150,
      variants: 300,
      files: [at('two.pgen'), at('two.pvar'), at('two.psam')],
    });
    expect(json.provenance).toMatchObject({ hardCalls: null, variants: { left: 300 } });
    expect(json.provenance.inputs).toHaveLength(3);
  });

  it('joins one file a chromosome, by @ and by list', async () => {
    const { at } = studyFolder();
    for (const chromosome of ['1', '2', 'X'])
      await run(
        'convert',
        '--bfile',
        at('study'),
        '--chr',
        chromosome,
        '--make-pgen',
        '--out',
        at(`chr${chromosome}`),
        '--quiet',
      );
    await run('convert', '--bfile', at('study'), '--make-bed', '--out', at('all'), '--quiet');
    for (const names of [at('chr@'), ['1', '2', 'X'].map((code) => at(`chr${code}`)).join(',')]) {
      const { stderr } = await run('convert', '--pfile', names, '--make-bed', '--out', at('joined'));
      for (const ending of ['bed', 'bim', 'fam']) same(at(`joined.${ending}`), at(`all.${ending}`));
      if (names.includes('@')) expect(stderr).toMatch(/chr@: there is no file of chromosome 3, 4, .*, 22/);
    }
  });

  it('applies every filter', async () => {
    const { folder, at } = studyFolder();
    const keep = readFileSync(at('study.fam'), 'utf8')
      .split('\n')
      .slice(0, 100)
      .map((line) => line.split(' ').slice(0, 2).join(' '))
      .join('\n');
    const filters = ['--chr', '1,2', '--maf', '0.1', '--geno', '0.05', '--hwe', '0.001'];
    const { stdout } = await run(
      ...['convert', '--bfile', at('study'), '--keep', join(folderWith({ keep }), 'keep'), ...filters],
      ...['--make-bed', '--out', join(folder, 'filtered')],
    );
    expect(stdout).toMatch(/samples read .* 150/);
    expect(stdout).toMatch(/--keep +50 +100/);
    expect(stdout).toMatch(/--chr +10 +290/);
    expect(readFileSync(at('filtered.fam'), 'utf8').trimEnd().split('\n')).toHaveLength(100);
  });

  it('refuses to guess', async () => {
    const { at } = studyFolder(20, 300);
    const refused = async (words: string[], message: RegExp) => {
      const { exitCode, stderr } = await heredity(['convert', ...words]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
    };
    await refused(['--bfile', at('study')], /give one of --make-bed and --make-pgen/);
    await refused(
      ['--bfile', at('study'), '--make-bed', '--out', at('study')],
      /the output would replace an input of the run/,
    );
    await refused(
      ['--make-bed'],
      /--bfile <prefix> is required.*Or give --pfile, --bgen, --vcf in its place/,
    );
    await refused(
      ['--bfile', 'a', '--pfile', 'b', '--make-bed'],
      /--bfile and --pfile take the place of each other/,
    );
    await refused(['--bfile', 'a', '--sample', 'b', '--make-bed'], /--sample means nothing without --bgen/);
    await refused(
      ['--bfile', 'a', '--hard-call-threshold', '0.2', '--make-bed'],
      /--hard-call-threshold means nothing without/,
    );
    await refused(
      ['--pfile', at('absent@'), '--make-bed'],
      /absent@: there is no file of this name for any chromosome/,
    );
    await refused(['--pfile', at('absent'), '--make-bed'], /absent\.psam: the file does not exist/);
    await refused(
      ['--pfile', at('study'), '--make-bed'],
      /there is .*study\.bed\..*give the file set with --bfile/i,
    );
  });
});

describe.skipIf(!HAS_PLINK2)('beside plink2', () => {
  it('every format becomes the .bed that plink2 makes of it, and plink2 reads our .pgen', async () => {
    const { folder, at } = studyFolder();
    plink2(folder, '--bfile', 'study', '--make-pgen', 'vzs', '--out', 'p');
    plink2(folder, '--bfile', 'study', '--export', 'bgen-1.2', 'bits=8', 'ref-first', '--out', 'g');
    plink2(folder, '--bfile', 'study', '--export', 'vcf', 'bgz', '--out', 'v');
    plink2(folder, '--bfile', 'study', '--make-bed', '--out', 'theirs');
    const sources = [
      ['--pfile', at('p')],
      ['--bgen', at('g.bgen'), '--sample', at('g.sample')],
      ['--vcf', at('v.vcf.gz')],
    ];
    for (const source of sources) {
      await run('convert', ...source, '--make-bed', '--out', at('ours'), '--quiet');
      same(at('ours.bed'), at('theirs.bed'));
      same(at('ours.bim'), at('theirs.bim'));
      await run('convert', ...source, '--make-pgen', '--out', at('q'), '--quiet');
      plink2(folder, '--pfile', 'q', '--make-bed', '--out', 'r');
      same(at('r.bed'), at('theirs.bed'));
      same(at('r.bim'), at('theirs.bim'));
    }
  });

  it('GRE is the same number from .bed, .pgen, BGEN and VCF of the same data', async () => {
    const { folder, at } = studyFolder(400);
    plink2(folder, '--bfile', 'study', '--make-pgen', '--out', 'p');
    plink2(folder, '--bfile', 'study', '--export', 'bgen-1.3', 'bits=8', 'ref-first', '--out', 'g');
    plink2(folder, '--bfile', 'study', '--export', 'vcf', 'id-paste=iid', '--out', 'v');
    const estimates: unknown[] = [];
    for (const source of [
      ['--bfile', at('study')],
      ['--pfile', at('p')],
      ['--bgen', at('g.bgen'), '--sample', at('g.sample')],
      ['--vcf', at('v.vcf')],
    ]) {
      await run('gre', ...source, '--pheno', at('study.pheno'), '--out', at('e'), '--quiet');
      const { estimates: own } = JSON.parse(readFileSync(at('e.gre.json'), 'utf8'));
      estimates.push(own);
    }
    expect((estimates[0] as unknown[]).length).toBe(1);
    for (const other of estimates.slice(1)) expect(other).toEqual(estimates[0]);
  });

  it('says what hard calls lose of dosages, on the terminal and in the JSON', async () => {
    const folder = folderWith();
    const at = (name: string) => join(folder, name);
    plink2(folder, '--dummy', '80', '200', '0.02', 'dosage-freq=0.5', '--seed', '1', '--out', 'a');
    plink2(folder, '--pfile', 'a', '--hard-call-threshold', '0.25', '--make-bed', '--out', 'theirs');
    const { stderr } = await run(
      'convert',
      '--pfile',
      at('a'),
      '--hard-call-threshold',
      '0.25',
      '--make-bed',
      '--out',
      at('ours'),
    );
    expect(stderr).toMatch(
      /200 variants have dosages, which this run takes as hard calls within 0\.25 of a whole number: [\d,]+ genotypes \([\d.]+ %\) become missing, and [\d.]+ % of the dosages' variance is lost/,
    );
    same(at('ours.bed'), at('theirs.bed'));
    const { hardCalls } = checkedJson(readFileSync(at('ours.convert.json'), 'utf8')).provenance;
    expect(hardCalls).toMatchObject({ threshold: 0.25, variants: 200 });
    expect(hardCalls.varianceLost).toBeGreaterThan(0.05);
  });
});
