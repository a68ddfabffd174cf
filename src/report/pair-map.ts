import type { TraitPair } from '../estimate/estimate.js';
import { formatEstimate } from '../estimate/number.js';
import { correlationHeatMap } from './ldsc-charts.js';

/** Cells of a map of more traits than this have no numbers: nobody could read them. */
const MOST_WITH_NUMBERS = 24;

/** Genetic correlations of all pairs of traits as a map. */
export function pairMap(pairs: readonly TraitPair[], titleOf: (method: string) => string): string {
  const names = [...new Set(pairs.flatMap(({ trait1, trait2 }) => [trait1, trait2]))];
  const cells = names.flatMap((row) =>
    names.map((column) => {
      const hasNumbers = names.length <= MOST_WITH_NUMBERS;
      if (row === column) return { row, column, value: 1, text: hasNumbers ? '1' : '' };
      const pair = pairs.find(
        ({ trait1, trait2 }) =>
          (trait1 === row && trait2 === column) || (trait1 === column && trait2 === row),
      );
      const { value, se } = pair?.rg ?? { value: null, se: null };
      const number = value === null ? '–' : formatEstimate(value, se);
      return { row, column, value, text: hasNumbers ? number : '' };
    }),
  );
  return correlationHeatMap({ names, cells, title: `Genetic correlation (${titleOf(pairs[0].method)})` });
}
