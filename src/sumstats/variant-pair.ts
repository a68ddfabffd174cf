import { pairCode, pairOfSpans } from '../formats/alleles.js';
import type { GwasRow } from '../formats/gwas/table.js';
import type { AllelePlan } from './plan.js';
import type { RowBatch } from './row-batch.js';

/** {@link pairOfRow} of `count` rows of a batch, those at the indices `kept`: `pairs[kept[i]]`. */
export function pairsOfRows(
  rows: RowBatch,
  alleles: AllelePlan,
  kept: Int32Array,
  count: number,
  pairs: Uint8Array,
): void {
  const { plain } = rows;
  if (plain === undefined || !('other' in alleles)) {
    for (let i = 0; i < count; i++) pairs[kept[i]] = pairOfRow(rows.at(kept[i]), alleles);
    return;
  }
  const [effects, others] = [plain.spans(alleles.effect), plain.spans(alleles.other)];
  for (let i = 0; i < count; i++) pairs[kept[i]] = pairOfSpans(plain.bytes, effects, others, kept[i]);
}

/** {@link pairCode} of the alleles of a row, that of the effect first. */
export function pairOfRow(row: GwasRow, alleles: AllelePlan): number {
  if ('variant' in alleles) {
    const [other, last] = row.text(alleles.variant).split(/[:_/]/).slice(-2) as [string, string];
    const effect = alleles.effect === undefined ? last : row.symbol(alleles.effect);
    return pairCode(effect, effect.toUpperCase() === other.toUpperCase() ? last : other);
  }
  const effect = row.symbol(alleles.effect);
  if ('other' in alleles) return pairCode(effect, row.symbol(alleles.other));
  const reference = row.symbol(alleles.reference);
  return pairCode(effect, effect === reference ? row.symbol(alleles.alternative) : reference);
}
