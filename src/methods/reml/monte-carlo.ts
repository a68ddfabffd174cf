import { createDesign } from '../../association/design.js';
import { readCaseShares } from '../../cohort/case-shares.js';
import { type CohortFlags, countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { defineComponents } from '../../cohort/components.js';
import { warnOfDependentCovariates } from '../../cohort/dependent-covariates.js';
import { modelOf, relationshipModel } from '../../cohort/relationship-model.js';
import { HeredityError } from '../../errors.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import type { GeneticComponents } from '../../estimators/components.js';
import { monteCarloReml } from '../../estimators/reml/monte-carlo/monte-carlo-reml.js';
import { MONTE_CARLO_DEFAULTS } from '../../estimators/reml/monte-carlo/options.js';
import { expectedHeritability } from '../../genotypes/heritability-model.js';
import { expectedStandardised } from '../../genotypes/standardise.js';
import { packedStride } from '../../kernels/kernels.js';
import { toSharedFloat64 } from '../../kernels/memory.js';
import type { RecordedRun } from '../../run.js';
import { hsqPrefixes, type RemlAnswer, remlAnswer, remlEstimand } from './answer.js';
import { describeComponents } from './components.js';
import { type RemlFlags, remlMethod } from './flags.js';

type MonteCarloFlags = RemlFlags & CohortFlags;

/** What a run would take, from the lists of samples and variants alone. */
export async function planMonteCarloReml(flags: MonteCarloFlags, context: RecordedRun): Promise<string> {
  const open = await openCohort(flags, context, false);
  try {
    return plan(open, flags);
  } finally {
    await open.close();
  }
}

/**
 * REML of every trait from the genotypes themselves, relationship matrices known only by their products.
 * @throws HeredityError for everything that the user can repair.
 */
export async function runMonteCarloReml(flags: MonteCarloFlags, context: RecordedRun): Promise<RemlAnswer> {
  const method = remlMethod(flags);
  const open = await openCohort(flags, context, false);
  try {
    readCaseShares(flags, open.traits); // refuses what is wrong before any work
    hsqPrefixes(flags.out, method, open.traits); // refuses names that clash, before anything is computed
    const cohort = await countCohort(open, flags, context);
    const shares = readCaseShares(flags, cohort.traits);
    const model = await relationshipModel(flags, open.fileset.variants.id, context.provenance);
    const parts = await defineComponents(flags, cohort, context);
    const { variants } = parts;
    if (flags.remlNoConstrain && parts.components.names.length > 1)
      throw new HeredityError('usage', '--reml-no-constrain is for one component with --method monte-carlo', {
        fix: 'leave it out, or use --method exact',
      });
    const statistics = cohort.statistics(variants);
    const expected = expectedHeritability(statistics, model.power, modelOf(model, variants).weights);
    const components = scaleWeights(parts.components, expected);
    const design = createDesign(cohort.traits, cohort.covariates, cohort.people.count);
    warnOfDependentCovariates(design, context);
    const genotypes = await cohort.genotypes(
      { memory: flags.memory, standardise: expectedStandardised },
      variants,
    );
    const { oneComponent } = MONTE_CARLO_DEFAULTS;
    const estimates = await monteCarloReml(
      { genotypes, design, components },
      {
        vectors: flags.vectors,
        seed: flags.seed,
        oneComponent: { ...oneComponent, constrain: !flags.remlNoConstrain },
      },
      context,
    );
    const described = {
      estimand: remlEstimand(method, flags, components.names.length, variants.length),
      components: describeComponents(components, statistics, genotypes.table.scale),
      covariates: cohort.covariates.map(({ name }) => name),
    };
    const people = { traits: cohort.traits, people: cohort.people.count };
    return remlAnswer({ ...flags, ldak: false }, method, described, people, estimates, shares, estimates);
  } finally {
    await open.close();
  }
}

/** Components in which each variant counts by the heritability model: K_k = sum_j a_jk e_j x_j x_j' / sum_j a_jk e_j. */
function scaleWeights({ names, weights }: GeneticComponents, expected: Float64Array): GeneticComponents {
  const scaled = toSharedFloat64(weights);
  for (let at = 0; at < scaled.length; at++) scaled[at] *= expected[Math.floor(at / names.length)];
  return { names, weights: scaled };
}

function plan(open: OpenCohort, flags: MonteCarloFlags): string {
  const people = open.people.count;
  const packed = packedStride(people) * open.variants.length;
  const groups = createDesign(open.traits, open.covariates, people).groups.length;
  return [
    `${formatCount(people)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits in ${groups} groups of people`,
    `genotypes ${formatBytes(packed)}, ${packed <= flags.memory ? 'in memory' : 'read again at each step'}; ${flags.vectors * groups} random vectors, ${flags.threads} threads`,
  ].join('\n');
}
