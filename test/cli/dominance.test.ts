import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenotypes, randomNormals, standardised } from '../genotype-data.js';
import { dot, heritability, ols, partialRSquared } from '../regression.js';
import { cohortFiles } from './cohort-files.js';
import { heredity, resultUnder } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-dominance-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 400;
const VARIANTS = 60;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 31 });
const copies = genotypes.map((row) => standardised(row));
/** What the copies leave of being heterozygous: NOIA's dominance. */
const dominance = genotypes.map((row) => {
  const heterozygous = Array.from(row, (value) => Number(value === 1));
  const { beta } = ols(heterozygous, [heterozygous.map(() => 1), row]);
  return standardised(heterozygous.map((value, i) => value - beta[0] - beta[1] * row[i]));
});
const sumOf = (columns: readonly Float64Array[], seed: number) => {
  const effects = randomNormals(columns.length, seed);
  return standardised(columns[0].map((_, i) => columns.reduce((sum, x, v) => sum + effects[v] * x[i], 0)));
};
const additive = sumOf(copies, 5);
const dominant = sumOf(dominance, 6);
const y = randomNormals(SAMPLES, 7).map((e, i) => 0.6 * additive[i] + 0.6 * dominant[i] + 0.5 * e);

beforeAll(() => {
  const chromosome = (v: number) => (v < 25 ? 1 : 2);
  const files = cohortFiles({ genotypes, chromosome, traits: { y } });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

let runs = 0;
async function run(...words: string[]) {
  const out = at(`run${runs++}`);
  const result = await heredity([...words, '--quiet', '--threads', '1', '--out', out]);
  expect([result.exitCode, result.stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return { out, estimate: resultUnder(out)?.estimates?.[0] };
}
const INPUT = () => ['--bfile', at('study'), '--pheno', at('study.pheno')];

describe('--dominance', () => {
  it('is what blocks explain by heterozygotes beside their alleles, in gre', async () => {
    const expected = [copies, dominance].map((columns) =>
      [columns.slice(0, 25), columns.slice(25)].map((own) => heritability(partialRSquared(y, own))),
    );
    for (const solver of ['direct', 'iterative']) {
      const { estimate } = await run(
        'gre',
        ...INPUT(),
        '--blocks',
        'chromosome',
        '--dominance',
        '--solver',
        solver,
      );
      const { h2, quantities, parts } = estimate;
      expect(h2.value).toBeCloseTo(expected[0][0] + expected[0][1], 5);
      expect(quantities.dominance.value).toBeCloseTo(expected[1][0] + expected[1][1], 5);
      expect(quantities['broad-sense'].value).toBeCloseTo(h2.value + quantities.dominance.value, 12);
      for (const [k, part] of parts.entries())
        expect(part.quantities.dominance.value).toBeCloseTo(expected[1][k], 5);
    }
  });

  it('is found where blocks are cut and their LD is shared', async () => {
    const { estimate } = await run('gre', ...INPUT(), '--blocks', 'ld:4', '--dominance');
    expect(estimate.quantities.dominance.seKind).toBe('calibrated');
    const all = heritability(partialRSquared(y, dominance));
    expect(Math.abs(estimate.quantities.dominance.value - all)).toBeLessThan(0.15);
  });

  it('solves the moments of both matrices, in he', async () => {
    const kinship = (columns: readonly Float64Array[]) =>
      Array.from({ length: SAMPLES }, (_, i) =>
        Float64Array.from(
          { length: SAMPLES },
          (__, k) => columns.reduce((sum, x) => sum + x[i] * x[k], 0) / columns.length,
        ),
      );
    const matrices = [kinship(copies), kinship(dominance)];
    const trait = standardised(y).map((value) => value * Math.sqrt((SAMPLES - 1) / SAMPLES));
    const form = (k: readonly Float64Array[]) =>
      trait.reduce((sum, value, i) => sum + value * dot(k[i], trait), 0);
    const trace = (k: readonly Float64Array[]) => k.reduce((sum, row, i) => sum + row[i], 0);
    const product = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
      a.reduce((sum, row, i) => sum + dot(row, b[i]), 0);
    const rows = [...matrices.map((a) => [...matrices.map((b) => product(a, b)), trace(a)])];
    rows.push([...matrices.map(trace), SAMPLES - 1]);
    // three equations, solved as least squares without a remainder
    const columns = [0, 1, 2].map((c) => rows.map((row) => row[c]));
    const { beta } = ols([...matrices.map(form), SAMPLES - 1], columns);
    const total = beta[0] + beta[1] + beta[2];
    const { estimate } = await run(
      'he',
      ...INPUT(),
      '--dominance',
      '--exact-traces',
      '--jackknife-blocks',
      '10',
    );
    expect(estimate.h2.value).toBeCloseTo(beta[0] / total, 6);
    expect(estimate.quantities.dominance.value).toBeCloseTo(beta[1] / total, 6);
    expect(estimate.quantities['broad-sense'].value).toBeCloseTo((beta[0] + beta[1]) / total, 6);
    expect(estimate.quantities['broad-sense'].se).toBeGreaterThan(0);
    const random = await run('he', ...INPUT(), '--dominance', '--vectors', '60', '--jackknife-blocks', '10');
    expect(Math.abs(random.estimate.quantities.dominance.value - beta[1] / total)).toBeLessThan(0.05);
  });

  it("is GCTA's second matrix in reml, made on the way or read from .d files", async () => {
    const { out: alleles } = await run('grm', '--bfile', at('study'));
    const { out } = await run('grm', '--bfile', at('study'), '--dominance');
    const bytes = readFileSync(`${out}.d.grm.bin`);
    const element = (k: number) => bytes.readFloatLE(4 * k);
    expect(bytes.length).toBe(2 * SAMPLES * (SAMPLES + 1));
    const coded = genotypes.map((row) => {
      const p = row.reduce((sum, value) => sum + value, 0) / (2 * SAMPLES);
      const unit = 2 * p * (1 - p);
      return Float64Array.from(row, (value) => ([0, 2 * p, 4 * p - 2][value] - 2 * p * p) / unit);
    });
    for (const [k, [i, j]] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 0],
    ].entries())
      expect(element(k)).toBeCloseTo(coded.reduce((sum, d) => sum + d[i] * d[j], 0) / VARIANTS, 5);
    writeFileSync(at('list'), `${alleles}\n${out}.d\n`);
    const fromFiles = await run('reml', '--mgrm', at('list'), '--pheno', at('study.pheno'));
    const { estimate, out: direct } = await run('reml', ...INPUT(), '--dominance');
    for (const name of ['dominance', 'broad-sense'])
      expect(fromFiles.estimate.quantities[name].value).toBeCloseTo(estimate.quantities[name].value, 4);
    expect(fromFiles.estimate.h2.value).toBeCloseTo(estimate.h2.value, 4);
    const [, first, second] = readFileSync(`${direct}.y.hsq`, 'utf8').match(
      /V\(G1\)\/Vp\t(\S+)[\s\S]*V\(G2\)\/Vp\t(\S+)/,
    )!;
    expect(estimate.h2.value).toBeCloseTo(Number(first), 6);
    expect(estimate.quantities.dominance.value).toBeCloseTo(Number(second), 6);
    const [, sum, se] = readFileSync(`${direct}.y.hsq`, 'utf8').match(/Sum of V\(G\)\/Vp\t(\S+)\t(\S+)/)!;
    expect(estimate.quantities['broad-sense'].value).toBeCloseTo(Number(sum), 6);
    expect(estimate.quantities['broad-sense'].se).toBeCloseTo(Number(se), 6);
    expect(estimate.parts.map(({ id }: { id: string }) => id)).toEqual(['G', 'dominance']);
    const random = await run(
      'reml',
      ...INPUT(),
      '--dominance',
      '--method',
      'monte-carlo',
      '--vectors',
      '200',
    );
    expect(
      Math.abs(random.estimate.quantities.dominance.value - estimate.quantities.dominance.value),
    ).toBeLessThan(0.04);
    expect(Math.abs(random.estimate.h2.value - estimate.h2.value)).toBeLessThan(0.04);
  });

  it('is refused where it means nothing', async () => {
    const ldak = await heredity(['reml', ...INPUT(), '--ldak', '--dominance', '--out', at('no')]);
    expect([ldak.exitCode, ldak.stderr]).toEqual([2, expect.stringContaining('--ldak has no --dominance')]);
    const sick = ['--prevalence', '0.1', '--pheno', at('sick.pheno')];
    const rows = Array.from(y, (value, i) => `f${i} i${i} ${value > 0 ? 2 : 1}`);
    writeFileSync(at('sick.pheno'), ['FID IID sick', ...rows, ''].join('\n'));
    const liability = await heredity([
      'he',
      '--bfile',
      at('study'),
      ...sick,
      '--dominance',
      '--out',
      at('no'),
    ]);
    expect([liability.exitCode, liability.stderr]).toEqual([2, expect.stringContaining('PCGC')]);
    const compatible = await heredity([
      'gre',
      ...INPUT(),
      '--reference-compatible',
      '--dominance',
      '--out',
      at('no'),
    ]);
    expect(compatible.exitCode).toBe(2);
  });
});
