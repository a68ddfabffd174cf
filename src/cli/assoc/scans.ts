import { GENOME_WIDE_P, ScanSummary } from '../../association/scan-summary.js';
import type { Cohort } from '../../cohort/cohort.js';
import { formatCount, significant } from '../../estimate/number.js';
import type { GlmLinearRows } from '../../formats/glm-linear.js';
import type { NamedPicture } from '../../report/document-pictures.js';
import { type GenomeAxis, genomeAxis } from '../../report/genome-axis.js';
import { quantilePicture } from '../../report/quantile-picture.js';
import type { Column } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';

/** Variants of a scan that say their numbers to who points at them. */
const POINTED = 100;
/** Pictures of more traits than this are not drawn: nobody would look at them. */
const PICTURED_TRAITS = 20;

/** What the scans of all traits found, as their rows come. */
export class Scans {
  readonly axis: GenomeAxis;
  readonly summaries: readonly ScanSummary[];
  readonly #variants: Cohort['fileset']['variants'];

  constructor({ fileset, variants, traits }: Cohort) {
    this.#variants = fileset.variants;
    const { chromosome, position } = fileset.variants;
    this.axis = genomeAxis(stretches(variants, chromosome, position));
    this.summaries = traits.map(() => new ScanSummary(this.axis.length));
  }

  add(trait: number, { variant, t, logP }: GlmLinearRows): void {
    const { chromosome, position } = this.#variants;
    for (const [k, v] of variant.entries())
      if (!Number.isNaN(t[k]))
        this.summaries[trait].add(v, this.axis.place(chromosome[v], position[v]), t[k], logP[k]);
  }
}

function* stretches(
  variants: Int32Array,
  chromosome: readonly string[],
  position: Int32Array | Float64Array,
): Generator<{ chromosome: string; start: number; end: number }> {
  for (const v of variants) yield { chromosome: chromosome[v], start: position[v], end: position[v] };
}

/** One row a trait. */
interface ScanRow {
  readonly trait: string;
  readonly kind: 'quantitative' | 'case-control';
  readonly n: number;
  /** With a result. */
  readonly variants: number;
  /** Without one: see ERRCODE. */
  readonly withoutResult: number;
  readonly lambdaGc: number | null;
  readonly meanChi2: number | null;
  /** P below 5e-8. */
  readonly genomeWide: number;
  readonly strongest: { readonly variant: string; readonly minusLog10P: number } | null;
}

const COLUMNS: readonly Column<ScanRow>[] = [
  { name: 'trait', value: ({ trait }) => trait },
  { name: 'n', value: ({ n }) => n },
  { name: 'variants', value: ({ variants }) => variants },
  { name: 'without_result', header: 'without result', value: ({ withoutResult }) => withoutResult },
  { name: 'lambda_gc', header: 'λ GC', value: ({ lambdaGc }) => lambdaGc },
  { name: 'mean_chi2', header: 'mean χ²', value: ({ meanChi2 }) => meanChi2 },
  { name: 'genome_wide', header: 'P < 5e-8', value: ({ genomeWide }) => genomeWide },
  { name: 'strongest', value: ({ strongest }) => strongest?.variant ?? null },
  {
    name: 'minus_log10_p',
    header: '−log10 P',
    value: ({ strongest }) => strongest?.minusLog10P ?? null,
  },
];

/** Prints one row a trait, and writes JSON, TSV and the pictures. */
export async function writeScans(
  run: RecordedRun,
  { out, skipPictures }: { readonly out: string; readonly skipPictures: boolean },
  { fileset, variants, traits }: Cohort,
  { summaries, axis }: Scans,
  prefixes: readonly string[],
): Promise<void> {
  const { log } = run;
  const rows = traits.map(({ name, kind, present }, t): ScanRow => {
    const { histogram, strongest, genomeWide } = summaries[t];
    const { count } = histogram;
    return {
      trait: name,
      kind,
      n: present,
      variants: count,
      withoutResult: variants.length - count,
      lambdaGc: count === 0 ? null : histogram.lambdaGc,
      meanChi2: count === 0 ? null : histogram.meanChi2,
      genomeWide,
      strongest: strongest
        ? { variant: fileset.variants.id[strongest.variant], minusLog10P: -strongest.logP / Math.LN10 }
        : null,
    };
  });
  for (const { name, kind, cases, controls } of traits)
    if (kind === 'case-control')
      log.info(
        `${name}: linear regression of a case-control trait (${formatCount(cases)} cases, ${formatCount(controls)} controls): BETA is the change in the share of cases with each allele, about the log odds ratio times ${significant((cases * controls) / (cases + controls) ** 2, 3)}; P values hold unless cases and the allele are both rare`,
      );
  if (rows.some(({ withoutResult }) => withoutResult > 0))
    log.info('a variant without a result: the ERRCODE of its row says why');
  const pictured = skipPictures ? [] : rows.slice(0, PICTURED_TRAITS);
  if (!skipPictures && traits.length > PICTURED_TRAITS)
    log.info(`pictures are of the first ${PICTURED_TRAITS} of ${formatCount(traits.length)} traits`);
  await writeDocument(run, {
    out,
    name: 'assoc',
    schema: 'heredity/assoc@1',
    fields: { genomeWideP: GENOME_WIDE_P, traits: rows },
    table: { columns: COLUMNS, rows },
    pictures: picturesOf(pictured, summaries, axis, fileset.variants, (t) =>
      prefixes[t].slice(out.length + 1),
    ),
    written: prefixes.flatMap((prefix) => [`${prefix}.glm.linear`, `${prefix}.sumstats.gz`]),
  });
}

function picturesOf(
  rows: readonly ScanRow[],
  summaries: readonly ScanSummary[],
  { chromosomes }: GenomeAxis,
  { id, chromosome, position }: Cohort['fileset']['variants'],
  nameOf: (trait: number) => string,
): NamedPicture[] {
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
  return rows.flatMap(({ trait, lambdaGc, n }, t): NamedPicture[] => {
    if (lambdaGc === null) return [];
    const { skyline, histogram } = summaries[t];
    const of = `${trait}, ${formatCount(n)} people`;
    return [
      {
        kind: 'scan',
        name: `${nameOf(t)}.manhattan`,
        title: of,
        threshold: -Math.log10(GENOME_WIDE_P),
        chromosomes,
        peaks: [...skyline.peaks()].flatMap(({ place, low, high }) => [
          Math.round(place),
          rounded(low, 2),
          rounded(high, 2),
        ]),
        strongest: skyline.tops(POINTED).map(({ variant, height }) => ({
          variant: id[variant],
          chromosome: chromosome[variant],
          position: position[variant],
          minusLog10P: rounded(height, 3),
        })),
      },
      {
        name: `${nameOf(t)}.qq`,
        ...quantilePicture(histogram.quantilePairs(), {
          title: `${of}: λGC ${significant(lambdaGc, 4)}`,
          xLabel: 'expected quantile of χ²',
          yLabel: 'observed quantile of χ²',
        }),
      },
    ];
  });
}
