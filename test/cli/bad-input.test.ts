import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BAD_INPUTS, type BadInput, GOOD_FILESET } from '../formats/bad-inputs.js';
import { type Files, folderWith } from '../formats/folder.js';
import { heredity } from './run.js';

/** Words that only our code or its runtime would use. */
const INTERNAL =
  /\bat .+:\d+:\d+|undefined|\bNaN\b|\[object|TypeError|RangeError|\bE[A-Z]{4,}\b|errno|node:|internal error/;

/**
 * Runs a command line on files that must fail: one line on stderr, nothing on stdout, nothing written, no trace of our code.
 * `{}` in a word stands for the folder of the files.
 * @returns the message without `error: ` and the folder, and the exit code.
 */
async function failing(
  files: Files,
  words: readonly string[],
): Promise<{ message: string; exitCode: number }> {
  const folder = folderWith(files);
  mkdirSync(join(folder, 'out'));
  const before = readdirSync(folder);
  const line = words.map((word) => word.replaceAll('{}', folder));
  const out = line.includes('--out') ? [] : ['--out', join(folder, 'out/run')];
  const { exitCode, stdout, stderr } = await heredity([...line, '--quiet', ...out]);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: .*\n$/); // one line: a dot does not match a newline
  expect(stderr.replaceAll(folder, '')).not.toMatch(INTERNAL); // whose random name may look like the name of an error
  expect(readdirSync(join(folder, 'out'))).toEqual([]);
  expect(readdirSync(folder)).toEqual(before);
  return {
    message: stderr
      .replace(/^error: /, '')
      .trimEnd()
      .replaceAll(`${folder}/`, ''),
    exitCode,
  };
}

const GRE = ['gre', '--bfile', '{}/study', '--pheno', '{}/study.pheno'];
const MANIFEST = {
  schema: 'heredity/ld-factor@1',
  samples: 100,
  covariates: 1,
  covariateNames: [],
  rankTolerance: 1e-9,
  blocks: [{ id: 'chr1', variants: 4, rank: 4, sha256: '0'.repeat(64) }],
};

/** The command line that reads a malformed input. */
function commandFor({ argument, value, names }: BadInput): string[] {
  const file = `{}/${value}`;
  const columns = names ? [`--${argument}-name`, names.join(',')] : [];
  if (argument === 'bfile') return ['gre', '--bfile', file, '--pheno', '{}/study.pheno'];
  if (argument === 'pheno') return ['gre', '--bfile', '{}/study', '--pheno', file, ...columns];
  if (argument === 'sumstats') return ['gre', '--sumstats', file, '--ld-factor', '{}'];
  return [...GRE, `--${argument}`, file, ...columns];
}

describe('a malformed file', () => {
  // no command takes association results as its input yet: their reader is tested in test/formats
  const reachable = BAD_INPUTS.filter(({ argument }) => argument !== 'assoc');

  it.each(reachable)('$name', async (input) => {
    const files = { ...GOOD_FILESET, 'manifest.json': JSON.stringify(MANIFEST), ...input.files };
    const { message, exitCode } = await failing(files, commandFor(input));
    expect(message).toMatch(input.message);
    expect(exitCode).toBe(input.exitCode);
  });

  it('is one of at least 40', () => {
    expect(reachable.length).toBeGreaterThanOrEqual(60);
  });
});

it('the files that the malformed ones are made from are good', async () => {
  const folder = folderWith(GOOD_FILESET);
  const { exitCode, stderr } = await heredity([
    ...GRE.map((word) => word.replace('{}', folder)),
    '--out',
    join(folder, 'run'),
    '--quiet',
  ]);
  expect(stderr).not.toContain('error:');
  expect(exitCode).toBe(0);
});

describe('a malformed command line, or files that do not belong together', () => {
  const table = (rows: string) => `FID IID y\n${rows}`;
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const rows: [string, string[], Files, RegExp, number][] = [
    [
      'no input at all',
      ['gre'],
      {},
      /^--bfile, --pfile, --bgen or --vcf is needed. Or run with --sumstats, or with --ld-factor/,
      2,
    ],
    ['no phenotypes', ['gre', '--bfile', '{}/study'], {}, /^--pheno is needed/, 2],
    ['no phenotypes for assoc', ['assoc', '--bfile', '{}/study'], {}, /^--pheno <file> is required/, 2],
    ['no genotypes for ld-factor', ['ld-factor'], {}, /^--bfile <prefix> is required/, 2],
    ['an unknown flag', [...GRE, '--covars', 'x'], {}, /^unknown flag '--covars'\. Did you mean --covar/, 2],
    [
      'a file for the wrong flag',
      ['gre', '--bfile', '{}/study', '--pheno', '{}/study.bed'],
      {},
      /^study\.bed: the file is a PLINK genotype file/,
      2,
    ],
    [
      'no sample in common',
      GRE,
      { 'study.pheno': table('x1 y1 1\nx2 y2 2\n') },
      /^study\.pheno: 0 of the table's 2 samples are among the 5 of the \.fam file \(/,
      3,
    ],
    [
      'FID and IID exchanged',
      GRE,
      { 'study.pheno': table(ids.map((id, i) => `${id} f${id} ${i}\n`).join('')) },
      /0 of the table's 5 samples .*swap the ID columns/,
      3,
    ],
    [
      'other family IDs',
      GRE,
      { 'study.pheno': table(ids.map((id, i) => `0 ${id} ${i}\n`).join('')) },
      /individual IDs agree and the family IDs do not: leave the FID column out/,
      3,
    ],
    [
      'family IDs in place of individual IDs',
      GRE,
      { 'study.pheno': `IID y\n${ids.map((id, i) => `f${id} ${i}\n`).join('')}` },
      /its IDs are family IDs/,
      3,
    ],
    [
      'an overlap that is suspiciously small',
      GRE,
      manyStrangers(),
      /1 of the table's 40 samples are among the 40 of the \.fam file.*--allow-small-overlap/,
      3,
    ],
    [
      'no covariates of those samples',
      [...GRE, '--covar', '{}/c'],
      { c: 'FID IID age\nx y 1\n' },
      /^c: 0 of the table's 1 sample/,
      3,
    ],
    [
      'nobody of the list',
      [...GRE, '--keep', '{}/list'],
      { list: 'zz zz\n' },
      /^list: --keep leaves no sample.*FID and IID/,
      3,
    ],
    [
      'everybody removed',
      [...GRE, '--remove', '{}/list'],
      { list: ids.map((id) => `f${id} ${id}\n`).join('') },
      /^list: --remove leaves no sample/,
      3,
    ],
    [
      'no variant of the list',
      [...GRE, '--extract', '{}/list'],
      { list: 'rs9\n' },
      /^list: --extract leaves no variant.*IDs such as rs1/,
      3,
    ],
    [
      'every variant excluded',
      [...GRE, '--exclude', '{}/list'],
      { list: 'rs1\nrs2\nrs3\nrs4\n' },
      /^list: --exclude leaves no variant/,
      3,
    ],
    [
      'a chromosome that is not there',
      [...GRE, '--chr', '7'],
      {},
      /^study\.bim: no variant lies on chromosome 7 \(expected some of 1, 2\)$/,
      3,
    ],
    [
      'a range of chromosomes that runs backwards',
      [...GRE, '--chr', '5-2'],
      {},
      /^--chr: expected chromosomes/,
      2,
    ],
    [
      'filters that leave nothing',
      [...GRE, '--maf', '0.45', '--extract', '{}/list'],
      { list: 'rs1\n' },
      /the filters leave no variant\. Relax --maf/,
      4,
    ],
    [
      'a frequency above a half',
      [...GRE, '--maf', '0.6'],
      {},
      /^--maf: expected a number from 0 to 0\.5, found "0\.6"/,
      2,
    ],
    [
      'a missing rate that nobody has',
      [...GRE, '--mind', '0', '--extract', '{}/list'],
      { ...allMissing(), list: 'rs1\n' },
      /--mind leaves no sample/,
      4,
    ],
    [
      'blocks by a word that is no file',
      [...GRE, '--blocks', '{}/chromosomes'],
      {},
      /^chromosomes: the file does not exist/,
      2,
    ],
    [
      'no blocks',
      [...GRE, '--blocks', 'count:0'],
      {},
      /^--blocks count:K cannot be made \(found "0", expected a whole number from 1 to \d/,
      2,
    ],
    [
      'more blocks than variants',
      [...GRE, '--blocks', 'count:99'],
      {},
      /^--blocks count:K cannot be made/,
      2,
    ],
    [
      'a word for the number of blocks',
      [...GRE, '--blocks', 'count:many'],
      {},
      /^--blocks count:K cannot be made \(found "many"/,
      2,
    ],
    [
      'blocks without variants',
      [...GRE, '--blocks', '{}/b'],
      { b: 'chr1 5000 6000\n' },
      /^b: none of the variants lies in a block/,
      3,
    ],
    [
      'a prevalence of 1',
      [...GRE, '--prevalence', '1'],
      {},
      /^--prevalence is not a share of people \(found "1", expected a number between 0 and 1/,
      2,
    ],
    [
      'a prevalence in words',
      [...GRE, '--prevalence', 'rare'],
      {},
      /^--prevalence is not a share of people/,
      2,
    ],
    [
      'too many prevalences',
      [...GRE, '--prevalence', '0.1,0.2'],
      {},
      /^--prevalence has 2 values for 1 trait/,
      2,
    ],
    [
      'an ascertainment of 0',
      [...GRE, '--prevalence', '0.1', '--ascertainment', '0'],
      {},
      /^--ascertainment is not a share/,
      2,
    ],
    ['one probe', [...GRE, '--probes', '1'], {}, /^--probes: expected a whole number from 2/, 2],
    [
      'a solver that does not exist',
      [...GRE, '--solver', 'exact'],
      {},
      /^--solver: expected .*direct.*found "exact"/,
      2,
    ],
    [
      'a backend that does not exist',
      [...GRE, '--backend', 'gpu'],
      {},
      /^--backend: expected .*wasm.*found "gpu"/,
      2,
    ],
    ['no threads', [...GRE, '--threads', '0'], {}, /^--threads: expected a whole number from 1/, 2],
    ['memory in words', [...GRE, '--memory', 'much'], {}, /^--memory: expected/, 2],
    [
      'conventions that exclude each other',
      [...GRE, '--reference-compatible', '--cross-block'],
      {},
      /^--cross-block means nothing with --reference-compatible/,
      2,
    ],
    [
      'an output folder that is missing',
      [...GRE, '--out', '{}/nowhere/run'],
      {},
      /^nowhere\/run: the output folder .*nowhere does not exist.*mkdir -p/,
      2,
    ],
    [
      'an output that is a folder',
      [...GRE, '--out', '{}/taken'],
      { 'taken.gre.log': null },
      /^taken\.gre\.log: the output is a folder/,
      2,
    ],
    [
      'a constant trait',
      GRE,
      { 'study.pheno': table(ids.map((id) => `f${id} ${id} 5\n`).join('')) },
      /^trait y is constant/,
      4,
    ],
    [
      'a trait without values',
      GRE,
      { 'study.pheno': `FID IID y\n${ids.map((id) => `f${id} ${id} NA\n`).join('')}` },
      /no value|--pheno/,
      4,
    ],
    ['more variants than people', [...GRE, '--blocks', 'genome'], {}, /rank|variants.*people/, 4],
    [
      'two traits with one file name',
      ['assoc', '--bfile', '{}/study', '--pheno', '{}/study.pheno'],
      { 'study.pheno': `FID IID a/b a:b\n${ids.map((id, i) => `f${id} ${id} ${i} ${i * i}\n`).join('')}` },
      /^a\/b and a:b would write to the same file \(found "a_b"/,
      2,
    ],
    [
      'an LD factor that is none',
      ['gre', '--sumstats', '{}/s', '--ld-factor', '{}'],
      { s: 'SNP A1 A2 Z N\nrs1 A G 1 5\n' },
      /^manifest\.json: this is not the folder of a finished LD factor/,
      2,
    ],
    [
      'an LD factor over a file',
      ['ld-factor', '--bfile', '{}/study', '--blocks', 'count:4', '--out', '{}/study.bed'],
      {},
      /^study\.bed: this is a file, not a folder\. Choose another --out$/,
      2,
    ],
  ];

  it.each(rows)('%s', async (_, words, files, message, code) => {
    const result = await failing({ ...GOOD_FILESET, ...files }, words);
    expect(result.message).toMatch(message);
    expect(result.exitCode).toBe(code);
  });

  /** 40 samples and 40 phenotypes that share one. */
  function manyStrangers(): Files {
    const people = Array.from({ length: 40 }, (_, i) => i);
    const bed = Uint8Array.of(0x6c, 0x1b, 1, ...Array.from({ length: 40 }, (_, k) => (k * 37) % 256));
    return {
      'study.fam': people.map((i) => `f${i} i${i} 0 0 0 -9\n`).join(''),
      'study.bed': bed,
      'study.pheno': table(people.map((i) => `f${i + 39} i${i + 39} ${i}\n`).join('')),
    };
  }

  /** A genotype file in which rs1 is missing in everybody. */
  function allMissing(): Files {
    const bed = Uint8Array.from(GOOD_FILESET['study.bed'] as Uint8Array);
    bed[3] = 0b01010101;
    bed[4] = 0b01;
    return { 'study.bed': bed };
  }
});
