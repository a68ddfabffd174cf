import { HeredityError } from '../errors.js';
import type { AnnotationTable } from '../formats/annotation.js';
import { chromosomeLabel, type VariantTable } from '../formats/bim.js';
import type { Intervals } from '../formats/intervals.js';
import { RowIds } from '../formats/row-ids.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { sharedFloat64 } from '../kernels/memory.js';
import type { Annotations } from './windowed-r2.js';

/** Variants above it are counted in `.l2.M_5_50`. */
export const COMMON_MAF = 0.05;

/**
 * Minor allele frequencies in LDSC's arithmetic, from the frequency of allele 2: what is .05 in exact numbers falls on the
 * same side of it as there.
 */
export function ldscMinorFrequencies(statistics: VariantStatistics): Float64Array {
  return Float64Array.from({ length: statistics.variants }, (_, v) => {
    const present = statistics.present(v);
    const frequency = (present - statistics.centredSum(v)) / (2 * present);
    return Math.min(frequency, 1 - frequency);
  });
}

/** One annotation, 1 for every variant: its scores are those of no annotation. */
export function noAnnotation(variants: number): Annotations {
  return { values: sharedFloat64(variants).fill(1), columns: 1 };
}

/**
 * Annotations of the chosen variants, matched by ID (row by row where the file lists the IDs of the .bim file in its order, so that
 * these may come again); rows of a thin file are the variants of the .bim file.
 *
 * @param variants indices in `bim`.
 * @throws HeredityError `mismatch` where a chosen variant has no row, or a thin file has another number of rows than the .bim.
 */
export function alignAnnotations(
  table: AnnotationTable,
  bim: Pick<VariantTable, 'id' | 'count'>,
  variants: Int32Array,
): Annotations {
  const columns = table.names.length;
  if (!table.ids && table.count !== bim.count) {
    throw new HeredityError('mismatch', `the thin annotation file has ${table.count} rows`, {
      file: table.path,
      expected: `${bim.count}, one for each variant of the .bim file`,
      fix: 'give a file with columns CHR BP SNP CM, whose rows are matched by ID',
    });
  }
  const values = sharedFloat64(variants.length * columns);
  const matched = table.ids && new RowIds(bim.id).rowsIn(table.ids).rows;
  let absent = 0;
  let example = '';
  for (let k = 0; k < variants.length; k++) {
    const row = matched ? matched[variants[k]] : variants[k];
    if (row < 0) {
      if (absent++ === 0) example = bim.id[variants[k]];
      continue;
    }
    values.set(table.values.subarray(row * columns, (row + 1) * columns), k * columns);
  }
  if (absent > 0) {
    throw new HeredityError(
      'mismatch',
      `${absent} of ${variants.length} variants have no annotation, or the ID of several rows`,
      {
        file: table.path,
        value: example,
        expected: 'a row for each variant of the .bim file',
        fix: 'take only variants with annotations with --extract',
      },
    );
  }
  return { values, columns };
}

/** Every annotation times (p (1 - p))^power, for effects that depend on the allele frequency p (LDSC's --pq-exp). */
export function weightedByFrequency(
  { values, columns }: Annotations,
  frequencies: Float64Array,
  power: number,
): Annotations {
  const weighted = sharedFloat64(values.length);
  for (let cell = 0; cell < values.length; cell++) {
    const p = frequencies[Math.floor(cell / columns)];
    weighted[cell] = values[cell] * (p * (1 - p)) ** power;
  }
  return { values: weighted, columns };
}

/** Sum of each annotation over the variants: M_c, the number of variants of a category (METHODS 3.2). */
export function annotationTotals(
  { values, columns }: Annotations,
  includes: (variant: number) => boolean = () => true,
): Float64Array {
  const totals = new Float64Array(columns);
  for (let v = 0; v * columns < values.length; v++) {
    if (!includes(v)) continue;
    for (let c = 0; c < columns; c++) totals[c] += values[v * columns + c];
  }
  return totals;
}

/** 1 for the variants that lie in one of the stretches, else 0. */
export function intervalAnnotation(
  intervals: Intervals,
  { chromosome, position }: Pick<VariantTable, 'chromosome' | 'position'>,
  variants: Int32Array,
): Float64Array {
  return Float64Array.from(variants, (variant) => {
    const stretches = intervals.get(chromosomeLabel(chromosome[variant]));
    if (!stretches) return 0;
    let [low, high] = [0, stretches.start.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stretches.end[middle] < position[variant]) low = middle + 1;
      else high = middle;
    }
    return low < stretches.start.length && stretches.start[low] <= position[variant] ? 1 : 0;
  });
}
