import { expect, it } from 'vitest';
import { type Covariate, createDesign, type Trait } from '../../../src/association/design.js';
import { blockHeritability, sumHeritability } from '../../../src/estimators/gre/estimate.js';
import { estimateGre, GRE_DEFAULTS, type GreOptions } from '../../../src/estimators/gre/gre.js';
import type { BlockDefinition } from '../../../src/estimators/gre/result.js';
import type { Kernels } from '../../../src/kernels/kernels.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { methodsFixture, operatorOf, ParkMiller, range } from '../../fixture.js';
import { describeBackends } from '../../kernels/backends.js';

const OPTIONS: GreOptions = { ...GRE_DEFAULTS, probes: 4, seed: 1, memory: 1e9 };

async function gre(
  kernels: Kernels,
  genotypes: readonly ArrayLike<number>[],
  traits: readonly Trait[],
  ends: readonly number[],
  options: Partial<GreOptions> = {},
  covariates: readonly Covariate[] = [],
  threads = 1,
) {
  const pool = new KernelPool(kernels, threads);
  const operator = await operatorOf(genotypes, pool, { memory: 0 });
  const blocks = ends.map(
    (end, k): BlockDefinition => ({ id: `chr${k + 1}`, variants: range(ends[k - 1] ?? 0, end), breaks: [] }),
  );
  const design = createDesign(traits, covariates, genotypes[0].length);
  try {
    return await estimateGre(operator, blocks, design, {
      ...OPTIONS,
      ...options,
    });
  } finally {
    await pool.close();
  }
}

/** Several tiles, runs and parts of the people, so that threads do work side by side; h² is .48 / 1.48. */
function largeCohort() {
  const random = new ParkMiller(11);
  const people = 20_000;
  const list = Array.from({ length: 600 }, () =>
    Int8Array.from({ length: people }, () => (random.uniform() < 0.4 ? 1 : 0)),
  );
  const values = Float64Array.from({ length: people }, (_, i) => list[0][i] + list[550][i] + random.normal());
  const covariate = { name: 'c', values: Float64Array.from({ length: people }, () => random.normal()) };
  return { list, large: { name: 'y', values }, covariate };
}

const { genotypes, y, samples } = methodsFixture();
const cohort = largeCohort();
const trait: Trait = { name: 'y', values: y };

describeBackends((kernels) => {
  it.each(['direct', 'iterative'] as const)(
    'gives the golden R² and ranks of METHODS 12 (%s)',
    async (solver) => {
      const [estimate] = await gre(kernels, genotypes, [trait], [30, 60], { solver });
      const digits = solver === 'direct' ? 9 : 5;
      expect(estimate.blocks.map(({ rank }) => rank)).toEqual([30, 30]);
      expect(estimate.blocks[0].r2).toBeCloseTo(0.4067522643, digits);
      expect(estimate.blocks[1].r2).toBeCloseTo(0.4215619203, digits);
      // The fixture's rows take N itself as n (METHODS 1.2); a run takes N less the intercept (METHODS 1.4).
      const published = estimate.blocks.map(({ r2, rank }) => blockHeritability({ r2, rank, n: samples }));
      expect(published[0].h2).toBeCloseTo(0.3020614875, digits);
      expect(published[0].se).toBeCloseTo(0.0827476604, digits);
      expect(published[1].h2).toBeCloseTo(0.3194846121, digits);
      expect(published[1].se).toBeCloseTo(0.0835454474, digits);
      expect(sumHeritability(published).h2).toBeCloseTo(0.6215460995, digits);
      expect(sumHeritability(published).se).toBeCloseTo(0.1175883373, digits);
      const simulation = estimate.blocks.map(({ r2, rank }) =>
        blockHeritability({ r2, rank, n: samples }, 'paper-sim'),
      );
      expect(simulation[0].se).toBeCloseTo(0.0703355113, digits);
      expect(simulation[1].se).toBeCloseTo(0.0710136303, digits);
      expect(sumHeritability(simulation).se).toBeCloseTo(0.0999500867, digits);
      expect(estimate.blocks[0].h2).toBeCloseTo((199 * 0.4067522643 - 30) / 169, digits);
    },
  );

  it('gives each trait what it gets alone, whoever the others were measured on', async () => {
    const random = new ParkMiller(7);
    const some: Trait = {
      name: 'some',
      values: y.map((value) => (random.uniform() < 0.2 ? Number.NaN : value)),
    };
    const together = await gre(kernels, genotypes, [trait, some], [30, 60]);
    const alone = await gre(kernels, genotypes, [some], [30, 60]);
    expect(together[1].h2).toBeCloseTo(alone[0].h2, 12);
    expect(together[1].n).toBe(some.values.filter((value) => !Number.isNaN(value)).length);
    const iterative = await gre(kernels, genotypes, [trait, some], [30, 60], { solver: 'iterative' });
    for (const [t, { h2, blocks }] of iterative.entries()) {
      const bound = blocks.reduce((sum, { solverError }) => sum + solverError, 0);
      expect(Math.abs(h2 - together[t].h2)).toBeLessThanOrEqual(bound);
    }
  });

  it('is the R² of a regression, so covariates equal to SNPs only lower n and rank', async () => {
    const covariate = { name: 'snp', values: Float64Array.from(genotypes[3]) };
    const [estimate] = await gre(kernels, genotypes, [trait], [60], {}, [covariate]);
    expect(estimate.covariates).toBe(2);
    expect(estimate.blocks[0].rank).toBe(59);
  });
});

describeBackends((kernels) => {
  if (kernels.backend === 'typescript') return void it.skip('takes too long with the oracle', () => {});

  const duplicated = [...genotypes, genotypes[0], genotypes[31]];
  it.each(['direct', 'iterative'] as const)(
    'does not count duplicated SNPs twice, near or far (%s)',
    async (solver) => {
      const near = [genotypes[0], ...genotypes];
      const [plain] = await gre(kernels, genotypes, [trait], [60], { solver });
      for (const [list, size] of [
        [near, 61],
        [duplicated, 62],
      ] as const) {
        const [estimate] = await gre(kernels, list, [trait], [size], { solver });
        expect(estimate.blocks[0].rank).toBe(60);
        expect(estimate.blocks[0].variants).toBe(size);
        expect(estimate.h2).toBeCloseTo(plain.h2, solver === 'direct' ? 10 : 4);
      }
    },
  );

  it.each(['direct', 'iterative'] as const)(
    'does not depend on the number of threads, bit for bit (%s)',
    async (solver) => {
      const run = (threads: number) =>
        gre(kernels, cohort.list, [cohort.large], [600], { solver }, [cohort.covariate], threads);
      const one = await run(1);
      expect(await run(3)).toEqual(one);
      expect(one[0].h2).toBeGreaterThan(0.28);
      expect(one[0].h2).toBeLessThan(0.37);
    },
  );

  it('refuses a block whose rank reaches the degrees of freedom', async () => {
    const few = genotypes.map((row) => row.slice(0, 50));
    const short: Trait = { name: 'y', values: y.slice(0, 50) };
    await expect(gre(kernels, few, [short], [60])).rejects.toThrow(/rank 49 or more.*--blocks count:K/s);
  });
});
