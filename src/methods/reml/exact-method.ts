import { groupBasis } from '../../association/design.js';
import { chosenPartition } from '../../cohort/components.js';
import type { ToldRun } from '../../cohort/counted-variants.js';
import type { Dataset } from '../../cohort/dataset.js';
import { ldakWeightsOf, ldakWeightsStep } from '../../cohort/dataset-ld.js';
import { ADDITIVE_DOMINANCE, tellDominance } from '../../cohort/dominance-flag.js';
import { type PartitionFlags, partitionVariants } from '../../cohort/partition.js';
import {
  matricesOf,
  type NamedMatrix,
  named,
  unrelatedPeople,
  withRelatives,
} from '../../cohort/relationship-matrices.js';
import { modelOf, type RelationshipFlags, relationshipModel } from '../../cohort/relationship-model.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { HeredityError } from '../../errors.js';
import type { Estimand } from '../../estimate/estimate.js';
import { DOMINANCE } from '../../estimators/components.js';
import { sampleVariance } from '../../estimators/people.js';
import { REML_DEFAULTS } from '../../estimators/reml/iteration.js';
import { remlOneGrm } from '../../estimators/reml/one-grm.js';
import { estimateOf, hasFailed, type RemlResult, residualLikelihood } from '../../estimators/reml/reml.js';
import { HERITABILITY_MODELS } from '../../genotypes/heritability-model.js';
import { symmetricSubmatrix } from '../../linalg/symmetric-tiled.js';
import type { TiledLower } from '../../linalg/tiled-lower.js';
import type { FlagSet, FlagValues } from '../../options/flags.js';
import { termBytes } from '../../plan.js';
import { weighing } from '../../progress.js';
import { type RelationshipModel, relationshipMatrix } from '../../relatedness/grm.js';
import { partOf, type RunContext } from '../../run.js';
import { methodTitle } from '../facts.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { remlEstimand, remlNatives } from './answer.js';
import { remlEstimate } from './estimate.js';
import { type FitFlags, fitExactly, isConstrained } from './exact.js';
import type { RemlName } from './flags.js';
import { inLdakConventions } from './ldak.js';
import { exactMemory } from './memory.js';
import { gremlOptions, ldakOptions, ldmsOptions } from './options.js';
import { remlPairs } from './pairs.js';
import { planExact, relationshipShare } from './plan.js';
import { rotate, rotated } from './rotated.js';

/** Exact REML with relationship matrices, of all variants or of parts, by GCTA's conventions (METHODS 5). */
export const greml = exactMethod('greml', gremlOptions);

/** GREML-LDMS-I: a matrix each stratum of frequency and LD (METHODS 5.4). */
export const ldms = exactMethod('ldms', ldmsOptions);

/** REML with LDAK's kinships (METHODS 8.3): LDAK weights, alpha -0.25, and the mean diagonal in the heritability. */
export const ldakReml = exactMethod('ldak-reml', ldakOptions);

/** What the options of every exact method have in common; a way of dividing variants that one does not have is undefined. */
export type ExactFlags = RelationshipFlags &
  FitFlags &
  PartitionFlags & {
    readonly grmCutoff: number | undefined;
    readonly partition?: string | undefined;
    readonly ldms?: boolean;
    readonly mafBins?: number | undefined;
    readonly annot?: string | undefined;
    readonly thinAnnot?: boolean;
    readonly dominance?: boolean;
    readonly bK?: number | undefined;
  };

type ExactName = Extract<RemlName, 'greml' | 'ldms' | 'ldak-reml'>;

function exactMethod<const F extends FlagSet>(name: ExactName, options: F) {
  return defineMethod({
    options,
    people: 'listed',
    genotypeShare: () => 0,
    // of parts it is known only later how many there are
    memory: ({ people, listed }, values) =>
      termBytes(
        exactMemory(people, matrixCount(1, values as unknown as ExactFlags), Math.max(people, listed)),
      ),
    natives: remlNatives(name),
    plan: async (work, values: FlagValues<F>, run) => {
      const flags = values as unknown as ExactFlags;
      const plan = await planExact(partitionOf(name, flags), flags, work, run);
      if (!computesWeights(name, flags)) return plan;
      const weights = ldakWeightsStep(work.open, { people: work.sizes.listed, threads: work.threads });
      return { ...plan, preparing: [weights, ...(plan.preparing ?? [])], passes: plan.passes + 1 };
    },
    preparing: (data, values) => preparing(name, data, values as unknown as ExactFlags),
    prepare: (data, values: FlagValues<F>, run) => prepare(name, data, values as unknown as ExactFlags, run),
  });
}

/** Of one matrix alone: what others need beside them takes as long as it takes. */
function preparing(method: ExactName, data: Dataset, flags: ExactFlags): number | undefined {
  const { genotypes, samples, manyTraits } = data;
  const isOne = partitionOf(method, flags) === undefined && !flags.dominance && flags.bK === undefined;
  if (method !== 'greml' || !isOne || manyTraits) return undefined;
  return relationshipShare(genotypes.samples, samples, genotypes.count);
}

/** Matrices of so many parts of the variants, with those of dominance and of relatives. */
const matrixCount = (parts: number, { dominance, bK }: ExactFlags): number =>
  parts + Number(dominance ?? false) + Number(bK !== undefined);

/** How variants are divided, as {@link partitionVariants} takes it; undefined for one matrix of all. */
function partitionOf(name: ExactName, flags: ExactFlags): string | undefined {
  const partition = chosenPartition(flags);
  if (name === 'ldms') return 'maf-ld';
  if (name === 'greml' && partition === 'maf-ld')
    throw new HeredityError('usage', 'strata of frequency and LD are the method ldms', {
      fix: 'run that, or "heredity reml --ldms"',
    });
  return partition;
}

async function prepare(
  method: ExactName,
  data: Dataset,
  flags: ExactFlags,
  run: RunContext,
): Promise<PreparedMethod> {
  const told = data.told(run);
  const partition = partitionOf(method, flags);
  const model = await modelOfRun(method, data, flags, run);
  const parts =
    partition === undefined
      ? [{ id: 'G', variants: data.genotypes.variants }]
      : await partitionVariants(partition, data.counted, flags, told);
  const variants = parts.reduce((sum, own) => sum + own.variants.length, 0);
  const estimand = remlEstimand(method, flags, parts.length, variants);
  const count = matrixCount(parts.length, flags);
  const isAlone = count === 1;
  if (data.manyTraits && isAlone) return reducedOnce(method, data, model, estimand, flags, run);
  const order = Math.max(data.samples, data.genotypes.samples);
  const needed = termBytes(exactMemory(data.samples, count, order));
  const matricesOfRun = count === 1 ? 'a matrix' : `${count} matrices`;
  data.counted.requireMemory?.(`${methodTitle(method)} with ${matricesOfRun}`, needed);
  const all = await matrices(data, parts, model, run);
  if (flags.dominance) all.push(await dominanceMatrix(data, parts, model, told));
  const kept =
    flags.grmCutoff === undefined ? undefined : unrelatedPeople(all[0].matrix, flags.grmCutoff, told);
  const own = withRelatives(kept ? matricesOf(all, kept) : all, flags.bK, told);
  const related = { method, estimand, pool: data.pool, matrices: own };
  return {
    kept,
    evaluate: (traits, own) => fitExactly(related, traits, flags, own),
    ...(method === 'greml' &&
      related.matrices.length === 1 && {
        pairs: (traits: TraitSet, own: RunContext) =>
          remlPairs(data.pool, related.matrices[0].matrix, traits, flags.remlMaxit, own),
      }),
  };
}

/** Whether LDAK's weights are computed, as its method is given none. */
const computesWeights = (method: ExactName, { weights, model }: ExactFlags): boolean =>
  method === 'ldak-reml' && weights === undefined && HERITABILITY_MODELS[model].weights === 'ldak';

/** The heritability model with weights by position in the file. */
async function modelOfRun(
  method: ExactName,
  data: Dataset,
  flags: ExactFlags,
  run: RunContext,
): Promise<RelationshipModel> {
  const { bim, genotypes } = data;
  if (!computesWeights(method, flags)) return relationshipModel(flags, bim.id, data.told(run).provenance);
  const weights = new Float64Array(bim.count);
  for (const [k, weight] of (await ldakWeightsOf(data, run)).entries())
    weights[genotypes.variants[k]] = weight;
  return { power: flags.power ?? HERITABILITY_MODELS[flags.model].power, missing: flags.missing, weights };
}

/** A matrix each part of the variants, made of everybody's genotypes, among the people with traits. */
async function matrices(
  data: Dataset,
  parts: readonly { readonly id: string; readonly variants: Int32Array }[],
  model: RelationshipModel,
  run: RunContext,
): Promise<NamedMatrix[]> {
  const phase = run.progress.phase('relationships', { total: parts.length });
  const made: NamedMatrix[] = [];
  for (const { id, variants } of parts) {
    const genotypes = await data.counted.genotypes({ memory: 0 }, variants);
    const { matrix, total } = await relationshipMatrix(
      genotypes,
      modelOf(model, variants),
      partOf(run, weighing(phase, 1)),
    );
    genotypes.close();
    made.push(named(id, withTraits(data, matrix), variants.length, total));
  }
  phase.end();
  return made;
}

/** The matrix of dominance of the variants of all parts (GCTA's --make-grm-d). */
async function dominanceMatrix(
  data: Dataset,
  parts: readonly { readonly variants: Int32Array }[],
  model: RelationshipModel,
  run: ToldRun,
): Promise<NamedMatrix> {
  const variants = Int32Array.from(parts.flatMap((part) => [...part.variants])).sort();
  const alleles = await data.counted.genotypes({ memory: 0 }, variants);
  const genotypes = alleles.dominance();
  tellDominance(genotypes, ADDITIVE_DOMINANCE, run);
  const { matrix, total } = await relationshipMatrix(genotypes, modelOf(model, variants), run);
  alleles.close();
  return { ...named(DOMINANCE, withTraits(data, matrix), variants.length, total), role: 'dominance' };
}

/** The matrix of the people with traits. */
function withTraits({ within }: Dataset, matrix: TiledLower): TiledLower {
  const isWhole = within === undefined || within.length === matrix.order;
  return isWhole ? matrix : symmetricSubmatrix(matrix, within);
}

/** For many traits of everybody: the matrix is reduced once, and with what reduces it later traits are rotated. */
async function reducedOnce(
  method: ExactName,
  data: Dataset,
  relationships: RelationshipModel,
  estimand: Estimand,
  flags: ExactFlags,
  run: RunContext,
): Promise<PreparedMethod> {
  const grm = await rotate(data, modelOf(relationships, data.genotypes.variants), run);
  const { samples } = data;
  const basis = groupBasis(data.design, data.design.groups[0]).map((q) => q.subarray(0, samples));
  const x = await rotated(data, grm, basis);
  const { scale, size } = grm;
  const model = {
    method,
    estimand,
    components: [{ name: 'G', variants: data.genotypes.count, size, scale }],
    covariates: data.covariates.map(({ name }) => name),
  };
  const options = {
    ...REML_DEFAULTS,
    algorithm: flags.remlAlg,
    constrain: isConstrained(method, flags),
    maxIterations: flags.remlMaxit,
  };
  return {
    async evaluate(traits) {
      const values = traits.traitValues();
      const count = values.length;
      const all = await rotated(data, grm, values);
      const own = values.map((_, c) => Float64Array.from({ length: samples }, (_, i) => all[i * count + c]));
      const reduced = { band: grm.band, x, columns: basis.length, traits: own };
      const fits = await remlOneGrm(data.pool, reduced, values.map(sampleVariance), options);
      return fits.map(({ fit, failure, iterations }, t) => {
        const result: RemlResult = fit
          ? // without log|X'X|, which the columns as they are would add to both likelihoods
            estimateOf(fit, ['G'], samples, basis.length, residualLikelihood(values[t], basis), 1, 0)
          : { n: samples, failure: failure!, iterations };
        const isPlain = method !== 'ldak-reml' || hasFailed(result);
        return remlEstimate(traits.facts[t], isPlain ? result : inLdakConventions(result, [scale]), model);
      });
    },
  };
}
