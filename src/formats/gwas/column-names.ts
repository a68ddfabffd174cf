/** What a column of a GWAS file can hold. */
export const MEANINGS = {
  snp: 'variant ID',
  effectAllele: 'A1, the allele of the effect',
  otherAllele: 'A2, the other allele',
  reference: 'reference allele',
  alternative: 'alternative allele',
  test: 'kind of test; only the additive one is read',
  p: 'P value',
  negLog10P: '-log10 P',
  pMantissa: 'P value: mantissa',
  pExponent: 'P value: exponent of 10',
  z: 'signed statistic: Z',
  beta: 'signed statistic: effect',
  logOdds: 'signed statistic: log odds ratio',
  oddsRatio: 'signed statistic: odds ratio',
  score: 'signed statistic: score',
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

/** The flag of `heredity munge` that names the column of a meaning. */
export const COLUMN_FLAGS: Readonly<Record<Meaning, string>> = {
  snp: '--snp',
  effectAllele: '--a1',
  otherAllele: '--a2',
  reference: '--ref',
  alternative: '--alt',
  test: '--test-col',
  p: '--p',
  negLog10P: '--log10p',
  pMantissa: '--p-mantissa',
  pExponent: '--p-exponent',
  z: '--z',
  beta: '--beta',
  logOdds: '--log-or',
  oddsRatio: '--or',
  score: '--score',
  signed: '--signed-sumstats',
  se: '--se',
  n: '--N-col',
  nCases: '--N-cas-col',
  nControls: '--N-con-col',
  nEffective: '--neff-col',
  nEffectiveHalf: '--neff-half-col',
  nStudies: '--nstudy',
  frequency: '--frq',
  info: '--info',
};

/**
 * Names of columns by meaning, the best first, as {@link plainName} spells them; case and all but letters and digits do not
 * count ({@link compactName}). They are those that LDSC's munge_sumstats knows, and those of GWAS-SSF and its harmonised
 * files, PLINK 1.9 and 2, regenie, BOLT-LMM, SAIGE, fastGWA and GCTA, METAL, GWAMA, SNPTEST, BGENIE, GEMMA, GMMAT, LDAK,
 * Genomic SEM, FinnGen, Pan-UKB, deCODE, GLGC, CARDIoGRAM, COVID-19 HGI, Open Targets, PGC daner and PGC VCF-like tables,
 * GWAS-VCF and LDSC's own .sumstats.
 */
export const COLUMN_NAMES: Readonly<Record<Meaning, readonly string[]>> = {
  snp: 'HM_RSID RSID SNP RSIDS RS RS_NUMBER RS_NUMBERS MARKERNAME SNPID ID MARKERID MARKER VARIANT_ID HM_VARIANT_ID PREDICTOR DBSNP DBSNP_ID DBSNP_RSID RS_DBSNP SNP_NAME VARIANT NAME'.split(
    ' ',
  ),
  effectAllele:
    'HM_EFFECT_ALLELE A1 ALLELE1 EFFECT_ALLELE EFF_ALLELE EA INC_ALLELE TESTED_ALLELE TEST_ALLELE CODED_ALLELE RISK_ALLELE A_EFFECT ALLELE_B MINOR_ALLELE'.split(
      ' ',
    ),
  otherAllele:
    'HM_OTHER_ALLELE A2 ALLELE2 OTHER_ALLELE NON_EFFECT_ALLELE NONEFF_ALLELE NEA DEC_ALLELE OA ALLELE0 A0 OMITTED NONCODED_ALLELE NON_RISK_ALLELE UNTESTED_ALLELE AX ALLELE_A MAJOR_ALLELE'.split(
      ' ',
    ),
  reference: 'REF HM_REF REF_ALLELE REFERENCE_ALLELE REFERENCE'.split(' '),
  alternative: 'ALT HM_ALT ALT_ALLELE ALTERNATE_ALLELE ALTERNATIVE_ALLELE ALTERNATE ALTERNATIVE'.split(' '),
  test: 'TEST'.split(' '),
  p: 'P PVALUE PVAL P_BOLT_LMM P_BOLT_LMM_INF P_LINREG P_VALUE_ASSOCIATION P_WALD WALD_P P_LRT P_SCORE PVAL_ESTIMATE OLS_PVAL ALL_INV_VAR_META_P FREQUENTIST_ADD_PVALUE BAYESIAN_ADD_PVALUE PVAL_NOMINAL GC_PVALUE P_GC PVAL_GC PVALUE_GC P_DGC'.split(
    ' ',
  ),
  negLog10P:
    'NEG_LOG_10_P_VALUE NEG_LOG10_P NEG_LOG10_PVAL NEG_LOG_P NEG_LOG_PVALUE MINUS_LOG10_P MINUS_LOG10_PVAL MINUS_LOG10_PVALUE LOG10P LOG10_PVAL LOG10_P_VALUE MLOGP MLOG10P MLOG10PVAL NLOG10P NLOGP PVALUE_NEG_LOG10 PVAL_NEG_LOG10 P_NEG_LOG10 LP PVALUE_NEG_LOG10_GC PVAL_NEG_LOG10_GC'.split(
      ' ',
    ),
  pMantissa: 'PVALUE_MANTISSA PVAL_MANTISSA P_MANTISSA'.split(' '),
  pExponent: 'PVALUE_EXPONENT PVAL_EXPONENT P_EXPONENT'.split(' '),
  z: 'Z ZSCORE GC_ZSCORE Z_STAT Z_VALUE Z_ESTIMATE EZ T_STAT T_VALUE STAT T'.split(' '),
  beta: 'HM_BETA BETA B EFFECT EFFECTS ES EFFECT_SIZE EFFECT_BETA ALT_EFFSIZE EFFSIZE EST ESTIMATE SLOPE OLS_BETA ALL_INV_VAR_META_BETA FREQUENTIST_ADD_BETA_1'.split(
    ' ',
  ),
  logOdds: 'LOG_ODDS LOG_ODDS_RATIO LOGOR LN_OR LN_ODDS_RATIO'.split(' '),
  oddsRatio: 'HM_ODDS_RATIO OR ODDS_RATIO HAZARD_RATIO HR'.split(' '),
  score: 'SCORE'.split(' '),
  signed: 'SIGNED_SUMSTAT SIGNED_SUMSTATS'.split(' '),
  se: 'SE STANDARD_ERROR STDERR STD_ERROR SEBETA BETA_SE SE_C SE_DGC LOGOR_SE SE_LOGOR STDERRLOGOR OLS_SE ALT_EFFSIZE_SE EFFECT_SE SLOPE_SE EFFECT_SIZE_SE ALL_INV_VAR_META_SEBETA FREQUENTIST_ADD_SE_1'.split(
    ' ',
  ),
  n: 'N WEIGHT OBS_CT NMISS TOTAL_SAMPLE_SIZE SAMPLE_SIZE N_TOTAL TOTAL_N N_TOTAL_SUM NUM_SAMPLES NSAMPLES N_SAMPLE NS SS N_COMPLETE_SAMPLES N_INFORMATIVE N_ANALYZED N_ANALYSED ALL_TOTAL N_TOT TOT_N N_ALL N_IND N_INDIV N_INDIVIDUALS N_SUBJECTS N_PEOPLE N_PARTICIPANTS TOTAL_SAMPLES NUM_INDIVIDUALS NOBS N_OBS'.split(
    ' ',
  ),
  nCases:
    'N_CAS N_CASE N_CASES CASES_N NUM_CASES NCA NS_CASE NS_CASES NC NO_CASES NUMBER_OF_CASES TOTAL_CASES CASES_TOTAL CASES ALL_INV_VAR_META_CASES'.split(
      ' ',
    ),
  nControls:
    'N_CON N_CONTROL N_CONTROLS CONTROLS_N NUM_CONTROLS N_CTRL N_CTRLS NCO NS_CTRL NS_CTRLS N_CTL N_CTLS N_CONT NO_CONTROLS NUMBER_OF_CONTROLS TOTAL_CONTROLS CONTROLS_TOTAL CONTROLS ALL_INV_VAR_META_CONTROLS'.split(
      ' ',
    ),
  nEffective:
    'NEFF N_EFFECTIVE EFFECTIVE_N EFFECTIVE_SAMPLE_SIZE EFF_N SUM_NEFF NE ALL_INV_VAR_META_EFFECTIVE EFFECTIVE'.split(
      ' ',
    ),
  nEffectiveHalf: 'NEFF_HALF NEFFDIV2 HALF_NEFF'.split(' '),
  nStudies: 'NSTUDY NSTUDIES NUM_STUDIES STUDIES'.split(' '),
  frequency:
    'HM_EFFECT_ALLELE_FREQUENCY FRQ EAF EFFECT_ALLELE_FREQUENCY EFFECT_ALLELE_FREQ EFFECT_ALLELE_FREQUENCY_FROM_SOURCE EFF_ALLELE_FREQ CODED_ALLELE_FREQ A1FREQ AF_ALLELE2 FREQ FREQ1 AF1 AF_ALT ALT_AF ALT_FREQS AF POOLED_ALT_AF FREQ_A1 FREQ_B ALL_META_AF FRQ_U F_U FCON FCAS AF_CONTROLS AF_CASES ALT_FREQ FREQ_TESTED_ALLELE FREQ1_HAPMAP FREQ_EUROPEAN_1000GENOMES MINOR_AF MAF ALL_MAF IMP_MAF'.split(
      ' ',
    ),
  info: 'INFO IMPINFO INFO_SCORE IMPUTATIONINFO MEDIAN_INFO SI IMPUTATION_ACCURACY IMPUTATION_QUALITY RSQ MACH_R2 AVERAGE_MAXIMUM_POSTERIOR_CALL R2'.split(
    ' ',
  ),
};

/** A name as {@link COLUMN_NAMES} has it: upper case, everything else but letters and digits one underscore. */
export function plainName(name: string): string {
  return name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

/** What counts of a name: its letters, in upper case, and digits. `P-value`, `p_value` and `pValue` are one. */
export function compactName(name: string): string {
  return plainName(name).replaceAll('_', '');
}

/** Meaning and rank of each name of {@link COLUMN_NAMES}, by its {@link compactName}. */
const KNOWN: ReadonlyMap<string, { readonly meaning: Meaning; readonly rank: number }> = new Map(
  (Object.entries(COLUMN_NAMES) as [Meaning, readonly string[]][]).flatMap(([meaning, names]) =>
    names.map((name, rank) => [compactName(name), { meaning, rank }] as const),
  ),
);

/** What a name stands for by itself, and how good it is for that (0 is best); undefined where it is not known. */
export function knownName(name: string): { readonly meaning: Meaning; readonly rank: number } | undefined {
  return KNOWN.get(compactName(name));
}
