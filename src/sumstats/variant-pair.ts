import { pairCode } from '../formats/alleles.js';
import type { GwasRow } from '../formats/gwas/table.js';
import type { AllelePlan } from './plan.js';

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
