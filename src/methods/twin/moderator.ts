import { HeredityError } from '../../errors.js';
import { type Estimate, type Part, quantity } from '../../estimate/estimate.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import { modelNames } from '../../estimators/twin/analysis.js';
import { sumFamilies } from '../../estimators/twin/families.js';
import { COMPONENTS } from '../../estimators/twin/models.js';
import {
  compareModeration,
  fitModeration,
  type ModeratedKind,
  type ModerationFit,
} from '../../estimators/twin/moderation.js';
import { columnScales, type PairGroup } from '../../estimators/twin/pairs.js';
import type { Component, Relationship } from '../../estimators/twin/relatives.js';
import { quantile } from '../../linalg/quantile.js';
import type { RecordedRun } from '../../run.js';
import { estimandOf } from '../facts.js';
import { inUnits, missingCodeNotes, namedKinds, openTable, traitColumns } from './answers.js';
import { familiesOf, meanByGroup, ONE_MEAN } from './families.js';
import type { TwinFlags } from './flags.js';
import { type JointAnswer, lowestAic, type ModerationAnalysis } from './joint.js';
import { selectPairs } from './pairs.js';

const BASES = ['ACE', 'ADE'];
/** Values of the moderator at which shares are given: the ends of what nearly all people have, and steps between. */
const ENDS = [0.05, 0.95] as const;
const STEPS = 20;

/** One trait whose components may change along a moderator. */
export async function answerFromModerator(flags: TwinFlags, context: RecordedRun): Promise<JointAnswer> {
  const trait = traitColumns(flags, [2], 'the phenotypes of first and second members, such as bmi1,bmi2');
  const moderator = flags.moderator!;
  const kinds = namedKinds(flags);
  const table = await openTable(flags, context);
  const { groups, covariateNames, losses } = selectPairs(table, {
    trait: [trait[0], trait[1]],
    zygosity: flags.zygosity,
    kinds,
    where: flags.where ?? [],
    covariates: [moderator, ...(flags.covar ?? [])],
  });
  context.provenance.losesSamples(losses);
  const isNumber = covariateNames[0] === moderator;
  const levels = covariateNames.filter((name) => name.startsWith(`${moderator}=`));
  if (!isNumber && levels.length !== 1)
    throw new HeredityError('usage', '--moderator is neither a number nor one of two words', {
      file: table.file,
      value: moderator,
      expected: 'a column of numbers such as age, or of two words',
    });
  const measured = inUnits(groups);
  const beside = withCoTwin(measured.groups, covariateNames);
  const names = beside.covariateNames;
  const { center, spread } = moderatorScale(measured.groups, covariateNames);
  const kindOf = kindReader(measured.groups, covariateNames.length, center, spread);
  const design = flags.means === 'zygosity' ? meanByGroup(groups.length) : ONE_MEAN;
  const families = familiesOf([beside.groups], names, design, kindOf);
  const name = trait.join(',');
  const sums = sumFamilies(families, [name]);
  const at = valuesOf(measured.groups, covariateNames.length, center);
  const relationships = groups.map(({ relationship }) => relationship as Relationship);
  const bases = modelNames(relationships, flags.models ? { models: flags.models } : {}, BASES);
  const models = bases.flatMap((base) => {
    const components = COMPONENTS.filter((component) => base.includes(component));
    const sets = [components, ...components.map((one) => components.filter((own) => own !== one)), []];
    const different = sets.filter(
      (own, i) => sets.findIndex((other) => other.join('') === own.join('')) === i,
    );
    return different.map((moderated) => fitModeration(base, moderated, sums, { center, spread }, at));
  });
  const analysis: ModerationAnalysis = {
    moderator: isNumber ? moderator : levels[0],
    models,
    comparisons: compareModeration(models),
    preferred: lowestAic(models),
  };
  const people = families.reduce(
    (sum, { values }) => sum + values.filter((own) => !Number.isNaN(own[0])).length,
    0,
  );
  const warnings = [
    ...missingCodeNotes(table, flags),
    ...measured.notes,
    ...(beside.differs
      ? [
          warning(
            'note',
            `${moderator} differs within pairs: the mean takes the moderator of the co-twin as well, so that a correlation of moderator and trait between twins is not taken for moderation (van der Sluis 2012)`,
          ),
        ]
      : []),
  ];
  const model = models.find((own) => own.name === analysis.preferred)!;
  return {
    estimates: [moderatedEstimate(name, model, people, warnings, { moderation: analysis })],
    pairs: [],
    details: { moderation: analysis },
  };
}

/** The moderator of the co-twin as a covariate, where it is not that of the twin. */
function withCoTwin(groups: readonly PairGroup[], covariateNames: readonly string[]) {
  const width = covariateNames.length;
  const at = (values: Float64Array | undefined, i: number) => values![i * width];
  const differs = groups.some(({ first, firstCovariates, secondCovariates }) =>
    first.some((_, i) => {
      const [own, other] = [at(firstCovariates, i), at(secondCovariates, i)];
      return !Number.isNaN(own + other) && own !== other;
    }),
  );
  if (!differs) return { groups, covariateNames, differs };
  const extended = groups.map((group): PairGroup => {
    const [first, second] = [group.first.slice(), group.second.slice()];
    const rows = (own: Float64Array, other: Float64Array) =>
      Float64Array.from(
        Array.from(group.first.keys()).flatMap((i) => [
          ...own.subarray(i * width, (i + 1) * width),
          other[i * width],
        ]),
      );
    const [x1, x2] = [group.firstCovariates!, group.secondCovariates!];
    for (const i of first.keys()) {
      // a mean that needs the co-twin's moderator is not known without it
      if (Number.isNaN(x2[i * width])) first[i] = Number.NaN;
      if (Number.isNaN(x1[i * width])) second[i] = Number.NaN;
    }
    return { ...group, first, second, firstCovariates: rows(x1, x2), secondCovariates: rows(x2, x1) };
  });
  return {
    groups: extended,
    covariateNames: [...covariateNames, `${covariateNames[0]} of the co-twin`],
    differs,
  };
}

/** @throws HeredityError `degenerate-data` where everyone has one value */
function moderatorScale(groups: readonly PairGroup[], covariateNames: readonly string[]) {
  const { center, spread } = columnScales(groups, covariateNames);
  return { center: center[1], spread: spread[1] };
}

/** What a pair shares and the moderator of both; pairs that are alike have one object. */
function kindReader(groups: readonly PairGroup[], width: number, center: number, spread: number) {
  const kinds = new Map<string, ModeratedKind>();
  return (g: number, i: number): ModeratedKind => {
    const { relationship, firstCovariates, secondCovariates } = groups[g];
    const own = [firstCovariates![i * width], secondCovariates![i * width]];
    const known = own.map((value, m) => (Number.isNaN(value) ? own[1 - m] : value));
    const key = `${g} ${known.join(' ')}`;
    const kind = kinds.get(key) ?? {
      relationship: relationship as Relationship,
      moderator: [(known[0] - center) / spread, (known[1] - center) / spread] as const,
    };
    kinds.set(key, kind);
    return kind;
  };
}

/** Ends and steps between them, and the mean in front. */
function valuesOf(groups: readonly PairGroup[], width: number, center: number): number[] {
  const all = groups.flatMap(({ first, second, firstCovariates, secondCovariates }) =>
    [...first.keys()].flatMap((i) => [
      ...(Number.isNaN(first[i]) ? [] : [firstCovariates![i * width]]),
      ...(Number.isNaN(second[i]) ? [] : [secondCovariates![i * width]]),
    ]),
  );
  const sorted = Float64Array.from(all).sort();
  const [low, high] = ENDS.map((p) => quantile(sorted, p));
  return [center, ...Array.from({ length: STEPS + 1 }, (_, k) => low + ((high - low) * k) / STEPS)];
}

function moderatedEstimate(
  trait: string,
  model: ModerationFit,
  n: number,
  warnings: readonly Warning[],
  details: object,
): Estimate {
  const { name, shares, minus2lnL, parameters, aic, bic, moderated } = model;
  const [mean, ...curve] = shares;
  const share = ({ genetic }: (typeof shares)[number]) =>
    quantity(genetic.share, genetic.share === 0 ? null : genetic.se, 'delta');
  const h2 = share(mean);
  return {
    trait,
    method: 'twin',
    n,
    estimand: estimandOf('twin', { reference: null, regression: null, heritability: null }),
    scale: 'observed',
    liability: null,
    h2,
    parts: mean.parts.map(
      ({ component, share: value, shareSe, variance, varianceSe }): Part => ({
        kind: 'component',
        id: component,
        variants: null,
        h2: quantity(value, shareSe, 'delta'),
        quantities: { variance: quantity(variance, varianceSe, 'delta') },
        diagnostics: { atBound: varianceSe === null, moderated: moderated.includes(component as Component) },
      }),
    ),
    quantities: { 'moderated-low': share(curve[0]), 'moderated-high': share(curve[curve.length - 1]) },
    diagnostics: { design: 'moderator', model: name, minus2lnL, parameters, aic, bic, at: mean.at },
    warnings: [...warnings, ...rangeWarnings(h2, 'see the correlations of the kinds of relatives')],
    details,
  };
}
