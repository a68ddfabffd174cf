import { HeredityError } from '../errors.js';
import { findColumns } from './columns.js';
import { growingUint8 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { plural, readLines } from './text.js';

/** A list of variants with their alleles, such as LDSC's w_hm3.snplist. */
export interface AlleleList {
  readonly ids: IdTable;
  /** {@link allelePair} of each variant. */
  readonly pair: Uint8Array;
}

/** Letters by code: the complement of code c is 3 - c. */
const LETTERS = 'ACGT';
const CODES = Uint8Array.from({ length: 128 }, (_, byte) => {
  const code = LETTERS.indexOf(String.fromCharCode(byte).toUpperCase());
  return code < 0 ? 255 : code;
});

/** What {@link allelePair} gives for alleles that are not A, C, G or T, that are equal, or that are each other's complement. */
export const NO_PAIR = 255;

/** Two alleles as 4 a1 + a2 of their codes, where they are a SNP whose strand can be told; else {@link NO_PAIR}. */
export function allelePair(a1: string, a2: string): number {
  if (a1.length !== 1 || a2.length !== 1) return NO_PAIR;
  const [c1, c2] = [CODES[a1.charCodeAt(0)] ?? 255, CODES[a2.charCodeAt(0)] ?? 255];
  return c1 > 3 || c2 > 3 || c1 === c2 || c1 + c2 === 3 ? NO_PAIR : 4 * c1 + c2;
}

/** Whether two pairs name the same variant, in either order and on either strand. */
export function samePair(a: number, b: number): boolean {
  // A/C and G/T have codes that differ by an exclusive or of 1, A/G and C/T by 2
  return a !== NO_PAIR && b !== NO_PAIR && ((a >> 2) ^ (a & 3)) === ((b >> 2) ^ (b & 3));
}

/** The two letters of a pair. */
export function pairLetters(pair: number): readonly [string, string] {
  return [LETTERS[pair >> 2]!, LETTERS[pair & 3]!];
}

/**
 * Reads a list with the columns SNP, A1 and A2, in any order among others, plain or gzip.
 * @throws HeredityError `bad-input` for missing columns, repeated variants, and lines of another width.
 */
export async function readAlleleList(path: string): Promise<AlleleList> {
  const ids = new IdTable();
  const pair = growingUint8();
  let columns: Record<'snp' | 'a1' | 'a2', number> | undefined;
  let width = 0;
  await readLines(path, (line) => {
    if (columns === undefined) {
      columns = findColumns(
        line,
        { snp: ['SNP'], a1: ['A1'], a2: ['A2'] },
        [],
        'give a list such as w_hm3.snplist, with the columns SNP, A1 and A2',
      );
      width = line.fields;
      return;
    }
    if (line.fields !== width) {
      throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
        expected: `${width}, as in the header`,
      });
    }
    ids.addFromLine(line, columns.snp, (id) => ({ what: `variant ${id}`, fix: 'list each variant once' }));
    pair.push(allelePair(line.symbol(columns.a1), line.symbol(columns.a2)));
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'the list names no variants', { file: path });
  return { ids, pair: pair.toArray() };
}
