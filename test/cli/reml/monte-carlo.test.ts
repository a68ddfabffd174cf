import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodsFixture } from '../../fixture.js';
import { SHARED, sharedFile } from '../../shared.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity, resultUnder } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-monte-carlo-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const { genotypes, y } = methodsFixture();

beforeAll(() => {
  const traits = { y, sick: y.map((value) => Number(value > 0.8)) };
  const chromosome = (v: number) => 1 + Math.floor(v / 30);
  for (const [name, content] of Object.entries(cohortFiles({ genotypes, chromosome, traits })))
    writeFileSync(at(name), content!);
});

function run(out: string, ...words: string[]) {
  const input = ['--bfile', at('study'), '--pheno', at('study.pheno')];
  return heredity(['reml', '--method', 'monte-carlo', ...input, '--out', at(out), '--quiet', ...words]);
}

async function reml(out: string, ...words: string[]) {
  const { exitCode, stderr } = await run(out, ...words);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return resultUnder(at(out));
}

describe('heredity reml --method monte-carlo', () => {
  it('comes to what exact REML says, with the random error beside it', async () => {
    const { traits, estimates } = await reml('one', '--vectors', '400', '--prevalence', '0.1');
    expect(estimates[0].method).toBe('reml-mc');
    expect(Math.abs(traits[0].h2 - 0.535586)).toBeLessThan(3.5 * traits[0].monteCarloSe);
    expect(traits[0].monteCarloSe).toBeLessThan(0.005);
    expect(traits[1].liability.h2).not.toBe(traits[1].h2);
    expect(readFileSync(at('one.reml-mc.y.hsq'), 'utf8')).toContain('V(G)/Vp\t0.53');
  });

  it('fits a component each part', async () => {
    const { traits } = await reml(
      'parts',
      '--pheno-name',
      'y',
      '--partition',
      'chromosome',
      '--vectors',
      '200',
    );
    const shares = traits[0].components.map(({ h2 }: { h2: number }) => h2);
    expect(shares[0]).toBeCloseTo(0.289, 1);
    expect(shares[1]).toBeCloseTo(0.247, 1);
  });

  it('weights variants by a heritability model as exact REML does', async () => {
    const words = ['--pheno-name', 'y', '--power', '-0.25'];
    const input = ['--bfile', at('study'), '--pheno', at('study.pheno')];
    await heredity(['reml', ...input, ...words, '--out', at('exact'), '--quiet']);
    const exact = resultUnder(at('exact'));
    const random = await reml('power', ...words, '--vectors', '400');
    // the exact matrix is held in float32
    const { meanDiagonal } = exact.traits[0].components[0];
    expect(random.traits[0].components[0].meanDiagonal).toBeCloseTo(meanDiagonal, 6);
    expect(Math.abs(random.traits[0].h2 - exact.traits[0].h2)).toBeLessThan(
      4 * random.traits[0].monteCarloSe,
    );
  });

  it.each([
    [['--grm', 'x'], '--grm means nothing with --method monte-carlo'],
    [['--ldak'], '--ldak means nothing'],
    [['--reml-no-constrain', '--partition', 'chromosome'], '--reml-no-constrain is for one component'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, stderr } = await run('refused', ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('has flags that exact REML refuses', async () => {
    const input = ['--bfile', at('study'), '--pheno', at('study.pheno')];
    const { exitCode, stderr } = await heredity([
      'reml',
      ...input,
      '--maf-bins',
      '2',
      '--out',
      at('refused'),
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--maf-bins means nothing without --method monte-carlo');
  });
});

/** expected/peers.md: GCTA's exact answers; BOLT-LMM says .213346 (.026330), .491506 (.027540) and .793207 (.021524). */
describe.skipIf(!SHARED)('bench5k', () => {
  it('comes to the answers of GCTA within its random error', async () => {
    const prefix = sharedFile('data/bench5k/bench');
    const out = at('bench5k');
    await heredity([
      ...['reml', '--method', 'monte-carlo', '--out', out],
      ...['--bfile', prefix, '--pheno', `${prefix}.pheno`, '--covar', `${prefix}.covar`],
    ]);
    const { traits } = resultUnder(out);
    for (const [t, [h2, se]] of [
      [0.214479, 0.02626],
      [0.491815, 0.02744],
      [0.792745, 0.021473],
    ].entries()) {
      expect(Math.abs(traits[t].h2 - h2)).toBeLessThan(3 * traits[t].monteCarloSe);
      expect(traits[t].se / se).toBeCloseTo(1, 1);
    }
  }, 120_000);
});
