import { breathe } from '../../breathe.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError } from '../../errors.js';
import { estimateRg, type RgEstimate } from '../../estimators/ldsc/rg.js';
import { liabilityFactor } from '../../estimators/liability.js';
import { NO_PAIR, pairCode, pairSign } from '../../formats/alleles.js';
import { readSumstats } from '../../formats/sumstats.js';
import type { LossRecord } from '../../provenance.js';
import { LossTable } from '../../provenance.js';
import type { RecordedRun } from '../../run.js';
import { type LdscFlags, readCovarianceIntercepts, readTraitSettings, type TraitSettings } from './flags.js';
import { rgSections } from './log.js';
import { keepRows, mergeWithReference } from './merge.js';
import type { Reference } from './reference.js';
import { type LdscWarning, rgWarnings } from './warnings.js';

export interface PairResult {
  readonly names: readonly [string, string];
  readonly files: readonly [string, string];
  readonly estimate: RgEstimate;
  /** Genetic covariance and h² on the liability scale, where prevalences are given. */
  readonly liability:
    | { readonly gencov: number; readonly gencovSe: number; readonly h2: readonly [number, number] }
    | undefined;
  readonly losses: LossRecord;
  readonly warnings: readonly LdscWarning[];
}

/** A trait along the rows of the LD scores. */
interface AlignedTrait {
  readonly name: string;
  readonly file: string;
  /** NaN where the trait has no statistic. */
  readonly z: Float64Array;
  readonly n: Float64Array;
  /** Codes of the alleles ({@link pairCode}). */
  readonly alleles: Uint8Array;
  readonly settings: TraitSettings;
  readonly covarianceIntercept: number | undefined;
}

/** Genetic correlation of all pairs of the traits, each on the SNPs that both have. */
export async function runRg(
  files: readonly string[],
  reference: Reference,
  flags: LdscFlags,
  context: RecordedRun,
): Promise<PairResult[]> {
  const { log, progress } = context;
  const settings = readTraitSettings(flags, files.length);
  const covarianceIntercepts = readCovarianceIntercepts(flags, files.length);
  const traits: AlignedTrait[] = [];
  for (const [t, name] of traitNames(files).entries()) {
    const trait = {
      name,
      file: files[t],
      settings: settings[t],
      covarianceIntercept: covarianceIntercepts[t],
    };
    traits.push(await readAligned(trait, reference, flags, context));
  }
  const pairs: PairResult[] = [];
  const phase = progress.phase('pairs', { total: (files.length * (files.length - 1)) / 2, unit: 'pairs' });
  if (flags.twoStep !== undefined) log.info(`Using two-step estimator with cutoff at ${flags.twoStep}.`);
  else log.info('One step for --rg, as in LDSC: h² of a pair may differ from that of --h2, which takes two.');
  for (const [a, first] of traits.entries()) {
    for (const [b, second] of traits.entries()) {
      if (b <= a) continue;
      const pair = estimatePair(first, second, reference, flags, context);
      pairs.push(pair);
      log.result(`\n${rgSections(pair.estimate, b + 1, files.length)}`);
      phase.advance(1);
      await breathe();
      context.signal.throwIfAborted();
    }
  }
  phase.end();
  return pairs;
}

async function readAligned(
  trait: Pick<AlignedTrait, 'name' | 'file' | 'settings' | 'covarianceIntercept'>,
  reference: Reference,
  flags: LdscFlags,
  { log, provenance }: RecordedRun,
): Promise<AlignedTrait> {
  const { name, file } = trait;
  provenance.input(file);
  const sumstats = await readSumstats(file, { alleles: !flags.uncheckedAlleles });
  log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
  const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
  if (merged.uncovered !== undefined) log.warn(`${name}: ${merged.uncovered}`);
  const { count } = reference.table;
  const z = new Float64Array(count).fill(Number.NaN);
  const n = new Float64Array(count);
  const alleles = new Uint8Array(count).fill(NO_PAIR);
  for (const [k, j] of merged.referenceRows.entries()) {
    const row = merged.rows[k];
    z[j] = merged.z[k]!;
    n[j] = merged.n[k]!;
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
    if (flags.uncheckedAlleles || pairSign(first.alleles[j]!, second.alleles[j]!) !== 0) rows[kept++] = j;
  }
  const names = [first.name, second.name] as const;
  const losses = new LossTable(inFirst);
  losses.step('second trait', inBoth, `no statistic of ${second.name}`);
  if (!flags.uncheckedAlleles) losses.step('alleles', kept, 'alleles differ, or do not tell the strand');
  if (kept === 0) {
    throw new HeredityError('mismatch', `${names.join(' and ')} have no SNP with the same alleles`, {
      file: second.file,
      fix: 'check A1 and A2 of both files; --no-check-alleles takes Z as it is',
    });
  }
  const chosen = rows.subarray(0, kept);
  const z1 = Float64Array.from(chosen, (j) => first.z[j]!);
  const z2 = Float64Array.from(chosen, (j) =>
    flags.uncheckedAlleles ? second.z[j]! : second.z[j]! * pairSign(first.alleles[j]!, second.alleles[j]!),
  );
  const n1 = Float64Array.from(chosen, (j) => first.n[j]!);
  const n2 = Float64Array.from(chosen, (j) => second.n[j]!);
  log.info(`\n${names.join(' and ')}: ${inBoth} SNPs in both, ${kept} SNPs with valid alleles.`);
  const estimate = estimateRg(
    keepRows(reference, chosen),
    [
      { z: z1, n: n1 },
      { z: z2, n: n2 },
    ],
    {
      blocks: flags.nBlocks,
      intercepts: [first.settings.intercept, second.settings.intercept],
      covarianceIntercept: second.covarianceIntercept,
      twoStep: flags.twoStep,
      chi2Max: flags.chisqMax,
    },
  );
  if (flags.chisqMax !== undefined)
    losses.step('--chisq-max', estimate.snps, `z₁² z₂² of ${flags.chisqMax}² or more`);
  return {
    names,
    files: [first.file, second.file],
    estimate,
    liability: onLiabilityScale(estimate, [first.settings.prevalence, second.settings.prevalence]),
    losses: losses.toJSON(),
    warnings: rgWarnings(estimate, names),
  };
}

/** The covariance takes the root of each trait's factor, which is 1 for a quantitative trait (METHODS 3.7). */
function onLiabilityScale(
  { gencov, gencovSe, h2 }: RgEstimate,
  prevalences: readonly [TraitSettings['prevalence'], TraitSettings['prevalence']],
): PairResult['liability'] {
  if (prevalences.every((prevalence) => prevalence === undefined)) return undefined;
  const [a, b] = prevalences.map((prevalence) =>
    prevalence ? liabilityFactor(prevalence.population, prevalence.sample) : 1,
  ) as [number, number];
  const scale = Math.sqrt(a * b);
  return { gencov: scale * gencov, gencovSe: scale * gencovSe, h2: [a * h2[0].h2, b * h2[1].h2] };
}
