import { breathe } from '../../breathe.js';
import { readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError, isHeredityError } from '../../errors.js';
import type { Findings } from '../../estimate/estimate.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { warningText } from '../../estimate/warnings.js';
import { estimateRg, type RgEstimate } from '../../estimators/ldsc/rg.js';
import { mean } from '../../estimators/ldsc/score-regression.js';
import { NO_PAIR, pairCode, pairSign } from '../../formats/alleles.js';
import { type MatchedSumstats, readSumstatsFor } from '../../formats/sumstats.js';
import type { RecordedRun } from '../../run.js';
import { checkAncestry } from './ancestry.js';
import { type LdscFlags, readCovarianceIntercepts, readIntercepts } from './flags.js';
import { rgSections, rgSummary } from './log.js';
import { keepRows, mergeWithReference } from './merge.js';
import { openReference, type Reference } from './reference.js';
import { type Failure, isFailure, rgFindings } from './rg-estimate.js';

/** A pair as it was estimated; the traits' own numbers are of its SNPs. */
export interface PairResult {
  readonly traits: readonly [TraitFacts, TraitFacts];
  readonly files: readonly [string, string];
  readonly estimate: RgEstimate;
  readonly meanN: readonly [number, number];
  /** SNPs that the first trait has, and those that both have. */
  readonly inFirst: number;
  readonly inBoth: number;
}

/** What --rg found, with the text of LDSC's log. */
export interface RgFound {
  readonly findings: Findings;
  readonly logText: string;
}

/** A trait along the rows of the LD scores. */
interface AlignedTrait {
  readonly facts: TraitFacts;
  readonly file: string;
  /** NaN where the trait has no statistic. */
  readonly z: Float64Array;
  readonly n: Float64Array;
  /** Codes of the alleles ({@link pairCode}). */
  readonly alleles: Uint8Array;
  readonly intercept: number | undefined;
  readonly covarianceIntercept: number | undefined;
}

/**
 * Genetic correlation of all pairs of the traits, each on the SNPs that both have. A trait or a pair that fails leaves the
 * others alone, unless all do.
 * @throws HeredityError what the readers throw; what the first throws where all fail.
 */
export async function estimateRgOf(
  files: readonly string[],
  flags: LdscFlags,
  context: RecordedRun,
): Promise<RgFound> {
  const { log, progress } = context;
  const intercepts = readIntercepts(flags, files.length);
  const covarianceIntercepts = readCovarianceIntercepts(flags, files.length);
  const shares = readCaseSharesOfFiles(flags, files.length);
  const reference = await openReference(flags, context);
  const names = traitNames(files);
  const meanN: number[] = [];
  const traits: (AlignedTrait | Failure)[] = [];
  for (const [t, name] of names.entries()) {
    const trait = {
      facts: traitFacts({ name, kind: 'quantitative' }, t, shares),
      file: files[t],
      intercept: intercepts[t],
      covarianceIntercept: covarianceIntercepts[t],
    };
    const sumstats = await readTrait(trait, reference, flags, context);
    meanN.push(mean(sumstats.n));
    traits.push(await orFailure([name], () => align(trait, sumstats, reference, flags, context)));
  }
  const pairs: (PairResult | Failure)[] = [];
  const sections: string[] = [];
  const phase = progress.phase('pairs', { total: (files.length * (files.length - 1)) / 2, unit: 'pairs' });
  if (flags.twoStep !== undefined) log.info(`Using two-step estimator with cutoff at ${flags.twoStep}.`);
  else log.info('One step for --rg, as in LDSC: h² of a pair may differ from that of --h2, which takes two.');
  for (const [a, first] of traits.entries()) {
    for (const [b, second] of traits.entries()) {
      if (b <= a) continue;
      const pair = await orFailure([names[a], names[b]], () => {
        if (isFailure(first)) throw first.error;
        if (isFailure(second)) throw second.error;
        return estimatePair(first, second, reference, flags, context);
      });
      pairs.push(pair);
      if (!isFailure(pair)) sections.push(rgSections(pair.estimate, b + 1, files.length));
      phase.advance(1);
      await breathe();
      context.signal.throwIfAborted();
    }
  }
  phase.end();
  const found = pairs.filter((pair): pair is PairResult => !isFailure(pair));
  if (found.length === 0) throw pairs.filter(isFailure)[0].error;
  const logText = [...sections, rgSummary(found)].join('\n\n');
  const asRead = names.map((name, t) => ({ name, n: meanN[t] }));
  return { findings: rgFindings(asRead, pairs, reference.method, reference.variants), logText };
}

/** @throws whatever is not the fault of these traits alone. */
async function orFailure<T>(traits: readonly string[], estimate: () => T | Promise<T>): Promise<T | Failure> {
  try {
    return await estimate();
  } catch (error) {
    if (!isHeredityError(error, 'mismatch', 'degenerate-data', 'numerical')) throw error;
    return { traits, error };
  }
}

async function readTrait(
  { file }: Pick<AlignedTrait, 'file'>,
  { table }: Reference,
  flags: LdscFlags,
  { log, provenance }: RecordedRun,
): Promise<MatchedSumstats> {
  provenance.input(file);
  const sumstats = await readSumstatsFor(table.ids, file, { alleles: !flags.uncheckedAlleles });
  log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
  return sumstats;
}

function align(
  trait: Pick<AlignedTrait, 'facts' | 'file' | 'intercept' | 'covarianceIntercept'>,
  sumstats: MatchedSumstats,
  reference: Reference,
  flags: LdscFlags,
  { log }: RecordedRun,
): AlignedTrait {
  const { facts, file } = trait;
  const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
  checkAncestry(facts.name, sumstats, merged, reference.frequencies, log);
  if (merged.uncovered !== undefined) log.warn(`${facts.name}: ${warningText(merged.uncovered)}`);
  const { count } = reference.table;
  const z = new Float64Array(count).fill(Number.NaN);
  const n = new Float64Array(count);
  const alleles = new Uint8Array(count).fill(NO_PAIR);
  for (const [k, j] of merged.common.referenceRows.entries()) {
    const row = merged.common.rows[k];
    z[j] = merged.z[k];
    n[j] = merged.n[k];
    if (!flags.uncheckedAlleles) alleles[j] = pairCode(sumstats.allele1[row], sumstats.allele2[row]);
  }
  return { ...trait, z, n, alleles };
}

function estimatePair(
  first: AlignedTrait,
  second: AlignedTrait,
  reference: Reference,
  flags: LdscFlags,
  { log }: RecordedRun,
): PairResult {
  const { count } = reference.table;
  const rows = new Int32Array(count);
  let [inFirst, inBoth, kept] = [0, 0, 0];
  for (let j = 0; j < count; j++) {
    if (Number.isNaN(first.z[j])) continue;
    inFirst++;
    if (Number.isNaN(second.z[j])) continue;
    inBoth++;
    if (flags.uncheckedAlleles || pairSign(first.alleles[j], second.alleles[j]) !== 0) rows[kept++] = j;
  }
  const names = [first.facts.name, second.facts.name] as const;
  if (kept === 0) {
    throw new HeredityError('mismatch', `${names.join(' and ')} have no SNP with the same alleles`, {
      file: second.file,
      fix: 'check A1 and A2 of both files; --no-check-alleles takes Z as it is',
    });
  }
  const chosen = rows.subarray(0, kept);
  const z1 = Float64Array.from(chosen, (j) => first.z[j]);
  const z2 = Float64Array.from(chosen, (j) =>
    flags.uncheckedAlleles ? second.z[j] : second.z[j] * pairSign(first.alleles[j], second.alleles[j]),
  );
  const n1 = Float64Array.from(chosen, (j) => first.n[j]);
  const n2 = Float64Array.from(chosen, (j) => second.n[j]);
  log.info(`\n${names.join(' and ')}: ${inBoth} SNPs in both, ${kept} SNPs with valid alleles.`);
  const estimate = estimateRg(
    keepRows(reference, chosen),
    [
      { z: z1, n: n1 },
      { z: z2, n: n2 },
    ],
    {
      blocks: flags.nBlocks,
      intercepts: [first.intercept, second.intercept],
      covarianceIntercept: second.covarianceIntercept,
      twoStep: flags.twoStep,
      chi2Max: flags.chisqMax,
      kernels: reference.kernels,
    },
  );
  return {
    traits: [first.facts, second.facts],
    files: [first.file, second.file],
    estimate,
    meanN: [mean(n1), mean(n2)],
    inFirst,
    inBoth,
  };
}
