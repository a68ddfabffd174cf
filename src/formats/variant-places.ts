import { HeredityError } from '../errors.js';
import { NO_PAIR, pairCode } from './alleles.js';
import { chromosomeCode } from './chromosome.js';
import { findColumns } from './columns.js';
import { growingFloat64, growingUint8 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { filesOfName } from './per-chromosome.js';
import { isComment, readTable } from './table.js';
import { type Line, readLines } from './text.js';

/** Where the variants of a reference stand, and under which IDs. */
export interface VariantPlaces {
  readonly ids: IdTable;
  /** {@link placeKey} of each variant. */
  readonly key: Float64Array;
  /** {@link pairCode} of its alleles; undefined where the files have none. */
  readonly pair: Uint8Array | undefined;
  /** Variants that are left out, as one of their ID came before. */
  readonly repeated: number;
  readonly files: readonly string[];
}

/** What the names of such files end with, where a prefix is given. */
export const PLACE_ENDINGS = ['.bim', '.pvar', '.pvar.gz', '.pvar.zst', '.l2.ldscore.gz', '.l2.ldscore'];
const COLUMNS = {
  chromosome: ['CHR', 'CHROM'],
  position: ['BP', 'POS'],
  id: ['SNP', 'ID'],
  allele1: ['A1', 'REF'],
  allele2: ['A2', 'ALT'],
} as const;
const LARGEST = 2 ** 31;

/** Chromosome and position as one number, whole and exact; NaN for what is no place. */
export function placeKey(chromosome: string, position: number): number {
  const code = CHROMOSOMES.indexOf(chromosomeCode(chromosome));
  return code < 0 || !Number.isInteger(position) || position <= 0 || position >= LARGEST
    ? Number.NaN
    : code * LARGEST + position;
}

/** `1:1000`, of a place. */
export function placeText(key: number): string {
  return `${CHROMOSOMES[Math.floor(key / LARGEST)].toUpperCase()}:${key % LARGEST}`;
}

const CHROMOSOMES = [...Array.from({ length: 96 }, (_, k) => String(k)), 'x', 'y', 'xy', 'mt'];

/**
 * Reads the variants of a reference: .bim, .pvar, or a table with CHR, BP and SNP (LD scores are one), with A1 and A2 where
 * it has them; a file or a prefix, and one a chromosome where the name has an `@` or there are such files.
 * @throws HeredityError `bad-input` for missing files and columns, and a position that is no number.
 */
export async function readVariantPlaces(name: string): Promise<VariantPlaces> {
  const files = await filesOfName(name, PLACE_ENDINGS, 'variants');
  const ids = new IdTable();
  const key = growingFloat64();
  const pair = growingUint8();
  let repeated = 0;
  let withAlleles = true;
  const take = (line: Line, fields: Readonly<Record<keyof typeof COLUMNS, number>>) => {
    const position = line.numeric(fields.position);
    if (!Number.isInteger(position))
      throw line.error(fields.position, 'the position is not a whole number', { expected: 'base pairs' });
    const id = line.text(fields.id);
    if (id === '.' || id === '') return;
    if (ids.add(id) >= 0) {
      repeated++;
      return;
    }
    key.push(placeKey(line.symbol(fields.chromosome), position));
    if (fields.allele1 < 0 || fields.allele2 < 0) withAlleles = false;
    pair.push(withAlleles ? pairCode(line.symbol(fields.allele1), line.symbol(fields.allele2)) : NO_PAIR);
  };
  for (const path of files) {
    if (/\.bim(?:\.gz)?$/.test(path)) await readBimLines(path, take);
    else await readHeadedLines(path, take);
  }
  if (ids.count === 0)
    throw new HeredityError('bad-input', 'there are no variants with an ID', { file: name });
  return {
    ids,
    key: key.toArray(),
    pair: withAlleles ? pair.toArray() : undefined,
    repeated,
    files,
  };
}

type Take = (line: Line, fields: Readonly<Record<keyof typeof COLUMNS, number>>) => void;

async function readBimLines(path: string, take: Take): Promise<void> {
  const fields = { chromosome: 0, id: 1, position: 3, allele1: 4, allele2: 5 };
  await readLines(path, (line) => {
    if (isComment(line)) return;
    if (line.fields < 6)
      throw line.error(undefined, `the line has ${line.fields} fields`, {
        expected: 'the six of a .bim file',
      });
    take(line, fields);
  });
}

async function readHeadedLines(path: string, take: Take): Promise<void> {
  let fields = { chromosome: -1, id: -1, position: -1, allele1: -1, allele2: -1 };
  const { chromosome, position, id } = COLUMNS;
  await readTable(path, {
    required: [chromosome, position, id],
    onHeader: (header) => {
      fields = findColumns(header, COLUMNS, ['allele1', 'allele2'], 'give a .bim or .pvar file');
    },
    onRow: (line) => take(line, fields),
  });
}
