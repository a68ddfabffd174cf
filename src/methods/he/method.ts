import {
  type ComponentFlags,
  chosenPartition,
  componentCount,
  defineComponents,
  knownComponentCount,
} from '../../cohort/components.js';
import type { Dataset } from '../../cohort/dataset.js';
import { NO_DOMINANCE, tellDominance } from '../../cohort/dominance-flag.js';
import { partitionWork } from '../../cohort/partition.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { HeredityError } from '../../errors.js';
import { componentCounts, dominanceBeside } from '../../estimators/components.js';
import { MOST_WITH_THEORY, randomisedHeWork, theoryBytes } from '../../estimators/he/cost.js';
import { doubledJackknifeBlocks, equalJackknifeBlocks } from '../../estimators/he/data.js';
import { HE_DEFAULTS, randomisedHe } from '../../estimators/he/randomised.js';
import type { VariantSource } from '../../genotypes/store.js';
import { together } from '../../kernels/rates.js';
import type { FlagSet, FlagValues } from '../../options/flags.js';
import { genotypesIn } from '../../plan.js';
import type { RecordedRun, RunContext } from '../../run.js';
import {
  defineMethod,
  type MethodPlan,
  type PlannedWork,
  type PreparedMethod,
  type WorkSizes,
} from '../method.js';
import { type HeName, heEstimate } from './estimate.js';
import { withLiability } from './liability.js';
import { type HeOptions, heLdmsOptions, heOptions } from './options.js';
import { hePairs } from './rg.js';

/** Bytes of a person for each random vector, and for each trait and covariate column: vectors, their products, and what is projected. */
const RANDOM_BYTES = 36;
const COLUMN_BYTES = 24;

/** Randomised Haseman-Elston regression, by component where variants are divided; errors from the jackknife over variants. */
export const he = heMethod('he', heOptions, (options) => options);

/**
 * The same by strata of frequency and LD, and with them how what a variant explains goes with either: what `heredity h2` goes by to say
 * which assumption the data speak against.
 */
export const heLdms = heMethod('he-ldms', heLdmsOptions, (options) => ({
  ...UNDIVIDED,
  ...options,
  ldms: true,
}));

const UNDIVIDED = { partition: undefined, mafBins: undefined, annot: undefined, thinAnnot: false };

type RandomisedOptions = Pick<HeOptions, 'vectors' | 'jackknifeBlocks' | 'exactTraces' | 'dominance'>;

/** @param divisionOf how its options divide the variants. */
function heMethod<const F extends FlagSet>(
  name: HeName,
  options: F,
  divisionOf: (values: FlagValues<F>) => ComponentFlags,
) {
  return defineMethod({
    options,
    genotypeShare: (values, source) => genotypeShare(values as unknown as RandomisedOptions, source),
    memory: (work, values: FlagValues<F>) =>
      randomisedMemory(work, values as unknown as RandomisedOptions, divisionOf(values)),
    plan: (work, values: FlagValues<F>, run) =>
      randomisedPlan(work, values as unknown as RandomisedOptions, divisionOf(values), run),
    prepare: (data, values: FlagValues<F>, run) =>
      prepare(name, data, values as unknown as RandomisedOptions, divisionOf(values), run),
  });
}

/**
 * Packed rows of a file are read again for each of the two passes, from what the system keeps of it: that costs no more than the
 * first touch of so much memory, and a tenth where a virtual machine has to ask for it. What has to be decoded is held, and all of it
 * for exact traces.
 */
const genotypeShare = (
  { exactTraces }: Pick<RandomisedOptions, 'exactTraces'>,
  { anyStride = false }: Pick<VariantSource, 'anyStride'>,
): number => Number(exactTraces || anyStride);

function randomisedMemory(
  { people, groups, traits, columns }: WorkSizes,
  { vectors, exactTraces, dominance }: RandomisedOptions,
  division: ComponentFlags,
) {
  const twice = dominance ? 2 : 1;
  const known = knownComponentCount(division);
  const components = known === undefined ? MOST_WITH_THEORY : twice * known;
  const random = exactTraces ? 0 : RANDOM_BYTES * vectors * groups;
  return (
    people * (random + COLUMN_BYTES * (traits + columns * groups)) +
    theoryBytes({ people, traits }, components)
  );
}

async function randomisedPlan(
  { open, packed, memory, own, sizes }: PlannedWork,
  { exactTraces: exact, vectors, jackknifeBlocks, dominance }: RandomisedOptions,
  division: ComponentFlags,
  run: RecordedRun,
): Promise<MethodPlan> {
  const { fileset } = open;
  const room = (memory - own) * genotypeShare({ exactTraces: exact }, fileset.dosages ?? fileset.source);
  const { people, variants, traits, groups, columns } = sizes;
  const twice = dominance ? 2 : 1;
  const components = twice * (await componentCount(division, open, run));
  const work = randomisedHeWork({
    ...{ people, variants: twice * variants, traits, groups, columns },
    ...{ components, vectors, jackknifeBlocks, exact },
  });
  const step = {
    name: exact ? 'exact traces' : 'random traces',
    variants,
    how: packed <= room ? 'in memory' : 'streamed',
    memory: { ...genotypesIn(packed, room), vectors: own },
    work: together(work, partitionWork(chosenPartition(division), open, division)),
  };
  return { steps: [step], passes: packed <= room ? 1 : 2 };
}

async function prepare(
  name: HeName,
  data: Dataset,
  options: RandomisedOptions,
  division: ComponentFlags,
  run: RunContext,
): Promise<PreparedMethod> {
  const told = data.told(run);
  const additive = await defineComponents(division, data.counted, told);
  const { variants } = additive;
  const alleles = await data.genotypesOf(variants);
  const ofAlleles = equalJackknifeBlocks(variants.length, options.jackknifeBlocks);
  const dominant = options.dominance ? alleles.dominance() : undefined;
  if (dominant) tellDominance(dominant, NO_DOMINANCE, told);
  const components = dominant
    ? dominanceBeside(additive.components, (v) => dominant.statistics.isConstant(v))
    : additive.components;
  const genotypes = dominant ? alleles.withDominance() : alleles;
  const jackknife = dominant ? doubledJackknifeBlocks(ofAlleles) : ofAlleles;
  const counts = componentCounts(components);
  const { vectors, exactTraces: exact } = options;
  const shared = { ...HE_DEFAULTS, vectors, exact, seed: data.seed };
  return {
    async evaluate(traits, own) {
      if (dominant && traits.facts.some(({ cases }) => cases !== undefined && cases !== null))
        throw new HeredityError('usage', '--prevalence has no dominance: PCGC is of additive liability', {
          fix: 'leave out --prevalence or --dominance',
        });
      const settings = { ...shared, seed: traits.seed ?? data.seed };
      const design = await traits.design();
      const found = await randomisedHe({ genotypes, design, components, jackknife }, settings, own);
      const estimates = traits.facts.map((facts, t) =>
        heEstimate(facts, found[t], variants.length, counts, name),
      );
      return dominant
        ? estimates
        : withLiability(estimates, traits, { genotypes, design, components }, settings);
    },
    ...(components.names.length === 1 && {
      pairs: (traits: TraitSet, own: RunContext) =>
        hePairs({ genotypes, components, jackknife }, traits, shared, own),
    }),
  };
}
