import { createDesign } from '../../association/design.js';
import { modelOf, relationshipModel } from '../../cli/grm/grm-flags.js';
import type { RemlFlags } from '../../cli/reml/reml.js';
import { type RandomError, writeRemlOutputs } from '../../cli/reml/reml-output.js';
import { readCaseShares } from '../../cohort/case-shares.js';
import { type CohortFlags, countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { defineComponents } from '../../cohort/components.js';
import { warnOfDependentCovariates } from '../../cohort/dependent-covariates.js';
import { HeredityError } from '../../errors.js';
import { formatBytes, formatCount, significant } from '../../estimate/number.js';
import { componentSizes, type GeneticComponents } from '../../estimators/components.js';
import {
  type MonteCarloRemlEstimate,
  monteCarloReml,
} from '../../estimators/reml/monte-carlo/monte-carlo-reml.js';
import { MONTE_CARLO_DEFAULTS } from '../../estimators/reml/monte-carlo/options.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { expectedHeritability } from '../../genotypes/heritability-model.js';
import { expectedStandardised } from '../../genotypes/standardise.js';
import type { VariantStatistics } from '../../genotypes/statistics.js';
import { packedStride } from '../../kernels/kernels.js';
import { toSharedFloat64 } from '../../kernels/memory.js';
import { defineFlags, integer } from '../../options/flags.js';
import type { RecordedRun } from '../../run.js';

/** Flags of REML without relationship matrices, beside those of exact REML. */
export const monteCarloFlags = defineFlags({
  vectors: integer('random vectors for the traces, with --method monte-carlo', {
    heading: 'Method',
    min: 2,
    max: 10_000,
    default: MONTE_CARLO_DEFAULTS.vectors,
  }),
});

type MonteCarloFlags = RemlFlags & CohortFlags;

/** REML of every trait from the genotypes themselves, relationship matrices known only by their products. */
export async function runMonteCarloReml(flags: MonteCarloFlags, context: RecordedRun): Promise<void> {
  const open = await openCohort(flags, context, false);
  try {
    if (flags.plan) {
      context.log.result(plan(open, flags));
      return;
    }
    readCaseShares(flags, open.traits); // refuses what is wrong before any work
    outputPrefixes(
      flags.out,
      open.traits.map(({ name }) => name),
    ); // refuses names that clash, before anything is computed
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
    const fitted = {
      people: cohort.people.count,
      traits: cohort.traits,
      covariates: cohort.covariates,
      matrices: describeMatrices(components, statistics, genotypes.table.scale),
    };
    const results = estimates.map(({ monteCarloSe: _, converged: __, isAtBound: ___, ...result }) => result);
    const random = estimates.map(randomError);
    await writeRemlOutputs(flags, context, 'Monte Carlo REML', fitted, results, shares, random);
  } finally {
    await open.close();
  }
}

/** Components in which each variant counts by the heritability model: K_k = sum_j a_jk e_j x_j x_j' / sum_j a_jk e_j. */
function scaleWeights({ names, weights }: GeneticComponents, expected: Float64Array): GeneticComponents {
  const scaled = toSharedFloat64(weights);
  for (let at = 0; at < scaled.length; at++) scaled[at]! *= expected[Math.floor(at / names.length)]!;
  return { names, weights: scaled };
}

/** Divisor and mean diagonal of each relationship matrix, over all people of the run. */
function describeMatrices(
  { names, weights }: GeneticComponents,
  statistics: VariantStatistics,
  scale: Float64Array,
): { name: string; size: number; scale: number }[] {
  const sizes = componentSizes({ names, weights });
  return names.map((name, k) => {
    let sum = 0;
    for (let v = 0; v < statistics.variants; v++)
      sum += weights[v * names.length + k]! * statistics.variance(v) * scale[v]! ** 2;
    return { name, size: sizes[k]!, scale: sum / sizes[k]! };
  });
}

/** Random error above this share of the standard error is worth more vectors. */
const TOO_RANDOM = 0.25;

function randomError({
  monteCarloSe,
  se,
  converged,
  iterations,
  isAtBound,
  h2,
}: MonteCarloRemlEstimate): RandomError {
  const warnings: string[] = [];
  if (!converged)
    warnings.push(`the estimate still moved after ${iterations} steps: do not trust its last digits`);
  if (isAtBound && h2 > 0.5)
    warnings.push(
      'the share of variance stands at the end of its range, where the standard error means nothing',
    );
  if (monteCarloSe > TOO_RANDOM * se)
    warnings.push(
      `the random vectors alone move the estimate by ${significant(monteCarloSe, 2)}: use more of them (--vectors)`,
    );
  return { monteCarloSe, converged, warnings };
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
