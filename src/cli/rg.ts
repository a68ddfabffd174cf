import { resultOutputs } from '../report/write-result.js';
import { defineCommand } from './command.js';
import { planSeveralMethods, runSeveralMethods, severalMethodsFlags } from './several-methods.js';

export const rg = defineCommand({
  description:
    'Estimates the genetic covariance and correlation of every pair of traits by several methods on the same genotypes, in one ' +
    'table and a map a method, with the heritability of every trait: GRE and Haseman-Elston regression (both by the moments of the two ' +
    'traits), LD score regression with LD scores of the people themselves, SumHer with their taggings (sumher-ldak and others), and exact bivariate REML ' +
    '(greml). LD score regression and SumHer take the statistics of each trait, all others the people who have both traits. Other methods have no genetic correlation; their pairs say so. From summary statistics: heredity ldsc --rg.',
  flags: severalMethodsFlags('rg', ['gre', 'he', 'ldsc']),
  examples: [
    {
      line: 'heredity rg --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'every pair by three methods',
    },
    {
      line: 'heredity rg --bfile study --pheno traits.txt --methods gre,ldsc,he,greml --out study',
      what: 'with exact bivariate REML, which holds the relationship matrix in memory',
    },
  ],
  outputs: resultOutputs('rg'),
  plan: (flags, run) => planSeveralMethods(flags, run, true),
  run: (flags, run) => runSeveralMethods(flags, run, { name: 'rg', pairs: true }),
});
