import { HeredityError } from '../errors.js';
import { type GeneticComponents, labelledComponents, oneComponent } from '../estimators/components.js';
import { readAnnotations } from '../formats/annotation.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { alignAnnotations } from '../ld/annotations.js';
import { frequencyBinName, mafBins } from '../ld/maf-bins.js';
import { boolean, defineFlags, type FlagValues, flagName, integer, path, string } from '../options/flags.js';
import type { RecordedRun } from '../run.js';
import type { OpenCohort } from './cohort.js';
import type { CountedVariants, ToldRun } from './counted-variants.js';
import { partCount, partitionFlags, partitionVariants, strataCount } from './partition.js';

const COMPONENTS = { heading: 'Components' } as const;

/** Ways of dividing variants into genetic components; one at a time. */
export const componentFlags = defineFlags({
  ...partitionFlags,
  partition: string(
    'a component each part of the variants: chromosome, maf (ten of equal numbers by frequency), maf-ld, count:K, or a file (chr start end [name], or ID part)',
    {
      ...COMPONENTS,
      placeholder: 'parts',
      words: ['chromosome', 'maf', 'maf-ld', 'count:'],
      mayBeFile: true,
    },
  ),
  ldms: boolean(
    'a component each stratum of frequency and LD, as in GREML-LDMS-I (the same as --partition maf-ld)',
    COMPONENTS,
  ),
  mafBins: integer(
    'a component each of so many bins of equal numbers of variants by minor allele frequency',
    {
      ...COMPONENTS,
      min: 2,
      max: 100,
      placeholder: 'K',
    },
  ),
  annot: path(
    'a component each annotation of an LDSC .annot file, plain or gzip; they may overlap and have any weights of at least 0',
    COMPONENTS,
  ),
  thinAnnot: boolean('the annotation file has no columns CHR BP SNP CM', {
    ...COMPONENTS,
    goesWith: ['annot'],
  }),
});

export type ComponentFlags = FlagValues<typeof componentFlags>;

/**
 * How the flags divide the variants into sets, as {@link partitionVariants} takes it; undefined where they do not.
 * @throws HeredityError `usage` for two ways at once.
 */
export function chosenPartition(
  flags: Partial<Pick<ComponentFlags, 'partition' | 'ldms' | 'mafBins' | 'annot'>>,
): string | undefined {
  const ways = (['partition', 'ldms', 'mafBins', 'annot'] as const).filter((key) => flags[key] ?? false);
  if (ways.length > 1) {
    throw new HeredityError('usage', `${ways.map(flagName).join(' and ')} both divide the variants`, {
      fix: 'give one of them',
    });
  }
  return flags.ldms ? 'maf-ld' : flags.partition;
}

/**
 * The genetic components of a run: all variants together, unless a flag divides them.
 * @returns the components, and the variants that they are over (indices in the file): those in no part are lost.
 */
export async function defineComponents(
  flags: ComponentFlags,
  cohort: CountedVariants,
  context: ToldRun,
): Promise<{ components: GeneticComponents; variants: Int32Array }> {
  const partition = chosenPartition(flags);
  const { variants } = cohort;
  if (flags.mafBins !== undefined)
    return { components: frequencyComponents(cohort.statistics(variants), flags.mafBins), variants };
  if (flags.annot !== undefined) {
    context.provenance.input(flags.annot);
    const table = await readAnnotations(flags.annot, flags.thinAnnot);
    const { values } = alignAnnotations(table, cohort.fileset.variants, variants);
    return { components: { names: table.names, weights: values }, variants };
  }
  if (partition === undefined) return { components: oneComponent(variants.length), variants };
  const parts = await partitionVariants(partition, cohort, flags, context);
  const labels = new Map(parts.flatMap(({ variants: own }, k) => Array.from(own, (v) => [v, k] as const)));
  const kept = variants.filter((v) => labels.has(v));
  const names = parts.map(({ id }) => id);
  const levels = parts.flatMap(({ level }) => level ?? []);
  return {
    components: labelledComponents(
      names,
      Array.from(kept, (v) => labels.get(v)!),
      levels.length === parts.length ? levels : undefined,
    ),
    variants: kept,
  };
}

/** How many components {@link defineComponents} will make, at most, before any genotype is read. */
export async function componentCount(
  flags: ComponentFlags,
  open: OpenCohort,
  run: RecordedRun,
): Promise<number> {
  const partition = chosenPartition(flags);
  if (flags.mafBins !== undefined) return flags.mafBins;
  if (flags.annot !== undefined) return (await readAnnotations(flags.annot, flags.thinAnnot)).names.length;
  return partition === undefined ? 1 : partCount(partition, open, flags, run);
}

/** {@link componentCount} from the flags alone; undefined where a file or positions decide. */
export function knownComponentCount(flags: ComponentFlags): number | undefined {
  if (flags.mafBins !== undefined) return flags.mafBins;
  if (flags.annot !== undefined) return undefined;
  const partition = chosenPartition(flags);
  return partition === undefined ? 1 : strataCount(partition, flags);
}

/** Bins of equal numbers of variants by minor allele frequency, named by their limits. */
function frequencyComponents(statistics: VariantStatistics, bins: number): GeneticComponents {
  const maf = Float64Array.from({ length: statistics.variants }, (_, v) =>
    statistics.minorAlleleFrequency(v),
  );
  const { edges, bin } = mafBins(maf, bins);
  const names = Array.from({ length: bins }, (_, b) => frequencyBinName(edges, b));
  return labelledComponents(names, bin);
}
