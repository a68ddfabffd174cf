import { HeredityError } from '../../errors.js';

/**
 * What two relatives share: Cov(y1, y2) = additive V_A + dominance V_D + shared V_C (METHODS 9.1).
 * All of V_A, V_D and V_C counts in each relative's own variance, V = V_A + V_D + V_C + V_E.
 */
export interface Relationship {
  /** Share of the additive variance: twice the kinship, from 0 to 1. */
  readonly additive: number;
  /** Share of the dominance variance: probability of sharing both alleles by descent, from 0 to 1. */
  readonly dominance: number;
  /** Share of the common environment: 1 for relatives reared together, 0 for those reared apart. */
  readonly shared: number;
}

/** Relationships by name. Without `-apart` they share the common environment; cousins do not. */
export const RELATIONSHIPS = {
  mz: { additive: 1, dominance: 1, shared: 1 },
  dz: { additive: 0.5, dominance: 0.25, shared: 1 },
  'mz-apart': { additive: 1, dominance: 1, shared: 0 },
  'dz-apart': { additive: 0.5, dominance: 0.25, shared: 0 },
  'full-siblings': { additive: 0.5, dominance: 0.25, shared: 1 },
  'full-siblings-apart': { additive: 0.5, dominance: 0.25, shared: 0 },
  'half-siblings': { additive: 0.25, dominance: 0, shared: 1 },
  'half-siblings-apart': { additive: 0.25, dominance: 0, shared: 0 },
  'parent-offspring': { additive: 0.5, dominance: 0, shared: 1 },
  'parent-offspring-apart': { additive: 0.5, dominance: 0, shared: 0 },
  'adoptive-siblings': { additive: 0, dominance: 0, shared: 1 },
  'adoptive-parent': { additive: 0, dominance: 0, shared: 1 },
  'first-cousins': { additive: 0.125, dominance: 0, shared: 0 },
} as const satisfies Record<string, Relationship>;

/**
 * A relationship by its name in {@link RELATIONSHIPS}, or as three numbers `additive/dominance/shared`.
 * @throws HeredityError `usage` for an unknown name or a share outside 0 to 1.
 */
export function parseRelationship(text: string): Relationship {
  if (Object.hasOwn(RELATIONSHIPS, text)) return RELATIONSHIPS[text as keyof typeof RELATIONSHIPS];
  const shares = text.split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (shares.length === 3 && shares.every((share) => share >= 0 && share <= 1)) {
    return { additive: shares[0], dominance: shares[1], shared: shares[2] };
  }
  throw new HeredityError('usage', 'not a relationship', {
    value: text,
    expected: `one of ${Object.keys(RELATIONSHIPS).join(', ')}, or three shares from 0 to 1 such as 0.25/0/1`,
  });
}

/** The components into which a trait's variance is split. */
export type Component = 'A' | 'C' | 'D' | 'E';

/** How much of one component two relatives share. */
export function sharedPart(relationship: Relationship, component: Component): number {
  if (component === 'A') return relationship.additive;
  if (component === 'D') return relationship.dominance;
  return component === 'C' ? relationship.shared : 0;
}
