import type { Cohort } from '../../cohort/cohort.js';
import { countLdCohort, ldCohortFlags, openLdCohort, planOfLd } from '../../cohort/ld-cohort.js';
import { HeredityError } from '../../errors.js';
import { writeAnnotations } from '../../formats/annotation.js';
import { readIntervals } from '../../formats/intervals.js';
import { readLdScores } from '../../formats/ld-score.js';
import { host } from '../../host/host.js';
import { intervalAnnotation, ldscMinorFrequencies, noAnnotation } from '../../ld/annotations.js';
import { chooseWindows } from '../../ld/choose-windows.js';
import { binAnnotations, levelOfLd, type MafBins, mafBins, PAPER_MAF_EDGES } from '../../ld/maf-bins.js';
import { ldScores } from '../../ld/windowed-r2.js';
import { describe } from '../../linalg/description.js';
import { boolean, type FlagValues, integer, list, path, paths } from '../../options/flags.js';
import { windowFlags, windowReach } from '../../options/window-flags.js';
import { type Column, textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';

const ANNOTATIONS = { heading: 'Annotations' } as const;

const flags = {
  ...ldCohortFlags,
  base: boolean('an annotation that is 1 for every variant', ANNOTATIONS),
  mafBins: integer('so many bins by minor allele frequency with equal numbers of variants', {
    ...ANNOTATIONS,
    min: 1,
    max: 1000,
  }),
  mafEdges: list('bins by minor allele frequency between these edges, or "paper": the ten of the GRE paper', {
    ...ANNOTATIONS,
    placeholder: 'edges',
  }),
  lld: boolean(
    'level of LD: the normal quantile of the rank of the LD score within its bin (10 bins by default)',
    ANNOTATIONS,
  ),
  ldScores: path('prefix of LD scores for --lld; without it they are computed with the window below', {
    ...ANNOTATIONS,
    placeholder: 'prefix',
  }),
  bed: paths('UCSC BED files: an annotation for each, 1 within its intervals', ANNOTATIONS),
  windowsize: integer('base pairs added to both ends of the intervals', {
    ...ANNOTATIONS,
    min: 0,
    default: 0,
  }),
  ...windowFlags,
};

type AnnotateFlags = FlagValues<typeof flags>;

interface Annotation {
  readonly name: string;
  readonly values: Float64Array;
}

export const annotate = defineCommand({
  description:
    'Annotations of variants for partitioned LD scores: bins by allele frequency, level of LD within them, and intervals of ' +
    'the genome, alone or together, in an .annot.gz file that "heredity ld scores --annot" and LDSC read. Bins sum to one, so ' +
    'that --base beside them would make a regression collinear.',
  flags,
  examples: [
    {
      line: 'heredity ld annotate --bfile study --maf-bins 10 --lld --ld-wind-kb 1000 --out study.maf-lld',
      what: "the annotations of the GRE paper's S-LDSC (MAF+LLD)",
    },
    {
      line: 'heredity ld annotate --bfile study --base --bed coding.bed,enhancer.bed.gz --windowsize 500 --out study.functional',
      what: 'a base annotation and two of intervals with 500 base pairs around them',
    },
  ],
  outputs: [
    { file: '<out>.annot.gz', what: 'CHR BP SNP CM and the annotations, one row a variant' },
    { file: '<out>.ld-annotate.json', what: 'what each annotation holds, edges of bins, provenance' },
    { file: '<out>.ld-annotate.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    checkFlags(values);
    return planOfLd(values, run, { passes: values.lld && values.ldScores === undefined ? 2 : 1 });
  },
  async run(values, context) {
    const { log, provenance } = context;
    checkFlags(values);
    const open = await openLdCohort(values, context);
    try {
      const { variants: bim } = open.fileset;
      const cohort = await countLdCohort(open, values, context);
      const maf = ldscMinorFrequencies(cohort.statistics(cohort.variants));
      const bins = chooseBins(values, maf);
      const annotations: Annotation[] = [];
      if (values.base) annotations.push({ name: 'base', values: new Float64Array(maf.length).fill(1) });
      if (bins && (values.mafBins !== undefined || values.mafEdges)) annotations.push(...binColumns(bins));
      if (bins && values.lld)
        annotations.push({ name: 'LLD', values: levelOfLd(await scoresFor(values, context, cohort), bins) });
      for (const file of values.bed ?? []) {
        provenance.input(file);
        const intervals = await readIntervals(file, values.windowsize);
        const column = intervalAnnotation(intervals, bim, cohort.variants);
        if (!column.includes(1))
          log.warn(`${file}: no variant lies in its intervals; check the genome build`);
        annotations.push({
          name: host()
            .files.baseName(file)
            .replace(/\.bed(\.gz)?$/i, ''),
          values: column,
        });
      }
      checkNames(annotations);

      const table = new Float64Array(maf.length * annotations.length);
      for (const [c, { values: column }] of annotations.entries())
        for (let v = 0; v < column.length; v++) table[v * annotations.length + c] = column[v];
      const names = annotations.map(({ name }) => name);
      await writeAnnotations(`${values.out}.annot.gz`, bim, cohort.variants, names, table);
      const rows = annotations.map(({ name, values: column }) => ({
        name,
        total: column.reduce((sum, value) => sum + value, 0),
        ...describe(column),
      }));
      await writeDocument(context, {
        out: values.out,
        name: 'ld-annotate',
        schema: 'heredity/ld-annotate@1',
        fields: ({ warnings }) => ({
          method: 'annotations of variants',
          variants: cohort.variants.length,
          annotations: rows,
          mafEdges: bins ? [...bins.edges] : null,
          warnings,
        }),
        said: textTable(COLUMNS, rows),
        written: [`${values.out}.annot.gz`],
      });
    } finally {
      await open.close();
    }
  },
});

const COLUMNS: readonly Column<{
  name: string;
  total: number;
  mean: number;
  sd: number;
  min: number;
  max: number;
}>[] = [
  { name: 'annotation', value: (row) => row.name },
  { name: 'sum', value: (row) => row.total },
  { name: 'mean', value: (row) => row.mean },
  { name: 'sd', value: (row) => row.sd },
  { name: 'min', value: (row) => row.min },
  { name: 'max', value: (row) => row.max },
];

function checkFlags(values: AnnotateFlags): void {
  const { base, mafBins: bins, mafEdges, lld, bed } = values;
  if (!base && bins === undefined && !mafEdges && !lld && !bed) {
    throw new HeredityError('usage', 'no annotation is asked for', {
      expected: 'some of --base, --maf-bins, --maf-edges, --lld and --bed',
    });
  }
  if (bins !== undefined && mafEdges)
    throw new HeredityError('usage', '--maf-bins and --maf-edges cannot be given together', {
      fix: 'give one of them',
    });
  if (lld && values.ldScores === undefined) windowReach(values);
}

/** Bins for their own annotations and for the level of LD. */
function chooseBins(
  { mafBins: count, mafEdges, lld }: AnnotateFlags,
  maf: Float64Array,
): MafBins | undefined {
  if (mafEdges) return mafBins(maf, mafEdges.join() === 'paper' ? PAPER_MAF_EDGES : mafEdges.map(Number));
  return count !== undefined || lld ? mafBins(maf, count ?? 10) : undefined;
}

function binColumns(bins: MafBins): Annotation[] {
  const { values, columns } = binAnnotations(bins);
  return Array.from({ length: columns }, (_, c) => ({
    name: `MAFbin${c + 1}`,
    values: values.filter((_value, cell) => cell % columns === c),
  }));
}

/** LD scores of the cohort's variants, from files or from its own genotypes. */
async function scoresFor(values: AnnotateFlags, context: RecordedRun, cohort: Cohort): Promise<Float64Array> {
  const { variants, fileset } = cohort;
  if (values.ldScores === undefined) {
    const windows = chooseWindows(values, fileset, variants);
    const genotypes = await cohort.genotypes({ memory: cohort.memory / 2 });
    return ldScores(genotypes, windows, noAnnotation(variants.length), { adjusted: true }, context);
  }
  const table = await readLdScores([values.ldScores]);
  for (const file of table.files) context.provenance.input(file);
  return Float64Array.from(variants, (variant) => {
    const id = fileset.variants.id[variant];
    const row = table.ids.indexOf(id);
    if (row >= 0) return table.scores[row * table.columns.length];
    throw new HeredityError('mismatch', `variant ${id} has no LD score`, {
      file: table.files[0],
      expected: 'a score for each variant of the genotypes',
      fix: 'leave --ld-scores out to compute them, or take only variants with scores with --extract',
    });
  });
}

function checkNames(annotations: readonly Annotation[]): void {
  const names = annotations.map(({ name }) => name);
  const twice = names.find((name, c) => names.indexOf(name) < c);
  if (twice !== undefined)
    throw new HeredityError('usage', `two annotations would be called ${twice}`, { fix: 'rename a file' });
}
