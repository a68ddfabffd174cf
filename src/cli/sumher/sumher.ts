import { readCaseShares } from '../../cohort/case-shares.js';
import { type CohortFlags, countCohort, openCohort } from '../../cohort/cohort.js';
import {
  checkModelFlags,
  inSampleTaggings,
  modelFlags,
  TAGGING_WINDOW_KB,
} from '../../cohort/heritability-model.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { SUMHER_DEFAULTS, sumher } from '../../estimators/sumher/sumher.js';
import { readTagging } from '../../formats/tagging.js';
import { loadKernels } from '../../kernels/load.js';
import {
  inSampleStatistics,
  type NamedStatistics,
  statisticsFromFile,
} from '../../methods/sumher/statistics.js';
import { genotypeFlags, phenotypeFlags, runFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, fraction, integer, list, path } from '../../options/flags.js';
import { windowFlagsWithDefault, windowReach } from '../../options/window-flags.js';
import { lossReport } from '../../report/losses.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { filePrefixes, writeSumherOutputs } from './sumher-output.js';

const METHOD = { heading: 'Method' } as const;
const SUMMARY = { heading: 'From summary statistics' } as const;

const sumherFlags = defineFlags({
  tagfile: path('taggings as "heredity ld tagging" and LDAK write them', SUMMARY),
  summary: list(
    'test statistics of one or more traits: .summaries of LDAK, .sumstats of LDSC, or association results',
    { ...SUMMARY, placeholder: 'files' },
  ),
  allowMissing: boolean('go on where variants of the taggings have no statistic', SUMMARY),
  ...genotypeFlags,
  ...phenotypeFlags,
  ...modelFlags,
  ...windowFlagsWithDefault(TAGGING_WINDOW_KB),
  genomicControl: boolean('let confounding multiply all statistics by a constant, and estimate it', METHOD),
  intercept: boolean(
    "let confounding add a constant to all statistics, as LDSC's intercept, and estimate it",
    METHOD,
  ),
  cutoff: fraction('leave out variants that explain at least this share of the trait, S / (S + n)', METHOD),
  jackknifeBlocks: integer('blocks of variants for the jackknife', {
    ...METHOD,
    min: 2,
    max: 100_000,
    default: SUMHER_DEFAULTS.blocks,
  }),
  prevalence: list(
    'population prevalence of case-control traits, one for all or one a trait: adds liability-scale estimates',
    { ...METHOD, placeholder: 'K' },
  ),
  ascertainment: list('share of cases in the sample, one for all or one a trait', {
    ...METHOD,
    placeholder: 'P',
    defaultText: 'the share in the data, from genotypes',
  }),
  ...runFlags,
});

type SumherFlags = FlagValues<typeof sumherFlags>;

export const sumherCommand = defineCommand({
  description:
    'SumHer (Speed and Balding 2019): heritability and its partition from test statistics, given a model of how heritability ' +
    'depends on frequency and LD. From taggings and summary statistics, or from genotypes and traits in one go, with ' +
    "taggings and statistics of the very people. Estimates are those of LDAK's --sum-hers, in its files beside ours; " +
    'standard errors also by a jackknife over blocks of variants.',
  flags: sumherFlags,
  examples: [
    {
      line: 'heredity sumher --tagfile human.tagging --summary height.sumstats.gz,bmi.sumstats.gz --out meta',
      what: 'two traits from summary statistics',
    },
    {
      line: 'heredity sumher --bfile study --pheno traits.txt --covar age-sex.txt --model ldak --out study',
      what: 'every trait of a table, LDAK weights and taggings from the same genotypes',
    },
    {
      line: 'heredity sumher --tagfile bld.tagging --summary height.summaries --genomic-control --cutoff 0.01 --out height',
      what: 'by category, with a term for confounding and without variants of large effect',
    },
  ],
  outputs: [
    {
      file: '<out>.sumher.json',
      what: 'estimates, categories, warnings, provenance (schema in docs/schemas)',
    },
    { file: '<out>.sumher.tsv', what: 'a row of the total and one a category, for each trait' },
    { file: '<out>.sumher.svg', what: 'estimates with 95 % intervals; also .png' },
    {
      file: '<out>.hers, .cats, .share, .enrich, .extra, .taus, .cross, .labels',
      what: "LDAK's files; <out>.<trait>.hers and so on where there are several traits",
    },
    { file: '<out>.log', what: 'what was printed' },
  ],
  async run(flags, context) {
    const given = (['tagfile', 'summary', 'bfile', 'pheno'] as const).filter(
      (name) => flags[name] !== undefined,
    );
    if (given.join() === 'tagfile,summary') return fromSummary(flags, context);
    if (given.join() === 'bfile,pheno') return fromGenotypes(flags, context);
    throw new HeredityError('usage', 'sumher takes either --tagfile and --summary, or --bfile and --pheno', {
      fix: 'give both of one of these pairs, and none of the other',
    });
  },
});

async function fromSummary(flags: SumherFlags, context: RecordedRun): Promise<void> {
  const { provenance, log } = context;
  const files = flags.summary!;
  const shares = readCaseShares(flags, files.length);
  if (shares.prevalence && !shares.ascertainment) {
    throw new HeredityError('usage', '--prevalence needs --ascertainment with summary statistics', {
      fix: 'give the share of cases among the people of the association',
    });
  }
  for (const file of [flags.tagfile!, ...files]) provenance.input(file);
  const taggings = await readTagging(flags.tagfile!);
  if (flags.plan) {
    log.result(
      `${formatCount(files.length)} traits, ${formatCount(taggings.variants)} variants, ${taggings.names.length} categories; no genotypes are read`,
    );
    return;
  }
  const traits: NamedStatistics[] = [];
  for (const [t, name] of traitNames(files).entries())
    traits.push(await statisticsFromFile(name, files[t], taggings, flags.allowMissing));
  for (const { name, absent, otherAlleles, unused } of traits) {
    if (unused > 0)
      log.info(
        `${name}: ${formatCount(unused)} statistics have no value, or are of variants that the taggings have not`,
      );
    if (absent > 0) log.info(`${name}: ${formatCount(absent)} variants of the taggings have no statistic`);
    if (otherAlleles > 0)
      log.info(`${name}: ${formatCount(otherAlleles)} variants have other alleles, and are left out`);
  }
  filePrefixes(flags.out, traits); // refuses names that clash, before anything is computed
  const kernels = loadKernels(flags.backend);
  provenance.usesBackend(kernels);
  const estimates = sumher(kernels, taggings, traits, options(flags));
  const model = { kind: taggings.kind, source: flags.tagfile! };
  const run = { out: flags.out, cutoff: flags.cutoff, method: 'SumHer', model, shares };
  await writeSumherOutputs(run, context, traits, estimates);
}

async function fromGenotypes(values: SumherFlags, context: RecordedRun): Promise<void> {
  const { log } = context;
  checkModelFlags(values);
  const reach = windowReach(values, TAGGING_WINDOW_KB);
  const flags: CohortFlags = { ...values, bfile: values.bfile! };
  const open = await openCohort(flags, context);
  try {
    filePrefixes(values.out, open.traits); // refuses names that clash, before anything is computed
    readCaseShares(values, open.traits); // refuses what is wrong before any work
    if (values.plan) {
      log.result(
        `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants, ${open.traits.length} traits; taggings and association, 3 passes over the genotypes`,
      );
      return;
    }
    const cohort = await countCohort(open, flags, context);
    const shares = readCaseShares(values, cohort.traits);
    const taggings = await inSampleTaggings(cohort, values, reach, values.memory, context);
    const traits = await inSampleStatistics(cohort, context);
    const estimates = sumher(cohort.pool.kernels, taggings, traits, options(values));
    log.result(`${lossReport('samples', cohort.sampleLosses.toJSON())}\n`);
    log.result(`${lossReport('variants', cohort.variantLosses.toJSON())}\n`);
    const model = { kind: taggings.kind, source: values.model ?? `power ${values.power}` };
    const run = { out: values.out, cutoff: values.cutoff, method: 'SumHer (in-sample)', model, shares };
    await writeSumherOutputs(run, context, traits, estimates);
  } finally {
    await open.close();
  }
}

function options({ genomicControl, intercept, cutoff, jackknifeBlocks }: SumherFlags) {
  return { scaling: genomicControl, intercept, cutoff, blocks: jackknifeBlocks };
}
