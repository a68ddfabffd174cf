/** Lengths of the human autosomes in megabases (GRCh37). */
const AUTOSOMES = [
  249, 243, 198, 191, 181, 171, 159, 146, 141, 136, 135, 134, 115, 107, 103, 90, 81, 78, 59, 63, 48, 51,
] as const;

export const MOST_CHROMOSOMES = AUTOSOMES.length;

/**
 * Shares variants among the first human autosomes in proportion to their lengths, at least one each.
 * @param variants at least `chromosomes`.
 */
export function shareVariants(variants: number, chromosomes: number): number[] {
  const lengths = AUTOSOMES.slice(0, chromosomes);
  const shares: number[] = [];
  let left = variants;
  let lengthLeft = lengths.reduce((sum, length) => sum + length, 0);
  for (const [k, length] of lengths.entries()) {
    const most = left - (chromosomes - 1 - k);
    const share = Math.min(most, Math.max(1, Math.round((left * length) / lengthLeft)));
    shares.push(share);
    left -= share;
    lengthLeft -= length;
  }
  return shares;
}
