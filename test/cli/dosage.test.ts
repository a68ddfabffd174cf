import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { host } from '../../src/host/host.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { HAS_PLINK2, plink2 } from '../formats/plink2.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { heredity, resultUnder } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-dosage-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 300;
const VARIANTS = 120;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 77 });
const noise = randomNormals(SAMPLES * VARIANTS, 78);
/** Dosages near the genotypes, with four decimals. */
const imputed = genotypes.map((row, v) =>
  Array.from(row, (g, i) => Math.min(2, Math.max(0, g + 0.25 * noise[v * SAMPLES + i])).toFixed(4)),
);

function vcf(format: string, field: (v: number, i: number) => string): string {
  const ids = Array.from({ length: SAMPLES }, (_, i) => `s${i}`);
  const rows = genotypes.map((row, v) =>
    [
      1 + Math.floor(v / 40),
      1000 * (1 + (v % 40)),
      `v${v}`,
      'A',
      'C',
      '.',
      '.',
      '.',
      format,
      ...Array.from(row, (_, i) => field(v, i)),
    ].join('\t'),
  );
  return [
    '##fileformat=VCFv4.2',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">',
    '##FORMAT=<ID=DS,Number=1,Type=Float,Description="dosage">',
    ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...ids].join('\t'),
    ...rows,
    '',
  ].join('\n');
}
const gt = (copies: number) => ['0/0', '0/1', '1/1'][copies];

beforeAll(() => {
  writeFileSync(
    at('whole.vcf'),
    vcf('GT:DS', (v, i) => `${gt(genotypes[v][i])}:${genotypes[v][i]}`),
  );
  writeFileSync(
    at('imputed.vcf'),
    vcf('GT:DS', (v, i) => `${gt(genotypes[v][i])}:${imputed[v][i]}`),
  );
  writeFileSync(
    at('calls.vcf'),
    vcf('GT', (v, i) => gt(genotypes[v][i])),
  );
  const effects = randomNormals(VARIANTS, 5);
  const y = randomNormals(SAMPLES, 6).map(
    (e, i) => 3 * e + effects.reduce((sum, b, v) => sum + 0.3 * b * Number(imputed[v][i]), 0),
  );
  const z = randomNormals(SAMPLES, 7);
  const rows = Array.from(y, (value, i) => `s${i} ${value} ${i % 9 === 4 ? 'NA' : z[i] + value / 3}`);
  writeFileSync(at('traits.txt'), ['#IID y z', ...rows, ''].join('\n'));
});

let runs = 0;
const run = (...words: string[]) => runOn(1, ...words);
async function runOn(threads: number, ...words: string[]) {
  const out = at(`run${runs++}`);
  const result = await heredity([...words, '--threads', String(threads), '--out', out]);
  expect([result.exitCode, result.stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return { out, ...result };
}
const traits = () => ['--pheno', at('traits.txt')];

describe('--dosage', () => {
  it.each([
    ['he', ['he', '--jackknife-blocks', '10']],
    ['he, exact', ['he', '--jackknife-blocks', '10', '--exact-traces']],
    ['he, components', ['he', '--jackknife-blocks', '10', '--maf-bins', '2']],
    ['Monte Carlo REML', ['reml', '--method', 'monte-carlo']],
  ])('gives %s of hard calls where dosages are whole', async (_, words) => {
    const [hard, soft] = [
      await run(...words, '--vcf', at('whole.vcf'), ...traits()),
      await run(...words, '--vcf', at('whole.vcf'), '--dosage', ...traits()),
    ];
    const [a, b] = [resultUnder(hard.out), resultUnder(soft.out)];
    for (const [k, { h2 }] of a.estimates.entries()) {
      expect(b.estimates[k].h2.value).toBeCloseTo(h2.value, 4);
      expect(b.estimates[k].h2.se).toBeCloseTo(h2.se, 4);
    }
    expect(b.provenance.dosages).toEqual({ variants: VARIANTS, missing: 0, missingRate: 0 });
    expect(soft.stderr).toContain('dosages count to 1/127 of a copy');
  });

  it('gives the association and LD scores of hard calls where dosages are whole', async () => {
    const assoc = ['assoc', '--skip-pictures', '--vcf', at('whole.vcf'), ...traits()];
    const [hard, soft] = [await run(...assoc), await run(...assoc, '--dosage')];
    for (const trait of ['y', 'z'])
      expect(readFileSync(`${soft.out}.${trait}.glm.linear`, 'utf8')).toBe(
        readFileSync(`${hard.out}.${trait}.glm.linear`, 'utf8'),
      );
    const scores = ['ld', 'scores', '--ld-wind-kb', '15', '--vcf', at('whole.vcf')];
    const [plain, own] = [await run(...scores), await run(...scores, '--dosage')];
    const read = (out: string) => gunzipSync(readFileSync(`${out}.l2.ldscore.gz`)).toString();
    expect(read(own.out)).toBe(read(plain.out));
  });

  it.each([
    ['he', ['he', '--jackknife-blocks', '10'], 'traits'],
    ['Monte Carlo REML', ['reml', '--method', 'monte-carlo'], 'traits'],
    ['association', ['assoc', '--skip-pictures'], 'traits'],
    ['LD scores', ['ld', 'scores', '--ld-wind-kb', '15'], 'none'],
  ])('gives the same bits on one thread and on two: %s', async (_, command, needs) => {
    // all work is said to be long, so that threads start for it
    const { run: own } = KernelPool.prototype;
    const longRun: typeof own = function (this: KernelPool, task, calls, options) {
      return own.call(this, task as never, calls as never, { ...options, milliseconds: 1000 }) as never;
    };
    const running = vi.spyOn(KernelPool.prototype, 'run').mockImplementation(longRun);
    const starts = vi.spyOn(host().threads, 'start');
    try {
      const words = [
        ...command,
        '--vcf',
        at('imputed.vcf'),
        '--dosage',
        ...(needs === 'traits' ? traits() : []),
      ];
      const { out: one } = await runOn(1, ...words);
      expect(starts).not.toHaveBeenCalled();
      const { out: two } = await runOn(2, ...words);
      expect(starts).toHaveBeenCalledTimes(2);
      const resultsOf = (out: string) =>
        readdirSync(folder)
          .filter((name) => at(name).startsWith(`${out}.`) && !/\.(log|png|html)$/.test(name))
          .sort()
          .map((name) => {
            const bytes = readFileSync(at(name));
            const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
            const isOfRun = (key: string) => ['provenance', 'seconds'].includes(key);
            return name.endsWith('.json')
              ? JSON.parse(text.replaceAll(out, ''), (key, value) => (isOfRun(key) ? undefined : value))
              : text;
          });
      expect(resultsOf(two)).toEqual(resultsOf(one));
      expect(resultsOf(one).length).toBeGreaterThan(0);
    } finally {
      running.mockRestore();
      starts.mockRestore();
    }
  });

  it.skipIf(!HAS_PLINK2)("agrees with plink2's regression on dosages, from every format", async () => {
    plink2(folder, '--vcf', 'imputed.vcf', 'dosage=DS', '--make-pgen', '--out', 'imputed');
    plink2(folder, '--pfile', 'imputed', '--export', 'bgen-1.2', 'bits=16', '--out', 'imputed');
    plink2(
      folder,
      '--pfile',
      'imputed',
      '--glm',
      'allow-no-covars',
      '--pheno',
      'traits.txt',
      '--out',
      'theirs',
    );
    const table = (path: string) => {
      const [header, ...rows] = readFileSync(path, 'utf8').trim().split('\n');
      const names = header.split('\t');
      return rows.map((row) => Object.fromEntries(row.split('\t').map((value, k) => [names[k], value])));
    };
    const outs: string[] = [];
    for (const input of [
      ['--vcf', at('imputed.vcf')],
      ['--pfile', at('imputed')],
      ['--bgen', at('imputed.bgen'), '--sample', at('imputed.sample')],
    ])
      outs.push((await run('assoc', '--skip-pictures', ...input, '--dosage', ...traits())).out);
    for (const trait of ['y', 'z']) {
      const theirs = table(at(`theirs.${trait}.glm.linear`));
      const ours = outs.map((out) => table(`${out}.${trait}.glm.linear`));
      for (const [k, row] of theirs.entries())
        for (const [own] of [[ours[0][k]], [ours[1][k]], [ours[2][k]]]) {
          expect([own.ID, own.A1, own.OBS_CT]).toEqual([row.ID, row.A1, row.OBS_CT]);
          // rounding to 1/127 adds at most 1/1000 of a standard deviation's noise
          expect(Math.abs(Number(own.BETA) - Number(row.BETA))).toBeLessThan(0.05 * Number(row.SE));
          expect(Number(own.SE) / Number(row.SE)).toBeCloseTo(1, 2);
        }
    }
  });

  it('explains more than hard calls do where dosages are of what matters', async () => {
    const [hard, soft] = [
      await run('he', '--vcf', at('imputed.vcf'), ...traits()),
      await run('he', '--vcf', at('imputed.vcf'), '--dosage', ...traits()),
    ];
    const h2 = (out: string) => resultUnder(out).estimates[0].h2.value;
    expect(h2(soft.out)).toBeGreaterThan(h2(hard.out));
  });

  it.each([
    [['he', '--vcf', 'calls.vcf', '--dosage'], 'the genotypes have no dosages'],
    [['assoc', '--bfile', 'calls', '--dosage'], '--dosage'],
    [['he', '--vcf', 'imputed.vcf', '--dosage', '--dominance', '--exact-traces'], '--dosage means nothing'],
    [['reml', '--vcf', 'imputed.vcf', '--dosage'], '--dosage means nothing'],
    [['gre', '--vcf', 'imputed.vcf', '--dosage'], '--dosage'],
  ])('is refused where it cannot be: %j', async (words, problem) => {
    const own = words.map((word) => (/\.vcf$|^calls$/.test(word) ? at(word) : word));
    const { exitCode, stderr } = await heredity([...own, ...traits(), '--out', at('refused')]);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(problem);
  });
});
