import { type ErrorTag, HeredityError, isHeredityError } from '../../errors.js';
import { FREQUENCY_ENDINGS } from '../../formats/frequency.js';
import { statInput } from '../../formats/input.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { filesOfName } from '../../formats/per-chromosome.js';
import { PLACE_ENDINGS } from '../../formats/variant-places.js';
import { host } from '../../host/host.js';
import { overUnits } from '../../parts/division.js';
import type { Column } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import { mungeFile } from './munge-file.js';
import type { MungeFlags } from './munge-flags.js';
import { type MungedFile, writeMunged } from './munge-report.js';

/** What became of a file: plain values, as the parts of a run keep them. */
interface FileDone {
  readonly done?: MungedFile;
  /** Why it could not be munged. */
  readonly refused?: Pick<HeredityError, 'tag' | 'message'>;
  readonly inputs: readonly string[];
  readonly warnings: readonly string[];
}

/** A file's own fault ends the work on that file; that of the machine ends the run. */
const OF_A_FILE: readonly ErrorTag[] = ['usage', 'bad-input', 'mismatch', 'degenerate-data'];

/**
 * Munges several files, each with outputs of its own under `<out>.<name>`, and says in `<out>.munge.json` what became of which. A file that
 * cannot be munged does not end the others.
 * @throws HeredityError of the first file where none can be munged; `bad-input` where one is not there, before any is read.
 */
export async function mungeFiles(
  files: readonly string[],
  flags: Omit<MungeFlags, 'sumstats'>,
  context: RecordedRun,
): Promise<void> {
  const { log, provenance } = context;
  const prefixes = outputPrefixes(flags.out, files.map(nameOf));
  const weights = await Promise.all(files.map(async (file) => (await statInput(file)).size));
  for (const path of [...files, ...(await referenceFiles(flags))]) provenance.input(path);

  async function* mungeEach(first: number, end: number): AsyncGenerator<FileDone> {
    for (const file of files.slice(first, end)) yield mungeOne({ ...flags, sumstats: file }, context);
  }
  const rows: FileRow[] = [];
  const refusals: NonNullable<FileDone['refused']>[] = [];
  const work = { name: 'files', weights, choices: files };
  for await (const { done, refused, inputs, warnings } of overUnits(context, work, mungeEach)) {
    const [file, out] = [files[rows.length], prefixes[rows.length]];
    if (!done) {
      refusals.push(refused!);
      rows.push({ file, refused: refused!.message, ...NOTHING });
      continue;
    }
    log.info(`${file}:`);
    const own = ofOneFile(file, context);
    for (const path of inputs) own.provenance.input(path);
    for (const text of warnings) own.provenance.warn(text); // said when they arose
    await writeMunged(out, own, done);
    const { statistics, count } = done.munged;
    rows.push({
      file,
      sumstats: `${out}.sumstats.gz`,
      rows: done.losses.start,
      snps: count,
      meanChi2: statistics.meanChi2,
      lambdaGc: statistics.lambdaGc,
      refused: null,
    });
  }
  const [first] = refusals;
  if (first && refusals.length === files.length) throw new HeredityError(first.tag, first.message);
  for (const { file, refused } of rows)
    if (refused !== null)
      log.warn(refused.includes(file) ? `not munged: ${refused}` : `not munged: ${file}: ${refused}`);
  await writeDocument<FileRow>(context, {
    out: flags.out,
    name: 'munge',
    schema: 'heredity/munge-files@1',
    fields: { method: 'munge', files: rows },
    table: { columns: COLUMNS, rows },
  });
}

/** @throws HeredityError for what is not the file's own fault. */
async function mungeOne(flags: MungeFlags, context: RecordedRun): Promise<FileDone> {
  const warnings: string[] = [];
  const { provenance, ...run } = ofOneFile(flags.sumstats, context);
  const noted = {
    ...run,
    provenance,
    log: {
      ...run.log,
      warn(text: string) {
        warnings.push(text);
        run.log.warn(text);
      },
    },
  };
  const inputs = async () => (await provenance.inputs()).map(({ path }) => path);
  try {
    const done = await mungeFile(flags, noted);
    return { done, inputs: await inputs(), warnings };
  } catch (error) {
    if (!isHeredityError(error) || !OF_A_FILE.includes(error.tag)) throw error;
    const { tag, message } = error;
    return { refused: { tag, message }, inputs: await inputs(), warnings };
  }
}

/** The run with a record of one file, whose warnings name it. */
function ofOneFile(file: string, context: RecordedRun): RecordedRun {
  const provenance = context.provenance.ofOneResult();
  const warn = (text: string) => {
    provenance.warn(text);
    context.log.warn(text.includes(file) ? text : `${file}: ${text}`);
  };
  return { ...context, provenance, log: { ...context.log, warn } };
}

/** All that every part names, whichever files are its own. */
async function referenceFiles({
  mergeAlleles,
  positions,
  refFrq,
}: Pick<MungeFlags, 'mergeAlleles' | 'positions' | 'refFrq'>): Promise<string[]> {
  return [
    ...(mergeAlleles === undefined ? [] : [mergeAlleles]),
    ...(positions === undefined ? [] : await filesOfName(positions, PLACE_ENDINGS, 'variants')),
    ...(refFrq === undefined ? [] : await filesOfName(refFrq, FREQUENCY_ENDINGS, 'allele frequencies')),
  ];
}

/** `height` of `gwas/height.tsv.gz`. */
function nameOf(file: string): string {
  const name = host().files.baseName(file);
  return name.replace(/\.(gz|bgz|zst)$/i, '').replace(/(?<=.)\.[^.]*$/, '') || name;
}

interface FileRow {
  readonly file: string;
  /** Null, as what follows, where the file could not be munged. */
  readonly sumstats: string | null;
  readonly rows: number | null;
  readonly snps: number | null;
  readonly meanChi2: number | null;
  readonly lambdaGc: number | null;
  /** Why it could not be munged. */
  readonly refused: string | null;
}

const NOTHING = { sumstats: null, rows: null, snps: null, meanChi2: null, lambdaGc: null } as const;

const COLUMNS: readonly Column<FileRow>[] = [
  { name: 'file', value: ({ file }) => file },
  { name: 'rows', value: ({ rows }) => rows },
  { name: 'snps', value: ({ snps }) => snps },
  { name: 'mean_chi2', value: ({ meanChi2 }) => meanChi2 },
  { name: 'lambda_gc', value: ({ lambdaGc }) => lambdaGc },
  { name: 'refused', value: ({ refused }) => refused },
];
