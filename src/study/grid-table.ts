import type { DelimitedTable } from '../formats/delimited-table.js';
import { type Grid, makeCell, type WeightKind } from './grids.js';

const WEIGHT_KINDS: readonly WeightKind[] = ['none', 'ldak', 'ld-score'];

/**
 * A user's own grid: a table with a column `h2`, and of `p_causal` (default 1), `alpha` (-1), `gamma` (0, or 1 where there
 * are weights), `weights` (none, ldak or ld-score), `maf_low` (0) and `maf_high` (0.5) those that are wanted; a row a cell.
 * @throws HeredityError `bad-input` for values out of range and for cells that are there twice.
 */
export function gridFromTable(table: DelimitedTable): Grid {
  const column = (name: string, fallback: number, low: number, high: number): Float64Array => {
    if (!table.has(name)) return new Float64Array(table.rowCount).fill(fallback);
    return table.numbers(name).map((value, row) => {
      if (Number.isNaN(value)) return fallback;
      if (value >= low && value <= high) return value;
      throw table.error(row, name, `${name} is out of range`, {
        expected: `a number from ${low} to ${high}`,
      });
    });
  };
  const h2 = table.numbers('h2');
  const share = column('p_causal', 1, 0, 1);
  const alpha = column('alpha', -1, -3, 3);
  const low = column('maf_low', 0, 0, 0.5);
  const high = column('maf_high', 0.5, 0, 0.5);
  const weights = table.has('weights')
    ? table.texts('weights').map((text, row): WeightKind => {
        const kind = WEIGHT_KINDS.find((name) => name === (text || 'none').toLowerCase());
        if (kind) return kind;
        throw table.error(row, 'weights', 'weights are unknown', {
          expected: `one of ${WEIGHT_KINDS.join(', ')}`,
        });
      })
    : new Array<WeightKind>(table.rowCount).fill('none');
  const gamma = column('gamma', Number.NaN, -3, 3);
  const seen = new Set<string>();
  const cells = Array.from({ length: table.rowCount }, (_, row) => {
    if (!(h2[row] >= 0 && h2[row] <= 1))
      throw table.error(row, 'h2', 'h2 is out of range', { expected: 'a number from 0 to 1' });
    if (share[row] === 0)
      throw table.error(row, 'p_causal', 'no variant would be causal', { expected: 'a share above 0' });
    if (low[row] > high[row])
      throw table.error(row, 'maf_low', 'maf_low is above maf_high', { expected: `at most ${high[row]}` });
    const coupled = weights[row] !== 'none';
    const power = Number.isNaN(gamma[row]) ? (coupled ? 1 : 0) : gamma[row];
    if (!coupled && power !== 0)
      throw table.error(row, 'gamma', 'gamma needs weights', {
        expected: '0 where weights are none',
        fix: 'add a column weights with ldak or ld-score',
      });
    const cell = makeCell({
      h2: h2[row],
      causalShare: share[row],
      causalFrequency: [low[row], high[row]],
      alpha: alpha[row],
      gamma: power,
      weights: power === 0 ? 'none' : weights[row],
    });
    if (seen.has(cell.id)) throw table.error(row, 'h2', `the architecture ${cell.id} is there twice`);
    seen.add(cell.id);
    return cell;
  });
  return { name: table.file, cells };
}
