import { HeredityError } from '../../errors.js';
import {
  analyseCorrelations,
  analyseCounts,
  analysePairs,
  type TwinAnalysis,
} from '../../estimators/twin/analysis.js';
import type { RelativeCorrelation } from '../../estimators/twin/correlations.js';
import { fitLine, heritabilityFromParents, siblingSharingRegression } from '../../estimators/twin/designs.js';
import type { AffectedCounts } from '../../estimators/twin/liability.js';
import { parseRelationship } from '../../estimators/twin/relatives.js';
import { readDelimitedTable } from '../../formats/delimited-table.js';
import { writeOutput } from '../../formats/output.js';
import type { LossRecord } from '../../provenance.js';
import { formatEstimate } from '../../report/number.js';
import { type CommandContext, defineCommand } from '../command.js';
import { runFlags } from '../common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type FlagValues,
  integer,
  list,
  number,
  path,
  string,
} from '../flags.js';
import { writeChart } from '../write-chart.js';
import { twinChart, twinTables, twinTsv } from './twin-output.js';
import { countAffected, relativeKinds, type SelectedPairs, selectPairs } from './twin-pairs.js';

const PAIRS = { heading: 'From a table of pairs' } as const;
const CORRELATIONS = { heading: 'From correlations or counts' } as const;
const MODELS = { heading: 'Models' } as const;

const twinFlags = defineFlags({
  pairs: path('table of pairs with named columns, separated by commas, tabs or spaces', PAIRS),
  trait: list(
    'columns of the phenotypes: first and second member; offspring and one or both parents for --design parents',
    {
      ...PAIRS,
      placeholder: 'columns',
    },
  ),
  zygosity: string('column that says what kind of relatives a pair is', { ...PAIRS, placeholder: 'column' }),
  mz: list('values of that column that mean identical twins', { ...PAIRS, placeholder: 'values' }),
  dz: list('values that mean fraternal twins', { ...PAIRS, placeholder: 'values' }),
  group: list(
    'other relatives as value=relationship, such as HS=half-siblings, or with shares of A/D/C: cousins=0.125/0/0',
    { ...PAIRS, placeholder: 'groups' },
  ),
  where: list('use only pairs with column=value, or without column!=value', {
    ...PAIRS,
    placeholder: 'conditions',
  }),
  covar: list(
    'covariates of the mean: a column for both, or a column each as age1:age2; words make a categorical covariate',
    {
      ...PAIRS,
      placeholder: 'columns',
    },
  ),
  means: choice(
    'one mean (or threshold) for everyone, or one for each kind of relatives',
    ['equal', 'zygosity'],
    {
      ...PAIRS,
      default: 'equal',
    },
  ),
  binary: boolean('the trait is 0/1 or 1/2: fit the liability-threshold model', PAIRS),
  design: choice(
    'pairs of twins and other relatives; offspring on parents; or full siblings with realised sharing',
    ['twins', 'parents', 'sharing'],
    { ...PAIRS, default: 'twins' },
  ),
  sharing: string('column of realised sharing of alleles by descent, 0 to 1, for --design sharing', {
    ...PAIRS,
    placeholder: 'column',
  }),
  rmz: number('correlation of identical twins, -1 to 1', { ...CORRELATIONS, min: -1, max: 1 }),
  rdz: number('correlation of fraternal twins, -1 to 1', { ...CORRELATIONS, min: -1, max: 1 }),
  nmz: integer('pairs of identical twins', { ...CORRELATIONS, min: 1 }),
  ndz: integer('pairs of fraternal twins', { ...CORRELATIONS, min: 1 }),
  correlation: list(
    'other relatives as relationship=r or relationship=r:pairs, such as half-siblings=0.12:800',
    {
      ...CORRELATIONS,
      placeholder: 'correlations',
    },
  ),
  mzCounts: list('identical pairs with both, one and neither affected: three counts', {
    ...CORRELATIONS,
    placeholder: 'counts',
  }),
  dzCounts: list('fraternal pairs with both, one and neither affected', {
    ...CORRELATIONS,
    placeholder: 'counts',
  }),
  models: list('models to fit, of the letters A, C, D and E', {
    ...MODELS,
    defaultText: 'those of ACE, ADE, AE, CE and E that the relatives identify',
  }),
  bounds: choice(
    'components of at least 0 with boundary tests, or free with exact ones',
    ['bounded', 'free'],
    {
      ...MODELS,
      default: 'bounded',
    },
  ),
  skipIntervals: boolean('leave out profile-likelihood intervals', MODELS),
  out: runFlags.out,
  quiet: runFlags.quiet,
});

type TwinFlags = FlagValues<typeof twinFlags>;

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
    if (flags.design === 'parents') return runParents(flags, context);
    if (flags.design === 'sharing') return runSharing(flags, context);
    const question = await readQuestion(flags, context);
    for (const warning of question.analysis.warnings) context.log.warn(warning);
    context.log.result(twinTables(question.analysis));
    await write(
      flags,
      context,
      question.method,
      { ...question.analysis, pairs: question.pairs },
      question.analysis,
    );
  },
});

interface Answer {
  readonly method: string;
  readonly analysis: TwinAnalysis;
  readonly pairs: LossRecord | null;
}

/** Reads what the flags name, whichever of the three sources it is. */
async function readQuestion(flags: TwinFlags, context: CommandContext): Promise<Answer> {
  const correlations = givenCorrelations(flags);
  const counts = givenCounts(flags);
  const sources = [flags.pairs !== undefined, correlations.length > 0, counts.length > 0].filter(
    (given) => given,
  );
  if (sources.length !== 1) {
    throw new HeredityError(
      'usage',
      sources.length === 0 ? 'there is nothing to analyse' : 'there is more than one source',
      {
        expected: '--pairs, correlations (--rmz, --rdz, --correlation) or counts (--mz-counts, --dz-counts)',
      },
    );
  }
  const options = {
    ...(flags.models && { models: flags.models }),
    bounds: flags.bounds,
    intervals: !flags.skipIntervals,
    means: flags.means === 'zygosity' ? ('by-group' as const) : ('equal' as const),
  };
  if (correlations.length > 0) {
    return { method: 'twin correlations', analysis: analyseCorrelations(correlations, options), pairs: null };
  }
  if (counts.length > 0)
    return { method: 'twin concordances', analysis: analyseCounts(counts, options), pairs: null };
  const { groups, covariateNames, losses } = await readPairs(flags, context);
  if (flags.binary && covariateNames.length > 0) {
    throw new HeredityError('usage', '--covar does not go with --binary', {
      fix: 'fit strata of the covariate one by one with --where',
    });
  }
  const analysis = flags.binary
    ? analyseCounts(countAffected(groups), options)
    : analysePairs(groups, { ...options, covariateNames });
  return { method: flags.binary ? 'twin liability' : 'twin pairs', analysis, pairs: losses.toJSON() };
}

async function readPairs(flags: TwinFlags, { log, provenance }: CommandContext): Promise<SelectedPairs> {
  const { trait, zygosity } = flags;
  if (trait?.length !== 2) {
    throw new HeredityError('usage', '--trait needs two columns', {
      ...(trait && { value: trait.join(',') }),
      expected: 'the phenotypes of first and second members, such as bmi1,bmi2',
    });
  }
  if (trait[0] === trait[1])
    throw new HeredityError('usage', '--trait names one column twice', { value: trait[0] });
  const kinds = relativeKinds(flags.mz, flags.dz, flags.group);
  if (zygosity === undefined || kinds.length === 0) {
    throw new HeredityError('usage', 'it is not said which pairs are of which kind', {
      expected: '--zygosity with --mz, --dz or --group, such as --zygosity zyg --mz MZ --dz DZ',
    });
  }
  const table = await openTable(flags, provenance);
  const selected = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity,
    kinds,
    where: flags.where ?? [],
    covariates: flags.covar ?? [],
  });
  logLosses(log, selected);
  return selected;
}

function openTable(flags: TwinFlags, provenance: CommandContext['provenance']) {
  if (flags.pairs === undefined)
    throw new HeredityError('usage', '--pairs is needed: a table of pairs of relatives');
  provenance.input(flags.pairs);
  return readDelimitedTable(flags.pairs);
}

function logLosses(log: CommandContext['log'], { losses }: SelectedPairs): void {
  const { start, steps, left } = losses.toJSON();
  const lost = steps
    .filter((step) => step.lost > 0)
    .map((step) => `${step.lost} lost at ${step.step} (${step.why})`);
  log.info(`${start} pairs read, ${left} used${lost.length > 0 ? `: ${lost.join(', ')}` : ''}`);
}

function givenCorrelations(flags: TwinFlags): RelativeCorrelation[] {
  const given = (
    name: 'mz' | 'dz',
    r: number | undefined,
    pairs: number | undefined,
  ): RelativeCorrelation[] => {
    if (r === undefined && pairs === undefined) return [];
    if (r === undefined) throw new HeredityError('usage', `--n${name} is given without --r${name}`);
    const row = { label: name.toUpperCase(), relationship: parseRelationship(name), r };
    return [pairs === undefined ? row : { ...row, pairs }];
  };
  const others = (flags.correlation ?? []).map((text): RelativeCorrelation => {
    const parts = /^(.+)=([^:]+)(?::(.+))?$/.exec(text);
    const [r, pairs] = [Number(parts?.[2]), parts?.[3] === undefined ? undefined : Number(parts[3])];
    if (!parts || Number.isNaN(r) || (pairs !== undefined && !Number.isInteger(pairs))) {
      throw new HeredityError('usage', '--correlation is not relationship=r:pairs', {
        value: text,
        expected: 'such as half-siblings=0.12:800 or 0.125/0/0=0.05:2000',
      });
    }
    const row = { label: parts[1], relationship: parseRelationship(parts[1]), r };
    return pairs === undefined ? row : { ...row, pairs };
  });
  return [...given('mz', flags.rmz, flags.nmz), ...given('dz', flags.rdz, flags.ndz), ...others];
}

function givenCounts(flags: TwinFlags): AffectedCounts[] {
  return (['mz', 'dz'] as const).flatMap((name): AffectedCounts[] => {
    const texts = flags[`${name}Counts`];
    if (!texts) return [];
    const [both, one, neither] = texts.map(Number);
    if (texts.length !== 3 || ![both, one, neither].every((count) => Number.isInteger(count) && count >= 0)) {
      throw new HeredityError('usage', `--${name}-counts are not three counts`, {
        value: texts.join(','),
        expected: 'pairs with both, one and neither affected, such as 53,81,400',
      });
    }
    return [{ label: name.toUpperCase(), relationship: parseRelationship(name), both, one, neither }];
  });
}

/** Offspring on one parent or on the mean of both. */
async function runParents(flags: TwinFlags, context: CommandContext): Promise<void> {
  const { trait } = flags;
  if (trait?.length !== 2 && trait?.length !== 3) {
    throw new HeredityError('usage', '--trait needs two or three columns', {
      expected: 'offspring and one parent, or offspring, father and mother',
    });
  }
  const table = await openTable(flags, context.provenance);
  const [offspring, ...parents] = trait.map((name) => table.numbers(name));
  const predictor = parents[0].map((value, i) =>
    parents.length === 1 ? value : (value + parents[1][i]) / 2,
  );
  const line = fitLine(predictor, offspring);
  const { h2, se } = heritabilityFromParents(line.slope, line.slopeSE, parents.length === 2 ? 'both' : 'one');
  const on = parents.length === 2 ? "the parents' mean" : 'one parent';
  context.log.result(
    `offspring on ${on}: slope ${formatEstimate(line.slope, line.slopeSE)} from ${line.n} families\nh2 ${formatEstimate(h2, se)}`,
  );
  const warning = 'a common environment of parents and offspring adds to the slope, and so to h2';
  context.log.warn(warning);
  await write(flags, context, `offspring on ${on}`, { h2, se, regression: line, warnings: [warning] });
}

/** Full siblings whose realised sharing is known: regression, and maximum likelihood with one relationship a pair. */
async function runSharing(flags: TwinFlags, context: CommandContext): Promise<void> {
  const { trait, sharing } = flags;
  if (trait?.length !== 2 || sharing === undefined) {
    throw new HeredityError('usage', '--design sharing needs --trait with two columns, and --sharing');
  }
  const table = await openTable(flags, context.provenance);
  const selected = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: undefined,
    kinds: [{ label: 'siblings', relationship: parseRelationship('full-siblings'), values: [] }],
    where: [...(flags.where ?? []), `${sharing}!=`],
    covariates: flags.covar ?? [],
  });
  logLosses(context.log, selected);
  const [group] = selected.groups;
  const column = table.numbers(sharing);
  const shares = Float64Array.from(selected.rows[0], (row) => column[row]);
  const regression = siblingSharingRegression(group.first, group.second, shares);
  context.log.result(
    `${regression.pairs} pairs share ${regression.meanSharing.toFixed(4)} (SD ${regression.sdSharing.toFixed(4)}) of the genome\n` +
      `by regression: a2 ${formatEstimate(regression.a2, regression.a2SE)}, c2 ${formatEstimate(regression.c2, regression.c2SE)}\n`,
  );
  const relationship = Array.from(shares, (additive) => ({ additive, dominance: 0.25, shared: 1 }));
  const analysis = analysePairs([{ ...group, relationship }], {
    models: flags.models ?? ['ACE', 'AE', 'CE', 'E'],
    bounds: flags.bounds,
    intervals: !flags.skipIntervals,
    covariateNames: selected.covariateNames,
  });
  for (const warning of analysis.warnings) context.log.warn(warning);
  context.log.result(twinTables(analysis));
  const pairs = selected.losses.toJSON();
  await write(flags, context, 'sibling sharing', { ...analysis, regression, pairs }, analysis);
}

/** Writes JSON, and where models were fitted TSV and pictures. */
async function write(
  flags: TwinFlags,
  { log, provenance }: CommandContext,
  method: string,
  content: Readonly<Record<string, unknown>> & { readonly warnings: readonly string[] },
  analysis?: TwinAnalysis,
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
