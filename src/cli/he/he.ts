import { cohortFlags } from '../../cohort/cohort.js';
import { hasGenotypes } from '../../cohort/genotype-source.js';
import { matrixFileFlags, relativesFlag } from '../../cohort/relationship-matrices.js';
import { methodTitle } from '../../methods/facts.js';
import { heOptions } from '../../methods/he/options.js';
import { planPairs, runPairs } from '../../methods/he/pairs.js';
import {
  caseShareFlags,
  dosageFlag,
  genotypeFlags,
  phenotypeFlags,
  resultFlags,
} from '../../options/common-flags.js';
import { defineFlags, type FlagValues } from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import { defineCommand } from '../command.js';
import { estimateByMethod, planOfMethod } from '../method-command.js';
import { GIVEN, keys, without } from '../modes.js';

const flags = defineFlags({
  ...cohortFlags,
  report: resultFlags.report,
  bfile: genotypeFlags.bfile,
  ...dosageFlag,
  ...matrixFileFlags,
  ...relativesFlag,
  ...heOptions,
  ...caseShareFlags,
  ...partFlags,
});

const FROM_MATRICES = [
  ...keys(phenotypeFlags),
  ...keys(resultFlags),
  ...(['keep', 'remove', 'bK', 'grmCutoff'] as const),
];
const FROM_GENOTYPES = without(keys(flags), ['grm', 'mgrm', 'bK', 'grmCutoff']);

function heMethod({ grm, mgrm }: Pick<FlagValues<typeof flags>, 'grm' | 'mgrm'>): 'he' | 'he-pairs' {
  return grm === undefined && mgrm === undefined ? 'he' : 'he-pairs';
}

export const he = defineCommand({
  description:
    'Haseman-Elston regression: SNP-heritability by the method of moments, all traits in one run. From genotypes it is randomised ' +
    '(RHE-reg, RHE-mc): traces of relationship matrices come from a few random vectors, so that no matrix of people by people is ' +
    'formed; variants may be divided into components, and standard errors come from theory for even effects and a jackknife over blocks of variants. ' +
    'Covariates are projected out of traits and genotypes; missing genotypes take the mean over the people of the run. From relationship matrices (--grm, --mgrm) it is the regression ' +
    'over pairs of people, of products (HE-CP) and of squared differences (HE-SD), as GCTA has it. With --prevalence, case-control traits have the heritability of their ' +
    'liability by PCGC (Golan, Lander & Rosset 2014), which holds whatever share of the sample are cases.',
  flags,
  examples: [
    {
      line: 'heredity he --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'h² of every trait, 10 random vectors and 100 jackknife blocks',
    },
    {
      line: 'heredity he --bfile study --pheno traits.txt --maf-bins 4 --out study',
      what: 'heritability and enrichment of four bins of allele frequency',
    },
    {
      line: 'heredity he --bfile study --pheno disease.txt --covar age-sex-pcs.txt --prevalence 0.01 --out study',
      what: 'a case-control trait, on the liability scale by PCGC',
    },
    {
      line: 'heredity he --grm study --pheno traits.txt --out study',
      what: 'over pairs of people, from a matrix of "heredity grm" or GCTA',
    },
  ],
  outputs: resultOutputs('<method>'),
  modes: [
    { when: { grm: GIVEN }, flags: [...FROM_MATRICES, 'grm'] },
    { when: { mgrm: GIVEN }, flags: [...FROM_MATRICES, 'mgrm'] },
    // dominance is of hard calls
    {
      when: { exactTraces: true, dominance: true },
      flags: without(FROM_GENOTYPES, ['vectors', 'parts', 'part', 'dosage']),
      needs: ['bfile'],
    },
    {
      when: { exactTraces: true },
      flags: without(FROM_GENOTYPES, ['vectors', 'parts', 'part']),
      needs: ['bfile'],
    },
    { when: { dominance: true }, flags: without(FROM_GENOTYPES, ['dosage']), needs: ['bfile'] },
    { when: {}, flags: FROM_GENOTYPES, needs: ['bfile'] },
  ],
  resultName: heMethod,
  plan: (values, context) =>
    hasGenotypes(values) ? planOfMethod('he', values, context) : planPairs(values, context),
  async run(values, context) {
    if (hasGenotypes(values)) return estimateByMethod('he', values, context);
    const findings = await runPairs(values, context);
    return writeResult(context, findings, {
      out: values.out,
      name: heMethod(values),
      report: values.report,
      titleOf: methodTitle,
    });
  },
});
