import { readCaseShares, readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { type CohortFlags, countCohort, openCohort } from '../../cohort/cohort.js';
import {
  checkModelFlags,
  inSampleTaggings,
  modelFlags,
  TAGGING_WINDOW_KB,
} from '../../cohort/heritability-model.js';
import { traitNames } from '../../cohort/trait-names.js';
import { formatCount } from '../../estimate/number.js';
import { type TraitFacts, traitWarnings } from '../../estimate/trait-facts.js';
import { liabilityFactor } from '../../estimators/liability.js';
import { SUMHER_DEFAULTS, type SumherEstimate, sumher } from '../../estimators/sumher/sumher.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { readTagging, type Taggings } from '../../formats/tagging.js';
import type { HeritabilityModelName } from '../../genotypes/heritability-model.js';
import { loadKernels } from '../../kernels/load.js';
import { type MethodName, methodTitle } from '../../methods/facts.js';
import { type SumherSource, sumherEstimate } from '../../methods/sumher/estimate.js';
import { ldakFiles } from '../../methods/sumher/ldak-files.js';
import {
  inSampleStatistics,
  type NamedStatistics,
  statisticsFromFile,
} from '../../methods/sumher/statistics.js';
import { caseShareFlags, genotypeFlags, phenotypeFlags, resultFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, fraction, integer, list, path } from '../../options/flags.js';
import { windowFlagsWithDefault, windowReach } from '../../options/window-flags.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { GIVEN, keys } from '../modes.js';

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
  ...caseShareFlags,
  ...resultFlags,
});

const CONFOUNDING = [
  ...(['genomicControl', 'intercept', 'cutoff', 'jackknifeBlocks'] as const),
  ...keys(caseShareFlags),
  ...keys(resultFlags),
];
const FROM_TAGGINGS = [...CONFOUNDING, ...(['tagfile', 'summary', 'allowMissing'] as const)];
const FROM_GENOTYPES = keys(sumherFlags).filter(
  (key) => key !== 'tagfile' && key !== 'summary' && key !== 'allowMissing',
);

type SumherFlags = FlagValues<typeof sumherFlags>;

export const sumherCommand = defineCommand({
  description:
    'SumHer (Speed and Balding 2019): heritability and its partition from test statistics, given a model of how heritability ' +
    'depends on frequency and LD. From taggings and summary statistics, or from genotypes and traits in one go, with ' +
    "taggings and statistics of the very people. Estimates are those of LDAK's --sum-hers, in its files beside ours; " +
    'standard errors also by a jackknife over blocks of variants. The method in the names of files is that of the model, such as sumher-hd.',
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
  outputs: resultOutputs('<method>', [
    {
      file: '<out>.hers, .cats, .share, .enrich, .extra, .taus, .cross, .labels',
      what: "LDAK's files; <out>.<trait>.hers and so on where there are several traits",
    },
    { file: '<out>.hers.liab, .cats.liab', what: 'the same on the liability scale (--prevalence)' },
  ]),
  modes: [
    { when: { tagfile: GIVEN }, flags: FROM_TAGGINGS, needs: ['summary'] },
    { when: { summary: GIVEN }, flags: FROM_TAGGINGS, needs: ['tagfile'] },
    { when: {}, flags: FROM_GENOTYPES, needs: ['bfile', 'pheno'] },
  ],
  resultName: methodOf,
  run(flags, context) {
    const { tagfile, summary } = flags;
    if (tagfile !== undefined && summary) return fromSummary(tagfile, summary, flags, context);
    return fromGenotypes(flags, context);
  },
});

/** The model in the catalogue of methods. */
function methodOf(flags: SumherFlags): MethodName {
  if (flags.tagfile !== undefined) return 'sumher-tagging';
  return flags.model === undefined ? 'sumher-power' : METHOD_OF_MODEL[flags.model];
}

const METHOD_OF_MODEL = {
  gcta: 'sumher-gcta',
  'human-default': 'sumher-hd',
  ldak: 'sumher-ldak',
  'ldak-thin': 'sumher-ldak-thin',
} as const satisfies Record<HeritabilityModelName, MethodName>;

async function fromSummary(
  tagfile: string,
  files: readonly string[],
  flags: SumherFlags,
  context: RecordedRun,
): Promise<void> {
  const { provenance, log } = context;
  const shares = readCaseSharesOfFiles(flags, files.length);
  const names = traitNames(files);
  filePrefixes(flags.out, names); // refuses names that clash, before anything is computed
  for (const file of [tagfile, ...files]) provenance.input(file);
  const taggings = await readTagging(tagfile);
  if (flags.plan) {
    log.result(
      `${formatCount(files.length)} traits, ${formatCount(taggings.variants)} variants, ${taggings.names.length} categories; no genotypes are read`,
    );
    return;
  }
  const traits: NamedStatistics[] = [];
  for (const [t, name] of names.entries())
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
  const kernels = loadKernels(flags.backend);
  provenance.usesBackend(kernels);
  const found = sumher(kernels, taggings, traits, options(flags));
  const facts = names.map((name, t) => traitFacts({ name, kind: 'quantitative' }, t, shares));
  const source = { method: methodOf(flags), taggings, model: tagfile, cutoff: flags.cutoff };
  await write(flags, context, { source, kind: taggings.kind, facts, traits, found });
}

async function fromGenotypes(flags: SumherFlags, context: RecordedRun): Promise<void> {
  checkModelFlags(flags);
  const reach = windowReach(flags, TAGGING_WINDOW_KB);
  const cohortFlags: CohortFlags = flags;
  const open = await openCohort(cohortFlags, context);
  try {
    filePrefixes(
      flags.out,
      open.traits.map(({ name }) => name),
    ); // refuses names that clash, before anything is computed
    readCaseShares(flags, open.traits); // refuses what is wrong before any work
    if (flags.plan) {
      context.log.result(
        `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants, ${open.traits.length} traits; taggings and association, 3 passes over the genotypes`,
      );
      return;
    }
    const cohort = await countCohort(open, cohortFlags, context);
    const shares = readCaseShares(flags, cohort.traits);
    const taggings = await inSampleTaggings(cohort, flags, reach, flags.memory, context);
    const traits = await inSampleStatistics(cohort, context);
    const found = sumher(cohort.pool.kernels, taggings, traits, options(flags));
    const facts = cohort.traits.map((trait, t) => traitFacts(trait, t, shares));
    const model = flags.model ?? `power ${flags.power}`;
    const source = { method: methodOf(flags), taggings, model, cutoff: flags.cutoff };
    await write(flags, context, { source, kind: taggings.kind, facts, traits, found });
  } finally {
    await open.close();
  }
}

function options({ genomicControl, intercept, cutoff, jackknifeBlocks }: SumherFlags) {
  return { scaling: genomicControl, intercept, cutoff, blocks: jackknifeBlocks };
}

interface Found {
  readonly source: SumherSource;
  readonly kind: Taggings['kind'];
  readonly facts: readonly TraitFacts[];
  readonly traits: readonly NamedStatistics[];
  readonly found: readonly SumherEstimate[];
}

/** LDAK's files of each trait, then the result in the one form of all methods. */
async function write(
  { out, report }: SumherFlags,
  context: RecordedRun,
  { source, kind, facts, traits, found }: Found,
): Promise<void> {
  const prefixes = filePrefixes(
    out,
    facts.map(({ name }) => name),
  );
  const natives: string[] = [];
  for (const [t, own] of found.entries()) {
    const { cases } = facts[t];
    const liability = cases && { factor: liabilityFactor(cases.prevalence, cases.ascertainment) };
    for (const [ending, text] of Object.entries(ldakFiles(own, kind, liability))) {
      await writeOutput(`${prefixes[t]}.${ending}`, text);
      natives.push(`${prefixes[t]}.${ending}`);
    }
  }
  const estimates = found.map((own, t) => {
    const { absent, otherAlleles, unused } = traits[t];
    const losses = { absent, otherAlleles, unused };
    const estimate = sumherEstimate(facts[t], traits[t], own, { ...source, losses });
    return { ...estimate, warnings: [...estimate.warnings, ...traitWarnings(facts[t])] };
  });
  const findings = { estimates, pairs: [], warnings: [] };
  await writeResult(context, findings, { out, name: source.method, natives, report, titleOf: methodTitle });
}

/** Where LDAK's files of each trait go: beside the others, with the trait's name where there are several. */
function filePrefixes(out: string, names: readonly string[]): string[] {
  return names.length === 1 ? [out] : outputPrefixes(out, names);
}
