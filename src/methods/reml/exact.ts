import { createDesign } from '../../association/design.js';
import { readCaseShares, traitFacts } from '../../cohort/case-shares.js';
import { warnOfDependentCovariates } from '../../cohort/dependent-covariates.js';
import { type NamedMatrix, readRelatedPeople, withRelatives } from '../../cohort/relationship-matrices.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import type { Estimand, Estimate, Findings } from '../../estimate/estimate.js';
import { estimateReml } from '../../estimators/reml/reml.js';
import type { KernelPool } from '../../kernels/pool.js';
import { termBytes } from '../../plan.js';
import type { RecordedRun, RunContext } from '../../run.js';
import { matrixEstimand, remlEstimates, remlNatives, withOffset } from './answer.js';
import { type RemlFlags, type RemlName, remlMethod, startingVariances, testedComponents } from './flags.js';
import { exactMemory } from './memory.js';

/** How exact REML is fitted. */
export type FitFlags = Pick<RemlFlags, 'remlAlg' | 'remlMaxit' | 'remlPriors' | 'remlLrt'> & {
  readonly remlNoConstrain?: boolean;
};

/** What is fitted to. */
export interface RemlData {
  readonly method: RemlName;
  readonly estimand: Estimand;
  readonly pool: KernelPool;
  readonly matrices: readonly NamedMatrix[];
}

/**
 * REML of every trait with relationship matrices over the people of the traits.
 * @throws HeredityError `usage` for flags that do not fit the components; `numerical` where no trait could be fitted.
 */
export async function fitExactly(
  { method, estimand, pool, matrices }: RemlData,
  traits: Pick<TraitSet, 'facts' | 'traitValues' | 'covariates' | 'samples'>,
  flags: FitFlags,
  run: RunContext,
): Promise<Estimate[]> {
  const { facts, covariates, samples } = traits;
  const fits = await estimateReml(
    pool,
    matrices.map(({ matrix }) => matrix),
    matrices.map(({ name }) => name),
    traits.traitValues(),
    covariates.map(({ values }) => values),
    {
      algorithm: flags.remlAlg,
      constrain: isConstrained(method, flags),
      maxIterations: flags.remlMaxit,
      tested: testedComponents(flags.remlLrt, matrices.length),
      ...(flags.remlPriors && { priors: startingVariances(flags.remlPriors, matrices.length) }),
    },
    run,
  );
  const results = fits.map((fit, t) => withOffset(fit, facts[t]));
  const model = { method, estimand, components: matrices, covariates: covariates.map(({ name }) => name) };
  return remlEstimates(model, facts, results, samples);
}

/** LDAK lets variances be negative. */
export function isConstrained(method: RemlName, { remlNoConstrain = false }: FitFlags): boolean {
  return !(remlNoConstrain || method === 'ldak-reml');
}

/** REML with the matrices of --grm or --mgrm. */
export async function remlOfFiles(flags: RemlFlags, run: RecordedRun): Promise<Findings> {
  const method = remlMethod(flags);
  const related = await readRelatedPeople(flags, run, (people, files) =>
    termBytes(exactMemory(people, files + Number(flags.bK !== undefined), people)),
  );
  try {
    const { pool, traits, covariates, people } = related;
    // LDAK has one kind of component
    const given = flags.ldak
      ? related.matrices.map((own) => ({ ...own, role: undefined }))
      : related.matrices;
    const matrices = withRelatives(given, flags.bK, run);
    const shares = readCaseShares(flags, traits);
    // refuses names that clash, before anything is computed
    remlNatives(method).prefixes(
      flags.out,
      traits.map(({ name }) => name),
    );
    const design = createDesign(traits, covariates, people); // refuses constant traits
    warnOfDependentCovariates(design, run);
    const set = {
      facts: traits.map((trait, t) => traitFacts(trait, t, shares)),
      traitValues: () => traits.map(({ values }) => values),
      covariates,
      samples: people,
    };
    const data = {
      method,
      estimand: matrixEstimand(method, matrices.filter(({ role }) => role === undefined).length),
      pool,
      matrices,
    };
    return { estimates: await fitExactly(data, set, flags, run), pairs: [], warnings: [] };
  } finally {
    await related.close();
  }
}
