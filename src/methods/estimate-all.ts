import { createDesign } from '../association/design.js';
import type { Checkpoint } from '../checkpoint.js';
import { defineBlocks } from '../cohort/blocks.js';
import { type CaseShares, readCaseShares, traitFacts } from '../cohort/case-shares.js';
import type { Cohort } from '../cohort/cohort.js';
import { Dataset } from '../cohort/dataset.js';
import { CohortTraits } from '../cohort/trait-set.js';
import { type HeredityError, isHeredityError } from '../errors.js';
import type { Estimate, Findings } from '../estimate/estimate.js';
import { failedEstimate } from '../estimate/trait-facts.js';
import { type Warning, warning } from '../estimate/warnings.js';
import { partOf, type RecordedRun } from '../run.js';
import { loadMethod } from './catalogue.js';
import { estimandOf } from './facts.js';

/** What a run of methods needs beside the cohort. */
export interface MethodsRun {
  /** Names of the catalogue, or aliases. */
  readonly methods: readonly string[];
  /** Values of each method's own options; what is not there is for its defaults. */
  readonly optionsOf: (name: string) => Readonly<Record<string, unknown>>;
  /** How GRE cuts variants into blocks (src/cohort/blocks.ts). */
  readonly blocks: string;
  readonly prevalence: readonly string[] | undefined;
  readonly ascertainment: readonly string[] | undefined;
  readonly seed: number;
  /** Bytes for packed genotypes. */
  readonly memory: number;
  /** What an interrupted run has finished, and where to keep what this one finishes. */
  readonly checkpoint?: Pick<Checkpoint<FinishedMethod>, 'recall' | 'remember'> | undefined;
}

/** The estimates of one method of a run of several. */
export interface FinishedMethod {
  /** Its name in the catalogue. */
  readonly id: string;
  readonly estimates: readonly Estimate[];
}

/**
 * Estimates the traits of a cohort by some methods on one dataset: what they share is made once. With several methods, one
 * that cannot be used on these data does not end the others: its traits get estimates without a number that say why.
 * @throws HeredityError where the only method cannot be used, or none of several can.
 */
export async function estimateAll(
  cohort: Cohort,
  { methods, optionsOf, blocks: choice, prevalence, ascertainment, seed, memory, checkpoint }: MethodsRun,
  run: RecordedRun,
): Promise<Findings> {
  const { fileset, variantLosses, traits, covariates, people, store } = cohort;
  const shares: CaseShares = readCaseShares({ prevalence, ascertainment }, traits);
  const blocks = await defineBlocks(choice, fileset.variants, cohort.variants, variantLosses, run.provenance);
  const variants = Int32Array.from(blocks.flatMap((block) => [...block.variants])).sort();
  const { dependentCovariates } = createDesign([], covariates, people.count);
  const warnings: Warning[] =
    dependentCovariates.length === 0
      ? []
      : [
          warning(
            'dependent-covariates',
            `covariates that add nothing to the others are left out: ${dependentCovariates.join(', ')}`,
          ),
        ];
  const data = await Dataset.open({
    store,
    variants,
    statistics: cohort.statistics(variants),
    bim: fileset.variants,
    blocks,
    covariates,
    seed,
    memory,
  });
  try {
    const facts = traits.map((trait, t) => traitFacts(trait, t, shares));
    const set = new CohortTraits(data, traits, facts);
    const phase = run.progress.phase('methods', { total: methods.length, unit: 'methods' });
    const estimates: Estimate[] = [];
    const problems: HeredityError[] = [];
    for (const text of methods) {
      const { facts: own, method } = await loadMethod(text);
      const inside = phase.phase(own.title, { weight: 1 });
      try {
        const earlier = checkpoint?.recall(own.name);
        if (earlier) estimates.push(...earlier.estimates);
        else {
          const prepared = await method.prepare(data, optionsOf(own.name), partOf(run, inside));
          const found = await prepared.evaluate(set, partOf(run, inside));
          estimates.push(...found);
          await checkpoint?.remember({ id: own.name, estimates: found });
        }
      } catch (error) {
        if (!isHeredityError(error, 'degenerate-data', 'numerical', 'resource') || methods.length === 1)
          throw error;
        problems.push(error);
        for (const { name } of facts) {
          const estimand = estimandOf(own.name, { reference: null, regression: null, heritability: null });
          estimates.push(
            failedEstimate(name, own.name, people.count, estimand, error.problem, error.details.fix ?? null),
          );
        }
      }
      inside.end();
    }
    phase.end();
    if (problems.length === methods.length) throw problems[0];
    return { estimates, pairs: [], warnings };
  } finally {
    data.close();
  }
}
