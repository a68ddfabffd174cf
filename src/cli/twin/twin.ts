import { HeredityError } from '../../errors.js';
import type { Findings } from '../../estimate/estimate.js';
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
import type { JointAnswer } from '../../methods/twin/joint.js';
import { answerFromModerator } from '../../methods/twin/moderator.js';
import { givenCorrelations, givenCounts } from '../../methods/twin/numbers.js';
import { answerFromTraits } from '../../methods/twin/several-traits.js';
import { answerFromSexes } from '../../methods/twin/sexes.js';
import { jointText } from '../../report/joint-twin-tables.js';
import { twinTables } from '../../report/twin-tables.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { GIVEN, keys, type Mode } from '../modes.js';

type Names = readonly (keyof TwinFlags)[];

const RUN: Names = ['out', 'quiet', 'report'];
const FITTED: Names = ['models', 'bounds', 'skipIntervals', ...RUN];
/** Of models of several traits, sexes or ages. */
const JOINT = ['models', 'skipIntervals', 'out', 'quiet', 'report'] as const;
const TABLE: Names = ['pairs', 'trait', 'where', 'covar', 'missingCode', 'design'];
const PAIRS: Names = [...TABLE, 'zygosity', 'mz', 'dz', 'group', 'means', 'binary', ...FITTED];
const CORRELATIONS: Names = ['rmz', 'rdz', 'nmz', 'ndz', 'correlation', ...FITTED];
const COUNTS: Names = ['mzCounts', 'dzCounts', 'means', ...FITTED];

/** Each design of a table, and each kind of numbers on the command line. */
const modes: readonly Mode<typeof twinFlags>[] = [
  {
    when: { pairs: GIVEN, traits: GIVEN },
    flags: [
      'traits',
      ...(['pairs', 'where', 'covar', 'missingCode', 'zygosity', 'mz', 'dz', 'group', 'means'] as const),
      ...JOINT,
    ],
    needs: ['zygosity'],
  },
  ...(['sex', 'sexes'] as const).map((name) => ({
    when: { pairs: GIVEN, [name]: GIVEN },
    flags: [
      name,
      ...(['pairs', 'trait', 'where', 'covar', 'missingCode', 'zygosity', 'mz', 'dz', 'group'] as const),
      ...JOINT,
    ],
    needs: ['trait', 'zygosity'] as const,
  })),
  {
    when: { pairs: GIVEN, moderator: GIVEN },
    flags: [
      'moderator',
      ...([
        'pairs',
        'trait',
        'where',
        'covar',
        'missingCode',
        'zygosity',
        'mz',
        'dz',
        'group',
        'means',
      ] as const),
      ...JOINT,
    ],
    needs: ['trait', 'zygosity'],
  },
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
    'as a singleton. Several traits of the same pairs (--traits) give the correlations of their genes and of their environments; --sex and --sexes ask whether sexes differ in the sizes or the causes of differences, --moderator whether they change with age. Variances are in units of the trait squared, a2, c2, d2 and e2 are shares of the variance.',
  flags: twinFlags,
  examples: [
    {
      line: 'heredity twin --pairs twins.csv --trait bmi1,bmi2 --zygosity zygosity --mz MZFF --dz DZFF --where cohort=younger --out bmi',
      what: 'BMI of young women',
    },
    {
      line: 'heredity twin --pairs twins.csv --traits ht1,ht2 bmi1,bmi2 --zygosity zygosity --mz MZFF --dz DZFF --out both',
      what: 'whether height and BMI share genes or environments',
    },
    {
      line: 'heredity twin --pairs twins.csv --trait bmi1,bmi2 --zygosity zygosity --mz MZFF,MZMM --dz DZFF,DZMM,DZOS --sexes MZFF=FF,MZMM=MM,DZFF=FF,DZMM=MM,DZOS=FM --out sexes',
      what: 'whether women and men have the same genes of BMI',
    },
    {
      line: 'heredity twin --pairs twins.csv --trait bmi1,bmi2 --zygosity zygosity --mz MZFF --dz DZFF --moderator age --out age',
      what: 'whether heritability changes with age',
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
  argument: 'traits',
  outputs: resultOutputs('twin'),
  modes,
  async run(flags, context) {
    const { estimates, pairs, text } = await answerOf(flags, context);
    if (text !== '') context.log.result(`${text}\n`);
    const findings = { estimates, pairs, warnings: [] };
    await writeResult(context, findings, {
      out: flags.out,
      name: 'twin',
      report: flags.report,
      titleOf: methodTitle,
    });
  },
});

/** What was found, and what of it only this command's tables show. */
interface Found extends Pick<Findings, 'estimates' | 'pairs'> {
  readonly text: string;
}

/** One trait of everyone, or models of several traits, sexes or ages. */
async function answerOf(flags: TwinFlags, context: RecordedRun): Promise<Found> {
  const joint = await jointAnswer(flags, context);
  if (joint) return { ...joint, text: jointText(joint.details) };
  const { estimate, analysis, heading } = await answerOfOne(flags, context);
  const text = [heading, analysis ? twinTables(analysis) : ''].filter((part) => part !== '').join('\n\n');
  return { estimates: [estimate], pairs: [], text };
}

function jointAnswer(flags: TwinFlags, context: RecordedRun): Promise<JointAnswer> | undefined {
  if (flags.traits !== undefined) return answerFromTraits(flags, context);
  if (flags.sex !== undefined || flags.sexes !== undefined) return answerFromSexes(flags, context);
  return flags.moderator === undefined ? undefined : answerFromModerator(flags, context);
}

/** Where the data come from: a table, as pairs or one of the other designs, or numbers on the command line. */
async function answerOfOne(flags: TwinFlags, context: RecordedRun): Promise<Answer> {
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
