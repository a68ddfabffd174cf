/** Outcomes this close in probability to the observed one count as equally likely: rounding, not rarity, separates them. */
const TIE = 1e-9;

/**
 * Exact test of Hardy-Weinberg equilibrium: the probability, given the allele counts, of a heterozygote count at most
 * as likely as the observed one (Wigginton 2005; METHODS 11.3).
 *
 * @param het heterozygotes; @param hom1, @param hom2 the two homozygotes (counts).
 * @param midP subtract half the probability of the outcomes tied with the observed one.
 * @returns p-value; 1 (0.5 with midP) where there are no genotypes.
 */
export function hardyWeinbergTest(het: number, hom1: number, hom2: number, midP = false): number {
  const { rare, total, scale } = tails(het, hom1, hom2, midP);
  return scale === 0 ? rare / total : Math.exp(Math.log(rare) - Math.log(total) - scale * LOG_LARGE);
}

/** Natural logarithm of the P value of {@link hardyWeinbergTest}, which may be too small for float64. */
export function logHardyWeinbergTest(het: number, hom1: number, hom2: number, midP = false): number {
  const { rare, total, scale } = tails(het, hom1, hom2, midP);
  return Math.log(rare) - Math.log(total) - scale * LOG_LARGE;
}

/** Probabilities far above that of the observed outcome are kept in units of powers of this. */
const LARGE = 1e250;
const LOG_LARGE = Math.log(LARGE);

/** Relative to the observed outcome: the sum of those at most as likely, and that of all, in units of LARGE to the power `scale`. */
function tails(
  het: number,
  hom1: number,
  hom2: number,
  midP: boolean,
): { rare: number; total: number; scale: number } {
  const samples = het + hom1 + hom2;
  if (samples === 0) return { rare: midP ? 0.5 : 1, total: 1, scale: 0 };
  const copies = 2 * Math.min(hom1, hom2) + het;
  const others = 2 * samples - copies;
  // walking outwards from the observed outcome: no factorials, no overflow
  let notMoreLikely = 1;
  let tied = 1;
  let total = 1;
  let scale = 0;
  const walk = (step: 2 | -2, end: number) => {
    let p = 1;
    let own = 0;
    for (let h = het; step > 0 ? h < end : h > end; h += step) {
      const rareHom = (copies - h) / 2;
      const commonHom = (others - h) / 2;
      p *=
        step > 0
          ? (4 * rareHom * commonHom) / ((h + 2) * (h + 1))
          : (h * (h - 1)) / (4 * (rareHom + 1) * (commonHom + 1));
      if (p > LARGE) {
        p /= LARGE;
        own++;
      } else if (own > 0 && p < 1 / LARGE) {
        p *= LARGE;
        own--;
      }
      if (own > scale) {
        total = total / LARGE ** (own - scale) + p;
        scale = own;
      } else if (own === scale) total += p;
      if (own > 0) continue;
      if (p < Number.MIN_VALUE) return;
      if (p <= 1 + TIE) notMoreLikely += p;
      if (Math.abs(p - 1) <= TIE) tied += p;
    }
  };
  walk(-2, 1);
  walk(2, copies - 1);
  return { rare: notMoreLikely - (midP ? tied / 2 : 0), total, scale };
}
