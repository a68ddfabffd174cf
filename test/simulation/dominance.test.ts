import { expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { simulateTraits } from '../../src/simulation/traits.js';
import { operatorOf } from '../fixture.js';
import { meanImputed, randomGenotypes } from '../genotype-data.js';
import { dot, ols } from '../regression.js';

const SAMPLES = 500;
const pool = new KernelPool(loadKernels(), 1);
const genotypes = randomGenotypes(40, SAMPLES, { seed: 51, missing: 0.03 });
genotypes[3] = genotypes[3].map((copies) => (copies === 0 ? 1 : copies)); // shows no dominance

/** What copies leave of being heterozygous, 0 where the genotype is missing. */
function leftOver(row: Int8Array): Float64Array {
  const present = Array.from(row.keys()).filter((i) => row[i] >= 0);
  const heterozygous = present.map((i) => Number(row[i] === 1));
  const { beta } = ols(heterozygous, [present.map(() => 1), present.map((i) => row[i])]);
  return Float64Array.from(row, (copies) =>
    copies < 0 ? 0 : Number(copies === 1) - beta[0] - beta[1] * copies,
  );
}

it('is a trait of alleles and of what heterozygotes differ by, each with its share of the variance', async () => {
  const operator = await operatorOf(genotypes, pool);
  const [trait, plain] = await simulateTraits(operator, [{ h2: 0.6, dominance: 0.4 }, { h2: 0.6 }], {
    seed: 3,
    scaling: 'exact',
  });
  expect(plain.dominance).toBeUndefined();
  expect(trait.noiseVariance).toBe(0);
  expect(trait.geneticVariance).toBeCloseTo(0.6, 10);
  expect(trait.dominanceVariance).toBeCloseTo(0.4, 10);
  const { effects, dominance } = trait;
  expect([...dominance!.variants]).toEqual([...effects.variants].filter((v) => v !== 3));
  const expected = new Float64Array(SAMPLES);
  const add = (column: Float64Array, size: number) => {
    for (let i = 0; i < SAMPLES; i++) expected[i] += size * column[i];
  };
  for (const [k, v] of effects.variants.entries()) {
    const copies = meanImputed(genotypes[v]);
    const mean = copies.reduce((sum, value) => sum + value, 0) / SAMPLES;
    add(
      copies.map((value) => value - mean),
      effects.perAllele(k),
    );
  }
  const additive = expected.slice();
  for (const [k, v] of dominance!.variants.entries()) {
    const column = leftOver(genotypes[v]);
    add(column, dominance!.perAllele(k));
    expect(dominance!.standardised(k)).toBeCloseTo(
      dominance!.perAllele(k) * Math.sqrt(dot(column, column) / SAMPLES),
      10,
    );
  }
  expect(Math.max(...expected.map((value, i) => Math.abs(value - trait.values[i])))).toBeLessThan(1e-3);
  expect(dot(additive, additive) / SAMPLES).toBeCloseTo(0.6, 4);
});
