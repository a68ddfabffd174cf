import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import type { VariantTable } from '../../formats/bim.js';
import { writeFrequencies } from '../../formats/frequency.js';
import type { VariantList } from '../../formats/id-list.js';
import { writeLdScores, writeVariantCounts } from '../../formats/ld-score.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { annotationTotals, COMMON_MAF } from '../../ld/annotations.js';
import { type ScoreSummary, summariseScores } from '../../ld/score-summary.js';
import type { Annotations } from '../../ld/windowed-r2.js';
import { chromosomeStarts } from '../../ld/windows.js';
import type { Column } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';

/** LD scores and what they were made of. */
export interface ScoreSet {
  readonly bim: VariantTable;
  /** Indices in the .bim file. */
  readonly variants: Int32Array;
  readonly people: number;
  /** Names of the scores. */
  readonly names: readonly string[];
  readonly annotations: Annotations;
  /** variants x names, row-major. */
  readonly scores: Float64Array;
  readonly maf: Float64Array;
  /** Whether allele 1 is the minor one, and the alleles seen, of a variant. */
  readonly minorIsFirst: (variant: number) => boolean;
  readonly observed: (variant: number) => number;
}

interface OutputFlags {
  readonly out: string;
  readonly perChromosome: boolean;
  readonly plot: boolean;
  readonly unadjusted: boolean;
  readonly gcta: boolean;
}

/** Writes scores, numbers of variants and the summary, and prints the latter. */
export async function writeScores(
  flags: OutputFlags,
  run: RecordedRun,
  set: ScoreSet,
  printed: VariantList | undefined,
): Promise<void> {
  const written = parts(flags, set).map(({ out, from, to }) => writePart(out, set, from, to, printed));
  const all = Promise.all(written); // compressed on other threads meanwhile
  all.catch(() => {});
  const summary = summariseScores(set.scores, set.annotations, set.maf);
  const files = (await all).flat();
  if (flags.gcta) files.push(`${flags.out}.score.ld`);
  const totals = annotationTotals(set.annotations);
  const common = annotationTotals(set.annotations, (v) => set.maf[v] > COMMON_MAF);
  const rows = set.names.map((name, c) => ({
    name,
    variants: totals[c],
    commonVariants: common[c],
    ...summary.scores[c],
    mafCorrelation: summary.correlations[0][c + 1]!,
  }));
  for (const warning of warningsOf(set, summary)) run.log.warn(warning);
  if (flags.plot) {
    const { scorePicture } = await import('./scores-picture.js');
    files.push(...(await scorePicture(flags.out, set)));
  }
  const { correlations, annotationCorrelations, conditionNumber } = summary;
  await writeDocument(run, {
    out: flags.out,
    name: 'ld-scores',
    schema: 'heredity/ld-scores@1',
    fields: ({ warnings }) => ({
      method: flags.gcta
        ? 'LD scores of GCTA'
        : flags.unadjusted
          ? 'LD scores, r2 not adjusted'
          : 'LD scores',
      people: set.people,
      variants: set.variants.length,
      maf: summary.maf,
      scores: rows,
      correlations: { names: ['MAF', ...set.names], values: correlations },
      annotationCorrelations: { names: set.names, values: annotationCorrelations },
      conditionNumber,
      files,
      warnings,
    }),
    said: `LD scores of ${formatCount(set.variants.length)} variants from ${formatCount(set.people)} people`,
    table: { columns: COLUMNS, rows },
    written: files,
  });
}

type SummaryRow = ScoreSummary['scores'][number] & {
  readonly name: string;
  readonly variants: number;
  readonly commonVariants: number;
  readonly mafCorrelation: number | null;
};

const COLUMNS: readonly Column<SummaryRow>[] = [
  { name: 'score', value: (row) => row.name },
  { name: 'M', value: (row) => row.variants },
  { name: 'M_5_50', value: (row) => row.commonVariants },
  { name: 'mean', value: (row) => row.mean },
  { name: 'sd', value: (row) => row.sd },
  { name: 'min', value: (row) => row.min },
  { name: 'quartile1', header: '25 %', value: (row) => row.quartile1 },
  { name: 'median', value: (row) => row.median },
  { name: 'quartile3', header: '75 %', value: (row) => row.quartile3 },
  { name: 'max', value: (row) => row.max },
  { name: 'maf_correlation', header: 'r with MAF', value: (row) => row.mafCorrelation },
];

interface Part {
  /** Prefix of its files. */
  readonly out: string;
  /** Its variants, from and to before. */
  readonly from: number;
  readonly to: number;
}

function parts({ out, perChromosome }: OutputFlags, { bim, variants }: ScoreSet): Part[] {
  if (!perChromosome) return [{ out, from: 0, to: variants.length }];
  const starts = chromosomeStarts(bim, variants);
  const names = Array.from(starts, (from) => bim.chromosome[variants[from]].replace(/^chr/i, ''));
  const prefixes = outputPrefixes(out, names);
  return starts.map((from, c) => ({
    out: prefixes[c],
    from,
    to: starts[c + 1] ?? variants.length,
  }));
}

async function writePart(
  out: string,
  { bim, variants, names, scores, annotations, maf, minorIsFirst, observed }: ScoreSet,
  from: number,
  to: number,
  printed: VariantList | undefined,
): Promise<string[]> {
  const width = names.length;
  let rows = variants.subarray(from, to);
  let values = scores.subarray(from * width, to * width);
  if (printed) {
    const kept = Array.from(rows, (_, k) => k).filter((k) => printed.has(bim.id[rows[k]]));
    values = Float64Array.from(kept.flatMap((k) => [...values.subarray(k * width, (k + 1) * width)]));
    rows = Int32Array.from(kept, (k) => rows[k]);
    if (kept.length === 0) {
      throw new HeredityError('mismatch', '--print-snps leaves no score to write', {
        file: printed.path,
        expected: `IDs such as ${bim.id[variants[from]]}`,
      });
    }
  }
  const part: Annotations = {
    values: annotations.values.subarray(from * width, to * width),
    columns: width,
  };
  const paths = [`${out}.l2.ldscore.gz`, `${out}.l2.M`, `${out}.l2.M_5_50`, `${out}.frq`] as const;
  await writeLdScores(paths[0], bim, rows, names, values);
  await writeVariantCounts(paths[1], annotationTotals(part));
  await writeVariantCounts(
    paths[2],
    annotationTotals(part, (v) => maf[from + v] > COMMON_MAF),
  );
  await writeFrequencies(paths[3], bim, variants.subarray(from, to), {
    frequency: maf.subarray(from, to),
    isFirst: (k) => minorIsFirst(from + k),
    observed: (k) => observed(from + k),
  });
  return [...paths];
}

/** A regression on scores that are nearly collinear has no stable answer: LDSC refuses beyond this condition number. */
const LARGEST_CONDITION_NUMBER = 1e5;

/** LDSC's authors advise at least some hundreds of people. */
const FEW_PEOPLE = 200;

function warningsOf({ people, names }: ScoreSet, { scores, conditionNumber }: ScoreSummary): string[] {
  const warnings: string[] = [];
  if (people < FEW_PEOPLE) {
    warnings.push(
      `LD scores from ${people} people are noisy, which biases heritability downwards: use some hundreds of people at least`,
    );
  }
  if (conditionNumber === null || conditionNumber > LARGEST_CONDITION_NUMBER) {
    warnings.push(
      `the LD scores are nearly collinear (condition number ${conditionNumber === null ? 'infinite' : conditionNumber.toExponential(1)}): a regression on all of them has no stable answer`,
    );
  }
  for (const [c, { sd }] of scores.entries())
    if (sd === 0) warnings.push(`${names[c]} is the same for all variants: no regression can use it`);
  return warnings;
}
