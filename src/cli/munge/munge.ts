import { columnNamed, recogniseColumns } from '../../formats/gwas/columns.js';
import { openGwasTable } from '../../formats/gwas/open.js';
import type { GwasTable } from '../../formats/gwas/table.js';
import { statInput } from '../../formats/input.js';
import { readAlleleList } from '../../formats/merge-alleles.js';
import { writeSumstats } from '../../formats/sumstats.js';
import type { RecordedRun } from '../../run.js';
import { Munger } from '../../sumstats/munge.js';
import { planMunge } from '../../sumstats/plan.js';
import { defineCommand } from '../command.js';
import { checkFlags, type MungeFlags, mungeFlags, namedColumns, signedColumn } from './munge-flags.js';
import { openFrequencyCheck, openNames } from './munge-names.js';
import { columnsAsRead, writeMunged } from './munge-report.js';

export const munge = defineCommand({
  description:
    'Turns the results of a GWAS into the Z scores that LD score regression reads, with the rules of LDSC (munge_sumstats). ' +
    'Recognises the columns of the usual programs and formats, says how it reads them before it begins, and counts what every rule removes.',
  flags: mungeFlags,
  examples: [
    { line: 'heredity munge --sumstats gwas.txt.gz --out trait', what: 'columns by their names' },
    {
      line: 'heredity munge --sumstats gwas.txt --merge-alleles w_hm3.snplist --N 100000 --out trait',
      what: 'HapMap 3 variants only, and the sample size by hand',
    },
    {
      line: 'heredity munge --sumstats daner.gz --neff --out disease',
      what: 'a case-control study with its effective sample size',
    },
  ],
  outputs: [
    { file: '<out>.sumstats.gz', what: 'SNP A1 A2 Z N, as LDSC reads them' },
    { file: '<out>.munge.json', what: 'columns as read, counts, diagnostics, provenance' },
    { file: '<out>.munge.tsv', what: 'what every rule removed' },
    { file: '<out>.munge.svg', what: 'quantiles of chi-square beside those of chance; also .png' },
    { file: '<out>.munge.log', what: 'what was printed' },
  ],
  async run(flags, context) {
    checkFlags(flags);
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
      await mungeTable(table, flags, context, () => reading.end());
    } finally {
      await table.close();
    }
  },
});

/** @param onRead is told when all rows have been read. */
async function mungeTable(
  table: GwasTable,
  flags: MungeFlags,
  context: RecordedRun,
  onRead: () => void,
): Promise<void> {
  const { log, progress, provenance } = context;
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
  const leftOut = await table.read(looked, (row) => {
    const named = names ? names.rows.renamed(row) : row;
    if (!named) {
      munger.leaveOut();
      return;
    }
    frequencies?.add(named);
    munger.add(named);
  });
  onRead();
  const naming = names?.finish();
  const ancestry = frequencies?.finish();
  const munged = munger.finish();
  provenance.losesVariants(munged.losses);
  const writing = progress.phase('writing');
  await writeSumstats(`${flags.out}.sumstats.gz`, munged.columns);
  writing.end();
  await writeMunged(flags, context, {
    table,
    columns,
    plan,
    munged,
    leftOut,
    ...(naming && { naming }),
    ...(ancestry && { ancestry }),
  });
}
