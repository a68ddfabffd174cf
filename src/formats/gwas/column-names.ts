/** What a column of a GWAS file can hold. */
export const MEANINGS = {
  snp: 'variant ID',
  effectAllele: 'A1, the allele of the effect',
  otherAllele: 'A2, the other allele',
  reference: 'reference allele',
  alternative: 'alternative allele',
  chromosome: 'chromosome',
  position: 'position',
  test: 'kind of test; only the additive one is read',
  p: 'P value',
  negLog10P: '-log10 P',
  z: 'signed statistic: Z',
  beta: 'signed statistic: effect',
  logOdds: 'signed statistic: log odds ratio',
  oddsRatio: 'signed statistic: odds ratio',
  signed: 'signed statistic',
  se: 'standard error of the effect',
  n: 'sample size',
  nCases: 'cases',
  nControls: 'controls',
  nEffective: 'effective sample size',
  nEffectiveHalf: 'half the effective sample size',
  nStudies: 'number of studies',
  frequency: 'allele frequency',
  info: 'imputation quality',
} as const;

export type Meaning = keyof typeof MEANINGS;

/**
 * Names of columns by meaning, the best first, as {@link plainName} spells them. They are those that LDSC's munge_sumstats
 * knows, and those of GWAS-SSF and its harmonised files, PLINK 1.9 and 2, regenie, BOLT-LMM, SAIGE, fastGWA and GCTA, METAL,
 * LDAK, FinnGen, Pan-UKB, PGC daner and PGC VCF-like tables, GWAS-VCF and LDSC's own .sumstats.
 */
export const COLUMN_NAMES: Readonly<Record<Meaning, readonly string[]>> = {
  snp: [
    ...[
      'HM_RSID',
      'RSID',
      'RS_ID',
      'SNP',
      'RSIDS',
      'RS',
      'RS_NUMBER',
      'RS_NUMBERS',
      'MARKERNAME',
      'SNPID',
      'ID',
    ],
    ...['MARKERID', 'MARKER', 'VARIANT_ID', 'HM_VARIANT_ID', 'SNP_ID', 'PREDICTOR', 'DBSNP', 'VARIANT'],
  ],
  effectAllele: [
    ...[
      'HM_EFFECT_ALLELE',
      'A1',
      'ALLELE1',
      'ALLELE_1',
      'EFFECT_ALLELE',
      'EA',
      'INC_ALLELE',
      'TESTED_ALLELE',
    ],
    ...['EFFECTALLELE', 'CODED_ALLELE', 'RISK_ALLELE', 'REFERENCE_ALLELE'],
  ],
  otherAllele: [
    ...[
      'HM_OTHER_ALLELE',
      'A2',
      'ALLELE2',
      'ALLELE_2',
      'OTHER_ALLELE',
      'NON_EFFECT_ALLELE',
      'NEA',
      'DEC_ALLELE',
    ],
    ...[
      'OA',
      'ALLELE0',
      'ALLELE_0',
      'A0',
      'OMITTED',
      'NONEFFECT_ALLELE',
      'OTHERALLELE',
      'NONCODED_ALLELE',
      'AX',
    ],
  ],
  reference: ['REF', 'HM_REF'],
  alternative: ['ALT', 'HM_ALT'],
  chromosome: ['CHR', 'CHROM', 'CHROMOSOME', 'HM_CHROM', 'CHR_ID'],
  position: [
    'BP',
    'POS',
    'POSITION',
    'BASE_PAIR_LOCATION',
    'GENPOS',
    'HM_POS',
    'BP_HG19',
    'BASE_PAIR_POSITION',
  ],
  test: ['TEST'],
  p: [
    ...['P', 'PVALUE', 'P_VALUE', 'PVAL', 'P_VAL', 'GC_PVALUE', 'P_BOLT_LMM', 'P_BOLT_LMM_INF', 'P_LINREG'],
    ...['PVAL_META', 'WALD_P', 'FREQUENTIST_ADD_PVALUE'],
  ],
  negLog10P: [
    ...[
      'NEG_LOG_10_P_VALUE',
      'NEG_LOG10_P',
      'NEGLOG10_P',
      'NEG_LOG10_PVALUE',
      'MINUS_LOG10_P',
      'LOG10P',
      'LOG10_P',
    ],
    ...['MLOGP', 'MLOG10P', 'NEGLOG10_PVAL', 'NEGLOG10_PVAL_META', 'NLOG10P', 'LP'],
  ],
  z: ['Z', 'ZSCORE', 'Z_SCORE', 'GC_ZSCORE', 'Z_STAT', 'EZ', 'T_STAT', 'STAT'],
  beta: [
    ...[
      'HM_BETA',
      'BETA',
      'B',
      'EFFECT',
      'EFFECTS',
      'ES',
      'BETA_META',
      'EFFECT_SIZE',
      'FREQUENTIST_ADD_BETA_1',
    ],
  ],
  logOdds: ['LOG_ODDS', 'LOG_ODDS_RATIO', 'LOGOR', 'LOG_OR', 'LN_OR'],
  oddsRatio: ['HM_ODDS_RATIO', 'OR', 'ODDS_RATIO', 'HAZARD_RATIO', 'HR'],
  signed: ['SIGNED_SUMSTAT'],
  se: [
    ...['SE', 'STANDARD_ERROR', 'STDERR', 'STD_ERR', 'SEBETA', 'SE_BETA', 'BETA_SE', 'LOG_OR_SE', 'LOGOR_SE'],
    ...['STDERRLOGOR', 'SE_META', 'STANDARDERROR', 'FREQUENTIST_ADD_SE_1'],
  ],
  n: [
    ...[
      'N',
      'WEIGHT',
      'OBS_CT',
      'NMISS',
      'TOTALSAMPLESIZE',
      'SAMPLESIZE',
      'SAMPLE_SIZE',
      'N_TOTAL',
      'TOTAL_N',
      'SS',
    ],
    ...['N_SAMPLES', 'NTOTAL', 'N_COMPLETE_SAMPLES'],
  ],
  nCases: ['N_CAS', 'NCASE', 'CASES_N', 'N_CASE', 'N_CASES', 'NCAS', 'NCA', 'NCASES'],
  nControls: [
    ...[
      'N_CON',
      'NCONTROL',
      'CONTROLS_N',
      'N_CONTROL',
      'N_CONTROLS',
      'N_CTRL',
      'NCON',
      'NCO',
      'NCONTROLS',
      'N_CTRLS',
    ],
  ],
  nEffective: ['NEFF', 'N_EFF', 'N_EFFECTIVE', 'EFFECTIVE_N', 'NEFFECTIVE'],
  nEffectiveHalf: ['NEFF_HALF', 'NEFFDIV2', 'NEFFHALF'],
  nStudies: ['NSTUDY', 'N_STUDY', 'NSTUDIES', 'N_STUDIES'],
  frequency: [
    ...[
      'HM_EFFECT_ALLELE_FREQUENCY',
      'FRQ',
      'EAF',
      'EFFECT_ALLELE_FREQUENCY',
      'EFFECT_ALLELE_FREQ',
      'A1FREQ',
    ],
    ...[
      'A1_FREQ',
      'AF_ALLELE2',
      'FREQ',
      'FREQ1',
      'AF1',
      'AF_ALT',
      'ALT_FREQS',
      'AF',
      'FREQ_A1',
      'FRQ_U',
      'F_U',
    ],
    ...['FCON', 'ALT_FREQ', 'FREQ_TESTED_ALLELE', 'FREQ1_HAPMAP', 'MINOR_AF', 'MAF'],
  ],
  info: ['INFO', 'IMPINFO', 'INFO_SCORE', 'IMPUTATIONINFO', 'IMPUTATION_INFO', 'SI', 'RSQ', 'MACH_R2'],
};

/** A name as {@link COLUMN_NAMES} has it: upper case, everything else but letters and digits one underscore. */
export function plainName(name: string): string {
  return name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
