import type { VariantTable } from './bim.js';
import type { SampleTable } from './fam.js';
import { writeOutput } from './output.js';
import {
  numberColumn,
  sampleColumns,
  type TableColumn,
  textColumn,
  writePlinkTable,
} from './quality-tables.js';
import { formatSixDigits } from './six-digits.js';

/** Names of components: PC1 and so on. */
export const componentNames = (count: number): string[] =>
  Array.from({ length: count }, (_, k) => `PC${k + 1}`);

/** Values of components, a row for each of some people. @param scores people x components, row-major. */
function componentColumns(scores: Float64Array, people: number): TableColumn[] {
  const count = scores.length / people;
  return componentNames(count).map((name, k) => numberColumn(name, (row) => scores[row * count + k]));
}

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
  const columns = [...sampleColumns(samples, people), ...componentColumns(scores, people.length)];
  await writePlinkTable(path, columns, people.length);
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
  const text = (name: string, values: readonly string[]) =>
    textColumn(name, (row) => values[variants[row >> 1]]);
  const isAllele1 = (row: number) => (row & 1) === 1;
  const weights = componentNames(count).map((name, k) =>
    numberColumn(name, (row) => (isAllele1(row) ? unit : -unit) * loadings[(row >> 1) * count + k]),
  );
  const allele = textColumn('A1', (row) => {
    const v = variants[row >> 1];
    return isAllele1(row) ? table.allele1[v] : table.allele2[v];
  });
  const places = [text('CHROM', table.chromosome), text('ID', table.id)];
  const alleles = [text('REF', table.allele2), text('ALT', table.allele1), allele];
  await writePlinkTable(path, [...places, ...alleles, ...weights], 2 * variants.length);
}
