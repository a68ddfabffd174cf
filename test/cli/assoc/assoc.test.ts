import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGlmLinear } from '../../../src/formats/glm-linear.js';
import { readSumstats } from '../../../src/formats/sumstats.js';
import { meanImputed, randomGenotypes, randomNormals } from '../../genotype-data.js';
import { ols } from '../../regression.js';
import { cohortFiles, sampleTable } from '../cohort-files.js';
import { heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-assoc-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 200;
const genotypes = randomGenotypes(40, SAMPLES, { seed: 5, missing: 0.06 });
genotypes[17].fill(2); // does not vary
const normal = (seed: number) => randomNormals(SAMPLES, seed);
const age = normal(1).map((x) => 45 + 12 * x);
const bmi = normal(2).map(
  (e, i) => 25 + e + 0.4 * Math.max(0, genotypes[7][i]) + (i % 13 === 5 ? Number.NaN : 0),
);
const sick = normal(3).map((e) => Number(e > 0.6));

const INPUT = ['--bfile', at('study'), '--covar', at('study.covar')];

beforeAll(() => {
  const chromosome = (v: number) => (v < 35 ? 1 + Math.floor(v / 20) : 'X');
  const files = cohortFiles({ genotypes, chromosome, traits: { bmi, sick }, covariates: { age } });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

async function assoc(out: string, ...flags: string[]) {
  const pheno = flags.includes('--pheno') ? [] : ['--pheno', at('study.pheno')];
  const run = await heredity(['assoc', ...INPUT, ...pheno, '--out', at(out), ...flags]);
  expect([run.exitCode, run.stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return run;
}

/** The regression on A1 that a row of the file should hold. */
function explicit(v: number, y: Float64Array, effectAllele: string, missing: 'casewise' | 'mean') {
  const people = [...y.keys()].filter(
    (i) => !Number.isNaN(y[i]) && (missing === 'mean' || genotypes[v][i] >= 0),
  );
  const copies = missing === 'mean' ? meanImputed(genotypes[v]) : genotypes[v];
  const x = people.map((i) => (effectAllele === 'A' ? copies[i] : 2 - copies[i]));
  const pick = (values: ArrayLike<number>) => people.map((i) => values[i]);
  const { beta, se } = ols(pick(y), [x, x.map(() => 1), pick(age)]);
  return { beta: beta[0], se: se[0], samples: people.length };
}

const within = (found: number, expected: number) => Math.abs(found / expected - 1) <= 5.1e-6; // six digits

describe.each(['casewise', 'mean'] as const)('--missing %s', (missing) => {
  it('writes the regression of every trait on A1 and covariates, and the same for LDSC', async () => {
    await assoc(missing, '--missing', missing);
    for (const [name, y] of [
      ['bmi', bmi],
      ['sick', sick],
    ] as const) {
      const table = await readGlmLinear(at(`${missing}.${name}.glm.linear`));
      const sumstats = await readSumstats(at(`${missing}.${name}.sumstats.gz`));
      expect(table.count).toBe(34); // autosomes that vary
      expect(sumstats.count).toBe(34);
      for (let row = 0; row < table.count; row++) {
        const v = Number(table.id[row].slice(2));
        const { beta, se, samples } = explicit(v, y, table.effectAllele[row], missing);
        expect([table.ref[row], table.alt[row], table.samples[row]]).toEqual(['G', 'A', samples]);
        expect(
          within(table.beta[row], beta) && within(table.se[row], se) && within(table.t[row], beta / se),
        ).toBe(true);
        expect(table.frequency[row]).toBeLessThan(0.6);
        expect(sumstats.ids.text(row)).toBe(table.id[row]);
        expect(sumstats.allele1[row]).toBe(table.effectAllele[row]);
        expect(sumstats.allele2[row]).toBe(table.effectAllele[row] === 'A' ? 'G' : 'A');
        expect([sumstats.z[row], sumstats.n[row]]).toEqual([table.t[row], samples]);
      }
    }
  });
});

it('writes nothing but what it names: tables, what each scan found and pictures of it, and the log', async () => {
  const before = readdirSync(folder);
  const { stdout } = await assoc('named', '--quiet');
  const written = readdirSync(folder).filter((name) => !before.includes(name));
  const ofTrait = [
    'glm.linear',
    'manhattan.png',
    'manhattan.svg',
    'qq.png',
    'qq.svg',
    'sumstats.gz',
  ] as const;
  expect(written.toSorted()).toEqual(
    [
      'assoc.json',
      'assoc.log',
      'assoc.tsv',
      ...['bmi', 'sick'].flatMap((t) => ofTrait.map((f) => `${t}.${f}`)),
    ]
      .map((name) => `named.${name}`)
      .toSorted(),
  );
  expect(stdout).toMatch(/monomorphic +1 +34/);
  expect(gunzipSync(readFileSync(at('named.bmi.sumstats.gz'))).toString()).toMatch(
    /^SNP\tA1\tA2\tZ\tN\nrs0\t[AG]\t[AG]\t/,
  );
});

it('says of each trait what its scan found, and what BETA means where it has cases', async () => {
  const { stderr } = await assoc('scans', '--skip-pictures');
  expect(existsSync(at('scans.bmi.qq.svg'))).toBe(false);
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /sick: linear regression of a case-control trait .* BETA is the change in the share of cases/,
  );
  const { traits } = JSON.parse(readFileSync(at('scans.assoc.json'), 'utf8'));
  for (const { trait, ...found } of traits) {
    const { t, id, logP } = await readGlmLinear(at(`scans.${trait}.glm.linear`));
    const chi2 = Array.from(t, (value) => value ** 2).sort((a, b) => a - b);
    expect(found).toMatchObject({ variants: 34, withoutResult: 0, genomeWide: 0 });
    expect(found.meanChi2).toBeCloseTo(chi2.reduce((sum, x) => sum + x, 0) / 34, 4);
    expect(found.lambdaGc).toBeCloseTo(chi2[16] / 0.4549, 2);
    const strongest = t.findIndex((value) => value ** 2 === chi2[33]);
    expect(found.strongest.variant).toBe(id[strongest]);
    expect(-found.strongest.minusLog10P * Math.LN10).toBeCloseTo(logP[strongest], 4);
  }
});

it('takes chromosomes beyond the autosomes when told to', async () => {
  await assoc('with-x', '--chr', '1,2,X', '--pheno-name', 'bmi');
  const { chromosome } = await readGlmLinear(at('with-x.bmi.glm.linear'));
  expect(chromosome.filter((name) => name === 'X')).toHaveLength(5);
  expect(existsSync(at('with-x.sick.glm.linear'))).toBe(false);
});

it('gives a case-control trait the same whether coded 0 and 1 or 1 and 2', async () => {
  writeFileSync(at('coded12'), sampleTable({ sick: sick.map((value) => value + 1) }));
  await assoc('coded12-out', '--pheno', at('coded12'));
  await assoc('coded01-out', '--pheno-name', 'sick');
  const read = (name: string) => readFileSync(at(`${name}.sick.glm.linear`), 'utf8');
  expect(read('coded12-out')).toBe(read('coded01-out'));
});

it('chooses A1 among the samples listed, with or without a trait', async () => {
  // allele A is the rarer one among the first hundred samples only
  const rows = [
    Int8Array.from({ length: SAMPLES }, (_, i) => (i < 100 ? Number(i % 3 === 0) : 2 - Number(i % 4 === 0))),
  ];
  const y = normal(9).map((value, i) => (i < 100 ? value : Number.NaN));
  for (const [name, content] of Object.entries(cohortFiles({ genotypes: rows, traits: { y } })))
    writeFileSync(at(`split-${name}`), content!);
  writeFileSync(at('first'), Array.from({ length: 100 }, (_, i) => `f${i} i${i}\n`).join(''));
  const a1 = async (...flags: string[]) => {
    const { exitCode } = await heredity([
      'assoc',
      '--bfile',
      at('split-study'),
      '--pheno',
      at('split-study.pheno'),
      '--out',
      at('split'),
      ...flags,
    ]);
    expect(exitCode).toBe(0);
    return (await readGlmLinear(at('split.y.glm.linear'))).effectAllele[0];
  };
  expect(await a1()).toBe('G');
  expect(await a1('--keep', at('first'))).toBe('A');
});
