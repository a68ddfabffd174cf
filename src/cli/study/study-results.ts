import { HeredityError } from '../../errors.js';
import { formatCount, significant } from '../../estimate/number.js';
import { OutputFile } from '../../formats/output.js';
import { RowWriter } from '../../formats/row-writer.js';
import { studyPictures } from '../../report/study-pictures.js';
import { type Column, textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import type { StudyEstimator } from '../../study/estimator.js';
import type { Cell, Grid } from '../../study/grids.js';
import type { StudyPart } from '../../study/run.js';
import {
  aggregateStudy,
  type CellSummary,
  type StudyAggregate,
  summariseStudy,
} from '../../study/summary.js';
import type { StudyFlags } from './study-run.js';

export interface StudyResults {
  readonly grid: Grid;
  readonly estimators: readonly StudyEstimator[];
  readonly parts: readonly StudyPart[];
  readonly variants: number;
  readonly blocks: number;
}

/** What `<out>.study.json` holds beside its schema and provenance; docs/schemas/study.schema.json. */
interface StudyFields {
  readonly grid: string;
  readonly replicates: number;
  readonly scaling: string;
  readonly variants: number;
  readonly blocks: number;
  readonly samples: readonly number[];
  readonly estimators: readonly { readonly name: string; readonly title: string }[];
  readonly cells: readonly Cell[];
  readonly summaries: readonly CellSummary[];
  readonly aggregates: readonly StudyAggregate[];
  readonly warnings: readonly string[];
}

/** Writes JSON, tables and pictures, and prints the aggregates. */
export async function writeStudyOutputs(
  flags: StudyFlags,
  run: RecordedRun,
  { grid, estimators, parts, variants, blocks }: StudyResults,
): Promise<void> {
  const { cells } = grid;
  const names = estimators.map(({ name }) => name);
  const summaries = summariseStudy(cells, names, parts);
  const aggregates = aggregateStudy(cells, summaries);
  const warnings = [...estimators.flatMap(({ caution }) => caution ?? []), ...failures(estimators, parts)];
  if (summaries.length === 0) {
    throw new HeredityError('degenerate-data', `no estimator gave estimates: ${warnings.join('; ')}`, {
      fix: 'take more people, variants or replicates, or other estimators',
    });
  }
  for (const warning of warnings) run.log.warn(warning);
  const fields: StudyFields = {
    grid: grid.name,
    replicates: flags.replicates,
    scaling: flags.scaling,
    variants,
    blocks,
    samples: [...new Set(parts.map(({ samples }) => samples))],
    estimators: estimators.map(({ name, title }) => ({ name, title })),
    cells,
    summaries,
    aggregates,
    warnings,
  };
  const replicates = `${flags.out}.replicates.tsv.gz`;
  await writeReplicates(replicates, cells, names, parts);
  await writeDocument(run, {
    out: flags.out,
    name: 'study',
    schema: 'heredity/study@1',
    fields,
    table: { columns: summaryColumns(cells), rows: summaries, isPrinted: false },
    said: aggregateTable(fields),
    charts: await studyPictures(fields),
    report: flags.report,
    written: [replicates],
  });
}

/** Warnings about estimators without an estimate for some replicates, with the reason where it is known. */
function failures(estimators: readonly StudyEstimator[], parts: readonly StudyPart[]): string[] {
  return estimators.flatMap(({ name, title }) => {
    const all = parts.flatMap((part) => part.estimates[name].h2.map((h2) => ({ cell: part.cell, h2 })));
    const failed = all.filter(({ h2 }) => h2 === null);
    if (failed.length === 0) return [];
    const [reason] = parts.flatMap(({ reasons }) => reasons?.[name] ?? []);
    const because = reason === undefined ? '' : `: ${reason}`;
    if (failed.length === all.length) return [`${title} gave no estimate at all${because}`];
    const cells = new Set(failed.map(({ cell }) => cell)).size;
    return [
      `${title} gave no estimate for ${formatCount(failed.length)} replicates in ${cells} cells, which are left out of its figures and may bias them${because}`,
    ];
  });
}

/** One row an estimator and number of people. */
function aggregateTable({ aggregates, estimators, samples }: StudyFields): string {
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`.replace('-', '−');
  const titleOf = (name: string) => estimators.find((estimator) => estimator.name === name)!.title;
  return textTable(
    [
      { name: 'estimator', value: (a: StudyAggregate) => titleOf(a.estimator) },
      ...(samples.length > 1
        ? [
            {
              name: 'people',
              value: (a: StudyAggregate) => a.samples,
              text: (a: StudyAggregate) => formatCount(a.samples),
            },
          ]
        : []),
      { name: 'cells', value: (a) => a.cells },
      ...(aggregates.some(hasRelativeBias)
        ? ([
            {
              name: 'bias',
              header: 'mean relative bias',
              value: (a) => (hasRelativeBias(a) ? percent(a.meanRelativeBias) : null),
            },
            {
              name: 'range',
              value: (a) =>
                hasRelativeBias(a) ? `${percent(a.minRelativeBias)} to ${percent(a.maxRelativeBias)}` : null,
            },
          ] satisfies Column<StudyAggregate>[])
        : []),
      ...(aggregates.some(({ nullCells }) => nullCells > 0)
        ? ([
            {
              name: 'nullBias',
              header: 'mean bias at h² = 0',
              value: (a) => a.meanNullBias,
            },
          ] satisfies Column<StudyAggregate>[])
        : []),
      {
        name: 'significant',
        header: 'significantly biased',
        value: (a) => `${a.significant} (chance ${significant(a.significantP, 2)})`,
      },
      {
        name: 'calibration',
        header: 'mean SE / SD',
        value: (a) => a.seCalibration,
        text: (a) => (a.seCalibration === null ? '-' : a.seCalibration.toFixed(3)),
      },
    ] satisfies Column<StudyAggregate>[],
    aggregates,
  );
}

/** A relative bias exists where some cell has an h² above 0. */
function hasRelativeBias(
  aggregate: StudyAggregate,
): aggregate is StudyAggregate & Record<`${'mean' | 'min' | 'max'}RelativeBias`, number> {
  return aggregate.meanRelativeBias !== null;
}

/** One row a cell and estimator, columns as in the paper's tables and more. */
function summaryColumns(cells: readonly Cell[]): Column<CellSummary>[] {
  const cellOf = new Map(cells.map((cell) => [cell.id, cell]));
  const cell = (row: CellSummary) => cellOf.get(row.cell)!;
  return [
    { name: 'cell', value: (row) => row.cell },
    { name: 'h2', value: (row) => cell(row).h2 },
    { name: 'p_causal', value: (row) => cell(row).causalShare },
    { name: 'maf_low', value: (row) => cell(row).causalFrequency[0] },
    { name: 'maf_high', value: (row) => cell(row).causalFrequency[1] },
    { name: 'alpha', value: (row) => cell(row).alpha },
    { name: 'gamma', value: (row) => cell(row).gamma },
    { name: 'weights', value: (row) => cell(row).weights },
    { name: 'people', value: (row) => row.samples },
    { name: 'estimator', value: (row) => row.estimator },
    { name: 'replicates', value: (row) => row.replicates },
    { name: 'failed', value: (row) => row.failed },
    { name: 'mean', value: (row) => row.mean },
    { name: 'sem', value: (row) => row.sem },
    { name: 'sd', value: (row) => row.sd },
    { name: 'bias', value: (row) => row.bias },
    { name: 'z', value: (row) => row.z },
    { name: 'p', value: (row) => row.p },
    { name: 'relative_bias', value: (row) => row.relativeBias },
    { name: 'relative_bias_sem', value: (row) => row.relativeBiasSem },
    { name: 'mean_se', value: (row) => row.meanSe },
    { name: 'se_calibration', value: (row) => row.seCalibration },
    ...(['min', 'q05', 'q25', 'median', 'q75', 'q95', 'max'] as const).map(
      (name): Column<CellSummary> => ({ name: `error_${name}`, value: (row) => row.errors[name] }),
    ),
  ];
}

/** One row an estimate. */
async function writeReplicates(
  path: string,
  cells: readonly Cell[],
  estimators: readonly string[],
  parts: readonly StudyPart[],
): Promise<void> {
  const h2Of = new Map(cells.map(({ id, h2 }) => [id, h2]));
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  const number = (value: number | null) => rows.text('\t').sixDigits(value ?? Number.NaN);
  rows.text('cell\tpeople\treplicate\th2\trealised_h2\tgenetic_variance\testimator\testimate\tse').endLine();
  for (const { cell, samples, first, realised, genetic, estimates } of parts) {
    for (const [r, realisedH2] of realised.entries()) {
      for (const estimator of estimators) {
        rows.text(`${cell}\t${samples}\t${first + r + 1}`);
        number(h2Of.get(cell)!);
        number(realisedH2);
        number(genetic[r]);
        rows.text(`\t${estimator}`);
        number(estimates[estimator].h2[r]!);
        number(estimates[estimator].se[r]!);
        rows.endLine();
      }
      if (rows.full) await rows.flush();
    }
  }
  await rows.flush();
  await file.finish();
}
