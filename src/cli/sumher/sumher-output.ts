import { type CaseShares, shareOfCases } from '../../cohort/case-shares.js';
import { formatCount, formatEstimate } from '../../estimate/number.js';
import { liabilityFactor } from '../../estimators/liability.js';
import type { SumherEstimate, SumherNumber } from '../../estimators/sumher/sumher.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import type { Taggings } from '../../formats/tagging.js';
import { ldakFiles } from '../../methods/sumher/ldak-files.js';
import type { NamedStatistics } from '../../methods/sumher/statistics.js';
import { type SumherWarning, sumherWarnings } from '../../methods/sumher/warnings.js';
import { textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';

interface TraitRecord extends Omit<SumherEstimate, 'partCovariance' | 'h2'> {
  readonly name: string;
  readonly absent: number;
  readonly otherAlleles: number;
  readonly h2: number;
  readonly se: number | null;
  readonly jackknifeSe: number | null;
  readonly liability: { prevalence: number; ascertainment: number; h2: number; se: number | null } | null;
  readonly warnings: readonly string[];
}

/** Where results go and what belongs to them beside the estimates. */
export interface SumherRun {
  readonly out: string;
  readonly cutoff: number | undefined;
  readonly method: string;
  readonly model: { readonly kind: Taggings['kind']; readonly source: string };
  readonly shares: CaseShares;
}

/** Writes LDAK's files, JSON, TSV and the picture, and prints the tables. */
export async function writeSumherOutputs(
  run: SumherRun,
  { log, provenance }: RecordedRun,
  traits: readonly NamedStatistics[],
  estimates: readonly SumherEstimate[],
): Promise<void> {
  const { out, model } = run;
  const prefixes = filePrefixes(out, traits);
  const notices = estimates.map((estimate, t) =>
    sumherWarnings(estimate, largestShare(traits[t], run.cutoff), run.cutoff !== undefined),
  );
  const records = estimates.map((estimate, t) => recordOf(estimate, traits[t], run.shares, t, notices[t]));
  for (const { name, warnings } of records) for (const warning of warnings) log.warn(`${name}: ${warning}`);
  log.result(summaryTable(records, notices));
  if (records.length === 1 && records[0].categories.length > 1) log.result(`\n${categoryTable(records[0])}`);

  for (const [t, estimate] of estimates.entries()) {
    const { liability } = records[t];
    const scale = liability && { factor: liabilityFactor(liability.prevalence, liability.ascertainment) };
    const files = ldakFiles(estimate, model.kind, scale ?? undefined);
    for (const [ending, text] of Object.entries(files)) await writeOutput(`${prefixes[t]}.${ending}`, text);
  }
  const json = {
    schema: 'heredity/sumher@1',
    method: run.method,
    model,
    traits: records,
    warnings: records.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)),
    provenance: await provenance.finish(),
  };
  await writeOutput(`${out}.sumher.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${out}.sumher.tsv`, sumherTsv(records));
  await writePicture(out, records);
  log.result(
    `\nWritten: ${out}.sumher.json, .sumher.tsv, .sumher.svg, .sumher.png, .log, and LDAK's .hers, .cats, .share, .enrich, .extra, .taus, .cross, .labels`,
  );
}

/** Where LDAK's files of each trait go: beside the others, with the trait's name where there are several. */
export function filePrefixes(out: string, traits: readonly { readonly name: string }[]): string[] {
  if (traits.length === 1) return [out];
  return outputPrefixes(
    out,
    traits.map(({ name }) => name),
  );
}

function recordOf(
  estimate: SumherEstimate,
  trait: NamedStatistics,
  shares: CaseShares,
  t: number,
  notices: readonly SumherWarning[],
): TraitRecord {
  const { partCovariance: _, h2, ...rest } = estimate;
  const prevalence = shares.prevalence?.[t];
  const ascertainment = shares.ascertainment?.[t] ?? (trait.cases && shareOfCases(trait.cases));
  let liability: TraitRecord['liability'] = null;
  if (prevalence !== undefined && ascertainment !== undefined) {
    const factor = liabilityFactor(prevalence, ascertainment);
    const se = h2.se === null ? null : h2.se * factor;
    liability = { prevalence, ascertainment, h2: h2.estimate * factor, se };
  }
  return {
    name: trait.name,
    h2: h2.estimate,
    se: h2.se,
    jackknifeSe: h2.jackknifeSe,
    liability,
    absent: trait.absent,
    otherAlleles: trait.otherAlleles,
    ...rest,
    warnings: notices.map(({ text }) => text),
  };
}

/** Share of the trait that the variant with the largest statistic explains, of those that count. */
function largestShare({ statistics, n }: NamedStatistics, cutoff: number | undefined): number {
  let largest = 0;
  for (let j = 0; j < statistics.length; j++) {
    const share = statistics[j] / (statistics[j] + (typeof n === 'number' ? n : n[j]));
    if (share > largest && (cutoff === undefined || share < cutoff)) largest = share;
  }
  return largest;
}

function summaryTable(
  records: readonly TraitRecord[],
  notices: readonly (readonly SumherWarning[])[],
): string {
  const optional = (key: 'scaling' | 'intercept') =>
    records.some((record) => record[key] !== null)
      ? [{ name: key, value: (r: TraitRecord) => (r[key] === null ? null : formatNumber(r[key])) }]
      : [];
  return textTable(
    [
      { name: 'trait', value: (r: TraitRecord) => r.name },
      { name: 'n', value: (r) => r.meanN, text: (r) => formatCount(r.meanN) },
      { name: 'variants', value: (r) => r.variants },
      { name: 'h2', header: 'h² (SE)', value: (r) => formatEstimate(r.h2, r.se) },
      { name: 'jackknife', header: 'jackknife SE', value: (r) => r.jackknifeSe?.toFixed(4) ?? null },
      ...optional('scaling'),
      ...optional('intercept'),
      ...(records.some((record) => record.liability !== null)
        ? [
            {
              name: 'liability',
              header: 'liability h² (SE)',
              value: (r: TraitRecord) => r.liability && formatEstimate(r.liability.h2, r.liability.se),
            },
          ]
        : []),
      {
        name: 'warnings',
        value: (r) => notices[records.indexOf(r)].map(({ short }) => short).join('; ') || null,
      },
    ],
    records,
  );
}

function categoryTable({ categories }: TraitRecord): string {
  return textTable(
    [
      { name: 'category', value: (c: TraitRecord['categories'][number]) => c.name },
      { name: 'h2', header: 'h² (SE)', value: (c) => formatNumber(c.h2) },
      { name: 'share', header: 'share (SE)', value: (c) => formatNumber(c.share) },
      { name: 'expected', value: (c) => c.expectedShare.toFixed(4) },
      { name: 'enrichment', header: 'enrichment (SE)', value: (c) => formatNumber(c.enrichment) },
    ],
    categories,
  );
}

const formatNumber = ({ estimate, se }: SumherNumber): string => formatEstimate(estimate, se);

interface TsvRow {
  readonly record: TraitRecord;
  /** Undefined in the row of the total. */
  readonly category?: TraitRecord['categories'][number];
}

function sumherTsv(records: readonly TraitRecord[]): string {
  const rows = records.flatMap((record): TsvRow[] => [
    { record },
    ...record.categories.map((category) => ({ record, category })),
  ]);
  return tsv(
    [
      { name: 'trait', value: ({ record }: TsvRow) => record.name },
      { name: 'category', value: ({ category }) => category?.name ?? 'total' },
      { name: 'n', value: ({ record }) => record.meanN },
      { name: 'variants', value: ({ record }) => record.variants },
      { name: 'h2', value: ({ record, category }) => category?.h2.estimate ?? record.h2 },
      { name: 'se', value: ({ record, category }) => (category ? category.h2.se : record.se) },
      {
        name: 'jackknife_se',
        value: ({ record, category }) => (category ? category.h2.jackknifeSe : record.jackknifeSe),
      },
      { name: 'share', value: ({ category }) => category?.share.estimate ?? null },
      { name: 'share_se', value: ({ category }) => category?.share.se ?? null },
      { name: 'expected_share', value: ({ category }) => category?.expectedShare ?? null },
      { name: 'enrichment', value: ({ category }) => category?.enrichment.estimate ?? null },
      { name: 'enrichment_se', value: ({ category }) => category?.enrichment.se ?? null },
      { name: 'tau', value: ({ category }) => category?.tau ?? null },
      {
        name: 'scaling',
        value: ({ record, category }) => (category ? null : (record.scaling?.estimate ?? null)),
      },
      {
        name: 'intercept',
        value: ({ record, category }) => (category ? null : (record.intercept?.estimate ?? null)),
      },
      {
        name: 'h2_liability',
        value: ({ record, category }) => (category ? null : (record.liability?.h2 ?? null)),
      },
      {
        name: 'se_liability',
        value: ({ record, category }) => (category ? null : (record.liability?.se ?? null)),
      },
      {
        name: 'warnings',
        value: ({ record, category }) => (category ? null : record.warnings.join('; ') || null),
      },
    ],
    rows,
  );
}

/** All traits, or the categories of the only one. */
async function writePicture(out: string, records: readonly TraitRecord[]): Promise<void> {
  const { forestPlot } = await import('../../report/chart.js');
  const [only] = records;
  const byCategory = records.length === 1 && only.categories.length > 1;
  const rows = byCategory
    ? only.categories.map(({ name, h2 }) => ({ label: name, estimate: h2.estimate, se: h2.se ?? 0 }))
    : records.map(({ name, h2, se }) => ({ label: name, estimate: h2, se: se ?? 0 }));
  const svg = forestPlot({
    rows,
    title: byCategory
      ? `${only.name}: SNP-heritability by category (SumHer), total ${formatEstimate(only.h2, only.se)}`
      : 'SNP-heritability (SumHer)',
    xLabel: 'h², share of variance',
  });
  await writeChart(`${out}.sumher`, svg);
}
