import type { Estimate } from '../estimate/estimate.js';
import { loadMethod } from '../methods/catalogue.js';
import { defaultsOf } from '../options/flags.js';
import type { Evaluation, StudyEstimator } from './estimator.js';

/**
 * What the published comparison set differently from a method's defaults (METHODS 2.4): estimates that may be negative, so that
 * averages are unbiased, and random vectors enough for their error, which all replicates share, not to show.
 */
export const PUBLISHED_SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ldsc: { twoStep: 30 },
  he: { vectors: 50 },
  greml: { remlNoConstrain: true },
  'reml-mc': { vectors: 100, remlNoConstrain: true },
  'ldms-mc': { ldWindKb: 1000 },
};

/** @returns a method of the catalogue as an estimator of studies. @throws HeredityError `usage` for a name that none has. */
export async function methodEstimator(text: string): Promise<StudyEstimator> {
  const { facts, method } = await loadMethod(text);
  const options = { ...defaultsOf(method.options), ...PUBLISHED_SETTINGS[facts.name] };
  return {
    name: facts.name,
    title: facts.title,
    memory: (sizes) => method.memory?.(sizes, options) ?? 0,
    ...(!facts.name.startsWith('gre') && {
      async plan(work, run) {
        const own = method.memory?.(work.sizes, options) ?? 0;
        return method.plan?.({ ...work, own }, options, run);
      },
    }),
    async prepare(data, run) {
      const prepared = await method.prepare(data, options, run);
      return {
        async evaluate(traits, own) {
          const estimates = await prepared.evaluate(traits, own);
          return estimates.map(asEvaluation);
        },
      };
    },
  };
}

/** What a study keeps of an estimate. */
export function asEvaluation({ h2, warnings }: Estimate): Evaluation {
  if (h2.value !== null) return { h2: h2.value, se: h2.se };
  return { h2: null, se: null, reason: warnings.find(({ code }) => code === 'no-estimate')?.text };
}
