import type { LdScores } from '../../../src/estimators/ldsc/score-regression.js';
import { methodsFixture, ParkMiller, standardise } from '../../fixture.js';

/** METHODS section 12 as LD score regression sees it: LD within two blocks of 30 SNPs, r² adjusted, and Z = X'y / √N. */
export function goldenScores() {
  const { samples, variants, genotypes, y } = methodsFixture();
  const x = genotypes.map(standardise);
  const r2 = Array.from({ length: variants }, (_, j) =>
    Float64Array.from({ length: variants }, (_, k) => {
      if (Math.floor(j / 30) !== Math.floor(k / 30)) return 0;
      const r = dot(x[j], x[k]) / samples;
      return r * r - (1 - r * r) / (samples - 2);
    }),
  );
  /** LD scores with an annotation. */
  const scoresOf = (annotation: (k: number) => number) =>
    Float64Array.from(r2, (row) => row.reduce((sum, value, k) => sum + value * annotation(k), 0));
  const zOf = (trait: Float64Array) => {
    const standard = standardise(trait);
    return Float64Array.from(x, (column) => dot(column, standard) / Math.sqrt(samples));
  };
  const all = scoresOf(() => 1);
  const ld: LdScores = { scores: [all], weightScores: all, counts: [variants] };
  const random = new ParkMiller(777);
  const second = standardise(y).map((value) => 0.5 * value + 0.8 * random.normal());
  const frequency = genotypes.map((row) => row.reduce((sum, value) => sum + value, 0) / (2 * samples));
  const n = new Float64Array(variants).fill(samples);
  return { ld, scoresOf, z: zOf(y), z2: zOf(second), n, frequency, variants };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
