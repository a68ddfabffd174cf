import type { StudyFlags } from '../cli/study/study-run.js';
import { defineBlocks } from '../cohort/blocks.js';
import type { OpenCohort } from '../cohort/cohort.js';
import { formatBytes, formatCount, formatDuration } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { tiledLowerBytes } from '../linalg/tiled-lower.js';
import { LossTable, type Provenance } from '../provenance.js';
import { textTable } from '../report/table.js';
import type { StudyEstimator } from './estimator.js';
import { describeArchitecture, type Grid } from './grids.js';
import { REPLICATES_PER_BATCH } from './run.js';

/** Rates of one thread of the native backend, a second; only for the estimate. */
const PAIRS = 3e11;
const DENSE = 1.5e10;
const PRODUCTS = 4e10;
const VALUES = 2e7;

/** The cells, and what simulating them and GRE would take; reads tables, no genotypes. */
export async function studyPlan(
  open: OpenCohort,
  flags: StudyFlags,
  { name, cells }: Grid,
  estimators: readonly StudyEstimator[],
  sizes: readonly number[],
  provenance: Provenance,
): Promise<string> {
  const { variants } = open;
  const bim = open.fileset.variants;
  const blocks = await defineBlocks(flags.blocks, bim, variants, new LossTable(bim.count), provenance);
  const orders = blocks.map((block) => block.variants.length);
  const columns = cells.length * flags.replicates;
  const batch = Math.min(flags.replicates, REPLICATES_PER_BATCH);
  const seconds = (samples: number) => {
    const perColumn = 2 * samples * variants.length + orders.reduce((sum, p) => sum + p * p, 0);
    const factor = orders.reduce((sum, p) => sum + (p * p * samples) / 2 / PAIRS + p ** 3 / 3 / DENSE, 0);
    return (factor + columns * (perColumn / PRODUCTS + samples / VALUES)) / flags.threads;
  };
  const largest = sizes.at(-1)!;
  const bytes =
    packedStride(largest) * (variants.length + (orders.length > 1 ? Math.max(...orders) : 0)) +
    orders.reduce((sum, p) => sum + tiledLowerBytes(p), 0) +
    28 * batch * largest +
    24 * batch * variants.length;
  const table = textTable(
    [
      { name: 'cell', value: ({ id }: (typeof cells)[number]) => id },
      { name: 'h2', header: 'h²', value: ({ h2 }) => h2 },
      { name: 'architecture', value: describeArchitecture },
    ],
    cells,
  );
  const total = sizes.reduce((sum, size) => sum + seconds(size), 0);
  return [
    table,
    '',
    `Grid ${name}: ${formatCount(cells.length)} cells, ${formatCount(flags.replicates)} replicates each, on ${formatCount(variants.length)} variants in ${formatCount(blocks.length)} blocks and ${sizes.map(formatCount).join('; ')} people, ${flags.threads} threads`,
    `Estimators: ${estimators.map(({ title }) => title).join('; ')}`,
    `Memory: about ${formatBytes(bytes)} for genotypes, traits and GRE. Time: about ${formatDuration(total)} for simulation and GRE; other estimators come on top.`,
  ].join('\n');
}
