import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodsFixture } from '../../fixture.js';
import { SHARED, sharedFile } from '../../shared.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity, resultUnder } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-he-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const { genotypes, y } = methodsFixture();

beforeAll(() => {
  const chromosome = (v: number) => (v < 30 ? 1 : 2);
  const low = y.map((value, i) => (i % 9 === 0 ? Number.NaN : -value));
  const files = cohortFiles({ genotypes, chromosome, traits: { y, low } });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
  const rows = genotypes.map(
    (_, v) => `${chromosome(v)} ${100 * (v + 1)} rs${v} 0 ${Number(v < 20)} ${Number(v >= 20)}`,
  );
  writeFileSync(at('study.annot'), ['CHR BP SNP CM first second', ...rows, ''].join('\n'));
});

let runs = 0;
async function he(...words: string[]) {
  const out = at(`run${runs++}`);
  const result = await heredity([
    'he',
    '--bfile',
    at('study'),
    '--pheno',
    at('study.pheno'),
    '--out',
    out,
    '--threads',
    '1',
    ...words,
  ]);
  return { ...result, json: resultUnder(out), out };
}

describe('heredity he', () => {
  it('writes estimates of every trait, METHODS 12 with exact traces', async () => {
    const { exitCode, json, out } = await he('--exact-traces', '--jackknife-blocks', '10');
    expect(exitCode).toBe(0);
    expect(json.traits.map(({ name }: { name: string }) => name)).toEqual(['y', 'low']);
    expect(json.traits[0].h2).toBeCloseTo(0.61929537, 8);
    expect(json.traits[1].n).toBe(y.length - Math.ceil(y.length / 9));
    const rows = readFileSync(`${out}.he.tsv`, 'utf8').trimEnd().split('\n');
    expect(rows[0]).toMatch(/^trait\tmethod\tpart\tkind\tscale\tn\tvariants\testimate\tse\t/);
    expect(rows.filter((row) => /\ttotal\ttotal\t/.test(row))).toHaveLength(2);
    expect(readFileSync(`${out}.he.svg`, 'utf8')).toContain('Haseman-Elston');
    expect(existsSync(`${out}.he.png`)).toBe(true);
  });

  it.each([
    [
      ['--partition', 'chromosome'],
      ['chr1', 'chr2'],
    ],
    [
      ['--maf-bins', '2'],
      [expect.stringMatching(/^maf0/), expect.stringMatching(/^maf0/)],
    ],
  ])('divides the variants by %j', async (words, names) => {
    const { json } = await he(...words, '--pheno-name', 'y');
    const [{ components, h2 }] = json.traits;
    expect(components.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(components[0].h2 + components[1].h2).toBeCloseTo(h2, 10);
  });

  it('prints a plan and writes nothing: random traces read the file again, exact ones hold it', async () => {
    const { exitCode, stdout, json } = await he('--plan');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/random traces +[\d,]+ +streamed .*(MB|KB)/);
    expect(json).toBeUndefined();
    expect((await he('--plan', '--exact-traces')).stdout).toMatch(
      /exact traces +[\d,]+ +in memory .*(MB|KB)/,
    );
  });

  it('refuses two ways of dividing the variants', async () => {
    const { exitCode, stderr } = await he('--partition', 'chromosome', '--maf-bins', '2');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--partition and --maf-bins');
  });
});

/** expected/peers.md: traces by all pairs, covariates projected out; LDAK agrees. RHE-mc and GENIE scatter around it. */
describe.skipIf(!SHARED)('bench5k', () => {
  it('comes to the exact traces with random vectors', async () => {
    const prefix = sharedFile('data/bench5k/bench');
    const out = at('bench5k');
    await heredity([
      'he',
      ...['--bfile', prefix, '--pheno', `${prefix}.pheno`, '--covar', `${prefix}.covar`],
      ...['--vectors', '50', '--out', out],
    ]);
    const { traits } = resultUnder(out);
    for (const [t, [h2, ofPeople, ofVariants]] of [
      [0.184, 0.032, 0.028],
      [0.427, 0.04, 0.045],
      [0.752, 0.053, 0.07],
    ].entries()) {
      expect(Math.abs(traits[t].h2 - h2)).toBeLessThan(3 * traits[t].monteCarloSe + 5e-4);
      // LDAK's jackknife over people knows nothing of other effects, RHE-mc's over blocks of variants nothing of what ties them together
      expect(traits[t].jackknifeSe / ofVariants).toBeGreaterThan(0.8);
      expect(traits[t].jackknifeSe / ofVariants).toBeLessThan(1.25);
      expect(traits[t].se).toBeGreaterThan(Math.max(0.9 * ofPeople, traits[t].jackknifeSe));
      expect(traits[t].se / ofPeople).toBeLessThan(1.6);
    }
  }, 60_000);
});
