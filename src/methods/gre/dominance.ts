import { type Estimate, type Quantity, quantity, type SeKind } from '../../estimate/estimate.js';
import type { TraitEstimate } from '../../estimators/gre/result.js';
import { blockWarnings, totalOf } from './estimate.js';

/**
 * An estimate of additive variance with what the same blocks explain by dominance: the columns of dominance are orthogonal to those of the
 * alleles, so that each is the noise of the other (METHODS 13.1).
 */
export function besideDominance(estimate: Estimate, found: TraitEstimate, seKind: SeKind): Estimate {
  const dominance = totalOf(found, seKind);
  return {
    ...estimate,
    quantities: {
      ...estimate.quantities,
      dominance,
      'broad-sense': sumOfIndependent(estimate.h2, dominance),
    },
    diagnostics: {
      ...estimate.diagnostics,
      dominanceRank: found.blocks.reduce((sum, { rank }) => sum + rank, 0),
    },
    parts: estimate.parts.map((part, k) =>
      part.kind === 'block'
        ? { ...part, quantities: { ...part.quantities, dominance: blockOf(found, k, seKind) } }
        : part,
    ),
    warnings: [
      ...estimate.warnings,
      ...blockWarnings(found).map((own) => ({ ...own, text: `dominance: ${own.text}` })),
    ],
  };
}

function blockOf({ blocks, corrected }: TraitEstimate, k: number, seKind: SeKind): Quantity {
  const { h2, se } = blocks[k];
  if (!corrected) return quantity(h2, se, seKind);
  return quantity(corrected.blocks[k], corrected.blockErrors?.[k] ?? null, 'calibrated');
}

/** Both are forms of the same trait in spaces that are orthogonal but for chance. */
function sumOfIndependent(a: Quantity, b: Quantity): Quantity {
  if (a.value === null || b.value === null) return quantity(null, null);
  const se = a.se === null || b.se === null ? null : Math.hypot(a.se, b.se);
  return quantity(a.value + b.value, se, a.seKind);
}
