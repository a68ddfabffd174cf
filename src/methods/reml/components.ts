import { componentCounts, componentSizes, type GeneticComponents } from '../../estimators/components.js';
import type { VariantStatistics } from '../../genotypes/statistics.js';
import type { RemlComponentFacts } from './estimate.js';

/**
 * Variants, divisor and mean diagonal of each relationship matrix, which need not be formed.
 * @param scale factor of each variant's centred genotypes.
 */
export function describeComponents(
  { names, weights }: GeneticComponents,
  statistics: VariantStatistics,
  scale: Float64Array,
): RemlComponentFacts[] {
  const sizes = componentSizes({ names, weights });
  const counts = componentCounts({ names, weights });
  return names.map((name, k) => {
    let sum = 0;
    for (let v = 0; v < statistics.variants; v++)
      sum += weights[v * names.length + k] * statistics.variance(v) * scale[v] ** 2;
    return { name, variants: counts[k], size: sizes[k], scale: sum / sizes[k] };
  });
}
