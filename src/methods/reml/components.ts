import { componentCounts, componentSizes, type GeneticComponents } from '../../estimators/components.js';
import type { GenotypeTable } from '../../genotypes/standardise.js';
import type { VariantStatistics } from '../../genotypes/statistics.js';
import type { RemlComponentFacts } from './estimate.js';

/**
 * Variants, divisor and mean diagonal of each relationship matrix, which need not be formed.
 * @param table what genotypes stand for.
 */
export function describeComponents(
  { names, weights, dominance }: GeneticComponents,
  { variants, counts }: VariantStatistics,
  { values }: GenotypeTable,
): RemlComponentFacts[] {
  const sizes = componentSizes({ names, weights });
  const numbers = componentCounts({ names, weights });
  const meanSquare = (v: number) => {
    let [sum, people] = [0, 0];
    for (let at = 4 * v; at < 4 * v + 4; at++) {
      sum += counts[at] * values[at] ** 2;
      people += counts[at];
    }
    return sum / people;
  };
  return names.map((name, k) => {
    let sum = 0;
    for (let v = 0; v < variants; v++) {
      const weight = weights[v * names.length + k];
      if (weight > 0) sum += weight * meanSquare(v);
    }
    const facts = { name, variants: numbers[k], size: sizes[k], scale: sum / sizes[k] };
    return k === dominance ? { ...facts, role: 'dominance' } : facts;
  });
}
