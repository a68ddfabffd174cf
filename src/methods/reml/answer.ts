import { HeredityError } from '../../errors.js';
import type { Estimand, Estimate } from '../../estimate/estimate.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { hasFailed, type RemlEstimate, type RemlResult } from '../../estimators/reml/reml.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { estimandOf } from '../facts.js';
import type { Natives } from '../method.js';
import { hsqOf, type RemlModel, remlEstimate } from './estimate.js';
import type { RemlName } from './flags.js';
import { inLdakConventions, ldakRemlText } from './ldak.js';
import { explainFailure, type RandomError } from './warnings.js';

/**
 * The .hsq files of GCTA, one a trait: `<out>.<trait>`, and for other methods than GREML `<out>.<method>.<trait>`, so that none
 * replaces another's.
 */
export function remlNatives(method: RemlName): Natives {
  const prefix = (out: string) => (method === 'greml' ? out : `${out}.${method}`);
  return {
    outputs: [
      { file: `${prefix('<out>')}.<trait>.hsq`, what: 'as GCTA writes it' },
      ...(method === 'ldak-reml'
        ? [{ file: `${prefix('<out>')}.<trait>.reml`, what: 'as LDAK writes it' }]
        : []),
    ],
    prefixes: (out, traits) => outputPrefixes(prefix(out), traits),
  };
}

/** What decides how much of the variance a variant is expected to hold. */
interface Weighing {
  readonly model?: string;
  readonly power?: number | undefined;
  readonly weights?: string | undefined;
}

/**
 * What the variances are a model of.
 * @param variants behind all components together.
 */
export function remlEstimand(
  method: RemlName,
  { model = 'gcta', power, weights }: Weighing,
  components: number,
  variants: number,
): Estimand {
  const estimand = estimandOf(method, { reference: variants, regression: variants, heritability: variants });
  const within = components > 1 ? 'within a component, ' : '';
  if (method === 'ldak-reml' && model === 'ldak' && power === undefined && weights === undefined)
    return { ...estimand, assumption: `${within}${estimand.assumption}` };
  if (power !== undefined || weights !== undefined || model !== 'gcta')
    return {
      ...estimand,
      assumption: `${within}a variant explains what its weight in the relationship matrix says on average (model ${model}${power === undefined ? '' : `, power ${power}`}${weights === undefined ? '' : ', weights from a file'})`,
    };
  const isOfStrata = method === 'ldms' || method === 'ldms-mc';
  if (isOfStrata) return estimand;
  return {
    ...estimand,
    assumption: `${within}every variant explains the same on average; effects are normal`,
  };
}

/** The same of matrices that were made elsewhere. */
export function matrixEstimand(method: RemlName, components: number): Estimand {
  const within = components > 1 ? 'within a component, ' : '';
  return {
    ...estimandOf(method, { reference: null, regression: null, heritability: null }),
    assumption: `${within}variants explain what the matrix weighs them by on average`,
  };
}

/**
 * The estimates of all traits.
 * @param people of the run, with or without a value of a trait.
 * @param random what random vectors add, one a trait; undefined where nothing is random.
 * @throws HeredityError `numerical` where no trait could be fitted.
 */
export function remlEstimates(
  model: RemlModel & { readonly method: RemlName },
  traits: readonly TraitFacts[],
  results: readonly RemlResult[],
  people: number,
  random?: readonly RandomError[],
): Estimate[] {
  refuseAllFailed(model, traits, results);
  const scales = model.components.map(({ scale }) => scale);
  const isLdak = model.method === 'ldak-reml';
  return traits.map((facts, t) => {
    const result = results[t];
    if (hasFailed(result)) return remlEstimate(facts, result, model);
    const own = isLdak ? inLdakConventions(result, scales) : result;
    const files = {
      hsq: hsqOf(result, facts.cases),
      ...(isLdak && { reml: ldakRemlText(own, model.components, people) }),
    };
    return { ...remlEstimate(facts, own, model, random?.[t]), native: { files } };
  });
}

function refuseAllFailed(
  { components }: RemlModel,
  traits: readonly TraitFacts[],
  results: readonly RemlResult[],
): void {
  const failures = results.filter(hasFailed);
  if (failures.length < results.length) return;
  const names = components.map(({ name }) => name);
  const { problem, fix } = explainFailure(failures[0].failure, names, failures[0].iterations);
  throw new HeredityError('numerical', `${traits[0].name}: ${problem}`, { fix });
}

/** The intercept of the trait as it stands in the table. */
export function withOffset<R extends RemlResult>(result: R, { offset = 0 }: TraitFacts): R {
  if (hasFailed(result) || offset === 0) return result;
  const { effects } = result as RemlEstimate;
  return {
    ...result,
    effects: effects.map((effect) =>
      effect.column === 0 ? { ...effect, estimate: effect.estimate + offset } : effect,
    ),
  };
}
