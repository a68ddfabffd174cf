import { breathe } from '../../breathe.js';
import { readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError, isHeredityError } from '../../errors.js';
import type { Estimate } from '../../estimate/estimate.js';
import { failedEstimate } from '../../estimate/trait-facts.js';
import { type MatchedSumstats, readSumstatsFor, type SumstatsValues } from '../../formats/sumstats.js';
import { LossTable } from '../../provenance.js';
import type { RecordedRun } from '../../run.js';
import { estimandOf, type MethodName } from '../facts.js';
import { checkAncestry } from './ancestry.js';
import { ldscEstimate } from './estimate.js';
import { type LdscFlags, readIntercepts } from './flags.js';
import { runH2 } from './h2.js';
import type { VariantNumbers } from './h2-results.js';
import { mergeWithReference } from './merge.js';
import { ldscFiles } from './native-files.js';
import { readOverlap } from './overlap.js';
import { checkCondition, openReference } from './reference.js';

/** Heritability takes SNP, Z and N; only pairs of traits are compared by their alleles. */
const WITHOUT_ALLELES = { alleles: false } as const;

/** χ² in the place of Z scores that nothing needs any more. */
function squaredInPlace(z: Float64Array): Float64Array {
  for (let j = 0; j < z.length; j++) z[j] *= z[j];
  return z;
}

/** What is said of a trait that fails beside others. */
function withoutEstimate(
  trait: string,
  { count, n }: SumstatsValues,
  { problem, details }: HeredityError,
  method: MethodName,
  variants: VariantNumbers,
): Estimate {
  const estimand = estimandOf(method, { ...variants, regression: null });
  const losses = new LossTable(count);
  losses.step('estimate', 0, 'the trait has no estimate');
  const meanN = n.reduce((sum, value) => sum + value, 0) / count;
  return {
    ...failedEstimate(trait, method, meanN, estimand, problem, details.fix ?? null),
    native: { text: `ERROR ${problem}`, losses: losses.toJSON(), files: {} },
  };
}

/**
 * Heritability of each file of summary statistics, by annotation where the LD scores have several.
 * A trait that fails has no estimate, and leaves the others alone, unless all do.
 * @throws HeredityError `usage` for flags that need several annotations; what the readers throw; what the first trait
 *   throws where all fail.
 */
export async function estimateFromSumstats(
  files: readonly string[],
  flags: LdscFlags,
  context: RecordedRun,
): Promise<Estimate[]> {
  const { log, provenance, progress, signal } = context;
  const intercepts = readIntercepts(flags, files.length);
  const shares = readCaseSharesOfFiles(flags, files.length);
  const names = traitNames(files);
  const reference = await openReference(flags, context);
  if (reference.scores.length === 1 && (flags.printCov || flags.overlapAnnot))
    throw new HeredityError(
      'usage',
      `${flags.printCov ? '--print-cov' : '--overlap-annot'} needs LD scores of several annotations`,
    );
  const { overlap, quantiles, frequencies } = flags.overlapAnnot
    ? await readOverlap(reference, flags, context)
    : { overlap: undefined, quantiles: [], frequencies: undefined };
  const phase = progress.phase('traits', { total: files.length, unit: 'traits' });
  const found: Estimate[] = [];
  const variants = {
    reference: reference.variants.reference ?? overlap?.snps ?? null,
    heritability: reference.variants.heritability ?? overlap?.snps ?? null,
  };
  const estimateOf = (t: number, file: string, sumstats: MatchedSumstats): Estimate => {
    const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
    checkAncestry(names[t], sumstats, merged, reference.frequencies ?? frequencies, log);
    if (found.length === 0) checkCondition(merged.ld.scores, flags, reference, context);
    if (files.length === 1) provenance.losesVariants(merged.losses);
    const { ld, z, n, losses, uncovered } = merged;
    const result = runH2(
      {
        trait: traitFacts({ name: names[t], kind: 'quantitative' }, t, shares),
        ld,
        names: reference.names,
        statistics: { chi2: squaredInPlace(z), n },
        intercept: intercepts[t],
        overlap,
        quantiles,
        losses,
        uncovered,
        kernels: reference.kernels,
      },
      flags,
    );
    const native = {
      text: result.logText,
      ...(files.length > 1 && { losses: result.losses }), // those of one trait are the run's own
      files: ldscFiles(result, flags),
    };
    return { ...ldscEstimate(result, reference.method, variants), native };
  };
  const failures: HeredityError[] = [];
  for (const [t, file] of files.entries()) {
    provenance.input(file);
    const sumstats = await readSumstatsFor(reference.table.ids, file, WITHOUT_ALLELES);
    log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
    try {
      found.push(estimateOf(t, file, sumstats));
    } catch (error) {
      if (files.length === 1 || !isHeredityError(error, 'mismatch', 'degenerate-data', 'numerical'))
        throw error;
      failures.push(error);
      if (failures.length === files.length) throw failures[0];
      found.push(withoutEstimate(names[t], sumstats, error, reference.method, variants));
    }
    phase.advance(1);
    await breathe();
    signal.throwIfAborted();
  }
  phase.end();
  return found;
}
