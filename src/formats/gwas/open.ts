import { concatenated } from '../bytes.js';
import { withoutSignature } from '../foreign-files.js';
import { inputBytes, openInput, statInput } from '../input.js';
import { Line } from '../text.js';
import { type GwasTable, headerAt, type OpenGwasTable } from './table.js';
import { openTextTable, refuseMissingHeader } from './text-table.js';
import { openVcfTable } from './vcf-table.js';

/** So many bytes are looked at before the columns are recognised. */
const HEAD_BYTES = 1 << 16;
/** The head of a VCF file, with its contigs, may be longer. */
const LONGEST_HEAD = 64 << 20;

/**
 * Opens the results of a GWAS: text with tabs, spaces or commas, GWAS-VCF, or Parquet; text and VCF also as gzip.
 * @param onRead is told how many bytes of the file have been read in all.
 * @throws HeredityError `bad-input` where the file cannot be read, is of another kind, or has no header.
 */
export async function openGwasTable(
  path: string,
  onRead?: (fileBytes: number) => void,
): Promise<OpenGwasTable> {
  const stats = await statInput(path);
  if (stats.kind === 'file' && (await firstBytes(path)) === 'PAR1') {
    // loaded when it is needed: Parquet is rare, and start-up counts
    const { openParquetTable } = await import('./parquet-table.js');
    return openParquetTable(path, onRead);
  }
  const bytes = inputBytes(path, onRead);
  const close = async () => void (await bytes.return());
  try {
    return { ...(await openText(path, bytes)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openText(path: string, bytes: AsyncGenerator<Uint8Array, void, void>): Promise<GwasTable> {
  const { head, whole } = await readHead(bytes);
  withoutSignature(path, head);
  const zero = head.indexOf(0);
  if (zero >= 0) throw new Line(path).notText(0, latin1(head.subarray(0, zero)).split('\n').length);
  const source = { file: path, head, whole, bytes: joined(head, bytes) };
  if (latin1(head.subarray(0, 16)) === '##fileformat=VCF') return openVcfTable(source);
  const table = await openTextTable(source);
  refuseMissingHeader(table);
  return table;
}

async function firstBytes(path: string): Promise<string> {
  const file = await openInput(path);
  try {
    return latin1(new Uint8Array(await file.slice(0, 4)));
  } finally {
    await file.close();
  }
}

/** Enough bytes to hold the header and some rows. */
async function readHead(bytes: AsyncIterator<Uint8Array>): Promise<{ head: Uint8Array; whole: boolean }> {
  let head: Uint8Array = new Uint8Array(0);
  for (;;) {
    const next = await bytes.next();
    if (next.done) return { head, whole: true };
    head = concatenated([head, next.value]);
    if (head.includes(0)) return { head, whole: false };
    if (head.length < HEAD_BYTES) continue;
    const header = headerAt(head);
    if (header + HEAD_BYTES <= head.length || head.length > LONGEST_HEAD) return { head, whole: false };
  }
}

/** Bytes as characters, one each. */
const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

async function* joined(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  if (head.length > 0) yield head;
  yield* rest;
}
