import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { typescriptKernels } from '../../../src/kernels/typescript.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-joint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = 600;
const normal = new Float64Array(14 * COUNT);
typescriptKernels.normal(7, 0, 0, normal);

/** Pairs with two traits: genes of the traits correlate by .6, environments by 0; e2 grows with age. */
const TABLE = join(folder, 'pairs.csv');
writeFileSync(
  TABLE,
  [
    'zyg,x1,x2,y1,y2,age,sex1,sex2',
    ...Array.from({ length: COUNT }, (_, i) => {
      const z = (k: number) => normal[14 * i + k];
      const isMz = i % 2 === 0;
      const genes = (k: number) => {
        const [common, own1, own2] = [z(k), z(k + 1), z(k + 2)];
        const half = Math.SQRT1_2;
        return isMz ? [common, common] : [half * common + half * own1, half * common + half * own2];
      };
      const [gx, gRest] = [genes(0), genes(3)];
      const gy = gx.map((g, m) => 0.6 * g + 0.8 * gRest[m]);
      const age = 20 + (i % 40);
      const spread = 0.5 + (age - 20) / 40;
      const value = (g: number, e: number, s = 1) => (5 + 0.8 * g + 0.6 * s * e).toFixed(4);
      const x = [0, 1].map((m) => value(gx[m], z(6 + m)));
      const y = [0, 1].map((m) => value(gy[m], z(8 + m), spread));
      const [s1, s2] = isMz ? ['FF', 'MM'][i % 4 === 0 ? 0 : 1] : ['FF', 'MM', 'FM'][((i - 1) / 2) % 3];
      return [isMz ? 'MZ' : 'DZ', ...x, y[0], i % 13 === 0 ? 'NA' : y[1], age, s1, s2].join();
    }),
  ].join('\n'),
);
const KINDS = `--pairs ${TABLE} --zygosity zyg --mz MZ --dz DZ`;

async function twin(flags: string) {
  const out = join(folder, `run${runs++}`);
  const run = await heredity(['twin', ...flags.split(' '), '--out', out]);
  const json = existsSync(`${out}.twin.json`)
    ? checkedJson(readFileSync(`${out}.twin.json`, 'utf8'))
    : undefined;
  return { ...run, out, json };
}
let runs = 0;

describe('heredity twin --traits', () => {
  it('gives the genetic correlation of two traits, and what makes them correlate', async () => {
    const { exitCode, json, stdout, out } = await twin(`${KINDS} --traits x1,x2 y1,y2 --models AE,E`);
    expect(exitCode).toBe(0);
    expect(json.estimates.map((own: { trait: string }) => own.trait)).toEqual(['x1,x2', 'y1,y2']);
    const [pair] = json.pairs;
    expect(pair).toMatchObject({ trait1: 'x1,x2', trait2: 'y1,y2', method: 'twin' });
    // made with .6, at a standard error of about .04
    expect(Math.abs(pair.rg.value - 0.6)).toBeLessThan(4 * pair.rg.se);
    expect(pair.rg.seKind).toBe('profile');
    expect(pair.rg.p).toBeLessThan(1e-6);
    const { quantities } = pair;
    expect(Math.abs(quantities['unique-environment-correlation'].value)).toBeLessThan(0.2);
    const parts = Object.entries(quantities as Record<string, { value: number }>)
      .filter(([name]) => name.endsWith('contribution'))
      .reduce((sum, [, { value }]) => sum + value, 0);
    expect(parts).toBeCloseTo(quantities['phenotypic-correlation'].value, 10);
    expect(json.estimates[0].details.bivariate[0].models).toHaveLength(2);
    expect(stdout).toContain('% of r_P');
    expect(existsSync(`${out}.twin.svg`)).toBe(true);
  });

  it.each([
    ['x1,x2,y1', /needs the two columns of every trait/],
    ['x1,x2 x1,y2', /names one column twice/],
    ['x1,x2 y1,height', /height/],
  ])('refuses %s', async (traits, message) => {
    const { exitCode, stderr } = await twin(`${KINDS} --traits ${traits}`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  it('refuses flags that mean nothing with several traits', async () => {
    const { exitCode, stderr } = await twin(`${KINDS} --traits x1,x2 y1,y2 --binary`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--binary means nothing/);
  });
});

describe('heredity twin --sex', () => {
  it('compares women and men, and gives the correlation between them as that of a pair', async () => {
    const { exitCode, json, stdout } = await twin(`${KINDS} --trait x1,x2 --sex sex1:sex2 --models AE`);
    expect(exitCode).toBe(0);
    expect(json.estimates.map((own: { trait: string }) => own.trait)).toEqual([
      'x1,x2 (women)',
      'x1,x2 (men)',
    ]);
    expect(json.pairs[0]).toMatchObject({ trait1: 'x1,x2 (women)', trait2: 'x1,x2 (men)' });
    expect(stdout).toMatch(/AE, one scale/);
    expect(json.estimates[0].details.sexes.models).toHaveLength(4);
  });

  it.each([
    ['--sexes MZ=FF', /does not say the sexes of DZ/],
    ['--sexes MZ=female', /--sexes is not value=sexes/],
    ['--sex age', /age is no sex/],
  ])('refuses %s', async (flags, message) => {
    const { exitCode, stderr } = await twin(`${KINDS} --trait x1,x2 ${flags}`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(message);
  });
});

describe('heredity twin --moderator', () => {
  it('finds that unique environments grow with age', async () => {
    const { exitCode, json, stdout, out } = await twin(`${KINDS} --trait y1,y2 --moderator age --models AE`);
    expect(exitCode).toBe(0);
    const { models, comparisons } = json.estimates[0].details.moderation;
    const full = models.find(({ name }: { name: string }) => name === 'AE, AE moderated');
    const e = full.paths.find(({ component }: { component: string }) => component === 'E');
    // .6 (.5 + (age - 20) / 40): .015 a year
    expect(Math.abs(e.slope - 0.015)).toBeLessThan(4 * e.slopeSe);
    const test = comparisons.find(({ model }: { model: string }) => model === 'AE, A moderated');
    expect(test.p).toBeLessThan(1e-6);
    const { quantities } = json.estimates[0];
    expect(quantities['moderated-low'].value).toBeGreaterThan(quantities['moderated-high'].value);
    expect(stdout).toContain('shares of the variance along age');
    expect(existsSync(`${out}.twin.moderator.svg`)).toBe(true);
  });

  it('refuses a moderator that is the same for everyone', async () => {
    const { exitCode, stderr } = await twin(`${KINDS} --trait y1,y2 --moderator zyg --where zyg=MZ`);
    expect(exitCode).not.toBe(0);
    expect(stderr).not.toMatch(/ at /);
  });
});
