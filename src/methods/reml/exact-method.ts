import { groupBasis } from '../../association/design.js';
import type { Dataset } from '../../cohort/dataset.js';
import { ldakWeightsOf } from '../../cohort/dataset-ld.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import type { Estimate } from '../../estimate/estimate.js';
import { sampleVariance } from '../../estimators/people.js';
import { REML_DEFAULTS } from '../../estimators/reml/iteration.js';
import { remlOneGrm } from '../../estimators/reml/one-grm.js';
import {
  estimateOf,
  estimateReml,
  hasFailed,
  type RemlResult,
  residualLikelihood,
} from '../../estimators/reml/reml.js';
import { HERITABILITY_MODELS } from '../../genotypes/heritability-model.js';
import { meanDiagonal } from '../../linalg/symmetric-tiled.js';
import type { TiledLower } from '../../linalg/tiled-lower.js';
import type { FlagValues } from '../../options/flags.js';
import { GCTA_MODEL, type RelationshipModel, relationshipMatrix } from '../../relatedness/grm.js';
import type { RunContext } from '../../run.js';
import { estimandOf } from '../facts.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { remlEstimate } from './estimate.js';
import { inLdakConventions } from './ldak.js';
import { exactOptions, iterationOptions } from './options.js';
import { remlPairs } from './pairs.js';
import { rotate, rotated } from './rotated.js';

/** Exact REML with one relationship matrix, by GCTA's conventions (METHODS 5). */
export const greml = defineMethod({
  options: exactOptions,
  prepare: (data, { remlNoConstrain, ...options }, run) =>
    prepared(data, 'greml', GCTA_MODEL, options, !remlNoConstrain, run),
});

/** REML with LDAK's kinships (METHODS 8.3): LDAK weights, alpha -0.25, and the mean diagonal in the heritability. */
export const ldakReml = defineMethod({
  options: iterationOptions,
  async prepare(data, options, run) {
    const weights = await ldakWeightsOf(data, run);
    const model: RelationshipModel = { power: HERITABILITY_MODELS.ldak.power, weights, missing: 'mean' };
    return prepared(data, 'ldak-reml', model, options, false, run);
  },
});

/** The matrix is formed once; for many traits of everybody it is reduced once, with what rotates later traits. */
async function prepared(
  data: Dataset,
  method: 'greml' | 'ldak-reml',
  relationships: RelationshipModel,
  { remlAlg, remlMaxit }: FlagValues<typeof iterationOptions>,
  constrain: boolean,
  run: RunContext,
): Promise<PreparedMethod> {
  const settings = { algorithm: remlAlg, constrain, maxIterations: remlMaxit };
  const { fit, matrix, scale, size } = await (data.manyTraits ? reducedOnce : formedOnce)(
    data,
    relationships,
    settings,
    run,
  );
  const { count } = data.genotypes;
  const model = {
    method,
    estimand: estimandOf(method, { reference: count, regression: count, heritability: count }),
    components: [{ name: NAME, variants: count, size, scale }],
    covariates: data.covariates.map(({ name }) => name),
  };
  return {
    ...(method === 'greml' &&
      matrix && {
        pairs: (traits: TraitSet, own: RunContext) => remlPairs(data, matrix, traits, remlMaxit, own),
      }),
    async evaluate(traits, own): Promise<readonly Estimate[]> {
      const results = await fit(traits, own);
      return traits.facts.map((facts, t) => {
        const result = results[t];
        const isPlain = method === 'greml' || hasFailed(result);
        return remlEstimate(facts, isPlain ? result : inLdakConventions(result, [scale]), model);
      });
    },
  };
}

/** The name of the only component. */
const NAME = 'G';

type Settings = Pick<typeof REML_DEFAULTS, 'algorithm' | 'constrain' | 'maxIterations'>;

interface Fitter {
  /** As it was formed; undefined where it was reduced for many traits. */
  readonly matrix?: TiledLower;
  readonly fit: (traits: TraitSet, run: RunContext) => Promise<readonly RemlResult[]>;
  /** Mean of the matrix's diagonal, and what it was divided by. */
  readonly scale: number;
  readonly size: number;
}

async function formedOnce(
  data: Dataset,
  model: RelationshipModel,
  settings: Settings,
  run: RunContext,
): Promise<Fitter> {
  const { matrix, total } = await relationshipMatrix(data.genotypes, model, run);
  return {
    matrix,
    scale: meanDiagonal(matrix),
    size: total,
    fit: (traits, own) =>
      estimateReml(
        data.pool,
        [matrix],
        [NAME],
        traits.traitValues(),
        data.covariates.map(({ values }) => values),
        settings,
        own,
      ),
  };
}

async function reducedOnce(
  data: Dataset,
  model: RelationshipModel,
  settings: Settings,
  run: RunContext,
): Promise<Fitter> {
  const grm = await rotate(data, model, run);
  const { samples } = data;
  const basis = groupBasis(data.design, data.design.groups[0]).map((q) => q.subarray(0, samples));
  const x = await rotated(data, grm, basis);
  const options = { ...REML_DEFAULTS, ...settings };
  return {
    scale: grm.scale,
    size: grm.size,
    async fit(traits) {
      const values = traits.traitValues();
      const count = values.length;
      const all = await rotated(data, grm, values);
      const own = values.map((_, c) => Float64Array.from({ length: samples }, (_, i) => all[i * count + c]));
      const reduced = { band: grm.band, x, columns: basis.length, traits: own };
      const fits = await remlOneGrm(data.pool, reduced, values.map(sampleVariance), options);
      return fits.map(({ fit, failure, iterations }, t): RemlResult => {
        if (!fit) return { n: samples, failure: failure!, iterations };
        // without log|X'X|, which the columns as they are would add to both likelihoods
        return estimateOf(fit, [NAME], samples, basis.length, residualLikelihood(values[t], basis), 1, 0);
      });
    },
  };
}
