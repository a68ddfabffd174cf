import { type PartitionFlags, partCount, partitionWork } from '../../cohort/partition.js';
import { type MatrixFileFlags, openMatrixFiles } from '../../cohort/relationship-matrices.js';
import { formatCount } from '../../estimate/number.js';
import { loadKernels } from '../../kernels/load.js';
import { ratesOf, STANDARD_RATES, secondsOf, together, type Work } from '../../kernels/rates.js';
import { type Plan, timed, type WorkStep } from '../../plan.js';
import { relationshipBytes, relationshipWork } from '../../relatedness/grm.js';
import type { RecordedRun } from '../../run.js';
import type { MethodPlan, PlannedWork } from '../method.js';
import { exactMemory } from './memory.js';

/** Iterations of a fit, and of the one without the tested components. */
const ITERATIONS = 30;

/** The variance components, which no number of traits with one matrix makes more. */
const fitWork = (people: number, matrices: number, traits: number): Work => ({
  dense: matrices === 1 ? (2 / 3) * people ** 3 : (traits * ITERATIONS * people ** 3) / 2,
});

/** The share of the time that relationships take, where one matrix of all variants is made and reduced. */
export function relationshipShare(listed: number, people: number, variants: number): number {
  const making = secondsOf(relationshipWork(listed, variants), STANDARD_RATES, 1);
  return making / (making + secondsOf(fitWork(people, 1, 1), STANDARD_RATES, 1));
}

/** Exact REML with matrices that are made from genotypes. */
export async function planExact(
  partition: string | undefined,
  flags: PartitionFlags & { readonly dominance?: boolean; readonly bK?: number | undefined },
  { open, sizes }: PlannedWork,
  run: RecordedRun,
): Promise<MethodPlan> {
  const { people, listed, variants, traits } = sizes;
  const parts = partition === undefined ? 1 : await partCount(partition, open, flags, run);
  const matrices = parts + Number(flags.dominance ?? false) + Number(flags.bK !== undefined);
  const computesScores = partition === 'maf-ld' && flags.ldScores === undefined;
  const relationships = {
    name: 'relationships',
    variants,
    memory: { matrices: matrices * relationshipBytes(listed, false) },
    work: together(relationshipWork(listed, variants), partitionWork(partition, open, flags)),
  };
  const fit = fitStep(people, matrices, traits, Math.max(people, listed));
  return { preparing: [relationships], steps: [fit], passes: 1 + Number(computesScores) };
}

/** The same with matrices from files; nothing but their lists of people is read. */
export async function planOfFiles(flags: MatrixFileFlags, run: RecordedRun): Promise<Plan> {
  const { files, mask, traits } = await openMatrixFiles(flags, run);
  const people = mask.count;
  const count = files.length;
  const rates = ratesOf(loadKernels(flags.backend));
  return {
    about: [
      `${formatCount(people)} people, ${traits.length} traits, ${count === 1 ? 'one matrix' : `${count} matrices`}; no genotypes are read`,
    ],
    steps: timed([fitStep(people, count, traits.length, people)], rates, flags.threads),
  };
}

/** @param order people of the matrices as they are held. */
function fitStep(people: number, matrices: number, traits: number, order: number): WorkStep {
  return {
    name: 'variance components',
    memory: exactMemory(people, matrices, order),
    work: fitWork(people, matrices, traits),
  };
}
