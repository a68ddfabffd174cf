import { componentFlags } from '../../cohort/components.js';
import { hasGenotypes } from '../../cohort/genotype-source.js';
import { relationshipFlags } from '../../cohort/relationship-model.js';
import { methodTitle } from '../../methods/facts.js';
import { remlNatives } from '../../methods/reml/answer.js';
import { remlOfFiles } from '../../methods/reml/exact.js';
import { remlFlags, remlMethod } from '../../methods/reml/flags.js';
import { planOfFiles } from '../../methods/reml/plan.js';
import { genotypeFlags, phenotypeFlags, resultFlags } from '../../options/common-flags.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import { defineCommand } from '../command.js';
import { estimateByMethod, planOfMethod } from '../method-command.js';
import { GIVEN, keys, without } from '../modes.js';

const ANY = [
  ...keys(phenotypeFlags),
  ...keys(resultFlags),
  ...(['method', 'remlNoConstrain', 'prevalence', 'ascertainment'] as const),
];
const EXACT = [
  ...ANY,
  ...(['bK', 'grmCutoff', 'remlAlg', 'remlPriors', 'remlMaxit', 'remlLrt', 'ldak'] as const),
];
const FROM_MATRICES = [...EXACT, ...(['keep', 'remove'] as const)];
/** Components of sets of variants, for which a matrix can be made. */
const SETS = without(keys(componentFlags), ['mafBins', 'annot', 'thinAnnot']);
const MONTE_CARLO = [
  ...ANY,
  ...keys(genotypeFlags),
  ...without(keys(relationshipFlags), ['missing']), // missing genotypes are at the mean
  ...keys(componentFlags),
  ...(['dominance', 'dosage', 'vectors'] as const),
];

export const reml = defineCommand({
  description:
    'Restricted maximum likelihood (GREML): variance components of any number of relationship matrices, exactly, with the ' +
    "conventions of GCTA. Matrices are read, or made from genotypes on the way: one of all variants, one a part, or GREML-LDMS-I's strata. " +
    'With one matrix all traits of the same people share one reduction of it, and a further trait costs next to nothing.',
  flags: remlFlags,
  examples: [
    {
      line: 'heredity reml --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'all traits, one matrix of all autosomal variants',
    },
    {
      line: 'heredity reml --grm study --pheno traits.txt --out study',
      what: "with GCTA's or our own matrix",
    },
    { line: 'heredity reml --bfile study --pheno traits.txt --ldms --out study', what: 'GREML-LDMS-I' },
    {
      line: 'heredity reml --method monte-carlo --bfile study --pheno traits.txt --out study',
      what: 'any number of people: matrices known by their products with the genotypes only',
    },
  ],
  outputs: resultOutputs('<method>', [
    { file: '<out>[.<method>].<trait>.hsq', what: 'as GCTA writes it; without <method> for greml' },
    { file: '<out>.ldak-reml.<trait>.reml', what: 'with --ldak, as LDAK writes it' },
  ]),
  modes: [
    // dominance is of hard calls
    {
      when: { method: 'monte-carlo', dominance: true },
      flags: without(MONTE_CARLO, ['dosage']),
      needs: ['bfile'],
    },
    { when: { method: 'monte-carlo' }, flags: MONTE_CARLO, needs: ['bfile'] },
    { when: { grm: GIVEN }, flags: [...FROM_MATRICES, 'grm'] },
    { when: { mgrm: GIVEN }, flags: [...FROM_MATRICES, 'mgrm'] },
    {
      when: {},
      flags: [...EXACT, 'dominance', ...keys(genotypeFlags), ...keys(relationshipFlags), ...SETS],
      needs: ['bfile'],
    },
  ],
  resultName: remlMethod,
  plan: (flags, run) =>
    hasGenotypes(flags) ? planOfMethod(remlMethod(flags), flags, run) : planOfFiles(flags, run),
  async run(flags, run) {
    const name = remlMethod(flags);
    if (hasGenotypes(flags)) return estimateByMethod(name, flags, run);
    const findings = await remlOfFiles(flags, run);
    const { prefixes } = remlNatives(name);
    return writeResult(run, findings, {
      out: flags.out,
      name,
      report: flags.report,
      nativePrefixes: prefixes,
      titleOf: methodTitle,
    });
  },
});
