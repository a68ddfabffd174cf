import { readCaseSharesOfFiles } from '../../cohort/case-shares.js';
import { hasGenotypes } from '../../cohort/genotype-source.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError, isHeredityError } from '../../errors.js';
import type { Findings } from '../../estimate/estimate.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes, prefixesOfTraits } from '../../formats/output-prefixes.js';
import { type MethodName, methodTitle } from '../../methods/facts.js';
import { estimateCellTypesOf } from '../../methods/ldsc/cell-types.js';
import { LDSC_USES, type LdscFlags, ldscFlags, readIntercepts } from '../../methods/ldsc/flags.js';
import { estimateFromSumstats } from '../../methods/ldsc/from-sumstats.js';
import { methodOfScores } from '../../methods/ldsc/reference.js';
import { estimateRgOf } from '../../methods/ldsc/rg.js';
import { INTERCEPT_CAVEAT } from '../../methods/ldsc/warnings.js';
import { nativeText, resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { estimateByMethod, planOfMethod } from '../method-command.js';
import { GIVEN } from '../modes.js';

export const ldsc = defineCommand({
  description:
    'LD score regression from summary statistics, with the flags, files and numbers of LDSC: heritability (--h2), its ' +
    'partition over annotations, genetic correlation (--rg) and cell-type analysis (--h2-cts). With --bfile and --pheno, LD ' +
    'scores and statistics are those of the very people. Estimates with the intercept free and fixed at 1 stand side by ' +
    'side, with the rules that applied and the SNPs lost at each. The method in the names of files is ldsc, or sldsc where ' +
    'the LD scores have several annotations; from genotypes it is that of --model.',
  flags: ldscFlags,
  examples: [
    {
      line: 'heredity ldsc --h2 bmi.sumstats.gz --ref-ld-chr eur_w_ld_chr/ --w-ld-chr eur_w_ld_chr/ --out bmi',
      what: 'heritability',
    },
    {
      line: 'heredity ldsc --rg bmi.sumstats.gz,t2d.sumstats.gz,ldl.sumstats.gz --ref-ld-chr eur_w_ld_chr/ --w-ld-chr eur_w_ld_chr/ --out rg',
      what: 'genetic correlations of all pairs',
    },
    {
      line: 'heredity ldsc --h2 bmi.sumstats.gz --ref-ld-chr baselineLD. --w-ld-chr weights. --overlap-annot --frqfile-chr 1000G. --out bmi',
      what: 'heritability by annotation',
    },
    {
      line: 'heredity ldsc --bfile study --pheno traits.txt --covar age-sex-pcs.txt --model sldsc-maf-lld --out study',
      what: 'from genotypes, by allele frequency and level of LD',
    },
  ],
  outputs: resultOutputs('<method>', [
    {
      file: '<out>.<method>.scores.svg',
      what: 'mean χ² by LD score; also .enrichment, .cell-types, .h2 and .png',
    },
    { file: '<out>.results', what: "LDSC's table of categories (--overlap-annot)" },
    { file: '<out>.cell_type_results.txt', what: "LDSC's table of cell types (--h2-cts)" },
    { file: '<out>.delete', what: 'h² without each block (--print-delete-vals); .part_delete: coefficients' },
    { file: '<out>.cov', what: 'covariance of the coefficients (--print-cov)' },
    { file: '<out>.log', what: "from summary statistics: the lines of LDSC's own log, for its readers" },
  ]),
  modes: [
    { when: { h2: GIVEN }, flags: LDSC_USES.h2 },
    { when: { rg: GIVEN }, flags: LDSC_USES.rg },
    { when: { h2Cts: GIVEN }, flags: LDSC_USES.h2Cts, needs: ['refLdChrCts'] },
    { when: { bfile: GIVEN, model: 'ldsc' }, flags: LDSC_USES.genotypes, needs: ['pheno'] },
    { when: { bfile: GIVEN }, flags: LDSC_USES.genotypesByAnnotation, needs: ['pheno'] },
    { when: {}, flags: LDSC_USES.h2, needs: ['h2'] },
  ],
  resultName: methodOf,
  async plan(flags, run) {
    if (hasGenotypes(flags)) return planOfMethod(flags.model, flags, run);
    const files = filesOf(flags);
    return {
      about: [
        `${files.length} traits: LD scores are read once, summary statistics one after another; no genotypes`,
      ],
      steps: [],
    };
  },
  async run(flags, run) {
    if (hasGenotypes(flags)) return estimateByMethod(flags.model, flags, run);
    const files = filesOf(flags);
    if (flags.rg) {
      const { findings, logText } = await estimateRgOf(files, flags, run);
      run.log.result(`\n${logText}\n`);
      return write(findings, flags, run, logText);
    }
    const estimates = flags.h2Cts
      ? await estimateCellTypesOf(files, flags.refLdChrCts!, flags, run)
      : await estimateFromSumstats(files, flags, run);
    run.log.info(`\n${INTERCEPT_CAVEAT}`);
    return write({ estimates, pairs: [], warnings: [] }, flags, run, nativeText(estimates));
  },
});

/** The summary statistics. @throws HeredityError for what is wrong with the flags about them. */
function filesOf(flags: LdscFlags): readonly string[] {
  const files = (flags.h2 ?? flags.rg ?? flags.h2Cts)!;
  outputPrefixes(flags.out, traitNames(files)); // refuses names that clash, before anything is computed
  if (flags.rg && files.length < 2)
    throw new HeredityError('usage', '--rg needs at least two files', { fix: 'separate them by commas' });
  readIntercepts(flags, files.length);
  readCaseSharesOfFiles(flags, files.length);
  return files;
}

async function methodOf(flags: LdscFlags): Promise<MethodName> {
  if (hasGenotypes(flags)) return flags.model;
  if (flags.h2Cts) return 'sldsc';
  try {
    return await methodOfScores(flags);
  } catch (error) {
    if (isHeredityError(error)) return 'ldsc'; // the run itself says what is the matter
    throw error;
  }
}

/** @param text of LDSC's log; none is written where it is empty. */
async function write(
  findings: Findings,
  { out, report }: LdscFlags,
  run: RecordedRun,
  text: string,
): Promise<void> {
  const log = `${out}.log`;
  if (text !== '') await writeOutput(log, `${text}\n`);
  await writeResult(run, findings, {
    out,
    report,
    name: findings.estimates[0].method,
    nativePrefixes: prefixesOfTraits,
    written: text === '' ? [] : [log],
    titleOf: methodTitle,
  });
}
