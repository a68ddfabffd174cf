import { formatCount } from '../estimate/number.js';
import type { LossRecord } from '../provenance.js';
import { textTable } from './table.js';

/**
 * What was lost at each step, for people: one line where nothing was, else a row for what was read and one for each step
 * that lost something.
 */
export function lossReport(kind: 'samples' | 'variants', record: LossRecord): string {
  const { start, steps, left, unit = kind } = record;
  const losing = steps.filter(({ lost }) => lost > 0);
  if (losing.length === 0)
    return `${formatCount(left)} ${left === 1 ? unit.replace(/s$/, '') : unit}, none lost`;
  const rows = [{ step: `${unit} read`, lost: null, left: start, why: null }, ...losing];
  return textTable(
    [
      { name: 'step', value: (row) => row.step },
      { name: 'lost', value: (row) => row.lost },
      { name: 'left', value: (row) => row.left },
      { name: 'why', value: (row) => row.why },
    ],
    rows,
  );
}
