import { type Description, describe } from '../linalg/description.js';
import { dot } from '../linalg/orthonormal-basis.js';
import { symmetricEigenvalues } from '../linalg/symmetric-eigenvalues.js';
import type { Annotations } from './windowed-r2.js';

/** What LDSC's log says of LD scores. */
export interface ScoreSummary {
  readonly maf: Description;
  readonly scores: readonly Description[];
  /** Of the allele frequency (first) and the scores with each other; null with a column that does not vary. */
  readonly correlations: readonly (readonly (number | null)[])[];
  /** Of the annotations with each other; the same. */
  readonly annotationCorrelations: readonly (readonly (number | null)[])[];
  /**
   * Largest over smallest singular value of the scores, which tells whether a regression can tell them apart; null where they
   * are collinear.
   */
  readonly conditionNumber: number | null;
}

/** @param scores variants x columns, row-major, as the annotations; at least one variant. */
export function summariseScores(
  scores: Float64Array,
  annotations: Annotations,
  maf: Float64Array,
): ScoreSummary {
  const { columns } = annotations;
  const column = (table: Float64Array, c: number) =>
    Float64Array.from({ length: table.length / columns }, (_, v) => table[v * columns + c]);
  const each = <T>(make: (c: number) => T) => Array.from({ length: columns }, (_, c) => make(c));
  const separate = each((c) => column(scores, c));
  return {
    maf: describe(maf),
    scores: separate.map(describe),
    correlations: correlations([maf, ...separate]),
    annotationCorrelations: correlations(each((c) => column(annotations.values, c))),
    conditionNumber: conditionNumber(separate),
  };
}

function correlations(columns: readonly Float64Array[]): (number | null)[][] {
  const centred = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  });
  const squares = centred.map((values) => dot(values, values));
  return centred.map((a, i) =>
    centred.map((b, j) => {
      const scale = Math.sqrt(squares[i] * squares[j]);
      return scale > 0 ? (i === j ? 1 : dot(a, b) / scale) : null;
    }),
  );
}

function conditionNumber(columns: readonly Float64Array[]): number | null {
  if (columns.length === 1) return 1;
  const products = Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b))));
  const eigenvalues = symmetricEigenvalues(products, columns.length);
  const [smallest, largest] = [eigenvalues[0], eigenvalues.at(-1)!];
  // eigenvalues of X'X carry rounding of about 1e-16 of the largest
  return smallest > 1e-15 * columns.length * largest ? Math.sqrt(largest / smallest) : null;
}
