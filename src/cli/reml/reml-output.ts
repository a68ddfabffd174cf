import { type CaseShares, shareOfCases } from '../../cohort/case-shares.js';
import type { NamedMatrix, RelatedPeople } from '../../cohort/relationship-matrices.js';
import type { RunTrait } from '../../cohort/samples.js';
import { HeredityError } from '../../errors.js';
import { formatCount, formatEstimate, significant } from '../../estimate/number.js';
import { liabilityFactor } from '../../estimators/liability.js';
import { hasFailed, type RemlEstimate, type RemlResult } from '../../estimators/reml/reml.js';
import { writeHsq } from '../../formats/hsq.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { explainFailure, remlWarnings } from '../../methods/reml/warnings.js';
import { lossReport } from '../../report/losses.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';
import { inLdakConventions, writeLdakReml } from './ldak-output.js';
import type { RemlFlags } from './reml.js';

/** A trait as the JSON has it; numbers are null where the fit failed. */
export interface RemlTraitRecord {
  readonly name: string;
  readonly kind: RunTrait['kind'];
  readonly n: number;
  readonly covariates: number | null;
  readonly components: readonly {
    readonly name: string;
    readonly variance: number;
    readonly se: number;
    readonly h2: number;
    readonly h2Se: number;
    readonly constrained: boolean;
  }[];
  readonly residual: { readonly variance: number; readonly se: number } | null;
  readonly phenotypic: { readonly variance: number; readonly se: number } | null;
  readonly h2: number | null;
  readonly se: number | null;
  readonly liability: {
    readonly prevalence: number;
    readonly ascertainment: number;
    readonly h2: number;
    readonly se: number;
  } | null;
  /** Intercept and covariates; empty where they are not estimated. */
  readonly effects: readonly { readonly name: string; readonly estimate: number; readonly se: number }[];
  readonly logL: number | null;
  readonly logL0: number | null;
  readonly lrt: number | null;
  readonly df: number | null;
  readonly p: number | null;
  readonly iterations: number;
  readonly converged: boolean;
  /** Null where nothing is random. */
  readonly monteCarloSe: number | null;
  readonly warnings: readonly string[];
}

/** The people of a fit, and what is said of its relationship matrices, which need not have been formed. */
export type FittedPeople = Pick<RelatedPeople, 'people' | 'traits' | 'covariates'> & {
  readonly matrices: readonly Omit<NamedMatrix, 'matrix'>[];
};

/** What a fit with random traces says besides. */
export interface RandomError {
  /** Part of the standard error that the random vectors alone leave. */
  readonly monteCarloSe: number;
  readonly converged: boolean;
  readonly warnings: readonly string[];
}

/**
 * Writes JSON, TSV, .hsq files and the picture, and prints the tables.
 * @throws HeredityError `numerical` where no trait could be fitted.
 */
export async function writeRemlOutputs(
  flags: Pick<RemlFlags, 'out' | 'ldak'>,
  { log, provenance }: RecordedRun,
  method: string,
  related: FittedPeople,
  results: readonly RemlResult[],
  shares: CaseShares,
  random: readonly RandomError[] = [],
): Promise<void> {
  const { traits, covariates, matrices } = related;
  const columns = ['intercept', ...covariates.map(({ name }) => name)];
  const names = matrices.map(({ name }) => name);
  const scales = matrices.map(({ scale }) => scale);
  const scaled = results.map((result) =>
    flags.ldak && !hasFailed(result) ? inLdakConventions(result, scales) : result,
  );
  const failures = results.filter(hasFailed);
  if (failures.length === results.length) {
    const { problem, fix } = explainFailure(failures[0].failure, names, failures[0].iterations);
    throw new HeredityError('numerical', `${traits[0].name}: ${problem}`, { fix });
  }
  const records = traits.map((trait, t) => toRecord(trait, scaled[t], shares, t, names, columns, random[t]));
  for (const { name, warnings } of records) for (const warning of warnings) log.warn(`${name}: ${warning}`);
  const record = await provenance.finish();
  for (const [unit, losses] of [
    ['samples', record.samples],
    ['variants', record.variants],
  ] as const)
    if (losses) log.result(`${lossReport(unit, losses)}\n`);
  log.result(textTable(summaryColumns(records), records));
  if (names.length > 1)
    for (const { name, components } of records)
      if (components.length > 0) log.result(`\n${name}\n${textTable(COMPONENTS, components)}`);
  const json = {
    schema: 'heredity/reml@1',
    method,
    matrices: matrices.map(({ name, size, scale }) => ({ name, size: size ?? null, meanDiagonal: scale })),
    traits: records,
    warnings: records.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)),
    samples: record.samples,
    variants: record.variants,
    provenance: record,
  };
  await writeOutput(`${flags.out}.reml.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${flags.out}.reml.tsv`, remlTsv(records));
  const prefixes = outputPrefixes(
    flags.out,
    records.map(({ name }) => name),
  );
  for (const [t, result] of results.entries()) {
    if (hasFailed(result)) continue;
    const prefix = prefixes[t];
    await writeHsqOf(`${prefix}.hsq`, result, records[t].liability);
    if (flags.ldak) await writeLdakReml(`${prefix}.reml`, scaled[t] as RemlEstimate, related);
  }
  await writePictures(flags.out, records);
  log.result(`\nWritten: ${flags.out}.reml.json, .reml.tsv, .<trait>.hsq, .reml.svg, .reml.png, .log`);
}

function toRecord(
  trait: RunTrait,
  result: RemlResult,
  shares: CaseShares,
  position: number,
  names: readonly string[],
  columns: readonly string[],
  random: RandomError | undefined,
): RemlTraitRecord {
  const { name, kind } = trait;
  if (hasFailed(result)) {
    const { problem, fix } = explainFailure(result.failure, names, result.iterations);
    return {
      name,
      kind,
      n: result.n,
      covariates: null,
      components: [],
      residual: null,
      phenotypic: null,
      h2: null,
      se: null,
      liability: null,
      logL: null,
      effects: [],
      logL0: null,
      lrt: null,
      df: null,
      p: null,
      iterations: result.iterations,
      converged: false,
      monteCarloSe: null,
      warnings: [`${problem}; ${fix}`],
    };
  }
  const { covariance: _, effects, residual, ...estimate } = result;
  const prevalence = kind === 'case-control' ? shares.prevalence?.[position] : undefined;
  const ascertainment = shares.ascertainment?.[position] ?? shareOfCases(trait.values);
  const factor = prevalence === undefined ? 1 : liabilityFactor(prevalence, ascertainment);
  return {
    name,
    kind,
    ...estimate,
    residual: { variance: residual.variance, se: residual.se },
    effects: effects.map(({ column, ...effect }) => ({ name: columns[column], ...effect })),
    liability:
      prevalence === undefined
        ? null
        : { prevalence, ascertainment, h2: factor * result.h2, se: factor * result.se },
    converged: random?.converged ?? true,
    monteCarloSe: random?.monteCarloSe ?? null,
    warnings: [...remlWarnings(result, kind, prevalence !== undefined), ...(random?.warnings ?? [])],
  };
}

async function writeHsqOf(
  path: string,
  result: RemlEstimate,
  liability: RemlTraitRecord['liability'],
): Promise<void> {
  const number = ({ variance, se }: { variance: number; se: number }) => ({ value: variance, se });
  const shares = result.components.map(({ h2, h2Se }) => ({ value: h2, se: h2Se }));
  const sumOfShares = { value: result.h2, se: result.se };
  const factor = liability ? liability.h2 / result.h2 : 1;
  const onLiability = ({ value, se }: { value: number; se: number }) => ({
    value: factor * value,
    se: factor * se,
  });
  await writeHsq(path, {
    components: result.components.map(number),
    residual: number(result.residual),
    phenotypic: number(result.phenotypic),
    shares,
    sumOfShares,
    liability: liability
      ? {
          ascertainment: liability.ascertainment,
          prevalence: liability.prevalence,
          shares: shares.map(onLiability),
          sumOfShares: onLiability(sumOfShares),
        }
      : undefined,
    logL: result.logL,
    logL0: result.logL0,
    lrt: result.lrt,
    df: result.df,
    p: result.p,
    n: result.n,
  });
}

function summaryColumns(records: readonly RemlTraitRecord[]): Column<RemlTraitRecord>[] {
  const liability: Column<RemlTraitRecord> = {
    name: 'liability',
    header: 'liability h² (SE)',
    value: (record) => record.liability && formatEstimate(record.liability.h2, record.liability.se),
  };
  const random: Column<RemlTraitRecord> = {
    name: 'random',
    header: 'random error',
    value: ({ monteCarloSe }) => monteCarloSe,
    text: ({ monteCarloSe }) => significant(monteCarloSe!, 2),
  };
  return [
    { name: 'trait', value: ({ name }) => name },
    { name: 'n', value: ({ n }) => n },
    { name: 'h2', header: 'h² (SE)', value: ({ h2, se }) => (h2 === null ? null : formatEstimate(h2, se)) },
    ...(records.some((record) => record.liability) ? [liability] : []),
    ...(records.some((record) => record.monteCarloSe !== null) ? [random] : []),
    { name: 'logL', value: ({ logL }) => logL, text: ({ logL }) => logL!.toFixed(3) },
    { name: 'LRT', value: ({ lrt }) => lrt, text: ({ lrt }) => lrt!.toFixed(3) },
    { name: 'P', value: ({ p }) => p, text: ({ p }) => significant(p!, 3) },
    { name: 'iterations', value: ({ iterations }) => iterations },
  ];
}

const COMPONENTS: readonly Column<RemlTraitRecord['components'][number]>[] = [
  { name: 'component', value: ({ name }) => name },
  { name: 'variance', header: 'variance (SE)', value: ({ variance, se }) => formatEstimate(variance, se) },
  { name: 'h2', header: 'h² (SE)', value: ({ h2, h2Se }) => formatEstimate(h2, h2Se) },
];

interface TsvRow {
  readonly record: RemlTraitRecord;
  readonly component: RemlTraitRecord['components'][number] | undefined;
}

function remlTsv(records: readonly RemlTraitRecord[]): string {
  const rows = records.flatMap((record): TsvRow[] => [
    { record, component: undefined },
    ...record.components.map((component) => ({ record, component })),
  ]);
  const ofTotal = (value: (record: RemlTraitRecord) => number | null) => (row: TsvRow) =>
    row.component ? null : value(row.record);
  return tsv(
    [
      { name: 'trait', value: ({ record }: TsvRow) => record.name },
      { name: 'component', value: ({ component }) => component?.name ?? 'total' },
      { name: 'n', value: ({ record }) => record.n },
      {
        name: 'variance',
        value: ({ record, component }) => (component ?? record.phenotypic)?.variance ?? null,
      },
      { name: 'variance_se', value: ({ record, component }) => (component ?? record.phenotypic)?.se ?? null },
      { name: 'h2', value: ({ record, component }) => (component ?? record).h2 },
      { name: 'se', value: ({ record, component }) => (component ? component.h2Se : record.se) },
      { name: 'h2_liability', value: ofTotal(({ liability }) => liability?.h2 ?? null) },
      { name: 'se_liability', value: ofTotal(({ liability }) => liability?.se ?? null) },
      { name: 'residual', value: ofTotal(({ residual }) => residual?.variance ?? null) },
      { name: 'logL', value: ofTotal(({ logL }) => logL) },
      { name: 'logL0', value: ofTotal(({ logL0 }) => logL0) },
      { name: 'lrt', value: ofTotal(({ lrt }) => lrt) },
      { name: 'df', value: ofTotal(({ df }) => df) },
      { name: 'p', value: ofTotal(({ p }) => p) },
      { name: 'iterations', value: ofTotal(({ iterations }) => iterations) },
      { name: 'monte_carlo_se', value: ofTotal(({ monteCarloSe }) => monteCarloSe) },
      {
        name: 'warnings',
        value: ({ record, component }) => (component ? null : record.warnings.join('; ') || null),
      },
    ],
    rows,
  );
}

/** All traits where there are several, else the components of the one. */
async function writePictures(out: string, records: readonly RemlTraitRecord[]): Promise<void> {
  const { forestPlot } = await import('../../report/chart.js');
  const [only] = records;
  const isOne = records.length === 1;
  const total = records.flatMap(({ name, h2, se }) =>
    h2 === null ? [] : [{ label: isOne ? 'total' : name, estimate: h2, se: se! }],
  );
  const parts =
    isOne && only.components.length > 1
      ? only.components.map(({ name, h2, h2Se }) => ({ label: name, estimate: h2, se: h2Se }))
      : [];
  const svg = forestPlot({
    rows: [...parts, ...total],
    title: `SNP-heritability (REML)${isOne ? `: ${only.name}, ${formatCount(only.n)} people` : ''}`,
    xLabel: 'h², share of variance',
  });
  await writeChart(`${out}.reml`, svg);
}
