import { createDesign } from '../../association/design.js';
import { Checkpoint } from '../../checkpoint.js';
import { blocksOfRun } from '../../cohort/blocks.js';
import { type Cohort, type CohortFlags, countCohort, openCohort } from '../../cohort/cohort.js';
import { columnOfPeople } from '../../cohort/column-of-people.js';
import { Dataset } from '../../cohort/dataset.js';
import { keepPeople } from '../../cohort/samples.js';
import { HeredityError } from '../../errors.js';
import type { BlockDefinition } from '../../estimators/gre/result.js';
import { readDelimitedTable } from '../../formats/delimited-table.js';
import type { SampleTable } from '../../formats/fam.js';
import { host } from '../../host/host.js';
import type { Kernels } from '../../kernels/kernels.js';
import { streamOf } from '../../kernels/random-stream.js';
import { largest } from '../../linalg/extremes.js';
import { blocksFlag } from '../../methods/gre/options.js';
import { genotypeFlags, phenotypeFlags, runFlags } from '../../options/common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type FlagValues,
  integer,
  list,
  number,
  path,
  requiredOrInstead,
  string,
} from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';
import { overUnits, undivided } from '../../parts/division.js';
import { partPath } from '../../parts/manifest.js';
import type { RecordedRun, RunContext } from '../../run.js';
import { studyBlocks } from '../../study/blocks.js';
import type { StudyEstimator } from '../../study/estimator.js';
import { estimatorNamed, estimatorNames } from '../../study/estimators.js';
import { gridFromTable } from '../../study/grid-table.js';
import { GRID_NAMES, type Grid, namedGrid, selectCells } from '../../study/grids.js';
import { studyMemory, studyPlan } from '../../study/plan.js';
import { batchCount, runStudy, type StudyPart } from '../../study/run.js';
import { studyWeights } from '../../study/weights.js';
import { defineCommand } from '../command.js';
import { writeStudyOutputs } from './study-results.js';

const TRAITS = { heading: 'Simulated traits' } as const;
const METHOD = { heading: 'Method' } as const;
const { covar, covarName, catcovar, qcovar, missingCode, allowSmallOverlap } = phenotypeFlags;

export const studyFlags = defineFlags({
  ...genotypeFlags,
  bfile: requiredOrInstead(genotypeFlags.bfile),
  covar,
  covarName,
  catcovar,
  qcovar,
  missingCode,
  allowSmallOverlap,
  grid: string(
    `genetic architectures: ${GRID_NAMES.join(', ')} (Hou et al. 2019, by number), or a table with columns h2, p_causal, alpha, gamma, weights, maf_low, maf_high`,
    { ...TRAITS, default: '64', placeholder: 'grid' },
  ),
  h2: list('only cells of these heritabilities', { ...TRAITS, placeholder: 'fractions' }),
  cells: list('only these cells; * stands for any text', { ...TRAITS, placeholder: 'ids' }),
  replicates: integer('traits of each cell', { ...TRAITS, min: 2, max: 100_000, default: 100 }),
  scaling: choice(
    'variances h2 and 1 - h2 of genetic values and noise: exact in the sample, as the published simulations had them, or expected',
    ['exact-sample', 'expected'],
    { ...TRAITS, default: 'exact-sample' },
  ),
  weights: path('LDAK weights (Predictor, Weight) for cells coupled with them', {
    ...TRAITS,
    defaultText: 'computed, without thinning',
  }),
  ldScores: path('LD scores (<prefix>.l2.ldscore.gz) for cells coupled with their inverse', {
    ...TRAITS,
    placeholder: 'prefix',
    defaultText: 'computed, 1 Mb to each side',
  }),
  strat: path('table of samples: its first column is added to every trait, as population stratification is', {
    ...TRAITS,
  }),
  stratName: string('the column of --strat to add', { ...TRAITS, placeholder: 'name' }),
  stratVariance: number('variance of what --strat adds, beside 1 for the trait itself', {
    ...TRAITS,
    min: 0,
    max: 10,
    default: 0.05,
  }),
  estimators: list(`estimators: ${estimatorNames().join(', ')}`, {
    ...METHOD,
    words: estimatorNames(),
    default: ['gre'],
    defaultText: 'gre',
  }),
  external: path(
    'programs of your own as estimators: a JSON list of name, command and pattern (docs/accuracy-study.md)',
    { ...METHOD },
  ),
  blocks: blocksFlag,
  blocksExperiment: list('also GRE with these numbers of equal blocks, such as 1,2,4,8', {
    ...METHOD,
    placeholder: 'numbers',
  }),
  samples: list('numbers of people, drawn at random: the whole study for each of them', {
    ...METHOD,
    placeholder: 'numbers',
  }),
  ...runFlags,
  report: boolean('write a page with the tables, pictures, warnings and provenance as well', {
    heading: 'Output',
  }),
});

export type StudyFlags = FlagValues<typeof studyFlags>;
const runFlagsOfStudy = { ...studyFlags, ...partFlags };
type StudyRunFlags = FlagValues<typeof runFlagsOfStudy>;

export const studyRun = defineCommand({
  description:
    'Measures how accurate estimators of SNP-heritability are on your own genotypes: simulates traits of many genetic ' +
    'architectures (how many variants are causal, how rare, how effects depend on frequency and LD), estimates each by every ' +
    'estimator chosen, and reports bias, spread and how well standard errors are calibrated. The grids are those of the GRE ' +
    'paper (Hou et al. 2019). Estimators prepare once and take all replicates of a cell as columns of one call. A study that ' +
    'is stopped goes on where it was when the same command is given again.',
  flags: runFlagsOfStudy,
  examples: [
    {
      line: 'heredity study run --bfile study --blocks genome --out study',
      what: 'GRE over the 64 architectures, one block',
    },
    {
      line: "heredity study run --bfile study --cells '*_none' --h2 0.25 --replicates 20 --out quick",
      what: 'the cells without LD weights at one heritability',
    },
    {
      line: "heredity study run --bfile study --cells 'h0.1_p0.01_maf0-0.5_a-1_none' --blocks-experiment 1,2,4,8,16 --out blocks",
      what: 'bias by number of blocks',
    },
  ],
  outputs: [
    {
      file: '<out>.study.json',
      what: 'cells, summaries, aggregates, provenance (schema in docs/outputs.md)',
    },
    { file: '<out>.study.tsv', what: 'one row a cell and estimator' },
    { file: '<out>.replicates.tsv.gz', what: 'one row an estimate' },
    { file: '<out>.study-bias.svg', what: 'relative bias by architecture; also .png' },
    { file: '<out>.study-errors.svg', what: 'errors of single estimates; also .png' },
    { file: '<out>.study-blocks.svg', what: 'bias by number of blocks, where there are several; also .png' },
    { file: '<out>.study-people.svg', what: 'bias by number of people, where there are several; also .png' },
    { file: '<out>.study.html', what: 'with --report: all of it on one page' },
    { file: '<out>.study-run.log', what: 'what was printed' },
  ],

  async plan(flags, run) {
    const grid = await readGrid(flags, run.provenance);
    const open = await openCohort({ ...flags, pheno: undefined, phenoName: undefined }, run);
    try {
      const estimators = await chooseEstimators(flags, open.fileset.samples, run);
      const sizes = sampleSizes(flags, open.people.count);
      const blocks = studyBlocks(flags.blocks, estimators);
      return await studyPlan(open, grid, { ...flags, blocks, estimators, sizes }, run);
    } finally {
      await open.close();
    }
  },
  async run(flags, context) {
    const { log, provenance } = context;
    const grid = await readGrid(flags, provenance);
    const cohortFlags: StudyFlags & CohortFlags = { ...flags, pheno: undefined, phenoName: undefined };
    const open = await openCohort(cohortFlags, context);
    try {
      const estimators = await chooseEstimators(flags, open.fileset.samples, context);
      const sizes = sampleSizes(flags, open.people.count);
      const counted = await countCohort(open, cohortFlags, context);
      const blocks = await blocksOfRun(
        studyBlocks(flags.blocks, estimators),
        counted,
        () => degreesOfFreedomOf(sizes[0], counted),
        flags.memory,
        context,
      );
      const variants = Int32Array.from(blocks.flatMap((block) => [...block.variants])).sort();
      const cohort = { ...counted, variants };
      const orders = blocks.map((block) => block.variants.length);
      const { factor, vectors } = studyMemory(orders, flags.replicates, largest(sizes), estimators);
      open.requireMemory('this study', factor + vectors);
      noteLateInputs(flags, provenance);
      const goesOn = context.division === undefined || context.division.role === 'part';
      const checkpoint = goesOn ? await openCheckpoint(flags, context) : undefined;
      if (checkpoint && checkpoint.finished > 0)
        log.info(`going on from ${checkpoint.finished} finished batches of an interrupted study`);
      const stratification = flags.strat
        ? await readStratification(flags, flags.strat, cohort, context)
        : undefined;
      const batches = batchCount({ cells: grid.cells, replicates: flags.replicates });
      const weights = sizes.flatMap((size) => Array<number>(batches).fill(size));
      const work = { name: 'batches of traits', weights, choices: [sizes, grid.cells.map(({ id }) => id)] };
      const evaluate = async function* (first: number, end: number, inside: RunContext) {
        for (const [s, size] of sizes.entries()) {
          const only = [first, end].map((unit) => Math.min(batches, Math.max(0, unit - s * batches)));
          if (only[0] === only[1]) continue;
          const { data, kept } = await openStudyData(
            { ...cohort, memory: cohort.memory - factor - vectors },
            blocks,
            flags,
            size,
            context,
          );
          const options = {
            cells: grid.cells,
            replicates: flags.replicates,
            estimators,
            seed: flags.seed,
            scaling: flags.scaling === 'expected' ? ('expected' as const) : ('exact' as const),
            weights: studyWeights(flags, data, undivided(context)),
            stratification: stratification && Float64Array.from(kept, (i) => stratification[i]),
          };
          const hooks = {
            recall: (id: string) => checkpoint?.recall(id),
            remember: (part: StudyPart) => checkpoint?.remember(part),
          };
          yield* await runStudy(data, options, hooks, inside, [only[0], only[1]]);
          data.close();
        }
      };
      const parts: StudyPart[] = [];
      for await (const part of overUnits(context, work, evaluate)) parts.push(part);
      await writeStudyOutputs(flags, context, {
        grid,
        estimators,
        parts,
        variants: variants.length,
        blocks: blocks.length,
      });
    } finally {
      await open.close();
    }
  },
});

export async function readGrid(
  flags: Pick<StudyFlags, 'grid' | 'h2' | 'cells' | 'weights' | 'ldScores'>,
  provenance: RecordedRun['provenance'],
): Promise<Grid> {
  const h2 = flags.h2?.map((text) => {
    const value = Number(text);
    if (value >= 0 && value <= 1) return value;
    throw new HeredityError('usage', '--h2 is not a heritability', {
      value: text,
      expected: 'numbers from 0 to 1',
    });
  });
  let grid = namedGrid(flags.grid);
  if (!grid) {
    provenance.input(flags.grid);
    grid = gridFromTable(await readDelimitedTable(flags.grid));
  }
  const selected = selectCells(grid, { h2, ids: flags.cells });
  refuseUnusedWeights(flags, selected);
  return selected;
}

/** @throws HeredityError `usage` for a file of weights that no cell is coupled with: it would not be looked at. */
function refuseUnusedWeights(flags: Pick<StudyFlags, 'weights' | 'ldScores'>, { cells }: Grid): void {
  const files = [
    { flag: '--weights', given: flags.weights, kind: 'ldak' },
    { flag: '--ld-scores', given: flags.ldScores, kind: 'ld-score' },
  ] as const;
  for (const { flag, given, kind } of files)
    if (given !== undefined && cells.every(({ weights }) => weights !== kind))
      throw new HeredityError('usage', `${flag} means nothing: no chosen cell has the weights ${kind}`, {
        fix: 'leave it out, or choose cells that are coupled with them',
      });
}

/** Estimators of the house, GRE of other numbers of blocks, and programs of the user. */
async function chooseEstimators(
  flags: StudyFlags,
  samples: SampleTable,
  context: RecordedRun,
): Promise<StudyEstimator[]> {
  const own = await ownEstimators(flags);
  return [...own, ...(await chooseExternal(flags, samples, own, context))];
}

async function ownEstimators(flags: StudyFlags): Promise<StudyEstimator[]> {
  const chosen = await Promise.all(
    [...new Set(flags.estimators)].map(async (name) => {
      const estimator = await estimatorNamed(name);
      if (estimator) return estimator;
      throw new HeredityError('usage', '--estimators: unknown estimator', {
        value: name,
        expected: `some of ${estimatorNames().join(', ')}`,
      });
    }),
  );
  const counts = wholeNumbers('--blocks-experiment', flags.blocksExperiment, 1);
  if (counts.length === 0) return chosen;
  const { greOfBlocks } = await import('../../study/gre-variants.js');
  return [...chosen, ...counts.map(greOfBlocks)];
}

async function chooseExternal(
  { bfile, external }: StudyFlags,
  samples: SampleTable,
  own: readonly StudyEstimator[],
  { provenance, signal }: RecordedRun,
): Promise<StudyEstimator[]> {
  if (external === undefined) return [];
  if (bfile === undefined)
    throw new HeredityError('usage', '--external needs --bfile: the programs read that');
  const { externalEstimators } = await import('../../study/external.js');
  provenance.input(external);
  const programs = await externalEstimators(external, { bfile, samples, signal });
  const names = new Set([...estimatorNames(), ...own.map(({ name }) => name)]);
  for (const { name } of programs) {
    // Estimates are kept by name: a second one would stand in the first one's place.
    if (names.has(name) || /^gre:\d+$/.test(name))
      throw new HeredityError('bad-input', 'an estimator of heredity or another program has that name', {
        file: external,
        value: name,
        fix: 'give the program another name',
      });
    names.add(name);
  }
  return programs;
}

/** Numbers of people of each study, ascending. */
function sampleSizes(flags: StudyFlags, people: number): number[] {
  const sizes = wholeNumbers('--samples', flags.samples, 10).sort((a, b) => a - b);
  const tooMany = sizes.find((size) => size > people);
  if (tooMany !== undefined)
    throw new HeredityError('usage', '--samples asks for more people than there are', {
      value: tooMany,
      expected: `at most ${people}`,
    });
  return sizes.length > 0 ? sizes : [people];
}

function wholeNumbers(flag: string, texts: readonly string[] | undefined, least: number): number[] {
  return [...new Set(texts?.map(Number))].map((value) => {
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new HeredityError('usage', `${flag} is not a list of whole numbers`, {
      value: texts!.join(','),
      expected: `whole numbers of at least ${least}, separated by commas`,
    });
  });
}

/** Of the fewest people of a study: blocks that are small enough for them are for all of its numbers of people. */
function degreesOfFreedomOf(samples: number, { covariates, people }: Cohort): number {
  return samples - createDesign([], covariates, people.count).columns;
}

/** The genotypes of so many people of the cohort; `kept` are their places among all people of the run. */
export async function openStudyData(
  cohort: Cohort,
  blocks: readonly BlockDefinition[],
  flags: Pick<StudyFlags, 'seed'>,
  size: number,
  context: RecordedRun,
): Promise<{ data: Dataset; kept: readonly number[] }> {
  const { fileset, variants, pool } = cohort;
  const kept = drawPeople(pool.kernels, flags.seed, cohort.people.count, size);
  let { store, covariates } = cohort;
  let statistics = cohort.statistics(variants);
  if (size < cohort.people.count) {
    store = store.among(kept);
    statistics = await store.count(variants, context);
    covariates = keepPeople(covariates, kept);
  }
  const data = await Dataset.open({
    manyTraits: true,
    store,
    variants,
    statistics,
    bim: fileset.variants,
    blocks,
    covariates,
    seed: flags.seed,
    memory: cohort.memory,
    requireMemory: cohort.requireMemory,
  });
  return { data, kept };
}

/** So many of the people, at random, in order; fewer people are always some of more. */
function drawPeople(kernels: Kernels, seed: number, people: number, size: number): number[] {
  const all = Array.from({ length: people }, (_, i) => i);
  if (size === people) return all;
  const keys = new Float64Array(people);
  kernels.uniform(seed, streamOf('study', 1), 0, keys);
  return all
    .sort((a, b) => keys[a] - keys[b])
    .slice(0, size)
    .sort((a, b) => a - b);
}

/** The column of --strat over the people of the run, mean 0 and of the variance that was asked for. */
async function readStratification(
  { stratName: name, allowSmallOverlap, stratVariance }: StudyFlags,
  file: string,
  cohort: Cohort,
  run: RecordedRun,
): Promise<Float64Array> {
  const choice = { name, allowSmallOverlap, purpose: 'stratifies' };
  const values = await columnOfPeople(file, choice, cohort, run);
  return values.map((x) => x * Math.sqrt(stratVariance));
}

/** What results depend on although it is read later. */
function noteLateInputs(flags: StudyFlags, provenance: RecordedRun['provenance']): void {
  const scores = ['.l2.ldscore.gz', '.l2.ldscore'].map((ending) => `${flags.ldScores}${ending}`);
  for (const file of [flags.weights, scores.find((name) => host().files.exists(name)), flags.strat])
    if (file !== undefined) provenance.input(file);
}

/** Results depend neither on where they go nor on threads and memory, so those flags may change between tries. */
async function openCheckpoint(
  flags: StudyRunFlags,
  { provenance }: RecordedRun,
): Promise<Checkpoint<StudyPart>> {
  const { out, threads, memory, quiet, plan, report, samples, cells, h2, replicates, parts, part, ...rest } =
    flags;
  const prefix = parts && part ? partPath(out, 'study-run', { part, parts }) : `${out}.study`;
  const saved = { ...rest, replicates };
  const checkpoint = await Checkpoint.open<StudyPart>(`${prefix}.resume.json`, saved, provenance);
  checkpoint.finish();
  return checkpoint;
}
