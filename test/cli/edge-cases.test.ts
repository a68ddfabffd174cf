import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../formats/folder.js';
import { meanImputed, randomGenotypes, randomNormals } from '../genotype-data.js';
import { heritability, ols, partialRSquared } from '../regression.js';
import { type CohortSpec, cohortFiles } from './cohort-files.js';
import { checkedJson, heredity } from './run.js';

const PEOPLE = 250;
const GENOTYPES = randomGenotypes(40, PEOPLE, { seed: 4 });
const TRAIT = randomNormals(PEOPLE, 9).map((e, i) => e + GENOTYPES[3][i] - 0.7 * GENOTYPES[30][i]);

/** Writes a cohort and runs a command on it. */
async function run(command: 'gre' | 'assoc', spec: CohortSpec, ...flags: string[]) {
  const folder = folderWith(cohortFiles(spec));
  const out = join(folder, 'out');
  const covar = spec.covariates ? ['--covar', join(folder, 'study.covar')] : [];
  const words = [command, '--bfile', join(folder, 'study'), '--pheno', join(folder, 'study.pheno'), ...covar];
  // the solvers are tried here, on whole chromosomes
  if (command === 'gre' && !flags.includes('--blocks')) words.push('--blocks', 'chromosome');
  const result = await heredity([...words, '--quiet', '--out', out, ...flags]);
  const json = existsSync(`${out}.gre.json`)
    ? checkedJson(readFileSync(`${out}.gre.json`, 'utf8'))
    : undefined;
  return { ...result, json, folder };
}

/** Runs `heredity gre` with both solvers and compares each with the regression on all variants at once. */
async function expectRegression(spec: CohortSpec, flags: string[] = []) {
  const y = spec.traits!.y;
  const covariates = Object.values(spec.covariates ?? {});
  const expected = partialRSquared(
    y,
    spec.genotypes.map((row) => meanImputed(row)),
    covariates,
  );
  for (const solver of ['direct', 'iterative']) {
    const { json, stderr } = await run('gre', spec, '--solver', solver, ...flags);
    expect(stderr).not.toContain('error:');
    const [block] = json.traits[0].blocks;
    expect([solver, block.rank]).toEqual([solver, expected.rank]);
    const difference = Math.abs(block.h2 - heritability(expected));
    expect(difference).toBeLessThanOrEqual(solver === 'direct' ? 1e-8 : block.solverError);
  }
  return expected;
}

describe('collinear variants', () => {
  const half = GENOTYPES.map((row) => row.map((copies) => Math.min(copies, 1)));
  const cases: [string, Int8Array[], number][] = [
    ['copied next to each other', GENOTYPES.flatMap((row, v) => (v % 5 === 0 ? [row, row] : [row])), 40],
    ['copied far apart', [...GENOTYPES, GENOTYPES[0], GENOTYPES[1], GENOTYPES[0]], 40],
    ['copied with the other allele counted', [...GENOTYPES, GENOTYPES[0].map((copies) => 2 - copies)], 40],
    ['that are the sum of two others', [...half, half[2].map((copies, i) => copies + half[35][i])], 40],
  ];
  it.each(cases)('%s count once', async (_, genotypes, rank) => {
    expect((await expectRegression({ genotypes, traits: { y: TRAIT } })).rank).toBe(rank);
  });

  it('count once where they are too far apart for the preconditioner to see', async () => {
    // more than one run of 512, so that conjugate gradients have to find the null directions
    const genotypes = randomGenotypes(1200, 1600, { seed: 12, missing: 0.01 });
    genotypes[1190] = genotypes[4];
    genotypes[1100] = genotypes[600].map((copies) => (copies < 0 ? -1 : 2 - copies));
    const y = randomNormals(1600, 2).map((e, i) => e + 0.3 * genotypes[4][i]);
    const spec = { genotypes, traits: { y } };
    const direct = (await run('gre', spec, '--solver', 'direct')).json.traits[0].blocks[0];
    const iterative = (await run('gre', spec, '--solver', 'iterative')).json.traits[0].blocks[0];
    expect([direct.rank, iterative.rank]).toEqual([1198, 1198]);
    expect(iterative.iterations).toBeGreaterThan(3);
    expect(Math.abs(iterative.h2 - direct.h2)).toBeLessThanOrEqual(iterative.solverError);
  });
});

it('a monomorphic variant, and one that nobody has a genotype of, are left out and counted', async () => {
  const genotypes = GENOTYPES.map((row) => row.slice());
  genotypes[0].fill(0);
  genotypes[7].fill(1); // heterozygous in everybody
  genotypes[39].fill(-1);
  const { json, stdout } = await run('gre', { genotypes, traits: { y: TRAIT } });
  const rest = genotypes.filter((_, v) => v !== 0 && v !== 7 && v !== 39);
  expect(json.traits[0].h2).toBeCloseTo(
    heritability(
      partialRSquared(
        TRAIT,
        rest.map((row) => meanImputed(row)),
      ),
    ),
    9,
  );
  expect(json.variants.steps.at(-1)).toMatchObject({ step: 'monomorphic', lost: 3, left: 37 });
  expect(stdout).toMatch(/monomorphic +3 +37/);
});

it('5 % missing genotypes are at the mean', async () => {
  await expectRegression({
    genotypes: randomGenotypes(40, PEOPLE, { seed: 8, missing: 0.05 }),
    traits: { y: TRAIT },
  });
});

it('hardly more people than variants give a wide estimate and a warning', async () => {
  const genotypes = randomGenotypes(140, 150, { seed: 6 });
  const spec = { genotypes, traits: { y: randomNormals(150, 3) } };
  const { rank } = await expectRegression(spec);
  expect(rank).toBe(140);
  const { json } = await run('gre', spec);
  expect(json.traits[0].se).toBeGreaterThan(0.5);
  expect(json.traits[0].warnings.join()).toMatch(/rank is 94 % of the degrees of freedom/);
});

it('hardly more people than variants, over several runs of the preconditioner, stay within the certified error', async () => {
  const spec = { genotypes: randomGenotypes(1100, 1110, { seed: 6 }), traits: { y: randomNormals(1110, 3) } };
  const direct = (await run('gre', spec, '--solver', 'direct')).json.traits[0].blocks[0];
  const { json, exitCode, stderr } = await run('gre', spec, '--solver', 'iterative');
  if (exitCode === 0) {
    const [block] = json.traits[0].blocks;
    expect(block.rank).toBe(direct.rank);
    expect(Math.abs(block.h2 - direct.h2)).toBeLessThanOrEqual(block.solverError);
  } else {
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/^error: .*--solver direct/);
  }
});

it.each([40, 900])(
  'variants constant among the people of one trait keep their rank for others (%d variants)',
  async (variants) => {
    // one run of the preconditioner, and several
    const genotypes = randomGenotypes(variants, 1600, { seed: 14 });
    genotypes[11].fill(0, 0, 1400); // varies among the last 200 only
    genotypes[30] = genotypes[3];
    const noise = randomNormals(1600, 1);
    const most = noise.map((value, i) => (i < 1300 ? value : Number.NaN));
    const last = noise.map((value, i) => (i < 600 ? Number.NaN : value));
    for (const solver of ['direct', 'iterative']) {
      const { json } = await run('gre', { genotypes, traits: { most, last } }, '--solver', solver);
      const found = json.traits.map(({ blocks }: { blocks: { variants: number; rank: number }[] }) => [
        blocks[0].variants,
        blocks[0].rank,
      ]);
      expect([solver, ...found]).toEqual([solver, [variants - 1, variants - 2], [variants, variants - 1]]);
    }
  },
);

describe('a block with a rank as large as the degrees of freedom', () => {
  it.each(['direct', 'iterative', 'auto'])('is refused with the way out (%s)', async (solver) => {
    const spec = { genotypes: randomGenotypes(80, 60, { seed: 6 }), traits: { y: randomNormals(60, 3) } };
    const { exitCode, stderr, json } = await run('gre', spec, '--solver', solver);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^error: .*80 variants.*(rank|people).*--blocks count:K/);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(json).toBeUndefined();
    const smaller = await run('gre', spec, '--solver', solver, '--blocks', 'count:4');
    expect(smaller.json.traits[0].blocks).toHaveLength(4);
  });

  it('is not refused where many variants are copies', async () => {
    const few = randomGenotypes(20, 60, { seed: 6 });
    await expectRegression({
      genotypes: [...few, ...few, ...few, ...few],
      traits: { y: randomNormals(60, 3) },
    });
  });
});

describe('a covariate equal to a variant', () => {
  const covariates = { snp: GENOTYPES[12] };

  it('takes it out of rank and degrees of freedom', async () => {
    const { rank, n } = await expectRegression({ genotypes: GENOTYPES, traits: { y: TRAIT }, covariates });
    expect([rank, n]).toEqual([39, PEOPLE - 2]);
  });

  it('leaves that variant without an association, and says why', async () => {
    const { exitCode, folder, stdout } = await run('assoc', {
      genotypes: GENOTYPES,
      traits: { y: TRAIT },
      covariates,
    });
    expect(exitCode).toBe(0);
    const rows = readFileSync(join(folder, 'out.y.glm.linear'), 'utf8').trimEnd().split('\n').slice(1);
    expect(rows[12].split('\t').slice(8)).toEqual(['250', 'NA', 'NA', 'NA', 'NA', 'VIF_TOO_HIGH']);
    const { beta, se } = ols(TRAIT, [GENOTYPES[20], TRAIT.map(() => 1), GENOTYPES[12]]);
    const [, , , , , a1, , , , foundBeta, foundSe] = rows[20].split('\t');
    expect(Number(foundBeta)).toBeCloseTo(a1 === 'A' ? beta[0] : -beta[0], 5);
    expect(Number(foundSe)).toBeCloseTo(se[0], 5);
    expect(stdout).toMatch(/variants +without result(?:.|\n)*\n *y +\d+ +\d+ +1 /);
  });
});

describe('an odd trait', () => {
  it.each([
    ['constant', Float64Array.from(TRAIT, () => 7), /trait y is constant.*--pheno-name/],
    [
      'with one value',
      Float64Array.from(TRAIT, (value, i) => (i === 3 ? value : Number.NaN)),
      /--pheno leaves 1 of 250 people/,
    ],
    [
      'with two values',
      Float64Array.from(TRAIT, (value, i) => (i === 3 || i === 4 ? value : Number.NaN)),
      /--pheno leaves 2 of 250 people/,
    ],
  ])('%s is refused', async (_, y, message) => {
    for (const command of ['gre', 'assoc'] as const) {
      const { exitCode, stderr } = await run(command, { genotypes: GENOTYPES, traits: { y } });
      expect(exitCode).toBe(message.source.includes('leaves') ? 3 : 4);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain(' at ');
    }
  });

  it('of 0, 1 and 2 has cases, controls and people who are not known, and with --missing-code three values', async () => {
    const y = Float64Array.from(TRAIT, (value) => (value < -0.5 ? 0 : value < 1 ? 1 : 2));
    const known = y.filter((value) => value > 0).length;
    const cases = await run('gre', { genotypes: GENOTYPES, traits: { y } });
    expect(cases.json.traits[0]).toMatchObject({ n: known });
    expect(cases.stderr).toContain("PLINK's coding of cases");
    const { json, stderr } = await run(
      'gre',
      { genotypes: GENOTYPES, traits: { y } },
      '--missing-code',
      '-9',
    );
    expect(json.traits[0].n).toBe(PEOPLE);
    expect(json.traits[0].h2).toBeCloseTo(heritability(partialRSquared(y, GENOTYPES)), 9);
    expect(stderr).toContain('three values (0, 1, 2)');
  });

  it('that the covariates determine is refused', async () => {
    const spec = {
      genotypes: GENOTYPES,
      traits: { y: TRAIT },
      covariates: { twice: TRAIT.map((value) => 2 * value) },
    };
    const { exitCode, stderr } = await run('gre', spec);
    expect([exitCode, stderr]).toEqual([
      4,
      expect.stringContaining('trait y is determined by the covariates'),
    ]);
  });
});

describe('two samples', () => {
  const genotypes = [Int8Array.of(0, 1), Int8Array.of(2, 0)];

  it('are too few for GRE', async () => {
    const { exitCode, stderr } = await run('gre', { genotypes, traits: { y: [1.5, 2.5] } });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^error: .*--blocks/);
  });

  it('have no association', async () => {
    const { exitCode, folder } = await run('assoc', { genotypes, traits: { y: [1.5, 2.5] } });
    expect(exitCode).toBe(0);
    const rows = readFileSync(join(folder, 'out.y.glm.linear'), 'utf8').trimEnd().split('\n').slice(1);
    expect(rows.map((row) => row.split('\t').at(-1))).toEqual([
      'SAMPLE_CT<=PREDICTOR_CT',
      'SAMPLE_CT<=PREDICTOR_CT',
    ]);
  });
});

it('a cohort without a variant left, or one variant and one block, is told apart', async () => {
  const constant = [Int8Array.from(TRAIT, () => 0)];
  const none = await run('gre', { genotypes: constant, traits: { y: TRAIT } });
  expect([none.exitCode, none.stderr]).toEqual([4, expect.stringContaining('leave no variant')]);
  await expectRegression({ genotypes: [GENOTYPES[3]], traits: { y: TRAIT } });
});
