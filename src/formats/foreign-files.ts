import { HeredityError } from '../errors.js';

/** So many bytes tell what kind of file one is: those of a tar archive stand after the name of its first file. */
export const SIGNATURE_BYTES = 512;
const TAR = 257;
const text = (characters: string) => Array.from(characters, (character) => character.charCodeAt(0));
const SAVE_AS_UTF8 = 'save it as UTF-8';
const TEXT_IS_WANTED = 'check which flag takes which file';
const EXTRACT = 'extract the file that is wanted from it first';
const DOWNLOAD = 'download the file itself: a browser or server gave its page';

/** Files that are often given where text is wanted, by their first bytes. */
const FOREIGN = [
  { bytes: text('BZh'), is: 'compressed with bzip2', fix: 'decompress it first with bunzip2' },
  { bytes: [0xfd, ...text('7zXZ')], is: 'compressed with xz', fix: 'decompress it first with unxz' },
  { bytes: text('7z\xbc\xaf'), is: 'a 7-Zip archive', fix: EXTRACT },
  { bytes: text('ustar'), at: TAR, is: 'a tar archive', fix: EXTRACT },
  { bytes: text('PK\x03\x04'), is: 'a zip archive or an Excel workbook', fix: 'save it as text with tabs' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], is: 'an old Excel or Word document', fix: 'save it as text with tabs' },
  { bytes: [0x6c, 0x1b], is: 'a PLINK genotype file, not text', fix: TEXT_IS_WANTED },
  { bytes: text('BCF\x02'), is: 'BCF, binary VCF', fix: 'convert it first with bcftools view -O z' },
  { bytes: text('PAR1'), is: 'a Parquet file, not text', fix: TEXT_IS_WANTED },
  { bytes: text('SQLite format 3'), is: 'an SQLite database, not text', fix: TEXT_IS_WANTED },
  { bytes: text('\x89HDF'), is: 'an HDF5 file, not text', fix: TEXT_IS_WANTED },
  { bytes: text('\x93NUMPY'), is: 'a NumPy array, not text', fix: TEXT_IS_WANTED },
  { bytes: text('RDX'), is: 'data of R (.RData), not text', fix: 'write it as text with write.table' },
  { bytes: text('X\n\0\0\0'), is: 'data of R (.rds), not text', fix: 'write it as text with write.table' },
  { bytes: text('%PDF-'), is: 'a PDF document', fix: TEXT_IS_WANTED },
  { bytes: text('<!DOCTYPE'), is: 'an HTML page', fix: DOWNLOAD },
  { bytes: text('<!doctype'), is: 'an HTML page', fix: DOWNLOAD },
  { bytes: text('<html'), is: 'an HTML page', fix: DOWNLOAD },
  { bytes: text('<?xml'), is: 'an XML document', fix: DOWNLOAD },
  { bytes: [0xff, 0xfe], is: 'UTF-16 text', fix: SAVE_AS_UTF8 },
  { bytes: [0xfe, 0xff], is: 'UTF-16 text', fix: SAVE_AS_UTF8 },
];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Skips a byte order mark, and refuses files that begin as other kinds of file do.
 * @throws HeredityError `bad-input` that says which.
 */
export function withoutSignature(path: string, bytes: Uint8Array): Uint8Array {
  const has = (signature: number[], at = 0) => signature.every((byte, i) => bytes[at + i] === byte);
  const foreign = FOREIGN.find((kind) => has(kind.bytes, kind.at));
  if (foreign)
    throw new HeredityError('bad-input', `the file is ${foreign.is}`, { file: path, fix: foreign.fix });
  return has(BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}
