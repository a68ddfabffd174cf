import { formatCount } from '../../estimate/number.js';
import { writeOutput } from '../../formats/output.js';
import { HISTOGRAM, RELATED, type RelationshipSummary } from '../../relatedness/summary.js';
import { lossReport } from '../../report/losses.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import type { RecordedRun } from '../../run.js';

export type MatrixRecord = ReturnType<RelationshipSummary['finish']> & {
  readonly prefix: string;
  /** Null where the matrix was made from others. */
  readonly variants: number | null;
  readonly histogram: Float64Array;
};

const COLUMNS: readonly Column<MatrixRecord>[] = [
  { name: 'matrix', value: ({ prefix }) => prefix },
  { name: 'samples', value: ({ samples }) => samples },
  { name: 'variants', value: ({ variants }) => variants },
  { name: 'mean_diagonal', header: 'mean diagonal', value: ({ diagonal }) => diagonal!.mean },
  { name: 'sd_diagonal', header: 'SD', value: ({ diagonal }) => Math.sqrt(diagonal!.variance) },
  {
    name: 'sd_off_diagonal',
    header: 'SD off diagonal',
    value: ({ offDiagonal }) => offDiagonal && Math.sqrt(offDiagonal.variance),
  },
  {
    name: 'most_related',
    header: 'largest off',
    value: ({ offDiagonal }) => offDiagonal?.most ?? null,
  },
  { name: 'related_pairs', header: `pairs > ${RELATED}`, value: ({ relatedPairs }) => relatedPairs },
];

/** Writes JSON, TSV and the picture, and prints the table. */
export async function writeGrmOutputs(
  out: string,
  records: readonly MatrixRecord[],
  { log, provenance }: RecordedRun,
): Promise<void> {
  const record = await provenance.finish();
  if (record.samples) log.result(`${lossReport('samples', record.samples)}\n`);
  if (record.variants) log.result(`${lossReport('variants', record.variants)}\n`);
  log.result(textTable(COLUMNS, records));
  const json = {
    schema: 'heredity/grm@1',
    matrices: records.map(({ histogram: _, ...rest }) => rest),
    samples: record.samples,
    variants: record.variants,
    provenance: record,
  };
  await writeOutput(`${out}.grm.json`, `${JSON.stringify(json, null, 1)}\n`);
  await writeOutput(`${out}.grm.tsv`, tsv(COLUMNS, records));
  const pictures = await writePicture(out, records[0]);
  log.result(
    `\nWritten: ${records.length === 1 ? records[0].prefix : `${formatCount(records.length)} matrices ${out}.*`}.grm.*, ${out}.grm.json, .grm.tsv, ${pictures.map((end) => `.grm${end}`).join(', ')}, .log`,
  );
}

async function writePicture(out: string, { prefix, histogram }: MatrixRecord): Promise<string[]> {
  const { histogramChart } = await import('../../report/histogram-chart.js');
  const { first, step } = HISTOGRAM;
  const svg = histogramChart({
    bins: Array.from(histogram, (count, bin) => ({
      low: first + bin * step,
      high: first + (bin + 1) * step,
      count,
    })),
    title: `Relationships between samples: ${prefix.split('/').at(-1)}`,
    xLabel: 'relationship of a pair',
    yLabel: 'pairs',
    scale: 'log',
  });
  return writeChart(`${out}.grm`, svg);
}
