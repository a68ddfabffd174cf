import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cohortFiles } from '../cli/cohort-files.js';
import { heredity } from '../cli/run.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const HAS_PLINK2 = spawnSync('plink2', ['--version']).status === 0;

let compared = 0;

/** Rows of a .glm.linear file by variant, as text; plink2 has a second word for a covariate like the variant. */
function readRows(path: string): Map<string, string[]> {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(header).toBe('#CHROM\tPOS\tID\tREF\tALT\tA1\tA1_FREQ\tTEST\tOBS_CT\tBETA\tSE\tT_STAT\tP\tERRCODE');
  const rows = lines.map((line) => line.replace('CORR_TOO_HIGH', 'VIF_TOO_HIGH').split('\t'));
  return new Map(rows.map((fields) => [fields[2], fields]));
}

const [POSITION, P, ERROR] = [1, 12, 13];

/** Difference of two numbers in units of the sixth significant digit. */
function unitsApart(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) / 10 ** (Math.floor(Math.log10(Math.max(x, y))) - 5);
}

/**
 * Every column of every variant is the same text, but for P, where plink2's tail probabilities are off by some 1e-7.
 * plink2 leaves out variants with a negative position, and has rows without results for those that do not vary.
 */
function expectSame(oursPath: string, theirsPath: string): void {
  const [ours, theirs] = [readRows(oursPath), readRows(theirsPath)];
  let common = 0;
  const withoutP = (row: string[]) => row.toSpliced(P, 1);
  for (const [id, row] of ours) {
    const other = theirs.get(id);
    if (other === undefined) {
      expect(Number(row[POSITION])).toBeLessThan(0);
      continue;
    }
    common++;
    if (withoutP(row).join() !== withoutP(other).join()) expect(withoutP(row)).toEqual(withoutP(other));
    if (unitsApart(row[P], other[P]) > 1.01) expect(row[P]).toBe(other[P]);
  }
  for (const [id, row] of theirs)
    if (!ours.has(id)) expect([id, row[ERROR]]).toEqual([id, 'CONST_OMITTED_ALLELE']);
  expect(common).toBeGreaterThan(0.7 * theirs.size);
  compared += common;
}

async function assoc(...words: string[]): Promise<void> {
  const { exitCode, stderr } = await heredity(['assoc', '--quiet', ...words]);
  expect([exitCode, stderr]).toEqual([0, '']);
}

function plink2(...words: string[]): void {
  const { status, stderr } = spawnSync('plink2', words, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

const MOUSE = [
  '--bfile',
  sharedFile('data/mouse-hs/mouse'),
  '--pheno',
  sharedFile('data/mouse-hs/mouse.pheno'),
];

describe.skipIf(SHARED === undefined)("heredity assoc against plink2's own output", () => {
  it.each([
    ['nocov', []],
    ['sex', ['--covar', sharedFile('data/mouse-hs/mouse.covar')]],
  ])('mouse-hs, %s', async (name, covar) => {
    await assoc(...MOUSE, ...covar, '--out', at(name));
    for (const trait of ['CD8', 'MCH']) {
      expectSame(
        at(`${name}.${trait}.glm.linear`),
        sharedFile(`expected/plink2/mouse-hs.${name}.${trait}.glm.linear`),
      );
    }
  });

  it('P is exact: 30-digit arithmetic of the t statistics', async () => {
    await assoc(...MOUSE, '--out', at('exact'), '--pheno-name', 'CD8');
    const rows = readRows(at('exact.CD8.glm.linear'));
    const exact = {
      rs3682782: 9.987385079e-20,
      rs13475881: 8.838534831e-6,
      rs6174159: 0.000533316469,
      rs3688042: 0.0001598104951,
      rs13476462: 6.564635083e-8,
      rs6164049: 1.784725019e-18,
    };
    for (const [id, p] of Object.entries(exact))
      expect(Number(rows.get(id)![P])).toBe(Number(p.toPrecision(6)));
    compared += 6;
  });
});

describe.skipIf(!HAS_PLINK2)('heredity assoc against plink2 in the same test', () => {
  const GLM = ['hide-covar', 'cols=+a1freq'];
  const samplesOf = (path: string) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 2).join(' '));

  it.skipIf(SHARED === undefined)('gcta-test: genotypes missing here and there, case by case', async () => {
    // plink2 wants a header
    writeFileSync(
      at('gcta.pheno'),
      `FID IID y\n${readFileSync(sharedFile('data/gcta-test/test.phen'), 'utf8')}`,
    );
    const input = ['--bfile', sharedFile('data/gcta-test/test'), '--pheno', at('gcta.pheno')];
    plink2(...input, '--glm', 'allow-no-covars', ...GLM, '--out', at('gcta.plink2'));
    await assoc(...input, '--out', at('gcta'));
    expectSame(at('gcta.y.glm.linear'), at('gcta.plink2.y.glm.linear'));
  });

  it.skipIf(SHARED === undefined)(
    'bench5k: three traits with covariates, and with different people missing',
    async () => {
      const input = [
        '--bfile',
        sharedFile('data/bench5k/bench'),
        '--covar',
        sharedFile('data/bench5k/bench.covar'),
      ];
      const [header, ...lines] = readFileSync(sharedFile('data/bench5k/bench.pheno'), 'utf8')
        .trimEnd()
        .split('\n');
      const drop = (line: string, i: number) =>
        line
          .split(' ')
          .map((value, k) => (k >= 2 && (i * 7 + k * 5) % (11 * (k - 1)) === 0 ? 'NA' : value))
          .join(' ');
      writeFileSync(at('missing.pheno'), [header, ...lines.map(drop), ''].join('\n'));
      for (const [name, pheno] of [
        ['all', sharedFile('data/bench5k/bench.pheno')],
        ['some', at('missing.pheno')],
      ]) {
        plink2(...input, '--pheno', pheno, '--chr', '20-22', '--glm', ...GLM, '--out', at(`${name}.plink2`));
        await assoc(...input, '--pheno', pheno, '--chr', '20-22', '--out', at(name));
        for (const trait of ['p1', 'p2', 'p3']) {
          expectSame(at(`${name}.${trait}.glm.linear`), at(`${name}.plink2.${trait}.glm.linear`));
        }
      }
    },
  );

  it('small cohorts with missing genotypes, frequencies of one half, parents, and covariates like a variant', async () => {
    for (const [samples, seed] of [
      [98, 1],
      [49, 2],
      [160, 3],
    ]) {
      const genotypes = randomGenotypes(120, samples, { seed, missing: 0.15 });
      for (let v = 0; v < 60; v++) balance(genotypes[v]);
      genotypes[70].fill(0); // does not vary
      const noise = randomNormals(samples, seed);
      const covariates = {
        age: noise.map((x) => 50 + 9 * x),
        near: Float64Array.from(genotypes[80], (copies, i) => Math.max(copies, 0) + 0.01 * noise[i]),
      };
      const traits = {
        y: randomNormals(samples, 50 + seed),
        z: randomNormals(samples, 60 + seed).map((value, i) => (i % 8 === 3 ? Number.NaN : value)),
      };
      const files = cohortFiles({ genotypes, traits, covariates });
      for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
      // some have parents: alleles are counted among founders
      const fam = Array.from(
        genotypes[0],
        (_, i) => `f${i} i${i} ${i % 4 === 1 ? 'father mother' : '0 0'} 0 -9\n`,
      );
      if (seed > 1) writeFileSync(at('study.fam'), fam.join(''));
      const input = ['--bfile', at('study'), '--pheno', at('study.pheno'), '--covar', at('study.covar')];
      plink2(...input, '--glm', ...GLM, '--out', at('small.plink2'));
      await assoc(...input, '--out', at('small'));
      expect(readRows(at('small.y.glm.linear')).get('rs80')![ERROR]).toBe('VIF_TOO_HIGH');
      for (const trait of ['y', 'z'])
        expectSame(at(`small.${trait}.glm.linear`), at(`small.plink2.${trait}.glm.linear`));
    }
  });

  it.skipIf(SHARED === undefined)('some of the samples (--keep)', async () => {
    const kept = samplesOf(sharedFile('data/mouse-hs/mouse.fam')).filter((_, i) => i % 3 !== 0);
    writeFileSync(at('keep'), `${kept.join('\n')}\n`);
    plink2(
      ...MOUSE,
      '--keep',
      at('keep'),
      '--chr',
      '17-19',
      '--glm',
      'allow-no-covars',
      ...GLM,
      '--out',
      at('kept.plink2'),
    );
    await assoc(...MOUSE, '--keep', at('keep'), '--chr', '17-19', '--out', at('kept'));
    for (const trait of ['CD8', 'MCH'])
      expectSame(at(`kept.${trait}.glm.linear`), at(`kept.plink2.${trait}.glm.linear`));
  });
});

/** Gives both alleles of a variant the same count, so that plink2's choice of A1 hangs on its rounding. */
function balance(row: Int8Array): void {
  let excess = row.reduce((sum, copies) => sum + (copies < 0 ? 0 : copies - 1), 0);
  for (let i = 0; excess !== 0; i++) {
    const step = Math.sign(excess);
    if (row[i] < 0 || row[i] - step < 0 || row[i] - step > 2) continue;
    row[i] -= step;
    excess -= step;
  }
}

it(
  SHARED === undefined
    ? 'SKIPPED: the real data are not beside the checkout (../shared)'
    : 'all of it was compared',
  ({ skip }) => {
    if (SHARED === undefined) skip('../shared is not there');
    expect(compared).toBeGreaterThan(4 * 9000 + (HAS_PLINK2 ? 10_000 : 0));
  },
);

it.skipIf(HAS_PLINK2)('SKIPPED: plink2 is not on the PATH', () => {});
