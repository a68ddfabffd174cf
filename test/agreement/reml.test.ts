import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heredity, resultUnder } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-reml-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function reml(out: string, data: string, pheno: string, ...flags: string[]) {
  const words = ['--bfile', sharedFile(`data/${data}`), '--pheno', sharedFile(`data/${pheno}`)];
  const run = await heredity(['reml', ...words, '--out', join(folder, out), '--quiet', ...flags]);
  expect([run.exitCode, run.stderr]).toEqual([0, expect.not.stringContaining('error')]);
}

/** Rows of an .hsq file: numbers by name. */
function readHsq(path: string): Record<string, number[]> {
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  return Object.fromEntries(
    rows.map((row) => {
      const [name, ...numbers] = row.split('\t');
      return [name, numbers.map(Number)];
    }),
  );
}

/** P values below 1e-300 or so GCTA rounds to 0, and older versions to three decimals. */
const compared = ({ Pval: _, ...rest }: Record<string, number[]>) => rest;

describe.skipIf(!SHARED)('GCTA and LDAK', () => {
  it('have the same .hsq file for its own test data, 1 % of which are missing', async () => {
    await reml('gcta-test', 'gcta-test/test', 'gcta-test/test.phen');
    const ours = readHsq(join(folder, 'gcta-test.y.hsq'));
    expect(compared(ours)).toEqual(compared(readHsq(sharedFile('expected/gcta/gcta-test.hsq'))));
    expect(ours.Pval[0]).toBeCloseTo(0.0014, 4);
  });

  it('have the same .hsq file for three traits of 5,000 people with covariates', async () => {
    const covar = sharedFile('data/bench5k/bench.covar');
    await reml('bench5k', 'bench5k/bench', 'bench5k/bench.pheno', '--covar', covar, '--ldak');
    for (const trait of ['p1', 'p2', 'p3']) {
      const ours = compared(readHsq(join(folder, `bench5k.ldak-reml.${trait}.hsq`)));
      const theirs = compared(readHsq(sharedFile(`expected/peers/bench5k.gcta.${trait}.hsq`)));
      expect(Object.keys(ours)).toEqual(Object.keys(theirs));
      for (const [name, numbers] of Object.entries(theirs))
        for (const [k, number] of numbers.entries()) {
          // one unit of the last digit printed: three decimals of likelihoods, six of variances
          const unit = /^log|^LRT/.test(name) ? 1e-3 : 1e-6;
          expect(Math.abs(ours[name][k] - number), `${trait} ${name}`).toBeLessThan(1.01 * unit);
        }
    }
  }, 120_000);

  it('have the same fit in the file of LDAK, up to where LDAK stops', () => {
    const rowsOf = (path: string) =>
      Object.fromEntries(
        readFileSync(path, 'utf8')
          .trim()
          .split('\n')
          .map((line) => [line.split(' ')[0], line.split(' ').slice(1).map(Number)]),
      );
    for (const trait of ['p1', 'p2', 'p3']) {
      const ours = rowsOf(join(folder, `bench5k.ldak-reml.${trait}.reml`));
      const theirs = rowsOf(sharedFile(`expected/peers/bench5k.ldak-reml.${trait}.reml`));
      for (const name of ['Null_Likelihood', 'Alt_Likelihood'])
        expect(Math.abs(ours[name][0] - theirs[name][0]), `${trait} ${name}`).toBeLessThan(2e-4);
      const [h2, se, size] = ours.Her_All;
      // LDAK stops once the likelihood moves by less than 1e-3, which leaves 1e-5 of h2
      expect(Math.abs(h2 - theirs.Her_All[0])).toBeLessThan(1.3e-5);
      expect(Math.abs(se - theirs.Her_All[1])).toBeLessThan(1.5e-6);
      expect(size).toBe(theirs.Her_All[2]);
    }
  });

  it('have the same Haseman-Elston regression, to the six digits of the file', async () => {
    const at = (name: string) => join(folder, name);
    const bfile = sharedFile('data/bench5k/bench');
    const made = await heredity(['grm', '--bfile', bfile, '--out', at('bench'), '--quiet']);
    expect(made.exitCode).toBe(0);
    const words = ['--pheno', sharedFile('data/bench5k/bench.pheno'), '--pheno-name', 'p1'];
    const run = await heredity(['he', '--grm', at('bench'), ...words, '--out', at('he'), '--quiet']);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    const { crossProduct, squaredDifference } = resultUnder(at('he')).estimates[0].details;
    const lines = readFileSync(sharedFile('expected/peers/bench5k.gcta.p1.HEreg'), 'utf8')
      .split('\n')
      .filter((line) => /^(Intercept|V\(G\)\/Vp)/.test(line))
      .map((line) => line.trim().split(/\s+/).slice(1).map(Number));
    const found = [crossProduct, squaredDifference].flatMap(({ intercept, components }) => [
      intercept,
      components[0],
    ]);
    for (const [row, numbers] of lines.entries()) {
      const { estimate, olsSe, jackknifeSe } = found[row];
      for (const [k, number] of [estimate, olsSe, jackknifeSe].entries())
        expect(Math.abs(number / numbers[k] - 1), `row ${row}, column ${k}`).toBeLessThan(1e-5);
    }
  }, 60_000);

  // GCTA 1.02 divided by all 12,226 variants, of which 1,230 do not vary (docs/decisions/0012-relationships-and-reml.md)
  it('have the same fit for related mice, but for the variants that do not vary', async () => {
    await reml('mouse', 'mouse-hs/mouse', 'mouse-hs/mouse.pheno');
    const counted = 12_226 / 10_996;
    for (const [trait, h2] of [
      ['CD8', 0.620706],
      ['MCH', 0.652606],
    ] as const) {
      const ours = readHsq(join(folder, `mouse.${trait}.hsq`));
      const theirs = readHsq(sharedFile(`expected/gcta/mouse-hs.${trait}.hsq`));
      for (const name of ['V(e)', 'logL', 'logL0', 'LRT', 'n'])
        ours[name].forEach((number, k) => void expect(number).toBeCloseTo(theirs[name][k], 5));
      const [genetic, se] = ours['V(G)'].map((number) => counted * number);
      expect(Math.abs(genetic - theirs['V(G)'][0])).toBeLessThan(2e-6);
      expect(Math.abs(se - theirs['V(G)'][1])).toBeLessThan(2e-6);
      expect(genetic / (genetic + ours['V(e)'][0])).toBeCloseTo(h2, 5);
    }
  });
});
