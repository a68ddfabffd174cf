import { type CaseShares, traitFacts } from '../../cohort/case-shares.js';
import { hasGenotypes } from '../../cohort/genotype-source.js';
import type { RunTrait } from '../../cohort/samples.js';
import { HeredityError } from '../../errors.js';
import type { Estimand, Findings } from '../../estimate/estimate.js';
import { hasFailed, type RemlResult } from '../../estimators/reml/reml.js';
import type { GenotypeChoice } from '../../formats/genotypes.js';
import type { NativeFile } from '../../formats/native-file.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { estimandOf, type MethodName } from '../facts.js';
import { hsqOf, type RemlModel, remlEstimate } from './estimate.js';
import type { RemlFlags } from './flags.js';
import { inLdakConventions, ldakRemlText } from './ldak.js';
import { explainFailure, type RandomError } from './warnings.js';

/** What a run of REML found, and the files of other programs that say the same. */
export interface RemlAnswer {
  readonly findings: Findings;
  readonly natives: readonly NativeFile[];
}

/**
 * Prefixes of the .hsq files, one a trait: `<out>.<trait>`, and for other methods than GREML `<out>.<method>.<trait>`, so that
 * none replaces another's.
 * @throws HeredityError as {@link outputPrefixes}.
 */
export function hsqPrefixes(
  out: string,
  method: MethodName,
  traits: readonly Pick<RunTrait, 'name'>[],
): string[] {
  return outputPrefixes(
    method === 'greml' ? out : `${out}.${method}`,
    traits.map(({ name }) => name),
  );
}

/**
 * What the variances are a model of.
 * @param variants behind all components together; null where that is not on file.
 */
export function remlEstimand(
  method: MethodName,
  flags: GenotypeChoice & Pick<RemlFlags, 'model' | 'power' | 'weights'>,
  components: number,
  variants: number | null,
): Estimand {
  const estimand = estimandOf(method, { reference: variants, regression: variants, heritability: variants });
  const { model, power, weights } = flags;
  const within = components > 1 ? 'within a component, ' : '';
  if (!hasGenotypes(flags))
    return { ...estimand, assumption: `${within}variants explain what the matrix weighs them by on average` };
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

/**
 * The estimates of all traits.
 * @param random what random vectors add, one a trait; undefined where nothing is random.
 * @throws HeredityError `numerical` where no trait could be fitted.
 */
export function remlAnswer(
  flags: Pick<RemlFlags, 'out' | 'ldak'>,
  method: MethodName,
  model: Omit<RemlModel, 'method'>,
  { traits, people }: { readonly traits: readonly RunTrait[]; readonly people: number },
  results: readonly RemlResult[],
  shares: CaseShares,
  random?: readonly RandomError[],
): RemlAnswer {
  const names = model.components.map(({ name }) => name);
  const failures = results.filter(hasFailed);
  if (failures.length === results.length) {
    const { problem, fix } = explainFailure(failures[0].failure, names, failures[0].iterations);
    throw new HeredityError('numerical', `${traits[0].name}: ${problem}`, { fix });
  }
  const prefixes = hsqPrefixes(flags.out, method, traits);
  const scales = model.components.map(({ scale }) => scale);
  const natives: NativeFile[] = [];
  const estimates = traits.map((trait, t) => {
    const facts = traitFacts(trait, t, shares);
    const result = results[t];
    if (hasFailed(result)) return remlEstimate(facts, result, { ...model, method });
    natives.push({ path: `${prefixes[t]}.hsq`, text: hsqOf(result, facts.cases) });
    const own = flags.ldak ? inLdakConventions(result, scales) : result;
    if (flags.ldak)
      natives.push({ path: `${prefixes[t]}.reml`, text: ldakRemlText(own, model.components, people) });
    return remlEstimate(facts, own, { ...model, method }, random?.[t]);
  });
  return { findings: { estimates, pairs: [], warnings: [] }, natives };
}
