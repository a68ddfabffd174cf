import { HeredityError } from '../errors.js';
import type { VariantTable } from '../formats/bim.js';
import {
  autosomesAmong,
  chromosomeCode,
  HUMAN_AUTOSOMES,
  isAutosomal,
  largestChromosome,
} from '../formats/chromosome.js';
import { readVariantList } from '../formats/id-list.js';
import { isWithin } from '../formats/intervals.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import type { LossTable } from '../provenance.js';
import type { RecordedRun } from '../run.js';
import { readRegion, regionLabel } from './regions.js';

export interface VariantListFlags {
  readonly chr: readonly string[] | undefined;
  readonly extract: string | undefined;
  readonly exclude: string | undefined;
  readonly excludeRegion?: readonly string[] | undefined;
  readonly autosomeNum?: number | undefined;
  /** Whether all chromosomes count without --chr. @default false */
  readonly keepsAll?: boolean;
}

export interface VariantFilterFlags {
  readonly maf: number | undefined;
  readonly geno: number | undefined;
  readonly hwe: number | undefined;
  /** Whether variants that do not vary stay. @default false */
  readonly keepsAll?: boolean;
}

/** Whether a filter looks at genotypes, so that they have to be counted first. */
export function filtersGenotypes({
  maf,
  geno,
  hwe,
  mind,
}: Pick<VariantFilterFlags, 'maf' | 'geno' | 'hwe'> & { readonly mind: number | undefined }): boolean {
  return [maf, geno, hwe, mind].some((limit) => limit !== undefined);
}

/**
 * Variants chosen by chromosome and list, before any genotype is read; indices in the file, ascending.
 * Without --chr only autosomes count: a man's one X would be taken for two.
 * @throws HeredityError `mismatch` where nothing is left.
 */
export async function listVariants(
  { variants: bim, variantFile: file }: { readonly variants: VariantTable; readonly variantFile: string },
  flags: VariantListFlags,
  losses: LossTable,
  { provenance, log }: Pick<RecordedRun, 'provenance' | 'log'>,
): Promise<Int32Array> {
  let chosen = Array.from({ length: bim.count }, (_, v) => v);
  const narrow = (step: string, why: string, keeps: (variant: number) => boolean) => {
    chosen = chosen.filter(keeps);
    losses.step(step, chosen.length, why);
  };
  const autosomes = autosomeNumber(bim, file, flags, log);
  const code = (v: number) => chromosomeCode(bim.chromosome[v], autosomes);
  const present = new Set(bim.chromosome.map((_, v) => code(v)));
  if (flags.chr) {
    const wanted = new Set(flags.chr.map((name) => chromosomeCode(name, autosomes)));
    const absent = [...wanted].filter((name) => !present.has(name)).map((name) => name.toUpperCase());
    const there = [...present].map((name) => name.toUpperCase()).join(', ');
    narrow('--chr', 'on another chromosome', (v) => wanted.has(code(v)));
    if (chosen.length === 0) {
      throw new HeredityError('mismatch', `no variant lies on chromosome ${absent.join(', ')}`, {
        file,
        expected: `some of ${there}`,
      });
    }
    if (absent.length > 0)
      log.warn(`--chr: ${file} has no variant on chromosome ${absent.join(', ')} (it has ${there})`);
  } else if (!flags.keepsAll) {
    narrow('autosomes', 'on X, Y, MT or no chromosome (take them in with --chr)', (v) =>
      isAutosomal(code(v)),
    );
  }
  for (const [flag, path] of [
    ['--extract', flags.extract],
    ['--exclude', flags.exclude],
  ] as const) {
    if (path === undefined) continue;
    provenance.input(path);
    const list = await readVariantList(path);
    narrow(
      flag,
      flag === '--extract' ? 'not in the list' : 'in the list',
      (v) => list.has(bim.id[v]) === (flag === '--extract'),
    );
    if (chosen.length === 0) {
      const cause =
        flag === '--extract' && looksPositional(bim.id[0]) ? '; the genotypes name variants by position' : '';
      throw new HeredityError('mismatch', `${flag} leaves no variant${cause}`, {
        file: path,
        expected: `IDs such as ${bim.id[0]}`,
      });
    }
  }
  for (const value of flags.excludeRegion ?? []) {
    const { name, parts } = await readRegion(value, { provenance, log });
    narrow(
      '--exclude-region',
      `in ${name}`,
      (v) => !parts.some((part) => isWithin(part, regionLabel(code(v)), bim.position[v])),
    );
    if (chosen.length === 0)
      throw new HeredityError('mismatch', '--exclude-region leaves no variant', { file, value });
  }
  if (chosen.length === 0)
    throw new HeredityError('mismatch', 'no variant is left', {
      file,
      fix: 'choose chromosomes with --chr',
    });
  return Int32Array.from(chosen);
}

/**
 * Filters on genotypes in PLINK's order: missing rate, Hardy-Weinberg, minor allele frequency; then variants that do not
 * vary, which carry no information and would divide by zero (METHODS 11.2, 1.5).
 * @param statistics counts over the people of the run for `variants`, in their order.
 */
export function filterVariants(
  variants: Int32Array,
  statistics: VariantStatistics,
  flags: VariantFilterFlags,
  losses: LossTable,
): Int32Array {
  let chosen = Array.from(variants, (_, k) => k);
  const narrow = (step: string, why: string, keeps: (k: number) => boolean) => {
    chosen = chosen.filter(keeps);
    losses.step(step, chosen.length, why);
  };
  const { geno, hwe, maf } = flags;
  if (geno !== undefined)
    narrow('--geno', `missing rate above ${geno}`, (k) => statistics.missingRate(k) <= geno);
  if (hwe !== undefined)
    narrow('--hwe', `Hardy-Weinberg P below ${hwe}`, (k) => statistics.hardyWeinbergP(k) >= hwe);
  // frequencies are ratios of counts: a hair's breadth keeps those that equal the limit
  if (maf !== undefined)
    narrow(
      '--maf',
      `minor allele frequency below ${maf}`,
      (k) => statistics.minorAlleleFrequency(k) >= maf - 1e-12,
    );
  if (flags.keepsAll) return Int32Array.from(chosen, (k) => variants[k]);
  narrow('monomorphic', 'all genotypes are the same, or missing', (k) => !statistics.isMonomorphic(k));
  return Int32Array.from(chosen, (k) => variants[k]);
}

/**
 * The number of autosomes: as it is said, else a person's; but every numbered chromosome where there are more than a person has.
 */
function autosomeNumber(
  bim: VariantTable,
  file: string,
  { autosomeNum }: VariantListFlags,
  log: RecordedRun['log'],
): number {
  const largest = largestChromosome(new Set(bim.chromosome));
  if (autosomeNum !== undefined) {
    if (largest > autosomeNum + 4)
      log.warn(
        `${file} has a chromosome ${largest}, beyond the ${autosomeNum} autosomes of --autosome-num, X, Y, XY and MT; it is taken for an autosome`,
      );
    return autosomeNum;
  }
  const autosomes = autosomesAmong(new Set(bim.chromosome));
  if (autosomes === HUMAN_AUTOSOMES) return autosomes;
  log.warn(
    `${file} has chromosomes up to ${largest}: not a person's. Every chromosome that has a number is taken for an autosome; say how many are with --autosome-num (29 for cattle), and the next are X, Y, XY and MT`,
  );
  return autosomes;
}

const looksPositional = (id: string): boolean => /^(chr)?[0-9XYM]+[:_]\d+/i.test(id);
