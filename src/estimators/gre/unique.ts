import type { WithError } from './pairs.js';
import type { TraitEstimate } from './result.js';

/**
 * What a category of variants explains beyond all others: the heritability of all variants less that without the category (METHODS 1.16). What its
 * variants share with others through LD is in neither, so that it is no more than the category's heritability and no enrichment.
 *
 * Error around the value of these people: with A = R²_all - R²_without and E = 1 - R²_all of a block, both independent, the block's part is
 * n/(n - q_without) (A - E q/(n - q_all)) for a difference q of ranks; where blocks share LD with what random genetic values leave.
 * @param without of the blocks with some variants left; undefined where the category has all.
 */
export function uniqueHeritability(all: TraitEstimate, without: TraitEstimate | undefined): WithError {
  const n = all.n - all.covariates;
  const rest = new Map(without?.blocks.map((block) => [block.id, block]));
  let variance = 0;
  for (const { id, h2, rank } of all.blocks) {
    const { h2: other, rank: otherRank } = rest.get(id) ?? { h2: 0, rank: 0 };
    const own = rank - otherRank;
    const noise = 1 - Math.min(1, Math.max(0, h2));
    // in the sample the others explain by chance what is not theirs
    const signal = Math.min(1, Math.max(0, h2 - other)) * (1 - otherRank / n);
    const ofNoise = ((2 * own * noise) / n) * (1 + own / (n - rank));
    variance += ((n / (n - otherRank)) ** 2 * noise * (ofNoise + 4 * signal)) / n;
  }
  const total = (estimate: TraitEstimate | undefined) => estimate?.corrected?.h2 ?? estimate?.h2 ?? 0;
  const random = Math.hypot(all.corrected?.probeSe ?? 0, without?.corrected?.probeSe ?? 0);
  return { value: total(all) - total(without), se: Math.hypot(Math.sqrt(variance), random) };
}
