import { expect, test } from 'vitest';
import { pairCode } from '../../src/formats/alleles.js';
import { type Choices, munged, negLog10P } from './munge-run.js';

/** Tables as programs and consortia write them: each column as name=what, of {@link VALUES} or a constant. */
const PROGRAMS: readonly (readonly [program: string, columns: string, choices?: Choices])[] = [
  [
    'GWAS-SSF',
    'chromosome=1 base_pair_location=BP effect_allele=E other_allele=O beta=B standard_error=S effect_allele_frequency=F p_value=P rsid=ID n=50000',
  ],
  [
    'GWAS-SSF, -log10 P',
    'chromosome=1 base_pair_location=BP effect_allele=E other_allele=O beta=B standard_error=S effect_allele_frequency=F neg_log_10_p_value=L variant_id=1_1000_A_G rs_id=ID n=50000',
  ],
  [
    'GWAS Catalog, harmonised',
    'hm_variant_id=1_1000_A_G hm_rsid=ID hm_chrom=1 hm_pos=BP hm_other_allele=O hm_effect_allele=E hm_beta=B hm_odds_ratio=NA hm_ci_lower=NA hm_ci_upper=NA hm_effect_allele_frequency=F hm_code=10 variant_id=ID p_value=P effect_allele=E other_allele=O beta=-B standard_error=S',
    { n: 50000 },
  ],
  [
    'SAIGE 0.4',
    'CHR=1 POS=BP SNPID=ID Allele1=O Allele2=E AC_Allele2=100 AF_Allele2=F imputationInfo=.99 N=50000 BETA=B SE=S Tstat=U p.value=P p.value.NA=P Is.SPA.converge=1 varT=.5 varTstar=.6 AF.Cases=F AF.Controls=F N.Cases=20000 N.Controls=30000',
  ],
  [
    'SAIGE 1',
    'CHR=1 POS=BP MarkerID=ID Allele1=O Allele2=E AC_Allele2=100 AF_Allele2=F MissingRate=0 BETA=B SE=S Tstat=U var=9 p.value=P p.value.NA=P Is.SPA=TRUE AF_case=F AF_ctrl=F N_case=20000 N_ctrl=30000',
  ],
  [
    'BOLT-LMM',
    'SNP=ID CHR=1 BP=BP GENPOS=0 ALLELE1=E ALLELE0=O A1FREQ=F INFO=.98 CHISQ_LINREG=1 P_LINREG=.3 BETA=B SE=S CHISQ_BOLT_LMM_INF=1 P_BOLT_LMM_INF=.3 CHISQ_BOLT_LMM=1 P_BOLT_LMM=P',
    { n: 50000 },
  ],
  ['fastGWA', 'CHR=1 SNP=ID POS=BP A1=E A2=O N=50000 AF1=F BETA=B SE=S P=P'],
  [
    'fastGWA-GLMM',
    'CHR=1 SNP=ID POS=BP A1=E A2=O N=50000 AF1=F T=U SE_T=3 P_noSPA=.5 BETA=B SE=S P=P CONVERGE=1',
  ],
  [
    'GEMMA',
    'chr=1 rs=ID ps=BP n_miss=12 allele1=E allele0=O af=F beta=B se=S logl_H1=-1200 l_remle=.5 l_mle=.5 p_wald=P p_lrt=.5 p_score=.5',
    { n: 50000 },
  ],
  [
    'METAL, by N',
    'MarkerName=ID Allele1=e Allele2=o Freq1=F FreqSE=.01 MinFreq=.1 MaxFreq=.9 Weight=50000.00 Zscore=Z P-value=P Direction=+-? HetISq=12 HetChiSq=1 HetDf=2 HetPVal=.5',
  ],
  [
    'METAL, by errors',
    'MarkerName=ID Allele1=e Allele2=o Freq1=F FreqSE=.01 MinFreq=.1 MaxFreq=.9 Effect=B StdErr=S P-value=P Direction=+-? HetISq=12 HetChiSq=1 HetDf=2 HetPVal=.5 TotalSampleSize=50000',
  ],
  [
    'GWAMA',
    'rs_number=ID reference_allele=E other_allele=O eaf=F OR=OR OR_se=S OR_95L=.9 OR_95U=1.1 z=Z p-value=P _-log10_p-value=L q_statistic=1 q_p-value=.5 i2=0 n_studies=3 n_samples=50000 effects=+++',
  ],
  [
    'GWAMA, quantitative',
    'rs_number=ID reference_allele=E other_allele=O eaf=F beta=B se=S beta_95L=-.9 beta_95U=1.1 z=Z p-value=P _-log10_p-value=L q_statistic=1 q_p-value=.5 i2=0 n_studies=3 n_samples=50000 effects=+++',
  ],
  [
    'SNPTEST',
    'alternate_ids=--- rsid=ID chromosome=1 position=BP alleleA=O alleleB=E index=1 average_maximum_posterior_call=.99 info=.98 cohort_1_AA=1 cohort_1_NULL=0 all_AA=1 all_BB=1 all_NULL=0 all_total=50000 cases_AA=1 cases_total=20000 controls_AA=1 controls_total=30000 all_maf=.2 cases_maf=.2 controls_maf=.2 missing_data_proportion=0 het_OR=1 frequentist_add_pvalue=P frequentist_add_info=.97 frequentist_add_beta_1=B frequentist_add_se_1=S comment=NA',
  ],
  ['PLINK 1.9 --assoc', 'CHR=1 SNP=ID BP=BP A1=E F_A=F F_U=F A2=O CHISQ=1 P=P OR=OR', { n: 50000 }],
  [
    'PLINK 2, linear',
    '#CHROM=1 POS=BP ID=ID REF=O ALT=E A1=E TEST=ADD OBS_CT=50000 BETA=B SE=S T_STAT=Z P=P ERRCODE=.',
  ],
  [
    'PLINK 2, the reference counted',
    '#CHROM=1 POS=BP ID=ID REF=E ALT=O A1=E TEST=ADD OBS_CT=50000 BETA=B SE=S T_STAT=Z P=P ERRCODE=.',
  ],
  [
    'PLINK 2, all columns',
    '#CHROM=1 POS=BP ID=ID REF=O ALT=E PROVISIONAL_REF?=Y A1=E OMITTED=O A1_FREQ=F TEST=ADD OBS_CT=50000 BETA=B SE=S L95=-1 U95=1 T_STAT=Z P=P ERRCODE=.',
  ],
  [
    'PLINK 2, logistic',
    '#CHROM=1 POS=BP ID=ID REF=O ALT=E A1=E FIRTH?=N TEST=ADD OBS_CT=50000 OR=OR LOG(OR)_SE=S Z_STAT=Z P=P ERRCODE=.',
  ],
  [
    'Pan-UKB',
    'chr=1 pos=BP ref=O alt=E af_EUR=F beta_EUR=B se_EUR=S neglog10_pval_EUR=L low_confidence_EUR=false rsid=ID',
    { n: 50000 },
  ],
  [
    'Pan-UKB, of several',
    'chr=1 pos=BP ref=O alt=E af_AFR=F af_EUR=F beta_AFR=1 beta_EUR=B se_AFR=1 se_EUR=S neglog10_pval_AFR=.5 neglog10_pval_EUR=L rsid=ID',
    { n: 50000, trait: 'EUR' },
  ],
  [
    'FinnGen',
    '#chrom=1 pos=BP ref=O alt=E rsids=ID nearest_genes=G pval=P mlogp=L beta=B sebeta=S af_alt=F af_alt_cases=.1 af_alt_controls=.1',
    { n: 50000 },
  ],
  [
    'PGC daner',
    'CHR=1 SNP=ID BP=BP A1=E A2=O FRQ_A_20000=F FRQ_U_30000=F INFO=.97 OR=OR SE=S P=P ngt=0 Direction=+- HetISqt=0 HetDf=1 HetPVa=.5 Nca=20000 Nco=30000 Neff_half=24000',
  ],
  [
    'PGC, VCF-like',
    '#CHROM=1 POS=BP ID=ID A1=E A2=O BETA=B SE=S PVAL=P NGT=0 FCAS=F FCON=F IMPINFO=.97 NEFFDIV2=24000 NCAS=20000 NCON=30000 DIRE=+-',
  ],
  ['GIANT 2014', 'MarkerName=ID Allele1=E Allele2=O Freq.Allele1.HapMapCEU=F b=B SE=S p=P N=50000'],
  [
    'GIANT 2018',
    'CHR=1 POS=BP SNP=ID Tested_Allele=E Other_Allele=O Freq_Tested_Allele_in_HRS=F BETA=B SE=S P=P N=50000',
  ],
  [
    'GIANT and UK Biobank',
    'CHR=1 POS=BP SNP=ID:E:O Tested_Allele=E Other_Allele=O Freq_Tested_Allele=F BETA=B SE=S P=P N=50000 INFO=.99',
  ],
  [
    'GIANT 2022',
    'SNPID=1:1000:A:G RSID=ID CHR=1 POS=BP EFFECT_ALLELE=E OTHER_ALLELE=O EFFECT_ALLELE_FREQ=F BETA=B SE=S P=P N=50000',
  ],
  [
    'GLGC 2013',
    'SNP_hg18=chr1:5 SNP_hg19=chr1:6 rsid=ID A1=e A2=o beta=B se=S N=50000 P-value=P Freq.A1.1000G.EUR=F',
  ],
  [
    'IGAP',
    'Chromosome=1 Position=BP MarkerName=ID Effect_allele=E Non_Effect_allele=O Beta=B SE=S Pvalue=P',
    { n: 50000 },
  ],
  ['DIAGRAM', 'Chr:Position=1:5 SNP=ID Chr=1 Pos=BP EA=E NEA=O EAF=F Beta=B SE=S Pvalue=P Neff=50000'],
  [
    'CKDGen',
    'Chr=1 Pos_b37=BP RSID=ID Allele1=e Allele2=o Freq1=F Effect=B StdErr=S P-value=P n_total_sum=50000',
  ],
  [
    'TwoSampleMR',
    'SNP=ID effect_allele.exposure=E other_allele.exposure=O eaf.exposure=F beta.exposure=B se.exposure=S pval.exposure=P samplesize.exposure=50000 exposure=LDL',
  ],
  [
    'MTAG',
    'SNP=ID CHR=1 BP=BP A1=E A2=O Z=0 N=50000 FRQ=F mtag_beta=B mtag_se=S mtag_z=Z mtag_pval=P',
    { trait: 'mtag' },
  ],
  ['BioBank Japan', 'SNP=ID CHR=1 POS=BP REF=O ALT=E Frq=F Rsq=.9 BETA=B SE=S P=P', { n: 50000 }],
  ['GCTA-COJO', 'SNP=ID A1=E A2=O freq=F b=B se=S p=P N=50000'],
  ['LDAK', 'Predictor=ID A1=E A2=O Z=Z n=50000'],
  [
    'ProbABEL',
    'name=ID A1=E A2=O Freq1=F MAF=.2 Quality=.9 Rsq=.9 n=50000 Mean_predictor_allele=.5 chrom=1 position=BP beta_SNP_add=B sebeta_SNP_add=S chi2_SNP=1',
  ],
  [
    'RVTESTS',
    'CHROM=1 POS=BP REF=O ALT=E N_INFORMATIVE=50000 AF=F INFORMATIVE_ALT_AC=100 CALL_RATE=1 HWE_PVALUE=.5 N_REF=1 N_HET=2 N_ALT=3 U_STAT=U SQRT_V_STAT=5 ALT_EFFSIZE=B PVALUE=P ID=ID',
  ],
  [
    'RAREMETAL',
    '#CHROM=1 POS=BP REF=O ALT=E N=50000 POOLED_ALT_AF=F DIRECTION_BY_STUDY=+- EFFECT_SIZE=B EFFECT_SIZE_SD=S H2=.001 PVALUE=P RSID=ID',
  ],
  [
    'MR-MEGA',
    'MarkerName=ID Chromosome=1 Position=BP EA=E NEA=O EAF=F Nsample=50000 Ncohort=3 Effects=+++ beta_0=B se_0=S chisq_association=1 ndf_association=1 P-value_association=P',
  ],
  [
    'METASOFT',
    'RSID=ID #STUDY=3 PVALUE_FE=P BETA_FE=B STD_FE=S PVALUE_RE=.5 BETA_RE=.1 STD_RE=.1 PVALUE_RE2=.5 A1=E A2=O',
    { n: 50000 },
  ],
  [
    'a scan of expression',
    'phenotype_id=G variant_id=ID A1=E A2=O slope=B slope_se=S pval_nominal=P n=50000',
  ],
  [
    'log(OR)',
    'SNP=ID EffectAllele=E OtherAllele=O ln(OR)=B StdErr(ln(OR))=S P-val=P Ncases=20000 Ncontrols=30000',
  ],
  ['a hazard ratio', 'SNP=ID A1=E A2=O HR=OR SE=S P=P N_tot=50000'],
  ['bigsnpr', 'rsid=ID chr=1 pos=BP a0=O a1=E beta=B beta_se=S p=P n_eff=50000 af=F'],
  ['the effect beside the reference', 'SNP=ID effect_allele=E reference_allele=O BETA=B SE=S P=P N=50000'],
  ['the risk allele beside the alternate one', 'SNP=ID risk_allele=E alt_allele=O OR=OR P=P N=50000'],
  ['one population', 'SNP=ID A1=E A2=O BETA_EAS=B SE_EAS=S P_EAS=P N_EAS=50000'],
  [
    'one sex of two',
    'SNP=ID A1=E A2=O BETA_male=B SE_male=S P_male=P N_male=50000 BETA_female=.1 SE_female=.1 P_female=.5 N_female=100',
    { trait: 'male' },
  ],
];

const PAIRS = ['A G', 'C A', 'G T', 'T C'].map((pair) => pair.split(' ') as [string, string]);
const ROWS = 60;
const rows = Array.from({ length: ROWS }, (_, i) => {
  const [effect, other] = PAIRS[i % 4];
  return { i, effect, other, z: (i % 2 === 0 ? 1 : -1) * (0.35 + ((i * 7) % 23) / 8) };
});
type Row = (typeof rows)[number];
const SE = 0.0125;
const VALUES: Readonly<Record<string, (row: Row) => string | number>> = {
  ID: ({ i }) => `rs${1000 + i}`,
  'ID:E:O': ({ i, effect, other }) => `rs${1000 + i}:${effect}:${other}`,
  BP: ({ i }) => 1000 * (i + 1),
  E: ({ effect }) => effect,
  O: ({ other }) => other,
  e: ({ effect }) => effect.toLowerCase(),
  o: ({ other }) => other.toLowerCase(),
  B: ({ z }) => z * SE,
  '-B': ({ z }) => -z * SE,
  S: () => SE,
  Z: ({ z }) => z,
  U: ({ z }) => 12 * z,
  OR: ({ z }) => Math.exp(z * SE),
  P: ({ z }) => 10 ** -negLog10P(z),
  L: ({ z }) => negLog10P(z),
  F: ({ i }) => 0.05 + (0.9 * i) / ROWS,
};

function textOf(columns: string): string {
  const cells = columns.split(' ').map((column) => /^(.*)=(.*)$/.exec(column)!.slice(1) as [string, string]);
  const line = (row: Row) => cells.map(([, what]) => VALUES[what]?.(row) ?? what).join('\t');
  return `${[cells.map(([name]) => name).join('\t'), ...rows.map(line)].join('\n')}\n`;
}

test.each(PROGRAMS.map(([program, columns, choices = {}]) => ({ program, columns, choices })))(
  '$program',
  async ({ columns, choices }) => {
    const { kept, n, columns: written } = await munged(textOf(columns), choices);
    expect(kept.size).toBe(ROWS);
    for (const { i, z } of rows) expect(kept.get(`rs${1000 + i}`)!).toBeCloseTo(z, 2);
    expect(Array.isArray(n) ? n[0] : n).toBeCloseTo(50000, 0);
    rows.forEach(({ effect, other }, i) => {
      expect(written.pair?.[i]).toBe(pairCode(effect, other));
    });
  },
);

const REFUSED: readonly (readonly [what: string, columns: string, message: RegExp, choices?: Choices])[] = [
  [
    'two traits',
    'SNP=ID A1=E A2=O BETA_male=B P_male=P BETA_female=B P_female=P',
    /several traits or populations/,
  ],
  ['numbers for alleles', 'SNP=ID A1=1 A2=2 BETA=B P=P', /A1 holds numbers, such as 1/],
  ['no sample size but 0', 'SNP=ID A1=E A2=O BETA=B P=P N=0', /N holds 0, which is no number of people/],
  [
    'an N of positions',
    'SNP=ID A1=E A2=O BETA=B P=P BP=BP',
    /--N-col: BP is known as the place/,
    { named: { n: 'BP' } },
  ],
];

test.each(REFUSED.map(([what, columns, message, choices = {}]) => ({ what, columns, message, choices })))(
  'refused: $what',
  async ({ columns, message, choices }) => {
    await expect(munged(textOf(columns), choices)).rejects.toThrow(message);
  },
);
