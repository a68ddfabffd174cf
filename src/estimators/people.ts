import { dot, projectOut } from '../linalg/orthonormal-basis.js';
/** Traits by who has a value: the people of each group, ascending, and the positions of its traits. */
export function groupByPeople(traits: readonly Float64Array[]): { people: Int32Array; members: number[] }[] {
  const groups = new Map<string, { people: Int32Array; members: number[] }>();
  for (const [t, values] of traits.entries()) {
    const people = Int32Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]));
    const key = String(people);
    const group = groups.get(key);
    if (group) group.members.push(t);
    else groups.set(key, { people, members: [t] });
  }
  return [...groups.values()];
}

/** The values of some people. */
export const pick = (values: Float64Array, people: Int32Array): Float64Array =>
  Float64Array.from(people, (i) => values[i]);

/** Sample variance, divisor n - 1. */
export function sampleVariance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Variance that an orthonormal basis, with the intercept in its span, leaves of a trait. */
export function residualVariance(values: Float64Array, basis: readonly Float64Array[]): number {
  const residual = values.slice();
  projectOut(residual, basis);
  return dot(residual, residual) / (values.length - basis.length);
}
