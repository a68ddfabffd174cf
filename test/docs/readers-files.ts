import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { heredity } from '../cli/run.js';
import { bgenBlock, bgenFile } from '../formats/bgen-file.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

const PEOPLE = 320;
const PAIRS = 1500;
const CHROMOSOMES = [1, 2, 21, 22];
/** On each of these, and on X. */
const VARIANTS = 60;
const AUTOSOMAL = CHROMOSOMES.length * VARIANTS;
const chromosomeOf = (v: number) => [...CHROMOSOMES, 'X'][Math.floor(v / VARIANTS)];

/** Runs a command line, without `heredity`, in the present folder. */
export async function runLine(words: readonly string[]): Promise<void> {
  const run = await heredity(words);
  expect([run.exitCode, words.join(' '), run.exitCode === 0 ? '' : run.stderr]).toEqual([
    0,
    words.join(' '),
    '',
  ]);
}

const run = (line: string) => runLine([...line.split(' '), '--quiet']);

/**
 * Writes small files into the present folder by all the names that the documents give to what is the reader's own, and a store of
 * reference data: that of $HEREDITY_REFERENCE.
 */
export async function writeReadersFiles(): Promise<void> {
  for (const folder of ['bld', 'eur_w_ld_chr', 'parts', 'ld/eas_ldscores'])
    mkdirSync(folder, { recursive: true });
  await writeGenotypes();
  writeTables();
  await writeReference();
  await writeStatistics();
  await writeResults();
}

async function writeGenotypes(): Promise<void> {
  const count = AUTOSOMAL + VARIANTS;
  await run(`simulate genotypes --samples ${PEOPLE} --variants ${count} --chromosomes 1 --out study`);
  const bim = lines(count, (v) => {
    const k = v % VARIANTS;
    return `${chromosomeOf(v)} rs${v} ${k / 20} ${1e6 + 5e4 * k} A G`;
  });
  writeFileSync('study.bim', bim);
  writeFileSync(
    'study.fam',
    lines(PEOPLE, (i) => `${person(i)} 0 0 ${1 + (i % 2)} -9`),
  );
  for (const name of ['reference', 'mice', 'ukb', '1000genomes'])
    for (const ending of ['bed', 'bim', 'fam']) copyFileSync(`study.${ending}`, `${name}.${ending}`);
  copyFileSync('study.bim', 'panel.bim');
  for (const c of CHROMOSOMES) await run(`convert --bfile study --chr ${c} --make-pgen --out ukb_chr${c}`);
  const probabilities = (copies: number) => (copies === 2 ? [0, 0] : copies === 1 ? [0, 255] : [255, 0]);
  for (const c of [21, 22]) {
    const variants = randomGenotypes(VARIANTS, PEOPLE, { seed: c }).map((row) => ({
      alleles: ['G', 'A'],
      block: bgenBlock(PEOPLE, Array.from(row).flatMap(probabilities)),
      chromosome: String(c),
    }));
    writeFileSync(`ukb_imp_chr${c}.bgen`, bgenFile(PEOPLE, variants));
  }
  copyFileSync('ukb_imp_chr22.bgen', 'chr22.bgen');
  writeFileSync('ukb.sample', `ID_1 ID_2 missing\n0 0 0\n${lines(PEOPLE, (i) => `${person(i)} 0`)}`);
}

/** IDs as the simulator gives them. */
const person = (i: number) => `id${i + 1} id${i + 1}`;

/** A table of values of the people. */
const tableOf = (columns: Readonly<Record<string, ArrayLike<number>>>) =>
  `FID IID ${Object.keys(columns).join(' ')}\n${lines(PEOPLE, (i) =>
    [person(i), ...Object.values(columns).map((values) => values[i])].join(' '),
  )}`;

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');

const write = (names: readonly string[], content: string | Uint8Array) => {
  for (const name of names) writeFileSync(name, content);
};

/** People, traits and covariates; twins. */
function writeTables(): void {
  const [age, pc1, bmi, height] = [3, 4, 1, 2].map((seed) => randomNormals(PEOPLE, seed));
  write(
    ['study.cov', 'study.covar', 'covar.txt', 'covariates.txt', 'age-sex.txt', 'age-sex-pcs.txt', 'pcs.txt'],
    tableOf({ age, pc1 }),
  );
  writeFileSync('demo.groups', tableOf({ group: age.map((value) => (value > 0 ? 1 : 0)) }));
  write(['study.pheno', 'traits.txt'], tableOf({ bmi, height }));
  write(['demo.genetic.pheno'], tableOf({ bmi }));
  write(['disease.txt'], tableOf({ disease: bmi.map((value) => (value > 0.8 ? 2 : 1)) }));
  write(
    ['white-british.txt', 'unrelated.txt', 'british.txt', 'study.keep', 'study.king.cutoff.in.id'],
    lines(PEOPLE - 20, person),
  );
  write(
    ['pruned.prune.in', 'study.prune.in'],
    lines(AUTOSOMAL, (v) => `rs${v}`),
  );
  const kinds = ['MZFF', 'MZMM', 'DZFF', 'DZMM', 'DZOS'];
  const [a, b, c, d, e, f, g, h] = [101, 211, 307, 401, 503, 601, 701, 809].map((seed) =>
    randomNormals(PAIRS, seed),
  );
  const pair = (i: number) => {
    // of identical twins all of it is shared, of fraternal ones half
    const other = (one: Float64Array, own: Float64Array) =>
      i % 5 < 2 ? one[i] : 0.5 * one[i] + 0.87 * own[i];
    const bmi = [a[i] + 0.7 * c[i], other(a, g) + 0.7 * d[i]];
    const height = [b[i] + 0.5 * e[i] + bmi[0], other(b, h) + 0.5 * f[i] + bmi[1]];
    const numbers = [...bmi, ...height].map((value) => value.toFixed(3));
    return [kinds[i % 5], ...numbers, 20 + (i % 40), i % 3 ? 'younger' : 'older'];
  };
  writeFileSync(
    'twins.csv',
    `zygosity,bmi1,bmi2,ht1,ht2,age,cohort\n${lines(PAIRS, (i) => pair(i).join(','))}`,
  );
  const trio = (i: number) => [a[i] + b[i] + c[i], a[i], b[i]].map((value) => value.toFixed(3)).join(',');
  writeFileSync('trios.csv', `child,father,mother\n${lines(PAIRS, trio)}`);
}

/** LD scores, annotations, taggings, frequencies, lists of variants and regions. */
async function writeReference(): Promise<void> {
  const everywhere = [...CHROMOSOMES, 'X'].map((c) => `chr${c}\t0\t2500000`).join('\n');
  write(['ld-blocks.bed'], `${everywhere.replaceAll('\t0\t2500000', '\t0\t9000000')}\n`);
  write(['coding.bed'], `${everywhere}\n`);
  writeFileSync('enhancer.bed.gz', gzipSync(`${everywhere.replaceAll('2500000', '1800000')}\n`));
  await run('ld annotate --bfile study --chr 1-22 --base --bed coding.bed --out study');
  await run('ld scores --bfile study --ld-wind-kb 200 --per-chromosome --out scores');
  await run('ld scores --bfile study --ld-wind-kb 200 --annot study.annot.gz --per-chromosome --out parts');
  await run('freq --bfile study --chr 1-22 --out study');
  const [head, ...rows] = readFileSync('study.afreq', 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split('\t'));
  const at = (name: string) => head.indexOf(name);
  for (const c of CHROMOSOMES) {
    for (const ending of ['l2.ldscore.gz', 'l2.M', 'l2.M_5_50']) {
      for (const name of ['eur_w_ld_chr/', 'ld/eas_ldscores/', 'weights.'])
        copyFileSync(`scores.${c}.${ending}`, `${name}${c}.${ending}`);
      copyFileSync(`parts.${c}.${ending}`, `baselineLD.${c}.${ending}`);
    }
    const own = rows.filter((row) => row[at('#CHROM')] === String(c));
    const frequency = own.map((row) => {
      const f = Number(row[at('ALT_FREQS')]);
      const [minor, major] = f <= 0.5 ? [at('ALT'), at('REF')] : [at('REF'), at('ALT')];
      return `${c} ${row[at('ID')]} ${row[minor]} ${row[major]} ${Math.min(f, 1 - f)} ${2 * PEOPLE}\n`;
    });
    await run(`ld annotate --bfile study --chr ${c} --base --bed coding.bed --out baselineLD.${c}`);
    writeFileSync(`1000G.${c}.frq`, `CHR SNP A1 A2 MAF NCHROBS\n${frequency.join('')}`);
  }
  await run('ld weights --bfile reference --chr 1-22 --out reference');
  for (let k = 1; k <= 65; k++)
    writeFileSync(
      `bld/bld${k}`,
      lines(AUTOSOMAL, (v) => `rs${v} ${1 + ((v * k) % 5)}`),
    );
  await run('ld tagging --bfile reference --model human-default --ld-wind-kb 200 --out human');
  await run('ld tagging --bfile reference --power -0.25 --ld-wind-kb 200 --out bld');
  await run('ld-factor --bfile study --out ld');
  for (const c of [1, 2]) await run(`grm --bfile study --chr ${c} --out grm${c}`);
  writeFileSync('list.txt', 'grm1\ngrm2\n');
  write(['w_hm3.snplist'], `SNP\tA1\tA2\n${lines(AUTOSOMAL, (v) => `rs${v}\tA\tG`)}`);
  const scores = readdirSync('eur_w_ld_chr').map((name) => `eur_w_ld_chr/${name}`);
  stored('eur', 'eur_w_ld_chr/', scores);
  stored('hm3', 'w_hm3.snplist', ['w_hm3.snplist']);
  stored('plink-1000g', 'reference', ['reference.bim']);
  stored(
    'frq-1000g',
    '1000G.',
    CHROMOSOMES.map((c) => `1000G.${c}.frq`),
  );
}

/** Notes a set of the publishers' as the store does, which takes no other files by their names. */
function stored(name: string, path: string, files: readonly string[]): void {
  const store = join(process.env.HEREDITY_REFERENCE!, name);
  mkdirSync(store, { recursive: true });
  const facts = { schema: 'heredity/reference@1', name, title: name, source: 'a test', licence: 'none' };
  const record = {
    ...facts,
    ...{ build: 'GRCh37', ancestry: 'EUR', addedAt: '2020-01-01T00:00:00Z' },
    path: resolve(path) + (path.endsWith('/') ? '/' : ''),
    files: files.map((file) => ({
      path: resolve(file),
      bytes: statSync(file).size,
      sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    })),
  };
  writeFileSync(join(store, 'heredity-ref.json'), JSON.stringify(record));
}

/** Results of a GWAS, as they come and as `munge` writes them. */
async function writeStatistics(): Promise<void> {
  const z = randomNormals(AUTOSOMAL, 21);
  const row = (v: number) => {
    const p = Math.max(1e-12, Math.exp(-(z[v] ** 2) / 2));
    return [
      chromosomeOf(v),
      `rs${v}`,
      1e6 + 5e4 * (v % VARIANTS),
      'A',
      'G',
      (0.02 * z[v]).toFixed(5),
      0.02,
      p.toPrecision(4),
      PEOPLE,
      0.3,
    ];
  };
  const text = `CHR\tSNP\tBP\tA1\tA2\tBETA\tSE\tP\tN\tFRQ\n${lines(AUTOSOMAL, (v) => row(v).join('\t'))}`;
  for (const name of ['gwas.txt', 'gwas-2.txt']) writeFileSync(name, text);
  for (const name of ['gwas.txt.gz', 'gwas.tsv.gz']) writeFileSync(name, gzipSync(text));
  const daner = `CHR SNP BP A1 A2 FRQ_A_2000 FRQ_U_3000 INFO OR SE P Neff_half\n${lines(AUTOSOMAL, (v) => {
    const [c, id, bp, a1, a2, beta, se, p] = row(v);
    return [c, id, bp, a1, a2, 0.3, 0.31, 0.98, Math.exp(Number(beta)).toFixed(5), se, p, 1200].join(' ');
  })}`;
  writeFileSync('daner.gz', gzipSync(daner));
  for (const name of ['bmi', 't2d', 'ldl', 'height']) await run(`munge --sumstats gwas.txt --out ${name}`);
  const summaries = (v: number) => `rs${v} A G 5000 ${z[v].toFixed(3)}`;
  writeFileSync('height.summaries', `Predictor A1 A2 n Z\n${lines(AUTOSOMAL, summaries)}`);
}

/** Results of runs before. */
async function writeResults(): Promise<void> {
  const cohort = '--bfile study --pheno traits.txt';
  const bmi = `${cohort} --pheno-name bmi`;
  await run(`h2 ${bmi} --methods gre,he --out bmi`);
  await run(`gre ${bmi} --dominance --out bmi`);
  await run(`twin --rmz 0.62 --rdz 0.36 --nmz 1000 --ndz 1000 --out bmi`);
  const height = `${cohort} --pheno-name height`;
  await run(`gre ${height} --out height`);
  await run(`he ${height} --dominance --out height`);
  await run(`ldms ${height} --ld-bins 1 --maf-cuts 0.2 --out height`);
  await run('twin --rmz 0.8 --rdz 0.45 --nmz 900 --ndz 900 --out height');
  await run('gap account --twin 0.7:0.05 --snp 0.4:0.03 --mechanism structural --out height');
  await run(`reml ${bmi} --bK 0.05 --reml-no-constrain --out family`);
  const pairs = '--pairs twins.csv --traits ht1,ht2 bmi1,bmi2 --zygosity zygosity --mz MZFF --dz DZFF';
  await run(`twin ${pairs} --out bmi-height`);
  for (const part of [1, 2]) await run(`gre ${bmi} --parts 2 --part ${part} --out parts/study`);
  await run('grm --bfile study --out study');
}
