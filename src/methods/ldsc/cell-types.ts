import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError } from '../../errors.js';
import { formatCount, significant } from '../../estimate/number.js';
import {
  type CellTypeCoefficient,
  type CellTypeEstimate,
  estimateCellTypes,
} from '../../estimators/ldsc/cell-type.js';
import type { LdscTrait } from '../../estimators/ldsc/h2.js';
import { type LdScoreTable, readLdScores, readVariantCounts } from '../../formats/ld-score.js';
import { writeOutput } from '../../formats/output.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { readSumstats } from '../../formats/sumstats.js';
import { isComment } from '../../formats/table.js';
import { readLines } from '../../formats/text.js';
import type { LossRecord } from '../../provenance.js';
import { textTable, tsv } from '../../report/table.js';
import type { RecordedRun } from '../../run.js';
import { type LdscFlags, readTraitSettings, type TraitSettings } from './flags.js';
import { type Merged, mergeWithReference } from './merge.js';
import { checkCondition, type Reference } from './reference.js';

export interface CellTypeTrait {
  readonly name: string;
  /** The smallest P first. */
  readonly cellTypes: readonly CellTypeCoefficient[];
  readonly losses: LossRecord;
}

interface OpenTrait {
  readonly name: string;
  readonly merged: Merged;
  readonly trait: LdscTrait;
  readonly settings: TraitSettings;
  readonly estimates: CellTypeEstimate[];
}

/** Each cell type of the list beside the baseline, for every trait. */
export async function runCellTypes(
  files: readonly string[],
  reference: Reference,
  flags: LdscFlags,
  context: RecordedRun,
): Promise<CellTypeTrait[]> {
  const { log, provenance, progress, signal } = context;
  if (flags.refLdChrCts === undefined) {
    throw new HeredityError('usage', '--h2-cts needs --ref-ld-chr-cts', {
      fix: 'give the list of cell types: a name and a prefix of LD scores on each line',
    });
  }
  provenance.input(flags.refLdChrCts);
  const list = await readCellTypeList(flags.refLdChrCts);
  const settings = readTraitSettings(flags, files.length);
  const names = traitNames(files);
  const traits: OpenTrait[] = [];
  for (const [t, file] of files.entries()) {
    provenance.input(file);
    const sumstats = await readSumstats(file, { alleles: false });
    log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
    const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
    if (t === 0) {
      checkCondition(merged.ld.scores, flags, reference, context);
      provenance.losesVariants(merged.losses);
    }
    const trait = { chi2: merged.z.map((z) => z * z), n: merged.n };
    if (merged.uncovered !== undefined) log.warn(`${names[t]}: ${merged.uncovered}`);
    traits.push({ name: names[t], merged, trait, settings: settings[t], estimates: [] });
  }
  const phase = progress.phase('cell types', { total: list.length, unit: 'cell types' });
  for (const { name, prefixes } of list) {
    const table = await readLdScores(prefixes, true);
    for (const file of table.files) provenance.input(file);
    const counts = await readVariantCounts(prefixes, true, flags.countAllSnps ? 'M' : 'M_5_50');
    for (const { merged, trait, settings: own, estimates } of traits) {
      const scores = columnsFor(table, reference, merged.referenceRows);
      estimates.push(
        ...estimateCellTypes(merged.ld, [{ name, scores, counts }], trait, {
          intercept: own.intercept,
          chi2Max: flags.chisqMax,
          blocks: flags.nBlocks,
          kernels: reference.kernels,
        }),
      );
    }
    phase.advance(1);
    signal.throwIfAborted();
  }
  phase.end();
  return traits.map(({ name, estimates, merged }) => ({
    name,
    cellTypes: estimates
      .flatMap((estimate) => [estimate, ...(flags.printAllCts ? estimate.others : [])])
      .sort((a, b) => a.p - b.p),
    losses: merged.losses.toJSON(),
  }));
}

/** Lines of a name (which may hold blanks) and, last, one or more prefixes, separated by commas. */
async function readCellTypeList(path: string): Promise<{ name: string; prefixes: string[] }[]> {
  const list: { name: string; prefixes: string[] }[] = [];
  await readLines(path, (line) => {
    if (isComment(line)) return;
    const words = Array.from({ length: line.fields }, (_, field) => line.text(field));
    const prefixes = words.pop();
    if (prefixes === undefined || words.length === 0)
      line.expectFields(2, 'a name and a prefix of LD scores');
    else list.push({ name: words.join(' '), prefixes: prefixes.split(',') });
  });
  if (list.length === 0) throw new HeredityError('bad-input', 'the list names no cell type', { file: path });
  return list;
}

/**
 * LD scores of a cell type for the SNPs of a merge.
 * @throws HeredityError `mismatch` where some SNP has none.
 */
function columnsFor(table: LdScoreTable, reference: Reference, rows: Int32Array): Float64Array[] {
  const width = table.columns.length;
  const columns = Array.from({ length: width }, () => new Float64Array(rows.length));
  const { ids } = reference.table;
  const absent: number[] = [];
  let last = -1;
  for (let k = 0; k < rows.length; k++) {
    const row = table.ids.indexIn(ids, rows[k], last + 1);
    if (row < 0) {
      absent.push(rows[k]);
      continue;
    }
    last = row;
    for (let c = 0; c < width; c++) columns[c][k] = table.scores[row * width + c];
  }
  if (absent.length === 0) return columns;
  throw new HeredityError(
    'mismatch',
    `${formatCount(absent.length)} of ${formatCount(rows.length)} SNPs have no LD score of the cell type, such as ${ids.text(absent[0])}`,
    {
      file: table.files[0],
      expected: 'LD scores of all SNPs of --ref-ld-chr',
      fix: 'compute them for the same SNPs, such as with --print-snps',
    },
  );
}

/** Cell types of all traits, as the JSON has them. */
export function cellTypeRecords(traits: readonly CellTypeTrait[]) {
  return traits.flatMap(({ name: trait, cellTypes }) =>
    cellTypes.map(({ name, tau, tauSe, p }) => ({ trait, name, tau, tauSe, p })),
  );
}

type Row = ReturnType<typeof cellTypeRecords>[0];

export function cellTypeTable(traits: readonly CellTypeTrait[]): string {
  return textTable(
    [
      { name: 'trait', value: (r: Row) => r.trait },
      { name: 'name', header: 'cell type', value: (r) => r.name },
      { name: 'tau', header: 'τ', value: (r) => r.tau, text: (r) => r.tau.toExponential(3) },
      { name: 'z', value: (r) => r.tau / r.tauSe },
      { name: 'p', header: 'P', value: (r) => r.p, text: (r) => significant(r.p, 3) },
    ],
    cellTypeRecords(traits),
  );
}

export function cellTypeTsv(traits: readonly CellTypeTrait[]): string {
  return tsv(
    [
      { name: 'trait', value: (r: Row) => r.trait },
      { name: 'cell_type', value: (r) => r.name },
      { name: 'tau', value: (r) => r.tau },
      { name: 'tau_se', value: (r) => r.tauSe },
      { name: 'p', value: (r) => r.p },
    ],
    cellTypeRecords(traits),
  );
}

/** LDSC's .cell_type_results.txt of each trait. Returns the names of the files. */
export async function writeCellTypeFiles(traits: readonly CellTypeTrait[], out: string): Promise<string[]> {
  const written: string[] = [];
  const prefixes = outputPrefixes(
    out,
    traits.map(({ name }) => name),
  );
  for (const [t, { cellTypes }] of traits.entries()) {
    const path = `${traits.length === 1 ? out : prefixes[t]}.cell_type_results.txt`;
    const columns = [
      { name: 'Name', value: (r: CellTypeCoefficient) => r.name },
      { name: 'Coefficient', value: (r: CellTypeCoefficient) => r.tau },
      { name: 'Coefficient_std_error', value: (r: CellTypeCoefficient) => r.tauSe },
      { name: 'Coefficient_P_value', value: (r: CellTypeCoefficient) => r.p },
    ];
    await writeOutput(path, tsv(columns, cellTypes));
    written.push(path);
  }
  return written;
}

/** z of the strongest cell types of the first trait. */
export async function cellTypePicture([first]: readonly CellTypeTrait[]): Promise<string> {
  const { intervalChart } = await import('../../report/interval-chart.js');
  return intervalChart({
    rows: first!.cellTypes.slice(0, 30).map(({ name, tau, tauSe }) => ({
      label: name,
      estimate: tau / tauSe,
      low: tau / tauSe - 1.959963984540054,
      high: tau / tauSe + 1.959963984540054,
    })),
    title: `${first!.name}: cell types beside the baseline`,
    xLabel: 'coefficient over its standard error',
    intervals: '95 % interval',
  });
}
