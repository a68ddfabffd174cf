import { type ColumnReading, columnNamed, recogniseColumns } from '../../formats/gwas/columns.js';
import { openGwasTable } from '../../formats/gwas/open.js';
import type { GwasRow, GwasTable } from '../../formats/gwas/table.js';
import { statInput } from '../../formats/input.js';
import { readAlleleList } from '../../formats/merge-alleles.js';
import type { RecordedRun } from '../../run.js';
import { Munger } from '../../sumstats/munge.js';
import { type MungePlan, planMunge } from '../../sumstats/plan.js';
import { type MungeFlags, namedColumns, signedColumn } from './munge-flags.js';
import { openFrequencyCheck, openNames } from './munge-names.js';
import { columnsAsRead, type MungedFile } from './munge-report.js';

/**
 * Munges one file, says how its columns are read before it begins, and writes nothing.
 * @throws HeredityError for what the user can repair in the file, or in the flags.
 */
export async function mungeFile(flags: MungeFlags, context: RecordedRun): Promise<MungedFile> {
  const { progress, signal } = context;
  const path = flags.sumstats;
  const stats = await statInput(path);
  const reading = progress.phase('reading', stats.kind === 'file' ? { total: stats.size } : {});
  let read = 0;
  const table = await openGwasTable(path, (bytes) => {
    signal.throwIfAborted();
    reading.advance(bytes - read);
    read = bytes;
  });
  try {
    return await mungeTable(table, flags, context, () => reading.end());
  } finally {
    await table.close();
  }
}

/**
 * How the columns of a table are read, from its head.
 * @throws HeredityError where they do not tell what munging needs.
 */
export function readingOf(
  table: GwasTable,
  flags: Omit<MungeFlags, 'sumstats'>,
): { columns: ColumnReading; plan: MungePlan } {
  const signed = signedColumn(flags);
  const columns = recogniseColumns(table, {
    named: namedColumns(flags),
    ignored: flags.ignore ?? [],
    ...(signed && { signedNull: signed.nullValue }),
    ...(flags.trait !== undefined && { trait: flags.trait }),
  });
  const plan = planMunge(table, columns, {
    noAlleles: flags.withoutAlleles,
    a1Increases: flags.a1Inc,
    effective: flags.neff,
    peopleFromHeader: flags.daner,
    ...(signed && { signedNull: signed.nullValue }),
    ...(flags.givenSampleSize !== undefined && { n: flags.givenSampleSize }),
    ...(flags.caseCount !== undefined && { cases: flags.caseCount, controls: flags.controlCount! }),
    ...(flags.infoList && {
      infoColumns: flags.infoList.map((name) => columnNamed(table, name, '--info-list')),
    }),
  });
  return { columns, plan };
}

/** @param onRead is told when all rows have been read. */
async function mungeTable(
  table: GwasTable,
  flags: MungeFlags,
  context: RecordedRun,
  onRead: () => void,
): Promise<MungedFile> {
  const { log, provenance } = context;
  const { columns, plan } = readingOf(table, flags);
  log.info(columnsAsRead(table, columns, plan));

  provenance.input(flags.sumstats);
  if (flags.mergeAlleles !== undefined) provenance.input(flags.mergeAlleles);
  const alleles = flags.mergeAlleles === undefined ? undefined : await readAlleleList(flags.mergeAlleles);
  const munger = new Munger(plan, {
    infoMin: flags.infoMin,
    mafMin: flags.mafMin,
    keepFrequency: flags.keepMaf,
    anyMedian: flags.uncheckedMedian,
    ...(flags.nMin !== undefined && { nMin: flags.nMin }),
    ...(flags.nstudyMin !== undefined && { studiesMin: flags.nstudyMin }),
    ...(alleles && { alleles }),
  });
  const names = await openNames(flags, table, plan, context);
  const frequencies = await openFrequencyCheck(flags, plan, context);
  const looked = names ? [...new Set([...munger.columns, ...names.rows.columns])] : munger.columns;
  const addRow = (row: GwasRow) => {
    const named = names ? names.rows.renamed(row) : row;
    if (!named) {
      munger.leaveOut();
      return;
    }
    frequencies?.add(named);
    munger.add(named);
  };
  const leftOut = await table.read(looked, addRow, munger.numbers);
  onRead();
  const naming = names?.finish();
  const ancestry = frequencies?.finish();
  const { columns: own, losses, ...munged } = munger.finish();
  const { file, kind, names: columnNames, notes } = table;
  return {
    table: { file, kind, names: columnNames, ...(notes && { notes }) },
    columns: { columns: columns.columns, notes: columns.notes, warnings: columns.warnings },
    plan,
    munged,
    losses: losses.toJSON(),
    sumstats: { ...own, ids: own.ids.packed() },
    leftOut,
    ...(naming && { naming }),
    ...(ancestry && { ancestry }),
  };
}
