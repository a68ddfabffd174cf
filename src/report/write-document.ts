import { writeOutput } from '../formats/output.js';
import type { ProvenanceRecord } from '../provenance.js';
import type { RecordedRun } from '../run.js';
import { drawPicture, type NamedPicture } from './document-pictures.js';
import { lossReport } from './losses.js';
import { writtenResult } from './read-results.js';
import { type Column, textTable, tsv } from './table.js';
import { type NamedChart, writeCharts } from './write-chart.js';

/** What a command that estimates nothing writes beside its own files. */
export interface RunDocument<Row> {
  readonly out: string;
  /** What stands between the prefix and the ending: `<out>.<name>.json`. */
  readonly name: string;
  /** Such as `heredity/grm@1`; docs/schemas has it. */
  readonly schema: string;
  /** The document less its schema and how it came about; those of the second are for whoever wants parts of that. */
  readonly fields: object | ((record: ProvenanceRecord) => object);
  /** Written as TSV, and printed for people unless they are told the same in other words. */
  readonly table?: {
    readonly columns: readonly Column<Row>[];
    readonly rows: readonly Row[];
    readonly isPrinted?: boolean;
  };
  /** What is printed beside what was lost and the table. */
  readonly said?: string;
  /** Pictures that the document keeps the numbers of. */
  readonly pictures?: readonly NamedPicture[];
  /** Others, by what stands between prefix and ending. */
  readonly charts?: readonly { readonly name: string; readonly svg: string }[];
  /** Whether a page is wanted; of documents that `heredity report` takes. */
  readonly report?: boolean;
  /** Files that the command has written itself, for the last line. */
  readonly written?: readonly string[];
}

/** Prints what was lost, and the table, and writes them as JSON, TSV and pictures: the one way of commands without estimates. */
export async function writeDocument<Row>(
  { log, provenance }: RecordedRun,
  {
    out,
    name,
    schema,
    fields,
    table,
    said,
    pictures,
    charts = [],
    report = false,
    written = [],
  }: RunDocument<Row>,
): Promise<void> {
  const record = await provenance.finish();
  const losses = (['samples', 'variants'] as const).flatMap((unit) => {
    const own = record[unit];
    return own ? [lossReport(unit, own)] : [];
  });
  const sections = [
    losses.join('\n'),
    said,
    table && (table.isPrinted ?? true) ? textTable(table.columns, table.rows) : '',
  ];
  log.result(sections.filter((section) => section).join('\n\n'));
  const own = typeof fields === 'function' ? fields(record) : fields;
  const document = { schema, ...own, ...(pictures && { pictures }), provenance: record };
  const prefix = `${out}.${name}`;
  await writeOutput(`${prefix}.json`, `${JSON.stringify(document, null, 1)}\n`);
  if (table) await writeOutput(`${prefix}.tsv`, tsv(table.columns, table.rows));
  const files = [...written, `${prefix}.json`, ...(table ? [`${prefix}.tsv`] : [])];
  const drawn = await writeCharts(out, namedCharts(pictures ?? [], charts));
  files.push(...drawn.map((file) => `${out}${file}`));
  if (report) files.push(await writePage(`${prefix}.json`, document));
  const [first, ...others] = files;
  const endings = others.map((file) => (file.startsWith(`${out}.`) ? file.slice(out.length) : file));
  log.result(`\nWritten: ${[first, ...endings, '.log'].join(', ')}`);
}

async function* namedCharts(
  pictures: readonly NamedPicture[],
  charts: NonNullable<RunDocument<never>['charts']>,
): AsyncGenerator<NamedChart, void, undefined> {
  for (const picture of pictures) yield { suffix: `.${picture.name}`, svg: await drawPicture(picture) };
  for (const { name, svg } of charts) yield { suffix: `.${name}`, svg };
}

/**
 * Writes the page of one document beside it.
 * @param file the document's name, whose ending the page's takes the place of
 * @returns the page's name
 */
export async function writePage(file: string, document: object): Promise<string> {
  // charts cost time at start
  const { htmlReport } = await import('./html/report.js');
  const page = file.replace(/\.json$/, '.html');
  await writeOutput(page, await htmlReport([writtenResult(file, document)]));
  return page;
}
