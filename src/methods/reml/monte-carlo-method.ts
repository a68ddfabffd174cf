import {
  chosenPartition,
  componentCount,
  defineComponents,
  knownComponentCount,
} from '../../cohort/components.js';
import type { Dataset } from '../../cohort/dataset.js';
import { ADDITIVE_DOMINANCE, tellDominance } from '../../cohort/dominance-flag.js';
import { partitionWork } from '../../cohort/partition.js';
import { modelOf, relationshipModel } from '../../cohort/relationship-model.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { HeredityError } from '../../errors.js';
import { dominanceBeside, type GeneticComponents } from '../../estimators/components.js';
import { monteCarloPasses, monteCarloWork } from '../../estimators/reml/monte-carlo/cost.js';
import { monteCarloReml } from '../../estimators/reml/monte-carlo/monte-carlo-reml.js';
import { MONTE_CARLO_DEFAULTS, vectorsFor } from '../../estimators/reml/monte-carlo/options.js';
import { expectedHeritability } from '../../genotypes/heritability-model.js';
import { expectedStandardised } from '../../genotypes/standardise.js';
import { toSharedFloat64 } from '../../kernels/memory.js';
import { together } from '../../kernels/rates.js';
import type { FlagSet, FlagValues } from '../../options/flags.js';
import { genotypesIn } from '../../plan.js';
import type { RecordedRun, RunContext } from '../../run.js';
import { defineMethod, type MethodPlan, type PlannedWork, type PreparedMethod } from '../method.js';
import { remlEstimand, remlEstimates, remlNatives } from './answer.js';
import { describeComponents } from './components.js';
import { remlEstimate } from './estimate.js';
import type { RemlFlags, RemlName } from './flags.js';
import { ldmsMcOptions, remlMcOptions } from './options.js';
import { monteCarloPairs } from './pairs.js';

/** REML by random vectors, matrices known only by their products with the genotypes, after BOLT-REML (METHODS 6). */
export const remlMc = monteCarloMethod('reml-mc', remlMcOptions);

/**
 * The components of GREML-LDMS-I by random vectors: eight matrices of people by people would cost their cube for every trait.
 */
export const ldmsMc = monteCarloMethod('ldms-mc', ldmsMcOptions);

type MonteCarloName = Extract<RemlName, 'reml-mc' | 'ldms-mc'>;

/** What the options of both have in common; a way of dividing variants that one does not have is undefined. */
type MonteCarloFlags = Omit<RemlFlags, 'remlNoConstrain'> & { readonly remlNoConstrain?: boolean };

function monteCarloMethod<const F extends FlagSet>(name: MonteCarloName, options: F) {
  return defineMethod({
    options,
    natives: remlNatives(name),
    memory({ people, groups, traits }, values) {
      const flags = divisionOf(name, values as unknown as MonteCarloFlags);
      const components = (knownComponentCount(flags) ?? 1) * (flags.dominance ? 2 : 1);
      const vectors = flags.vectors ?? vectorsFor(components);
      return COLUMN_BYTES * people * (groups * vectors + traits);
    },
    plan: (work, values, run) => plan(work, divisionOf(name, values as unknown as MonteCarloFlags), run),
    prepare: (data, values: FlagValues<F>, run) =>
      prepare(name, data, values as unknown as MonteCarloFlags, run),
  });
}

/** The same with the division of the method's own. */
const divisionOf = (method: MonteCarloName, flags: MonteCarloFlags): MonteCarloFlags =>
  method === 'ldms-mc' ? { ...flags, ldms: false, partition: 'maf-ld' } : flags;

async function prepare(
  method: MonteCarloName,
  data: Dataset,
  flags: MonteCarloFlags,
  run: RunContext,
): Promise<PreparedMethod> {
  const told = data.told(run);
  const isByStrata = flags.ldms || flags.partition === 'maf-ld';
  if (method === 'reml-mc' && isByStrata)
    throw new HeredityError('usage', 'strata of frequency and LD are the method ldms-mc', {
      fix: 'run that, or "heredity reml --method monte-carlo --ldms"',
    });
  const model = await relationshipModel({ ...flags, missing: 'mean' }, data.bim.id, told.provenance);
  const parts = await defineComponents(divisionOf(method, flags), data.counted, told);
  if (flags.remlNoConstrain && parts.components.names.length > 1)
    throw new HeredityError('usage', '--reml-no-constrain is for one component with --method monte-carlo', {
      fix: 'leave it out, or use --method exact',
    });
  const alleles = await data.genotypesOf(parts.variants);
  const { statistics } = alleles;
  const expected = expectedHeritability(statistics, model.power, modelOf(model, parts.variants).weights);
  if (flags.dominance) tellDominance(alleles.dominance(), ADDITIVE_DOMINANCE, told);
  const components = scaleWeights(
    flags.dominance
      ? dominanceBeside(parts.components, (v) => statistics.isMonomorphic(v))
      : parts.components,
    expected,
  );
  const genotypes = (flags.dominance ? alleles.withDominance() : alleles).view(expectedStandardised);
  const described = {
    method,
    estimand: remlEstimand(method, flags, parts.components.names.length, parts.variants.length),
    components: describeComponents(components, genotypes.statistics, genotypes.table),
    covariates: data.covariates.map(({ name }) => name),
  };
  const options = {
    vectors: flags.vectors ?? vectorsFor(components.names.length),
    oneComponent: { ...MONTE_CARLO_DEFAULTS.oneComponent, constrain: !flags.remlNoConstrain },
  };
  return {
    async evaluate(traits, own) {
      const found = await monteCarloReml(
        { genotypes, design: await traits.design(), components },
        { ...options, seed: traits.seed ?? data.seed },
        own,
      );
      return data.manyTraits
        ? traits.facts.map((facts, t) => remlEstimate(facts, found[t], described, found[t]))
        : remlEstimates(described, traits.facts, found, data.samples, found);
    },
    ...(method === 'reml-mc' &&
      components.names.length === 1 && {
        pairs: (traits: TraitSet, own: RunContext) =>
          monteCarloPairs(
            { genotypes, components },
            traits,
            { ...options, seed: traits.seed ?? data.seed },
            own,
          ),
      }),
  };
}

/** Components in which each variant counts by the heritability model: K_k = sum_j a_jk e_j x_j x_j' / sum_j a_jk e_j. */
function scaleWeights(components: GeneticComponents, expected: Float64Array): GeneticComponents {
  const scaled = toSharedFloat64(components.weights);
  const count = components.names.length;
  // variants come again for their dominance
  for (let at = 0; at < scaled.length; at++) scaled[at] *= expected[Math.floor(at / count) % expected.length];
  return { ...components, weights: scaled };
}

/** Bytes of a person for each random vector and trait: three vectors of the recurrence, products, and those of the run before. */
const COLUMN_BYTES = 40;

async function plan(
  { open, packed, memory, own, sizes }: PlannedWork,
  flags: MonteCarloFlags,
  run: RecordedRun,
): Promise<MethodPlan> {
  const { people, variants, traits, groups, columns } = sizes;
  const twice = flags.dominance ? 2 : 1;
  const components = twice * (await componentCount(flags, open, run));
  const vectors = flags.vectors ?? vectorsFor(components);
  const shape = {
    ...{ people, variants: twice * variants, traits, groups, columns },
    ...{ components, vectors },
  };
  const isResident = packed <= memory - own;
  return {
    steps: [
      {
        name: 'random vectors',
        variants,
        how: isResident ? 'in memory' : 'streamed',
        memory: { ...genotypesIn(packed, memory - own), vectors: own },
        work: together(monteCarloWork(shape), partitionWork(chosenPartition(flags), open, flags)),
      },
    ],
    passes: isResident ? 1 : monteCarloPasses(shape),
    ...(!isResident && { notes: ['The genotypes do not fit in memory and are read again at each step.'] }),
  };
}
