/** A set of reference data that can be had by name: where it is published, what is known of it, and how it is used. */
export interface ReferenceSet {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  /** Places of the same file, tried in order. */
  readonly urls: readonly string[];
  /** Of the file as it is published; where there is none, that of the first download is kept and said. */
  readonly hash?: { readonly algorithm: 'md5' | 'sha256'; readonly hex: string };
  /** What a flag is given, relative to the unpacked files; ends in / for a folder of files by chromosome. */
  readonly path: string;
  /** Flags that take it. */
  readonly flags: readonly string[];
  readonly build: 'GRCh37' | 'GRCh38' | 'none';
  readonly ancestry: string;
  readonly licence: string;
  readonly citation: string;
}

const zenodo = (record: number, file: string) =>
  `https://zenodo.org/records/${record}/files/${file}?download=1`;
const FINUCANE = 'Finucane et al. 2015, Nature Genetics 47:1228';
const BULIK = 'Bulik-Sullivan et al. 2015, Nature Genetics 47:291';
const GAZAL = 'Gazal et al. 2017, Nature Genetics 49:1421';
const EUR_1000G = 'European (1000 Genomes)';

/** Every set, in the order of `heredity ref list`. Nothing of them is in the package. */
export const REFERENCE_SETS: readonly ReferenceSet[] = [
  {
    name: 'eur',
    aliases: ['eur_w_ld_chr'],
    title: 'LD scores of HapMap 3 SNPs, for h2 and genetic correlation',
    urls: [zenodo(8182036, 'eur_w_ld_chr.tar.gz')],
    hash: { algorithm: 'md5', hex: 'e2f16343c4cfaa76caa7d0c03d26b489' },
    path: 'eur_w_ld_chr/',
    flags: ['--ref-ld-chr', '--w-ld-chr'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: BULIK,
  },
  {
    name: 'hm3',
    aliases: ['w_hm3'],
    title: 'HapMap 3 SNPs with alleles',
    urls: [zenodo(7773502, 'w_hm3.snplist.gz')],
    hash: { algorithm: 'md5', hex: '153ecc2bcfa740afafe656e6a384d769' },
    path: 'w_hm3.snplist.gz',
    flags: ['--merge-alleles'],
    build: 'none',
    ancestry: 'any',
    licence: 'CC-BY-4.0',
    citation: BULIK,
  },
  {
    name: 'eur-1000g',
    title: 'LD scores of 1000 Genomes phase 3 variants, one annotation',
    urls: [zenodo(10515792, '1000G_Phase3_ldscores.tgz'), zenodo(7768714, '1000G_Phase3_ldscores.tgz')],
    hash: { algorithm: 'md5', hex: 'e4352ccf778f296835d73985350a863b' },
    path: 'LDscore/LDscore.',
    flags: ['--ref-ld-chr'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: BULIK,
  },
  {
    name: 'baseline-ld-2.2',
    aliases: ['baselineLD_v2.2'],
    title: 'baseline-LD model 2.2: LD scores and annotations, 97 of them',
    urls: [
      zenodo(10515792, '1000G_Phase3_baselineLD_v2.2_ldscores.tgz'),
      zenodo(7768714, '1000G_Phase3_baselineLD_v2.2_ldscores.tgz'),
    ],
    path: 'baselineLD.',
    flags: ['--ref-ld-chr'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: GAZAL,
  },
  {
    name: 'baseline-ld-2.3',
    aliases: ['baselineLD_v2.3'],
    title: 'baseline-LD model 2.3: LD scores and annotations',
    urls: [zenodo(10515792, '1000G_Phase3_baselineLD_v2.3_ldscores.zip')],
    hash: { algorithm: 'md5', hex: '39b1b619602dc1b64e676a642a933fc3' },
    path: 'baselineLD.',
    flags: ['--ref-ld-chr'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: GAZAL,
  },
  {
    name: 'weights-hm3',
    title: 'weights of the regression for HapMap 3 SNPs outside the MHC',
    urls: [
      zenodo(10515792, '1000G_Phase3_weights_hm3_no_MHC.tgz'),
      zenodo(7768714, '1000G_Phase3_weights_hm3_no_MHC.tgz'),
    ],
    path: '1000G_Phase3_weights_hm3_no_MHC/weights.hm3_noMHC.',
    flags: ['--w-ld-chr'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: FINUCANE,
  },
  {
    name: 'frq-1000g',
    title: 'allele frequencies, for --overlap-annot',
    urls: [zenodo(10515792, '1000G_Phase3_frq.tgz'), zenodo(7768714, '1000G_Phase3_frq.tgz')],
    path: '1000G_Phase3_frq/1000G.EUR.QC.',
    flags: ['--frqfile-chr', '--ref-frq'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: FINUCANE,
  },
  {
    name: 'plink-1000g',
    title: 'genotypes of 1000 Genomes phase 3, for LD scores of own annotations',
    urls: [zenodo(10515792, '1000G_Phase3_plinkfiles.tgz'), zenodo(7768714, '1000G_Phase3_plinkfiles.tgz')],
    path: '1000G_EUR_Phase3_plink/1000G.EUR.QC.@',
    flags: ['--bfile', '--positions'],
    build: 'GRCh37',
    ancestry: EUR_1000G,
    licence: 'CC-BY-4.0',
    citation: FINUCANE,
  },
  {
    name: 'pan-ukb',
    title: 'LD scores of six ancestries of UK Biobank (Pan-UKB)',
    urls: ['https://pan-ukb-us-east-1.s3.amazonaws.com/ld_release/UKBB.ALL.ldscore.tar.gz'],
    path: 'UKBB.ALL.ldscore/',
    flags: ['--ref-ld'],
    build: 'GRCh37',
    ancestry: 'six (UK Biobank)',
    licence: 'none stated',
    citation: 'Karczewski et al. 2024, medRxiv 2024.03.13.24303864',
  },
];

/** The set of a name or an alias. */
export function referenceSet(name: string): ReferenceSet | undefined {
  return REFERENCE_SETS.find((set) => set.name === name || set.aliases?.includes(name));
}
