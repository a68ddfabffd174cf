import type { LdScoreRows } from './ld-score.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';

export interface GctaScoreColumns {
  readonly maf: Float64Array;
  readonly score: Float64Array;
  readonly neighbours: Int32Array;
  readonly largest: Float64Array;
}

/** Writes GCTA's .score.ld: SNP chr bp MAF mean_rsq snp_num max_rsq ldscore, separated by blanks, six digits. */
export async function writeGctaScores(
  path: string,
  table: LdScoreRows,
  variants: ArrayLike<number>,
  { maf, score, neighbours, largest }: GctaScoreColumns,
): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text('SNP chr bp MAF mean_rsq snp_num max_rsq ldscore').endLine();
  for (let k = 0; k < variants.length; k++) {
    const v = variants[k];
    const mean = neighbours[k] === 0 ? 0 : (score[k] - 1) / neighbours[k];
    rows.text(table.id[v]).text(' ').text(table.chromosome[v]).text(' ').integer(table.position[v]);
    rows.text(' ').sixDigits(maf[k]).text(' ').sixDigits(mean).text(' ').integer(neighbours[k]);
    rows.text(' ').sixDigits(largest[k]).text(' ').sixDigits(score[k]).endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
