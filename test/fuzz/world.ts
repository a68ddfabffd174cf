import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { cohortFiles } from '../cli/cohort-files.js';
import { bgenBlock, bgenFile } from '../formats/bgen-file.js';
import { type Genotypes, randomGenotypes } from '../genotype-data.js';
import { Random } from './random.js';
import type { Runner } from './runner.js';

const PEOPLE = 80;
const VARIANTS = 40;
const SNPS = 240;

const lines = (
  header: string,
  count: number,
  row: (i: number) => readonly (string | number)[],
  separator = '\t',
) =>
  `${header === '' ? '' : `${header}\n`}${Array.from({ length: count }, (_, i) => `${row(i).join(separator)}\n`).join('')}`;

/** Small valid inputs of every kind, by name; {@link derivedFiles} adds what the commands themselves write. */
export function inputFiles(): Record<string, Buffer> {
  const random = new Random(1);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const genotypes = randomGenotypes(VARIANTS, PEOPLE, { seed: 5, missing: 0.01 });
  const genetic = Array.from({ length: PEOPLE }, (_, i) =>
    genotypes.reduce((sum, row, v) => sum + row[i] * Math.sin(v), 0),
  );
  const y = genetic.map((g) => Number((g / 4 + normal()).toFixed(4)));
  const disease = y.map((value) => (value > 0.5 ? 2 : 1));
  const study = cohortFiles({
    genotypes,
    chromosome: (v) => (v < VARIANTS / 2 ? 1 : 2),
    traits: { y, disease },
    covariates: { age: y.map(() => 40 + Math.round(20 * random.uniform())), centre: y.map((_, i) => i % 3) },
  });
  const person = (i: number) => [`f${i}`, `i${i}`];
  const chromosome = (j: number) => (j < SNPS / 2 ? 1 : 2);
  const place = (j: number) => [chromosome(j), `rs${j}`, 1000 * (j + 1)];
  const base = Array.from({ length: SNPS }, () => Number((1 + 20 * random.uniform()).toFixed(3)));
  const set = base.map((score, j) => Number((score * (0.1 + 0.5 * (j % 5 === 0 ? 1 : 0))).toFixed(3)));
  const z = () => base.map((score) => (Math.sqrt(1 + 0.1 * score) * normal()).toFixed(3));
  const alleles = (j: number) => (j % 3 === 0 ? ['A', 'G'] : ['C', 'T']);
  const sumstats = (values: readonly string[]) =>
    lines('SNP\tA1\tA2\tZ\tN', SNPS, (j) => [`rs${j}`, ...alleles(j), values[j], 20_000]);
  const gwas = Array.from({ length: 60 }, (_, j) => {
    const se = 0.02 + 0.01 * random.uniform();
    const beta = se * normal();
    return {
      id: `rs${j}`,
      beta,
      se,
      p: Math.exp(-((beta / se) ** 2) / 2),
      frequency: 0.1 + 0.8 * random.uniform(),
    };
  });
  const gwasRow = (j: number) => {
    const { id, beta, se, p, frequency } = gwas[j];
    const numbers = [beta.toFixed(5), se.toFixed(5), p.toPrecision(4), frequency.toFixed(3)];
    return [1, id, 1000 * j, ...alleles(j), ...numbers, 5000, 0.98];
  };
  const vcf = `##fileformat=VCFv4.2
##FORMAT=<ID=ES,Number=A,Type=Float,Description="effect">
##FORMAT=<ID=SE,Number=A,Type=Float,Description="error">
##FORMAT=<ID=LP,Number=A,Type=Float,Description="-log10 P">
##SAMPLE=<ID=trait,TotalCases=2000,TotalControls=3000,StudyType=CaseControl>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ttrait
${lines('', 60, (j) => [1, 1000 * j, `rs${j}`, ...alleles(j), '.', 'PASS', '.', 'ES:SE:LP', `${gwas[j].beta.toFixed(4)}:${gwas[j].se.toFixed(4)}:${(-Math.log10(gwas[j].p)).toFixed(3)}`])}`;
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'rsid', data: gwas.map(({ id }) => id), type: 'STRING' },
      { name: 'effect_allele', data: gwas.map((_, j) => alleles(j)[0]), type: 'STRING' },
      { name: 'other_allele', data: gwas.map((_, j) => alleles(j)[1]), type: 'STRING' },
      { name: 'beta', data: gwas.map(({ beta }) => beta), type: 'DOUBLE' },
      { name: 'standard_error', data: gwas.map(({ se }) => se), type: 'DOUBLE' },
      { name: 'p_value', data: gwas.map(({ p }) => p), type: 'DOUBLE' },
      { name: 'n', data: gwas.map(() => 5000), type: 'INT32' },
    ],
  });
  const twins = Array.from({ length: 60 }, (_, i) => {
    const shared = normal();
    const [a, b] = [shared + normal(), (i % 2 === 0 ? 1 : 0.5) * shared + normal()];
    return [
      i % 2 === 0 ? 'MZ' : 'DZ',
      a.toFixed(3),
      b.toFixed(3),
      20 + (i % 30),
      i % 3 ? 'F' : 'M',
      i % 4 ? 'M' : 'F',
      a > 0 ? 1 : 0,
      b > 0 ? 1 : 0,
      (0.4 + 0.2 * random.uniform()).toFixed(3),
    ];
  });
  const chr = (c: number, table: (rows: number[]) => string) =>
    table(Array.from({ length: SNPS }, (_, j) => j).filter((j) => chromosome(j) === c));
  const scores = (rows: number[], columns: Readonly<Record<string, readonly number[]>>) =>
    `CHR\tSNP\tBP\t${Object.keys(columns).join('\t')}\n${rows.map((j) => `${[...place(j), ...Object.values(columns).map((values) => values[j])].join('\t')}\n`).join('')}`;
  const annotation = (rows: number[]) =>
    `CHR\tBP\tSNP\tCM\tbase\tset\n${rows.map((j) => `${[chromosome(j), 1000 * (j + 1), `rs${j}`, 0, 1, j % 5 === 0 ? 1 : 0].join('\t')}\n`).join('')}`;
  const frequency = (rows: number[]) =>
    `CHR SNP A1 A2 MAF NCHROBS\n${rows.map((j) => `${[chromosome(j), `rs${j}`, ...alleles(j), (0.06 + (0.4 * ((j * 7) % 11)) / 11).toFixed(3), 1000].join(' ')}\n`).join('')}`;
  const all = Array.from({ length: SNPS }, (_, j) => j);
  const files: Record<string, string | Uint8Array> = {
    ...(study as Record<string, string | Uint8Array>),
    'study.vcf': genotypeVcf(genotypes),
    'study.bgen': genotypeBgen(genotypes),
    'study.sample': `ID_1 ID_2 missing sex\n0 0 0 D\n${lines('', PEOPLE, (i) => [`f${i}`, `i${i}`, 0, 1 + (i % 2)], ' ')}`,
    keep: lines('#FID IID', 70, person, ' '),
    remove: lines('', 3, person, ' '),
    extract: lines('', 36, (v) => [`rs${v}`]),
    exclude: lines('', 2, (v) => [`rs${v + 5}`]),
    blocks: 'chr1 1 1050 first\nchr1 1051 9999 second\nchr2 1 99999 third\n',
    'block-ids': lines('', VARIANTS, (v) => [`rs${v}`, v % 2 ? 'odd' : 'even'], ' '),
    weights: lines(
      'Predictor Weight Neighbours',
      VARIANTS,
      (v) => [`rs${v}`, (0.2 + (v % 4) / 4).toFixed(3), 3],
      ' ',
    ),
    'ld-scores': lines('SNP\tldscore_SNP', VARIANTS, (v) => [`rs${v}`, (1 + (v % 7)).toFixed(2)]),
    'study.annot': lines('CHR\tBP\tSNP\tCM\tbase\tset', VARIANTS, (v) => [
      v < VARIANTS / 2 ? 1 : 2,
      100 * (v + 1),
      `rs${v}`,
      0,
      1,
      v % 3 ? 0 : 1,
    ]),
    'thin.annot': lines('set', VARIANTS, (v) => [v % 3 ? 0 : 1]),
    part1: lines('', 20, (v) => [`rs${v}`]),
    part2: lines('', 20, (v) => [`rs${v + 20}`]),
    'regions.bed': 'chr1\t0\t1200\nchr2\t2000\t3000\tname\n',
    'print-snps': lines('', 20, (v) => [`rs${v}`]),
    'spectrum.frq': frequency(all.slice(0, 60)),
    'panel.l2.ldscore.gz': gzipSync(scores(all, { L2: base })),
    'panel.l2.M_5_50': '2000\n',
    'parts.l2.ldscore': scores(all, { baseL2: base, setL2: set }),
    'parts.l2.M': `${SNPS}\t${SNPS / 5}\n`,
    'parts.annot': annotation(all),
    'parts.frq': frequency(all),
    'cell.1.l2.ldscore': chr(1, (rows) => scores(rows, { L2: set })),
    'cell.2.l2.ldscore': chr(2, (rows) => scores(rows, { L2: set })),
    'cell.1.l2.M_5_50': '24\n',
    'cell.2.l2.M_5_50': '24\n',
    'w.1.l2.ldscore.gz': gzipSync(chr(1, (rows) => scores(rows, { L2: base }))),
    'w.2.l2.ldscore.gz': gzipSync(chr(2, (rows) => scores(rows, { L2: base }))),
    'w.1.l2.M_5_50': '1000\n',
    'w.2.l2.M_5_50': '1000\n',
    'one.sumstats': sumstats(z()),
    'two.sumstats.gz': gzipSync(sumstats(z())),
    'gwas.txt': lines('CHR\tSNP\tBP\tA1\tA2\tBETA\tSE\tP\tEAF\tN\tINFO', 60, gwasRow),
    'gwas.csv': lines(
      'snp,effect_allele,other_allele,odds_ratio,p_value,n_cas,n_con',
      60,
      (j) => [
        gwas[j].id,
        ...alleles(j),
        Math.exp(gwas[j].beta).toFixed(5),
        gwas[j].p.toPrecision(4),
        2000,
        3000,
      ],
      ',',
    ),
    'gwas.log10p.gz': gzipSync(
      lines(
        'ID ALLELE1 ALLELE0 BETA SE LOG10P N TEST',
        60,
        (j) => [
          gwas[j].id,
          ...alleles(j),
          gwas[j].beta.toFixed(5),
          gwas[j].se.toFixed(5),
          (-Math.log10(gwas[j].p)).toFixed(4),
          5000,
          'ADD',
        ],
        ' ',
      ),
    ),
    'gwas.vcf': vcf,
    'gwas.parquet': new Uint8Array(parquet),
    snplist: lines('SNP\tA1\tA2', 60, (j) => [`rs${j}`, ...alleles(j)]),
    'twins.csv': lines('zyg,a,b,age,sex1,sex2,ill1,ill2,pi', twins.length, (i) => twins[i], ','),
    'trios.csv': lines(
      'child,father,mother,age',
      60,
      (i) => [twins[i][1], twins[i][2], normal().toFixed(3), 30 + (i % 9)],
      ',',
    ),
    'weighted.tsv': 'h2\tweights\tgamma\n0.25\tldak\t1\n0.25\tnone\t0\n',
    'grid.tsv': 'h2\tp_causal\talpha\tmaf_low\tmaf_high\n0.25\t1\t-1\t0\t0.5\n0.5\t0.5\t0\t0\t0.5\n',
    'external.json': JSON.stringify([
      { name: 'mine', command: 'echo h2 0.3 0.1', pattern: 'h2 (?<h2>\\S+) (?<se>\\S+)' },
    ]),
    'variants.tsv': 'variant\tmaf\teffect\tr2\nv1\t0.4\t0.3\t0.98\nv2\t0.2\t0.4\t0.9\nv3\t0.03\t0.8\t0.4\n',
    'rare.tsv': 'maf\n0.001\n0.01\n0.2\n',
    'genes.tsv': 'gene\tdirect\tcore\tvariance\nA\t1\t1\t1\nB\t0\t0\t1\nC\t0.2\t0\t0.5\n',
    'edges.tsv': 'gene\tfrom\tweight\nA\tB\t0.5\nB\tC\t0.4\nC\tA\t0.3\n',
    'cells.tsv': 'annotations\tvariants\nbase\t1000\nbase+enhancer\t100\n',
    'tau.tsv': 'annotation\ttau\nbase\t0.0001\nenhancer\t0.001\n',
    'mgrm.txt': '{}/a\n{}/b\n',
    'cts.ldcts': 'a cell type {}/cell.\n',
  };
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

/** Copies of A, the alternate allele; missing is neither 0, 1 nor 2. */
const isCall = (count: number) => count === 0 || count === 1 || count === 2;

function genotypeVcf(genotypes: Genotypes): string {
  const names = Array.from({ length: PEOPLE }, (_, i) => `i${i}`);
  const header = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...names].join(
    '\t',
  );
  const call = (count: number) => (isCall(count) ? `${['0/0', '0/1', '1/1'][count]}:${count}` : './.:.');
  return `##fileformat=VCFv4.2\n${lines(header, VARIANTS, (v) => [1, 100 * (v + 1), `rs${v}`, 'G', 'A', '.', 'PASS', '.', 'GT:DS', ...Array.from(genotypes[v], call)])}`;
}

function genotypeBgen(genotypes: Genotypes): Uint8Array {
  const probabilities = (count: number) =>
    count === 2 ? [0, 0] : count === 1 ? [0, 255] : count === 0 ? [255, 0] : [85, 85];
  return bgenFile(
    PEOPLE,
    genotypes.map((row) => ({
      alleles: ['G', 'A'],
      block: bgenBlock(PEOPLE, Array.from(row).flatMap(probabilities)),
    })),
  );
}

const COHORT = '--bfile {}/study --pheno {}/study.pheno --pheno-name y';

/** Command lines that write further inputs, and the names that these begin with. */
const DERIVING: readonly (readonly [string, string])[] = [
  ['grm --bfile {}/study --chr 1', 'a'],
  ['grm --bfile {}/study --chr 2', 'b'],
  ['grm --bfile {}/study --gz', 'text'],
  ['ld-factor --bfile {}/study --blocks count:2', 'factor'],
  [`assoc ${COHORT}`, 'assoc'],
  ['ld tagging --bfile {}/study --model human-default', 'human'],
  [`gre ${COHORT}`, 'snp'],
  [`gre ${COHORT} --parts 2 --part 1`, 'joint'],
  [`gre ${COHORT} --parts 2 --part 2`, 'joint'],
  [`reml ${COHORT}`, 'snp'],
  [`he ${COHORT}`, 'snp'],
  ['twin --pairs {}/twins.csv --trait a,b --zygosity zyg --mz MZ --dz DZ', 'pairs'],
  ['study run --bfile {}/study --grid {}/grid.tsv --replicates 2 --estimators gre', 'accuracy'],
  ['ld scores --bfile {}/study --ld-wind-kb 1', 'own'],
  ['convert --bfile {}/study --make-pgen', 'plink2'],
];

/** Runs the commands whose outputs are others' inputs. */
export async function derivedFiles(
  folder: string,
  files: Readonly<Record<string, Buffer>>,
  runner: Runner,
): Promise<Record<string, Buffer>> {
  for (const [name, content] of Object.entries(files)) writeInput(folder, name, content);
  for (const [line, out] of DERIVING) {
    const words = [...line.replaceAll('{}', folder).split(' '), '--out', join(folder, out), '--quiet'];
    const { exitCode, stderr } = await runner.run(words);
    if (exitCode !== 0) throw new Error(`an input could not be made: ${line}\n${stderr}`);
  }
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: false });
  return Object.fromEntries(
    names
      .filter((name) => !Object.hasOwn(files, name) && name !== 'factor')
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
}

/** Writes an input; `{}` in a text stands for the folder. */
export function writeInput(folder: string, name: string, content: Buffer): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  const text = NAMES_PATHS.test(name)
    ? Buffer.from(content.toString('latin1').replaceAll('{}', folder), 'latin1')
    : content;
  writeFileSync(join(folder, name), text);
}

const NAMES_PATHS = /^(mgrm\.txt|cts\.ldcts)$/;
