import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { runFlags } from '../../options/common-flags.js';
import { defineFlags, path } from '../../options/flags.js';
import { type Column, textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import {
  type AggregateComparison,
  type Agreement,
  type CellComparison,
  comparePaper,
} from '../../study/compare.js';
import { PAPER_SETTINGS } from '../../study/paper.js';
import { readStudy } from '../../study/read-study.js';
import { defineCommand } from '../command.js';

const { out, quiet } = runFlags;

const flags = defineFlags({
  study: path('results of "heredity study run" (<out>.study.json)', { heading: 'Input', required: true }),
  out,
  quiet,
});

export const comparePaperCommand = defineCommand({
  description:
    'Lays the results of an accuracy study beside those of Hou et al. (Nature Genetics 2019, supplementary tables): relative ' +
    'bias of each estimator over all cells, and in each cell at h² = 0.25; and says in words how the settings differ. Other ' +
    'genotypes give other digits: signs and orders of size are to be compared.',
  flags,
  examples: [
    {
      line: 'heredity study compare-paper --study small.study.json --out small',
      what: 'after "heredity study run --out small"',
    },
  ],
  outputs: [
    {
      file: '<out>.compare-paper.json',
      what: 'both sides, differences in words, provenance (schema in docs/outputs.md)',
    },
    { file: '<out>.compare-paper.tsv', what: 'one row a cell that both have' },
    { file: '<out>.compare-paper.svg', what: 'our relative bias against the paper’s; also .png' },
    { file: '<out>.study-compare-paper.log', what: 'what was printed' },
  ],

  async run(values, run) {
    run.provenance.input(values.study);
    const study = await readStudy(values.study);
    const comparison = comparePaper(study);
    if (comparison.aggregates.length === 0) {
      throw new HeredityError('mismatch', 'the paper has none of the estimators of the study', {
        file: values.study,
        value: study.estimators.map(({ name }) => name).join(', '),
        expected: 'some of gre, ldsc, sldsc-maf, sldsc-maf-lld, sumher, greml, ldms-mc, reml-mc, ldak-reml',
      });
    }
    const titleOf = (name: string) => study.estimators.find((estimator) => estimator.name === name)!.title;
    const said = [
      aggregateTable(comparison.aggregates, titleOf),
      ...(comparison.agreement.length > 0 ? [agreementTable(comparison.agreement, titleOf)] : []),
      ...comparison.differences,
    ];
    await writeDocument(run, {
      out: values.out,
      name: 'compare-paper',
      schema: 'heredity/compare-paper@1',
      fields: ({ warnings }) => ({ ...comparison, warnings }),
      table: { columns: CELL_COLUMNS, rows: comparison.cells, isPrinted: false },
      said: said.join('\n\n'),
      charts: await picturesOf(comparison.cells, titleOf),
    });
  },
});

async function picturesOf(cells: readonly CellComparison[], titleOf: TitleOf) {
  if (cells.length === 0) return [];
  const { comparisonChart } = await import('../../report/study-charts.js');
  const points = cells.map((cell) => ({ ...cell, estimator: nameOf(cell, titleOf) }));
  return [{ name: 'compare-paper', svg: comparisonChart(points) }];
}

type TitleOf = (estimator: string) => string;

function nameOf({ estimator, setting }: CellComparison, titleOf: TitleOf): string {
  return `${titleOf(estimator)}, ${PAPER_SETTINGS[setting].title}`;
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`.replace('-', '−');
const range = (low: number, high: number) => `${percent(low)} to ${percent(high)}`;

function aggregateTable(rows: readonly AggregateComparison[], titleOf: TitleOf): string {
  return textTable(
    [
      { name: 'estimator', value: (row: AggregateComparison) => titleOf(row.estimator) },
      { name: 'people', value: (row) => row.samples, text: (row) => formatCount(row.samples) },
      { name: 'cells', value: (row) => row.cells },
      { name: 'mean', header: 'mean relative bias', value: (row) => percent(row.mean) },
      { name: 'range', value: (row) => range(row.min, row.max) },
      {
        name: 'setting',
        header: 'in the paper',
        value: (row) => `${PAPER_SETTINGS[row.setting].title} (table ${row.table})`,
      },
      { name: 'paperCells', header: 'cells', value: (row) => row.paperCells },
      { name: 'paperMean', header: 'mean relative bias', value: (row) => percent(row.paperMean) },
      { name: 'paperRange', header: 'range', value: (row) => range(row.paperMin, row.paperMax) },
    ],
    rows,
  );
}

function agreementTable(rows: readonly Agreement[], titleOf: TitleOf): string {
  return textTable(
    [
      { name: 'estimator', header: 'at h² = 0.25', value: (row: Agreement) => titleOf(row.estimator) },
      { name: 'setting', header: 'in the paper', value: (row) => PAPER_SETTINGS[row.setting].title },
      { name: 'cells', value: (row) => row.cells },
      {
        name: 'correlation',
        value: (row) => row.correlation,
        text: (row) => row.correlation!.toFixed(2),
      },
      {
        name: 'sameSign',
        header: 'same sign where both are biased',
        value: (row) => `${row.sameSign} of ${row.biased}`,
      },
    ],
    rows,
  );
}

const CELL_COLUMNS: readonly Column<CellComparison>[] = [
  { name: 'estimator', value: (row) => row.estimator },
  { name: 'people', value: (row) => row.samples },
  { name: 'cell', value: (row) => row.cell },
  { name: 'relative_bias', value: (row) => row.relativeBias },
  { name: 'relative_bias_sem', value: (row) => row.relativeBiasSem },
  { name: 'paper_setting', value: (row) => row.setting },
  { name: 'paper_table', value: (row) => row.table },
  { name: 'paper_relative_bias', value: (row) => row.paperRelativeBias },
  { name: 'paper_sem', value: (row) => row.paperSem },
];
