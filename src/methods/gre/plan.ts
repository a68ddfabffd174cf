import { defineBlocks, isByLd, keepsChromosomes } from '../../cohort/blocks.js';
import type { OpenCohort } from '../../cohort/cohort.js';
import { NO_RECORD } from '../../cohort/counted-variants.js';
import { pairedDesign } from '../../cohort/trait-pairs.js';
import { DOMINANCE } from '../../estimators/components.js';
import { chooseSolver, cutBlockCost } from '../../estimators/gre/choose-solver.js';
import { isCorrected } from '../../estimators/gre/cut-correction.js';
import { CORRECTION_PROBES, DIAGNOSIS_PROBES, LOCAL_PROBES } from '../../estimators/gre/gre.js';
import { neighboursOf } from '../../estimators/gre/neighbours.js';
import { smallestN } from '../../estimators/gre/projection.js';
import { packedStride } from '../../kernels/kernels.js';
import { genotypesIn, type WorkStep } from '../../plan.js';
import { LossTable } from '../../provenance.js';
import type { MethodPlan, PlannedWork } from '../method.js';
import type { GreName, GreValues } from './method.js';
import { peopleForBlocks } from './pairs.js';

/** Blocks are planned as of this share of the people in variants where they are chosen for the least error. */
const PLANNED_SHARE = 0.15;

/** A step a block. Reads tables, no genotypes: filters on them are not known yet. */
export async function planGre(
  method: GreName,
  { solver, probes: given, rg, dominance, unique }: GreValues,
  { open, design: known, blocks: wanted, threads, memory }: PlannedWork,
): Promise<MethodPlan> {
  const design = known!;
  const crossBlock = method === 'gre-cross-block';
  const choice = plannedChoice(wanted, open, smallestN(design));
  const table = open.fileset.variants;
  const losses = new LossTable(table.count);
  const blocks = await defineBlocks(choice, table, open.variants, losses, NO_RECORD.provenance);
  const samples = open.people.count;
  const { groups } = rg
    ? pairedDesign(open.traits, open.covariates, samples, peopleForBlocks(blocks)).design
    : design;
  const stride = packedStride(samples);
  const isLocal = isCorrected(blocks, { crossBlock, solver });
  const probes = given ?? (crossBlock ? CORRECTION_PROBES : isLocal ? LOCAL_PROBES : DIAGNOSIS_PROBES);
  const probeVectors =
    blocks.length < 2 ? 0 : crossBlock ? probes * (blocks.length - 1) * groups.length : probes;
  const near = neighboursOf(blocks).map((own) => own.reduce((sum, l) => sum + blocks[l].variants.length, 0));
  const steps = blocks.map(({ id, variants }, k): WorkStep => {
    const packed = stride * (variants.length + (isLocal ? near[k] : 0));
    const work = {
      samples,
      variants: variants.length,
      groups: groups.length,
      vectors: groups.reduce((sum, group) => sum + group.traits.length, probeVectors),
      threads,
    };
    const isResident = packed <= memory;
    const cost = isLocal
      ? cutBlockCost(work, near[k])
      : chooseSolver(work, memory - (isResident ? packed : 0), isResident, solver);
    const own = cost.solver === 'direct' ? { factor: cost.bytes } : { vectors: cost.bytes };
    return {
      name: id,
      variants: variants.length,
      how: `${cost.solver}, ${isResident ? 'in memory' : 'streamed'}`,
      memory: { ...genotypesIn(packed, memory), ...own },
      work: cost.work,
    };
  });
  const ofDominance = dominance ? steps.map((step) => ({ ...step, name: `${step.name} ${DOMINANCE}` })) : [];
  return {
    steps: [...steps, ...ofDominance],
    passes: (blocks.length > 1 ? 2 : 1) * (dominance ? 2 : 1),
    notes: [
      ...(choice === wanted ? [] : [`Blocks are chosen by the LD of the genotypes; planned as ${choice}.`]),
      ...(unique ? ['All blocks are solved once more for each category (--unique).'] : []),
    ],
  };
}

/** The blocks to plan with in place of those that LD decides, n people less columns. */
export function plannedChoice(choice: string, { fileset, variants }: OpenCohort, n: number): string {
  if (!isByLd(choice)) return choice;
  if (choice === 'auto' && keepsChromosomes(fileset.variants, variants, n)) return 'chromosome';
  const count = Number(/^ld:(\d+)$/.exec(choice)?.[1] ?? Math.ceil(variants.length / (PLANNED_SHARE * n)));
  return `count:${Math.min(Math.max(1, count), variants.length)}`;
}
