import type { Estimate, TraitPair } from '../estimate/estimate.js';
import { formatEstimate } from '../estimate/number.js';
import { correlationHeatMap } from './ldsc-charts.js';

/** Cells of a map of more traits than this have no numbers: nobody could read them. */
const MOST_WITH_NUMBERS = 24;

/** Genetic correlations of all pairs of traits as a map, with the heritabilities of the traits on its diagonal. */
export function pairMap(
  pairs: readonly TraitPair[],
  estimates: readonly Estimate[],
  titleOf: (method: string) => string,
): string {
  const heritability = (name: string) => {
    const own = estimates.find(
      ({ trait, method, h2 }) => trait === name && method === pairs[0].method && h2.value !== null,
    );
    return own?.h2.value == null ? '–' : `h² ${formatEstimate(own.h2.value, own.h2.se)}`;
  };
  const names = [...new Set(pairs.flatMap(({ trait1, trait2 }) => [trait1, trait2]))];
  const hasNumbers = names.length <= MOST_WITH_NUMBERS;
  const cells = names.flatMap((row) =>
    names.map((column) => {
      if (row === column) return { row, column, value: null, text: hasNumbers ? heritability(row) : '' };
      const pair = pairs.find(
        ({ trait1, trait2 }) =>
          (trait1 === row && trait2 === column) || (trait1 === column && trait2 === row),
      );
      const { value, se } = pair?.rg ?? { value: null, se: null };
      const number = value === null ? '–' : formatEstimate(value, se);
      return { row, column, value, text: hasNumbers ? number : '' };
    }),
  );
  return correlationHeatMap({
    names,
    cells,
    title: `Genetic correlation (${titleOf(pairs[0].method)})${hasNumbers ? ', h² on the diagonal' : ''}`,
  });
}
