import {
  type Cohort,
  countCohort,
  type OpenCohort,
  openCohort,
  WITHOUT_TABLES,
} from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { ADDITIVE_DOMINANCE, tellDominance } from '../../cohort/dominance-flag.js';
import { hasGenotypes } from '../../cohort/genotype-source.js';
import { partitionFlags, partitionVariants } from '../../cohort/partition.js';
import { openMatrixFiles } from '../../cohort/relationship-matrices.js';
import { modelOf, relationshipFlags, relationshipModel } from '../../cohort/relationship-model.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { type GrmFile, GrmWriter } from '../../formats/grm.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { maskIndices } from '../../genotypes/sample-mask.js';
import { genotypeFlags, runFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, number, path, string } from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';
import { overUnits } from '../../parts/division.js';
import type { Plan } from '../../plan.js';
import { weighing } from '../../progress.js';
import {
  panelCount,
  type RelationshipModel,
  relationshipBytes,
  relationshipPanels,
  relationshipWork,
} from '../../relatedness/grm.js';
import { mergedRows, type RelationshipRows } from '../../relatedness/merge.js';
import { relativesOnlyRows } from '../../relatedness/relatives-only.js';
import { HISTOGRAM, RELATED, RelationshipSummary } from '../../relatedness/summary.js';
import { samplesToDrop } from '../../relatedness/unrelated.js';
import type { Column } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import { partOf, type RecordedRun, type RunContext } from '../../run.js';
import { defineCommand } from '../command.js';
import { GIVEN, keys, without } from '../modes.js';

const FILES = { heading: 'Input' } as const;

const flags = defineFlags({
  ...genotypeFlags,
  grm: path('prefix of a matrix (<prefix>.grm.bin or .grm.gz), to be cut or written anew', {
    ...FILES,
    placeholder: 'prefix',
  }),
  mgrm: path('file with one prefix of a matrix a line, to be merged: the mean, weighted by variants', FILES),
  ...relationshipFlags,
  ...partitionFlags,
  partition: string(
    'one matrix a part: chromosome, maf-ld (as for GREML-LDMS), count:K, or a file (chr start end [name], or ID part)',
    { heading: 'Method', placeholder: 'parts', words: ['chromosome', 'maf-ld', 'count:'], mayBeFile: true },
  ),
  leaveOut: boolean('one matrix without each part, instead of one of each part', {
    heading: 'Method',
    goesWith: ['partition'],
  }),
  dominance: boolean(
    "the matrix of dominance, as GCTA's --make-grm-d: its files are <out>.d.grm.bin and so on, by which reml knows it",
    { heading: 'Method' },
  ),
  bK: number('set relationships below this to 0: the second matrix of a study of relatives, 0.05', {
    heading: 'Method',
    min: 0,
    max: 1,
    placeholder: 'threshold',
    aliases: ['--make-bK'],
  }),
  grmCutoff: number('leave out one of each pair of samples that are more related, so that many are kept', {
    heading: 'Samples',
  }),
  gz: boolean('write text (.grm.gz) instead of .grm.bin', { heading: 'Output' }),
  ...partFlags,
  ...runFlags,
});

type GrmFlags = FlagValues<typeof flags>;

const FROM_MATRICES = [...keys(runFlags), ...(['keep', 'remove', 'bK', 'grmCutoff', 'gz'] as const)];

export const grm = defineCommand({
  description:
    'Relationship matrices from genotypes, in the files of GCTA: over all variants, one a chromosome, one a stratum of ' +
    'frequency and LD, or one a part of a file; as GCTA computes them, or as kinships of a heritability model (LDAK). Frequencies are ' +
    'those of the samples in the matrix. The matrix is written in blocks of rows, each one pass over the genotypes, so ' +
    'that --memory can be far less than the matrix. Also merges matrices, and leaves out related samples.',
  flags,
  examples: [
    { line: 'heredity grm --bfile study --out study', what: 'one matrix of all autosomal variants' },
    { line: 'heredity grm --bfile study --partition chromosome --out study', what: 'one a chromosome' },
    { line: 'heredity grm --mgrm list.txt --out merged', what: 'the mean of several, weighted by variants' },
    { line: 'heredity grm --grm study --grm-cutoff 0.05 --out unrelated', what: 'unrelated samples only' },
    { line: 'heredity grm --bfile study --dominance --out study', what: 'dominance, in study.d.grm.bin' },
    {
      line: 'heredity grm --grm study --bK 0.05 --out study.bK',
      what: 'relatives only: with study itself the two matrices of a study of relatives',
    },
  ],
  outputs: [
    {
      file: '<out>[.<part>][.d].grm.bin, .grm.N.bin, .grm.id',
      what: 'matrix, variants a pair, samples; .d with --dominance',
    },
    { file: '<out>.grm.json', what: 'what the elements look like; provenance' },
    { file: '<out>.grm.tsv', what: 'one row a matrix' },
    { file: '<out>.grm.svg', what: 'histogram of relationships; also .png' },
    { file: '<out>.grm.log', what: 'what was printed' },
  ],
  modes: [
    { when: { grm: GIVEN }, flags: [...FROM_MATRICES, 'grm'] },
    { when: { mgrm: GIVEN }, flags: [...FROM_MATRICES, 'mgrm'] },
    { when: {}, flags: without(keys(flags), ['grm', 'mgrm', 'bK', 'grmCutoff']), needs: ['bfile'] },
  ],
  plan: (values, run) =>
    hasGenotypes(values) ? planFromGenotypes(values, run) : planFromMatrices(values, run),
  async run(values, context) {
    if (!hasGenotypes(values)) await fromMatrices(values, context);
    else await fromGenotypes(values, context);
  },
});

type MatrixRecord = ReturnType<RelationshipSummary['finish']> & {
  readonly prefix: string;
  /** Null where the matrix was made from others. */
  readonly variants: number | null;
  readonly histogram: Float64Array;
};

const COLUMNS: readonly Column<MatrixRecord>[] = [
  { name: 'matrix', value: ({ prefix }) => prefix },
  { name: 'samples', value: ({ samples }) => samples },
  { name: 'variants', value: ({ variants }) => variants },
  { name: 'mean_diagonal', header: 'mean diagonal', value: ({ diagonal }) => diagonal!.mean },
  { name: 'sd_diagonal', header: 'SD', value: ({ diagonal }) => Math.sqrt(diagonal!.variance) },
  {
    name: 'sd_off_diagonal',
    header: 'SD off diagonal',
    value: ({ offDiagonal }) => offDiagonal && Math.sqrt(offDiagonal.variance),
  },
  {
    name: 'most_related',
    header: 'largest off',
    value: ({ offDiagonal }) => offDiagonal?.most ?? null,
  },
  { name: 'related_pairs', header: `pairs > ${RELATED}`, value: ({ relatedPairs }) => relatedPairs },
  { name: 'related_by_chance', header: 'by chance', value: ({ relatedByChance }) => relatedByChance },
];

async function planFromGenotypes(values: GrmFlags, run: RecordedRun): Promise<Plan> {
  const open = await openCohort({ ...values, ...WITHOUT_TABLES }, run, { variantIds: false });
  try {
    const matrix = relationshipBytes(open.people.count, true);
    const rows = Math.min(rowMemory(open), matrix);
    const step = {
      name: 'relationships',
      variants: open.variants.length,
      memory: { tiles: rows },
      work: relationshipWork(open.people.count, open.variants.length),
    };
    return cohortPlan(open, { passes: 1 + Math.ceil(matrix / rows), steps: [step] });
  } finally {
    await open.close();
  }
}

async function planFromMatrices(values: GrmFlags, run: RecordedRun): Promise<Plan> {
  const { files, mask } = await openMatrixFiles({ ...values, ...WITHOUT_TABLES }, run);
  const times = values.grmCutoff === undefined ? 'once' : 'twice';
  return {
    about: [
      `${formatCount(mask.count)} people, ${formatCount(files.length)} ${files.length === 1 ? 'matrix' : 'matrices'}: read row by row, ${times}`,
    ],
    steps: [],
  };
}

async function fromGenotypes(values: GrmFlags, context: RecordedRun): Promise<void> {
  const open = await openCohort({ ...values, ...WITHOUT_TABLES }, context, { variantIds: false });
  try {
    const cohort = await countCohort(open, { ...values, ...WITHOUT_TABLES }, context);
    const model = await relationshipModel(values, cohort.fileset.variants.id, context.provenance);
    const parts =
      values.partition === undefined
        ? [{ id: '', variants: cohort.variants }]
        : await partitionVariants(values.partition, cohort, values, context);
    const records: MatrixRecord[] = [];
    const prefixes = outputPrefixes(
      values.out,
      parts.map(({ id }) => `${values.leaveOut ? 'no-' : ''}${id}`),
    );
    const matrices = parts.map(({ id, variants: own }) => {
      const variants = values.leaveOut ? allBut(cohort.variants, own) : own;
      return { id, variants, model: modelOf(model, variants) };
    });
    const rows = matrixRows(cohort, matrices, values, context);
    for (const [m, { id, variants }] of matrices.entries()) {
      const prefix = `${id === '' ? values.out : prefixes[m]}${values.dominance ? '.d' : ''}`;
      records.push(
        await writeMatrix(
          prefix,
          peopleOf(cohort),
          rowsOfNext(rows, cohort.people.count),
          values.gz,
          variants.length,
        ),
      );
    }
    await rows.next(); // there are none: it ends
    await writeRecords(values.out, records, context);
  } finally {
    await open.close();
  }
}

const allBut = (all: Int32Array, some: Int32Array): Int32Array => {
  const left = new Set(some);
  return all.filter((v) => !left.has(v));
};

function peopleOf({ people, fileset }: Cohort) {
  const indices = maskIndices(people);
  return {
    familyId: Array.from(indices, (i) => fileset.samples.familyId[i]),
    individualId: Array.from(indices, (i) => fileset.samples.individualId[i]),
  };
}

/** A matrix to be made. */
interface MatrixOfVariants {
  readonly id: string;
  readonly variants: Int32Array;
  readonly model: RelationshipModel;
}

/** Bytes of the rows that are made at once: all, or half of what is left, the other half being for genotypes. */
const rowMemory = ({ memory, people }: Pick<OpenCohort, 'memory' | 'people'>): number =>
  Math.min(memory / 2, relationshipBytes(people.count, true));

/** Rows of all matrices, one matrix after another; a part has some consecutive panels of them. */
function matrixRows(
  cohort: Cohort,
  matrices: readonly MatrixOfVariants[],
  { dominance }: Pick<GrmFlags, 'dominance'>,
  context: RecordedRun,
): AsyncGenerator<RelationshipRows, void, void> {
  const panels = panelCount(cohort.people.count);
  const work = {
    name: 'panels of rows',
    weights: matrices.flatMap(({ variants }) =>
      Array.from({ length: panels }, (_, p) => (p + 1) * variants.length),
    ),
    choices: matrices.map(({ id, variants }) => [id, variants.length]),
  };
  return overUnits(context, work, async function* (first, end, inside) {
    for (const [matrix, own] of matrices.entries()) {
      const only = [first, end].map((unit) => Math.min(panels, Math.max(0, unit - matrix * panels)));
      if (only[0] === only[1]) continue;
      const rows = rowMemory(cohort);
      const alleles = await cohort.genotypes({ memory: cohort.memory - rows }, own.variants);
      const genotypes = dominance ? alleles.dominance() : alleles;
      if (dominance) tellDominance(genotypes, ADDITIVE_DOMINANCE, context);
      yield* genotypeRows(genotypes, own, rows, [only[0], only[1]], inside);
      alleles.close();
    }
  });
}

/** Those of the next matrix, of so many samples. */
async function* rowsOfNext(
  rows: AsyncGenerator<RelationshipRows, void, void>,
  samples: number,
): AsyncGenerator<RelationshipRows> {
  for (let next = 0; next < samples; ) {
    const { value } = await rows.next();
    if (value?.firstRow !== next) throw new HeredityError('internal', 'rows of a matrix are missing');
    next = value.endRow;
    yield value;
  }
}

/** Some panels of a matrix, in float32. */
async function* genotypeRows(
  genotypes: GenotypeOperator,
  { id, model }: MatrixOfVariants,
  memory: number,
  only: readonly [number, number],
  run: RunContext,
): AsyncGenerator<RelationshipRows> {
  const phase = run.progress.phase(id || 'all variants', { total: 1 });
  const panels = relationshipPanels(genotypes, model, memory, partOf(run, weighing(phase, 1)), only);
  for await (const { firstRow, panel, divisors, total } of panels) {
    const { values, height, width } = panel;
    const length = height * firstRow + (height * (height + 1)) / 2;
    const [elements, counts] = [new Float32Array(length), new Float32Array(length).fill(total)];
    for (let r = 0, at = 0; r < height; r++) {
      const from = r * width;
      const row = firstRow + r + 1;
      elements.set(values.subarray(from, from + row), at);
      if (divisors) counts.set(divisors.values.subarray(from, from + row), at);
      at += row;
    }
    yield { firstRow, endRow: width, values: elements, variants: counts };
  }
  phase.end();
}

/** Writes rows as they come, and says what they look like. */
async function writeMatrix(
  prefix: string,
  people: { readonly familyId: readonly string[]; readonly individualId: readonly string[] },
  rows: AsyncIterable<RelationshipRows>,
  gz: boolean,
  variants: number | null,
): Promise<MatrixRecord> {
  const writer = await GrmWriter.create(prefix, people, gz ? 'gz' : 'bin');
  const summary = new RelationshipSummary();
  try {
    for await (const { firstRow, endRow, values, variants: counts } of rows) {
      for (let row = firstRow, at = 0; row < endRow; at += ++row)
        summary.add(values.subarray(at, at + row + 1));
      await writer.append(values, counts, endRow - firstRow);
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { prefix, variants, ...summary.finish(), histogram: summary.histogram };
}

async function fromMatrices(values: GrmFlags, context: RecordedRun): Promise<void> {
  const { files, mask } = await openMatrixFiles({ ...values, ...WITHOUT_TABLES }, context);
  const uncounted = files.filter(({ hasCounts }) => !hasCounts).map(({ prefix }) => prefix);
  if (files.length > 1 && uncounted.length > 0)
    context.log.warn(
      `${uncounted.length} of ${files.length} matrices have no .grm.N.bin (${uncounted.slice(0, 5).join(', ')}${uncounted.length > 5 ? ', …' : ''}): how many variants are behind them is not known, so every matrix counts the same in the mean`,
    );
  const [first] = files;
  let kept = maskIndices(mask);
  if (values.grmCutoff !== undefined) {
    const before = kept.length;
    const dropped = samplesToDrop(await relatedPairs(files, kept, values.grmCutoff), before);
    kept = kept.filter((_, position) => !dropped.has(position));
    context.log.result(
      `--grm-cutoff ${values.grmCutoff}: ${formatCount(dropped.size)} of ${formatCount(before)} samples left out`,
    );
  }
  const people = {
    familyId: Array.from(kept, (i) => first.familyId[i]),
    individualId: Array.from(kept, (i) => first.individualId[i]),
  };
  const rows = mergedRows(files, kept);
  const own = values.bK === undefined ? rows : relativesOnlyRows(rows, values.bK);
  const record = await writeMatrix(values.out, people, own, values.gz, null);
  await writeRecords(values.out, [record], context);
}

/** Positions among the samples of those that are more related than the cutoff. */
async function relatedPairs(
  files: readonly GrmFile[],
  samples: Int32Array,
  cutoff: number,
): Promise<Int32Array> {
  const pairs: number[] = [];
  for await (const { firstRow, endRow, values } of mergedRows(files, samples)) {
    let at = 0;
    for (let row = firstRow; row < endRow; row++, at++)
      for (let k = 0; k < row; k++, at++) if (values[at] > cutoff) pairs.push(row, k);
  }
  return Int32Array.from(pairs);
}

/** What the elements look like: JSON, TSV, and the picture of the first. */
async function writeRecords(out: string, records: readonly MatrixRecord[], run: RecordedRun): Promise<void> {
  const [first] = records;
  const matrices = records.length === 1 ? first.prefix : `${formatCount(records.length)} matrices ${out}.*`;
  await writeDocument(run, {
    out,
    name: 'grm',
    schema: 'heredity/grm@1',
    fields: ({ samples, variants }) => ({
      matrices: records.map(({ histogram: _, ...rest }) => rest),
      samples,
      variants,
    }),
    table: { columns: COLUMNS, rows: records },
    charts: [{ name: 'grm', svg: await histogramOf(first) }],
    written: [`${matrices}.grm.*`],
  });
}

async function histogramOf({ prefix, histogram }: MatrixRecord): Promise<string> {
  const { histogramChart } = await import('../../report/histogram-chart.js');
  const { first, step } = HISTOGRAM;
  return histogramChart({
    bins: Array.from(histogram, (count, bin) => ({
      low: first + bin * step,
      high: first + (bin + 1) * step,
      count,
    })),
    title: `Relationships between samples: ${prefix.split('/').at(-1)}`,
    xLabel: 'relationship of a pair',
    yLabel: 'pairs',
    scale: 'log',
  });
}
