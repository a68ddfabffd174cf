import type { VariantTable } from './bim.js';
import type { SampleTable } from './fam.js';
import { OutputFile, writeOutput } from './output.js';
import { RowWriter } from './row-writer.js';
import { formatSixDigits } from './six-digits.js';

/** Names of components: PC1 and so on. */
export const componentNames = (count: number): string[] =>
  Array.from({ length: count }, (_, k) => `PC${k + 1}`);

/**
 * Writes an .eigenvec file as plink2 does: `#FID IID PC1 ...`, without FID where the samples have none.
 * @param people indices in the sample table. @param scores people x components, row-major.
 */
export async function writeEigenvec(
  path: string,
  samples: SampleTable,
  people: Int32Array,
  scores: Float64Array,
): Promise<void> {
  const count = scores.length / people.length;
  const withFamilies = !samples.withoutFamilies;
  await writeRows(
    path,
    [withFamilies ? '#FID\tIID' : '#IID', ...componentNames(count)].join('\t'),
    people.length,
    (rows, row) => {
      const person = people[row];
      if (withFamilies) rows.text(samples.familyId[person]).text('\t');
      rows.text(samples.individualId[person]);
      for (let k = 0; k < count; k++) rows.text('\t').sixDigits(scores[row * count + k]);
    },
  );
}

/** Writes an .eigenval file: one number a line. */
export async function writeEigenval(path: string, eigenvalues: readonly number[]): Promise<void> {
  await writeOutput(path, eigenvalues.map((value) => `${formatSixDigits(value)}\n`).join(''));
}

/**
 * Writes an .eigenvec.allele file as plink2's `--pca allele-wts` does, which its --score reads: two rows a variant, REF (our
 * allele 2) first. The weight of an allele is half its loading on genotypes of variance 1, loadings having mean square 1.
 * @param loadings variants x components, row-major, of allele 1, of length 1.
 */
export async function writeAlleleWeights(
  path: string,
  table: VariantTable,
  variants: Int32Array,
  loadings: Float64Array,
): Promise<void> {
  const count = loadings.length / variants.length;
  const unit = Math.sqrt(variants.length) / 2;
  const header = ['#CHROM', 'ID', 'REF', 'ALT', 'A1', ...componentNames(count)].join('\t');
  await writeRows(path, header, 2 * variants.length, (rows, row) => {
    const place = row >> 1;
    const isAllele1 = (row & 1) === 1;
    const v = variants[place];
    const [ref, alt] = [table.allele2[v], table.allele1[v]];
    rows.text(`${table.chromosome[v]}\t${table.id[v]}\t${ref}\t${alt}\t${isAllele1 ? alt : ref}`);
    for (let k = 0; k < count; k++)
      rows.text('\t').sixDigits((isAllele1 ? unit : -unit) * loadings[place * count + k]);
  });
}

async function writeRows(
  path: string,
  header: string,
  count: number,
  write: (rows: RowWriter, row: number) => void,
): Promise<void> {
  const file = await OutputFile.create(path);
  try {
    const rows = new RowWriter(file);
    rows.text(header).endLine();
    for (let row = 0; row < count; row++) {
      write(rows, row);
      rows.endLine();
      if (rows.full) await rows.flush();
    }
    await rows.flush();
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
