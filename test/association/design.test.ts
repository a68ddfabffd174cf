import { describe, expect, it } from 'vitest';
import {
  type Covariate,
  createDesign,
  everyone,
  groupBasis,
  type Trait,
} from '../../src/association/design.js';
import { isHeredityError } from '../../src/errors.js';
import { maskIndices } from '../../src/genotypes/sample-mask.js';
import { randomNormals } from '../genotype-data.js';
import { dot, ols } from '../regression.js';

const SAMPLES = 75;
const age: Covariate = { name: 'age', values: randomNormals(SAMPLES, 1).map((x) => 60 + 8 * x) };
const site: Covariate = { name: 'site', values: age.values.map((_, i) => (i >= 70 ? 1 : 0)) };
const values = (seed: number, isMissing: (i: number) => boolean = () => false): Float64Array =>
  randomNormals(SAMPLES, seed).map((x, i) => (isMissing(i) ? Number.NaN : 5 + x));
const traits: Trait[] = [
  { name: 'a', values: values(2, (i) => i >= 60) },
  { name: 'b', values: values(3) },
  { name: 'c', values: values(4, (i) => i >= 60) },
];

describe('groups', () => {
  const design = createDesign(traits, [age, site], SAMPLES);

  it('are the traits measured on the same people', () => {
    expect(design.groups.map(({ traits: members }) => members)).toEqual([[0, 2], [1]]);
    expect(design.groups.map(({ people }) => people.count)).toEqual([60, 75]);
    expect(design.columns).toBe(3);
    expect(design.dependentCovariates).toEqual([]);
    // nobody in the first group is at the second site, so the covariate is constant there
    expect(design.groups.map(({ columns }) => columns)).toEqual([2, 3]);
  });

  it('have traits less their regression on the covariates, zero elsewhere', () => {
    for (const group of design.groups) {
      const people = [...maskIndices(group.people)];
      const columns = group.columns === 3 ? [age, site] : [age];
      const pick = (column: Float64Array) => people.map((i) => column[i]);
      const explicit = [people.map(() => 1), ...columns.map((covariate) => pick(covariate.values))];
      for (const [k, member] of group.traits.entries()) {
        const y = pick(traits[member].values);
        const { beta } = ols(y, explicit);
        const residual = group.residuals[k];
        expect(residual).toHaveLength(design.stride);
        for (const [row, i] of people.entries()) {
          const fitted = explicit.reduce((sum, column, c) => sum + column[row] * beta[c], 0);
          expect(residual[i]).toBeCloseTo(y[row] - fitted, 11);
        }
        for (let i = 0; i < design.stride; i++) if (!people.includes(i)) expect(residual[i]).toBe(0);
      }
    }
  });

  it("project a masked vector by the run's own basis", () => {
    for (const group of design.groups) {
      const people = [...maskIndices(group.people)];
      const w = new Float64Array(design.stride);
      for (const i of people) w[i] = Math.sin(i);
      const own = groupBasis(design, group);
      expect(own).toHaveLength(group.columns);
      const basis = Array.from({ length: design.columns }, (_, c) =>
        design.basis.subarray(c * design.stride, (c + 1) * design.stride),
      );
      const loadings = basis.map((q) => dot(q, w));
      for (const i of people) {
        const explicit = own.reduce((sum, q) => sum + q[i] * dot(q, w), 0);
        let shared = 0;
        for (const [a, q] of basis.entries()) {
          for (const [b, loading] of loadings.entries())
            shared += q[i] * group.inverseGram[a * design.columns + b] * loading;
        }
        expect(shared).toBeCloseTo(explicit, 11);
      }
    }
  });
});

it('leaves out covariates that add nothing, and says which', () => {
  const twice = { name: 'twice age', values: age.values.map((x) => 2 * x - 7) };
  const constant = { name: 'constant', values: age.values.map(() => 4) };
  const design = createDesign(traits, [age, twice, constant, site], SAMPLES);
  expect(design.columns).toBe(3);
  expect(design.dependentCovariates).toEqual(['twice age', 'constant']);
});

it('has a group of everyone for LD alone', () => {
  const design = createDesign([], [age], SAMPLES);
  expect(design.groups).toEqual([]);
  const group = everyone(design);
  expect([group.people.count, group.columns, group.traits, group.residuals]).toEqual([SAMPLES, 2, [], []]);
});

it.each([
  ['is constant', age.values.map(() => 3), []],
  ['is constant', age.values.map((_, i) => (i < 30 ? Number.NaN : -1e9)), []],
  ['is constant', age.values.map(() => 0), []],
  ['is determined by the covariates', age.values.map((x) => 3 * x + 1), [age]],
  ['has values for 2 people, and 2 columns', age.values.map((x, i) => (i < 2 ? x : Number.NaN)), [site]],
  ['has values for 1 people, and 1 columns', age.values.map((x, i) => (i < 1 ? x : Number.NaN)), []],
] as [string, Float64Array, Covariate[]][])('refuses a trait that %s', (message, own, covariates) => {
  // the site differs between the first two people here, so that two columns are left
  const used = covariates.map((c) =>
    c === site ? { ...site, values: site.values.map((_, i) => i % 2) } : c,
  );
  let error: unknown;
  try {
    createDesign([{ name: 'bmi', values: own }], used, SAMPLES);
  } catch (thrown) {
    error = thrown;
  }
  expect(isHeredityError(error, 'degenerate-data')).toBe(true);
  expect((error as Error).message).toContain(`trait bmi ${message}`);
  expect((error as Error).message).toContain('--pheno-name');
});

it('takes a trait far from zero whose spread is small', () => {
  const far = { name: 'far', values: values(9).map((x) => 1e6 + x) };
  expect(() => createDesign([far], [age], SAMPLES)).not.toThrow();
});
