import type { VariantTable } from '../formats/bim.js';

/** Length of the region that is looked at, in base pairs. */
export const REGION_LENGTH = 10_000_000;
/** A component is one of a region where the region holds so much of its squared loadings, */
const REGION_SHARE = 0.2;
/** and so many times its share of the variants. */
const REGION_EXCESS = 5;

/** The region of at most {@link REGION_LENGTH} that holds most of a component's squared loadings. */
export interface LoadedRegion {
  readonly chromosome: string;
  /** Positions of its first and last variant. */
  readonly from: number;
  readonly to: number;
  /** Share of the squared loadings, from 0 to 1. */
  readonly share: number;
  /** Share of the variants. */
  readonly variantShare: number;
}

/**
 * Where each component's loadings are densest. Ancestry is spread over the genome; an inversion or another long stretch of LD
 * makes a component of its own (Price et al. 2008).
 * @param loadings variants x components, of the variants with the given indices in the table, ascending.
 * @returns null for a component whose variants have no position.
 */
export function densestRegions(
  table: VariantTable,
  variants: Int32Array,
  loadings: Float64Array,
  count: number,
): (LoadedRegion | null)[] {
  const places = Array.from(variants, (_, k) => k)
    .filter((k) => table.position[variants[k]] > 0)
    .sort((a, b) => orderOf(table, variants[a], variants[b]));
  const total = variants.length;
  return Array.from({ length: count }, (_, c) => {
    let best: LoadedRegion | null = null;
    let sum = 0;
    let all = 0;
    for (let v = 0; v < total; v++) all += loadings[v * count + c] ** 2;
    let start = 0;
    for (const [end, place] of places.entries()) {
      sum += loadings[place * count + c] ** 2;
      while (!reaches(table, variants[places[start]], variants[place])) {
        sum -= loadings[places[start] * count + c] ** 2;
        start++;
      }
      if (best && sum / all <= best.share) continue;
      best = {
        chromosome: table.chromosome[variants[place]],
        from: table.position[variants[places[start]]],
        to: table.position[variants[place]],
        share: sum / all,
        variantShare: (end - start + 1) / total,
      };
    }
    return best;
  });
}

/** Whether a component is that of one region rather than of ancestry. */
export function isOfRegion(region: LoadedRegion | null): region is LoadedRegion {
  return (
    region !== null && region.share >= REGION_SHARE && region.share >= REGION_EXCESS * region.variantShare
  );
}

function orderOf({ chromosome, position }: VariantTable, a: number, b: number): number {
  if (chromosome[a] !== chromosome[b]) return a - b; // chromosomes are in one piece
  return position[a] - position[b];
}

function reaches({ chromosome, position }: VariantTable, from: number, to: number): boolean {
  return chromosome[from] === chromosome[to] && position[to] - position[from] <= REGION_LENGTH;
}
