/**
 * Name and question of every model of missing heritability, in the order of the chapter. Apart from the models, so that
 * `heredity --help` loads none of them.
 */
export const GAP_CATALOGUE = {
  'twin-designs': 'what each design of twins, siblings and adoption takes for heritability',
  definition: 'the gap itself: twin heritability against SNP heritability',
  'gwas-power': 'polygenicity: why genome-wide significant hits explain less than all SNPs',
  tagging: 'heritability lost because array SNPs tag causal variants imperfectly',
  'tagging-variants': 'imperfect tagging of listed causal variants with frequency, effect and tag',
  'rare-variants': 'variance of rare variants under a power law, array against sequencing',
  'rare-variant-list': 'rare variants as a list of frequencies, array against sequencing',
  'mutation-selection': 'rare deleterious variants that mutation keeps up against selection',
  structural: 'structural variants and tandem repeats, hard to detect and to tag',
  'non-additive': 'dominance and two-locus epistasis: broad-sense against narrow-sense heritability',
  omnigenic: 'regulatory networks that spread heritability over peripheral genes',
  'ldsc-bias': 'bias of LD score regression where confounding follows LD',
  partition: 'which functional annotations hold the SNP heritability',
  somatic: 'somatic mosaicism: variance that grows with age and lowers germline heritability',
  'age-cohort': 'heritability in a cohort of many ages, whose older members lower it',
} as const;

export type GapModelName = keyof typeof GAP_CATALOGUE;
