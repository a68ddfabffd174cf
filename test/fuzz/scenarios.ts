/** A command line that reads files, and which. */
export interface Scenario {
  readonly command: string;
  /** Words with `{}` for the folder of the inputs. */
  readonly words: readonly string[];
  /** Names of inputs; those before the bar are not changed. */
  readonly files: readonly string[];
}

const STUDY = 'study.bed study.bim study.fam';
const PGEN = 'plink2.pgen plink2.pvar plink2.psam';
const COHORT = '--bfile {}/study --pheno {}/study.pheno --covar {}/study.covar';
const COHORT_FILES = `${STUDY} study.pheno study.covar`;
const FILTERS = '--keep {}/keep --remove {}/remove --extract {}/extract --exclude {}/exclude';
const FILTER_FILES = 'keep remove extract exclude';
const TWINS = 'twin --pairs {}/twins.csv';
const REF = '--ref-ld {}/panel --w-ld {}/panel --n-blocks 20';
const REF_FILES = 'panel.l2.ldscore.gz panel.l2.M_5_50';

const LINES: readonly (readonly [string, string])[] = [
  [`gre ${COHORT}`, COHORT_FILES],
  [`gre ${COHORT} ${FILTERS} --blocks {}/blocks`, `${COHORT_FILES} ${FILTER_FILES} blocks`],
  [`gre ${COHORT} --blocks {}/block-ids --cross-block`, `${COHORT_FILES} block-ids`],
  [`gre ${COHORT} --catcovar centre --pheno-name disease --prevalence 0.1 --solver direct`, COHORT_FILES],
  [
    'gre --sumstats {}/assoc.y.sumstats.gz --ld-factor {}/factor',
    'assoc.y.sumstats.gz factor/manifest.json factor/block1.variants.tsv factor/block1.factor.bin factor/block2.variants.tsv factor/block2.factor.bin',
  ],
  [`reml ${COHORT}`, COHORT_FILES],
  [`reml ${COHORT} --pheno-name disease --prevalence 0.1`, COHORT_FILES],
  ['reml --grm {}/a --pheno {}/study.pheno --pheno-name y', 'a.grm.id a.grm.bin a.grm.N.bin study.pheno'],
  ['reml --grm {}/text --pheno {}/study.pheno --pheno-name y', 'text.grm.id text.grm.gz study.pheno'],
  [
    'reml --mgrm {}/mgrm.txt --pheno {}/study.pheno --pheno-name y',
    'mgrm.txt a.grm.id a.grm.bin a.grm.N.bin b.grm.id b.grm.bin b.grm.N.bin study.pheno',
  ],
  [`reml ${COHORT} --pheno-name y --method monte-carlo`, COHORT_FILES],
  [
    `reml ${COHORT} --pheno-name y --method monte-carlo --annot {}/study.annot`,
    `${COHORT_FILES} study.annot`,
  ],
  [
    `reml ${COHORT} --pheno-name y --method monte-carlo --annot {}/thin.annot --thin-annot`,
    `${COHORT_FILES} thin.annot`,
  ],
  [`reml ${COHORT} --pheno-name y --partition {}/blocks`, `${COHORT_FILES} blocks`],
  [`reml ${COHORT} --pheno-name y --weights {}/weights --power -0.25`, `${COHORT_FILES} weights`],
  [
    `reml ${COHORT} --pheno-name y --partition maf-ld --maf-cuts 0.3 --ld-bins 2 --ld-scores {}/ld-scores`,
    `${COHORT_FILES} ld-scores`,
  ],
  [`he ${COHORT}`, COHORT_FILES],
  [`he ${COHORT} --partition {}/block-ids`, `${COHORT_FILES} block-ids`],
  ['he --grm {}/a --pheno {}/study.pheno --pheno-name y', 'a.grm.id a.grm.bin a.grm.N.bin study.pheno'],
  [`assoc ${COHORT}`, COHORT_FILES],
  [`assoc ${COHORT} ${FILTERS} --missing mean`, `${COHORT_FILES} ${FILTER_FILES}`],
  [`ldsc --h2 {}/one.sumstats,{}/two.sumstats.gz ${REF}`, `one.sumstats two.sumstats.gz ${REF_FILES}`],
  [`ldsc --rg {}/one.sumstats,{}/two.sumstats.gz ${REF}`, `one.sumstats two.sumstats.gz ${REF_FILES}`],
  [
    'ldsc --h2 {}/one.sumstats --ref-ld {}/parts --w-ld {}/panel --overlap-annot --frqfile {}/parts --not-M-5-50 --n-blocks 20 --print-coefficients',
    `one.sumstats parts.l2.ldscore parts.l2.M parts.annot parts.frq panel.l2.ldscore.gz`,
  ],
  [
    'ldsc --h2 {}/one.sumstats --ref-ld-chr {}/w. --w-ld-chr {}/w. --n-blocks 20',
    'one.sumstats w.1.l2.ldscore.gz w.2.l2.ldscore.gz w.1.l2.M_5_50 w.2.l2.M_5_50',
  ],
  [
    'ldsc --h2-cts {}/one.sumstats --ref-ld-chr {}/w. --w-ld-chr {}/w. --ref-ld-chr-cts {}/cts.ldcts --n-blocks 20',
    'one.sumstats cts.ldcts cell.1.l2.ldscore cell.2.l2.ldscore cell.1.l2.M_5_50 cell.2.l2.M_5_50 w.1.l2.ldscore.gz w.2.l2.ldscore.gz w.1.l2.M_5_50 w.2.l2.M_5_50',
  ],
  [`ldsc ${COHORT} --pheno-name y --n-blocks 10`, COHORT_FILES],
  [
    'sumher --tagfile {}/human.tagging --summary {}/assoc.y.sumstats.gz --jackknife-blocks 10',
    'human.tagging assoc.y.sumstats.gz',
  ],
  [
    'sumher --tagfile {}/human.tagging --summary {}/assoc.y.glm.linear --jackknife-blocks 10',
    'human.tagging assoc.y.glm.linear',
  ],
  [
    `sumher ${COHORT} --pheno-name y --weights {}/weights --power -0.25 --jackknife-blocks 10`,
    `${COHORT_FILES} weights`,
  ],
  [
    `sumher ${COHORT} --pheno-name y --model gcta --annot {}/study.annot --jackknife-blocks 10`,
    `${COHORT_FILES} study.annot`,
  ],
  ['munge --sumstats {}/gwas.txt', 'gwas.txt'],
  ['munge --sumstats {}/gwas.txt --merge-alleles {}/snplist --maf-min 0.05', 'gwas.txt snplist'],
  ['munge --sumstats {}/gwas.csv', 'gwas.csv'],
  ['munge --sumstats {}/gwas.csv --neff --merge-alleles {}/snplist', 'gwas.csv snplist'],
  ['munge --sumstats {}/gwas.log10p.gz', 'gwas.log10p.gz'],
  ['munge --sumstats {}/gwas.vcf', 'gwas.vcf'],
  ['munge --sumstats {}/gwas.parquet', 'gwas.parquet'],
  ['munge --sumstats {}/assoc.y.glm.linear', 'assoc.y.glm.linear'],
  [
    `ld scores --bfile {}/study --ld-wind-kb 1 ${FILTERS} --print-snps {}/print-snps`,
    `${STUDY} ${FILTER_FILES} print-snps`,
  ],
  ['ld scores --bfile {}/study --ld-wind-snps 5 --annot {}/study.annot', `${STUDY} study.annot`],
  [
    'ld scores --bfile {}/study --ld-wind-kb 1 --annot {}/thin.annot --thin-annot --yes-really',
    `${STUDY} thin.annot`,
  ],
  ['ld annotate --bfile {}/study --base --bed {}/regions.bed --windowsize 100', `${STUDY} regions.bed`],
  [
    'ld annotate --bfile {}/study --maf-bins 3 --lld --ld-scores {}/own',
    `${STUDY} own.l2.ldscore.gz own.l2.M`,
  ],
  ['ld weights --bfile {}/study', STUDY],
  ['ld weights --bfile {}/study --thin --section-length 10', STUDY],
  ['ld tagging --bfile {}/study --power -0.25 --weights {}/weights', `${STUDY} weights`],
  [
    'ld tagging --bfile {}/study --model gcta --partition-prefix {}/part --partition-number 2',
    `${STUDY} part1 part2`,
  ],
  ['ld tagging --bfile {}/study --model gcta --partition {}/blocks', `${STUDY} blocks`],
  ['ld-factor --bfile {}/study --covar {}/study.covar --blocks {}/blocks', `${STUDY} study.covar blocks`],
  ['grm --bfile {}/study', STUDY],
  [
    `grm --bfile {}/study ${FILTERS} --weights {}/weights --power -0.25 --partition {}/block-ids`,
    `${STUDY} ${FILTER_FILES} weights block-ids`,
  ],
  ['grm --grm {}/a --grm-cutoff 0.1', 'a.grm.id a.grm.bin a.grm.N.bin'],
  ['grm --mgrm {}/mgrm.txt', 'mgrm.txt a.grm.id a.grm.bin a.grm.N.bin b.grm.id b.grm.bin b.grm.N.bin'],
  ['simulate genotypes --bfile {}/study --samples 30', STUDY],
  [
    'simulate genotypes --samples 30 --variants 40 --chromosomes 2 --spectrum-file {}/spectrum.frq',
    'spectrum.frq',
  ],
  [
    'simulate phenotypes --bfile {}/study --h2 0.3 --covar {}/study.covar --covar-share 0.1',
    `${STUDY} study.covar`,
  ],
  ['simulate phenotypes --bfile {}/study --h2 0.3 --weights {}/weights', `${STUDY} weights`],
  ['simulate phenotypes --bfile {}/study --h2 0.3 --ld-scores {}/own', `${STUDY} own.l2.ldscore.gz`],
  ['study run --bfile {}/study --grid {}/grid.tsv --replicates 2 --estimators gre', `${STUDY} grid.tsv`],
  [
    'study run --bfile {}/study --grid {}/weighted.tsv --h2 0.25 --replicates 2 --external {}/external.json --estimators gre --strat {}/study.covar --weights {}/weights',
    `${STUDY} weighted.tsv external.json study.covar weights`,
  ],
  ['study compare-paper --study {}/accuracy.study.json', 'accuracy.study.json'],
  [
    'report {}/snp.gre.json {}/pairs.twin.json {}/accuracy.study.json',
    'snp.gre.json pairs.twin.json accuracy.study.json',
  ],
  ['table {}/snp.gre.json {}/snp.he.json --format latex', 'snp.gre.json snp.he.json'],
  ['h2 --sumstats {}/one.sumstats --ref-ld {}/panel --w-ld {}/panel', `one.sumstats ${REF_FILES}`],
  [`${TWINS} --trait a,b --zygosity zyg --mz MZ --dz DZ --covar age,sex1:sex2 --skip-intervals`, 'twins.csv'],
  [`${TWINS} --trait ill1,ill2 --zygosity zyg --mz MZ --dz DZ --binary --skip-intervals`, 'twins.csv'],
  [`${TWINS} --trait a,b --design sharing --sharing pi --skip-intervals`, 'twins.csv'],
  ['twin --pairs {}/trios.csv --trait child,father,mother --design parents', 'trios.csv'],
  ['convert --pfile {}/plink2 --make-bed', PGEN],
  [`convert --pfile {}/plink2 ${FILTERS} --make-pgen`, `${PGEN} ${FILTER_FILES}`],
  ['convert --vcf {}/study.vcf --make-bed', 'study.vcf'],
  ['convert --vcf {}/study.vcf --hard-call-threshold 0.2 --make-pgen', 'study.vcf'],
  ['convert --bgen {}/study.bgen --sample {}/study.sample --make-bed', 'study.bgen study.sample'],
  ['convert --bgen {}/study.bgen --sample {}/study.sample --make-pgen --maf 0.1', 'study.bgen study.sample'],
  ['gre --pfile {}/plink2 --pheno {}/study.pheno --blocks count:2', `${PGEN} study.pheno`],
  ['merge {}/joint', 'joint.gre.manifest.json joint.gre.common joint.gre.part-1-of-2 joint.gre.part-2-of-2'],
  ['gap tagging-variants --variants {}/variants.tsv', 'variants.tsv'],
  ['gap rare-variant-list --variants {}/rare.tsv', 'rare.tsv'],
  ['gap omnigenic --genes {}/genes.tsv --edges {}/edges.tsv', 'genes.tsv edges.tsv'],
  ['gap partition --cells {}/cells.tsv --tau {}/tau.tsv', 'cells.tsv tau.tsv'],
  [
    'gap account --twin {}/pairs.twin.json --snp {}/snp.gre.json --snp-trait y --draws 200',
    'pairs.twin.json snp.gre.json',
  ],
  ['gap account --twin 0.5:0.1 --snp {}/snp.greml.json --snp-trait y --draws 200', 'snp.greml.json'],
  ['gap account --twin 0.5:0.1 --snp {}/snp.he.json --snp-trait y --draws 200', 'snp.he.json'],
];

const TWO_WORDS = /^(ld|simulate|study|gap) /;

export const SCENARIOS: readonly Scenario[] = LINES.map(([line, files]) => {
  const words = line.split(' ');
  return { command: words.slice(0, TWO_WORDS.test(line) ? 2 : 1).join(' '), words, files: files.split(' ') };
});
