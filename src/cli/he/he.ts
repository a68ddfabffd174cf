import { cohortFlags } from '../../cohort/cohort.js';
import { matrixFileFlags } from '../../cohort/relationship-matrices.js';
import { HeredityError } from '../../errors.js';
import { runHeFromGrm } from '../../methods/he/from-grm.js';
import { randomisedFlags, runRandomisedHe } from '../../methods/he/randomised.js';
import { genotypeFlags } from '../../options/common-flags.js';
import { defineCommand } from '../command.js';

export const he = defineCommand({
  description:
    'Haseman-Elston regression: SNP-heritability by the method of moments, all traits in one run. From genotypes it is randomised ' +
    '(RHE-reg, RHE-mc): traces of relationship matrices come from a few random vectors, so that no matrix of people by people is ' +
    'formed; variants may be divided into components, and standard errors come from a jackknife over blocks of variants. ' +
    'Covariates are projected out of traits and genotypes; missing genotypes take the mean over the people of the run. From relationship matrices (--grm, --mgrm) it is the regression ' +
    'over pairs of people, of products (HE-CP) and of squared differences (HE-SD), as GCTA has it.',
  flags: { ...cohortFlags, bfile: genotypeFlags.bfile, ...matrixFileFlags, ...randomisedFlags },
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
      line: 'heredity he --grm study --pheno traits.txt --out study',
      what: 'over pairs of people, from a matrix of "heredity grm" or GCTA',
    },
  ],
  outputs: [
    {
      file: '<out>.he.json',
      what: 'estimates by trait and component, and how they came about (schema heredity/he@1)',
    },
    { file: '<out>.he.tsv', what: 'the same as a table' },
    { file: '<out>.he.svg, <out>.he.png', what: 'h² with 95 % confidence intervals' },
    { file: '<out>.log', what: 'what was printed' },
  ],
  async run(flags, context) {
    const { bfile, grm, mgrm, grmCutoff } = flags;
    if ([bfile, grm, mgrm].filter((source) => source !== undefined).length !== 1)
      throw new HeredityError('usage', 'give one of --bfile, --grm and --mgrm');
    if (bfile === undefined) return runHeFromGrm(flags, context);
    if (grmCutoff !== undefined)
      throw new HeredityError('usage', '--grm-cutoff needs a matrix (--grm)', {
        fix: 'leave related people out with --remove',
      });
    await runRandomisedHe({ ...flags, bfile }, context);
  },
});
