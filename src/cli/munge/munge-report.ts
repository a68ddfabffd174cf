import { formatCount, significant } from '../../estimate/number.js';
import { MEANINGS, type Meaning } from '../../formats/gwas/column-names.js';
import { type ColumnReading, listOf } from '../../formats/gwas/columns.js';
import type { GwasTable } from '../../formats/gwas/table.js';
import { IdTable, type PackedIds } from '../../formats/id-table.js';
import { type SumstatsColumns, writeSumstats } from '../../formats/sumstats.js';
import { plural } from '../../formats/text.js';
import { type LossRecord, LossTable } from '../../provenance.js';
import { type QuantilePicture, quantilePicture } from '../../report/quantile-picture.js';
import { type Column, textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import type { Munged, ZStatistics } from '../../sumstats/munge.js';
import type { MungePlan } from '../../sumstats/plan.js';
import { ZHistogram } from '../../sumstats/z-histogram.js';
import type { AncestryReport, NamingReport } from './munge-names.js';

interface ColumnAsRead {
  readonly column: string;
  readonly readAs: string;
}

/** How the columns are read, before the work begins. */
export function columnsAsRead(table: GwasTable, columns: ColumnReading, plan: MungePlan): string {
  const rows = readColumns(table, columns, plan);
  const used = new Set(rows.map(({ column }) => column));
  const others = table.names.filter((name) => !used.has(name));
  const parts = [
    `${table.file}: ${table.kind}`,
    textTable(
      [
        { name: 'column', value: ({ column }) => column },
        { name: 'readAs', header: 'read as', value: ({ readAs }) => readAs },
      ],
      rows,
    ),
    ...(others.length > 0 ? [`not read: ${listOf(others)}`] : []),
    ...notesOf(table, columns, plan).map((note) => `note: ${note}`),
  ];
  return parts.join('\n');
}

function notesOf(table: MungedFile['table'], columns: MungedFile['columns'], plan: MungePlan): string[] {
  return [...(table.notes ?? []), ...columns.notes, ...plan.notes];
}

/** Columns that the plan uses, in the order of the file. */
function readColumns(
  table: MungedFile['table'],
  { columns }: MungedFile['columns'],
  plan: MungePlan,
): ColumnAsRead[] {
  const { source } = plan.sampleSize;
  const sizes =
    source.from === 'column'
      ? [source.column]
      : source.from === 'cases and controls'
        ? [source.cases, source.controls]
        : [];
  const used = new Set<number | undefined>([
    plan.snp,
    ...Object.values(plan.alleles ?? {}),
    plan.test,
    plan.magnitude.column,
    plan.magnitude.exponent,
    plan.magnitude.underflow,
    plan.magnitude.se,
    plan.positive?.column,
    plan.sign?.column,
    ...sizes,
    ...(source.from === 'constant' ? [plan.studies] : []),
    plan.frequency,
    ...plan.info,
  ]);
  const meanings = new Map(
    (Object.entries(columns) as [Meaning, number][]).map(([meaning, column]) => [column, meaning] as const),
  );
  return table.names.flatMap((column, index) => {
    if (!used.has(index)) return [];
    const meaning = meanings.get(index);
    const text = meaning === undefined ? MEANINGS.info : MEANINGS[meaning];
    const isSign = plan.sign?.column === index;
    return [{ column, readAs: isSign ? `${text}, ${plan.sign.nullValue} at no effect` : text }];
  });
}

/** All that is known of a file once it is munged: plain values, which another machine may write. */
export interface MungedFile {
  readonly table: Pick<GwasTable, 'file' | 'kind' | 'names' | 'notes'>;
  readonly columns: Pick<ColumnReading, 'columns' | 'notes' | 'warnings'>;
  readonly plan: MungePlan;
  readonly munged: Omit<Munged, 'columns' | 'losses'>;
  readonly losses: LossRecord;
  readonly sumstats: Omit<SumstatsColumns, 'ids'> & { readonly ids: PackedIds };
  /** What the file has that is no row: one sentence each. */
  readonly leftOut: readonly string[];
  /** Where variants were renamed. */
  readonly naming?: NamingReport;
  /** Where frequencies were compared with a reference. */
  readonly ancestry?: AncestryReport;
}

/** Writes the Z scores; prints the tables, and writes JSON, TSV and the picture. */
export async function writeMunged(
  out: string,
  run: RecordedRun,
  { table, columns, plan, munged, losses, sumstats, leftOut, naming, ancestry }: MungedFile,
): Promise<void> {
  const { statistics } = munged;
  run.provenance.losesVariants(LossTable.of(losses));
  const writing = run.progress.phase('writing');
  await writeSumstats(`${out}.sumstats.gz`, { ...sumstats, ids: IdTable.fromPacked(sumstats.ids) });
  writing.end();
  const warnings = [
    ...leftOut,
    ...(naming?.warnings ?? []),
    ...(ancestry?.warnings ?? []),
    ...columns.warnings,
    ...plan.warnings,
    ...mungeWarnings(munged, plan),
  ];
  for (const warning of warnings) run.log.warn(warning);
  await writeDocument<LossRow>(run, {
    out,
    name: 'munge',
    schema: 'heredity/munge@1',
    fields: {
      method: 'munge',
      kind: table.kind,
      columns: readColumns(table, columns, plan),
      notes: notesOf(table, columns, plan),
      snps: munged.count,
      names: naming?.record ?? null,
      frequencies: ancestry?.record ?? null,
      z: { from: plan.magnitude.from, ...statistics },
      sign:
        plan.sign === undefined
          ? null
          : { column: plan.sign.name, nullValue: plan.sign.nullValue, median: munged.sign?.median },
      n: {
        kind: plan.sampleSize.kind,
        from: plan.sampleSize.source.from,
        value: munged.constantN ?? null,
        least: munged.nMin ?? null,
        caseFraction: munged.caseFraction ?? null,
      },
      sumstats: `${out}.sumstats.gz`,
      warnings,
    },
    said: summary(munged, plan),
    table: {
      columns: LOSS_COLUMNS,
      rows: [{ step: 'read', lost: null, left: losses.start, why: null }, ...losses.steps],
      isPrinted: false, // the loss report says it
    },
    pictures: [{ name: 'munge', ...quantilesOf(sumstats, statistics) }],
    written: [`${out}.sumstats.gz`],
  });
}

interface LossRow {
  readonly step: string;
  readonly lost: number | null;
  readonly left: number;
  readonly why: string | null;
}

const LOSS_COLUMNS: readonly Column<LossRow>[] = [
  { name: 'step', value: ({ step }) => step },
  { name: 'lost', value: ({ lost }) => lost },
  { name: 'left', value: ({ left }) => left },
  { name: 'why', value: ({ why }) => why },
];

/** The picture: how far χ² is above what chance gives. */
function quantilesOf({ z: scores }: MungedFile['sumstats'], statistics: ZStatistics): QuantilePicture {
  const histogram = new ZHistogram();
  for (const z of scores) histogram.add(z);
  return quantilePicture(histogram.quantilePairs(), {
    title: `χ² of the variants, λGC ${significant(statistics.lambdaGc, 4)}`,
    xLabel: 'expected quantile of χ²',
    yLabel: 'observed quantile of χ²',
  });
}

function summary({ statistics, count, caseFraction }: MungedFile['munged'], plan: MungePlan): string {
  const { meanChi2, lambdaGc, maxChi2, genomeWide } = statistics;
  const lines = [
    `${formatCount(count)} variants with a Z score (from ${plan.magnitude.from})`,
    `Mean chi^2: ${significant(meanChi2, 4)}   Lambda GC: ${significant(lambdaGc, 4)}   Max chi^2: ${significant(maxChi2, 4)}   with chi^2 > 29: ${formatCount(genomeWide)}`,
  ];
  if (plan.sampleSize.kind === 'effective') {
    lines.push('N is the effective sample size: on the liability scale take --samp-prev 0.5');
  } else if (caseFraction !== undefined) {
    lines.push(
      `cases are ${significant(caseFraction, 4)} of the sample: on the liability scale take --samp-prev ${significant(caseFraction, 4)} and your --pop-prev`,
    );
  }
  return lines.join('\n');
}

/** Studies of fewer people tell nothing about heritability; meta-analyses have fewer studies. */
const FEW_PEOPLE = 500;
/** Least share of variants whose IDs are rsIDs that needs no word. */
const FEW_RS = 0.5;
/** LDSC's bound for a mean chi-square that tells something. */
const LOW_MEAN_CHI2 = 1.02;

function mungeWarnings(munged: MungedFile['munged'], plan: MungePlan): string[] {
  const { outOfRange, statistics, zeroP, rsShare, fromEffect, sign, largestN } = munged;
  const warnings = [...munged.warnings];
  if (fromEffect.count > 0) {
    const what =
      fromEffect.largest > 0
        ? `P is 0, or -log10 P a number such as ${significant(fromEffect.largest, 4)} that stands for that`
        : 'P is 0';
    warnings.push(
      `${formatCount(fromEffect.count)} variants have Z from effect and standard error, because ${what}`,
    );
  }
  if (zeroP > 0) {
    warnings.push(
      `${formatCount(zeroP)} variants have P = 0 and were left out, probably the strongest of all: give a column of -log10 P, or leave out P (--ignore) so that Z comes from effect and standard error`,
    );
  }
  if (outOfRange.p > 0 && plan.magnitude.from.endsWith('P'))
    warnings.push(
      `${formatCount(outOfRange.p)} values of ${plan.magnitude.from} are no P values; the column may be something else`,
    );
  if (sign?.hasOneSign) {
    const few = sign.below === 0 ? 'no value' : plural(sign.below, 'value');
    warnings.push(
      `${few} of ${plan.sign!.name} ${sign.below > 1 ? 'are' : 'is'} below ${plan.sign!.nullValue}, of ${formatCount(munged.count)} variants: the signs have been lost, or A1 always increases the trait (--a1-inc). Heritability does not need them, genetic correlation does`,
    );
  }
  if (largestN < FEW_PEOPLE) {
    warnings.push(
      `N is at most ${significant(largestN, 4)}: is it a number of studies? Heritability is inversely proportional to N; --N gives the number of people`,
    );
  }
  if (sign !== undefined && !sign.isCentred)
    warnings.push(
      `the median of ${plan.sign!.name} is ${significant(sign.median, 4)}, not near ${plan.sign!.nullValue}: the signs of Z may mean nothing`,
    );
  if (outOfRange.info > 0)
    warnings.push(
      `${formatCount(outOfRange.info)} values of imputation quality are not between 0 and 2; the column may be something else (--info)`,
    );
  if (outOfRange.frequency > 0)
    warnings.push(
      `${formatCount(outOfRange.frequency)} allele frequencies are not between 0 and 1; the column may be something else (--frq)`,
    );
  if (rsShare < FEW_RS) {
    warnings.push(
      `only ${Math.round(100 * rsShare)} % of the IDs are rsIDs, such as LD score files have (this one: ${munged.exampleId}): if those of the LD scores differ, no variant will be found there; --snp names another column`,
    );
  }
  if (statistics.meanChi2 < LOW_MEAN_CHI2)
    warnings.push(
      `the mean chi-square is ${significant(statistics.meanChi2, 4)}: too little signal for LD score regression, or statistics that were corrected for genomic control`,
    );
  return warnings;
}
