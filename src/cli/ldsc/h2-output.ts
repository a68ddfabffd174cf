import { formatCount, formatEstimate, significant } from '../../estimate/number.js';
import type { CategoryEstimate, SetHeritability } from '../../estimators/ldsc/partitioned.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import type { LdscFlags } from '../../methods/ldsc/flags.js';
import { annotationName, type TraitResult } from '../../methods/ldsc/h2-results.js';
import { type Column, textTable, tsv } from '../../report/table.js';

/** A trait as the JSON has it. */
export function traitRecord({
  name,
  estimate,
  free,
  fixed,
  liability,
  meanN,
  losses,
  warnings,
}: TraitResult) {
  const { h2Deleted, interceptDeleted, ...numbers } = plainNumbers(estimate);
  return {
    name,
    ...numbers,
    meanN,
    z: estimate.h2 / estimate.se,
    freeIntercept: { h2: free.h2, se: free.se, intercept: free.intercept, interceptSe: free.interceptSe },
    fixedIntercept: { h2: fixed.h2, se: fixed.se, intercept: fixed.intercept },
    liability: liability
      ? {
          samplePrevalence: liability.samplePrevalence,
          populationPrevalence: liability.populationPrevalence,
          h2: liability.factor * estimate.h2,
          se: liability.factor * estimate.se,
        }
      : null,
    losses,
    warnings: warnings.map(({ text }) => text),
  };
}

/** The estimate without what belongs to its annotations. */
function plainNumbers(estimate: TraitResult['estimate']) {
  const { terms, categories, coefficients, ...numbers } = {
    terms: undefined,
    categories: undefined,
    coefficients: undefined,
    ...estimate,
  };
  return numbers;
}

/** Categories of all traits, as the JSON has them. */
export function categoryRecords(results: readonly TraitResult[]) {
  return results.flatMap(({ name, names, partition }) =>
    (partition?.categories ?? []).map((category, c) => ({
      trait: name,
      name: annotationName(names[c]!),
      ...asCategory(category),
    })),
  );
}

/** A category with its enrichment, which a continuous annotation does not have: it is no set of SNPs. */
function asCategory(category: CategoryEstimate) {
  const { isSet, enrichment, enrichmentSe, enrichmentP, ...others } = category;
  return {
    ...others,
    enrichment: isSet ? enrichment : null,
    enrichmentSe: isSet ? enrichmentSe : null,
    enrichmentP: isSet ? enrichmentP : null,
  };
}

/** Quantiles of continuous annotations of all traits, as the JSON has them. */
export function quantileRecords(results: readonly TraitResult[]) {
  return results.flatMap(({ name, quantiles }) =>
    quantiles.flatMap(({ annotation, sets }) =>
      sets.map((set, q) => ({ trait: name, annotation, quantile: q + 1, of: sets.length, ...set })),
    ),
  );
}

/** Free and fixed intercept side by side, a row a trait. */
export function h2Table(results: readonly TraitResult[]): string {
  return textTable(
    [
      { name: 'trait', value: (r: TraitResult) => r.name },
      { name: 'snps', header: 'SNPs', value: (r) => r.estimate.snps },
      { name: 'chi2', header: 'mean χ²', value: (r) => r.estimate.meanChi2 },
      { name: 'free', header: 'h² (SE), free', value: (r) => formatEstimate(r.free.h2, r.free.se) },
      {
        name: 'intercept',
        header: 'intercept (SE)',
        value: (r) => formatEstimate(r.free.intercept, r.free.interceptSe),
      },
      { name: 'fixed', header: 'h² (SE), intercept 1', value: (r) => formatEstimate(r.fixed.h2, r.fixed.se) },
      ...(results.some(({ liability }) => liability)
        ? [
            {
              name: 'liability',
              header: 'h² (SE), liability',
              value: ({ liability, estimate }: TraitResult) =>
                liability
                  ? formatEstimate(liability.factor * estimate.h2, liability.factor * estimate.se)
                  : null,
            },
          ]
        : []),
      { name: 'notes', value: (r) => r.warnings.map(({ short }) => short).join('; ') || null },
    ],
    results,
  );
}

/** The categories of one trait. */
export function categoryTable({ names, partition }: TraitResult): string {
  const rows = partition!.categories.map((category, c) => ({
    name: annotationName(names[c]!),
    ...asCategory(category),
  }));
  type Row = (typeof rows)[0];
  return textTable(
    [
      { name: 'category', value: (r: Row) => r.name },
      { name: 'propSnps', header: 'share of SNPs', value: (r) => r.propSnps },
      { name: 'propH2', header: 'share of h² (SE)', value: (r) => formatEstimate(r.propH2, r.propH2Se) },
      {
        name: 'enrichment',
        header: 'enrichment (SE)',
        value: (r) => (r.enrichment === null ? null : formatEstimate(r.enrichment, r.enrichmentSe)),
      },
      { name: 'p', header: 'P', value: (r) => r.enrichmentP, text: (r) => significant(r.enrichmentP!, 3) },
      { name: 'tau', header: 'τ', value: (r) => r.tau, text: (r) => r.tau.toExponential(3) },
      { name: 'z', header: 'z of τ', value: (r) => r.tau / r.tauSe },
      ...(rows.some(({ tauStar }) => tauStar !== null)
        ? [{ name: 'tauStar', header: 'τ* (SE)', value: (r: Row) => formatEstimate(r.tauStar!, r.tauStarSe) }]
        : []),
    ],
    rows,
  );
}

/** The quantiles of the continuous annotations of one trait. */
export function quantileTable({ quantiles }: TraitResult): string {
  const rows = quantiles.flatMap(({ annotation, sets }) =>
    sets.map((set, q) => ({ annotation, quantile: `${q + 1} of ${sets.length}`, ...set })),
  );
  type Row = (typeof rows)[0];
  return textTable(
    [
      { name: 'annotation', value: (r: Row) => r.annotation },
      { name: 'quantile', value: (r) => r.quantile },
      { name: 'h2', header: 'h² (SE)', value: (r) => formatEstimate(r.h2, r.h2Se) },
      { name: 'propH2', header: 'share of h² (SE)', value: (r) => formatEstimate(r.propH2, r.propH2Se) },
      {
        name: 'enrichment',
        header: 'enrichment (SE)',
        value: (r) => formatEstimate(r.enrichment, r.enrichmentSe),
      },
    ],
    rows,
  );
}

interface TsvRow {
  readonly result: TraitResult;
  /** What the row is about: the total, a category, or a quantile. */
  readonly category: string;
  readonly set?: SetHeritability | ReturnType<typeof asCategory>;
}

/** One row a trait, and one a category and quantile. */
export function h2Tsv(results: readonly TraitResult[]): string {
  const rows = results.flatMap((result): TsvRow[] => [
    { result, category: 'total' },
    ...(result.partition?.categories ?? []).map((category, c) => ({
      result,
      category: annotationName(result.names[c]!),
      set: asCategory(category),
    })),
    ...result.quantiles.flatMap(({ annotation, sets }) =>
      sets.map((set, q) => ({ result, category: `${annotation}:q${q + 1}/${sets.length}`, set })),
    ),
  ]);
  const ofTotal = (name: string, value: (result: TraitResult) => number | string | null): Column<TsvRow> => ({
    name,
    value: ({ result, set }) => (set ? null : value(result)),
  });
  const ofSet = (name: string, key: keyof ReturnType<typeof asCategory>): Column<TsvRow> => ({
    name,
    value: ({ set }) => (set as Partial<ReturnType<typeof asCategory>> | undefined)?.[key] ?? null,
  });
  return tsv(
    [
      { name: 'trait', value: ({ result }: TsvRow) => result.name },
      { name: 'category', value: ({ category }) => category },
      { name: 'h2', value: ({ result, set }) => (set ? set.h2 : result.estimate.h2) },
      { name: 'se', value: ({ result, set }) => (set ? set.h2Se : result.estimate.se) },
      ofTotal('intercept', ({ estimate }) => estimate.intercept),
      ofTotal('intercept_se', ({ estimate }) => estimate.interceptSe),
      ofTotal('h2_free', ({ free }) => free.h2),
      ofTotal('se_free', ({ free }) => free.se),
      ofTotal('h2_fixed', ({ fixed }) => fixed.h2),
      ofTotal('se_fixed', ({ fixed }) => fixed.se),
      ofTotal('h2_liability', ({ liability, estimate }) =>
        liability ? liability.factor * estimate.h2 : null,
      ),
      ofTotal('se_liability', ({ liability, estimate }) =>
        liability ? liability.factor * estimate.se : null,
      ),
      ofTotal('lambda_gc', ({ estimate }) => estimate.lambdaGc),
      ofTotal('mean_chi2', ({ estimate }) => estimate.meanChi2),
      ofTotal('ratio', ({ estimate }) => estimate.ratio),
      ofTotal('ratio_se', ({ estimate }) => estimate.ratioSe),
      ofTotal('snps', ({ estimate }) => estimate.snps),
      ofSet('prop_snps', 'propSnps'),
      ofSet('prop_h2', 'propH2'),
      ofSet('prop_h2_se', 'propH2Se'),
      ofSet('enrichment', 'enrichment'),
      ofSet('enrichment_se', 'enrichmentSe'),
      ofSet('enrichment_p', 'enrichmentP'),
      ofSet('tau', 'tau'),
      ofSet('tau_se', 'tauSe'),
      ofSet('tau_star', 'tauStar'),
      ofSet('tau_star_se', 'tauStarSe'),
      ofTotal('warnings', ({ warnings }) => warnings.map(({ text }) => text).join('; ') || null),
    ],
    rows,
  );
}

/** LDSC's own files: .results with an overlap, .cov and delete values where asked for. Returns their names. */
export async function writeLdscFiles(results: readonly TraitResult[], flags: LdscFlags): Promise<string[]> {
  const written: string[] = [];
  const write = async (path: string, text: string) => {
    await writeOutput(path, text);
    written.push(path);
  };
  const prefixes = outputPrefixes(
    flags.out,
    results.map(({ name }) => name),
  );
  for (const [t, result] of results.entries()) {
    const out = results.length === 1 ? flags.out : prefixes[t]!;
    const { partition, estimate } = result;
    if (partition && flags.overlapAnnot)
      await write(`${out}.results`, resultsFile(result, flags.printCoefficients));
    const order = partition ? partition.coefficients.estimate.length : 1;
    if (flags.printCov && partition)
      await write(`${out}.cov`, matrixText(partition.coefficients.covariance, order));
    if (!flags.printDeleteVals) continue;
    await write(`${out}.delete`, matrixText(estimate.h2Deleted, 1));
    if (partition) await write(`${out}.part_delete`, matrixText(partition.coefficients.deleted, order));
  }
  return written;
}

/** LDSC's .results, whose columns other programs read. */
function resultsFile({ names, partition }: TraitResult, coefficients: boolean): string {
  const rows = partition!.categories.map((category, c) => ({ name: names[c]!, ...category }));
  type Row = (typeof rows)[0];
  return tsv(
    [
      { name: 'Category', value: (r: Row) => r.name },
      { name: 'Prop._SNPs', value: (r) => r.propSnps },
      { name: 'Prop._h2', value: (r) => r.propH2 },
      { name: 'Prop._h2_std_error', value: (r) => r.propH2Se },
      { name: 'Enrichment', value: (r) => r.enrichment },
      { name: 'Enrichment_std_error', value: (r) => r.enrichmentSe },
      { name: 'Enrichment_p', value: (r) => r.enrichmentP },
      ...(coefficients
        ? [
            { name: 'Coefficient', value: (r: Row) => r.tau },
            { name: 'Coefficient_std_error', value: (r: Row) => r.tauSe },
            { name: 'Coefficient_z-score', value: (r: Row) => r.tau / r.tauSe },
          ]
        : []),
    ],
    rows,
  );
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

/** One picture: χ² by LD score of a trait, enrichment of its categories, or the heritability of several traits. */
export async function h2Picture(results: readonly TraitResult[]): Promise<string> {
  const { forestPlot } = await import('../../report/chart.js');
  const { enrichmentChart, scoreBinChart } = await import('../../report/ldsc-charts.js');
  const [first] = results;
  if (results.length > 1) {
    return forestPlot({
      rows: results.map(({ name, estimate }) => ({ label: name, estimate: estimate.h2, se: estimate.se })),
      title: 'SNP-heritability (LD score regression)',
      xLabel: 'h², observed scale',
    });
  }
  const total = formatEstimate(first!.estimate.h2, first!.estimate.se);
  if (first!.partition) {
    return enrichmentChart({
      rows: first!.partition.categories.flatMap(({ isSet, enrichment, enrichmentSe: se }, c) =>
        isSet ? [{ label: annotationName(first!.names[c]!), enrichment, se }] : [],
      ),
      title: `${first!.name}: enrichment of heritability, total h² ${total}`,
    });
  }
  return scoreBinChart({
    bins: first!.bins,
    title: `${first!.name}: mean χ² by LD score, ${formatCount(first!.estimate.snps)} SNPs, h² ${total}`,
  });
}
