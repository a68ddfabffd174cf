import { readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { checkModelFlags, modelFlags, TAGGING_WINDOW_KB } from '../../cohort/heritability-model.js';
import { traitNames } from '../../cohort/trait-names.js';
import { formatCount } from '../../estimate/number.js';
import { sumher } from '../../estimators/sumher/sumher.js';
import { prefixesOfTraits } from '../../formats/output-prefixes.js';
import { readTagging } from '../../formats/tagging.js';
import type { HeritabilityModelName } from '../../genotypes/heritability-model.js';
import { loadKernels } from '../../kernels/load.js';
import { type MethodName, methodTitle } from '../../methods/facts.js';
import { LDAK_OUTPUTS, sumherFound } from '../../methods/sumher/found.js';
import { fitOptions } from '../../methods/sumher/options.js';
import { type NamedStatistics, statisticsFromFile } from '../../methods/sumher/statistics.js';
import { caseShareFlags, genotypeFlags, phenotypeFlags, resultFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, path, paths } from '../../options/flags.js';
import { windowFlagsWithDefault } from '../../options/window-flags.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { estimateByMethod, planOfMethod } from '../method-command.js';
import { GIVEN, keys } from '../modes.js';

const SUMMARY = { heading: 'From summary statistics' } as const;

const sumherFlags = defineFlags({
  tagfile: path('taggings as "heredity ld tagging" and LDAK write them', SUMMARY),
  summary: paths(
    'test statistics of one or more traits: .summaries of LDAK, .sumstats of LDSC, or association results',
    SUMMARY,
  ),
  allowMissing: boolean('go on where variants of the taggings have no statistic', SUMMARY),
  ...genotypeFlags,
  ...phenotypeFlags,
  ...modelFlags,
  ...windowFlagsWithDefault(TAGGING_WINDOW_KB),
  ...fitOptions,
  ...caseShareFlags,
  ...resultFlags,
});

const CONFOUNDING = [...keys(fitOptions), ...keys(caseShareFlags), ...keys(resultFlags)];
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
  outputs: resultOutputs('<method>', LDAK_OUTPUTS),
  modes: [
    { when: { tagfile: GIVEN }, flags: FROM_TAGGINGS, needs: ['summary'] },
    { when: { summary: GIVEN }, flags: FROM_TAGGINGS, needs: ['tagfile'] },
    { when: {}, flags: FROM_GENOTYPES, needs: ['bfile', 'pheno'] },
  ],
  resultName: methodOf,
  async plan(flags, run) {
    if (flags.tagfile === undefined) {
      checkModelFlags(flags);
      return planOfMethod(methodOf(flags), flags, run);
    }
    const taggings = await readTagging(flags.tagfile);
    const { length } = namesOf(flags);
    return {
      about: [
        `${formatCount(length)} traits, ${formatCount(taggings.variants)} variants, ${taggings.names.length} categories; no genotypes are read`,
      ],
      steps: [],
    };
  },
  async run(flags, run) {
    const { tagfile, summary } = flags;
    if (tagfile !== undefined && summary) return fromSummary(tagfile, summary, flags, run);
    checkModelFlags(flags);
    return estimateByMethod(methodOf(flags), flags, run);
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

/** The traits of the statistics. @throws HeredityError for what is wrong with the flags about them. */
function namesOf(flags: SumherFlags): string[] {
  const files = flags.summary!;
  readCaseSharesOfFiles(flags, files.length);
  const names = traitNames(files);
  prefixesOfTraits(flags.out, names); // refuses names that clash, before anything is computed
  return names;
}

async function fromSummary(
  tagfile: string,
  files: readonly string[],
  flags: SumherFlags,
  run: RecordedRun,
): Promise<void> {
  const { provenance, log } = run;
  const shares = readCaseSharesOfFiles(flags, files.length);
  const names = namesOf(flags);
  for (const file of [tagfile, ...files]) provenance.input(file);
  const taggings = await readTagging(tagfile);
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
  const { genomicControl: scaling, intercept, cutoff, jackknifeBlocks: blocks } = flags;
  const found = sumher(kernels, taggings, traits, { scaling, intercept, cutoff, blocks });
  const method = methodOf(flags);
  const estimates = found.map((own, t) => {
    const facts = traitFacts({ name: names[t], kind: 'quantitative' }, t, shares);
    const { absent, otherAlleles, unused } = traits[t];
    const losses = { absent, otherAlleles, unused };
    const { kind } = taggings;
    return sumherFound(facts, traits[t], own, { method, taggings, kind, model: tagfile, cutoff, losses });
  });
  await writeResult(
    run,
    { estimates, pairs: [], warnings: [] },
    {
      out: flags.out,
      name: method,
      nativePrefixes: prefixesOfTraits,
      report: flags.report,
      titleOf: methodTitle,
    },
  );
}
