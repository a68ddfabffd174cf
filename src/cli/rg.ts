import { readTwinPairs, underNamesOf } from '../methods/twin/written-pairs.js';
import { defineFlags, paths } from '../options/flags.js';
import { resultOutputs } from '../report/write-result.js';
import { defineCommand } from './command.js';
import { planSeveralMethods, runSeveralMethods, severalMethodsFlags } from './several-methods.js';

export const rg = defineCommand({
  description:
    'Estimates the genetic covariance and correlation of every pair of traits by several methods on the same genotypes, in one ' +
    'table and a map a method, with the heritability of every trait: GRE and Haseman-Elston regression (both by the moments of the two ' +
    'traits), LD score regression with LD scores of the people themselves, SumHer with their taggings (sumher-ldak and others), and bivariate REML, exact ' +
    '(greml) or by random vectors (reml-mc). LD score regression and SumHer take the statistics of each trait, all others the people who have both traits. Other methods have no genetic correlation; their pairs say so. From summary statistics: heredity ldsc --rg.',
  flags: defineFlags({
    ...severalMethodsFlags('rg', ['gre', 'he', 'ldsc']),
    twins: paths(
      'results of "heredity twin --traits" whose genetic correlations (r_A) stand in the table too',
      { heading: 'Input' },
    ),
  }),
  examples: [
    {
      line: 'heredity rg --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'every pair by three methods',
    },
    {
      line: 'heredity rg --bfile study --pheno traits.txt --methods gre,ldsc,he,greml,reml-mc --out study',
      what: 'with bivariate REML: exact, which holds the relationship matrix in memory, and by random vectors',
    },
    {
      line: 'heredity rg --bfile study --pheno traits.txt --twins bmi-height.twin.json --out study',
      what: 'beside the genetic correlation that twins have',
    },
  ],
  outputs: resultOutputs('rg'),
  plan: (flags, run) => planSeveralMethods(flags, run, true),
  async run({ twins, ...flags }, run) {
    const ofTwins = await readTwinPairs(twins ?? [], run);
    await runSeveralMethods(flags, run, {
      name: 'rg',
      pairs: true,
      besides: (traits) => underNamesOf(ofTwins, traits, run.log.info),
    });
  },
});
