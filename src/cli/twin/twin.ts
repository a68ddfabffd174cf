import { HeredityError } from '../../errors.js';
import { analyseCorrelations, analyseCounts } from '../../estimators/twin/analysis.js';
import { writeOutput } from '../../formats/output.js';
import {
  type Answer,
  answerFromPairs,
  answerFromParents,
  answerFromSharing,
  answerOfModels,
  modelOptions,
} from '../../methods/twin/answers.js';
import { refuseMeaningless, type Source, type TwinFlags, twinFlags } from '../../methods/twin/flags.js';
import { givenCorrelations, givenCounts } from '../../methods/twin/numbers.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { twinChart, twinTsv } from './twin-output.js';

export const twin = defineCommand({
  description:
    'Splits the variance of a trait into additive genetic (A), common environment (C) or dominance (D), and unique ' +
    "environment (E) from how alike twins and other relatives are: Falconer's formula with standard errors, and maximum " +
    'likelihood with tests between models, AIC, BIC and 95 % profile-likelihood intervals. A missing twin leaves the other ' +
    'as a singleton. Variances are in units of the trait squared, a2, c2, d2 and e2 are shares of the variance.',
  flags: twinFlags,
  examples: [
    {
      line: 'heredity twin --pairs twins.csv --trait bmi1,bmi2 --zygosity zygosity --mz MZFF --dz DZFF --where cohort=younger --out bmi',
      what: 'BMI of young women',
    },
    {
      line: 'heredity twin --rmz 0.62 --rdz 0.36 --nmz 1000 --ndz 1000',
      what: 'from published correlations',
    },
    {
      line: 'heredity twin --mz-counts 53,81,400 --dz-counts 27,81,220',
      what: 'a disease, from concordances',
    },
    {
      line: 'heredity twin --correlation full-siblings=0.35:800,half-siblings=0.25:800',
      what: 'from siblings and half siblings',
    },
    {
      line: 'heredity twin --pairs trios.csv --trait child,father,mother --design parents',
      what: "regression on the parents' mean",
    },
  ],
  outputs: [
    { file: '<out>.twin.json', what: 'correlations, models, tests, warnings, provenance' },
    { file: '<out>.twin.tsv', what: 'one row a model and component' },
    { file: '<out>.twin.svg', what: 'shares with 95 % intervals; also .png' },
    { file: '<out>.log', what: 'what was printed' },
  ],
  async run(flags, context) {
    const source = sourceOf(flags);
    refuseMeaningless(flags, source);
    const answer = await answerOf(source, flags, context);
    for (const warning of answer.content.warnings) context.log.warn(warning);
    context.log.result(answer.text);
    await write(flags, context, answer);
  },
});

function answerOf(source: Source, flags: TwinFlags, context: RecordedRun): Answer | Promise<Answer> {
  if (source === 'parents') return answerFromParents(flags, context);
  if (source === 'sharing') return answerFromSharing(flags, context);
  if (source === 'pairs') return answerFromPairs(flags, context);
  const options = modelOptions(flags);
  return source === 'correlations'
    ? answerOfModels('twin correlations', analyseCorrelations(givenCorrelations(flags), options), null)
    : answerOfModels('twin concordances', analyseCounts(givenCounts(flags), options), null);
}

/** Where the data come from: a table, as pairs or one of the other designs, or numbers on the command line. */
function sourceOf(flags: TwinFlags): Source {
  const given: Source[] = [
    ...(flags.pairs !== undefined || flags.design !== 'twins' ? [PAIRS_OF_DESIGN[flags.design]] : []),
    ...(givenCorrelations(flags).length > 0 ? (['correlations'] as const) : []),
    ...(givenCounts(flags).length > 0 ? (['counts'] as const) : []),
  ];
  if (given.length === 1) return given[0];
  throw new HeredityError(
    'usage',
    given.length === 0 ? 'there is nothing to analyse' : 'there is more than one source',
    {
      expected: '--pairs, correlations (--rmz, --rdz, --correlation) or counts (--mz-counts, --dz-counts)',
    },
  );
}

const PAIRS_OF_DESIGN = { twins: 'pairs', parents: 'parents', sharing: 'sharing' } as const;

/** Writes JSON, and where models were fitted TSV and pictures. */
async function write(
  flags: TwinFlags,
  { log, provenance }: RecordedRun,
  { method, content, analysis }: Answer,
): Promise<void> {
  const json = {
    schema: 'heredity/twin@1',
    method,
    trait: flags.trait?.join(',') ?? null,
    scale: method === 'twin liability' || method === 'twin concordances' ? 'liability' : 'observed',
    bounds: flags.bounds,
    ...content,
    provenance: await provenance.finish(),
  };
  const written = ['.twin.json'];
  await writeOutput(`${flags.out}.twin.json`, `${JSON.stringify(json, null, 1)}\n`);
  if (analysis && analysis.models.length > 0) {
    await writeOutput(`${flags.out}.twin.tsv`, twinTsv(analysis.models));
    written.push('.twin.tsv');
    const svg = await twinChart(
      analysis.models,
      `Shares of variance: ${flags.trait?.join(', ') ?? 'from correlations'}`,
    );
    if (svg !== undefined) {
      await writeChart(`${flags.out}.twin`, svg);
      written.push('.twin.svg', '.twin.png');
    }
  }
  log.info(`Written: ${flags.out}${written.join(', ')}, .log`);
}
