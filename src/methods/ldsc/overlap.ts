import { HeredityError } from '../../errors.js';
import type { AnnotationOverlap } from '../../estimators/ldsc/partitioned.js';
import { type AnnotationTable, readAnnotations } from '../../formats/annotation.js';
import { FREQUENCY_ENDINGS, type Frequencies, readFrequencies } from '../../formats/frequency.js';
import { type LdScoreFile, type LdScoreTable, ldScoreFiles } from '../../formats/ld-score.js';
import { findChromosomeFiles, firstFile } from '../../formats/per-chromosome.js';
import { joined, largeFloat64 } from '../../kernels/memory.js';
import type { RecordedRun } from '../../run.js';
import {
  type AlignedAnnotations,
  alignAnnotationFiles,
  annotationColumns,
  frequenciesOfRows,
} from './annotation-rows.js';
import type { LdscFlags } from './flags.js';
import { annotationName } from './h2-results.js';
import { type Reference, type ReferenceFrequencies, referencePrefixes } from './reference.js';

/** Sums of all annotations over the quantiles of one. */
export interface QuantileSets {
  readonly annotation: string;
  /** quantiles x annotations, row-major. */
  readonly sums: Float64Array;
  /** SNPs of each quantile. */
  readonly sizes: Float64Array;
  /** SNPs of all. */
  readonly snps: number;
}

export interface ReadOverlap {
  readonly overlap: AnnotationOverlap;
  readonly quantiles: readonly QuantileSets[];
  /** Those by which SNPs are common; undefined where all count. */
  readonly frequencies: ReferenceFrequencies | undefined;
}

/** LDSC's limits of common SNPs, exclusive. */
const COMMON = [0.05, 0.95] as const;

/**
 * Reads the .annot files beside the LD scores: how annotations share SNPs, and their quantiles where asked for.
 * @throws HeredityError what the readers throw; `usage` without frequencies; `mismatch` for other annotations than columns.
 */
export async function readOverlap(
  reference: Reference,
  flags: LdscFlags,
  context: RecordedRun,
): Promise<ReadOverlap> {
  const { prefixes, perChromosome } = referencePrefixes(flags);
  const frequenciesOf = await openFrequencies(flags, perChromosome, context);
  const columns = reference.names.length;
  const found = await Promise.all(prefixes.map((prefix) => ldScoreFiles(prefix, perChromosome)));
  const [first] = found;
  const rows: Float64Array[] = [];
  const { table } = reference;
  const known = new Float64Array(table.count).fill(Number.NaN);
  for (const file of first.files) {
    const tables: AnnotationTable[] = [];
    for (const { files } of found) tables.push(await readOne(sameChromosome(files, file), context));
    const aligned = alignAnnotationFiles(tables);
    const frequencies = await frequenciesOf?.(file);
    rows.push(commonRows(aligned, frequencies, keptColumns(reference, tables)));
    if (frequencies) fillFrequencies(known, table, file, frequencies);
  }
  const values = joined(largeFloat64, rows);
  const snps = values.length / columns;
  if (snps === 0)
    throw new HeredityError('mismatch', 'no SNP of the .annot files is common by the .frq files', {
      fix: 'check that both name SNPs in the same way',
    });
  const products = new Float64Array(columns * columns);
  for (let j = 0; j < snps; j++)
    for (let a = 0; a < columns; a++) {
      const value = values[j * columns + a];
      if (value === 0) continue;
      for (let b = 0; b < columns; b++) products[a * columns + b] += value * values[j * columns + b];
    }
  checkTotals(values, reference, first.files[0].stem, flags);
  return {
    overlap: { products, snps },
    quantiles: flags.quantiles === undefined ? [] : quantileSets(values, reference.names, flags.quantiles),
    frequencies: frequenciesOf && { called: (flags.frqfileChr ?? flags.frqfile)!, values: known },
  };
}

/** Notes the frequencies of SNPs that have LD scores in a file. */
function fillFrequencies(
  values: Float64Array,
  { ids, chromosome }: LdScoreTable,
  file: LdScoreFile,
  { frequencies }: FrequencyFile,
): void {
  for (const { text, from, to } of chromosome.runs()) {
    if (file.chromosome !== undefined && text !== file.chromosome) continue;
    for (let row = from; row < to; row++) {
      const there = frequencies.ids.rowOf(ids, row);
      if (there >= 0) values[row] = frequencies.frequency[there];
    }
  }
}

const ANNOTATION_ENDINGS = ['.annot.gz', '.annot', '.l2.annot.gz', '.l2.annot'];

async function readOne({ stem }: LdScoreFile, { provenance }: RecordedRun): Promise<AnnotationTable> {
  const path = (await firstFile(stem, ANNOTATION_ENDINGS)) ?? `${stem}${ANNOTATION_ENDINGS[0]}`;
  provenance.input(path);
  return readAnnotations(path);
}

/** Of the files of another prefix that of the same chromosome: LD scores of both were found to be of the same SNPs. */
function sameChromosome(files: readonly LdScoreFile[], { chromosome, path }: LdScoreFile): LdScoreFile {
  const same = files.find((file) => file.chromosome === chromosome);
  if (same) return same;
  throw new HeredityError('mismatch', `there is no file of chromosome ${chromosome}`, {
    file: files[0].path,
    expected: `the chromosomes of ${path} and its neighbours`,
  });
}

interface FrequencyFile {
  readonly path: string;
  readonly frequencies: Frequencies;
}

/**
 * Frequencies for each file of LD scores: of its chromosome where both are by chromosome; else those of all.
 * @returns undefined where all SNPs count.
 * @throws HeredityError `usage` where none are given, or twice; `bad-input` for missing files, and what the reader throws.
 */
async function openFrequencies(
  { frqfile, frqfileChr, countAllSnps }: LdscFlags,
  perChromosome: boolean,
  { provenance }: RecordedRun,
): Promise<((file: LdScoreFile) => Promise<FrequencyFile>) | undefined> {
  if (frqfile !== undefined && frqfileChr !== undefined)
    throw new HeredityError('usage', '--frqfile and --frqfile-chr both give frequencies', {
      fix: 'give one of them',
    });
  if (countAllSnps) return undefined;
  const read = async (paths: readonly string[]): Promise<FrequencyFile> => {
    for (const path of paths) provenance.input(path);
    return { path: paths[0], frequencies: await readFrequencies(paths) };
  };
  if (frqfile !== undefined) {
    const all = await read([await frequencyFile(frqfile)]);
    return async () => all;
  }
  if (frqfileChr === undefined) {
    throw new HeredityError(
      'usage',
      `--overlap-annot needs ${perChromosome ? '--frqfile-chr' : '--frqfile'}`,
      {
        fix: 'or count all SNPs with --not-M-5-50',
      },
    );
  }
  const { files } = await findChromosomeFiles(frqfileChr, FREQUENCY_ENDINGS, 'allele frequencies');
  if (!perChromosome) {
    const all = await read(files.map(({ path }) => path));
    return async () => all;
  }
  return async ({ chromosome, path }) => {
    const file = files.find((candidate) => candidate.chromosome === chromosome);
    if (file) return read([file.path]);
    throw new HeredityError('bad-input', `there are no frequencies of chromosome ${chromosome}`, {
      file: `${frqfileChr}${chromosome}${FREQUENCY_ENDINGS[1]}`,
      expected: `a file for each chromosome that has LD scores, such as ${path}`,
    });
  };
}

/** A file of frequencies by its prefix or its name. */
async function frequencyFile(prefix: string): Promise<string> {
  return (await firstFile(prefix, [...FREQUENCY_ENDINGS, ''])) ?? `${prefix}.frq`;
}

interface Place {
  readonly table: number;
  readonly column: number;
}

/** Annotations of the common SNPs, rows x kept columns. */
function commonRows(
  aligned: AlignedAnnotations,
  file: FrequencyFile | undefined,
  kept: readonly Place[],
): Float64Array {
  const { tables, rows, count } = aligned;
  const frequency = file && frequenciesOfRows(aligned, file.frequencies, file.path);
  const common = Array.from({ length: count }, (_, row) => row).filter(
    (row) => !frequency || (frequency[row] > COMMON[0] && frequency[row] < COMMON[1]),
  );
  const values = new Float64Array(common.length * kept.length);
  for (const [k, row] of common.entries())
    for (const [c, { table, column }] of kept.entries()) {
      const { values: own, names } = tables[table];
      values[k * kept.length + c] = own[rows[table][row] * names.length + column];
    }
  return values;
}

/** Where the columns of the reference (without those that do not vary) are in the annotation files. */
function keptColumns({ table, names }: Reference, tables: readonly AnnotationTable[]): Place[] {
  const isOne = tables.length === 1;
  const all = table.columns.map((name) => (isOne ? `${name}_0` : name));
  const places = tables.flatMap((annotations, t) => {
    const own = all.filter((name) => name.endsWith(`_${t}`)).map((name) => name.slice(0, -1 - `${t}`.length));
    return annotationColumns(own, annotations).map((column): Place => ({ table: t, column }));
  });
  return names.map((name) => places[all.indexOf(name)]);
}

/** Share of an annotation by which the files may differ: counts are written with few digits. */
const TOTALS_TOLERANCE = 0.01;

/** The counts of the LD scores have to be the sums of the annotations: else files of different runs were mixed. */
function checkTotals(
  values: Float64Array,
  { counts, names }: Reference,
  prefix: string,
  flags: LdscFlags,
): void {
  if (flags.snpCounts) return;
  const columns = names.length;
  for (let c = 0; c < columns; c++) {
    let [sum, size] = [0, 0];
    for (let j = c; j < values.length; j += columns) {
      sum += values[j];
      size += Math.abs(values[j]);
    }
    if (Math.abs(sum - counts[c]) <= TOTALS_TOLERANCE * Math.max(size, 1)) continue;
    throw new HeredityError(
      'mismatch',
      `annotation ${annotationName(names[c])} sums to ${sum} over the SNPs of the .annot files`,
      {
        file: `${prefix}`,
        expected: `${counts[c]}, the number of SNPs beside its LD scores`,
        fix: 'give the .annot, .l2.M and .frq files of the same run',
      },
    );
  }
}

/** Quantiles of every annotation with more than two values, ties in file order. */
function quantileSets(values: Float64Array, names: readonly string[], quantiles: number): QuantileSets[] {
  const columns = names.length;
  const snps = values.length / columns;
  const sets: QuantileSets[] = [];
  for (let c = 0; c < columns; c++) {
    const own = Float64Array.from({ length: snps }, (_, j) => values[j * columns + c]);
    if (new Set(own.subarray(0, Math.min(snps, 100_000))).size <= 2) continue;
    const order = Int32Array.from({ length: snps }, (_, j) => j).sort((a, b) => own[a] - own[b] || a - b);
    const sums = new Float64Array(quantiles * columns);
    const sizes = new Float64Array(quantiles);
    for (const [rank, j] of order.entries()) {
      const quantile = Math.floor((rank * quantiles) / snps);
      sizes[quantile]++;
      for (let k = 0; k < columns; k++) sums[quantile * columns + k] += values[j * columns + k];
    }
    sets.push({ annotation: annotationName(names[c]), sums, sizes, snps });
  }
  return sets;
}
