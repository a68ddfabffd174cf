import type { LossRecord } from '../provenance.js';
import { textTable } from './table.js';

/** What was lost at each step, as a table for people: one row for what was read, and one a step. */
export function lossReport(unit: 'samples' | 'variants', { start, steps }: LossRecord): string {
  const rows = [{ step: `${unit} read`, lost: null, left: start, why: null }, ...steps];
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
