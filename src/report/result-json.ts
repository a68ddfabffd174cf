import {
  type Estimate,
  type Findings,
  type Part,
  type Quantity,
  RESULT_SCHEMA,
  type TraitPair,
} from '../estimate/estimate.js';
import { compareMethods, type MethodComparison } from '../methods/compare-methods.js';
import type { LossRecord, ProvenanceRecord } from '../provenance.js';
import { meaningful, meaningfulCount } from './meaningful.js';

/** The one document that every estimating command writes; its schema is docs/schemas/result.schema.json. */
export interface ResultDocument extends Findings {
  readonly schema: typeof RESULT_SCHEMA;
  /** How methods differ on the same traits; null where there are not several. */
  readonly comparison: MethodComparison | null;
  /** What was lost at each step; null where none were read. */
  readonly samples: LossRecord | null;
  readonly variants: LossRecord | null;
  readonly provenance: ProvenanceRecord;
}

/** @returns the document as it is written: every field is there, null where there is nothing, no digits that mean nothing. */
export function resultDocument(findings: Findings, provenance: ProvenanceRecord): ResultDocument {
  return {
    schema: RESULT_SCHEMA,
    estimates: findings.estimates.map(estimateRecord),
    pairs: findings.pairs.map(pairRecord),
    warnings: findings.warnings,
    comparison: comparisonRecord(compareMethods(findings.estimates)),
    samples: provenance.samples,
    variants: provenance.variants,
    provenance,
  };
}

export function resultJson(findings: Findings, provenance: ProvenanceRecord): string {
  return `${JSON.stringify(resultDocument(findings, provenance), null, 1)}\n`;
}

function comparisonRecord(comparison: MethodComparison | undefined): MethodComparison | null {
  if (comparison === undefined) return null;
  const { summaries, differences, why } = comparison;
  return {
    summaries: summaries.map(tidyNumbers),
    differences: differences.map((own) => ({ ...tidyNumbers(own), difference: tidy(own.difference) })),
    why,
  };
}

function estimateRecord(estimate: Estimate): Estimate {
  const { trait, method, n, estimand, scale, warnings, details } = estimate;
  const { h2, liability, parts, quantities, diagnostics } = estimate;
  return {
    trait,
    method,
    n: meaningfulCount(n),
    h2: tidy(h2),
    scale,
    liability: liability && tidy(liability),
    estimand: tidyNumbers(estimand),
    parts: parts.map(partRecord),
    quantities: tidyAll(quantities),
    diagnostics: tidyNumbers(diagnostics),
    warnings,
    ...(details !== undefined && { details: tidyNumbers(details) }),
  };
}

function partRecord({ h2, quantities, diagnostics, ...part }: Part): Part {
  return {
    ...part,
    h2: tidy(h2),
    ...(quantities && { quantities: tidyAll(quantities) }),
    ...(diagnostics && { diagnostics: tidyNumbers(diagnostics) }),
  };
}

function pairRecord(pair: TraitPair): TraitPair {
  const { rg, covariance, quantities, diagnostics } = pair;
  return {
    ...pair,
    rg: tidy(rg),
    covariance: tidy(covariance),
    quantities: tidyAll(quantities),
    diagnostics: tidyNumbers(diagnostics),
  };
}

function tidy<Q extends Quantity>(quantity: Q): Q {
  const { value, se, ci95 } = quantity;
  const scale = se ?? 0;
  const number = (x: number | null) => (x === null ? null : meaningful(x, scale));
  return {
    ...quantity,
    value: number(value),
    se: number(se),
    ci95: ci95 && [meaningful(ci95[0], scale), meaningful(ci95[1], scale)],
  };
}

function tidyAll(quantities: Estimate['quantities']): Estimate['quantities'] {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, tidy(quantity)]));
}

/** The same value with all its numbers {@link meaningful}, and null for those that are not finite. */
function tidyNumbers<T>(value: T): T {
  return walk(value) as T;
}

function walk(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? meaningful(value) : null;
  if (Array.isArray(value)) return value.map(walk);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, walk);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, walk(own)]));
  return value;
}
