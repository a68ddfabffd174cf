import { createDesign } from '../../association/design.js';
import { defineBlocks, isByLd, keepsChromosomes } from '../../cohort/blocks.js';
import type { CohortFlags, OpenCohort } from '../../cohort/cohort.js';
import { formatBytes, formatCount, formatDuration } from '../../estimate/number.js';
import { chooseSolver, cutBlockCost } from '../../estimators/gre/choose-solver.js';
import { canCorrect, sharesLd } from '../../estimators/gre/cut-blocks.js';
import { CORRECTION_PROBES, DIAGNOSIS_PROBES, LOCAL_PROBES } from '../../estimators/gre/gre.js';
import { neighboursOf } from '../../estimators/gre/neighbours.js';
import { smallestN } from '../../estimators/gre/projection.js';
import { packedStride } from '../../kernels/kernels.js';
import { largest } from '../../linalg/extremes.js';
import type { Provenance } from '../../provenance.js';
import { LossTable } from '../../provenance.js';
import { textTable } from '../../report/table.js';
import { blockChoice } from './block-choice.js';
import type { GreFlags } from './flags.js';
import { pairedDesign } from './pairs.js';

/** Bytes a second that a file is read and repacked at; only for the estimate. */
const READ_RATE = 1e9;

/** Blocks are planned as of this share of the people in variants where they are chosen for the least error. */
const PLANNED_SHARE = 0.15;

/** More blocks are summed up in a line. */
const MOST_ROWS = 60;

/** What a run would read, hold in memory and take, as text. Reads tables, no genotypes: filters on them are not known yet. */
export async function grePlan(
  open: OpenCohort,
  flags: GreFlags & CohortFlags,
  provenance: Provenance,
): Promise<string> {
  const design = createDesign(open.traits, open.covariates, open.people.count);
  const wanted = blockChoice(flags);
  const choice = plannedChoice(wanted, open, smallestN(design));
  const blocks = await defineBlocks(
    choice,
    open.fileset.variants,
    open.variants,
    new LossTable(open.fileset.variants.count),
    provenance,
  );
  const samples = open.people.count;
  const { groups } = flags.rg
    ? pairedDesign(
        open.traits,
        open.covariates,
        samples,
        largest(blocks.map((block) => block.variants.length)),
      ).design
    : design;
  const stride = packedStride(samples);
  const isLocal = !flags.crossBlock && flags.solver !== 'iterative' && sharesLd(blocks) && canCorrect(blocks);
  const probes =
    flags.probes ?? (flags.crossBlock ? CORRECTION_PROBES : isLocal ? LOCAL_PROBES : DIAGNOSIS_PROBES);
  const probeVectors =
    blocks.length < 2 ? 0 : flags.crossBlock ? probes * (blocks.length - 1) * groups.length : probes;
  const near = neighboursOf(blocks).map((own) => own.reduce((sum, l) => sum + blocks[l].variants.length, 0));
  const rows = blocks.map(({ id, variants }, k) => {
    const packed = stride * (variants.length + (isLocal ? near[k] : 0));
    const work = {
      samples,
      variants: variants.length,
      groups: groups.length,
      vectors: groups.reduce((sum, group) => sum + group.traits.length, probeVectors),
      threads: flags.threads,
    };
    const cost = isLocal
      ? cutBlockCost(work, near[k])
      : chooseSolver(work, flags.memory, packed <= flags.memory, flags.solver);
    return { id, variants: variants.length, packed, resident: packed <= flags.memory, ...cost };
  });
  const passes = (flags.mind === undefined ? 1 : 2) + (blocks.length > 1 ? 2 : 1);
  const read = passes * open.fileset.samples.count * 0.25 * open.variants.length;
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0) + read / READ_RATE;
  const peak = largest(rows.map((row) => (row.resident ? row.packed : 0) + row.bytes));
  const table =
    rows.length > MOST_ROWS
      ? summary(rows)
      : textTable(
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
  const measured =
    groups.length === 1 ? 'measured on the same people' : `in ${groups.length} groups of people`;
  return [
    `${formatCount(samples)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits ${measured}, ${design.columns} covariate columns with the intercept`,
    `${passes} passes over the genotypes (${formatBytes(read)} read), ${flags.threads} threads`,
    '',
    ...(choice === wanted ? [] : [`Blocks are chosen by the LD of the genotypes; planned as ${choice}.`, '']),
    table,
    '',
    `Memory: about ${formatBytes(peak)} at most, of ${formatBytes(flags.memory)} allowed (--memory). Time: about ${formatDuration(seconds)}.`,
  ].join('\n');
}

/** The blocks to plan with in place of those that LD decides. */
function plannedChoice(choice: string, { fileset, variants }: OpenCohort, n: number): string {
  if (!isByLd(choice)) return choice;
  if (choice === 'auto' && keepsChromosomes(fileset.variants, variants, n)) return 'chromosome';
  const count = Number(/^ld:(\d+)$/.exec(choice)?.[1] ?? Math.ceil(variants.length / (PLANNED_SHARE * n)));
  return `count:${Math.min(Math.max(1, count), variants.length)}`;
}

function summary(rows: readonly { readonly id: string; readonly variants: number }[]): string {
  const sizes = rows.map(({ variants }) => variants);
  return `${formatCount(rows.length)} blocks of up to ${formatCount(largest(sizes))} variants`;
}
