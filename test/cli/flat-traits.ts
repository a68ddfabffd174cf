import type { Estimate, Part, Quantity } from '../../src/estimate/estimate.js';
import { warningText } from '../../src/estimate/warnings.js';

/** A result document as tests like to read it: one flat record a trait, parts under the plural of their kind. */
export function flatTraits(document: { readonly estimates: readonly Estimate[] }) {
  return document.estimates.map((estimate) => {
    const { trait, method, n, h2, liability, parts, quantities, diagnostics, warnings } = estimate;
    const of = (kind: Part['kind']) => parts.filter((part) => part.kind === kind).map(flatPart);
    const isGre = method.startsWith('gre');
    return {
      name: trait,
      method,
      n,
      ...estimateOf(h2, quantities),
      ...diagnostics,
      ...flatQuantities(quantities),
      liability: liability && { ...liability, h2: liability.value },
      blocks: of('block'),
      components: of('component'),
      categories: of('category'),
      quantiles: of('quantile'),
      cellTypes: of('cell-type'),
      ...(isGre && {
        overlap: diagnostics.overlapExcess === null ? null : overlapOf(diagnostics),
        crossBlock:
          quantities.plain !== undefined
            ? { h2: h2.value, probeSe: h2.se, blocks: parts.map((part) => part.h2.value) }
            : null,
      }),
      warnings: warnings.map(warningText),
    };
  });
}

function flatPart({ id, variants, h2, quantities = {}, diagnostics = {} }: Part) {
  return {
    id,
    name: id,
    variants,
    ...estimateOf(h2, quantities),
    ...diagnostics,
    ...flatQuantities(quantities),
  };
}

/** Where LD between blocks was taken out, tests compare the plain sum with what is known of it. */
function estimateOf(h2: Quantity, { plain = h2 }: Readonly<Record<string, Quantity>>) {
  return { h2: plain.value, se: plain.se };
}

/** `{ intercept: 1.02, interceptSe: 0.01 }` */
function flatQuantities(quantities: Readonly<Record<string, Quantity>>) {
  return Object.fromEntries(
    Object.entries(quantities).flatMap(([name, { value, se }]) => {
      const key = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
      return [
        [key, value],
        [`${key}Se`, se],
      ];
    }),
  );
}

function overlapOf(diagnostics: Estimate['diagnostics']) {
  const { overlapShare, overlapRankShare, overlapExcess, overlapExcessSe } = diagnostics;
  return {
    averageShare: overlapShare,
    averageRankShare: overlapRankShare,
    excess: overlapExcess,
    excessSe: overlapExcessSe,
  };
}
