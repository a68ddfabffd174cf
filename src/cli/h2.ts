import { methodNames } from '../methods/catalogue.js';
import { resultOutputs } from '../report/write-result.js';
import { defineCommand } from './command.js';
import { planSeveralMethods, runSeveralMethods, severalMethodsFlags } from './several-methods.js';

/** Quick methods that assume different things: what they disagree on says something about the trait. */
const DEFAULT_METHODS = ['gre', 'he', 'reml-mc', 'ldsc', 'sumher-hd'].filter((name) =>
  methodNames().includes(name),
);

export const h2 = defineCommand({
  description:
    'Estimates the SNP-heritability of every trait by several methods on the same people and variants, in one table and one ' +
    'picture, with what each method estimates and assumes. What methods share (counting, LD scores, weights, association) is ' +
    'computed once. A method that cannot be used on these data says why, and the others go on.',
  flags: severalMethodsFlags('h2', DEFAULT_METHODS),
  examples: [
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'every trait by five methods',
    },
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --methods gre,greml,ldms-mc,he,sldsc-maf,sumher-ldak --out study',
      what: 'by methods of your choice',
    },
  ],
  outputs: resultOutputs('h2'),
  plan: (flags, run) => planSeveralMethods(flags, run, false),
  run: (flags, run) => runSeveralMethods(flags, run, { name: 'h2', pairs: false }),
});
