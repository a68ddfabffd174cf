import { HeredityError } from '../../errors.js';
import { analyseCorrelations, analyseCounts } from '../../estimators/twin/analysis.js';
import { methodTitle } from '../../methods/facts.js';
import {
  type Answer,
  answerFromPairs,
  answerFromParents,
  answerFromSharing,
  answerOfModels,
  modelOptions,
} from '../../methods/twin/answers.js';
import { type TwinFlags, twinFlags } from '../../methods/twin/flags.js';
import { givenCorrelations, givenCounts } from '../../methods/twin/numbers.js';
import { twinTables } from '../../report/twin-tables.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { GIVEN, keys, type Mode } from '../modes.js';

type Names = readonly (keyof TwinFlags)[];

const RUN: Names = ['out', 'quiet', 'report'];
const FITTED: Names = ['models', 'bounds', 'skipIntervals', ...RUN];
const TABLE: Names = ['pairs', 'trait', 'where', 'covar', 'missingCode', 'design'];
const PAIRS: Names = [...TABLE, 'zygosity', 'mz', 'dz', 'group', 'means', 'binary', ...FITTED];
const CORRELATIONS: Names = ['rmz', 'rdz', 'nmz', 'ndz', 'correlation', ...FITTED];
const COUNTS: Names = ['mzCounts', 'dzCounts', 'means', ...FITTED];

/** Each design of a table, and each kind of numbers on the command line. */
const modes: readonly Mode<typeof twinFlags>[] = [
  {
    // covariates would shift a threshold that all people of a group have
    when: { pairs: GIVEN, design: 'twins', binary: true },
    flags: PAIRS.filter((name) => name !== 'covar'),
    needs: ['trait', 'zygosity'],
  },
  { when: { pairs: GIVEN, design: 'twins' }, flags: PAIRS, needs: ['trait', 'zygosity'] },
  { when: { design: 'parents' }, flags: [...TABLE, ...RUN], needs: ['pairs', 'trait'] },
  {
    when: { design: 'sharing' },
    flags: [...TABLE, 'sharing', ...FITTED],
    needs: ['pairs', 'trait', 'sharing'],
  },
  ...(['mzCounts', 'dzCounts'] as const).map((name) => ({ when: { [name]: GIVEN }, flags: COUNTS })),
  ...(['rmz', 'rdz', 'correlation'] as const).map((name) => ({
    when: { [name]: GIVEN },
    flags: CORRELATIONS,
  })),
  { when: {}, flags: keys(twinFlags) },
];

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
  outputs: resultOutputs('twin'),
  modes,
  async run(flags, context) {
    const { estimate, analysis, heading } = await answerOf(flags, context);
    if (heading !== '') context.log.result(`${heading}\n`);
    if (analysis) context.log.result(`${twinTables(analysis)}\n`);
    const findings = { estimates: [estimate], pairs: [], warnings: [] };
    await writeResult(context, findings, {
      out: flags.out,
      name: 'twin',
      report: flags.report,
      titleOf: methodTitle,
    });
  },
});

/** Where the data come from: a table, as pairs or one of the other designs, or numbers on the command line. */
async function answerOf(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
  if (flags.design === 'parents') return answerFromParents(flags, context);
  if (flags.design === 'sharing') return answerFromSharing(flags, context);
  if (flags.pairs !== undefined) return answerFromPairs(flags, context);
  const options = modelOptions(flags);
  const counts = givenCounts(flags);
  if (counts.length > 0) return answerOfModels(flags, 'counts', analyseCounts(counts, options));
  const correlations = givenCorrelations(flags);
  if (correlations.length > 0)
    return answerOfModels(flags, 'correlations', analyseCorrelations(correlations, options));
  throw new HeredityError('usage', 'there is nothing to analyse', {
    expected: '--pairs, correlations (--rmz, --rdz, --correlation) or counts (--mz-counts, --dz-counts)',
  });
}
