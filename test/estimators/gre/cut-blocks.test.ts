import { afterAll, describe, expect, it } from 'vitest';
import { createDesign, groupBasis } from '../../../src/association/design.js';
import { labelledComponents } from '../../../src/estimators/components.js';
import { prepareCategories, vectorsOfGroup } from '../../../src/estimators/gre/category-vectors.js';
import { correctedHeritability } from '../../../src/estimators/gre/cross-block.js';
import { solveCutBlocks } from '../../../src/estimators/gre/cut-blocks.js';
import { estimateGre, GRE_DEFAULTS } from '../../../src/estimators/gre/gre.js';
import { neighboursOf } from '../../../src/estimators/gre/neighbours.js';
import { degreesOfFreedom } from '../../../src/estimators/gre/projection.js';
import type { BlockDefinition } from '../../../src/estimators/gre/result.js';
import { SharedLd } from '../../../src/estimators/gre/shared-ld.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { streamOf } from '../../../src/kernels/random-stream.js';
import { dot, orthonormalBasis, projectOut } from '../../../src/linalg/orthonormal-basis.js';
import { silentRun } from '../../../src/run.js';
import { denseInverse } from '../../dense.js';
import { operatorOf, range } from '../../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';

const SAMPLES = 180;
const VARIANTS = 72;
const ENDS = [14, 30, 44, 58, 72];
/** The first three blocks are of one chromosome, the last two of another. */
const blocks = ENDS.map(
  (end, k): BlockDefinition => ({
    id: `b${k}`,
    variants: range(ENDS[k - 1] ?? 0, end),
    breaks: [],
    continues: k > 0 && k !== 3,
  }),
);
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 9, missing: 0.03, copying: 0.85 });
const covariate = { name: 'c', values: randomNormals(SAMPLES, 3) };
const y = randomNormals(SAMPLES, 4).map((e, i) => e + genotypes[20][i] - genotypes[50][i]);
const some = y.map((value, i) => (i % 7 === 2 ? Number.NaN : value));
const design = createDesign(
  [
    { name: 'y', values: y },
    { name: 'some', values: some },
  ],
  [covariate],
  SAMPLES,
);
const pool = new KernelPool(loadKernels('auto'), 1);
afterAll(() => pool.close());
const OPTIONS = { probes: 5, seed: 3, rankTolerance: 1e-9, memory: 1e9 };

/** Standardised genotypes among the people of a group, covariates out, by plain arithmetic. */
function projected(g: number) {
  const basis = groupBasis(design, design.groups[g]);
  const isIn = (i: number) => g === 0 || !Number.isNaN(some[i]);
  return genotypes.map((row) => {
    const x = new Float64Array(design.stride);
    for (const [i, value] of standardised(meanImputed(row)).entries()) x[i] = isIn(i) ? value : 0;
    projectOut(x, basis);
    return x;
  });
}

const square = (vector: Float64Array) => dot(vector, vector);

/** Squared norm of the part of a vector that some columns explain. */
function explained(vector: Float64Array, columns: readonly Float64Array[]): number {
  const { basis } = orthonormalBasis(columns.map((column) => column.slice()));
  return basis.reduce((sum, direction) => sum + dot(direction, vector) ** 2, 0);
}

describe.each([0, 1])('among the people of group %i', (g) => {
  const x = projected(g);
  const n = degreesOfFreedom(design, g);
  const of = (k: number) => x.slice(ENDS[k - 1] ?? 0, ENDS[k]);
  const solve = async () =>
    (await solveCutBlocks(await operatorOf(genotypes, pool, { memory: 0 }), blocks, design, OPTIONS))[g];

  it('near shares are those of the dense computation to 1e-8', async () => {
    const { blocks: solved, probes } = await solve();
    const shared = new SharedLd(solved, probes.norms, n);
    expect(solved.map(({ near }) => near.map(({ block }) => block))).toEqual([
      [1, 2],
      [0, 2],
      [0, 1],
      [4],
      [3],
    ]);
    for (const [k, { near, trace }] of solved.entries()) {
      expect(trace).toBeCloseTo(of(k).reduce((sum, column) => sum + square(column), 0) / n, 9);
      for (const [at, { block }] of near.entries()) {
        const whole = of(block).reduce((sum, column) => sum + square(column), 0);
        const dense = of(block).reduce((sum, column) => sum + explained(column, of(k)), 0) / whole;
        expect(Math.abs(shared.nearShare(k, at) - dense)).toBeLessThan(1e-8);
      }
    }
  });

  it('what categories have of R², of near shares and of random vectors is that of the dense computation', async () => {
    const operator = await operatorOf(genotypes, pool, { memory: 0 });
    const halves = labelledComponents(
      ['even', 'odd'],
      genotypes.map((_, j) => j % 2),
    );
    const categories = await prepareCategories(operator, halves, OPTIONS, silentRun);
    const { blocks: solved } = (await solveCutBlocks(operator, blocks, design, { ...OPTIONS, categories }))[
      g
    ];
    const residual = design.groups[g].residuals[0];
    const vectors = vectorsOfGroup(categories.vectors, design, g);
    for (const [k, { categories: found, near, r2 }] of solved.entries()) {
      const own = of(k);
      const isOwn = (c: number) => [...blocks[k].variants].map((j) => (c === 2 || j % 2 === c ? 1 : 0));
      const effects = (y: Float64Array) => own.map((column) => dot(column, y) / n);
      const inverse = denseInverse(own.map((x1) => own.map((x2) => dot(x1, x2) / n)));
      const solved1 = (b: readonly number[]) => inverse.map((row) => dot(row, Float64Array.from(b)));
      const b = effects(residual);
      const scale = dot(residual, residual) / n;
      const form = (c: number, diagonal: readonly number[]) =>
        diagonal.reduce((sum, value, j) => sum + isOwn(c)[j] * value, 0);
      for (const c of [0, 1, 2]) {
        const joint = solved1(b);
        expect(found!.shares[c]).toBeCloseTo(
          form(
            c,
            joint.map((a, j) => (a * b[j]) / scale),
          ),
          8,
        );
        expect(found!.ranks[c]).toBe(
          form(
            c,
            own.map(() => 1),
          ),
        );
        for (const [at, { block }] of near.entries()) {
          const v = of(block).map((other) => Float64Array.from(own, (column) => dot(column, other) / n));
          const diagonal = own.map((_, j) =>
            v.reduce((sum, column) => sum + column[j] * dot(inverse[j], column), 0),
          );
          expect(found!.near[at][c]).toBeCloseTo(form(c, diagonal), 8);
        }
        for (const [t, vector] of vectors.entries()) {
          const u = effects(vector);
          const inside = solved1(u.map((value, j) => isOwn(c)[j] * value));
          const expected = solved1(u).map((value, j) => (isOwn(c)[j] * value + inside[j]) / 2);
          for (const [j, value] of expected.entries())
            expect(found!.coefficients[(j * vectors.length + t) * 3 + c]).toBeCloseTo(value, 5);
        }
      }
      expect(found!.shares[2]).toBeCloseTo(r2[0], 8);
    }
  });

  it('the far part of each random genetic value is what is left without near blocks', async () => {
    const { blocks: solved, probes } = await solve();
    const z = blocks.map(({ variants }, k) => {
      const numbers = new Float64Array(variants.length * OPTIONS.probes);
      pool.kernels.normal(OPTIONS.seed, streamOf('probes', 0, k), 0, numbers);
      return numbers;
    });
    const value = (t: number, isUsed: (l: number) => boolean) => {
      const sum = new Float64Array(design.stride);
      for (const l of blocks.keys())
        if (isUsed(l))
          for (const [j, column] of of(l).entries())
            for (let i = 0; i < sum.length; i++) sum[i] += z[l][j * OPTIONS.probes + t] * column[i];
      return sum;
    };
    const near = neighboursOf(blocks);
    const shares = new SharedLd(solved, probes.norms, n).farShares;
    for (const k of blocks.keys()) {
      let [part, whole] = [0, 0];
      for (let t = 0; t < OPTIONS.probes; t++) {
        const far = value(t, (l) => l !== k && !near[k].includes(l));
        expect(solved[k].far[t] * n).toBeCloseTo(explained(far, of(k)), 1);
        part += explained(far, of(k));
        whole += square(far);
      }
      expect(shares[k]).toBeCloseTo(part / whole, 4);
    }
  });

  it('the estimate solves the whole system, and its blocks add up', async () => {
    const operator = await operatorOf(genotypes, pool, { memory: 0 });
    const found = await estimateGre(operator, blocks, design, { ...GRE_DEFAULTS, ...OPTIONS });
    const { corrected, blocks: parts, h2 } = found[g];
    const { blocks: solved, probes } = await solve();
    const shared = new SharedLd(solved, probes.norms, n);
    const shares = solved.map(({ near }, k) =>
      solved.map((_, l) => {
        const at = near.findIndex(({ block }) => block === l);
        return at >= 0 ? shared.nearShare(k, at) : shared.farShares[k];
      }),
    );
    const dense = correctedHeritability(
      parts.map(({ r2, rank }) => ({ r2, rank, n })),
      shares,
    );
    for (const [k, value] of dense.entries()) expect(corrected!.blocks[k]).toBeCloseTo(value, 10);
    expect(corrected!.blocks.reduce((sum, value) => sum + value, 0)).toBeCloseTo(corrected!.h2, 12);
    const total = parts.reduce((sum, { r2, rank }, k) => sum + shared.weights[k] * (r2 - rank / n), 0);
    expect(total).toBeCloseTo(corrected!.h2, 10);
    expect(h2).toBeCloseTo(
      parts.reduce((sum, part) => sum + part.h2, 0),
      12,
    );
    expect(corrected!.se).toBeGreaterThan(corrected!.probeSe);
  });
});

it('gives a single cut chromosome no far blocks, and independent blocks the plain estimate', async () => {
  const [first] = await estimateGre(
    await operatorOf(genotypes.slice(0, 44), pool, { memory: 0 }),
    blocks.slice(0, 3),
    createDesign([{ name: 'y', values: y }], [], SAMPLES),
    { ...GRE_DEFAULTS, ...OPTIONS },
  );
  expect(first.corrected!.probeSe).toBeLessThan(1e-12);
  expect(first.overlap!.excess).toBeCloseTo(0, 12);
});

it('goes on from the batches of blocks that an interrupted run remembers', async () => {
  const operator = await operatorOf(genotypes, pool, { memory: 0 });
  const settings = { ...OPTIONS, memory: 2 * 40 * operator.rowStride };
  const kept = new Map<string, string>();
  const remember = (part: { readonly id: string }) => void kept.set(part.id, JSON.stringify(part));
  const whole = await solveCutBlocks(operator, blocks, design, settings, { remember });
  expect([...kept.keys()]).toEqual(['b0 to b0', 'b1 to b1', 'b2 to b2', 'b3 to b4']);
  const recall = <T>(id: string) => JSON.parse(kept.get(id)!) as T;
  const refuse = () => {
    throw new Error('computed again');
  };
  expect(await solveCutBlocks(operator, blocks, design, settings, { recall, remember: refuse })).toEqual(
    whole,
  );
  kept.delete('b1 to b1');
  const recallSome = <T>(id: string) => (kept.has(id) ? recall<T>(id) : undefined);
  expect(await solveCutBlocks(operator, blocks, design, settings, { recall: recallSome })).toEqual(whole);
});

it.each([0, 0.03])(
  'has the same bits whatever blocks are solved together, and wherever tiles of genotypes end: %d missing',
  async (missing) => {
    const own = randomGenotypes(420, SAMPLES, { seed: 9, missing, copying: 0.85 }); // the first tile has 256
    const chromosomes = Array.from({ length: 6 }, (_, k): BlockDefinition => {
      const variants = range(70 * k, 70 * (k + 1));
      return { id: `b${k}`, variants, breaks: [], continues: k % 2 === 1 };
    });
    const operator = await operatorOf(own, pool, { memory: 0 });
    const solve = (batchVariants: number) =>
      solveCutBlocks(operator, chromosomes, design, {
        ...OPTIONS,
        memory: 2 * batchVariants * operator.rowStride,
      });
    const together = await solve(420);
    for (const room of [140, 280]) expect(await solve(room)).toEqual(together);
  },
);
