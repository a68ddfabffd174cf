import type { VariantTable } from './bim.js';
import { plinkChromosome } from './chromosome.js';
import type { SampleTable } from './fam.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';

/** A column of a table of PLINK 2, a value a row. */
export interface TableColumn {
  readonly name: string;
  put(rows: RowWriter, row: number): RowWriter;
}

export const textColumn = (name: string, value: (row: number) => string): TableColumn => ({
  name,
  put: (rows, row) => rows.text(value(row)),
});

export const integerColumn = (name: string, values: ArrayLike<number>): TableColumn => ({
  name,
  put: (rows, row) => rows.integer(values[row]),
});

/** Six significant digits; what is not known is `nan`, as PLINK 2 writes it. */
export const numberColumn = (name: string, value: (row: number) => number): TableColumn => ({
  name,
  put: (rows, row) => {
    const x = value(row);
    return Number.isNaN(x) ? rows.text('nan') : rows.sixDigits(x);
  },
});

/** A number of which the natural logarithm is known: a P value. */
export const expColumn = (name: string, logarithm: (row: number) => number): TableColumn => ({
  name,
  put: (rows, row) => rows.expSixDigits(logarithm(row)),
});

/** Chromosome and ID, a row for each of some variants of a table. */
export function variantColumns(
  table: VariantTable,
  variants: ArrayLike<number>,
  autosomes: number,
): TableColumn[] {
  return [
    textColumn('CHROM', (row) => plinkChromosome(table.chromosome[variants[row]], autosomes)),
    textColumn('ID', (row) => table.id[variants[row]]),
  ];
}

/** Family and individual ID, a row for each of some people; the individual ID alone where the file has no families. */
export function sampleColumns(
  samples: Pick<SampleTable, 'familyId' | 'individualId' | 'withoutFamilies'>,
  people: ArrayLike<number>,
): TableColumn[] {
  const individual = textColumn('IID', (row) => samples.individualId[people[row]]);
  return samples.withoutFamilies
    ? [individual]
    : [textColumn('FID', (row) => samples.familyId[people[row]]), individual];
}

/** Writes a table with tabs between the columns and `#` before the first name, as PLINK 2 does. */
export async function writePlinkTable(
  path: string,
  columns: readonly TableColumn[],
  rowCount: number,
): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text(`#${columns.map(({ name }) => name).join('\t')}`).endLine();
  for (let row = 0; row < rowCount; row++) {
    for (const [c, column] of columns.entries()) {
      if (c > 0) rows.text('\t');
      column.put(rows, row);
    }
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
