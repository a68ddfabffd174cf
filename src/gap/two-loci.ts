/** Values of the nine genotypes of two loci, `G[nA][nB]` for 0, 1, 2 copies of the counted alleles. */
export type GenotypeValues = readonly (readonly number[])[];

export interface TwoLocusVariances {
  /** Total genetic, additive, dominance and interaction variance; the last three sum to the first. */
  readonly VG: number;
  readonly VA: number;
  readonly VD: number;
  readonly VI: number;
}

export interface GenotypeRow {
  readonly copiesA: number;
  readonly copiesB: number;
  readonly frequency: number;
  readonly value: number;
  /** What the least-squares line on the two copy numbers predicts. */
  readonly additive: number;
}

/**
 * Variances of any genotype values by enumeration of the nine genotypes, for Hardy-Weinberg proportions and linkage
 * equilibrium: V_A is what the least-squares line on the copy numbers explains, V_D what the loci explain one by one
 * beyond it, V_I the rest (METHODS 10.6).
 * @param pA frequency of the counted allele at locus A, strictly between 0 and 1; pB likewise
 */
export function enumerateGenotypes(values: GenotypeValues, pA: number, pB: number) {
  const [fA, fB] = [proportions(pA), proportions(pB)];
  const mean = expectation((a, b) => values[a][b]);
  function expectation(f: (a: number, b: number) => number): number {
    let sum = 0;
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) sum += fA[a] * fB[b] * f(a, b);
    return sum;
  }
  // Copy numbers of two loci in linkage equilibrium are uncorrelated, so the two slopes are simple regressions.
  const slopeA = expectation((a, b) => (a - 2 * pA) * values[a][b]) / (2 * pA * (1 - pA));
  const slopeB = expectation((a, b) => (b - 2 * pB) * values[a][b]) / (2 * pB * (1 - pB));
  const additive = (a: number, b: number) => mean + slopeA * (a - 2 * pA) + slopeB * (b - 2 * pB);
  const marginalA = [0, 1, 2].map((a) => fB.reduce((sum, f, b) => sum + f * values[a][b], 0));
  const marginalB = [0, 1, 2].map((b) => fA.reduce((sum, f, a) => sum + f * values[a][b], 0));
  const VG = expectation((a, b) => (values[a][b] - mean) ** 2);
  const VA = expectation((a, b) => (additive(a, b) - mean) ** 2);
  const single = expectation((a, b) => (marginalA[a] - mean + marginalB[b] - mean) ** 2);
  const rows: GenotypeRow[] = [];
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      rows.push({
        copiesA: a,
        copiesB: b,
        frequency: fA[a] * fB[b],
        value: values[a][b],
        additive: additive(a, b),
      });
    }
  }
  return { variances: { VG, VA, VD: single - VA, VI: VG - single } satisfies TwoLocusVariances, rows };
}

/** Hardy-Weinberg proportions of 0, 1 and 2 copies. */
function proportions(p: number): readonly number[] {
  return [(1 - p) ** 2, 2 * p * (1 - p), p ** 2];
}
