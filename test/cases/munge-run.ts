import { type ColumnChoices, recogniseColumns } from '../../src/formats/gwas/columns.js';
import { openGwasTable } from '../../src/formats/gwas/open.js';
import { type MungeOptions, Munger } from '../../src/sumstats/munge.js';
import { type PlanOptions, planMunge } from '../../src/sumstats/plan.js';
import { fileWith } from '../formats/folder.js';

/** -log10 P of Z by the tail of a normal distribution (Abramowitz and Stegun 7.1.26 is not enough: erfc by continued fraction). */
export function negLog10P(z: number): number {
  const x = Math.abs(z);
  let fraction = 0;
  for (let k = 400; k > 0; k--) fraction = k / (x + fraction);
  return (x * x) / 2 / Math.LN10 + Math.log10((x + fraction) * Math.sqrt(2 * Math.PI)) - Math.log10(2);
}

/** How a file is read. */
export interface Choices extends ColumnChoices, PlanOptions, MungeOptions {}

/** A file turned into Z scores: them by ID, and all that is said. */
export async function munged(text: string, choices: Choices = {}) {
  const table = await openGwasTable(fileWith(text));
  const reading = recogniseColumns(table, choices);
  const plan = planMunge(table, reading, choices);
  const munger = new Munger(plan, { nMin: 0, ...choices });
  const leftOut = await table.read(munger.columns, (row) => munger.add(row));
  const result = munger.finish();
  const { ids, z, n } = result.columns;
  const kept = new Map(
    ids
      .texts()
      .map((id, i) => [id, z[i]] as const)
      .filter(([, value]) => !Number.isNaN(value)),
  );
  const said = [
    ...reading.notes,
    ...plan.notes,
    ...reading.warnings,
    ...plan.warnings,
    ...result.warnings,
    ...leftOut,
  ];
  return { ...result, plan, kept, n: typeof n === 'number' ? n : n[0], said: said.join('\n') };
}
