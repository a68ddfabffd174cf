import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, expect, test } from 'vitest';
import { heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-munge-bad-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = 'SNP A1 A2 BETA P N';
const GOOD = `${HEAD}\nrs1 A G 0.1 0.5 1000\nrs2 C T -0.1 0.01 1000\n`;
/** The good table with another line 2. */
const row = (line: string) => `${HEAD}\n${line}\nrs2 C T -0.1 0.01 1000\n`;
/** The good table with another header. */
const head = (line: string) => GOOD.replace(HEAD, line);
const GZIPPED = gzipSync(GOOD);
const damaged = Buffer.from(GZIPPED);
damaged[damaged.length - 6] ^= 1; // in the checksum
const LIST = { list: 'SNP A1 A2\nrs1 A G\nrs2 C T\n' };
const VCF = `##fileformat=VCFv4.2
##FORMAT=<ID=ES,Number=A,Type=Float,Description="effect">
##FORMAT=<ID=LP,Number=A,Type=Float,Description="-log10 P">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tstudy
1\t100\trs1\tG\tA\t.\tPASS\t.\tES:LP\t0.1:1.3
`;
const PARQUET = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'rsid', data: ['rs1', 'rs2'], type: 'STRING' },
      { name: 'beta', data: ['0.1', 'x'], type: 'STRING' },
      { name: 'p_value', data: [0.05, 0.001], type: 'DOUBLE' },
      { name: 'effect_allele', data: ['A', 'C'], type: 'STRING' },
      { name: 'other_allele', data: ['G', 'T'], type: 'STRING' },
    ],
  }),
);

interface Bad {
  readonly content: string | Uint8Array | null;
  readonly flags?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly message: RegExp;
  readonly exitCode?: number;
}

const BAD: Record<string, Bad> = {
  empty: { content: '', message: /^gwas: the file is empty$/ },
  'blank lines only': { content: '\n\n', message: /^gwas: there are no column names$/ },
  'header alone': { content: `${HEAD}\n`, message: /^gwas: no variant is left/ },
  'a folder': { content: null, message: /^gwas: this is a folder, not a file/ },
  'gzip cut off': {
    content: GZIPPED.subarray(0, GZIPPED.length - 9),
    message: /^gwas: the gzip data are cut off\. Copy or download/,
  },
  'gzip damaged': { content: damaged, message: /^gwas: the gzip data are damaged/ },
  'zstd cut off': {
    content: Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 5, 6),
    message: /^gwas: the zstd data are cut off or damaged\. Copy or download/,
  },
  'Excel workbook': {
    content: Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0),
    message: /Excel workbook\. Save it as text with tabs$/,
  },
  'UTF-16': { content: Buffer.from(`\ufeff${GOOD}`, 'utf16le'), message: /UTF-16 text\. Save it as UTF-8$/ },
  binary: {
    content: `${HEAD}\nrs1 A G \u0001 0.5 1000\n`,
    message: /^gwas:2: this is not a text file: it holds byte 0x01/,
  },
  'old Macintosh line ends': {
    content: GOOD.replaceAll('\n', '\r'),
    message: /^gwas:1: there is a carriage return/,
  },

  'no column of IDs': {
    content: head('SNQ A1 A2 BETA P N'),
    message:
      /^gwas: there is no column of the variant ID .*the file has SNQ, A1, A2, BETA, P, N\)\. If SNQ is it, say --snp SNQ$/,
  },
  'a misspelt P': {
    content: head('SNP A1 A2 BETA PVALU N'),
    message:
      /there is no column of the P value .*If PVALU is it, say --p PVALU; a column of -log10 P \(--log10p\), of Z/,
  },
  'no column of the effect allele': {
    content: head('SNP FOO A2 BETA P N'),
    message: /no column of A1, the allele of the effect .*Name the column with --a1 COLUMN; --no-alleles/,
  },
  'no A2, as from plink --linear': {
    content: ' CHR SNP BP A1 TEST NMISS BETA STAT P\n 1 rs1 5 A ADD 100 0.1 1.2 0.3\n',
    message: /no column of A2, the other allele .*--a2 .*--no-alleles/,
  },
  'no signed statistic': {
    content: head('SNP A1 A2 EFFEKT P N'),
    message: /no column of the signed statistic .*If EFFEKT is it, say --signed-sumstats EFFEKT,0; --a1-inc/,
  },
  'no sample size': {
    content: head('SNP A1 A2 BETA P X'),
    message: /^gwas: there is no sample size .*the file has SNP, A1, A2, BETA, P, X\)\. Give --N .*--N-col$/,
  },
  'cases without controls': {
    content: head('SNP A1 A2 BETA P N_CAS'),
    message: /there is no sample size .*--N-cas and --N-con/,
  },
  'effective N of a study without cases': {
    content: GOOD,
    flags: '--neff',
    message: /^gwas: the effective sample size cannot be found .*--N-cas-col/,
  },
  'daner without people': {
    content: GOOD,
    flags: '--daner',
    message: /does not tell the numbers of cases.*Leave out --daner/,
  },
  'daner columns that are not there': {
    content: GOOD,
    flags: '--daner-n',
    message: /--N-cas-col: there is no column "Nca" \(expected one of SNP, A1, A2, BETA, P, N\)$/,
  },
  'two columns of one name': {
    content: 'SNP A1 A2 BETA P N P\nrs1 A G 0.1 0.5 1000 0.5\n',
    message:
      /^gwas: columns 5 and 7 are both called P .*Rename one of them, or choose another column with --p$/,
  },
  'a column that is not there': {
    content: GOOD,
    flags: '--snp rsids',
    message: /^gwas: --snp: there is no column "rsids" \(expected one of SNP, A1, A2, BETA, P, N\)$/,
  },
  'a column to ignore that is not there': {
    content: GOOD,
    flags: '--ignore BETAA',
    message: /--ignore: there is no column "BETAA" .*Did you mean BETA\?$/,
  },
  'semicolons between fields': {
    content: GOOD.replaceAll(' ', ';'),
    message: /^gwas:1: the fields are separated by semicolons/,
  },

  'too few fields': {
    content: row('rs1 A G 0.1 0.5'),
    message: /^gwas:2: the line has 5 fields \(expected 6, as in the header\)$/,
  },
  'too many fields': { content: row('rs1 A G 0.1 0.5 1000 7'), message: /^gwas:2: the line has 7 fields/ },
  'row names of R': {
    content: row('1 rs1 A G 0.1 0.5 1000'),
    message: /^gwas:2: the line has 7 fields .*row\.names = FALSE$/,
  },
  'a line cut off at the end': { content: `${GOOD}rs3 A`, message: /^gwas:4: the line has 2 fields/ },
  'a word for P': {
    content: row('rs1 A G 0.1 x 1000'),
    message:
      /^gwas:2:5: this is not a number \(found "x", expected a decimal number, or NA where there is none\)/,
  },
  'a decimal comma': {
    content: row('rs1 A G 0,1 0.5 1000'),
    message: /^gwas:2:4: this is not a number \(found "0,1"/,
  },
  'P as an inequality': {
    content: row('rs1 A G 0.1 <1e-300 1000'),
    message: /^gwas:2:5: this is not a number \(found "<1e-300"/,
  },
  'a negative sample size': {
    content: row('rs1 A G 0.1 0.5 -5'),
    message: /^gwas:2:6: the sample size is not a number of people \(found "-5"/,
  },
  'a word for the sample size': {
    content: row('rs1 A G 0.1 0.5 many'),
    message: /^gwas:2:6: this is not a number \(found "many"/,
  },
  'a quote that does not end': {
    content: 'SNP,A1,A2,BETA,P,N\n"rs1,A,G,0.1,0.5,9\n',
    message: /^gwas:2: a quoted field does not end/,
  },
  'text after a quote': {
    content: 'SNP,A1,A2,BETA,P,N\n"rs1"x,A,G,0.1,0.5,9\n',
    message: /^gwas:2: there is text between a quoted field/,
  },

  'an odds ratio called BETA': {
    content: row('rs1 A G 0.99 0.5 1000').replace('-0.1', '1.02'),
    message:
      /^gwas: the median of BETA is 1.005 \(expected about 0, .*An odds ratio is 1 at no effect: say --signed-sumstats BETA,1$/,
  },
  'alleles turned to increase the trait': {
    content: row('rs1 A G 0.3 0.5 1000').replace('-0.1', '0.4'),
    message: /the median of BETA is 0.35 .*say --a1-inc\. With few .*--no-check-median goes on$/,
  },
  'P as percentages': {
    content: row('rs1 A G 0.1 50 1000').replace('0.01', '12'),
    message: /no variant is left .*most were lost at P \(2\)/,
  },
  'every variant without INFO': {
    content: 'SNP A1 A2 BETA P N INFO\nrs1 A G 0.1 0.5 9 0.2\n',
    message: /no variant is left .*lost at --info-min \(1\).*Check the column, or relax --info-min$/,
  },
  'strand-ambiguous variants alone': {
    content: row('rs1 A T 0.1 0.5 9').replace('C T', 'C G'),
    message: /lost at alleles \(2\)/,
  },
  'variants without IDs': {
    content: GOOD.replace(/rs\d/g, '.'),
    message: /no column of the variant ID \(SNP has no value\)/,
  },
  'chr:pos IDs against a list of rsIDs': {
    content: GOOD.replaceAll('rs', '1:'),
    flags: '--merge-alleles LIST',
    files: LIST,
    message:
      /^gwas: none of 2 variants is on the list of --merge-alleles \(found "1:1", expected an ID such as rs1\)/,
    exitCode: 3,
  },
  'other alleles than the list': {
    content: GOOD.replace('A G', 'A C').replace('C T', 'C A'),
    flags: '--merge-alleles LIST',
    files: LIST,
    message: /^gwas: the alleles of no variant agree with those of --merge-alleles .*--a1 and --a2/,
    exitCode: 3,
  },
  'a list without alleles': {
    content: GOOD,
    flags: '--merge-alleles LIST',
    files: { list: 'rs1\nrs2\n' },
    message: /^list:1: the header has no column SNP, A1, A2; .*w_hm3\.snplist/,
  },
  'a list that is not there': {
    content: GOOD,
    flags: '--merge-alleles LIST',
    message: /^list: the file does not exist/,
  },
  'a list with a variant twice': {
    content: GOOD,
    flags: '--merge-alleles LIST',
    files: { list: 'SNP A1 A2\nrs1 A G\nrs1 A G\n' },
    message: /^list:3:1: variant rs1 is already on line 2/,
  },

  'VCF without a study': {
    content: VCF.replaceAll(/\tFORMAT.*|\tES:LP.*/g, ''),
    message: /^gwas: the VCF file has no sample column \(expected GWAS-VCF/,
  },
  'VCF of genotypes': {
    content: VCF.replaceAll('ES', 'GT'),
    message: /^gwas: the VCF file holds no association results .*ES/,
  },
  'VCF with a word for the effect': {
    content: VCF.replace('0.1:1.3', 'x:1.3'),
    flags: '--N 10',
    message: /^gwas:5:10: this is not a number \(found "x:1.3"/,
  },
  'VCF with a line too short': {
    content: VCF.replace('\tES:LP', ''),
    flags: '--N 10',
    message: /^gwas:5: the line has 9 fields \(expected 10/,
  },
  'Parquet cut off': {
    content: PARQUET.subarray(0, PARQUET.length - 20),
    message: /^gwas: the Parquet data are damaged/,
  },
  'Parquet with a word for the effect': {
    content: PARQUET,
    flags: '--N 10',
    message: /^gwas:2:2: this is not a number \(found "x"/,
  },

  'a statistic without its value at no effect': {
    content: GOOD,
    flags: '--signed-sumstats BETA',
    message:
      /^--signed-sumstats: expected a column and its value at no effect, found "BETA"\. Such as --signed-sumstats BETA,0/,
  },
  'cases alone': { content: GOOD, flags: '--N-cas 5', message: /^--N-cas and --N-con go together/ },
};

/** Words that only our code or its runtime would use. */
const INTERNAL = /\bat .+:\d+:\d+|undefined|\bNaN\b|\[object|TypeError|RangeError|errno|node:|Z_[A-Z]+_ERROR/;

test.each(Object.entries(BAD))(
  '%s',
  async (_, { content, flags = '', files = {}, message, exitCode = 2 }) => {
    const place = mkdtempSync(join(folder, 'case-'));
    const path = (name: string) => join(place, name);
    if (content === null) mkdirSync(path('gwas'));
    else writeFileSync(path('gwas'), content);
    for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
    const before = readdirSync(place);
    const words = flags === '' ? [] : flags.replace('LIST', path('list')).split(' ');
    const run = await heredity([
      'munge',
      '--sumstats',
      path('gwas'),
      '--out',
      path('out'),
      '--quiet',
      ...words,
    ]);
    const error = /^error: (.*)\n$/m.exec(run.stderr)?.[1]?.replaceAll(`${place}/`, '');
    expect(error).toMatch(message);
    expect(error).not.toMatch(INTERNAL);
    expect(run.exitCode).toBe(exitCode);
    expect(readdirSync(place)).toEqual(before);
    expect(existsSync(path('out.sumstats.gz'))).toBe(false);
  },
);

test('the table that the malformed ones are made from is good', async () => {
  writeFileSync(join(folder, 'good'), GOOD);
  const run = await heredity([
    'munge',
    '--sumstats',
    join(folder, 'good'),
    '--out',
    join(folder, 'good'),
    '--quiet',
  ]);
  expect(run.exitCode).toBe(0);
  expect(Object.keys(BAD).length).toBeGreaterThanOrEqual(50);
});
