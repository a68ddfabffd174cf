import { gzipSync } from 'node:zlib';
import type { Files } from './folder.js';

/** A malformed input, and what has to be said about it. */
export interface BadInput {
  readonly name: string;
  /** The flag that takes the input; assoc stands for association results as input. */
  readonly argument: 'bfile' | 'pheno' | 'covar' | 'keep' | 'extract' | 'blocks' | 'sumstats' | 'assoc';
  /** What the flag is given: a file, or a prefix for bfile. */
  readonly value: string;
  /** The malformed files; {@link GOOD_FILESET} has what else a command needs. */
  readonly files: Files;
  /** Columns that are asked for (--pheno-name). */
  readonly names?: readonly string[];
  /** Begins with the file at fault, and its line where there is one. */
  readonly message: RegExp;
  readonly exitCode: number;
}

// five samples and four variants on two chromosomes
const FAM = ['a', 'b', 'c', 'd', 'e'].map((id, i) => `f${id} ${id} 0 0 ${1 + (i % 2)} -9\n`).join('');
const BIM = '1 rs1 0 100 A G\n1 rs2 0.5 200 C T\n2 rs3 0 50 G A\n2 rs4 0 60 T C\n';
const BED = Uint8Array.of(
  0x6c,
  0x1b,
  1,
  0b11100011,
  0b10,
  0b10001110,
  0b11,
  0b11111000,
  0b00,
  0b10110010,
  0b10,
);

const TRAIT = ['a', 'b', 'c', 'd', 'e'].map((id, i) => `f${id} ${id} ${(7 * i) % 5}.5\n`).join('');

/** A file set and a phenotype of its samples. */
export const GOOD_FILESET: Files = {
  'study.fam': FAM,
  'study.bim': BIM,
  'study.bed': BED,
  'study.pheno': TRAIT,
};

const bfile = (name: string, files: Files, message: RegExp): BadInput => {
  return {
    name,
    argument: 'bfile',
    value: 'study',
    files: { ...GOOD_FILESET, ...files },
    message,
    exitCode: 2,
  };
};
const fam = (name: string, content: string | Uint8Array, message: RegExp) =>
  bfile(`fam: ${name}`, { 'study.fam': content }, message);
const bim = (name: string, content: string | Uint8Array, message: RegExp) =>
  bfile(`bim: ${name}`, { 'study.bim': content }, message);
const bed = (name: string, content: Uint8Array | null, message: RegExp) =>
  bfile(`bed: ${name}`, { 'study.bed': content }, message);

type Single = Exclude<BadInput['argument'], 'bfile'>;
const single =
  (argument: Single) =>
  (name: string, content: string | Uint8Array | null, message: RegExp, names?: string[]): BadInput => {
    const value = `input.${argument}`;
    const files = { [value]: content };
    return {
      name: `${argument}: ${name}`,
      argument,
      value,
      files,
      message,
      exitCode: 2,
      ...(names && { names }),
    };
  };
const pheno = single('pheno');
const covar = single('covar');
const keep = single('keep');
const extract = single('extract');
const blocks = single('blocks');
const sumstats = single('sumstats');
const assoc = single('assoc');

const PHENO = 'FID IID bmi height\nfa a 21.5 1.70\nfb b 22.5 NA\nfc c 28 1.60\n';
const GZIPPED = gzipSync(PHENO);
const damaged = Buffer.from(GZIPPED);
damaged[damaged.length - 6] ^= 1; // in the checksum

const ASSOC = '#CHROM\tPOS\tID\tREF\tALT\tA1\tA1_FREQ\tTEST\tOBS_CT\tBETA\tSE\tT_STAT\tP\tERRCODE\n';

export const BAD_INPUTS: readonly BadInput[] = [
  {
    ...bfile(
      'bfile: no such file set, but a similar one',
      {},
      /^stduy\.fam: the file does not exist\. Did you mean study\.fam\?$/,
    ),
    value: 'stduy',
  },
  {
    ...bfile(
      'bfile: no such folder',
      {},
      /^nowhere\/study\.fam: the file does not exist, nor does the folder .*nowhere$/,
    ),
    value: 'nowhere/study',
  },
  fam('empty', '', /^study\.fam: the file is empty$/),
  fam('blank lines only', '\n  \n\t\n', /^study\.fam: there are no samples$/),
  fam(
    'five fields',
    FAM.replace('fb b 0 0 2 -9', 'fb b 0 0 2'),
    /^study\.fam:2: the line has 5 fields instead of 6 \(expected family ID, individual ID, father, mother, sex, phenotype\)$/,
  ),
  fam(
    'more columns than on the first line',
    FAM.replace('fb b 0 0 2 -9', 'fb b 0 0 2 -9 1'),
    /^study\.fam:2: the line has 7 fields instead of 6/,
  ),
  fam('repeated sample', `${FAM}fb b 0 0 1 -9\n`, /^study\.fam:6:2: sample fb b is already on line 2/),
  fam(
    'binary',
    Uint8Array.of(1, 2, 3, 0, 0, 10, 0),
    /^study\.fam:1: this is not a text file: it holds byte 0x01/,
  ),
  fam('NUL byte', FAM.replace('c 0', '\0 0'), /^study\.fam:3: this is not a text file: it holds byte 0x00/),
  bim(
    'five fields',
    BIM.replace(' 0.5', ''),
    /^study\.bim:2: the line has 5 fields instead of 6 \(expected chromosome, variant ID, centimorgans, position, allele 1, allele 2\)$/,
  ),
  bim('seven fields', BIM.replace('200 C', '200 200 C'), /^study\.bim:2: the line has 7 fields instead of 6/),
  bim(
    'a word for a position',
    BIM.replace('200', 'chr1'),
    /^study\.bim:2:4: the position is not a whole number \(found "chr1", expected base pairs/,
  ),
  bim(
    'a fraction for a position',
    BIM.replace('200', '200.5'),
    /^study\.bim:2:4: the position is not a whole number \(found "200.5"/,
  ),
  bim(
    'a position beyond 32 bits',
    BIM.replace('200', '2147483648'),
    /^study\.bim:2:4: the position is not a whole number/,
  ),
  bim(
    'a word for centimorgans',
    BIM.replace('0.5', 'x'),
    /^study\.bim:2:3: the genetic position is not a number \(found "x"/,
  ),
  bim(
    'a chromosome in two pieces',
    `${BIM}chr1 rs5 0 300 A G\n`,
    /^study\.bim:5:1: chromosome chr1 ended on line 2, and here it is again .*Sort the file set.*plink/,
  ),
  bim('a header', `#CHROM POS ID REF ALT\n${BIM}`, /^study\.bim:1:1: a \.bim file has no header.*\.pvar/),
  bim('gzip cut off', gzipSync(BIM).subarray(0, 40), /^study\.bim: the gzip data are cut off/),
  bim(
    'UTF-16',
    Buffer.from(`\ufeff${BIM}`, 'utf16le'),
    /^study\.bim: the file is UTF-16 text\. Save it as UTF-8$/,
  ),
  bed(
    'text',
    Buffer.from('hello, world'),
    /^study\.bed: this is not a PLINK 1 \.bed file \(found "68 65 6c", expected the bytes 6c 1b 01\)/,
  ),
  bed('gzip', gzipSync(BED), /^study\.bed: the file is compressed with gzip/),
  bed(
    'sample-major',
    Uint8Array.of(0x6c, 0x1b, 0, 1, 2, 3, 4, 5),
    /^study\.bed: the genotypes are stored sample by sample \(sample-major\) .*plink --bfile IN --make-bed/,
  ),
  bed(
    'PLINK 2',
    Uint8Array.of(0x6c, 0x1b, 0x10, 1, 2, 3),
    /^study\.bed: this is a PLINK 2 \.pgen file .*--make-bed/,
  ),
  bed('empty', new Uint8Array(0), /^study\.bed: this is not a PLINK 1 \.bed file \(found "nothing"/),
  bed(
    'cut off within a variant',
    BED.subarray(0, 8),
    /^study\.bed: the file is too short: 8 bytes \(expected 11 bytes for 5 samples and 4 variants\)\. It probably was cut off after 2 variants/,
  ),
  bed(
    'cut off between variants',
    BED.subarray(0, 9),
    /^study\.bed: the file is too short: 9 bytes .*that of 3 variants, so the \.bim file with 4 probably belongs to another \.bed, or the \.bed was cut off$/,
  ),
  bed(
    'more variants than .bim',
    Uint8Array.of(...BED, 0, 0),
    /^study\.bed: the file is too long: 13 bytes .*that of 5 variants, so the \.bim file with 4 probably belongs to another/,
  ),
  bed(
    'more samples than .fam',
    Uint8Array.of(...BED, 0, 0, 0, 0),
    /^study\.bed: the file is too long: 15 bytes .*that of 9 to 12 samples, so the \.fam file with 5 probably belongs to another/,
  ),
  bed(
    'bytes that fit nothing',
    Uint8Array.of(...BED, 0),
    /^study\.bed: the file is too long: 12 bytes .*take all three from one place/,
  ),
  bed('a folder', null, /^study\.bed: this is a folder, not a file/),

  {
    ...pheno('no such file', PHENO, /^input\.phen: the file does not exist\. Did you mean input\.pheno\?$/),
    value: 'input.phen',
  },
  pheno('empty', '', /^input\.pheno: the file is empty$/),
  pheno('header alone', 'FID IID bmi\n', /^input\.pheno: there are no samples in the table$/),
  pheno(
    'a word for a number',
    PHENO.replace('22.5', '22,5'),
    /^input\.pheno:3:3: phenotype bmi has a value that is not a number \(found "22,5", expected a finite number, or NA or -9 where it is missing\). Write numbers with a point as the decimal mark$/,
  ),
  pheno(
    'infinity',
    PHENO.replace('28', 'inf'),
    /^input\.pheno:4:3: phenotype bmi has a value that is not a number \(found "inf", expected a finite number/,
  ),
  pheno(
    'a number beyond float64',
    PHENO.replace('28', '1e999'),
    /^input\.pheno:4:3: phenotype bmi has a value that is not a number \(found "1e999"/,
  ),
  pheno(
    'a hexadecimal number',
    PHENO.replace('28', '0x1C'),
    /^input\.pheno:4:3: phenotype bmi .*\(found "0x1C"/,
  ),
  pheno(
    'too few fields',
    PHENO.replace(' NA', ''),
    /^input\.pheno:3: the line has 3 fields \(expected 4, as in the header\)$/,
  ),
  pheno(
    'too many fields',
    PHENO.replace('NA', 'NA NA'),
    /^input\.pheno:3: the line has 5 fields \(expected 4, as in the header\)/,
  ),
  pheno(
    'without header, too few fields',
    'fa a 1 2\nfb b 1\n',
    /^input\.pheno:2: the line has 3 fields \(expected 4, as in the first line\)$/,
  ),
  pheno(
    'row names of R on some lines',
    'FID IID bmi\n1 fa a 21.5\nfb b 3\n',
    /^input\.pheno:3: the line has 3 fields \(expected 4/,
  ),
  pheno(
    'a field more than the header, which is no row name',
    'FID IID bmi\nfa a 21.5 3\n',
    /^input\.pheno:2: the line has 4 fields .*row\.names = FALSE$/,
  ),
  pheno(
    'a quote that does not end',
    'FID IID bmi\nfa a "21.5\n',
    /^input\.pheno:2:3: phenotype bmi has a value that is not a number/,
  ),
  pheno('semicolons', 'FID;IID;bmi\nfa;a;21.5\n', /^input\.pheno:1: the fields are separated by semicolons/),
  pheno('repeated sample', `${PHENO}fa a 1 2\n`, /^input\.pheno:5:2: sample fa a is already on line 2/),
  pheno(
    'repeated individual without families',
    'IID bmi\na 1\nb 2\na 3\n',
    /^input\.pheno:4:1: sample a is already on line 2/,
  ),
  pheno(
    'repeated column',
    'FID IID bmi bmi\nfa a 1 2\n',
    /^input\.pheno:1:4: column 3 has the same name \(found "bmi"\)$/,
  ),
  pheno('column without name', 'FID\tIID\t\tbmi\nfa\ta\t1\t2\n', /^input\.pheno:1:3: the column has no name/),
  pheno(
    'unknown phenotype',
    PHENO,
    /^input\.pheno: there is no column "heigth" \(expected one of bmi, height\)\. Did you mean height\?$/,
    ['bmi', 'heigth'],
  ),
  pheno('IDs alone', 'fa a\nfb b\n', /^input\.pheno:1: the table has no column of values/),
  pheno(
    'unknown kind of header',
    PHENO.replace('FID IID', 'family person'),
    /^input\.pheno:1:3: phenotype y1 .*If line 1 is a header, let it begin with FID IID$/,
  ),
  pheno('a sample without ID', 'FID\tIID\tbmi\nfa\t\t21.5\n', /^input\.pheno:2:2: the sample has no ID/),
  pheno(
    'gzip cut off',
    GZIPPED.subarray(0, GZIPPED.length - 9),
    /^input\.pheno: the gzip data are cut off\. Copy or download the file again/,
  ),
  pheno(
    'gzip damaged',
    damaged,
    /^input\.pheno: the gzip data are damaged\. Copy or download the file again/,
  ),
  pheno(
    'rubbish after gzip',
    Buffer.concat([GZIPPED, Buffer.from('rubbish')]),
    /^input\.pheno: the gzip data are damaged/,
  ),
  pheno(
    'zstd cut off',
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 5, 6),
    /^input\.pheno: the zstd data are cut off or damaged\. Copy or download the file again; zstd -t checks it$/,
  ),
  pheno(
    'Excel workbook',
    Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0),
    /^input\.pheno: the file is a zip archive or an Excel workbook\. Save it as text with tabs$/,
  ),
  pheno(
    'old Macintosh line ends',
    PHENO.replaceAll('\n', '\r'),
    /^input\.pheno:1: there is a carriage return inside the line/,
  ),
  pheno('a folder', null, /^input\.pheno: this is a folder, not a file/),

  covar(
    'a typing error among numbers',
    'FID IID age\nfa a 40\nfb b 4l\nfc c 42\n',
    /^input\.covar:3:3: covariate age has a value that is not a number \(found "4l", expected a number, as most values of this column are/,
  ),
  covar(
    'infinity',
    'FID IID age\nfa a Inf\nfb b 1\n',
    /^input\.covar:2:3: covariate age has a value that is not a number \(found "Inf", expected a finite number/,
  ),
  covar(
    'too few fields',
    'FID IID age sex\nfa a 40 1\nfb b 41\n',
    /^input\.covar:3: the line has 3 fields \(expected 4, as in the header\)$/,
  ),
  covar(
    'unknown kind of header',
    'family person age\nfa a 40\nfb b 50\n',
    /^input\.covar:1:3: covariate covar has .*If line 1 is a header/,
  ),
  covar(
    'unknown covariate',
    'FID IID age\nfa a 40\n',
    /^input\.covar: there is no column "agee" \(expected age\)\. Did you mean age\?$/,
    ['agee'],
  ),

  keep(
    'one ID where there were two',
    'fa a\nfb b\nc\n',
    /^input\.keep:3: the line has 1 field \(expected FID and IID, as in the lines before\)$/,
  ),
  keep('header alone', '#FID IID\n', /^input\.keep: the list names no samples$/),
  keep('empty', '', /^input\.keep: the file is empty$/),
  extract('blank lines only', '\n\n', /^input\.extract: the list names no variants$/),
  extract(
    'the .bed file',
    BED,
    /^input\.extract: the file is a PLINK genotype file, not text\. Check which flag takes which file$/,
  ),
  extract(
    'an executable',
    Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0),
    /^input\.extract:1: this is not a text file: it holds byte 0x02/,
  ),

  blocks(
    'overlapping regions',
    'chr start stop\n1 1 100\n2 1 50\n1 90 200\n',
    /^input\.blocks:4: region 90-200 on chr1 overlaps 1-100 on line 2\. Let each region start/,
  ),
  blocks(
    'a word for a position',
    'chr1 0 100\nchr1 100 end\n',
    /^input\.blocks:2:3: the end of the region is not a whole number \(found "end"/,
  ),
  blocks(
    'a negative start',
    'chr1 -1 100\n',
    /^input\.blocks:1:2: the start of the region is not a whole number/,
  ),
  blocks(
    'start and end exchanged',
    'chr1 100 50\n',
    /^input\.blocks:1:3: the region ends before it starts \(found "50", expected more than 100\)$/,
  ),
  blocks(
    'five fields',
    'chr1 0 100 a b\n',
    /^input\.blocks:1: the line has 5 fields \(expected chromosome, start, end and optionally a name; or variant ID and block\)$/,
  ),
  blocks(
    'two names for one region',
    'chr1 0 100 a\nchr1 100 200 a\n',
    /^input\.blocks:2:4: block a is already on line 1/,
  ),
  blocks(
    'a variant in two blocks',
    'SNP block\nrs1 a\nrs2 a\nrs1 b\n',
    /^input\.blocks:4:1: variant rs1 is already on line 2 .*Put each variant into one block$/,
  ),
  blocks(
    'a third field',
    'rs1 a\nrs2 b c\n',
    /^input\.blocks:2: the line has 3 fields instead of 2 \(expected variant ID, block\)$/,
  ),
  blocks('header alone', 'chr start stop\n', /^input\.blocks: the file defines no blocks$/),

  sumstats(
    'missing columns',
    'rsid\teffect\tZ\nrs1\tA\t1\n',
    /^input\.sumstats:1: the header has no column SNP, A1, A2, N; it has rsid, effect, Z\. .*heredity munge/,
  ),
  sumstats('repeated column', 'SNP\tA1\tA2\tZ\tN\tz\n', /^input\.sumstats:1:6: column 4 has the same name/),
  sumstats(
    'a word for Z',
    'SNP A1 A2 Z N\nrs1 A G x 100\n',
    /^input\.sumstats:2:4: the Z score is not a number \(found "x"/,
  ),
  sumstats(
    'no samples',
    'SNP A1 A2 Z N\nrs1 A G 1 0\n',
    /^input\.sumstats:2:5: the sample size is not a positive number \(found "0"\)$/,
  ),
  sumstats(
    'repeated variant',
    'SNP A1 A2 Z N\nrs1 A G 1 100\nrs1 A G 1 100\n',
    /^input\.sumstats:3:1: variant rs1 is already on line 2/,
  ),
  sumstats(
    'too few fields',
    'SNP A1 A2 Z N\nrs1 A G 1\n',
    /^input\.sumstats:2: the line has 4 fields \(expected 5, as in the header\)$/,
  ),
  sumstats(
    'no values at all',
    'SNP\tA1\tA2\tZ\tN\nrs1\t\t\t\t\nrs2\tA\tG\tNA\t100\n',
    /^input\.sumstats: there are no variants with Z and N \(2 rows without\)$/,
  ),

  assoc(
    'missing columns',
    '#CHROM POS ID REF ALT\n',
    /^input\.assoc:1: the header has no column A1, TEST, OBS_CT, BETA, SE, T_STAT; it has .*plink2 --glm/,
  ),
  assoc('without P', ASSOC.replace('\tP\t', '\tQ\t'), /^input\.assoc:1: the header has no column P$/),
  assoc(
    'a P above 1',
    `${ASSOC}1\t5\trs1\tA\tG\tG\t0.1\tADD\t9\t1\t1\t1\t1.5\t.\n`,
    /^input\.assoc:2:13: this is not a P-value \(found "1.5", expected a number from 0 to 1\)$/,
  ),
  assoc(
    'a word for BETA',
    `${ASSOC}1\t5\trs1\tA\tG\tG\t0.1\tADD\t9\tb\t1\t1\t0.5\t.\n`,
    /^input\.assoc:2:10: this is not a number \(found "b", expected a finite number or NA\)$/,
  ),
  assoc(
    'covariates alone',
    `${ASSOC}1\t5\trs1\tA\tG\tG\t0.1\tSEX\t9\t1\t1\t1\t0.5\t.\n`,
    /^input\.assoc: the file has no rows with TEST = ADD$/,
  ),
];
