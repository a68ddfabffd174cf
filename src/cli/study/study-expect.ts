import { defineBlocks } from '../../cohort/blocks.js';
import { type CohortFlags, countCohort, openCohort } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { ldakWeightsOf, unpartitionedScores } from '../../cohort/dataset-ld.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { packedStride } from '../../kernels/kernels.js';
import { largest, smallest } from '../../linalg/extremes.js';
import { methodNamed, methodTitle } from '../../methods/facts.js';
import { defineFlags, type FlagValues, integer, list } from '../../options/flags.js';
import { type Column, textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import { estimatorNamed } from '../../study/estimators.js';
import {
  type Expectation,
  expectationDrivers,
  expectedEstimates,
  MOMENT_METHODS,
} from '../../study/expect.js';
import type { Cell } from '../../study/grids.js';
import { runStudy } from '../../study/run.js';
import { type CellSummary, summariseStudy } from '../../study/summary.js';
import { studyWeights } from '../../study/weights.js';
import { defineCommand } from '../command.js';
import { openStudyData, readGrid, studyFlags } from './study-run.js';

const METHOD = { heading: 'Method' } as const;
const {
  replicates: _replicates,
  scaling: _scaling,
  strat: _strat,
  stratName: _stratName,
  stratVariance: _stratVariance,
  estimators: _estimators,
  external: _external,
  blocks: _blocks,
  blocksExperiment: _blocksExperiment,
  samples: _samples,
  ...shared
} = studyFlags;

const expectFlags = defineFlags({
  ...shared,
  methods: list(`methods: ${MOMENT_METHODS.join(', ')}`, {
    ...METHOD,
    words: MOMENT_METHODS,
    default: ['he', 'ldsc', 'sumher-ldak'],
    defaultText: 'he, ldsc, sumher-ldak',
  }),
  draws: integer(
    'also simulate so many traits of each cell on the genotypes, as methods with weights of their own, or an intercept, need not follow their fixed point; 0 for none',
    { ...METHOD, min: 0, max: 100_000, default: 0 },
  ),
});

/** What is known of one cell and method. */
interface Row extends Expectation {
  readonly truth: number;
  readonly relativeBias: number | null;
  readonly drawn: CellSummary | undefined;
}

/** Bytes of variances and sums of each architecture, and of the statistics of each cell. */
const statisticsBytes = (variants: number, cells: number): number => 8 * variants * 5 * (cells + 1);

export const studyExpect = defineCommand({
  description:
    'Says where moment estimators (Haseman-Elston regression, LD score regression, SumHer) go for genetic architectures on your own genotypes or a reference panel, without ' +
    'simulating traits: each estimator at the test statistics that the architecture is expected to give, from all pairs of variants. Exact for estimators that are linear in the statistics ' +
    '(he); for those with weights of their own a fixed point, beside which --draws puts the mean over simulated traits.',
  flags: expectFlags,
  examples: [
    {
      line: 'heredity study expect --bfile study --grid 126 --methods ldsc,sumher-ldak,he --out study',
      what: 'three estimators over the 126 architectures of the GRE paper',
    },
    {
      line: "heredity study expect --bfile study --grid 64 --cells '*_p1_*' --h2 0.25 --draws 200 --out check",
      what: 'a few cells, with 200 simulated traits each beside the expectation',
    },
  ],
  outputs: [
    { file: '<out>.expect.tsv', what: 'one row a cell and method: expected heritability and relative bias' },
    { file: '<out>.expect.json', what: 'the same with what drives it and how it came about' },
    { file: '<out>.study-expect.log', what: 'what was printed' },
  ],
  async plan(flags, run) {
    const grid = await readGrid(flags, run.provenance);
    const methods = readMethods(flags.methods);
    const open = await openCohort(withoutTraits(flags), run);
    try {
      const { length } = open.variants;
      const { count } = open.people;
      const step = {
        name: 'expected statistics',
        variants: length,
        memory: {
          genotypes: packedStride(count) * length,
          vectors: statisticsBytes(length, grid.cells.length),
        },
        work: undefined,
      };
      const pairs = (length * (length + 1)) / 2;
      const about = [
        `${formatCount(grid.cells.length)} cells, ${methods.length} methods, r² of ${formatCount(pairs)} pairs of variants, ${flags.draws} simulated traits a cell`,
      ];
      return cohortPlan(open, { passes: 2, steps: [step], about });
    } finally {
      await open.close();
    }
  },
  async run(flags, context) {
    const { log, provenance } = context;
    const grid = await readGrid(flags, provenance);
    const methods = readMethods(flags.methods);
    const cohortFlags = withoutTraits(flags);
    const open = await openCohort(cohortFlags, context);
    try {
      const counted = await countCohort(open, cohortFlags, context);
      const blocks = await defineBlocks(
        'genome',
        counted.fileset.variants,
        counted.variants,
        counted.variantLosses,
        provenance,
      );
      const variants = Int32Array.from(blocks.flatMap((block) => [...block.variants])).sort();
      const cohort = { ...counted, variants };
      open.requireMemory('this study', statisticsBytes(variants.length, grid.cells.length));
      const { data } = await openStudyData(cohort, blocks, flags, cohort.people.count, context);
      try {
        const weights = studyWeights(flags, data, context);
        const expected = await expectedEstimates(data, grid.cells, methods, weights, context);
        const drawn =
          flags.draws > 0
            ? await draw(flags.draws, flags.seed, data, grid.cells, methods, weights, context)
            : [];
        const rows = expected.map((own) => rowOf(own, grid.cells, drawn));
        const usesLdak =
          methods.includes('sumher-ldak') || grid.cells.some((cell) => cell.weights === 'ldak');
        const drivers = expectationDrivers(
          data,
          await unpartitionedScores(data, context),
          usesLdak ? await ldakWeightsOf(data, context) : undefined,
        );
        const warnings = methods.flatMap((method) => missing(method, rows));
        for (const text of warnings) log.warn(text);
        const fields = {
          grid: grid.name,
          people: data.samples,
          variants: variants.length,
          draws: flags.draws,
          drivers,
          expectations: rows.map(({ drawn: own, reason = null, ...row }) => ({
            ...row,
            reason,
            drawn: own
              ? { mean: own.mean, sem: own.sem, relativeBias: own.relativeBias, replicates: own.replicates }
              : null,
          })),
          warnings,
        };
        const what =
          `What drives it: LD score and minor allele frequency correlate by ${drivers.scoreFrequencyCorrelation.toFixed(2)}` +
          (drivers.weightsPerVariant === null
            ? ''
            : `, LDAK weights sum to ${drivers.weightsPerVariant.toFixed(2)} a variant`) +
          '; LD scores and taggings reach 1 Mb to each side.';
        await writeDocument(context, {
          out: flags.out,
          name: 'expect',
          schema: 'heredity/expect@1',
          fields,
          table: { columns: flags.draws > 0 ? [...EXPECTED, ...DRAWN] : EXPECTED, rows, isPrinted: false },
          said: `${summaryTable(rows, methods)}\n\n${what}`,
        });
      } finally {
        data.close();
      }
    } finally {
      await open.close();
    }
  },
});

type ExpectFlags = FlagValues<typeof expectFlags>;

function withoutTraits(flags: ExpectFlags): ExpectFlags & CohortFlags {
  return { ...flags, pheno: undefined, phenoName: undefined };
}

/** What is said of a method without an estimate at the expected statistics of some cells. */
function missing(method: string, rows: readonly Row[]): string[] {
  const own = rows.filter((row) => row.method === method && row.h2 === null);
  if (own.length === 0) return [];
  const because = own[0].reason === undefined ? '' : `: ${own[0].reason}`;
  return [
    `${methodTitle(method)} gives no estimate at the expected statistics of ${own.length} cells${because}`,
  ];
}

function readMethods(texts: readonly string[]): string[] {
  return [...new Set(texts)].map((text) => {
    const name = methodNamed(text);
    if (name !== undefined && (MOMENT_METHODS as readonly string[]).includes(name)) return name;
    throw new HeredityError('usage', '--methods: no moment estimator of that name', {
      value: text,
      expected: `some of ${MOMENT_METHODS.join(', ')}`,
    });
  });
}

async function draw(
  replicates: number,
  seed: number,
  data: Parameters<typeof runStudy>[0],
  cells: readonly Cell[],
  methods: readonly string[],
  weights: ReturnType<typeof studyWeights>,
  context: Parameters<typeof studyWeights>[2],
): Promise<CellSummary[]> {
  const estimators = await Promise.all(methods.map(async (name) => (await estimatorNamed(name))!));
  const options = { cells, replicates, estimators, seed, scaling: 'expected' as const, weights };
  return summariseStudy(cells, methods, await runStudy(data, options, {}, context));
}

function rowOf(own: Expectation, cells: readonly Cell[], drawn: readonly CellSummary[]): Row {
  const truth = cells.find(({ id }) => id === own.cell)!.h2;
  const relativeBias = own.h2 === null || truth === 0 ? null : own.h2 / truth - 1;
  const summary = drawn.find(({ cell, estimator }) => cell === own.cell && estimator === own.method);
  return { ...own, truth, relativeBias, drawn: summary };
}

const EXPECTED: readonly Column<Row>[] = [
  { name: 'cell', value: ({ cell }) => cell },
  { name: 'method', value: ({ method }) => method },
  { name: 'h2', value: ({ truth }) => truth },
  { name: 'expected_h2', value: ({ h2 }) => h2 },
  { name: 'relative_bias', value: ({ relativeBias }) => relativeBias },
];

const DRAWN: readonly Column<Row>[] = [
  { name: 'drawn_h2', value: ({ drawn }) => drawn?.mean ?? null },
  { name: 'drawn_sem', value: ({ drawn }) => drawn?.sem ?? null },
  { name: 'drawn_relative_bias', value: ({ drawn }) => drawn?.relativeBias ?? null },
  { name: 'draws', value: ({ drawn }) => drawn?.replicates ?? null },
];

function summaryTable(rows: readonly Row[], methods: readonly string[]): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`.replace('-', '−');
  const of = (method: string) =>
    rows.filter((row) => row.method === method && row.relativeBias !== null).map((row) => row.relativeBias!);
  return textTable(
    [
      { name: 'method', value: (method: string) => methodTitle(method) },
      { name: 'cells', value: (method) => of(method).length },
      {
        name: 'bias',
        header: 'mean relative bias',
        value: (method) => {
          const own = of(method);
          return own.length === 0 ? null : percent(own.reduce((sum, value) => sum + value, 0) / own.length);
        },
      },
      {
        name: 'range',
        value: (method) =>
          of(method).length === 0
            ? null
            : `${percent(smallest(of(method)))} to ${percent(largest(of(method)))}`,
      },
    ] satisfies Column<string>[],
    methods,
  );
}
