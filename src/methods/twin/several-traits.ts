import { HeredityError } from '../../errors.js';
import { NOTHING, type Quantity, quantity, quantityWithin, type TraitPair } from '../../estimate/estimate.js';
import { type Warning, warning } from '../../estimate/warnings.js';
import { analysePairs, modelNames } from '../../estimators/twin/analysis.js';
import {
  type BivariateFit,
  compareBivariate,
  fitBivariate,
  type SharedComponent,
} from '../../estimators/twin/bivariate.js';
import { sumFamilies } from '../../estimators/twin/families.js';
import type { PairGroup } from '../../estimators/twin/pairs.js';
import type { Component, Relationship } from '../../estimators/twin/relatives.js';
import type { RecordedRun } from '../../run.js';
import { inUnits, missingCodeNotes, modelOptions, namedKinds, openTable } from './answers.js';
import { twinEstimate } from './estimate.js';
import { familiesOf, meanByGroup, ONE_MEAN } from './families.js';
import type { TwinFlags } from './flags.js';
import { type BivariateAnalysis, type JointAnswer, lowestAic } from './joint.js';
import { selectTraits } from './pairs.js';

/** Every trait by itself, and every two of them together. */
export async function answerFromTraits(flags: TwinFlags, context: RecordedRun): Promise<JointAnswer> {
  const columns = columnsOfTraits(flags.traits ?? []);
  const kinds = namedKinds(flags);
  const table = await openTable(flags, context);
  const { traits, covariateNames, losses } = selectTraits(
    table,
    { zygosity: flags.zygosity, kinds, where: flags.where ?? [], covariates: flags.covar ?? [] },
    columns,
  );
  context.provenance.losesSamples(losses);
  const notes = missingCodeNotes(table, flags);
  const options = modelOptions(flags);
  const names = columns.map((own) => own.join(','));
  const measured = traits.map(inUnits);
  const analyses = measured.map(({ groups }) =>
    analysePairs(groups.map(withoutEmpty), { ...options, covariateNames }),
  );
  const bivariate = names.flatMap((trait2, j) =>
    names.slice(0, j).map((trait1, i): BivariateAnalysis => {
      const pair = [measured[i].groups, measured[j].groups] as const;
      const models = fitPair(pair, covariateNames, flags, [trait1, trait2]);
      return {
        trait1,
        trait2,
        models,
        comparisons: compareBivariate(models),
        preferred: lowestAic(models),
      };
    }),
  );
  const estimates = names.map((name, t) => {
    const own = bivariate.filter(({ trait1 }) => trait1 === name);
    const trait = {
      name,
      scale: 'observed',
      design: 'pairs',
      warnings: [...(t === 0 ? notes : []), ...measured[t].notes],
    } as const;
    return twinEstimate(trait, analyses[t], { details: own.length > 0 ? { bivariate: own } : {} });
  });
  return { estimates, pairs: bivariate.map(pairOf), details: { bivariate } };
}

/** @throws HeredityError `usage` unless there are two columns for each of two traits or more, all different */
function columnsOfTraits(words: readonly string[]): [string, string][] {
  const expected = 'two columns for each of two traits or more, such as --traits bmi1,bmi2 height1,height2';
  if (words.length < 4 || words.length % 2 === 1)
    throw new HeredityError('usage', '--traits needs the two columns of every trait', {
      value: words.join(','),
      expected,
    });
  const twice = words.find((name, i) => words.indexOf(name) < i);
  if (twice !== undefined)
    throw new HeredityError('usage', '--traits names one column twice', { value: twice, expected });
  return Array.from({ length: words.length / 2 }, (_, t) => [words[2 * t], words[2 * t + 1]]);
}

/** Without the pairs that have no phenotype of this trait. */
function withoutEmpty(group: PairGroup): PairGroup {
  const kept = Array.from(group.first.keys()).filter(
    (i) => !(Number.isNaN(group.first[i]) && Number.isNaN(group.second[i])),
  );
  const take = (column: Float64Array) => Float64Array.from(kept, (i) => column[i]);
  const width = (group.firstCovariates?.length ?? 0) / Math.max(1, group.first.length);
  const rows = (values: Float64Array) =>
    Float64Array.from(kept.flatMap((i) => Array.from(values.subarray(i * width, (i + 1) * width))));
  return {
    ...group,
    first: take(group.first),
    second: take(group.second),
    ...(group.firstCovariates && { firstCovariates: rows(group.firstCovariates) }),
    ...(group.secondCovariates && { secondCovariates: rows(group.secondCovariates) }),
  };
}

function fitPair(
  traits: readonly (readonly PairGroup[])[],
  covariateNames: readonly string[],
  flags: TwinFlags,
  names: readonly string[],
): BivariateFit[] {
  const [groups] = traits;
  const relationships = groups.map(({ relationship }) => relationship as Relationship);
  const design = flags.means === 'zygosity' ? meanByGroup(groups.length) : ONE_MEAN;
  const families = familiesOf(traits, covariateNames, design, (g) => relationships[g]);
  const sums = sumFamilies(families, names);
  return modelNames(relationships, flags.models ? { models: flags.models } : {}).map((name) =>
    fitBivariate(name, sums, !flags.skipIntervals),
  );
}

const CORRELATION = {
  C: 'common-environment-correlation',
  D: 'dominance-correlation',
  E: 'unique-environment-correlation',
} as const;
const CONTRIBUTION = {
  A: 'genetic-contribution',
  C: 'common-environment-contribution',
  D: 'dominance-contribution',
  E: 'unique-environment-contribution',
} as const;

/** Two traits in the terms of all methods: r_A of the model with the lowest AIC is the genetic correlation. */
function pairOf({ trait1, trait2, models, preferred }: BivariateAnalysis): TraitPair {
  const model = models.find(({ name }) => name === preferred)!;
  const { components, phenotypic, minus2lnL, parameters, aic, bic } = model;
  const of = (component: Component) => components.find((own) => own.component === component);
  const additive = of('A');
  const quantities: Record<string, Quantity> = {
    'phenotypic-correlation': quantity(phenotypic.value, phenotypic.se, 'delta'),
  };
  for (const own of components) {
    if (own.component !== 'A') quantities[CORRELATION[own.component]] = correlationOf(own);
    quantities[CONTRIBUTION[own.component]] = quantity(own.contribution, own.contributionSe, 'delta');
  }
  return {
    trait1,
    trait2,
    method: 'twin',
    rg: additive ? correlationOf(additive) : NOTHING,
    covariance: additive ? quantity(additive.contribution, additive.contributionSe, 'delta') : NOTHING,
    quantities,
    diagnostics: { model: preferred, minus2lnL, parameters, aic, bic },
    warnings: [...geneticWarnings(model, models), ...boundWarnings(model)],
  };
}

function correlationOf(own: SharedComponent): Quantity {
  const { correlation, correlationSe, correlationCi95, correlationP } = own;
  if (correlation === null) return NOTHING;
  if (correlationCi95 === null) return quantity(correlation, correlationSe, 'delta');
  return { ...quantityWithin(correlation, correlationSe, correlationCi95, 'profile'), p: correlationP };
}

function geneticWarnings(model: BivariateFit, models: readonly BivariateFit[]): Warning[] {
  const additive = model.components.find(({ component }) => component === 'A');
  if (additive === undefined) {
    const larger = models.find(({ name }) => name.includes('A'));
    const found = larger?.components.find(({ component }) => component === 'A')?.correlation;
    return [
      warning(
        'no-genetic-component',
        `model ${model.name} has the lowest AIC and no additive component, so that there is no genetic correlation${found == null ? '' : `; in model ${larger!.name} it is ${found.toFixed(3)}`}`,
        'report r_A of a model with A with its interval; --models chooses models',
      ),
    ];
  }
  if (additive.correlation === null)
    return [
      warning(
        'heritability-not-positive',
        `no genetic correlation: the additive variance of a trait is held at 0 in model ${model.name}`,
      ),
    ];
  return [];
}

function boundWarnings({ name, components }: BivariateFit): Warning[] {
  return components.flatMap((own) => {
    if (!own.isAtBound) return [];
    const { component, correlation } = own;
    const what =
      correlation === null
        ? `${component} is held at 0 in one trait or both, so that r_${component} is not defined`
        : `r_${component} stands at ${Math.sign(correlation)}, the end of its range`;
    return [
      warning(
        'at-bound',
        `${name}: ${what}; standard errors are those of the model that holds it there`,
        'report the interval, which is that of the profile likelihood, or a model without the component',
      ),
    ];
  });
}
