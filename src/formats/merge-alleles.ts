import { HeredityError } from '../errors.js';
import { pairCode, pairOfSpans } from './alleles.js';
import { findColumns } from './columns.js';
import { growingUint8 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { expectedRows, PlainRows } from './plain-rows.js';
import { plural, readLines } from './text.js';

/** A list of variants with their alleles, such as LDSC's w_hm3.snplist. */
export interface AlleleList {
  readonly ids: IdTable;
  /** {@link pairCode} of each variant. */
  readonly pair: Uint8Array;
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
      const { snp, a1, a2 } = columns;
      const rows = new PlainRows({ width, numbers: [], texts: [snp, a1, a2] });
      line.readPlainRows({
        rows,
        onRows() {
          const taken = ids.addRows(rows, snp, rows.count, expectedRows(ids.count + rows.count, rows.share));
          const [effects, others] = [rows.spans(a1), rows.spans(a2)];
          for (let row = 0; row < taken; row++) pair.push(pairOfSpans(rows.bytes, effects, others, row));
          return taken;
        },
      });
      return;
    }
    if (line.fields !== width) {
      throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
        expected: `${width}, as in the header`,
      });
    }
    ids.addFromLine(line, columns.snp, (id) => ({ what: `variant ${id}`, fix: 'list each variant once' }));
    pair.push(pairCode(line.symbol(columns.a1), line.symbol(columns.a2)));
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'the list names no variants', { file: path });
  return { ids, pair: pair.toArray() };
}
