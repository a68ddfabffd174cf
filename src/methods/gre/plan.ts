import { createDesign } from '../../association/design.js';
import type { GreFlags } from '../../cli/gre/gre.js';
import { defineBlocks } from '../../cohort/blocks.js';
import type { CohortFlags, OpenCohort } from '../../cohort/cohort.js';
import { formatBytes, formatCount, formatDuration } from '../../estimate/number.js';
import { chooseSolver } from '../../estimators/gre/choose-solver.js';
import { CORRECTION_PROBES, DIAGNOSIS_PROBES } from '../../estimators/gre/gre.js';
import { packedStride } from '../../kernels/kernels.js';
import { largest } from '../../linalg/extremes.js';
import type { Provenance } from '../../provenance.js';
import { LossTable } from '../../provenance.js';
import { textTable } from '../../report/table.js';

/** Bytes a second that a file is read and repacked at; only for the estimate. */
const READ_RATE = 1e9;

/** What a run would read, hold in memory and take, as text. Reads tables, no genotypes: filters on them are not known yet. */
export async function grePlan(
  open: OpenCohort,
  flags: GreFlags & CohortFlags,
  provenance: Provenance,
): Promise<string> {
  const design = createDesign(open.traits, open.covariates, open.people.count);
  const blocks = await defineBlocks(
    flags.blocks,
    open.fileset.variants,
    open.variants,
    new LossTable(open.fileset.variants.count),
    provenance,
  );
  const samples = open.people.count;
  const stride = packedStride(samples);
  const probes = flags.probes ?? (flags.crossBlock ? CORRECTION_PROBES : DIAGNOSIS_PROBES);
  const probeVectors =
    blocks.length < 2 ? 0 : flags.crossBlock ? probes * (blocks.length - 1) * design.groups.length : probes;
  const rows = blocks.map(({ id, variants }) => {
    const packed = stride * variants.length;
    const work = {
      samples,
      variants: variants.length,
      groups: design.groups.length,
      vectors: open.traits.length + probeVectors,
      threads: flags.threads,
    };
    const cost = chooseSolver(work, flags.memory, packed <= flags.memory, flags.solver);
    return { id, variants: variants.length, packed, resident: packed <= flags.memory, ...cost };
  });
  const passes = (flags.mind === undefined ? 1 : 2) + (blocks.length > 1 ? 2 : 1);
  const read = passes * open.fileset.samples.count * 0.25 * open.variants.length;
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0) + read / READ_RATE;
  const peak = largest(rows.map((row) => (row.resident ? row.packed : 0) + row.bytes));
  const table = textTable(
    [
      { name: 'block', value: (row: (typeof rows)[number]) => row.id },
      { name: 'variants', value: (row) => row.variants, text: (row) => formatCount(row.variants) },
      {
        name: 'genotypes',
        value: (row) => `${formatBytes(row.packed)} ${row.resident ? 'in memory' : 'streamed'}`,
      },
      { name: 'solver', value: (row) => row.solver },
      { name: 'solver memory', value: (row) => formatBytes(row.bytes) },
      { name: 'time', value: (row) => formatDuration(row.seconds) },
    ],
    rows,
  );
  const groups =
    design.groups.length === 1
      ? 'measured on the same people'
      : `in ${design.groups.length} groups of people`;
  return [
    `${formatCount(samples)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits ${groups}, ${design.columns} covariate columns with the intercept`,
    `${passes} passes over the genotypes (${formatBytes(read)} read), ${flags.threads} threads`,
    '',
    table,
    '',
    `Memory: about ${formatBytes(peak)} at most, of ${formatBytes(flags.memory)} allowed (--memory). Time: about ${formatDuration(seconds)}.`,
  ].join('\n');
}
