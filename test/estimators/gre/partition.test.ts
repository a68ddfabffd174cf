import { afterAll, describe, expect, it } from 'vitest';
import { createDesign } from '../../../src/association/design.js';
import { labelledComponents } from '../../../src/estimators/components.js';
import { estimateGre, GRE_DEFAULTS } from '../../../src/estimators/gre/gre.js';
import type { BlockDefinition } from '../../../src/estimators/gre/result.js';
import { uniqueHeritability } from '../../../src/estimators/gre/unique.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { dot, orthonormalBasis, projectOut } from '../../../src/linalg/orthonormal-basis.js';
import { denseInverse, denseProduct } from '../../dense.js';
import { operatorOf, range } from '../../fixture.js';
import { randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';

const SAMPLES = 500;
const VARIANTS = 120;
const ENDS = [60, 120];
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 5, copying: 0.6 });
const x = genotypes.map((row) => standardised(row));
const pool = new KernelPool(loadKernels('auto'), 1);
afterAll(() => pool.close());

/** Categories in clumps of five; those of the first have four times the variance of effects. */
const labels = Array.from({ length: VARIANTS }, (_, j) => (Math.floor(j / 5) % 3 === 0 ? 0 : 1));
const variances = labels.map((label) => (label === 0 ? 2 : 0.5));
const total = variances.reduce((sum, v) => sum + v, 0);
const H2 = 0.5;
const truth = [0, 1].map(
  (c) => (H2 * variances.reduce((sum, v, j) => sum + (labels[j] === c ? v : 0), 0)) / total,
);

/** Half in high LD, half in none. */
const uneven = [
  ...randomGenotypes(VARIANTS / 2, SAMPLES, { seed: 6, copying: 0.9 }),
  ...randomGenotypes(VARIANTS / 2, SAMPLES, { seed: 7, copying: 0 }),
];
const isInLd = (j: number) => j < VARIANTS / 2;

function genetic(seed: number, rows: readonly Float64Array[] = x): Float64Array {
  const effects = randomNormals(VARIANTS, seed);
  return Float64Array.from({ length: SAMPLES }, (_, i) =>
    rows.reduce((sum, row, j) => sum + row[i] * effects[j] * Math.sqrt((H2 * variances[j]) / total), 0),
  );
}

const withNoise = (values: Float64Array, seed: number) =>
  randomNormals(SAMPLES, 1000 + seed).map((e, i) => Math.sqrt(1 - H2) * e + values[i]);

const trait = (seed: number) => withNoise(genetic(seed), seed);

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

async function partitioned(
  list: readonly Int8Array[],
  values: readonly Float64Array[],
  ends: readonly number[],
  of: readonly number[],
  isCut = false,
) {
  const blocks = ends.map(
    (end, k): BlockDefinition => ({
      id: `b${k}`,
      variants: range(ends[k - 1] ?? 0, end),
      breaks: [],
      continues: isCut && k > 0,
    }),
  );
  const design = createDesign(
    values.map((own, t) => ({ name: `t${t}`, values: own })),
    [{ name: 'c', values: randomNormals(SAMPLES, 3) }],
    SAMPLES,
  );
  const partition = labelledComponents(['rich', 'poor'], of);
  const operator = await operatorOf(list, pool, { memory: 1e9 });
  return estimateGre(operator, blocks, design, {
    ...GRE_DEFAULTS,
    probes: 2,
    seed: 1,
    memory: 1e9,
    partition,
  });
}

describe('GRE by category', () => {
  it('adds up to the heritability to 1e-10', async () => {
    const [estimate] = await partitioned(genotypes, [trait(1)], ENDS, labels);
    const [rich, poor] = estimate.categories!;
    expect(Math.abs(rich.h2 + poor.h2 - estimate.h2)).toBeLessThan(1e-10);
    expect(estimate.aliased).toEqual([]);
    expect(rich.size).toBe(labels.filter((label) => label === 0).length);
  });

  it('adds up where variants depend on others, which it names', async () => {
    const list = [...genotypes.slice(0, 60), genotypes[3], ...genotypes.slice(60)];
    const of = [...labels.slice(0, 60), 1 - labels[3], ...labels.slice(60)];
    const [estimate] = await partitioned(list, [trait(1)], [61, 121], of);
    const sum = estimate.categories!.reduce((all, { h2 }) => all + h2, 0);
    expect(Math.abs(sum - estimate.h2)).toBeLessThan(1e-10);
    expect(estimate.aliased).toEqual([60]);
  });

  it('adds up to the corrected heritability where blocks share LD, also with variants that depend on others', async () => {
    const list = [...genotypes.slice(0, 60), genotypes[3], ...genotypes.slice(60)];
    const of = [...labels.slice(0, 60), 1 - labels[3], ...labels.slice(60)];
    const [estimate] = await partitioned(list, [trait(1)], [61, 91, 121], of, true);
    const sum = estimate.categories!.reduce((all, { h2 }) => all + h2, 0);
    expect(Math.abs(sum - estimate.corrected!.h2)).toBeLessThan(1e-10);
    expect(Math.abs(sum - estimate.h2)).toBeGreaterThan(1e-3);
    expect(estimate.aliased).toEqual([60]);
  });

  it('has the errors of its quadratic form, computed densely', async () => {
    const rows = uneven.map((row) => standardised(row));
    const values = withNoise(genetic(3, rows), 3);
    const [estimate] = await partitioned(uneven, [values], ENDS, labels);
    const { basis } = orthonormalBasis([new Float64Array(SAMPLES).fill(1), randomNormals(SAMPLES, 3)]);
    const n = SAMPLES - 2;
    const columns = rows.map((row) => {
      const own = Float64Array.from(row);
      projectOut(own, basis);
      return own;
    });
    const found = estimate.categories!.map(({ h2 }) => h2);
    const h2 = found[0] + found[1];
    // halves in low and in high LD, which differ as much as Σ b² asks for
    const even = labels.map((label) => found[label] / estimate.categories![label].size);
    const y = Float64Array.from(values);
    projectOut(y, basis);
    const sum = (of: (j: number) => number) => columns.reduce((all, _, j) => all + of(j), 0);
    const squares = sum((j) => dot(columns[j], y) ** 2 / n / dot(y, y));
    const noise = sum((j) => ((1 - h2) * dot(columns[j], columns[j])) / n ** 2);
    const signalOf = (isOwn: (j: number) => boolean) =>
      sum((j) => (isOwn(j) ? even[j] * sum((i) => (dot(columns[i], columns[j]) / n) ** 2) : 0));
    const [low, high] = [signalOf((j) => !isInLd(j)), signalOf(isInLd)];
    const tilt = Math.max(-1, Math.min(1, (squares - noise - low - high) / (high - low)));
    expect(Math.abs(tilt)).toBeGreaterThan(0.1);
    const variancesOf = even.map((own, j) => own * (isInLd(j) ? 1 + tilt : 1 - tilt));
    for (const [c, { se, h2: own }] of estimate.categories!.entries()) {
      // coefficients on X of A, (WV⁻¹ + V⁻¹W) / 2n + tr W / (n - q) V⁻¹ / n, block by block
      const inner = columns.map(() => new Float64Array(VARIANTS));
      let expected = 0;
      for (const [k, end] of ENDS.entries()) {
        const block = [...range(ENDS[k - 1] ?? 0, end)];
        const inverse = denseInverse(block.map((i) => block.map((j) => dot(columns[i], columns[j]) / n)));
        const isOwn = (j: number) => (labels[j] === c ? 1 : 0);
        const perRank = block.filter(isOwn).length / (n - block.length);
        expected += perRank;
        for (const [a, i] of block.entries())
          for (const [b, j] of block.entries())
            inner[i][j] = (inverse[a][b] * ((isOwn(i) + isOwn(j)) / 2 + perRank)) / n;
      }
      const gram = columns.map((first) => Float64Array.from(columns, (second) => dot(first, second)));
      const less = expected + own;
      // B = A - less I between variants, and traces of A and A²
      const ag = denseProduct(inner, gram);
      const between = denseProduct(gram, ag).map((row, i) =>
        row.map((value, j) => value - less * gram[i][j]),
      );
      const trace = (matrix: readonly Float64Array[]) => matrix.reduce((sum, row, i) => sum + row[i], 0);
      const ofNoise = trace(denseProduct(ag, ag)) - 2 * less * trace(ag) + less ** 2 * n;
      const diagonal = denseProduct(denseProduct(gram, ag), ag).map(
        (row, i) => row[i] - less * (between[i][i] + less * gram[i][i]) - less * between[i][i],
      );
      const signal = diagonal.reduce((sum, value, j) => sum + variancesOf[j] * value, 0);
      const effects = between.reduce(
        (sum, row, i) =>
          sum + row.reduce((all, value, j) => all + variancesOf[i] * variancesOf[j] * value ** 2, 0),
        0,
      );
      const s = 1 - h2;
      const dense = Math.sqrt(2 * s ** 2 * ofNoise + 4 * s * signal + 2 * effects) / n;
      expect(Math.abs(se / dense - 1)).toBeLessThan(0.1);
    }
  });

  it('is told from what others explain too, with an error like the spread around the value of the sample', async () => {
    const replicates = 80;
    const values = Array.from({ length: replicates }, (_, r) => genetic(200 + r));
    const traits = values.map((g, r) => withNoise(g, 200 + r));
    const all = await partitioned(genotypes, traits, [VARIANTS], labels);
    const poor = range(0, VARIANTS).filter((j) => labels[j] === 1);
    const rest = Array.from(poor, (j) => genotypes[j]);
    const without = await partitioned(
      rest,
      [...traits, ...values],
      [rest.length],
      [...poor].map((_, j) => j % 2),
    );
    const errors = traits.map((y, r) => {
      const { r2, rank } = without[replicates + r].blocks[0];
      const n = SAMPLES - 2;
      // by chance the others explain rank / n of what is not theirs
      const truth = (((1 - r2) * n) / (n - rank)) * (variance(values[r]) / variance(y));
      const { value, se } = uniqueHeritability(all[r], without[r]);
      expect(value).toBeCloseTo(all[r].h2 - without[r].h2, 12);
      expect(value).toBeLessThan(all[r].categories![0].h2 + 0.1);
      return { error: value - truth, se };
    });
    const mean = errors.reduce((sum, { error }) => sum + error, 0) / replicates;
    const sd = Math.sqrt(errors.reduce((sum, { error }) => sum + (error - mean) ** 2, 0) / (replicates - 1));
    const se = errors.reduce((sum, own) => sum + own.se, 0) / replicates;
    expect(Math.abs(mean)).toBeLessThan(4 * (sd / Math.sqrt(replicates)));
    expect(se / sd).toBeGreaterThan(0.75);
    expect(se / sd).toBeLessThan(1.35);
  });

  it.each([
    ['whole', ENDS, false],
    ['that are cut where LD goes on', [20, 40, 60, 80, 100, 120], true],
  ] as const)('is right on average, with errors like the spread, for blocks %s', async (_, ends, isCut) => {
    const replicates = 120;
    const found = await partitioned(
      genotypes,
      Array.from({ length: replicates }, (_, r) => trait(10 + r)),
      ends,
      labels,
      isCut,
    );
    for (const c of [0, 1]) {
      const own = found.map(({ categories }) => categories![c]);
      const mean = own.reduce((sum, { h2 }) => sum + h2, 0) / replicates;
      const sd = Math.sqrt(own.reduce((sum, { h2 }) => sum + (h2 - mean) ** 2, 0) / (replicates - 1));
      const error = own.reduce((sum, { se }) => sum + se, 0) / replicates;
      expect(Math.abs(mean - truth[c])).toBeLessThan(4 * (sd / Math.sqrt(replicates)));
      expect(error / sd).toBeGreaterThan(0.82);
      expect(error / sd).toBeLessThan(1.2);
    }
  });

  it('has errors like the spread where all effects lie in high LD: taken as even they would be a third too small', async () => {
    const rows = uneven.map((row) => standardised(row)).filter((_, j) => isInLd(j));
    const replicates = 120;
    const traits = Array.from({ length: replicates }, (_, r) => {
      const effects = randomNormals(rows.length, 400 + r);
      const values = Float64Array.from({ length: SAMPLES }, (__, i) =>
        rows.reduce((sum, row, j) => sum + row[i] * effects[j] * Math.sqrt(H2 / rows.length), 0),
      );
      return withNoise(values, 400 + r);
    });
    const clumps = uneven.map((_, j) => Math.floor(j / 5) % 2);
    const found = await partitioned(uneven, traits, [VARIANTS], clumps);
    const own = found.map(({ categories }) => categories![0]);
    const mean = own.reduce((sum, { h2 }) => sum + h2, 0) / replicates;
    const sd = Math.sqrt(own.reduce((sum, { h2 }) => sum + (h2 - mean) ** 2, 0) / (replicates - 1));
    const error = own.reduce((sum, { se }) => sum + se, 0) / replicates;
    expect(Math.abs(mean - H2 / 2)).toBeLessThan(4 * (sd / Math.sqrt(replicates)));
    expect(error / sd).toBeGreaterThan(0.82);
    expect(error / sd).toBeLessThan(1.2);
  });
});
