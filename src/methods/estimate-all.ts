import { type Design, designForAllParts } from '../association/design.js';
import type { Checkpoint } from '../checkpoint.js';
import { blocksOfRun } from '../cohort/blocks.js';
import { readCaseShares, traitFacts } from '../cohort/case-shares.js';
import type { Cohort } from '../cohort/cohort.js';
import { Dataset } from '../cohort/dataset.js';
import type { ListedCohort } from '../cohort/listed-people.js';
import { keepPeople, leaveOutFailing, type RunTrait } from '../cohort/samples.js';
import { CohortTraits, type TraitSet } from '../cohort/trait-set.js';
import type { HeredityError } from '../errors.js';
import type { Estimate, Findings, TraitPair } from '../estimate/estimate.js';
import { failedPair } from '../estimate/pair.js';
import { failedEstimate, type TraitFacts } from '../estimate/trait-facts.js';
import { type Warning, warning } from '../estimate/warnings.js';
import { smallestN } from '../estimators/gre/projection.js';
import { largest } from '../linalg/extremes.js';
import { weighing } from '../progress.js';
import { partOf, type RecordedRun, type RunContext } from '../run.js';
import { loadMethod } from './catalogue.js';
import { estimandOf } from './facts.js';
import { isOfOneMethod, type Method, type PreparedMethod, type WorkSizes } from './method.js';
import type { MethodFacts } from './method-facts.js';
import { Replicates } from './replicates.js';

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
  /** Bytes of --memory. */
  readonly memory: number;
  /** Whether genetic correlations of all pairs of traits are wanted of every method. @default false */
  readonly pairs?: boolean;
  /** Simulated traits for each trait, by which differences between methods get a standard error. @default 0 */
  readonly differences?: number | undefined;
  /** What an interrupted run has finished, and where to keep what this one finishes. */
  readonly checkpoint?: Pick<Checkpoint<FinishedMethod>, 'recall' | 'remember'> | undefined;
}

/** The estimates of one method of a run of several. */
export interface FinishedMethod {
  /** Its name in the catalogue. */
  readonly id: string;
  readonly estimates: readonly Estimate[];
  readonly pairs: readonly TraitPair[];
}

/** `auto` cuts chromosomes only for methods that take blocks whatever they share, where no other method goes by blocks. */
export function blocksFor(
  choice: string,
  methods: readonly { readonly method: Pick<Method, 'byBlocks'> }[],
): string {
  const kinds = new Set(methods.map(({ method }) => method.byBlocks));
  return choice === 'auto' && (!kinds.has('any') || kinds.has('apart')) ? 'chromosome' : choice;
}

/**
 * Estimates the traits of a cohort by some methods on one dataset: what they share is made once. With several methods, one
 * that cannot be used on these data does not end the others: its traits get estimates without a number that say why.
 * @throws HeredityError where the only method cannot be used, or none of several can.
 */
export async function estimateAll(
  cohort: Cohort & Partial<Pick<ListedCohort, 'within'>>,
  flags: MethodsRun,
  run: RecordedRun,
): Promise<Findings> {
  const { seed } = flags;
  const { fileset, variantLosses, traits, covariates, store, within, memory } = cohort;
  const samples = within?.length ?? cohort.people.count;
  const methods = await Promise.all(flags.methods.map(loadMethod));
  const design = await designForAllParts(traits, covariates, samples, run);
  const choice = blocksFor(flags.blocks, methods);
  const blocks = await blocksOfRun(choice, cohort, () => smallestN(design), memory, run);
  const variants = Int32Array.from(blocks.flatMap((block) => [...block.variants])).sort();
  const { dependentCovariates } = design;
  const sizes: WorkSizes = {
    listed: cohort.people.count,
    people: samples,
    variants: variants.length,
    traits: traits.length,
    groups: design.groups.length,
    columns: design.columns,
  };
  const ownBytes = ({ facts, method }: (typeof methods)[number]) =>
    method.memory?.(sizes, flags.optionsOf(facts.name)) ?? 0;
  const shareOf = ({ facts, method }: (typeof methods)[number]) =>
    method.genotypeShare?.(flags.optionsOf(facts.name), fileset.dosages ?? fileset.source) ?? 1;
  const forGenotypes = Math.max(0, memory - largest(methods.map(ownBytes)));
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
    variantFile: fileset.variantFile,
    blocks,
    covariates,
    seed,
    memory,
    forGenotypes: forGenotypes * largest(methods.map(shareOf)),
    within,
    requireMemory: cohort.requireMemory,
    record: { log: run.log, provenance: run.provenance, variantLosses },
  });
  try {
    const ofEverybody = traitsOf(data, traits, flags, design);
    const count = flags.differences ?? 0;
    const replicates = count > 0 ? new Replicates(data, traits, count, memory / 4) : undefined;
    const foundBy = async (own: MethodFacts, method: Method, inside: RunContext, share?: number) => {
      cohort.requireMemory(own.title, ownBytes({ facts: own, method }));
      const step = (part: number) => partOf(inside, weighing(inside.progress, part));
      const [preparing, evaluating] = share === undefined ? [inside, inside] : [step(share), step(1 - share)];
      const prepared = await method.prepare(data, flags.optionsOf(own.name), preparing);
      const { kept } = prepared;
      const set = kept ? traitsOf(data, traits, flags, undefined, kept, run) : ofEverybody;
      const real = prepared.evaluateWithPairs
        ? await prepared.evaluateWithPairs(set, evaluating)
        : { estimates: await prepared.evaluate(set, evaluating), pairs: [] };
      const found = replicates
        ? { ...real, estimates: await replicates.addTo(real.estimates, prepared, inside) }
        : real;
      if (!flags.pairs || found.pairs.length > 0) return found;
      return { ...found, pairs: await pairsBy(prepared, own, set, inside) };
    };
    const phase = run.progress.phase('methods', { total: methods.length, unit: 'methods' });
    const estimates: Estimate[] = [];
    const pairs: TraitPair[] = [];
    const problems: HeredityError[] = [];
    for (const { facts: own, method } of methods) {
      const share = replicates ? undefined : method.preparing?.(data, flags.optionsOf(own.name));
      const inside = phase.phase(own.title, { weight: 1, ...(share !== undefined && { total: 1 }) });
      try {
        const earlier = flags.checkpoint?.recall(own.name);
        const found = earlier ?? (await foundBy(own, method, partOf(run, inside), share));
        if (!earlier) await flags.checkpoint?.remember({ id: own.name, ...found });
        replicates?.levelsFrom(found.estimates);
        estimates.push(...found.estimates);
        pairs.push(...found.pairs);
      } catch (error) {
        if (!isOfOneMethod(error) || methods.length === 1) throw error;
        problems.push(error);
        for (const { name } of ofEverybody.facts) {
          const estimand = estimandOf(own.name, { reference: null, regression: null, heritability: null });
          estimates.push(
            failedEstimate(name, own.name, samples, estimand, error.problem, error.details.fix ?? null),
          );
        }
        if (flags.pairs)
          pairs.push(...noPairs(own.name, ofEverybody.facts, error.problem, error.details.fix ?? null));
      }
      inside.end();
      if (methods.length > 1) await data.pool.giveBackUnused();
    }
    phase.end();
    if (problems.length === methods.length) throw problems[0];
    return { estimates, pairs, warnings };
  } finally {
    data.close();
  }
}

/** The traits of the people of a dataset, whose design is there already; with `kept`, of some of them, less those that cannot be analysed there. */
function traitsOf(
  data: Dataset,
  all: readonly RunTrait[],
  flags: MethodsRun,
  design: Design | undefined,
  kept?: Int32Array,
  run?: RecordedRun,
): CohortTraits {
  let traits = all;
  let people: ConstructorParameters<typeof CohortTraits>[3];
  if (kept && run) {
    const covariates = keepPeople(data.covariates, kept);
    traits = leaveOutFailing(keepPeople(all, kept), covariates, kept.length, run);
    people = { covariates, samples: kept.length, seed: data.seed };
  }
  const shares = readCaseShares(flags, traits);
  const facts = traits.map((trait, t) => traitFacts(trait, t, shares));
  return new CohortTraits(data, traits, facts, people, design);
}

/** All pairs by a method; pairs that say so where it has none. */
async function pairsBy(
  prepared: PreparedMethod,
  { name, title }: MethodFacts,
  traits: TraitSet,
  run: RunContext,
): Promise<readonly TraitPair[]> {
  if (prepared.pairs) return prepared.pairs(traits, run);
  return noPairs(
    name,
    traits.facts,
    `${title} estimates no genetic correlation`,
    'take another method for it',
  );
}

function noPairs(
  method: string,
  facts: readonly TraitFacts[],
  problem: string,
  fix: string | null,
): TraitPair[] {
  return facts.flatMap((first, a) =>
    facts.slice(a + 1).map((second) => failedPair([first.name, second.name], method, problem, fix)),
  );
}
