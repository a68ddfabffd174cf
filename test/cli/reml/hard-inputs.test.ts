import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenotypes, randomNormals } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-hard-reml-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const PEOPLE = 160;

beforeAll(async () => {
  const genotypes = randomGenotypes(300, PEOPLE, { seed: 3 });
  for (const row of genotypes) row.copyWithin(PEOPLE - 20, 0, 20); // twenty people are there twice
  const effects = randomNormals(300, 5);
  const genetic = Float64Array.from({ length: PEOPLE }, (_, i) =>
    genotypes.reduce((sum, row, v) => sum + (effects[v] * Math.max(0, row[i])) / 12, 0),
  );
  const age = randomNormals(PEOPLE, 6);
  const noise = randomNormals(PEOPLE, 7);
  const explained = age.map((x, i) => 30 * x + genetic[i] + noise[i]);
  const files = cohortFiles({ genotypes, traits: { genetic, noise, explained }, covariates: { age } });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
  await heredity(['grm', '--bfile', at('study'), '--out', at('study'), '--quiet']);
  const values = new Float32Array(new Uint8Array(readFileSync(at('study.grm.bin'))).buffer);
  const save = (name: string, changed: Float32Array) => {
    writeFileSync(at(`${name}.grm.bin`), new Uint8Array(changed.buffer));
    for (const ending of ['id', 'N.bin'])
      copyFileSync(at(`study.grm.${ending}`), at(`${name}.grm.${ending}`));
  };
  save(
    'double',
    values.map((value) => 2 * value),
  );
  save(
    'indefinite',
    values.map((value, k) => value + 0.3 * Math.sin(k)),
  );
  save(
    'negative',
    values.map((value) => -9 * value),
  );
});

async function fit(trait: string, ...words: string[]) {
  const out = at(`run-${trait}`);
  rmSync(`${out}.greml.json`, { force: true });
  const input = ['--pheno', at('study.pheno'), '--pheno-name', trait, '--out', out, '--quiet'];
  const { exitCode, stderr } = await heredity(['reml', ...input, ...words]);
  if (exitCode !== 0) {
    expect(existsSync(`${out}.greml.json`)).toBe(false);
    return { exitCode, stderr, result: undefined };
  }
  const text = readFileSync(`${out}.greml.json`, 'utf8');
  for (const file of [
    text,
    readFileSync(`${out}.greml.tsv`, 'utf8'),
    readFileSync(`${out}.${trait}.hsq`, 'utf8'),
  ])
    expect(file).not.toMatch(/\bnan\b|infinity/i);
  return {
    exitCode,
    stderr,
    result: { ...checkedJson(text).traits[0], details: JSON.parse(text).estimates[0].details },
  };
}

describe('heredity reml of hard inputs', () => {
  const MATRIX = () => ['--grm', at('study')];

  it('fits a heritability near 1 and near 0, and says what people that are there twice do', async () => {
    // people that are there twice have all of the trait in common
    const twice = await fit('genetic', ...MATRIX());
    expect(twice.stderr).toContain('no residual variance is left');
    expect(twice.stderr).toMatch(/duplicated or closely related people \(--grm-cutoff\)/);
    expect(twice.result.h2).toBeCloseTo(1, 2);
    const { result: one } = await fit('genetic', ...MATRIX(), '--grm-cutoff', '0.5');
    expect(one.h2).toBeGreaterThan(0.9);
    const { result: none, stderr } = await fit('noise', ...MATRIX());
    expect(none.h2).toBeLessThan(0.3);
    expect(stderr).toContain('cannot be told from 0');
    const { result: free } = await fit('noise', ...MATRIX(), '--reml-no-constrain');
    expect(Number.isFinite(free.h2)).toBe(true);
    const { result: fewer } = await fit('noise', ...MATRIX(), '--grm-cutoff', '0.5');
    expect(fewer.n).toBe(PEOPLE - 20);
  });

  it('fits what a covariate leaves of a trait', async () => {
    const { result } = await fit('explained', ...MATRIX(), '--covar', at('study.covar'));
    const { name, estimate, se } = result.details.effects[1];
    expect(name).toBe('age');
    expect(Math.abs(estimate - 30)).toBeLessThan(4 * se);
    expect(result.phenotypic).toBeLessThan(5);
  });

  it('refuses a component that is a multiple of another, by every algorithm', async () => {
    writeFileSync(at('both'), `${at('study')}\n${at('double')}\n`);
    for (const algorithm of ['ai', 'fisher']) {
      const { exitCode, stderr } = await fit('explained', '--mgrm', at('both'), '--reml-alg', algorithm);
      expect([exitCode, stderr]).toEqual([5, expect.stringContaining('study, double')]);
    }
  });

  it('fits or refuses matrices with eigenvalues below 0', async () => {
    const { exitCode, stderr } = await fit('noise', '--grm', at('negative'));
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('not positive definite')]);
    const { result, ...refused } = await fit('genetic', '--grm', at('indefinite'));
    if (result) expect(Number.isFinite(result.h2)).toBe(true);
    else
      expect([refused.exitCode, refused.stderr]).toEqual([
        5,
        expect.stringMatching(/not positive definite|not converged|held at 0/),
      ]);
  });

  it('plans without reading a matrix or a genotype', async () => {
    const words = ['--pheno', at('study.pheno'), '--out', at('plan'), '--plan'];
    const strata = await heredity(['reml', '--bfile', at('study'), '--ldms', ...words]);
    expect([strata.exitCode, strata.stdout]).toEqual([
      0,
      expect.stringMatching(
        /300 variants.*\n3 passes over .*[\s\S]*relationships[\s\S]*variance components[\s\S]*\nMemory: about.* Time: about/,
      ),
    ]);
    const one = await heredity(['reml', '--grm', at('study'), ...words]);
    expect(one.stdout).toMatch(/160 people, 3 traits, one matrix/);
    const he = await heredity(['he', '--grm', at('study'), ...words]);
    expect(he.stdout).toMatch(/one matrix|1 matrices/);
    expect(existsSync(at('plan.greml.json'))).toBe(false);
  });
});
