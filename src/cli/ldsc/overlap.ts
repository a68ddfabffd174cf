import { stat } from 'node:fs/promises';
import { HeredityError } from '../../errors.js';
import type { AnnotationOverlap } from '../../estimators/ldsc/partitioned.js';
import { type AnnotationTable, readAnnotations } from '../../formats/annotation.js';
import { readFrequencies } from '../../formats/frequency.js';
import { ldScorePrefixes } from '../../formats/ld-score.js';
import type { CommandContext } from '../command.js';
import { annotationName } from './h2-results.js';
import type { LdscFlags } from './ldsc-flags.js';
import { type Reference, referencePrefixes } from './reference.js';

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
  context: CommandContext,
): Promise<ReadOverlap> {
  const { prefixes, perChromosome } = referencePrefixes(flags);
  const frequencyPrefix = perChromosome ? flags.frqfileChr : flags.frqfile;
  if (!flags.countAllSnps && frequencyPrefix === undefined) {
    throw new HeredityError(
      'usage',
      `--overlap-annot needs ${perChromosome ? '--frqfile-chr' : '--frqfile'}`,
      {
        fix: 'or count all SNPs with --not-M-5-50',
      },
    );
  }
  const columns = reference.names.length;
  const kept = keptColumns(reference, prefixes.length);
  const rows: Float64Array[] = [];
  const singles = await Promise.all(prefixes.map((prefix) => ldScorePrefixes(prefix, perChromosome)));
  for (let c = 0; c < singles[0]!.length; c++) {
    const tables: AnnotationTable[] = [];
    for (const list of singles) tables.push(await readOne(list[c]!, context));
    const frequencies =
      flags.countAllSnps || frequencyPrefix === undefined
        ? undefined
        : await readFrequency(frequencyPrefix, singles[0]![c]!, prefixes[0]!, perChromosome, context);
    rows.push(commonRows(tables, frequencies, kept, reference));
  }
  const values = concatenate(rows);
  const snps = values.length / columns;
  if (snps === 0)
    throw new HeredityError('mismatch', 'no SNP of the .annot files is common by the .frq files', {
      fix: 'check that both name SNPs in the same way',
    });
  const products = new Float64Array(columns * columns);
  for (let j = 0; j < snps; j++)
    for (let a = 0; a < columns; a++) {
      const value = values[j * columns + a]!;
      if (value === 0) continue;
      for (let b = 0; b < columns; b++) products[a * columns + b]! += value * values[j * columns + b]!;
    }
  checkTotals(values, reference, prefixes[0]!, flags);
  return {
    overlap: { products, snps },
    quantiles: flags.quantiles === undefined ? [] : quantileSets(values, reference.names, flags.quantiles),
  };
}

async function readOne(prefix: string, { provenance }: CommandContext): Promise<AnnotationTable> {
  const compressed = `${prefix}.annot.gz`;
  const path = (await stat(compressed).catch(() => undefined)) ? compressed : `${prefix}.annot`;
  provenance.input(path);
  return readAnnotations(path, false);
}

/** The frequencies of the chromosome of one file of LD scores. */
async function readFrequency(
  frequencyPrefix: string,
  single: string,
  prefix: string,
  perChromosome: boolean,
  { provenance }: CommandContext,
): Promise<(id: AnnotationTable, row: number) => number> {
  let stem = frequencyPrefix;
  if (perChromosome) {
    const [before] = (prefix.includes('@') ? prefix : `${prefix}@`).split('@');
    const chromosome = /^\d+/.exec(single.slice(before!.length))![0];
    stem = (frequencyPrefix.includes('@') ? frequencyPrefix : `${frequencyPrefix}@`).replaceAll(
      '@',
      chromosome,
    );
  }
  const candidates = [`${stem}.frq.gz`, `${stem}.frq`, stem];
  const present = await Promise.all(candidates.map((path) => stat(path).catch(() => undefined)));
  const path = candidates.find((_, i) => present[i]?.isFile()) ?? `${stem}.frq`;
  provenance.input(path);
  const { ids, frequency } = await readFrequencies([path]);
  return ({ ids: own }, row) => {
    const at = ids.indexIn(own!, row);
    return at < 0 ? Number.NaN : frequency[at]!;
  };
}

/** Annotations of the common SNPs, rows x kept columns. */
function commonRows(
  tables: readonly AnnotationTable[],
  frequencyOf: ((table: AnnotationTable, row: number) => number) | undefined,
  kept: readonly { readonly table: number; readonly column: number }[],
  reference: Reference,
): Float64Array {
  const first = tables[0]!;
  const total = tables.reduce((sum, { names }) => sum + names.length, 0);
  if (total !== reference.table.columns.length) {
    throw new HeredityError(
      'mismatch',
      `there are ${total} annotations for ${reference.table.columns.length} columns of LD scores`,
      {
        file: first.path,
        expected: 'the annotations behind the LD scores',
      },
    );
  }
  const different = tables.find(({ count }) => count !== first.count);
  if (different)
    throw new HeredityError('mismatch', `the file has ${different.count} SNPs`, {
      file: different.path,
      expected: `${first.count}, as ${first.path}`,
    });
  const rows = Array.from({ length: first.count }, (_, row) => row).filter((row) => {
    if (!frequencyOf) return true;
    const frequency = frequencyOf(first, row);
    return frequency > COMMON[0] && frequency < COMMON[1];
  });
  const values = new Float64Array(rows.length * kept.length);
  for (const [k, row] of rows.entries())
    for (const [c, { table, column }] of kept.entries())
      values[k * kept.length + c] = tables[table]!.values[row * tables[table]!.names.length + column]!;
  return values;
}

/** Where the columns of the reference (without those that do not vary) are in the annotation files. */
function keptColumns(
  { table, names }: Reference,
  prefixes: number,
): { readonly table: number; readonly column: number }[] {
  const all = table.columns.map((name) => (prefixes === 1 ? `${name}_0` : name));
  const seen = new Array<number>(prefixes).fill(0);
  const places = all.map((name) => {
    const file = Number(/_(\d+)$/.exec(name)![1]);
    return { table: file, column: seen[file]!++ };
  });
  return names.map((name) => places[all.indexOf(name)]!);
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
      sum += values[j]!;
      size += Math.abs(values[j]!);
    }
    if (Math.abs(sum - counts[c]!) <= TOTALS_TOLERANCE * Math.max(size, 1)) continue;
    throw new HeredityError(
      'mismatch',
      `annotation ${annotationName(names[c]!)} sums to ${sum} over the SNPs of the .annot files`,
      {
        file: `${prefix}`,
        expected: `${counts[c]}, the number of SNPs beside its LD scores`,
        fix: 'give the .annot, .l2.M and .frq files of the same run',
      },
    );
  }
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Quantiles of every annotation with more than two values, ties in file order. */
function quantileSets(values: Float64Array, names: readonly string[], quantiles: number): QuantileSets[] {
  const columns = names.length;
  const snps = values.length / columns;
  const sets: QuantileSets[] = [];
  for (let c = 0; c < columns; c++) {
    const own = Float64Array.from({ length: snps }, (_, j) => values[j * columns + c]!);
    if (new Set(own.subarray(0, Math.min(snps, 100_000))).size <= 2) continue;
    const order = Int32Array.from({ length: snps }, (_, j) => j).sort((a, b) => own[a]! - own[b]! || a - b);
    const sums = new Float64Array(quantiles * columns);
    const sizes = new Float64Array(quantiles);
    for (const [rank, j] of order.entries()) {
      const quantile = Math.floor((rank * quantiles) / snps);
      sizes[quantile]!++;
      for (let k = 0; k < columns; k++) sums[quantile * columns + k]! += values[j * columns + k]!;
    }
    sets.push({ annotation: annotationName(names[c]!), sums, sizes, snps });
  }
  return sets;
}
