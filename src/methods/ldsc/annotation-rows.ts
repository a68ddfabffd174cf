import { HeredityError } from '../../errors.js';
import type { AnnotationTable } from '../../formats/annotation.js';
import type { Frequencies } from '../../formats/frequency.js';
import type { RowIds } from '../../formats/row-ids.js';

/** Where each row of the first of several annotation files is in each of them. */
export interface AlignedAnnotations {
  readonly tables: readonly AnnotationTable[];
  /** A table an array, as long as the first table. */
  readonly rows: readonly Int32Array[];
  /** The SNPs of the rows; undefined where all files are thin. */
  readonly ids: RowIds | undefined;
  readonly count: number;
}

/**
 * Matches the rows of annotation files of the same SNPs by ID. A thin file has none: it takes the order of the full ones beside it,
 * as long as these agree on one.
 * @throws HeredityError `mismatch` where the files are not of the same SNPs, or IDs do not tell which rows belong together.
 */
export function alignAnnotationFiles(tables: readonly AnnotationTable[]): AlignedAnnotations {
  const base = tables.find(({ ids }) => ids !== undefined) ?? tables[0];
  const { count, ids } = base;
  const inOrder = Int32Array.from({ length: count }, (_, row) => row);
  const rows = tables.map((table) => {
    if (table.count !== count)
      throw new HeredityError('mismatch', `the file has ${table.count} SNPs`, {
        file: table.path,
        expected: `${count}, as ${base.path}`,
      });
    return ids && table.ids && table !== base ? rowsByIds(base, ids, table, table.ids) : inOrder;
  });
  const thin = tables.find((table) => table.ids === undefined);
  const turned = rows.findIndex((own) => own.some((row, k) => row !== k));
  if (thin && turned >= 0) {
    throw new HeredityError(
      'mismatch',
      'a thin annotation file takes the order of the full ones, and these differ',
      {
        file: thin.path,
        expected: `${tables[turned].path} and ${base.path} in one order`,
        fix: 'give a full file, with columns CHR BP SNP CM, in place of the thin one',
      },
    );
  }
  return { tables, rows, ids, count };
}

function rowsByIds(base: AnnotationTable, ids: RowIds, other: AnnotationTable, otherIds: RowIds): Int32Array {
  const { rows, ambiguous } = ids.rowsIn(otherIds);
  if (ambiguous >= 0)
    throw new HeredityError(
      'mismatch',
      `${ids.text(ambiguous)} is the ID of several SNPs, and the files differ in their order`,
      {
        file: other.path,
        expected: `the order of ${base.path}, or IDs that do not come again`,
      },
    );
  const absent = rows.indexOf(-1);
  if (absent >= 0)
    throw new HeredityError('mismatch', `${ids.text(absent)} is in ${base.path} and not here`, {
      file: other.path,
      expected: 'annotations of the same SNPs',
    });
  return rows;
}

/**
 * Frequencies of the rows; NaN where there is none. SNPs are matched by ID; thin files have the rows of the frequencies.
 * @throws HeredityError `mismatch` where IDs come again, in other order, or thin files have another number of rows.
 */
export function frequenciesOfRows(
  { ids, count, tables }: AlignedAnnotations,
  frequencies: Frequencies,
  path: string,
): Float64Array {
  const { frequency } = frequencies;
  if (!ids) {
    if (frequencies.count === count) return frequency;
    throw new HeredityError(
      'mismatch',
      `the thin annotation file has ${count} rows, the frequencies ${frequencies.count}`,
      {
        file: tables[0].path,
        expected: `the SNPs of ${path}, in its order`,
        fix: 'give a full file, with columns CHR BP SNP CM, whose rows are matched by ID',
      },
    );
  }
  const { rows, ambiguous } = ids.rowsIn(frequencies.ids);
  if (ambiguous >= 0)
    throw new HeredityError('mismatch', `${ids.text(ambiguous)} is the ID of several SNPs`, {
      file: path,
      expected: `the SNPs of ${tables[0].path} in its order, or IDs that do not come again`,
      fix: 'or count all SNPs with --not-M-5-50, which takes no frequencies',
    });
  return Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : frequency[row]));
}

/** `baseL2` is the score of the annotation `base`; `baseL2_S1` that of a weighted one. */
const annotationOf = (score: string): string => score.replace(/L2(_S-?[\d.]+)?$/, '');

/**
 * Where the annotation behind each score of one prefix is in its file: by name; in order where the names do not say it (scores `L2` of a
 * thin file's `ANNOT`).
 * @throws HeredityError `mismatch` for another number of them, and where some names are the scores' and at other places.
 */
export function annotationColumns(scores: readonly string[], { names, path }: AnnotationTable): number[] {
  if (names.length !== scores.length)
    throw new HeredityError(
      'mismatch',
      `there are ${names.length} annotations for ${scores.length} columns of LD scores`,
      {
        file: path,
        expected: 'the annotations behind the LD scores',
      },
    );
  const own = names.map(annotationOf);
  const places = scores.map((score) => own.indexOf(annotationOf(score)));
  if (new Set(places).size === places.length && !places.includes(-1)) return places;
  const moved = places.findIndex((place, c) => place >= 0 && place !== c);
  if (moved < 0) return scores.map((_, c) => c);
  throw new HeredityError('mismatch', 'the names of the annotations are not those of the LD scores', {
    file: path,
    value: names.join(', '),
    expected: scores.map(annotationOf).join(', '),
    fix: 'give the .annot files from which the LD scores were made',
  });
}
