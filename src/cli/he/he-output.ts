import type { RunTrait } from '../../cohort/samples.js';
import { formatCount, formatEstimate, significant } from '../../estimate/number.js';
import type { HeEstimate, JackknifeEstimate } from '../../estimators/he/randomised.js';
import { writeOutput } from '../../formats/output.js';
import { lossReport } from '../../report/losses.js';
import { textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';

/** A trait as the JSON has it. */
interface HeTraitRecord {
  readonly name: string;
  readonly kind: RunTrait['kind'];
  readonly n: number;
  readonly covariates: number;
  readonly h2: number;
  readonly se: number;
  readonly analyticSe: number | null;
  readonly monteCarloSe: number;
  readonly noise: { readonly variance: number; readonly se: number };
  readonly components: readonly HeComponentRecord[];
  readonly warnings: readonly string[];
}

interface HeComponentRecord {
  readonly name: string;
  readonly size: number;
  readonly variance: number;
  readonly se: number;
  readonly h2: number;
  readonly h2Se: number;
  readonly category: { readonly h2: number; readonly se: number };
  readonly enrichment: { readonly ratio: number; readonly se: number };
}

/** Random error above this share of the standard error is worth more vectors. */
const TOO_RANDOM = 0.5;

/** Writes JSON, TSV and pictures of randomised Haseman-Elston regression, and prints the tables. */
export async function writeHeOutputs(
  out: string,
  { log, provenance }: RecordedRun,
  traits: readonly Pick<RunTrait, 'name' | 'kind'>[],
  estimates: readonly HeEstimate[],
): Promise<void> {
  const records = traits.map((trait, t) => toRecord(trait, estimates[t]!));
  for (const { name, warnings } of records) for (const warning of warnings) log.warn(`${name}: ${warning}`);
  const record = await provenance.finish();
  const { samples, variants } = record;
  for (const [unit, losses] of [
    ['samples', samples],
    ['variants', variants],
  ] as const)
    if (losses) log.result(`${lossReport(unit, losses)}\n`);
  log.result(summaryTable(records));
  if (records[0]!.components.length > 1)
    for (const own of records) log.result(`\n${own.name}\n${componentTable(own.components)}`);
  const json = {
    schema: 'heredity/he@1',
    method: 'randomised HE',
    traits: records,
    warnings: records.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)),
    samples,
    variants,
    provenance: record,
  };
  await writeOutput(`${out}.he.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${out}.he.tsv`, heTsv(records));
  await writePictures(out, records);
  log.result(`\nWritten: ${out}.he.json, .he.tsv, .he.svg, .he.png, .log`);
}

function toRecord({ name, kind }: Pick<RunTrait, 'name' | 'kind'>, estimate: HeEstimate): HeTraitRecord {
  const { noise, components, ...own } = estimate;
  return {
    name,
    kind,
    ...own,
    noise: { variance: noise.estimate, se: noise.se },
    components: components.map((c) => ({
      name: c.name,
      size: c.size,
      variance: c.variance.estimate,
      se: c.variance.se,
      h2: c.h2.estimate,
      h2Se: c.h2.se,
      category: { h2: c.category.estimate, se: c.category.se },
      enrichment: { ratio: c.enrichment.estimate, se: c.enrichment.se },
    })),
    warnings: warningsOf(estimate, kind),
  };
}

function warningsOf({ h2, se, monteCarloSe, components }: HeEstimate, kind: RunTrait['kind']): string[] {
  const warnings: string[] = [];
  if (h2 < 0)
    warnings.push(
      `the estimate is below 0: with a standard error of ${significant(se, 2)} that is what a small heritability or a small sample looks like; it is not set to 0, so that averages stay unbiased`,
    );
  else if (h2 > 1) warnings.push('the estimate is above 1: look for related people or structure');
  else if (h2 < 1.96 * se) warnings.push('the estimate cannot be told from 0: its 95 % interval includes it');
  const negative = components.filter(
    ({ variance }: { variance: JackknifeEstimate }) => variance.estimate < 0,
  );
  if (negative.length > 0 && components.length > 1)
    warnings.push(
      `the variance of ${negative.map(({ name }) => name).join(', ')} is below 0; it is not set to 0, so that sums and averages stay unbiased`,
    );
  if (monteCarloSe > TOO_RANDOM * se)
    warnings.push(
      `the random vectors alone move the estimate by ${significant(monteCarloSe, 2)}: use more of them (--vectors)`,
    );
  if (kind === 'case-control')
    warnings.push(
      'a case-control trait on the observed scale, in which the estimate depends on the share of cases',
    );
  return warnings;
}

function summaryTable(records: readonly HeTraitRecord[]): string {
  const hasAnalytic = records.some(({ analyticSe }) => analyticSe !== null);
  return textTable(
    [
      { name: 'trait', value: (r: HeTraitRecord) => r.name },
      { name: 'n', value: (r) => r.n, text: (r) => formatCount(r.n) },
      { name: 'covariates', value: (r) => r.covariates },
      { name: 'h2', header: 'h² (SE)', value: (r) => formatEstimate(r.h2, r.se) },
      ...(hasAnalytic
        ? [{ name: 'analytic', header: 'analytic SE', value: (r: HeTraitRecord) => asText(r.analyticSe) }]
        : []),
      { name: 'random', header: 'random error', value: (r) => asText(r.monteCarloSe) },
    ],
    records,
  );
}

function asText(value: number | null): string | null {
  return value === null ? null : significant(value, 2);
}

function componentTable(components: readonly HeComponentRecord[]): string {
  return textTable(
    [
      { name: 'component', value: (c: HeComponentRecord) => c.name },
      { name: 'variants', value: (c) => c.size, text: (c) => formatCount(c.size) },
      { name: 'h2', header: 'h² (SE)', value: (c) => formatEstimate(c.h2, c.h2Se) },
      {
        name: 'category',
        header: 'h² of its variants',
        value: (c) => formatEstimate(c.category.h2, c.category.se),
      },
      { name: 'enrichment', value: (c) => formatEstimate(c.enrichment.ratio, c.enrichment.se) },
    ],
    components,
  );
}

interface TsvRow {
  readonly record: HeTraitRecord;
  /** Undefined in the row of the total. */
  readonly component?: HeComponentRecord;
}

function heTsv(records: readonly HeTraitRecord[]): string {
  const rows = records.flatMap((record): TsvRow[] => [
    { record },
    ...record.components.map((component) => ({ record, component })),
  ]);
  return tsv(
    [
      { name: 'trait', value: ({ record }: TsvRow) => record.name },
      { name: 'component', value: ({ component }) => component?.name ?? 'total' },
      { name: 'n', value: ({ record }) => record.n },
      { name: 'size', value: ({ component }) => component?.size ?? null },
      { name: 'variance', value: ({ component }) => component?.variance ?? null },
      { name: 'variance_se', value: ({ component }) => component?.se ?? null },
      { name: 'h2', value: ({ record, component }) => (component ?? record).h2 },
      { name: 'h2_se', value: ({ record, component }) => component?.h2Se ?? record.se },
      { name: 'analytic_se', value: ({ record, component }) => (component ? null : record.analyticSe) },
      { name: 'monte_carlo_se', value: ({ record, component }) => (component ? null : record.monteCarloSe) },
      { name: 'category_h2', value: ({ component }) => component?.category.h2 ?? null },
      { name: 'category_h2_se', value: ({ component }) => component?.category.se ?? null },
      { name: 'enrichment', value: ({ component }) => component?.enrichment.ratio ?? null },
      { name: 'enrichment_se', value: ({ component }) => component?.enrichment.se ?? null },
      {
        name: 'warnings',
        value: ({ record, component }) => (component ? null : record.warnings.join('; ') || null),
      },
    ],
    rows,
  );
}

/** One picture: the components of a single trait, else all traits. */
async function writePictures(out: string, records: readonly HeTraitRecord[]): Promise<void> {
  const { forestPlot } = await import('../../report/chart.js');
  const [only] = records;
  const ofComponents = records.length === 1 && only!.components.length > 1;
  const rows = ofComponents
    ? only!.components.map(({ name, category }) => ({ label: name, estimate: category.h2, se: category.se }))
    : records.map(({ name, h2, se }) => ({ label: name, estimate: h2, se }));
  const svg = forestPlot({
    rows,
    title: ofComponents
      ? `${only!.name}: SNP-heritability by component (HE), total ${formatEstimate(only!.h2, only!.se)}`
      : 'SNP-heritability (Haseman-Elston regression)',
    xLabel: 'h², share of variance',
  });
  await writeChart(`${out}.he`, svg);
}
