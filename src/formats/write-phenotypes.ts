import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';

/** One column of a table of people. */
export interface PersonColumn {
  readonly name: string;
  /** One value a person; NaN is written as NA. */
  readonly values: Float64Array;
}

/** Decimals of traits, whose variance is about 1: rounding changes no variance by as much as 1e-10. */
const DECIMALS = 10;

/** Writes a PLINK phenotype file: FID, IID and a column a trait. */
export async function writePhenotypes(
  path: string,
  people: { readonly familyId: readonly string[]; readonly individualId: readonly string[] },
  /** Index in `people` of each row. */
  rowsOf: Int32Array,
  columns: readonly PersonColumn[],
): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text('FID\tIID');
  for (const { name } of columns) rows.text('\t').text(name);
  rows.endLine();
  for (const [i, person] of rowsOf.entries()) {
    rows.text(people.familyId[person]).text('\t').text(people.individualId[person]);
    for (const { values } of columns) {
      const value = values[i];
      rows.text('\t');
      if (Number.isNaN(value)) rows.text('NA');
      else if (Number.isInteger(value)) rows.integer(value);
      else rows.fixed(value, DECIMALS);
    }
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
