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
  const samples = het + hom1 + hom2;
  if (samples === 0) return midP ? 0.5 : 1;
  const rare = 2 * Math.min(hom1, hom2) + het;
  // Probabilities relative to the observed outcome, walking outwards from it: no factorials, no overflow.
  let notMoreLikely = 1;
  let tied = 1;
  let total = 1;
  const visit = (p: number) => {
    total += p;
    if (p <= 1 + TIE) notMoreLikely += p;
    if (Math.abs(p - 1) <= TIE) tied += p;
  };
  const common = 2 * samples - rare;
  for (let h = het, p = 1; h >= 2; h -= 2) {
    const rareHom = (rare - h) / 2;
    const commonHom = (common - h) / 2;
    p *= (h * (h - 1)) / (4 * (rareHom + 1) * (commonHom + 1));
    if (p < Number.MIN_VALUE) break;
    visit(p);
  }
  for (let h = het, p = 1; h <= rare - 2; h += 2) {
    const rareHom = (rare - h) / 2;
    const commonHom = (common - h) / 2;
    p *= (4 * rareHom * commonHom) / ((h + 2) * (h + 1));
    if (p < Number.MIN_VALUE) break;
    visit(p);
  }
  return (notMoreLikely - (midP ? tied / 2 : 0)) / total;
}
