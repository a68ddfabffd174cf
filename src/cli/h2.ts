import { Checkpoint } from '../checkpoint.js';
import { cohortFlags, countCohort, openCohort } from '../cohort/cohort.js';
import { hasGenotypes } from '../cohort/genotype-source.js';
import { HeredityError } from '../errors.js';
import type { Findings } from '../estimate/estimate.js';
import { formatBytes, formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { DEFAULT_METHODS, loadMethod, methodNames } from '../methods/catalogue.js';
import { estimateAll, type FinishedMethod } from '../methods/estimate-all.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { ldscFlags } from '../methods/ldsc/flags.js';
import { estimateFromSumstats } from '../methods/ldsc/from-sumstats.js';
import { caseShareFlags, genotypeFlags, phenotypeFlags, resultFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, type FlagValues, list, string } from '../options/flags.js';
import { lossReport } from '../report/losses.js';
import { textTable } from '../report/table.js';
import { resultOutputs, writeResult } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';
import { defineCommand } from './command.js';
import { GIVEN, keys, without } from './modes.js';

const METHOD = { heading: 'Method' } as const;

const { refLd, refLdChr, wLd, wLdChr, countAllSnps, snpCounts, overlapAnnot, frqfile, frqfileChr } =
  ldscFlags;

/** LD scores for summary statistics. */
const scoreFlags = {
  refLd,
  refLdChr,
  wLd,
  wLdChr,
  countAllSnps,
  snpCounts,
  overlapAnnot,
  frqfile,
  frqfileChr,
};

const statisticsFlags = defineFlags({
  sumstats: list(
    'summary statistics in the format of LDSC, for LD score regression on a reference; alone, or beside genotypes as rows of their own',
    { heading: 'From summary statistics', placeholder: 'files' },
  ),
  ...scoreFlags,
});

const flags = defineFlags({
  ...cohortFlags,
  bfile: genotypeFlags.bfile,
  pheno: phenotypeFlags.pheno,
  report: resultFlags.report,
  methods: list('methods from genotypes, in the order of the table; "heredity h2 --plan" lists them all', {
    ...METHOD,
    default: DEFAULT_METHODS,
    defaultText: DEFAULT_METHODS.join(','),
  }),
  blocks: string(
    'blocks of GRE: chromosome, genome, count:K, or a file (chr start end [name], or ID block)',
    { ...METHOD, default: 'chromosome', placeholder: 'blocks' },
  ),
  ...statisticsFlags,
  ...caseShareFlags,
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
      line: 'heredity h2 --bfile study --pheno traits.txt --sumstats bmi.sumstats.gz --ref-ld-chr eur_w_ld_chr/ --w-ld-chr eur_w_ld_chr/ --out study',
      what: 'with LD score regression on a reference beside them',
    },
  ],
  outputs: resultOutputs('h2'),
  async run(values, run) {
    const names = await methodsOf(values);
    // first, so that the counts of people and variants that are left are those of the genotypes
    const fromFiles = values.plan ? [] : await fromStatistics(values, run);
    const withGenotypes = hasGenotypes(values);
    if (values.plan && !withGenotypes) {
      run.log.result(
        `${values.sumstats?.length ?? 0} traits: LD scores are read once, summary statistics one after another`,
      );
      return;
    }
    const found = withGenotypes ? await fromGenotypes(values, names, run) : NOTHING_FOUND;
    if (found === undefined) return;
    const findings = { ...found, estimates: [...found.estimates, ...fromFiles] };
    await writeResult(run, findings, {
      out: values.out,
      name: 'h2',
      report: values.report,
      titleOf: methodTitle,
    });
    if (withGenotypes) run.log.result(`\n${methodTable(names)}`);
  },
});

const NOTHING_FOUND: Findings = { estimates: [], pairs: [], warnings: [] };

/** Names in the catalogue. */
async function methodsOf({ methods }: H2Flags): Promise<string[]> {
  const names = await Promise.all(methods.map(async (text) => (await loadMethod(text)).facts.name));
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice === undefined) return names;
  throw new HeredityError('usage', '--methods names a method twice', { value: twice, fix: 'name it once' });
}

/** @returns undefined where only the plan is wanted, which it prints. */
async function fromGenotypes(
  values: H2Flags,
  names: readonly string[],
  run: RecordedRun,
): Promise<Findings | undefined> {
  const open = await openCohort(values, run, false);
  try {
    if (values.plan) {
      const bytes = packedStride(open.people.count) * open.variants.length;
      run.log.result(
        `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits; genotypes ${formatBytes(bytes)}\n\n${methodTable(names)}`,
      );
      return undefined;
    }
    const cohort = await countCohort(open, values, run);
    const options = new Map(
      await Promise.all(
        names.map(async (name) => [name, defaultsOf((await loadMethod(name)).method.options)] as const),
      ),
    );
    const optionsOf = (name: string): Readonly<Record<string, unknown>> => options.get(name) ?? {};
    const checkpoint = names.length > 1 ? await openCheckpoint(values, run) : undefined;
    const findings = await estimateAll(cohort, { ...values, methods: names, optionsOf, checkpoint }, run);
    checkpoint?.finish();
    return findings;
  } finally {
    await open.close();
  }
}

/** Estimates depend neither on where they go, nor on threads, nor on which other methods there are. */
async function openCheckpoint(values: H2Flags, { log, provenance }: RecordedRun) {
  const { out, threads, memory, quiet, plan, report, methods, ...settings } = values;
  const checkpoint = await Checkpoint.open<FinishedMethod>(`${out}.h2.resume.json`, settings, provenance);
  if (checkpoint.finished > 0)
    log.info(`going on from ${checkpoint.finished} finished methods of an interrupted run`);
  return checkpoint;
}

/** LD score regression of summary statistics, as `heredity ldsc --h2` has it; nothing without --sumstats. */
async function fromStatistics(values: H2Flags, run: RecordedRun): Promise<Findings['estimates']> {
  if (values.sumstats === undefined) return [];
  const { sumstats: files, ...others } = values;
  const found = await estimateFromSumstats(files, { ...defaultsOf(ldscFlags), ...others, h2: files }, run);
  for (const { estimate, losses } of files.length > 1 || hasGenotypes(values) ? found : [])
    run.log.result(`${estimate.trait}: ${lossReport('variants', losses)}`);
  return found.map(({ estimate }) => estimate);
}

/** What each method takes for granted: of those that run, and with a plan of all. */
function methodTable(chosen: readonly string[]): string {
  return textTable(
    [
      { name: 'method', value: (name: string) => name },
      { name: 'runs', value: (name) => (chosen.includes(name) ? 'yes' : '-') },
      { name: 'assumes', value: (name) => methodFacts(name).assumption },
    ],
    methodNames(),
  );
}
