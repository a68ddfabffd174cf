import type { Output } from '../cli/command.js';
import type { Findings } from '../estimate/estimate.js';
import { warningText } from '../estimate/warnings.js';
import { writeOutput } from '../formats/output.js';
import { host } from '../host/host.js';
import type { ProvenanceRecord } from '../provenance.js';
import type { RecordedRun } from '../run.js';
import { multiqc } from './multiqc.js';
import type { ReportInput, ResultInput } from './read-results.js';
import { resultCharts } from './result-charts.js';
import { resultDocument, resultJson } from './result-json.js';
import { resultText } from './result-text.js';
import { resultTsv } from './result-tsv.js';
import { writeChart } from './write-chart.js';

/** The files of every command that estimates; the first part of the help of each. */
export function resultOutputs(name: string, natives: readonly Output[] = []): Output[] {
  return [
    { file: `<out>.${name}.json`, what: 'estimates, warnings, provenance (docs/outputs.md)' },
    { file: `<out>.${name}.tsv`, what: 'one number a row, with the same columns for every method' },
    {
      file: `<out>.${name}[.<part>].svg`,
      what: 'estimates with 95 % intervals, and those of parts; also .png',
    },
    ...natives,
    { file: `<out>.${name}.html`, what: 'with --report: all of it on one page, which needs no other file' },
    { file: `<out>.${name}_mqc.json`, what: 'with --report: a table for MultiQC' },
    { file: `<out>.${name}.log`, what: 'what was printed' },
  ];
}

/** Which files, and how methods are called in pictures. */
export interface ResultPlace {
  readonly out: string;
  /** The method or command, as it stands in the names of the files. */
  readonly name: string;
  /** Files in other programs' formats that the command has written, for the last line. */
  readonly natives?: readonly string[];
  /** Whether a page is wanted. */
  readonly report?: boolean;
  readonly titleOf?: (method: string) => string;
}

/** Writes what a run found as JSON, TSV and pictures, says its warnings, and prints the tables: the one way, for every method. */
export async function writeResult(
  { log, provenance }: RecordedRun,
  findings: Findings,
  { out, name, natives = [], report = false, titleOf = (method) => method }: ResultPlace,
): Promise<void> {
  for (const warning of findings.warnings) log.warn(warningText(warning));
  for (const { trait, warnings } of findings.estimates)
    for (const warning of warnings) log.warn(`${trait}: ${warningText(warning)}`);
  for (const { trait1, trait2, warnings } of findings.pairs)
    for (const warning of warnings) log.warn(`${trait1} and ${trait2}: ${warningText(warning)}`);
  const record = await provenance.finish();
  const prefix = `${out}.${name}`;
  log.result(resultText(findings, record));
  await writeOutput(`${prefix}.json`, resultJson(findings, record));
  await writeOutput(`${prefix}.tsv`, resultTsv(findings));
  if (report) await writeReport(prefix, [resultInput(`${fileName(out)}.${name}`, findings, record)]);
  const charts = await resultCharts(findings, titleOf);
  for (const { suffix, svg } of charts) await writeChart(`${prefix}${suffix}`, svg);
  const endings = [
    '.json',
    '.tsv',
    ...charts.flatMap(({ suffix }) => [`${suffix}.svg`, `${suffix}.png`]),
    ...(report ? ['.html', '_mqc.json'] : []),
    '.log',
  ];
  log.result(
    `\nWritten: ${prefix}${endings.join(', ')}${natives.length > 0 ? `, ${natives.join(', ')}` : ''}`,
  );
}

function fileName(path: string): string {
  return host().files.baseName(path);
}

function resultInput(label: string, findings: Findings, record: ProvenanceRecord): ResultInput {
  // as they are written, so that a page about the file is the same
  const written = resultDocument(findings, record);
  return { kind: 'result', label, findings: written, record, json: resultJson(findings, record) };
}

/** Writes `<prefix>.html`, a page about some results, and `<prefix>_mqc.json`, which MultiQC finds by its name. */
export async function writeReport(prefix: string, inputs: readonly ReportInput[]): Promise<void> {
  const { htmlReport } = await import('./html/report.js'); // charts cost time at start
  await writeOutput(`${prefix}.html`, await htmlReport(inputs));
  await writeOutput(`${prefix}_mqc.json`, multiqc(inputs));
}
