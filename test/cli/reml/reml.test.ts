import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodsFixture } from '../../fixture.js';
import { randomNormals } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity, resultUnder } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-reml-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const { genotypes, y } = methodsFixture();
const age = randomNormals(200, 3);

beforeAll(() => {
  const traits = { y, sick: y.map((value) => Number(value > 0.8)), age: age.map((x) => 2 * x + 1) };
  const chromosome = (v: number) => 1 + Math.floor(v / 30);
  for (const [name, content] of Object.entries(
    cohortFiles({ genotypes, chromosome, traits, covariates: { age } }),
  ))
    writeFileSync(at(name), content!);
});

const run = (...words: string[]) => heredity([...words, '--quiet']);
const INPUT = () => ['--bfile', at('study'), '--pheno', at('study.pheno')];

async function reml(out: string, ...flags: string[]) {
  const { exitCode, stderr } = await run('reml', '--out', at(out), ...flags);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return resultUnder(at(out));
}

describe('heredity reml', () => {
  it('estimates every trait from genotypes, and the same from a matrix on file', async () => {
    const direct = await reml('direct', ...INPUT(), '--pheno-name', 'y,sick', '--prevalence', '0.1');
    expect(direct.traits[0].h2).toBeCloseTo(0.535586, 6);
    expect(direct.traits[0].liability).toBeNull();
    expect(direct.traits[1].liability.h2).not.toBe(direct.traits[1].h2);
    expect(readFileSync(at('direct.y.hsq'), 'utf8')).toContain('V(G)/Vp\t0.535586\t0.077844\n');
    expect(readFileSync(at('direct.sick.hsq'), 'utf8')).toMatch(/prevalence = 0.1\)\nV\(G\)\/Vp_L\t/);
    for (const ending of ['tsv', 'svg', 'png', 'json'])
      expect(existsSync(at(`direct.greml.${ending}`))).toBe(true);
    expect((await run('grm', '--bfile', at('study'), '--out', at('study'))).exitCode).toBe(0);
    const fromFile = await reml(
      'file',
      '--grm',
      at('study'),
      '--pheno',
      at('study.pheno'),
      '--pheno-name',
      'y',
    );
    expect(fromFile.traits[0].h2).toBeCloseTo(0.535586, 6);
    expect(fromFile.traits[0].components[0]).toMatchObject({ name: 'G', size: 60 });
  });

  it('fits one component a part, from genotypes or from matrices', async () => {
    const parts = await reml('parts', ...INPUT(), '--pheno-name', 'y', '--partition', 'chromosome');
    const shares = parts.traits[0].components.map(({ h2 }: { h2: number }) => h2);
    expect(Math.abs(shares[0] - 0.289076)).toBeLessThan(1e-6);
    expect(Math.abs(shares[1] - 0.247158)).toBeLessThan(1e-6);
    expect(readFileSync(at('parts.y.hsq'), 'utf8')).toMatch(/V\(G2\)\/Vp\t.*\n\nSum of V\(G\)\/Vp\t0.53623/);
    await run('grm', '--bfile', at('study'), '--out', at('chr'), '--partition', 'chromosome');
    writeFileSync(at('list'), `${at('chr.chr1')}\n${at('chr.chr2')}\n`);
    const words = [
      '--mgrm',
      at('list'),
      '--pheno',
      at('study.pheno'),
      '--pheno-name',
      'y',
      '--reml-lrt',
      '1,2',
    ];
    const files = await reml('files', ...words);
    expect(files.traits[0].h2).toBeCloseTo(parts.traits[0].h2, 5);
    expect(files.traits[0].df).toBe(2);
    const ldms = await reml(
      'ldms',
      ...INPUT(),
      '--pheno-name',
      'y',
      '--ldms',
      '--ld-bins',
      '2',
      '--maf-cuts',
      '0.2',
    );
    expect(ldms.traits[0].method).toBe('ldms');
    expect(ldms.traits[0].components.map(({ name }: { name: string }) => name)).toContain('maf2-ld2');
  });

  it('makes strata where positions are not known, with windows in variants', async () => {
    const lines = readFileSync(at('study.bim'), 'utf8').trimEnd().split('\n');
    const unknown = lines.map((line) => line.split(/\s+/).with(3, '0').join('\t'));
    for (const ending of ['bed', 'fam']) copyFileSync(at(`study.${ending}`), at(`nowhere.${ending}`));
    writeFileSync(at('nowhere.bim'), `${unknown.join('\n')}\n`);
    const words = ['--bfile', at('nowhere'), '--pheno', at('study.pheno'), '--pheno-name', 'y'];
    const strata = ['--ldms', '--ld-bins', '2', '--maf-cuts', '0.2'];
    const bad = await run('reml', '--out', at('nowhere'), ...words, ...strata);
    expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining('--ld-wind-snps')]);
    const { traits } = await reml('nowhere', ...words, ...strata, '--ld-wind-snps', '10');
    expect(traits[0].components).toHaveLength(4);
  });

  it('takes covariates, and refuses a trait that they explain', async () => {
    const covar = ['--covar', at('study.covar')];
    const json = await reml('covar', ...INPUT(), ...covar, '--pheno-name', 'y');
    expect(json.traits[0].covariates).toBe(2);
    expect(json.estimates[0].details.effects.map(({ name }: { name: string }) => name)).toEqual([
      'intercept',
      'age',
    ]);
    const fisher = await reml('fisher', ...INPUT(), ...covar, '--pheno-name', 'y', '--reml-alg', 'fisher');
    expect(fisher.traits[0].h2).toBeCloseTo(json.traits[0].h2, 4);
    const { exitCode, stderr } = await run(
      'reml',
      '--out',
      at('bad'),
      ...INPUT(),
      ...covar,
      '--pheno-name',
      'age',
    );
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('determined by the covariates')]);
    expect(existsSync(at('bad.greml.json'))).toBe(false);
  });

  it('says what to do where a fit fails', async () => {
    const words = [...INPUT(), '--pheno-name', 'y'];
    const slow = await run('reml', '--out', at('slow'), ...words, '--reml-maxit', '2');
    expect([slow.exitCode, slow.stderr]).toEqual([5, expect.stringMatching(/not converged.*--reml-alg em/)]);
    writeFileSync(at('twice'), `${at('study')}\n${at('study')}\n`);
    await run('grm', '--bfile', at('study'), '--out', at('study'));
    const same = await run(
      'reml',
      '--out',
      at('same'),
      '--mgrm',
      at('twice'),
      '--pheno',
      at('study.pheno'),
      '--pheno-name',
      'y',
    );
    expect([same.exitCode, same.stderr]).toEqual([
      5,
      expect.stringMatching(/study, study.*multiple of another/),
    ]);
    const none = await run('reml', '--out', at('none'), '--pheno', at('study.pheno'));
    expect([none.exitCode, none.stderr]).toEqual([
      2,
      expect.stringMatching(/--bfile, --pfile, --bgen or --vcf is needed.*--grm, or with --mgrm/),
    ]);
    const lrt = await run('reml', '--out', at('lrt'), ...words, '--reml-lrt', '2');
    expect([lrt.exitCode, lrt.stderr]).toEqual([2, expect.stringContaining('whole numbers from 1 to 1')]);
  });

  it('leaves out related people', async () => {
    const json = await reml('cut', ...INPUT(), '--pheno-name', 'y', '--grm-cutoff', '0.4');
    expect(json.traits[0].n).toBeLessThan(200);
  });
});
