import { describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { loadWasm } from '../../src/kernels/wasm.js';
import { FAMILIES, type FamilyKind, familyKinship, familySamples } from '../../src/simulation/families.js';
import { copiesOf, simulate, statisticsOf } from './simulated.js';

const KINDS = Object.keys(FAMILIES) as FamilyKind[];

describe('familyKinship', () => {
  it.each([
    ['trio', [0, 0.25, 0.25]],
    ['quartet', [0, 0.25, 0.25, 0.25, 0.25, 0.25]],
    ['parent-child', [0.25]],
    ['sibs', [0.25]],
    ['twins', [0.5]],
    ['half-sibs', [0.125]],
    ['avuncular', [0.125]],
    ['cousins', [0.0625]],
  ] as const)('is the textbook one for %s', (kind, expected) => {
    const kinship = familyKinship(kind);
    const pairs = kinship.flatMap((row, b) => row.slice(0, b));
    expect(pairs).toEqual(expected);
    for (const [m, row] of kinship.entries()) expect(row[m]).toBe(0.5);
  });
});

describe('simulateGenotypes in families', () => {
  // kinship from all pairs at once: mean of products of standardised genotypes, which unrelated people make 0
  it.each(KINDS)('makes %s as related as they are expected to be', async (kind) => {
    const members = familySamples(kind).length;
    const families = 500;
    const { genotypes } = await simulate({
      seed: 2,
      samples: families * members,
      variants: [60, 60, 60, 60],
      minFrequency: 0.1,
      spacing: 400_000,
      families: { count: families, kind },
    });
    const statistics = statisticsOf(genotypes);
    const expected = familyKinship(kind);
    const found = expected.map((row) => row.map(() => 0));
    for (let v = 0; v < 240; v++) {
      const copies = copiesOf(genotypes, v);
      const f = statistics.allele1Frequency(v);
      for (let family = 0; family < families; family++) {
        for (let a = 0; a < members; a++) {
          for (let b = 0; b < a; b++) {
            const [x, y] = [copies[family * members + a] - 2 * f, copies[family * members + b] - 2 * f];
            found[a][b] += (x * y) / (4 * f * (1 - f) * families * 240);
          }
        }
      }
    }
    for (let a = 0; a < members; a++)
      for (let b = 0; b < a; b++) expect(Math.abs(found[a][b] - expected[a][b])).toBeLessThan(0.012);
  });

  it('gives children an allele of each parent at every variant', async () => {
    const { genotypes } = await simulate({
      seed: 3,
      samples: 301,
      variants: [200],
      families: { count: 60, kind: 'trio' },
    });
    for (let v = 0; v < 200; v++) {
      const copies = copiesOf(genotypes, v);
      for (let i = 0; i < 180; i += 3) {
        const [father, mother, child] = [copies[i], copies[i + 1], copies[i + 2]];
        const [low, high] = [(father >> 1) + (mother >> 1), Math.ceil(father / 2) + Math.ceil(mother / 2)];
        expect(child >= low && child <= high).toBe(true);
      }
    }
  });

  it('makes twins alike', async () => {
    const { genotypes } = await simulate({
      seed: 3,
      samples: 40,
      variants: [100],
      families: { count: 20, kind: 'twins' },
    });
    for (let v = 0; v < 100; v++) {
      const copies = copiesOf(genotypes, v);
      for (let i = 0; i < 40; i += 2) expect(copies[i]).toBe(copies[i + 1]);
    }
  });

  it('gives the same bits on every backend and number of threads, with groups and odd sizes', async () => {
    const options = {
      seed: 5,
      samples: 9001,
      variants: [90, 40],
      founders: 100,
      minFrequency: 0.05,
      missingRate: 0.01,
      groups: { sizes: [3333, 5668], fst: 0.05 },
      families: { count: 2100, kind: 'sibs' },
    } as const;
    const { genotypes } = await simulate(options);
    for (const pool of [new KernelPool(loadWasm(), 1), new KernelPool(loadKernels(), 3)]) {
      expect(Buffer.compare((await simulate(options, pool)).genotypes.packed, genotypes.packed)).toBe(0);
      await pool.close();
    }
    const few = {
      ...options,
      samples: 203,
      groups: { sizes: [101, 102], fst: 0.05 },
      families: { count: 21, kind: 'cousins' },
    } as const;
    const small = await simulate(few);
    const plain = await simulate(few, new KernelPool(typescriptKernels, 1));
    expect(Buffer.compare(plain.genotypes.packed, small.genotypes.packed)).toBe(0);
    expect(small.genotypes.packed[small.genotypes.stride - 1]).toBe(0x55);
  });

  it('refuses more families than there are people', async () => {
    await expect(
      simulate({ seed: 1, samples: 10, variants: [10], families: { count: 4, kind: 'trio' } }),
    ).rejects.toThrow(/4 families of 3 are more than 10 people/);
  });
});
