import { type PartitionFlags, partCount } from '../../cohort/partition.js';
import { type MatrixFileFlags, openMatrixFiles } from '../../cohort/relationship-matrices.js';
import { formatCount } from '../../estimate/number.js';
import { manyGrmsBytes } from '../../estimators/reml/many-grms.js';
import type { Plan, PlanStep } from '../../plan.js';
import { relationshipBytes } from '../../relatedness/grm.js';
import type { RecordedRun } from '../../run.js';
import type { MethodPlan, PlannedWork } from '../method.js';

/** Seconds of one thread for so many operations, measured on a core with AVX-512. */
const MULTIPLY_ADDS_PER_SECOND = { relationships: 4e10, reduction: 1.6e10, iteration: 3e10 };
/** Iterations of a fit, and of the one without the tested components. */
const ITERATIONS = 30;

/** Seconds of one thread for a relationship matrix. */
const relationshipSeconds = (people: number, variants: number): number =>
  (people ** 2 * variants) / 2 / MULTIPLY_ADDS_PER_SECOND.relationships;

/** Seconds of one thread for the variance components, which no number of traits with one matrix makes more. */
const fitSeconds = (people: number, matrices: number, traits: number): number =>
  matrices === 1
    ? ((2 / 3) * people ** 3) / MULTIPLY_ADDS_PER_SECOND.reduction
    : (traits * ITERATIONS * people ** 3) / MULTIPLY_ADDS_PER_SECOND.iteration;

/** The share of the time that relationships take, where one matrix of all variants is made and reduced. */
export function relationshipShare(listed: number, people: number, variants: number): number {
  const making = relationshipSeconds(listed, variants);
  return making / (making + fitSeconds(people, 1, 1));
}

/** Exact REML with matrices that are made from genotypes. */
export async function planExact(
  partition: string | undefined,
  flags: PartitionFlags & { readonly dominance?: boolean; readonly bK?: number | undefined },
  { open, threads }: PlannedWork,
  run: RecordedRun,
): Promise<MethodPlan> {
  const [people, listed, variants] = [open.people.count, open.listed.count, open.variants.length];
  const parts = partition === undefined ? 1 : await partCount(partition, open, flags, run);
  const matrices = parts + Number(flags.dominance ?? false) + Number(flags.bK !== undefined);
  const computesScores = partition === 'maf-ld' && flags.ldScores === undefined;
  const relationships = {
    name: 'relationships',
    variants,
    memory: { matrices: matrices * relationshipBytes(listed, false) },
    seconds: relationshipSeconds(listed, variants) / threads,
  };
  const fit = fitStep(people, matrices, open.traits.length, Math.max(people, listed), threads);
  return { steps: [relationships, fit], passes: 1 + Number(computesScores) };
}

/** The same with matrices from files; nothing but their lists of people is read. */
export async function planOfFiles(flags: MatrixFileFlags, run: RecordedRun): Promise<Plan> {
  const { files, mask, traits } = await openMatrixFiles(flags, run);
  const people = mask.count;
  const count = files.length;
  return {
    about: [
      `${formatCount(people)} people, ${traits.length} traits, ${count === 1 ? 'one matrix' : `${count} matrices`}; no genotypes are read`,
    ],
    steps: [fitStep(people, count, traits.length, people, flags.threads)],
  };
}

/** @param order people of the matrices as they are held. */
function fitStep(people: number, matrices: number, traits: number, order: number, threads: number): PlanStep {
  return {
    name: 'variance components',
    memory: {
      matrices: matrices * relationshipBytes(order, false),
      factor: matrices === 1 ? relationshipBytes(people, false) : manyGrmsBytes(people),
    },
    seconds: fitSeconds(people, matrices, traits) / threads,
  };
}
