import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Estimate } from '../../../src/estimate/estimate.js';
import { heredity, resultUnder } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-boundary-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const TRAITS = 30;

/** Strata of few variants and people: the variance of one or the other wants to be below 0 in nearly every trait. */
beforeAll(async () => {
  await ok(
    'simulate genotypes --samples 500 --variants 1000 --chromosomes 5 --founders 1000 --maf 0.01 --seed 3 --out @study',
  );
  await ok(`simulate phenotypes --bfile @study --h2 0.4 --replicates ${TRAITS} --seed 4 --out @study`);
}, 300_000);

async function ok(line: string) {
  const words = line.split(' ').map((word) => word.replace('@', `${folder}/`));
  const { exitCode, stderr } = await heredity([...words, '--threads', '1', '--quiet']);
  expect(exitCode, stderr).toBe(0);
}

async function reml(out: string, flags: string): Promise<readonly Estimate[]> {
  await ok(`reml --bfile @study --pheno @study.pheno --ldms --out @${out} ${flags}`);
  return resultUnder(at(out)).estimates;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

/** Six of them, of which three have no maximum of the likelihood where variances may be negative. */
const SOME = `--pheno-name ${[1, 2, 4, 9, 12, 17].map((t) => `h2_0.4_${t}`).join(',')}`;

describe('strata of frequency and LD, of 30 ordinary traits', () => {
  it('have standard errors of the size of the spread by random vectors', async () => {
    const estimates = await reml('random', '--method monte-carlo --vectors 15');
    expect(
      estimates.filter(({ parts }) => parts.some(({ diagnostics }) => diagnostics?.constrained)).length,
    ).toBeGreaterThan(TRAITS / 2); // the boundary is where most of them are
    const values = estimates.map(({ h2 }) => h2.value!);
    expect(Math.abs(mean(values) - 0.4)).toBeLessThan((3.5 * spread(values)) / Math.sqrt(TRAITS));
    const errors = estimates.map(({ h2 }) => h2.se!);
    expect(Math.max(...errors)).toBeLessThan(3 * spread(values));
    expect(Math.min(...errors)).toBeGreaterThan(spread(values) / 4);
  }, 300_000);

  it('are fitted exactly, every one, whether variances may be below 0 or not', async () => {
    const held = (estimate: Estimate) =>
      estimate.parts.flatMap(({ id, h2, diagnostics }) => (diagnostics?.constrained ? [[id, h2.se]] : []));
    for (const flags of ['', '--reml-no-constrain']) {
      const estimates = await reml('exact', `${flags} ${SOME}`.trim());
      const values = estimates.map(({ h2 }) => h2.value!);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(Math.abs(mean(values) - 0.4)).toBeLessThan((3.5 * spread(values)) / Math.sqrt(values.length));
      for (const { h2 } of estimates) {
        expect(h2.se!).toBeGreaterThan(spread(values) / 4);
        expect(h2.se!).toBeLessThan(3 * spread(values));
      }
      // a variance that is held has no error, and only the stratum of two variants has to be in the free fits
      for (const estimate of estimates) for (const [, se] of held(estimate)) expect(se).toBeLessThan(1e-3);
      if (flags !== '')
        expect(new Set(estimates.flatMap(held).map(([id]) => id))).toEqual(new Set(['maf1-ld3']));
    }
  }, 300_000);
});
