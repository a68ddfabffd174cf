import { HeredityError, isHeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { ldConditionNumber, MAX_CONDITION } from '../../estimators/ldsc/partitioned.js';
import { countScores, type LdScoreTable, readLdScores, readVariantCounts } from '../../formats/ld-score.js';
import type { Kernels } from '../../kernels/kernels.js';
import { loadKernels } from '../../kernels/load.js';
import type { RecordedRun } from '../../run.js';
import type { MethodName } from '../facts.js';
import { scoresLeftOut } from './chromosomes.js';
import { type LdscFlags, readSnpCounts } from './flags.js';
import type { VariantNumbers } from './h2-results.js';

/** LD scores of the files of a run, in genome order. */
export interface Reference {
  readonly table: LdScoreTable;
  /** Names of the columns as LDSC has them: `L2_0`, `baseL2_0`. */
  readonly names: readonly string[];
  /** A column an array. */
  readonly scores: readonly Float64Array[];
  /** LD scores for the weights; NaN where a SNP has none. */
  readonly weightScores: Float64Array;
  /** Sums of the annotations over SNPs. */
  readonly counts: Float64Array;
  /** Name of the method: with several annotations it is stratified. */
  readonly method: MethodName;
  /** Numbers of variants, where it is known of the whole; of annotations only their overlap says it. */
  readonly variants: VariantNumbers;
  /** Undefined where the files say none. */
  readonly frequencies: ReferenceFrequencies | undefined;
  readonly kernels: Kernels;
}

/** Allele frequencies of the people of the LD scores. */
export interface ReferenceFrequencies {
  /** The files that have them. */
  readonly called: string;
  /** Of each row of the LD scores; NaN where it is not known. */
  readonly values: Float64Array;
}

/** The prefixes of one kind of LD scores, from the flag for one file or for one a chromosome. */
export interface ScorePrefixes {
  readonly prefixes: readonly string[];
  readonly perChromosome: boolean;
}

/** @throws HeredityError `usage` unless exactly one of the two flags is given. */
export function referencePrefixes({ refLd, refLdChr }: LdscFlags): ScorePrefixes {
  return onePrefix('--ref-ld', refLd, refLdChr);
}

function onePrefix(
  flag: string,
  single: readonly string[] | undefined,
  chromosomes: readonly string[] | undefined,
): ScorePrefixes {
  if ((single === undefined) === (chromosomes === undefined)) {
    throw new HeredityError('usage', `${flag} or ${flag}-chr is needed${single ? ', not both' : ''}`, {
      fix: 'LD scores are downloaded, or made with "heredity ld scores"',
    });
  }
  return { prefixes: (single ?? chromosomes)!, perChromosome: single === undefined };
}

/**
 * The name of the method that the LD scores make it: stratified with several annotations. Looks into the numbers of SNPs beside them.
 * @throws HeredityError what their reader throws.
 */
export async function methodOfScores(flags: LdscFlags): Promise<MethodName> {
  const { prefixes, perChromosome } = referencePrefixes(flags);
  const count =
    flags.snpCounts?.length ??
    (await countScores(prefixes, perChromosome, flags.countAllSnps ? 'M' : 'M_5_50'));
  return count > 1 ? 'sldsc' : 'ldsc';
}

/** All variants behind one LD score; null where the files do not say it. */
async function referenceVariants({ prefixes, perChromosome }: ScorePrefixes): Promise<number | null> {
  try {
    const counts = await readVariantCounts(prefixes, perChromosome, 'M');
    return counts.length === 1 ? counts[0] : null;
  } catch (error) {
    if (isHeredityError(error)) return null;
    throw error;
  }
}

/**
 * Reads LD scores, weights and counts, and takes out columns that are the same for every SNP.
 * @throws HeredityError what the readers throw; `mismatch` for other counts than columns; `degenerate-data` where no
 *   column varies.
 */
export async function openReference(flags: LdscFlags, context: RecordedRun): Promise<Reference> {
  const { log, provenance } = context;
  const reference = referencePrefixes(flags);
  const weights = onePrefix('--w-ld', flags.wLd?.split(','), flags.wLdChr?.split(','));
  if (weights.prefixes.length > 1)
    throw new HeredityError('usage', '--w-ld takes one prefix: weights have one LD score a SNP');
  const packing = flags.skipPacked
    ? undefined
    : { hash: (path: string) => provenance.hashes.of(path), say: (sentence: string) => log.info(sentence) };
  const read = async ({ prefixes, perChromosome }: ScorePrefixes) => {
    const table = await readLdScores(prefixes, perChromosome, packing);
    for (const file of table.files) provenance.input(file);
    return table;
  };
  const table = await read(reference);
  log.info(`Read reference panel LD Scores for ${table.count} SNPs.`);
  const isSame =
    weights.perChromosome === reference.perChromosome &&
    weights.prefixes.join() === reference.prefixes.join();
  const weightTable = isSame && table.columns.length === 1 ? table : await read(weights);
  if (weightTable.columns.length > 1) {
    throw new HeredityError('mismatch', 'the LD scores for the weights have several columns', {
      file: weightTable.files[0],
      value: weightTable.columns.length,
      expected: 'one: the LD score with the SNPs of the regression',
    });
  }
  log.info(`Read regression weight LD Scores for ${weightTable.count} SNPs.`);
  const tables = weightTable === table ? [table] : [table, weightTable];
  for (const sentence of scoresLeftOut(tables)) log.warn(sentence);
  const counts =
    readSnpCounts(flags) ??
    (await readVariantCounts(
      reference.prefixes,
      reference.perChromosome,
      flags.countAllSnps ? 'M' : 'M_5_50',
    ));
  if (counts.length !== table.columns.length) {
    throw new HeredityError(
      'mismatch',
      `there are ${counts.length} numbers of SNPs for ${table.columns.length} columns of LD scores`,
      { file: table.files[0], fix: 'make both with the same run of "heredity ld scores", or give --M' },
    );
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0))
    throw new HeredityError('degenerate-data', 'the LD scores count no SNP', {
      file: table.files[0],
      value: total,
      expected: 'numbers of SNPs above 0 in .l2.M_5_50, or .l2.M with --not-M-5-50',
    });
  const columns = columnsOf(table);
  const varying = columns.flatMap((column, c) => (column.some((value) => value !== column[0]) ? [c] : []));
  if (varying.length === 0)
    throw new HeredityError('degenerate-data', 'all LD scores are the same', { file: table.files[0] });
  const suffixed = table.columns.map((name) => (reference.prefixes.length === 1 ? `${name}_0` : name));
  if (varying.length < columns.length) {
    const constant = suffixed.filter((_, c) => !varying.includes(c));
    log.warn(`annotations whose LD score is the same for every SNP are left out: ${constant.join(', ')}`);
  }
  return {
    table,
    names: varying.map((c) => suffixed[c]),
    scores: varying.map((c) => columns[c]),
    weightScores: weightTable === table ? columns[0] : alignWeights(table, weightTable),
    counts: Float64Array.from(varying, (c) => counts[c]),
    method: counts.length > 1 ? 'sldsc' : 'ldsc',
    variants: {
      reference: flags.snpCounts ? null : await referenceVariants(reference),
      heritability: counts.length === 1 ? counts[0] : null,
    },
    frequencies: table.frequency && { called: reference.prefixes.join(','), values: table.frequency },
    kernels: loadKernels(flags.backend),
  };
}

function columnsOf({ columns, count, scores }: LdScoreTable): Float64Array[] {
  const width = columns.length;
  if (width === 1) return [scores];
  return columns.map((_, c) => {
    const column = new Float64Array(count);
    for (let j = 0; j < count; j++) column[j] = scores[j * width + c];
    return column;
  });
}

function alignWeights(table: LdScoreTable, weights: LdScoreTable): Float64Array {
  const rows = weights.ids.rowsOf(table.ids);
  return Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : weights.scores[row]));
}

/** @throws HeredityError `degenerate-data` for LD scores that hardly tell annotations apart, unless told to go on. */
export function checkCondition(
  scores: readonly Float64Array[],
  { invertAnyway }: LdscFlags,
  { kernels }: Reference,
  { log }: RecordedRun,
): void {
  if (scores.length === 1) return;
  const condition = ldConditionNumber(scores, kernels);
  if (condition <= MAX_CONDITION) return;
  const problem = `the condition number of the LD scores is ${formatCount(condition)}: some annotations are sums of others`;
  if (!invertAnyway) {
    throw new HeredityError('degenerate-data', problem, {
      expected: `at most ${formatCount(MAX_CONDITION)}`,
      fix: 'leave collinear annotations out, or pass --invert-anyway',
    });
  }
  log.warn(`${problem}; estimated anyway`);
}
