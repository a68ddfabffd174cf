import type { CellTypeCoefficient } from '../../estimators/ldsc/cell-type.js';
import type { LdscFlags } from './flags.js';
import type { TraitResult } from './h2-results.js';

/** Texts of LDSC's own files of a trait by their endings, as it writes them. */
export type NativeFiles = Readonly<Record<string, string>>;

/** `.results` with an overlap; `.cov` and delete values where asked for. */
export function ldscFiles(
  result: TraitResult,
  flags: Partial<Pick<LdscFlags, 'overlapAnnot' | 'printCoefficients' | 'printCov' | 'printDeleteVals'>>,
): NativeFiles {
  const { partition, estimate } = result;
  const order = partition ? partition.coefficients.estimate.length : 1;
  return {
    ...(partition &&
      flags.overlapAnnot && { results: resultsFile(result, flags.printCoefficients ?? false) }),
    ...(partition && flags.printCov && { cov: matrixText(partition.coefficients.covariance, order) }),
    ...(flags.printDeleteVals && {
      delete: matrixText(estimate.h2Deleted, 1),
      ...(partition && { part_delete: matrixText(partition.coefficients.deleted, order) }),
    }),
  };
}

/** LDSC's .results, whose columns other programs read. */
function resultsFile({ names, partition }: TraitResult, coefficients: boolean): string {
  const header = [
    ...['Category', 'Prop._SNPs', 'Prop._h2', 'Prop._h2_std_error'],
    ...['Enrichment', 'Enrichment_std_error', 'Enrichment_p'],
    ...(coefficients ? ['Coefficient', 'Coefficient_std_error', 'Coefficient_z-score'] : []),
  ];
  const rows = (partition?.categories ?? []).map((r, c) => [
    ...[names[c], r.propSnps, r.propH2, r.propH2Se, r.enrichment, r.enrichmentSe, r.enrichmentP],
    ...(coefficients ? [r.tau, r.tauSe, r.tau / r.tauSe] : []),
  ]);
  return tableText(header, rows);
}

/** LDSC's .cell_type_results.txt. */
export function cellTypeFile(cellTypes: readonly CellTypeCoefficient[]): NativeFiles {
  const header = ['Name', 'Coefficient', 'Coefficient_std_error', 'Coefficient_P_value'];
  const rows = cellTypes.map(({ name, tau, tauSe, p }) => [name, tau, tauSe, p]);
  return { 'cell_type_results.txt': tableText(header, rows) };
}

function tableText(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  return [header, ...rows].map((cells) => `${cells.map((cell) => cell ?? 'NA').join('\t')}\n`).join('');
}

/** A matrix as numpy.savetxt writes it: a line a row, 18 decimals. */
function matrixText(values: Float64Array, columns: number): string {
  const rows = Array.from({ length: values.length / columns }, (_, r) =>
    Array.from(values.subarray(r * columns, (r + 1) * columns), (value) =>
      value.toExponential(18).replace(/e([+-])(\d)$/, 'e$10$2'),
    ).join(' '),
  );
  return `${rows.join('\n')}\n`;
}
