import type { VariantTable } from './bim.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { type Line, readLines } from './text.js';
import { VariantTableBuilder } from './variant-table.js';

/** The variants of a .pvar file that have two alleles. */
export interface PvarFile {
  readonly variants: VariantTable;
  /** Index among all variants of the file of each of them; undefined where that is its own index. */
  readonly places: Int32Array | undefined;
  /** All variants of the file. */
  readonly total: number;
  /** What was done about IDs, in words. */
  readonly notes: readonly string[];
}

/** Columns by name; -1 where the file has none. */
interface Columns {
  readonly chromosome: number;
  readonly position: number;
  readonly id: number;
  readonly reference: number;
  readonly alternative: number;
  readonly centimorgan: number;
  /** Fields that a line has at least. */
  readonly needed: number;
}

const EXPECTED = '#CHROM POS ID REF ALT in the header';

/**
 * Reads a PLINK 2 .pvar file (plain, gzip or zstd): the .bim-like form without a header too. Genotypes of its .pgen count
 * the ALT allele, which becomes allele 1. Variants with more than two alleles are left out of the table.
 * @throws HeredityError `bad-input` with the line, for whatever is malformed.
 */
export async function readPvar(path: string): Promise<PvarFile> {
  const builder = new VariantTableBuilder(path, 'line');
  const kept: number[] = [];
  let columns: Columns | undefined;
  let total = 0;
  await readLines(path, (line) => {
    if (line.startsWith('#')) {
      if (total > 0) throw line.error(0, 'there is a header line after the first variant');
      if (!line.startsWith('##')) columns = readHeader(line);
      return;
    }
    columns ??= columnsWithoutHeader(line);
    if (line.fields < columns.needed) {
      throw line.error(undefined, `the line has ${line.fields} fields instead of ${columns.needed} or more`, {
        expected: EXPECTED,
      });
    }
    const alternative = line.symbol(columns.alternative);
    const index = total++;
    if (alternative.includes(',')) return;
    kept.push(index);
    const position = line.numeric(columns.position);
    if (!Number.isInteger(position)) {
      throw line.error(columns.position, 'the position is not a whole number', { expected: 'base pairs' });
    }
    builder.add({
      at: line.number,
      chromosome: line.symbol(columns.chromosome),
      id: line.text(columns.id),
      position,
      centimorgan: readCentimorgan(line, columns.centimorgan),
      allele1: alternative,
      allele2: line.symbol(columns.reference),
    });
  });
  const places = kept.length === total ? undefined : Int32Array.from(kept);
  return { variants: builder.finish(), places, total, notes: builder.notes() };
}

function readHeader(line: Line): Columns {
  const names = Array.from({ length: line.fields }, (_, k) => line.text(k));
  if (names[0] !== '#CHROM') {
    throw line.error(0, 'the last header line does not begin with #CHROM', { expected: EXPECTED });
  }
  const end = names.indexOf('FORMAT'); // a VCF file serves as well
  const known = end < 0 ? names : names.slice(0, end);
  const column = (name: string) => known.indexOf(name);
  const columns = {
    chromosome: 0,
    position: column('POS'),
    id: column('ID'),
    reference: column('REF'),
    alternative: column('ALT'),
    centimorgan: column('CM'),
  };
  for (const name of ['POS', 'ID', 'REF', 'ALT']) {
    if (column(name) < 0)
      throw line.error(undefined, `the header has no column ${name}`, { expected: EXPECTED });
  }
  return { ...columns, needed: Math.max(...Object.values(columns)) + 1 };
}

function columnsWithoutHeader(line: Line): Columns {
  if (line.fields < 5) {
    throw line.error(undefined, `the line has ${line.fields} fields`, {
      expected: `${EXPECTED}, or the columns of a .bim file`,
    });
  }
  const late = line.fields === 5 ? 0 : 1;
  return {
    chromosome: 0,
    id: 1,
    centimorgan: late ? 2 : -1,
    position: 2 + late,
    alternative: 3 + late,
    reference: 4 + late,
    needed: 5 + late,
  };
}

function readCentimorgan(line: Line, column: number): number {
  if (column < 0 || line.isNotAvailable(column)) return 0;
  const centimorgan = line.numeric(column);
  if (Number.isFinite(centimorgan)) return centimorgan;
  throw line.error(column, 'the genetic position is not a number', { expected: 'centimorgans' });
}

/** Writes a .pvar file; allele 2 is the reference, allele 1 the alternative. */
export async function writePvar(path: string, variants: VariantTable): Promise<void> {
  const hasMap = variants.centimorgan.some((centimorgan) => centimorgan !== 0);
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  rows.text(`#CHROM\tPOS\tID\tREF\tALT${hasMap ? '\tCM' : ''}`).endLine();
  for (let i = 0; i < variants.count; i++) {
    rows.text(variants.chromosome[i]).text('\t').integer(Math.max(0, variants.position[i])).text('\t');
    rows.text(variants.id[i]).text('\t').text(variants.allele2[i]).text('\t').text(variants.allele1[i]);
    if (hasMap) rows.text('\t').text(String(variants.centimorgan[i]));
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
