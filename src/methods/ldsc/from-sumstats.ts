import { breathe } from '../../breathe.js';
import { readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError } from '../../errors.js';
import type { Estimate } from '../../estimate/estimate.js';
import { readSumstats } from '../../formats/sumstats.js';
import type { RecordedRun } from '../../run.js';
import { ldscEstimate } from './estimate.js';
import { type LdscFlags, readIntercepts } from './flags.js';
import { runH2 } from './h2.js';
import { mergeWithReference } from './merge.js';
import { ldscFiles } from './native-files.js';
import { readOverlap } from './overlap.js';
import { checkCondition, openReference } from './reference.js';

/** Heritability takes SNP, Z and N; only pairs of traits are compared by their alleles. */
const WITHOUT_ALLELES = { alleles: false } as const;

/**
 * Heritability of each file of summary statistics, by annotation where the LD scores have several.
 * @throws HeredityError `usage` for flags that need several annotations; what the readers throw.
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
  // together: one is parsed while the other is decompressed
  const [reference, first] = await Promise.all([
    openReference(flags, context),
    readSumstats(files[0], WITHOUT_ALLELES),
  ]);
  if (reference.scores.length === 1 && (flags.printCov || flags.overlapAnnot))
    throw new HeredityError(
      'usage',
      `${flags.printCov ? '--print-cov' : '--overlap-annot'} needs LD scores of several annotations`,
    );
  const { overlap, quantiles } = flags.overlapAnnot
    ? await readOverlap(reference, flags, context)
    : { overlap: undefined, quantiles: [] };
  const phase = progress.phase('traits', { total: files.length, unit: 'traits' });
  const found: Estimate[] = [];
  for (const [t, file] of files.entries()) {
    provenance.input(file);
    const sumstats = t === 0 ? first : await readSumstats(file, WITHOUT_ALLELES);
    log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
    const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
    if (t === 0) checkCondition(merged.ld.scores, flags, reference, context);
    if (files.length === 1) provenance.losesVariants(merged.losses);
    const { ld, z, n, losses, uncovered } = merged;
    const result = runH2(
      {
        trait: traitFacts({ name: names[t], kind: 'quantitative' }, t, shares),
        ld,
        names: reference.names,
        statistics: { chi2: z.map((value) => value * value), n },
        intercept: intercepts[t],
        overlap,
        quantiles,
        losses,
        uncovered,
        kernels: reference.kernels,
      },
      flags,
    );
    const estimate = ldscEstimate(result, reference.method, {
      reference: reference.variants.reference ?? overlap?.snps ?? null,
      heritability: reference.variants.heritability ?? overlap?.snps ?? null,
    });
    const native = {
      text: result.logText,
      ...(files.length > 1 && { losses: result.losses }), // those of one trait are the run's own
      files: ldscFiles(result, flags),
    };
    found.push({ ...estimate, native });
    phase.advance(1);
    await breathe();
    signal.throwIfAborted();
  }
  phase.end();
  return found;
}
