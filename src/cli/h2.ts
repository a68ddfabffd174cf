import { hasGenotypes } from '../cohort/genotype-source.js';
import type { Findings } from '../estimate/estimate.js';
import { DEFAULT_METHODS } from '../methods/catalogue.js';
import { differencesFlag } from '../methods/differences-flag.js';
import { methodTitle } from '../methods/facts.js';
import { ldscFlags } from '../methods/ldsc/flags.js';
import { estimateFromSumstats } from '../methods/ldsc/from-sumstats.js';
import { caseShareFlags, genotypeFlags, phenotypeFlags, resultFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, type FlagValues, list } from '../options/flags.js';
import { resultOutputs, writeResult } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';
import { defineCommand } from './command.js';
import { GIVEN, keys, without } from './modes.js';
import {
  assumptions,
  estimateSeveralMethods,
  planSeveralMethods,
  severalMethodsFlags,
} from './several-methods.js';

const { refLd, refLdChr, wLd, wLdChr, countAllSnps, snpCounts, overlapAnnot, frqfile, frqfileChr } =
  ldscFlags;

const statisticsFlags = defineFlags({
  sumstats: list(
    'summary statistics in the format of LDSC, for LD score regression on a reference; alone, or beside genotypes as rows of their own',
    { heading: 'From summary statistics', placeholder: 'files' },
  ),
  refLd,
  refLdChr,
  wLd,
  wLdChr,
  countAllSnps,
  snpCounts,
  overlapAnnot,
  frqfile,
  frqfileChr,
});

const flags = defineFlags({
  ...severalMethodsFlags('h2', DEFAULT_METHODS),
  ...differencesFlag,
  bfile: genotypeFlags.bfile,
  pheno: phenotypeFlags.pheno,
  ...statisticsFlags,
});

type H2Flags = FlagValues<typeof flags>;

const FROM_STATISTICS = [
  ...keys(resultFlags),
  ...keys(statisticsFlags),
  ...keys(caseShareFlags),
  'allowSmallOverlap',
] as const;

export const h2 = defineCommand({
  description:
    'Estimates the SNP-heritability of every trait by several methods on the same people and variants, in one table and one ' +
    'picture, with what each method estimates and assumes, and how they differ. What methods share (counting, LD scores, ' +
    'weights, association) is computed once. A method that cannot be used on these data says why, and the others go on. ' +
    'Summary statistics (--sumstats) are regressed on the LD scores of a reference: a trait that has the name of a column of ' +
    '--pheno stands beside it, in-sample and reference LD as rows of their own.',
  flags,
  modes: [
    { when: { bfile: GIVEN, sumstats: GIVEN }, flags: keys(flags), needs: ['pheno'] },
    { when: { sumstats: GIVEN }, flags: FROM_STATISTICS },
    { when: {}, flags: without(keys(flags), keys(statisticsFlags)), needs: ['bfile', 'pheno'] },
  ],
  examples: [
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study --report',
      what: 'every trait by five methods, with a page about it',
    },
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --methods gre,greml,ldms-mc,he,sldsc-maf,sumher-ldak --out study',
      what: 'by methods of your choice',
    },
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --differences 100 --out study',
      what: 'with errors of the differences between methods',
    },
    {
      line: 'heredity h2 --bfile study --pheno traits.txt --sumstats bmi.sumstats.gz --ref-ld-chr eur_w_ld_chr/ --w-ld-chr eur_w_ld_chr/ --out study',
      what: 'with LD score regression on a reference beside them',
    },
  ],
  outputs: resultOutputs('h2'),
  async plan(values, run) {
    if (hasGenotypes(values)) return planSeveralMethods(values, run, false);
    const count = values.sumstats?.length ?? 0;
    return {
      about: [`${count} traits: LD scores are read once, summary statistics one after another; no genotypes`],
      steps: [],
    };
  },
  async run(values, run) {
    const { out, report } = values;
    // first, so that the counts of people and variants that are left are those of the genotypes
    const fromFiles = await fromStatistics(values, run);
    const found = hasGenotypes(values)
      ? await estimateSeveralMethods(values, run, { name: 'h2', pairs: false })
      : NOTHING;
    const findings = { ...found, estimates: [...found.estimates, ...fromFiles] };
    await writeResult(run, findings, { out, name: 'h2', report, titleOf: methodTitle });
    run.log.result(`\n${assumptions(findings)}`);
  },
});

const NOTHING: Findings = { estimates: [], pairs: [], warnings: [] };

/** LD score regression of summary statistics, as `heredity ldsc --h2` has it; nothing without --sumstats. */
async function fromStatistics(values: H2Flags, run: RecordedRun): Promise<Findings['estimates']> {
  if (values.sumstats === undefined) return [];
  const { sumstats: files, ...others } = values;
  return estimateFromSumstats(files, { ...defaultsOf(ldscFlags), ...others, h2: files }, run);
}
