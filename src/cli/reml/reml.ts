import { createDesign } from '../../association/design.js';
import { readCaseShares } from '../../cohort/case-shares.js';
import { cohortFlags } from '../../cohort/cohort.js';
import { componentFlags } from '../../cohort/components.js';
import { grmSourceFlags, openRelatedPeople } from '../../cohort/relationship-matrices.js';
import { HeredityError } from '../../errors.js';
import { estimateReml, hasFailed, type RemlResult } from '../../estimators/reml/reml.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { monteCarloFlags, runMonteCarloReml } from '../../methods/reml/monte-carlo.js';
import { planReml } from '../../methods/reml/plan.js';
import { genotypeFlags } from '../../options/common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type FlagValues,
  flagName,
  integer,
  list,
} from '../../options/flags.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { writeRemlOutputs } from './reml-output.js';

const METHOD = { heading: 'Method' } as const;

export const remlFlags = defineFlags({
  ...cohortFlags,
  bfile: genotypeFlags.bfile,
  ...grmSourceFlags,
  ...componentFlags,
  ...monteCarloFlags,
  method: choice(
    'traces of matrices exactly, or by random vectors without forming any matrix',
    ['exact', 'monte-carlo'],
    {
      ...METHOD,
      default: 'exact',
    },
  ),
  remlAlg: choice(
    'average information, Fisher scoring (expected information; more work an iteration), or expectation-maximisation',
    ['ai', 'fisher', 'em'],
    {
      ...METHOD,
      default: 'ai',
    },
  ),
  remlNoConstrain: boolean('let variances be negative (default with --ldak)', METHOD),
  remlPriors: list('starting variances, one a component and the residual last', {
    ...METHOD,
    placeholder: 'variances',
  }),
  remlMaxit: integer('iterations at most', { ...METHOD, min: 1, max: 10_000, default: 100 }),
  remlLrt: list('components that the likelihood ratio test leaves out, counted from 1', {
    ...METHOD,
    placeholder: 'numbers',
    defaultText: 'the first',
  }),
  ldak: boolean(
    "LDAK's conventions: shares scaled by the matrices' diagonals, no constraint, a .reml file",
    METHOD,
  ),
  prevalence: list(
    'population prevalence of case-control traits, one for all or one a trait: adds liability-scale estimates',
    { ...METHOD, placeholder: 'K' },
  ),
  ascertainment: list('share of cases in the sample, one for all or one a trait', {
    ...METHOD,
    placeholder: 'P',
    defaultText: 'the share in the data',
  }),
});

export type RemlFlags = FlagValues<typeof remlFlags>;

export const reml = defineCommand({
  description:
    'Restricted maximum likelihood (GREML): variance components of any number of relationship matrices, exactly, with the ' +
    "conventions of GCTA. Matrices are read, or made from genotypes on the way: one of all variants, one a part, or GREML-LDMS-I's strata. " +
    'With one matrix all traits of the same people share one reduction of it, and a further trait costs next to nothing.',
  flags: remlFlags,
  examples: [
    {
      line: 'heredity reml --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'all traits, one matrix of all autosomal variants',
    },
    {
      line: 'heredity reml --grm study --pheno traits.txt --out study',
      what: "with GCTA's or our own matrix",
    },
    { line: 'heredity reml --bfile study --pheno traits.txt --ldms --out study', what: 'GREML-LDMS-I' },
    {
      line: 'heredity reml --method monte-carlo --bfile study --pheno traits.txt --out study',
      what: 'any number of people: matrices known by their products with the genotypes only',
    },
  ],
  outputs: [
    { file: '<out>.reml.json', what: 'estimates, warnings, provenance (schema in docs/outputs.md)' },
    { file: '<out>.reml.tsv', what: 'one row a trait and component, and one a total' },
    { file: '<out>.<trait>.hsq', what: 'as GCTA writes it' },
    { file: '<out>.<trait>.reml', what: 'with --ldak, as LDAK writes it' },
    { file: '<out>.reml.svg', what: 'estimates with 95 % intervals; also .png' },
    { file: '<out>.log', what: 'what was printed' },
  ],
  run: (flags, context) => (flags.method === 'exact' ? runExact : runMonteCarlo)(flags, context),
});

async function runExact(flags: RemlFlags, context: RecordedRun): Promise<void> {
  refuseFlags(flags, ['vectors', 'mafBins', 'annot', 'thinAnnot'], 'monte-carlo');
  const partition = flags.ldms ? 'maf-ld' : flags.partition;
  if (flags.plan) {
    context.log.result(await planReml(flags, partition, context));
    return;
  }
  const related = await openRelatedPeople(flags, partition, context);
  try {
    const { pool, traits, covariates, matrices, people } = related;
    const shares = readCaseShares(flags, traits);
    outputPrefixes(
      flags.out,
      traits.map(({ name }) => name),
    ); // refuses names that clash, before anything is computed
    const { dependentCovariates } = createDesign(traits, covariates, people); // refuses constant traits
    if (dependentCovariates.length > 0)
      context.log.warn(
        `covariates that add nothing to the others are left out: ${dependentCovariates.join(', ')}`,
      );
    const fits = await estimateReml(
      pool,
      matrices.map(({ matrix }) => matrix),
      matrices.map(({ name }) => name),
      traits.map(({ values }) => values),
      covariates.map(({ values }) => values),
      {
        algorithm: flags.remlAlg,
        constrain: !(flags.remlNoConstrain || flags.ldak),
        maxIterations: flags.remlMaxit,
        tested: testedComponents(flags.remlLrt, matrices.length),
        ...(flags.remlPriors && { priors: startingVariances(flags.remlPriors, matrices.length) }),
      },
      context,
    );
    const results = fits.map((fit, t) => withOffset(fit, traits[t]!.offset));
    const method = flags.ldak ? 'exact REML, conventions of LDAK' : 'exact REML';
    await writeRemlOutputs(flags, context, method, related, results, shares);
  } finally {
    await related.close();
  }
}

/** The intercept of the trait as it stands in the table. */
function withOffset(result: RemlResult, offset: number): RemlResult {
  if (hasFailed(result) || offset === 0) return result;
  const effects = result.effects.map((effect) =>
    effect.column === 0 ? { ...effect, estimate: effect.estimate + offset } : effect,
  );
  return { ...result, effects };
}

async function runMonteCarlo(flags: RemlFlags, context: RecordedRun): Promise<void> {
  const exactOnly = [
    'grm',
    'mgrm',
    'grmCutoff',
    'remlAlg',
    'remlPriors',
    'remlMaxit',
    'remlLrt',
    'ldak',
  ] as const;
  refuseFlags(flags, exactOnly, 'exact');
  if (flags.bfile === undefined)
    throw new HeredityError('usage', '--method monte-carlo needs --bfile: it forms no relationship matrix');
  await runMonteCarloReml({ ...flags, bfile: flags.bfile }, context);
}

/** @throws HeredityError `usage` where a flag is given that means something with another method only. */
function refuseFlags(
  flags: RemlFlags,
  keys: readonly (keyof RemlFlags)[],
  method: RemlFlags['method'],
): void {
  const given = keys.find((key) => flags[key] !== remlFlags[key].defaultValue());
  if (given !== undefined)
    throw new HeredityError('usage', `${flagName(given)} means nothing with --method ${flags.method}`, {
      fix: `use --method ${method}, or leave it out`,
    });
}

function testedComponents(texts: readonly string[] | undefined, components: number): number[] {
  if (!texts) return [0];
  return texts.map((text) => {
    const position = Number(text);
    if (Number.isInteger(position) && position >= 1 && position <= components) return position - 1;
    throw new HeredityError('usage', '--reml-lrt names no component', {
      value: text,
      expected: `whole numbers from 1 to ${components}`,
    });
  });
}

function startingVariances(texts: readonly string[], components: number): number[] {
  const priors = texts.map(Number);
  if (priors.length === components + 1 && priors.every((value) => value > 0)) return priors;
  throw new HeredityError('usage', '--reml-priors are not the variances of this model', {
    value: texts.join(','),
    expected: `${components + 1} numbers above 0: one a component, the residual last`,
  });
}
