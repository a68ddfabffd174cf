import { defineBlocks } from '../cohort/blocks.js';
import type { OpenCohort } from '../cohort/cohort.js';
import { cohortPlan } from '../cohort/cohort-plan.js';
import { ldakWeightsStep, ldScoresStep } from '../cohort/dataset-ld.js';
import { formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import { times, together, type Work } from '../kernels/rates.js';
import { largest } from '../linalg/extremes.js';
import { tiledLowerBytes } from '../linalg/tiled-lower.js';
import { plannedChoice } from '../methods/gre/plan.js';
import type { WorkSizes } from '../methods/method.js';
import type { MemoryTerm, MemoryTerms, Plan, WorkStep } from '../plan.js';
import { LossTable } from '../provenance.js';
import type { RecordedRun } from '../run.js';
import type { StudyEstimator } from './estimator.js';
import { type Cell, describeArchitecture, type Grid } from './grids.js';
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
  readonly threads: number;
  /** Files of weights by which effects depend on LD; what a cell needs and is not given is computed. */
  readonly weights: string | undefined;
  readonly ldScores: string | undefined;
}

/**
 * Bytes that a study holds beside genotypes: the factored LD of all blocks, where an estimator is GRE, the traits of a batch, and what the
 * estimator that needs most makes of them.
 * @param orders variants of each block. @param people most of any size.
 */
export function studyMemory(
  orders: readonly number[],
  replicates: number,
  people: number,
  estimators: readonly Pick<StudyEstimator, 'name' | 'memory' | 'ownLd'>[],
): { readonly factor: number; readonly vectors: number } {
  const variants = orders.reduce((sum, p) => sum + p, 0);
  const sizes = batchSizes(people, variants, replicates);
  const factored = new Set(estimators.flatMap(({ name, ownLd }) => (isGre(name) ? [ownLd] : [])));
  return {
    factor: factored.size * orders.reduce((sum, p) => sum + tiledLowerBytes(p), 0),
    vectors:
      sizes.traits * (28 * people + 24 * variants) +
      largest(estimators.map(({ memory }) => memory?.(sizes) ?? 0)),
  };
}

/** Traits of a batch: measured on the same people, without covariates. */
const batchSizes = (people: number, variants: number, replicates: number): WorkSizes => ({
  ...{ listed: people, people, variants, groups: 1, columns: 1 },
  traits: Math.min(replicates, REPLICATES_PER_BATCH),
});

/** Steps for what each number of people needs once, and one for each cell: simulation and estimates. Reads tables, no genotypes. */
export async function studyPlan(
  open: OpenCohort,
  { name, cells }: Grid,
  { blocks: choice, replicates, estimators, sizes, threads, ...given }: StudyWork,
  run: RecordedRun,
): Promise<Plan> {
  const { variants } = open;
  const table = open.fileset.variants;
  const planned = plannedChoice(choice, open, sizes[0]);
  const blocks = await defineBlocks(planned, table, variants, new LossTable(table.count), run.provenance);
  const orders = blocks.map((block) => block.variants.length);
  const most = largest(sizes);
  const { factor, vectors } = studyMemory(orders, replicates, most, estimators);
  const genotypes = packedStride(most) * (variants.length + (orders.length > 1 ? largest(orders) : 0));
  const held = { genotypes, ...(factor > 0 && { factor }) };
  const factoring = (people: number): Work => ({
    pairs: orders.reduce((sum, p) => sum + (p * p * people) / 2, 0),
    dense: orders.reduce((sum, p) => sum + p ** 3 / 3, 0),
  });
  const simulating = (people: number): Work => ({
    products: replicates * people * variants.length,
    loops: replicates * people * LOOPS_PER_VALUE,
  });
  const ofGre = (people: number): Work => ({
    products: replicates * (people * variants.length + orders.reduce((sum, p) => sum + p * p, 0)),
  });
  const planOf = async ({ title, plan }: StudyEstimator, people: number) => {
    const work = {
      open,
      design: undefined,
      blocks: planned,
      threads,
      memory: open.memory,
      packed: genotypes,
    };
    return {
      title,
      ...(await plan?.({ ...work, sizes: batchSizes(people, variants.length, replicates) }, run)),
    };
  };
  const others = estimators.filter(({ name }) => !isGre(name));
  const plans = await Promise.all(sizes.flatMap((people) => others.map((own) => planOf(own, people))));
  const unknown = new Set(plans.filter(({ steps }) => steps === undefined).map(({ title }) => title));
  const known = plans.flatMap(({ steps = [] }) => steps);
  const estimating = known.flatMap(({ work }) => work ?? []);
  const withGre = factor > 0;
  const steps: WorkStep[] = [
    ...(withGre
      ? [
          {
            name: 'LD of blocks',
            variants: variants.length,
            memory: held,
            work: together(...sizes.map(factoring)),
          },
        ]
      : []),
    ...[
      ...weightsOfCells(open, cells, sizes, threads, given),
      ...plans.flatMap(({ title, preparing = [] }) =>
        preparing.map((step) => ({ ...step, name: `${step.name} (${title})` })),
      ),
    ].map((step) => ({ ...step, memory: { ...held, ...mostBeside([step]) } })),
    ...cells.map((cell) => ({
      name: cell.id,
      how: `h² ${cell.h2}, ${describeArchitecture(cell)}`,
      memory: { ...held, ...mostBeside(known), vectors },
      work: together(
        ...sizes.flatMap((people) => [simulating(people), ...(withGre ? [ofGre(people)] : [])]),
        ...estimating.map((work) => times(replicates / Math.min(replicates, REPLICATES_PER_BATCH), work)),
      ),
    })),
  ];
  const about = [
    `Grid ${name}: ${formatCount(cells.length)} cells, ${formatCount(replicates)} replicates each, on ${formatCount(variants.length)} variants in ${formatCount(blocks.length)} blocks and ${sizes.map(formatCount).join('; ')} people`,
    `Estimators: ${estimators.map(({ title }) => title).join('; ')}`,
  ];
  return {
    ...cohortPlan(open, { passes: 2, steps, about }),
    notes: [
      ...(unknown.size > 0 ? [`Not in it: memory and time of ${[...unknown].join('; ')}.`] : []),
      ...(planned === choice ? [] : [`Blocks are chosen by the LD of the genotypes; planned as ${planned}.`]),
    ],
  };
}

/** Weights by which the effects of some cells depend on LD, where no file has them: made for each number of people. */
function weightsOfCells(
  open: OpenCohort,
  cells: Grid['cells'],
  sizes: readonly number[],
  threads: number,
  { weights, ldScores }: Pick<StudyWork, 'weights' | 'ldScores'>,
): WorkStep[] {
  const have = (kind: Cell['weights']) => cells.some((cell) => cell.weights === kind);
  return sizes.flatMap((people) => [
    ...(have('ldak') && weights === undefined ? [ldakWeightsStep(open, { people, threads })] : []),
    ...(have('ld-score') && ldScores === undefined ? [ldScoresStep(open, people)] : []),
  ]);
}

/** The most that any of some steps has of each kind beside genotypes, which a study holds once. */
function mostBeside(steps: readonly WorkStep[]): MemoryTerms {
  const most: { [term in MemoryTerm]?: number } = {};
  for (const { memory } of steps)
    for (const term of Object.keys(memory) as MemoryTerm[])
      if (term !== 'genotypes') most[term] = Math.max(most[term] ?? 0, memory[term]!);
  return most;
}

const isGre = (name: string): boolean => name.startsWith('gre');
