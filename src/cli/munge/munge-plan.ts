import { isHeredityError } from '../../errors.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { openGwasTable } from '../../formats/gwas/open.js';
import { inputBytes, statInput } from '../../formats/input.js';
import { host } from '../../host/host.js';
import type { Plan, PlanStep } from '../../plan.js';
import { readingOf } from './munge-file.js';
import type { MungeFlags } from './munge-flags.js';
import { columnsAsRead } from './munge-report.js';

/** What a row takes beside what a run takes anyway: processor time of its text and of its rules, and memory while it is kept. */
const ROW_SECONDS = 1.3e-6;
const ROW_BYTES = 90;
/** Start of the program, and its pictures. */
const START_SECONDS = 0.4;
const START_BYTES = 150e6;
/** So much text is looked at to guess how many rows a file has. */
const SAMPLE_BYTES = 1 << 20;

/** How each file's columns will be read, as far as its head tells, how many rows it has, about, and what munging them takes. */
export async function mungePlan(
  files: readonly string[],
  flags: Omit<MungeFlags, 'sumstats'>,
): Promise<Plan> {
  const about: string[] = [];
  const steps: PlanStep[] = [];
  for (const file of files) {
    const { size, kind } = await statInput(file);
    const name = host().files.baseName(file);
    const memory = { process: START_BYTES };
    if (kind !== 'file') {
      about.push(`${file}: a pipe, which only the run reads`);
      steps.push({ name, memory, seconds: null });
      continue;
    }
    const rows = await guessedRows(file, size);
    const howMany = rows === undefined ? '' : `, about ${formatCount(rows)} rows`;
    about.push(`${formatBytes(size)}${howMany}`, await readingText(file, flags));
    steps.push({
      name,
      memory: { ...memory, table: (rows ?? 0) * ROW_BYTES },
      seconds: rows === undefined ? null : rows * ROW_SECONDS + START_SECONDS / files.length,
    });
  }
  return { about, steps };
}

/** The columns as they are read, or why the file cannot be munged. */
async function readingText(file: string, flags: Omit<MungeFlags, 'sumstats'>): Promise<string> {
  try {
    const table = await openGwasTable(file);
    try {
      const { columns, plan } = readingOf(table, flags);
      return columnsAsRead(table, columns, plan);
    } finally {
      await table.close();
    }
  } catch (error) {
    if (!isHeredityError(error)) throw error;
    return `cannot be munged: ${error.message}`;
  }
}

/** By the lines of the first megabyte of text, and the share of the file that they are, to three digits; undefined for Parquet. */
async function guessedRows(file: string, size: number): Promise<number | undefined> {
  let read = 0;
  let text = 0;
  let lines = 0;
  const bytes = inputBytes(file, (fileBytes) => {
    read = fileBytes;
  });
  for await (const piece of bytes) {
    if (piece.includes(0)) return undefined; // not text
    text += piece.length;
    for (const byte of piece) if (byte === NEW_LINE) lines++;
    if (text >= SAMPLE_BYTES) break;
  }
  return Number(((lines * size) / read).toPrecision(3));
}

const NEW_LINE = 10;
