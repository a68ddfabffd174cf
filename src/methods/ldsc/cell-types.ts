import { readCaseSharesOfFiles, traitFacts } from '../../cohort/case-shares.js';
import { traitNames } from '../../cohort/trait-names.js';
import { HeredityError } from '../../errors.js';
import type { Estimate } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { type CellTypeEstimate, estimateCellTypes } from '../../estimators/ldsc/cell-type.js';
import type { LdscTrait } from '../../estimators/ldsc/h2.js';
import { type LdScoreTable, readLdScores, readVariantCounts } from '../../formats/ld-score.js';
import { readSumstatsFor } from '../../formats/sumstats.js';
import { isComment } from '../../formats/table.js';
import { readLines } from '../../formats/text.js';
import type { RecordedRun } from '../../run.js';
import { checkAncestry } from './ancestry.js';
import { ldscEstimate, withCellTypes } from './estimate.js';
import { type LdscFlags, readIntercepts } from './flags.js';
import { runH2 } from './h2.js';
import type { TraitResult } from './h2-results.js';
import { type Merged, mergeWithReference } from './merge.js';
import { cellTypeFile } from './native-files.js';
import { checkCondition, openReference, type Reference } from './reference.js';

interface OpenTrait {
  readonly merged: Merged;
  readonly statistics: LdscTrait;
  readonly intercept: number | undefined;
  /** Heritability under the baseline alone. */
  readonly baseline: TraitResult;
  readonly cellTypes: CellTypeEstimate[];
}

/**
 * Each cell type of the list beside the baseline, for every trait: the smallest P first. The heritability is that under the
 * baseline alone.
 */
export async function estimateCellTypesOf(
  files: readonly string[],
  cellTypeList: string,
  flags: LdscFlags,
  context: RecordedRun,
): Promise<Estimate[]> {
  const { log, provenance, progress, signal } = context;
  const reference = await openReference(flags, context);
  provenance.input(cellTypeList);
  const list = await readCellTypeList(cellTypeList);
  const intercepts = readIntercepts(flags, files.length);
  const shares = readCaseSharesOfFiles(flags, files.length);
  const names = traitNames(files);
  const traits: OpenTrait[] = [];
  for (const [t, file] of files.entries()) {
    provenance.input(file);
    const sumstats = await readSumstatsFor(reference.table.ids, file, { alleles: false });
    log.info(`Read summary statistics for ${sumstats.count} SNPs from ${file}.`);
    const merged = mergeWithReference(file, sumstats, reference, flags.allowSmallOverlap);
    checkAncestry(names[t], sumstats, merged, reference.frequencies, log);
    if (t === 0) checkCondition(merged.ld.scores, flags, reference, context);
    if (files.length === 1) provenance.losesVariants(merged.losses);
    const statistics = { chi2: merged.z.map((z) => z * z), n: merged.n };
    const intercept = intercepts[t];
    const baseline = runH2(
      {
        trait: traitFacts({ name: names[t], kind: 'quantitative' }, t, shares),
        ld: merged.ld,
        names: reference.names,
        statistics,
        intercept,
        overlap: undefined,
        quantiles: [],
        losses: merged.losses,
        uncovered: merged.uncovered,
        kernels: reference.kernels,
      },
      flags,
    );
    traits.push({ merged, statistics, intercept, baseline, cellTypes: [] });
  }
  const phase = progress.phase('cell types', { total: list.length, unit: 'cell types' });
  for (const { name, prefixes } of list) {
    const table = await readLdScores(prefixes, true);
    for (const file of table.files) provenance.input(file);
    const counts = await readVariantCounts(prefixes, true, flags.countAllSnps ? 'M' : 'M_5_50');
    for (const { merged, statistics, intercept, cellTypes } of traits) {
      const scores = columnsFor(table, reference, merged.common.referenceRows);
      cellTypes.push(
        ...estimateCellTypes(merged.ld, [{ name, scores, counts }], statistics, {
          intercept,
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
  return traits.map(({ baseline, cellTypes }) => {
    const sorted = cellTypes
      .flatMap((estimate) => [estimate, ...(flags.printAllCts ? estimate.others : [])])
      .sort((a, b) => a.p - b.p);
    const estimate = withCellTypes(ldscEstimate(baseline, 'sldsc', reference.variants), sorted);
    const native = {
      ...(files.length > 1 && { losses: baseline.losses }),
      files: cellTypeFile(sorted),
    };
    return { ...estimate, native };
  });
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
