import { manyGrmsBytes } from '../../estimators/reml/many-grms.js';
import type { MemoryTerms } from '../../plan.js';
import { relationshipBytes } from '../../relatedness/grm.js';

/**
 * What exact REML holds at its largest: the matrices, and the reduction of one or the variance of the trait by several.
 * @param order people of the matrices as they are made or read, at least `people`.
 */
export function exactMemory(people: number, matrices: number, order: number): MemoryTerms {
  return {
    matrices: matrices * relationshipBytes(order, false),
    factor: matrices === 1 ? relationshipBytes(people, false) : manyGrmsBytes(people),
  };
}
