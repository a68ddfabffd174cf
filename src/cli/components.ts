import { HeredityError } from '../errors.js';
import { type GeneticComponents, labelledComponents, oneComponent } from '../estimators/components.js';
import type { VariantTable } from '../formats/bim.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { mafBins } from '../ld/maf-bins.js';
import type { LossTable, Provenance } from '../provenance.js';
import { defineBlocks } from './blocks.js';
import { defineFlags, type FlagValues, integer, string } from './flags.js';

const COMPONENTS = { heading: 'Components' } as const;

export const componentFlags = defineFlags({
  partition: string(
    'one component for each chromosome, for each of K equal parts, or for each block of a file (chr start end [name], or ID block)',
    { ...COMPONENTS, placeholder: 'chromosome|count:K|file' },
  ),
  mafBins: integer(
    'one component for each of so many bins of equal numbers of variants by minor allele frequency',
    {
      ...COMPONENTS,
      min: 2,
      max: 100,
      placeholder: 'K',
    },
  ),
});

/**
 * The genetic components of a run: all variants together, unless the flags divide them.
 * @param variants indices in the file; those in no block of --partition are lost.
 * @returns the components, and the variants that they are over.
 */
export async function defineComponents(
  flags: FlagValues<typeof componentFlags>,
  bim: VariantTable,
  variants: Int32Array,
  statistics: (variants: Int32Array) => VariantStatistics,
  losses: LossTable,
  provenance: Provenance,
): Promise<{ components: GeneticComponents; variants: Int32Array }> {
  if (flags.partition !== undefined && flags.mafBins !== undefined) {
    throw new HeredityError('usage', '--partition and --maf-bins both divide the variants', {
      fix: 'give one of them',
    });
  }
  if (flags.mafBins !== undefined) {
    const components = frequencyBins(statistics(variants), flags.mafBins);
    return { components, variants };
  }
  if (flags.partition === undefined) return { components: oneComponent(variants.length), variants };
  const blocks = await defineBlocks(flags.partition, bim, variants, losses, provenance);
  const labels = new Map(blocks.flatMap(({ variants: own }, k) => Array.from(own, (v) => [v, k] as const)));
  const kept = variants.filter((v) => labels.has(v));
  const names = blocks.map(({ id }) => id);
  return {
    components: labelledComponents(
      names,
      Array.from(kept, (v) => labels.get(v)!),
    ),
    variants: kept,
  };
}

/** Bins of equal numbers of variants by minor allele frequency, named by their limits; ties stay together. */
function frequencyBins(statistics: VariantStatistics, bins: number): GeneticComponents {
  const frequency = Float64Array.from({ length: statistics.variants }, (_, v) =>
    statistics.minorAlleleFrequency(v),
  );
  const { edges, bin } = mafBins(frequency, bins);
  const last = edges.length - 2;
  const names = Array.from({ length: last + 1 }, (_, b) => {
    const low = b === 0 ? 'MAF' : `${edges[b]!.toFixed(4)}<=MAF`;
    return b === last ? low : `${low}<${edges[b + 1]!.toFixed(4)}`;
  });
  return labelledComponents(names, Array.from(bin));
}
