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
  const batch = Math.min(replicates, REPLICATES_PER_BATCH);
  const most = largest(sizes);
  const held = {
    genotypes: packedStride(most) * (variants.length + (orders.length > 1 ? largest(orders) : 0)),
    factor: orders.reduce((sum, p) => sum + tiledLowerBytes(p), 0),
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
      memory: { ...held, vectors: 28 * batch * most + 24 * batch * variants.length },
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
