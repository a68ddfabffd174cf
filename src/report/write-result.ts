import type { Estimate, Findings } from '../estimate/estimate.js';
import { formatCount } from '../estimate/number.js';
import { warningText } from '../estimate/warnings.js';
import { writeOutput } from '../formats/output.js';
import { host } from '../host/host.js';
import type { ProvenanceRecord } from '../provenance.js';
import type { RecordedRun } from '../run.js';
import { lossReport } from './losses.js';
import { multiqc } from './multiqc.js';
import type { ReportInput, ResultInput } from './read-results.js';
import { resultCharts } from './result-charts.js';
import { resultDocument, resultJson } from './result-json.js';
import { resultText } from './result-text.js';
import { resultTsv } from './result-tsv.js';
import { writeCharts } from './write-chart.js';

/** A file that a command writes, for its help. */
export interface Output {
  readonly file: string;
  readonly what: string;
}

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
  /**
   * What the names of the files of other programs begin with, one a trait; they are written, and what those programs would have
   * printed is, too. @default neither
   */
  readonly nativePrefixes?: ((out: string, traits: readonly string[]) => string[]) | undefined;
  /** Files that the command has written itself, for the last line. */
  readonly written?: readonly string[];
  /** Whether a page is wanted. */
  readonly report?: boolean | undefined;
  readonly titleOf?: (method: string) => string;
}

/** Writes what a run found as JSON, TSV and pictures, says its warnings, and prints the tables: the one way, for every method. */
export async function writeResult(
  { log, provenance }: RecordedRun,
  findings: Findings,
  { out, name, nativePrefixes, written = [], report = false, titleOf = (method) => method }: ResultPlace,
): Promise<void> {
  const text = nativePrefixes ? nativeText(findings.estimates) : '';
  if (text !== '') log.result(`\n${text}\n`);
  if (nativePrefixes)
    for (const { trait, native } of findings.estimates)
      if (native?.losses) log.result(`${trait}: ${lossReport('variants', native.losses)}`);
  const natives = nativePrefixes ? await writeNatives(findings.estimates, out, nativePrefixes) : [];
  for (const warning of findings.warnings) log.warn(warningText(warning));
  for (const { trait, warnings } of findings.estimates)
    for (const warning of warnings) log.warn(`${trait}: ${warningText(warning)}`);
  for (const { trait1, trait2, warnings } of findings.pairs)
    for (const warning of warnings) log.warn(`${trait1} and ${trait2}: ${warningText(warning)}`);
  const record = await provenance.finish();
  const prefix = `${out}.${name}`;
  log.result(resultText(findings, record));
  const [pictures] = await Promise.all([
    writeCharts(prefix, resultCharts(findings, titleOf)),
    (async () => {
      await writeOutput(`${prefix}.json`, resultJson(findings, record));
      await writeOutput(`${prefix}.tsv`, resultTsv(findings));
      if (report) await writeReport(prefix, [resultInput(`${fileName(out)}.${name}`, findings, record)]);
    })(),
  ]);
  const endings = ['.json', '.tsv', ...pictures, ...(report ? ['.html', '_mqc.json'] : []), '.log'];
  log.result(
    `\nWritten: ${[`${prefix}${endings.join(', ')}`, ...some([...natives, ...written])].join(', ')}`,
  );
}

/** What other programs would have printed, trait by trait; empty where there is nothing. */
export function nativeText(estimates: readonly Estimate[]): string {
  const sections = estimates.flatMap(({ trait, native }) =>
    native?.text ? [{ trait, text: native.text }] : [],
  );
  if (sections.length === 1) return sections[0].text;
  return sections.map(({ trait, text }) => `Heritability of ${trait}\n${text}`).join('\n\n');
}

/** @returns the files. */
async function writeNatives(
  estimates: readonly Estimate[],
  out: string,
  prefixes: (out: string, traits: readonly string[]) => string[],
): Promise<string[]> {
  const own = prefixes(
    out,
    estimates.map(({ trait }) => trait),
  );
  const files: string[] = [];
  for (const [t, { native }] of estimates.entries())
    for (const [ending, content] of Object.entries(native?.files ?? {})) {
      await writeOutput(`${own[t]}.${ending}`, content);
      files.push(`${own[t]}.${ending}`);
    }
  return files;
}

/** Files that are named one by one; of more, the first and how many there are. */
const MOST_NAMED = 12;

function some(files: readonly string[]): string[] {
  if (files.length <= MOST_NAMED) return [...files];
  return [...files.slice(0, 2), `… (${formatCount(files.length)} files of traits)`];
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
