import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSumstats } from '../../src/formats/sumstats.js';
import { heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-munge-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function munge(name: string, ...flags: string[]) {
  const out = join(folder, 'out');
  const { exitCode, stderr } = await heredity([
    'munge',
    '--sumstats',
    sharedFile(name),
    '--out',
    out,
    '--quiet',
    ...flags,
  ]);
  expect([exitCode, stderr.match(/^error.*/m)?.[0]]).toEqual([0, undefined]);
  return readSumstats(`${out}.sumstats.gz`);
}

const RAW = 'data/sumstats/BBJ_BMI_EAS_chr22_from_MAMA.txt.gz';
/** Without LDSC's rules: the other program has its own. */
const EVERYTHING = ['--n-min', '0', '--maf-min', '0'];

describe.skipIf(SHARED === undefined)('a real GWAS of BMI, chromosome 22', () => {
  it('Z from the column of Z: every variant that another program munged, to the last digit', async () => {
    const theirs = await readSumstats(sharedFile('data/sumstats/BBJ_BMI_EAS_chr22.munged.sumstats.gz'));
    const ours = await munge(RAW, ...EVERYTHING, '--ignore', 'P');
    const different: string[] = [];
    for (let i = 0; i < theirs.count; i++) {
      const j = ours.ids.indexIn(theirs.ids, i);
      const same =
        j >= 0 &&
        ours.allele1[j] === theirs.allele1[i] &&
        ours.allele2[j] === theirs.allele2[i] &&
        ours.n[j] === theirs.n[i] &&
        Math.abs(ours.z[j] - theirs.z[i]) < 1e-9;
      if (!same) different.push(theirs.ids.text(i));
    }
    expect([theirs.count, different]).toEqual([15_212, []]);
  });

  it('Z from P: within what four digits of P leave, with the sign of the effect', async () => {
    const fromZ = await munge(RAW, ...EVERYTHING, '--ignore', 'P');
    const fromP = await munge(RAW, ...EVERYTHING);
    expect(fromP.count).toBe(fromZ.count);
    let [worst, signs] = [0, 0];
    for (let i = 0; i < fromP.count; i++) {
      worst = Math.max(worst, Math.abs(Math.abs(fromP.z[i]) - Math.abs(fromZ.z[i])));
      if (fromP.z[i] * fromZ.z[i] < 0) signs++;
    }
    expect(worst).toBeLessThan(0.0021);
    expect(signs).toBe(0);
  });
});

describe.skipIf(SHARED === undefined)('results of plink2 --glm', () => {
  it('Z from P is T_STAT, but for the tail of t', async () => {
    const z = await munge(
      'expected/plink2/mouse-hs.sex.CD8.glm.linear',
      ...EVERYTHING,
      '--signed-sumstats',
      'BETA,0',
    );
    const t = await munge(
      'expected/plink2/mouse-hs.sex.CD8.glm.linear',
      ...EVERYTHING,
      '--ignore',
      'P',
      '--no-check-median',
    );
    expect(z.count).toBe(t.count);
    expect(z.count).toBeGreaterThan(1000);
    for (let i = 0; i < z.count; i++) {
      // t with 1,408 degrees of freedom against the normal: |t| exceeds |z| by about t³ / (4 df)
      const difference = Math.abs(t.z[i]) - Math.abs(z.z[i]);
      expect(difference).toBeGreaterThan(-0.002);
      expect(difference).toBeLessThan(
        0.002 + (1.2 * (Math.abs(t.z[i]) ** 3 + Math.abs(t.z[i]))) / (4 * 1408),
      );
      expect(t.z[i] * z.z[i]).toBeGreaterThanOrEqual(0);
    }
  });
});
