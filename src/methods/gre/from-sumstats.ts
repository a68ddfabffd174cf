import { readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { HeredityError } from '../../errors.js';
import type { Findings } from '../../estimate/estimate.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { totalHeritability } from '../../estimators/gre/estimate.js';
import type { BlockEstimate } from '../../estimators/gre/result.js';
import { blockFromSummary, partialCorrelation } from '../../estimators/gre/summary.js';
import { effectSign } from '../../formats/alleles.js';
import { type LdFactorVariants, readLdFactorBlock, readLdFactorManifest } from '../../formats/ld-factor.js';
import { readSumstats, type Sumstats } from '../../formats/sumstats.js';
import { host } from '../../host/host.js';
import { loadKernels } from '../../kernels/load.js';
import { KernelPool } from '../../kernels/pool.js';
import { tiledLowerBytes } from '../../linalg/tiled-lower.js';
import type { Plan } from '../../plan.js';
import type { RecordedRun } from '../../run.js';
import { greEstimate } from './estimate.js';
import type { GreFlags } from './flags.js';
import { seKindOf } from './method.js';

/** Sample sizes of the association may differ from the factor's people by this share: missing genotypes, not other people. */
const SAMPLE_TOLERANCE = 0.1;

/** The flags of GRE from summary statistics, less where these are. */
type SumstatsFlags = Pick<GreFlags, 'se' | 'backend' | 'threads' | 'prevalence' | 'ascertainment'>;

/**
 * GRE from summary statistics and a factor of the in-sample LD (METHODS 1.4, 1.5).
 * @throws HeredityError `mismatch` where variants, alleles or numbers of people do not fit.
 */
export async function estimateFromSumstats(
  files: readonly string[],
  folder: string,
  flags: SumstatsFlags,
  { provenance, signal, log }: RecordedRun,
): Promise<Findings> {
  const shares = readCaseSharesOfFiles(flags, files.length);
  const manifest = await readLdFactorManifest(folder);
  const tables: Sumstats[] = [];
  for (const file of files) {
    provenance.input(file);
    tables.push(await readSumstats(file));
  }
  const { samples, covariates } = manifest;
  for (const [t, { n }] of tables.entries()) {
    const largest = n.reduce((a, b) => Math.max(a, b), 0);
    if (largest > samples || largest < (1 - SAMPLE_TOLERANCE) * samples) {
      throw new HeredityError(
        'mismatch',
        `the association has up to ${formatCount(largest)} people, the LD factor ${formatCount(samples)}`,
        {
          file: files[t],
          expected: 'the same people in both: GRE needs in-sample LD',
          fix: 'make the factor from the people of the association (heredity ld-factor --keep)',
        },
      );
    }
  }
  const pool = new KernelPool(loadKernels(flags.backend), flags.threads, signal);
  provenance.usesBackend(pool.kernels);
  try {
    const byTrait: BlockEstimate[][] = files.map(() => []);
    for (const [index, entry] of manifest.blocks.entries()) {
      const { variants, factor } = await readLdFactorBlock(folder, index, entry);
      const effects = tables.map((table, t) => {
        const { z, n } = alignToFactor(table, variants, files[t], entry.id);
        return {
          b: z.map((value, j) => partialCorrelation(value, n[j], covariates)),
          n: samples - covariates,
        };
      });
      const estimates = await blockFromSummary(
        pool,
        entry.id,
        factor,
        entry.rank,
        entry.variants,
        effects,
        flags.se,
      );
      for (const [t, estimate] of estimates.entries()) byTrait[t].push(estimate);
      log.info(`${entry.id}: ${formatCount(entry.variants)} variants, rank ${formatCount(entry.rank)}`);
    }
    const estimates = byTrait.map((own, t) => {
      const facts = traitFacts({ name: traitName(files[t]), kind: 'quantitative' }, t, shares);
      const n = samples - covariates;
      const found = { ...totalHeritability(own, n, flags.se), n: samples, covariates, blocks: own };
      return greEstimate(facts, found, seKindOf(flags.se));
    });
    return { estimates, pairs: [], warnings: [] };
  } finally {
    await pool.close();
  }
}

/** `folder/bmi.sumstats.gz` is of the trait `bmi`. */
function traitName(file: string): string {
  return host()
    .files.baseName(file)
    .replace(/\.gz$/, '')
    .replace(/\.sumstats$/, '');
}

/** What {@link estimateFromSumstats} would read and hold. */
export async function planFromSumstats(
  files: readonly string[],
  folder: string,
  flags: SumstatsFlags,
): Promise<Plan> {
  readCaseSharesOfFiles(flags, files.length);
  const { blocks, samples } = await readLdFactorManifest(folder);
  const variants = blocks.reduce((sum, block) => sum + block.variants, 0);
  const bytes = blocks.reduce((sum, block) => sum + tiledLowerBytes(block.variants), 0);
  return {
    about: [
      `${formatCount(files.length)} traits, ${formatCount(blocks.length)} blocks with ${formatCount(variants)} variants, LD of ${formatCount(samples)} people`,
      `${formatBytes(bytes)} of LD factors are read, one after another; no genotypes`,
    ],
    steps: blocks.map((block) => ({
      name: block.id,
      variants: block.variants,
      memory: { factor: tiledLowerBytes(block.variants) },
      seconds: null,
    })),
  };
}

/** z in the order of the factor's variants, signs flipped where the effect allele is the factor's allele 2. */
function alignToFactor(
  table: Sumstats,
  variants: LdFactorVariants,
  file: string,
  block: string,
): { z: Float64Array; n: Float64Array } {
  const count = variants.id.length;
  const z = new Float64Array(count);
  const n = new Float64Array(count);
  const absent: string[] = [];
  for (const [j, id] of variants.id.entries()) {
    const row = table.ids.indexOf(id);
    if (row < 0) {
      absent.push(id);
      continue;
    }
    const sign = effectSign(table.allele1[row], table.allele2[row], variants.allele1[j], variants.allele2[j]);
    if (sign === 0) {
      throw new HeredityError('mismatch', `the alleles of ${id} differ`, {
        file,
        value: `${table.allele1[row]}/${table.allele2[row]}`,
        expected: `${variants.allele1[j]}/${variants.allele2[j]} in either order, as in the LD factor`,
        fix: 'leave the variant out of the LD factor (--exclude), or correct the summary statistics',
      });
    }
    z[j] = sign * table.z[row];
    n[j] = table.n[row];
  }
  if (absent.length > 0) {
    throw new HeredityError(
      'mismatch',
      `${formatCount(absent.length)} of the ${formatCount(count)} variants of ${block} are not in the summary statistics, such as ${absent[0]}`,
      {
        file,
        expected: 'a statistic for every variant of the LD factor',
        fix: 'make the factor from the variants of the association (heredity ld-factor --extract)',
      },
    );
  }
  return { z, n };
}
