import type { Output } from '../cli/command.js';
import type { Findings } from '../estimate/estimate.js';
import { warningText } from '../estimate/warnings.js';
import { writeOutput } from '../formats/output.js';
import type { RecordedRun } from '../run.js';
import { resultCharts } from './result-charts.js';
import { resultJson } from './result-json.js';
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
  readonly titleOf?: (method: string) => string;
}

/** Writes what a run found as JSON, TSV and pictures, says its warnings, and prints the tables: the one way, for every method. */
export async function writeResult(
  { log, provenance }: RecordedRun,
  findings: Findings,
  { out, name, natives = [], titleOf = (method) => method }: ResultPlace,
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
  const charts = await resultCharts(findings, titleOf);
  const pictures: string[] = [];
  for (const { suffix, svg } of charts)
    for (const ending of await writeChart(`${prefix}${suffix}`, svg)) pictures.push(`${suffix}${ending}`);
  const endings = ['.json', '.tsv', ...pictures, '.log'];
  log.result(
    `\nWritten: ${prefix}${endings.join(', ')}${natives.length > 0 ? `, ${natives.join(', ')}` : ''}`,
  );
}
