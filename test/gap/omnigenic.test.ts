import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplySparse, networkEffects, sparseMatrix, spectralRadius } from '../../src/gap/network.js';
import { omnigenic } from '../../src/gap/omnigenic.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { expectDigits, outputs } from './golden.js';

describe('the omnigenic network (METHODS 10.7)', () => {
  it('reproduces the chain of four genes', () => {
    const values = outputs(omnigenic);
    expectDigits(values.radius, '0.485410');
    expectDigits(values.coreShare, '0.767631');
    expectDigits(values.directCoreShare, '0.961538');
    expect(values.genesForHalf).toBe(1);
    const { rows } = omnigenic.evaluate({
      rho: 0.6,
      genes: omnigenic.inputs.genes.default,
      edges: omnigenic.inputs.edges.default,
    });
    ['1.18493429', '0.61644764', '0.20322450', '0.06096735'].forEach((written, i) => {
      expectDigits(rows![i].total as number, written);
    });
  });

  it('without the network effects are direct effects', () => {
    const values = outputs(omnigenic, { rho: 0 });
    expect(values.coreShare).toBeCloseTo(values.directCoreShare, 12);
    expect(values.radius).toBe(0);
  });

  it('expression variance weights the shares', () => {
    const genes = [
      { gene: 'a', direct: 1, core: 1, variance: 1 },
      { gene: 'b', direct: 1, core: 0, variance: 3 },
    ];
    const edges = [{ gene: 'a', from: 'b', weight: 0 }];
    expect(outputs(omnigenic, { genes, edges }).coreShare).toBeCloseTo(0.25, 12);
  });

  it.each([
    [{ rho: 2 }, /no fixed point.*spectral radius of rho W below 1/],
    [{ edges: [{ gene: 'gene1', from: 'gene9', weight: 1 }] }, /an edge names a gene.*gene9/],
    [{ genes: [{ gene: 'gene1', direct: 0, core: 1, variance: 1 }], edges: [] }, /edges has no rows/],
  ])('refuses %o', (inputs, message) => {
    expect(() => outputs(omnigenic, inputs)).toThrow(message);
  });

  it('refuses genes listed twice, and none with a direct effect', () => {
    const gene = { gene: 'a', direct: 1, core: 1, variance: 1 };
    const edges = [{ gene: 'a', from: 'a', weight: 0.1 }];
    expect(() => outputs(omnigenic, { genes: [gene, gene], edges })).toThrow(/listed twice/);
    expect(() => outputs(omnigenic, { genes: [{ ...gene, direct: 0 }], edges })).toThrow(
      /no gene has a direct effect/,
    );
  });
});

describe('sparse networks', () => {
  it('add entries at one place, and multiply', () => {
    const matrix = sparseMatrix(3, [
      [0, 1, 2],
      [2, 0, -1],
      [0, 1, 0.5],
    ]);
    expect([...multiplySparse(matrix, Float64Array.of(1, 2, 3))]).toEqual([5, 0, -1]);
  });

  it.each([
    [
      'eigenvalues of both signs',
      [
        [0, 1, 0.7],
        [1, 0, 0.7],
      ],
      2,
      0.7,
    ],
    [
      'a rotation, complex eigenvalues',
      [
        [0, 1, -0.8],
        [1, 0, 0.8],
      ],
      2,
      0.8,
    ],
    [
      'a cycle',
      [
        [0, 1, 0.5],
        [1, 2, 0.5],
        [2, 0, 0.5],
      ],
      3,
      0.5,
    ],
    [
      'no cycle at all',
      [
        [0, 1, 5],
        [1, 2, 5],
      ],
      3,
      0,
    ],
    [
      'a self-loop',
      [
        [0, 0, -0.9],
        [1, 1, 0.3],
      ],
      2,
      0.9,
    ],
    [
      'a rotation that shrinks one way',
      [
        [0, 1, -2],
        [1, 0, 0.32],
      ],
      2,
      0.8,
    ],
  ] as const)('spectral radius with %s', (_, entries, order, radius) => {
    expect(spectralRadius(sparseMatrix(order, entries))).toBeCloseTo(radius, 3);
  });

  it('solve (I - rho W) beta = gamma for any contraction', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.double({ min: -0.25, max: 0.25, noNaN: true })), {
          maxLength: 24,
        }),
        (entries) => {
          const matrix = sparseMatrix(8, entries);
          const direct = Float64Array.from({ length: 8 }, (_, i) => i - 3);
          let effects: Float64Array;
          try {
            effects = networkEffects(matrix, 1, direct).effects;
          } catch (error) {
            expect(error).toMatchObject({ tag: 'usage' });
            expect(spectralRadius(matrix)).toBeGreaterThanOrEqual(1);
            return;
          }
          const image = multiplySparse(matrix, effects);
          const scale = Math.max(...effects.map(Math.abs));
          effects.forEach((effect, i) => {
            expect(Math.abs(effect - image[i] - direct[i])).toBeLessThan(1e-12 * scale);
          });
        },
      ),
    );
  });

  it('take 20,000 genes with ten edges each in their stride', () => {
    const genes = 20_000;
    const random = new Float64Array(20 * genes);
    typescriptKernels.uniform(1, 0, 0, random);
    const entries = Array.from({ length: 10 * genes }, (_, k): [number, number, number] => [
      Math.floor(k / 10),
      Math.floor(random[2 * k] * genes),
      0.18 * random[2 * k + 1],
    ]);
    const matrix = sparseMatrix(genes, entries);
    const direct = new Float64Array(genes);
    direct.fill(1, 0, 20);
    const { effects, radius } = networkEffects(matrix, 0.95, direct);
    expect(radius).toBeGreaterThan(0.5);
    expect(radius).toBeLessThan(1);
    const image = multiplySparse(matrix, effects);
    const worst = Math.max(...effects.map((effect, i) => Math.abs(effect - 0.95 * image[i] - direct[i])));
    expect(worst).toBeLessThan(1e-12);
  });
});
