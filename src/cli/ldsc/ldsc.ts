import { readCaseSharesOfFiles } from '../../cohort/case-shares.js';
import { hasGenotypes } from '../../cohort/genotype-source.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError, isHeredityError } from '../../errors.js';
import type { Findings } from '../../estimate/estimate.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { type MethodName, methodTitle } from '../../methods/facts.js';
import { estimateCellTypesOf } from '../../methods/ldsc/cell-types.js';
import { LDSC_USES, type LdscFlags, ldscFlags, readIntercepts } from '../../methods/ldsc/flags.js';
import { estimateFromSumstats, type LdscFound } from '../../methods/ldsc/from-sumstats.js';
import { estimateInSample } from '../../methods/ldsc/in-sample.js';
import { methodOfScores } from '../../methods/ldsc/reference.js';
import { estimateRgOf } from '../../methods/ldsc/rg.js';
import { INTERCEPT_CAVEAT } from '../../methods/ldsc/warnings.js';
import { lossReport } from '../../report/losses.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
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
  async run(flags, context) {
    if (hasGenotypes(flags)) return runFromGenotypes(flags, context);
    const files = (flags.h2 ?? flags.rg ?? flags.h2Cts)!;
    outputPrefixes(flags.out, traitNames(files)); // refuses names that clash, before anything is computed
    if (flags.rg && files.length < 2)
      throw new HeredityError('usage', '--rg needs at least two files', { fix: 'separate them by commas' });
    readIntercepts(flags, files.length); // what is wrong with the flags is said of a plan, too
    readCaseSharesOfFiles(flags, files.length);
    if (flags.plan) {
      context.log.result(
        `${files.length} traits: LD scores are read once, summary statistics one after another`,
      );
      return;
    }
    if (flags.rg) return runPairs(files, flags, context);
    const found = flags.h2Cts
      ? await estimateCellTypesOf(files, flags.refLdChrCts!, flags, context)
      : await estimateFromSumstats(files, flags, context);
    const text = logText(found);
    if (text !== '') context.log.result(`\n${text}\n`);
    await writeTraits(found, flags, context, text);
  },
});

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

async function runFromGenotypes(flags: LdscFlags, context: RecordedRun): Promise<void> {
  const found = await estimateInSample(flags, context);
  if (typeof found === 'string') {
    context.log.result(found);
    return;
  }
  context.log.result(`\n${logText(found)}\n`);
  await writeTraits(found, flags, context, '');
}

async function runPairs(files: readonly string[], flags: LdscFlags, context: RecordedRun): Promise<void> {
  const { findings, logText: text } = await estimateRgOf(files, flags, context);
  context.log.result(`\n${text}\n`);
  await write(findings, flags, context, text, []);
}

/** What LDSC says of each trait. */
function logText(found: readonly LdscFound[]): string {
  const sections = found.filter((own) => own.logText !== '');
  if (sections.length === 1) return sections[0].logText;
  return sections.map((own) => `Heritability of ${own.estimate.trait}\n${own.logText}`).join('\n\n');
}

/** Traits with what each of them lost, and the files that LDSC would have written of it. */
async function writeTraits(
  found: readonly LdscFound[],
  flags: LdscFlags,
  context: RecordedRun,
  text: string,
): Promise<void> {
  for (const { estimate, losses } of found)
    if (found.length > 1 || hasGenotypes(flags))
      context.log.result(`${estimate.trait}: ${lossReport('variants', losses)}`);
  context.log.info(`\n${INTERCEPT_CAVEAT}`);
  const estimates = found.map(({ estimate }) => estimate);
  const prefixes =
    found.length === 1
      ? [flags.out]
      : outputPrefixes(
          flags.out,
          estimates.map(({ trait }) => trait),
        );
  const natives: string[] = [];
  for (const [t, { files }] of found.entries())
    for (const [ending, content] of Object.entries(files)) {
      await writeOutput(`${prefixes[t]}.${ending}`, content);
      natives.push(`${prefixes[t]}.${ending}`);
    }
  await write({ estimates, pairs: [], warnings: [] }, flags, context, text, natives);
}

/** @param text of LDSC's log; none is written where it is empty. */
async function write(
  findings: Findings,
  flags: LdscFlags,
  context: RecordedRun,
  text: string,
  files: readonly string[],
): Promise<void> {
  const log = `${flags.out}.log`;
  if (text !== '') await writeOutput(log, `${text}\n`);
  await writeResult(context, findings, {
    out: flags.out,
    report: flags.report,
    name: findings.estimates[0].method,
    natives: text === '' ? files : [...files, log],
    titleOf: methodTitle,
  });
}
