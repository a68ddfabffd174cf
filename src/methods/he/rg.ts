import { createDesign, type Trait } from '../../association/design.js';
import { type PeopleNeeded, pairedDesign } from '../../cohort/trait-pairs.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { quantity, type TraitPair } from '../../estimate/estimate.js';
import { failedPair, phenotypicCorrelation, tested, traitPair } from '../../estimate/pair.js';
import { heCovariance } from '../../estimators/he/covariance.js';
import type { HeData } from '../../estimators/he/data.js';
import { type EstimateWithError, type HeOptions, randomisedHe } from '../../estimators/he/randomised.js';
import { maskHas } from '../../genotypes/sample-mask.js';
import { cosine, norm } from '../../linalg/orthonormal-basis.js';
import type { RunContext } from '../../run.js';
import { InOwnPeople, type ValueWithError } from '../people-apart.js';

const NEEDED: PeopleNeeded = {
  above: 2,
  because: 'and a covariance is that of people who have both',
  eitherWay: true,
};

/** Genetic correlation of all pairs of traits by Haseman-Elston regression, each among the people who have both, or of either where nobody has both. */
export async function hePairs(
  data: Omit<HeData, 'design'>,
  traits: TraitSet,
  options: HeOptions,
  run: RunContext,
): Promise<TraitPair[]> {
  const { covariates, samples } = traits;
  const named = traits.traitValues().map((values, t): Trait => ({ name: traits.facts[t].name, values }));
  const { design, columns, pairs } = pairedDesign(named, covariates, samples, NEEDED);
  const residual = (column: number) => {
    const group = design.groups.find((own) => own.traits.includes(column))!;
    return { people: group.people, values: group.residuals[group.traits.indexOf(column)] };
  };
  const sums: Trait[] = [];
  const planned = pairs.map((pair) => {
    if (!pair.columns) return { ...pair, phenotypic: 0, sum: -1 };
    const [a, b] = pair.columns.map(residual);
    const phenotypic = cosine(a.values, b.values);
    const [first, second] = [1 / norm(a.values), (phenotypic < 0 ? -1 : 1) / norm(b.values)];
    const values = Float64Array.from({ length: samples }, (_, i) =>
      maskHas(a.people, i) ? a.values[i] * first + b.values[i] * second : Number.NaN,
    );
    const sum = columns.length + sums.push({ name: 'sum', values }) - 1;
    return { ...pair, phenotypic, sum };
  });
  const all = createDesign([...columns, ...sums], covariates, samples);
  const found = await randomisedHe({ ...data, design: all }, options, run);
  return planned.map(({ traits: [a, b], columns: own, reason, apart: separate, phenotypic, sum }) => {
    const facts = [traits.facts[a], traits.facts[b]] as const;
    if (!own)
      return failedPair([facts[0].name, facts[1].name], 'he', reason!, 'LDSC needs no people in common');
    const first = found[own[0]];
    const joint = heCovariance(first, found[own[1]], found[sum], phenotypic);
    const apart = separate && new InOwnPeople(separate);
    const h2 = [numberOf(joint.h2[0]), numberOf(joint.h2[1])] as const;
    const covariance = numberOf(joint.covariance);
    const kind = joint.isCombined ? 'combined' : 'jackknife';
    const of = ({ value, se }: ValueWithError) => quantity(value, se, kind);
    const [h2First, h2Second] = apart ? apart.h2(h2) : h2;
    const { rg } = joint;
    return traitPair(facts, {
      method: 'he',
      rg: tested(quantity(rg?.estimate ?? null, rg?.se ?? null, kind)),
      covariance: of(apart ? apart.covariance(covariance) : covariance),
      h2: [of(h2First), of(h2Second)],
      quantities: apart
        ? {}
        : {
            'phenotypic-correlation': phenotypicCorrelation(phenotypic, first.n - first.covariates),
            'environmental-covariance': of(numberOf(joint.environmental)),
          },
      diagnostics: { n: first.n, covariates: first.covariates, ...apart?.diagnostics },
      warnings: apart ? [apart.warning] : [],
      words: {
        where: apart ? '' : ' among the people who have both traits',
        unreliable: 'h² is not above 0 without some block of variants: the correlation has no standard error',
        behind: 'one h² is too small, or variants do not explain alike',
      },
    });
  });
}

const numberOf = ({ estimate, se }: EstimateWithError): ValueWithError => ({ value: estimate, se });
