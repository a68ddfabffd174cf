import { defineBlocks } from '../cohort/blocks.js';
import type { OpenCohort } from '../cohort/cohort.js';
import { cohortPlan } from '../cohort/cohort-plan.js';
import { formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { together, type Work } from '../kernels/rates.js';
import { largest } from '../linalg/extremes.js';
import { tiledLowerBytes } from '../linalg/tiled-lower.js';
import { plannedChoice } from '../methods/gre/plan.js';
import type { Plan, WorkStep } from '../plan.js';
import { LossTable, type Provenance } from '../provenance.js';
import type { StudyEstimator } from './estimator.js';
import { describeArchitecture, type Grid } from './grids.js';
import { REPLICATES_PER_BATCH } from './run.js';

/** Numbers that a person's part of a simulated trait touches. */
const LOOPS_PER_VALUE = 50;

/** What a study is of, beside genotypes and cells. */
interface StudyWork {
  readonly blocks: string;
  readonly replicates: number;
  readonly estimators: readonly StudyEstimator[];
  /** Numbers of people, ascending. */
  readonly sizes: readonly number[];
}

/**
 * Bytes that a study holds beside genotypes: the factored LD of all blocks, where an estimator is GRE, and the traits of a batch.
 * @param orders variants of each block. @param people most of any size.
 */
export function studyMemory(
  orders: readonly number[],
  replicates: number,
  people: number,
  estimators: readonly Pick<StudyEstimator, 'name'>[],
): { readonly factor: number; readonly vectors: number } {
  const batch = Math.min(replicates, REPLICATES_PER_BATCH);
  const variants = orders.reduce((sum, p) => sum + p, 0);
  const isFactored = estimators.some(({ name }) => name.startsWith('gre'));
  return {
    factor: isFactored ? orders.reduce((sum, p) => sum + tiledLowerBytes(p), 0) : 0,
    vectors: batch * (28 * people + 24 * variants),
  };
}

/** A step for the LD of each number of people, and one for each cell: simulation and GRE. Reads tables, no genotypes. */
export async function studyPlan(
  open: OpenCohort,
  { name, cells }: Grid,
  { blocks: choice, replicates, estimators, sizes }: StudyWork,
  provenance: Provenance,
): Promise<Plan> {
  const { variants } = open;
  const table = open.fileset.variants;
  const planned = plannedChoice(choice, open, sizes[0]);
  const blocks = await defineBlocks(planned, table, variants, new LossTable(table.count), provenance);
  const orders = blocks.map((block) => block.variants.length);
  const most = largest(sizes);
  const { factor, vectors } = studyMemory(orders, replicates, most, estimators);
  const held = {
    genotypes: packedStride(most) * (variants.length + (orders.length > 1 ? largest(orders) : 0)),
    factor,
  };
  const factoring = (people: number): Work => ({
    pairs: orders.reduce((sum, p) => sum + (p * p * people) / 2, 0),
    dense: orders.reduce((sum, p) => sum + p ** 3 / 3, 0),
  });
  const perCell = (people: number): Work => ({
    products: replicates * (2 * people * variants.length + orders.reduce((sum, p) => sum + p * p, 0)),
    loops: replicates * people * LOOPS_PER_VALUE,
  });
  const steps: WorkStep[] = [
    {
      name: 'LD of blocks',
      variants: variants.length,
      memory: held,
      work: together(...sizes.map(factoring)),
    },
    ...cells.map((cell) => ({
      name: cell.id,
      how: `h² ${cell.h2}, ${describeArchitecture(cell)}`,
      memory: { ...held, vectors },
      work: together(...sizes.map(perCell)),
    })),
  ];
  const about = [
    `Grid ${name}: ${formatCount(cells.length)} cells, ${formatCount(replicates)} replicates each, on ${formatCount(variants.length)} variants in ${formatCount(blocks.length)} blocks and ${sizes.map(formatCount).join('; ')} people`,
    `Estimators: ${estimators.map(({ title }) => title).join('; ')}`,
  ];
  return {
    ...cohortPlan(open, { passes: 2, steps, about }),
    notes: [
      'Memory and time are those of simulation and GRE; other estimators come on top.',
      ...(planned === choice ? [] : [`Blocks are chosen by the LD of the genotypes; planned as ${planned}.`]),
    ],
  };
}
