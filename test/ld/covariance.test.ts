import { expect, it } from 'vitest';
import { type Covariate, createDesign, groupBasis } from '../../src/association/design.js';
import { maskIndices } from '../../src/genotypes/sample-mask.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { covarianceMatrix } from '../../src/ld/covariance.js';
import { TILE } from '../../src/linalg/tiled-lower.js';
import { operatorOf } from '../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { dot } from '../regression.js';

const SAMPLES = 160;

describeBackends((kernels) => {
  const variants = kernels.backend === 'typescript' ? 60 : 300;
  const genotypes = randomGenotypes(variants, SAMPLES, { seed: 12, missing: 0.04 });

  it.each([false, true])("is X'M X / n, also among some of the people (%s)", async (someOnly) => {
    const pool = new KernelPool(kernels, 1);
    const operator = await operatorOf(genotypes, pool);
    const age: Covariate = { name: 'age', values: randomNormals(SAMPLES, 1) };
    const y = randomNormals(SAMPLES, 2).map((value, i) => (someOnly && i % 4 === 1 ? Number.NaN : value));
    const design = createDesign([{ name: 'y', values: y }], [age], SAMPLES);
    const [group] = design.groups;
    const people = [...maskIndices(group.people)];
    const basis = groupBasis(design, group);
    const n = people.length - basis.length;
    const matrix = await covarianceMatrix(operator, group.people, basis, n);

    // standardised over everybody, then intercept and age taken out among the people
    const one = people.map(() => 1 / Math.sqrt(people.length));
    const ageHere = people.map((i) => age.values[i]);
    const mean = dot(ageHere, one);
    const centredAge = ageHere.map((value, k) => value - mean * one[k]);
    const length = Math.sqrt(dot(centredAge, centredAge));
    const explicit = genotypes.map((row) => {
      const everybody = standardised(meanImputed(row));
      let x = people.map((i) => everybody[i]);
      for (const q of [one, centredAge.map((value) => value / length)]) {
        const share = dot(q, x);
        x = x.map((value, k) => value - share * q[k]);
      }
      return x;
    });
    let largest = 0;
    for (const [i, { values, height, width }] of matrix.panels.entries()) {
      for (let r = 0; r < height; r++) {
        for (let j = 0; j <= i * TILE + r; j += 7) {
          largest = Math.max(
            largest,
            Math.abs(values[r * width + j] - dot(explicit[i * TILE + r], explicit[j]) / n),
          );
        }
      }
    }
    expect(largest).toBeLessThan(1e-12);
  });
});
