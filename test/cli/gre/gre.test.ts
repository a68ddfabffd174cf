import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodsFixture } from '../../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { dot, heritability, ols, partialRSquared, pseudoInverseForm } from '../../regression.js';
import { cohortFiles, sampleTable } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-gre-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 300;
const VARIANTS = 60;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 2, missing: 0.02 });
const imputed = genotypes.map((row) => meanImputed(row));
const normal = (seed: number) => randomNormals(SAMPLES, seed);
const genetic = (from: number, end: number) =>
  standardised(normal(0).map((_, i) => imputed.slice(from, end).reduce((sum, row) => sum + row[i], 0)));
const height = normal(5).map((e, i) => genetic(0, 25)[i] + e);
const bmi = normal(6).map((e, i) => (i % 11 === 3 ? Number.NaN : genetic(30, 60)[i] + 2 * e));
const sick = normal(7).map((e, i) => Number(genetic(0, 60)[i] + e > 0.8));
const age = normal(8).map((x) => 50 + 10 * x);
const sex = normal(9).map((_, i) => 1 + (i % 2));

beforeAll(() => {
  const chromosome = (v: number) => (v < 25 ? 1 : v < 45 ? 2 : 'X');
  const files = cohortFiles({
    genotypes,
    chromosome,
    traits: { height, bmi, sick },
    covariates: { age, sex },
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

let runs = 0;
/** Runs `heredity gre` on the cohort; the JSON is checked against its schema. */
async function gre(...flags: string[]) {
  const out = at(`run${runs++}`);
  const words = ['gre', '--quiet', '--out', out, ...flags];
  if (!flags.includes('--bfile')) words.push('--bfile', at('study'));
  if (!flags.includes('--pheno')) words.push('--pheno', at('study.pheno'));
  const run = await heredity(words);
  const json = existsSync(`${out}.gre.json`)
    ? checkedJson(readFileSync(`${out}.gre.json`, 'utf8'))
    : undefined;
  return { ...run, out, json };
}

/** h² of one block of variants, by regression on all of them. */
function expectedH2(y: Float64Array, first: number, end: number, covariates: Float64Array[] = []) {
  const people = [...y.keys()].filter((i) => !Number.isNaN(y[i]));
  const pick = (values: ArrayLike<number>) => people.map((i) => values[i]);
  const regression = partialRSquared(pick(y), imputed.slice(first, end).map(pick), covariates.map(pick));
  return { ...regression, h2: heritability(regression) };
}

describe('what is written', () => {
  it('keeps the contract: JSON by its schema, table, pictures and log', async () => {
    const { exitCode, json, out, stdout, stderr } = await gre('--covar', at('study.covar'));
    expect(stderr).not.toContain('error');
    expect(exitCode).toBe(0);
    expect(json.schema).toBe('heredity/result@1');
    expect(json.traits.map((trait: { name: string }) => trait.name)).toEqual(['height', 'bmi', 'sick']);
    for (const [t, y] of [height, bmi, sick].entries()) {
      const trait = json.traits[t];
      expect(trait.n).toBe(y.filter((value) => !Number.isNaN(value)).length);
      expect(trait.covariates).toBe(3);
      expect(trait.blocks.map(({ id }: { id: string }) => id)).toEqual(['chr1', 'chr2']);
      let [total, variance] = [0, 0];
      for (const [k, [first, end]] of [
        [0, 25],
        [25, 45],
      ].entries()) {
        const expected = expectedH2(y, first, end, [age, sex]);
        const block = trait.blocks[k];
        expect(block).toMatchObject({ variants: end - first, rank: expected.rank, iterations: 0 });
        expect(block.r2).toBeCloseTo(expected.r2, 9);
        expect(block.h2).toBeCloseTo(expected.h2, 9);
        expect(block.solverError).toBeLessThan(1e-6);
        total += block.h2;
        variance += block.se ** 2;
      }
      expect(trait.h2).toBeCloseTo(total, 12);
      expect(trait.se).toBeCloseTo(Math.sqrt(variance), 12);
    }
    expect(json.samples).toMatchObject({ start: 300, left: 300 });
    expect(json.variants).toMatchObject({ start: 60, left: 45 });
    expect(json.variants.steps[0]).toMatchObject({ step: 'autosomes', lost: 15, left: 45 });
    expect(json.provenance.flags).toMatchObject({
      '--blocks': 'auto',
      '--cross-block': false,
      '--seed': 1,
    });
    expect(json.provenance.inputs).toHaveLength(5);

    const [header, ...rows] = readFileSync(`${out}.gre.tsv`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(header.join(' ')).toBe(
      'trait method part kind scale n variants estimate se ci_low ci_high se_kind p warnings se_around',
    );
    expect(rows.map((row) => row.slice(0, 4).join(' '))).toEqual(
      ['height', 'bmi', 'sick'].flatMap((name) => [
        `${name} gre total total`,
        `${name} gre chr1 block`,
        `${name} gre chr2 block`,
      ]),
    );
    expect(Number(rows[0][7])).toBe(json.traits[0].h2);
    expect(Number(rows[4][8])).toBe(json.traits[1].blocks[0].se);
    expect(rows[0][6]).toBe('45');

    expect(readFileSync(`${out}.gre.svg`, 'utf8')).toMatch(/^<svg /);
    expect([...readFileSync(`${out}.gre.png`).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(readFileSync(`${out}.gre.log`, 'utf8')).toContain(stdout);
    expect(stdout).toMatch(/height +300 +45 +\S+ \(\S+\)/);
    expect(readdirSync(folder).filter((name) => name.startsWith('.') || name.includes('resume'))).toEqual([]);
  });

  it('has the blocks in a table where there is one trait', async () => {
    const { stdout, out } = await gre('--pheno-name', 'height');
    expect(stdout).toMatch(/chr1 +25 +-?0\.\d+ \(/);
    expect(readFileSync(`${out}.gre.svg`, 'utf8')).toContain('chr2');
  });
});

describe('blocks inside chromosomes', () => {
  const regions = 'chr start end name\n1 1 1150 a\n1 1151 2550 b\n2 1 9999 c\n';
  it.each([['count:4'], ['ld:5'], ['ld'], ['FILE']])(
    '--blocks %s: local heritabilities add up to the corrected one, beside the plain sum',
    async (choice) => {
      writeFileSync(at('regions'), regions);
      const { json, exitCode, stderr } = await gre('--blocks', choice === 'FILE' ? at('regions') : choice);
      expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/^error/m)]);
      for (const { method, h2, parts, quantities, diagnostics } of json.estimates) {
        expect(method).toBe('gre');
        expect(parts.length).toBeGreaterThan(2);
        const sum = (of: (part: (typeof parts)[number]) => number) =>
          parts.reduce((total: number, part: (typeof parts)[number]) => total + of(part), 0);
        expect(sum((part) => part.h2.value)).toBeCloseTo(h2.value, 10);
        expect(sum((part) => part.quantities.plain.value)).toBeCloseTo(quantities.plain.value, 10);
        expect(diagnostics.plainSum).toBe(quantities.plain.value);
        expect(diagnostics.correctionShare).toBeCloseTo(1 - h2.value / quantities.plain.value, 10);
        expect(h2.seKind).toBe('calibrated');
        expect(h2.se).toBeGreaterThan(0);
        for (const part of parts) {
          expect(part.kind).toBe('block');
          expect(part.h2.se).toBeGreaterThan(0);
        }
      }
    },
  );

  it('are chosen where a chromosome has more variants than there are people', async () => {
    writeFileSync(at('few'), Array.from({ length: 24 }, (_, i) => `f${i} i${i}\n`).join(''));
    const { json, exitCode } = await gre('--keep', at('few'), '--pheno-name', 'height');
    expect(exitCode).toBe(0);
    expect(json.estimates[0].parts.length).toBeGreaterThan(2);
    const refused = await gre('--keep', at('few'), '--pheno-name', 'height', '--blocks', 'chromosome');
    expect(refused.exitCode).not.toBe(0);
  });
});

describe('people and variants', () => {
  it('are matched by ID: the order of the tables does not matter, nor do strangers in them', async () => {
    const [header, ...lines] = sampleTable({ height, bmi, sick }).trimEnd().split('\n');
    const shuffled = lines.map((line, i) => [Math.sin(i * 7.3), line] as const).sort(([a], [b]) => a - b);
    writeFileSync(
      at('shuffled'),
      [header, 'f999 i999 1 2 0', ...shuffled.map(([, line]) => line), ''].join('\n'),
    );
    const plain = await gre();
    const { json } = await gre('--pheno', at('shuffled'));
    expect(json.traits).toEqual(plain.json.traits);
  });

  it('are those that lists and filters leave, with the losses counted', async () => {
    writeFileSync(at('keep'), Array.from({ length: 250 }, (_, i) => `f${i} i${i}\n`).join(''));
    writeFileSync(at('remove'), 'f3 i3\nf7 i7\n');
    writeFileSync(at('exclude'), 'rs0\nrs24\n');
    const flags = [
      '--keep',
      at('keep'),
      '--remove',
      at('remove'),
      '--exclude',
      at('exclude'),
      '--chr',
      '1',
      '--maf',
      '0.2',
    ];
    const { json, stdout } = await gre('--pheno-name', 'height', ...flags);
    const people = Array.from({ length: 250 }, (_, i) => i).filter((i) => i !== 3 && i !== 7);
    const kept = genotypes
      .slice(1, 24)
      .map((row) => people.map((i) => row[i]))
      .filter((row) => {
        const present = row.filter((copies) => copies >= 0);
        const f = present.reduce((sum, copies) => sum + copies, 0) / (2 * present.length);
        return Math.min(f, 1 - f) >= 0.2;
      });
    const regression = partialRSquared(
      people.map((i) => height[i]),
      kept.map((row) => meanImputed(row)),
    );
    expect(json.traits[0].h2).toBeCloseTo(heritability(regression), 9);
    expect(
      json.samples.steps.map(({ step, lost }: { step: string; lost: number }) => `${step} ${lost}`),
    ).toEqual(['--keep 50', '--remove 2', '--pheno 0']);
    expect(json.variants.left).toBe(kept.length);
    expect(stdout).toMatch(/--maf +\d+ +\d+ +minor allele frequency below 0\.2/);
  });

  it('may have no FID in the tables', async () => {
    writeFileSync(
      at('iid-only'),
      `IID height\n${[...height].map((value, i) => `i${i} ${value}\n`).join('')}`,
    );
    const { json } = await gre('--pheno', at('iid-only'));
    expect(json.traits[0].h2).toBe((await gre('--pheno-name', 'height')).json.traits[0].h2);
  });
});

describe('--blocks', () => {
  const height2 = ['--pheno-name', 'height', '--chr', '1,2,X'];

  it('genome is one block, without a diagnosis of overlap', async () => {
    const { json } = await gre(...height2, '--blocks', 'genome');
    expect(json.traits[0].blocks).toHaveLength(1);
    expect(json.traits[0].blocks[0].id).toBe('genome');
    expect(json.traits[0].h2).toBeCloseTo(expectedH2(height, 0, 60).h2, 9);
    expect(json.traits[0].overlap).toBeNull();
  });

  it('count:K cuts evenly', async () => {
    const { json } = await gre(...height2, '--blocks', 'count:7');
    const blocks = json.traits[0].blocks;
    expect(blocks.map(({ id }: { id: string }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7].map((k) => `block${k}`));
    expect(blocks[6].h2).toBeCloseTo(expectedH2(height, 51, 60).h2, 9);
    expect(blocks.reduce((sum: number, { variants }: { variants: number }) => sum + variants, 0)).toBe(60);
  });

  it('takes regions, and variants with their blocks; what lies in none is lost and counted', async () => {
    writeFileSync(at('regions'), 'chr start stop name\n1 0 1050 left\n2 3000 100000 right\n');
    const regions = await gre(...height2, '--blocks', at('regions'));
    const [left, right] = regions.json.traits[0].blocks;
    expect([left.id, left.variants, right.id, right.variants]).toEqual(['left', 10, 'right', 16]);
    expect(left.h2).toBeCloseTo(expectedH2(height, 0, 10).h2, 9);
    expect(regions.json.variants.steps.at(-1)).toMatchObject({ step: '--blocks', lost: 34, left: 26 });
    writeFileSync(at('named'), 'SNP block\nrs3 a\nrs50 b\nrs1 a\nrs2 a\n');
    const named = await gre(...height2, '--blocks', at('named'));
    expect(
      named.json.traits[0].blocks.map(({ id, rank }: { id: string; rank: number }) => [id, rank]),
    ).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    expect(named.json.traits[0].blocks[0].h2).toBeCloseTo(expectedH2(height, 1, 4).h2, 9);
  });
});

describe('the solver', () => {
  it('does not change the estimate by more than its certified error, in memory or streamed', async () => {
    const direct = await gre('--solver', 'direct', '--chr', '1,2,X');
    for (const flags of [
      ['--solver', 'iterative'],
      ['--solver', 'iterative', '--memory', '1kB'],
      ['--memory', '1kB'],
    ]) {
      const { json } = await gre('--chr', '1,2,X', ...flags);
      for (const [t, trait] of json.traits.entries()) {
        for (const [k, block] of trait.blocks.entries()) {
          const exact = direct.json.traits[t].blocks[k];
          expect(block.rank).toBe(exact.rank);
          expect(Math.abs(block.h2 - exact.h2)).toBeLessThanOrEqual(block.solverError + exact.solverError);
          expect(block.iterations).toBeGreaterThan(0);
        }
      }
    }
  });

  it('is refused where it needs the genotypes in memory and may not have it', async () => {
    const { exitCode, stderr, json } = await gre('--solver', 'direct', '--memory', '1kB');
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/^error: block chr1: .*in memory.*--memory.*--solver iterative/);
    expect(json).toBeUndefined();
  });

  it.each(['wasm', 'typescript'])('agrees on backend %s', async (backend) => {
    const [reference, other] = [
      await gre('--solver', 'direct'),
      await gre('--solver', 'direct', '--backend', backend),
    ];
    expect(other.json.provenance.backend.backend).toBe(backend);
    for (const [t, { h2, se }] of other.json.traits.entries()) {
      expect(h2).toBeCloseTo(reference.json.traits[t].h2, 10);
      expect(se).toBeCloseTo(reference.json.traits[t].se, 10);
    }
  });

  it('gives the rows of METHODS 12', async () => {
    const fixture = methodsFixture();
    const files = cohortFiles({
      genotypes: fixture.genotypes.map((row) => Int8Array.from(row)),
      chromosome: (v) => (v < 30 ? 1 : 2),
      traits: { y: fixture.y },
    });
    for (const [name, content] of Object.entries(files)) writeFileSync(at(`methods-${name}`), content!);
    const { json } = await gre('--bfile', at('methods-study'), '--pheno', at('methods-study.pheno'));
    expect(json.traits[0].blocks.map(({ r2 }: { r2: number }) => r2.toFixed(10))).toEqual([
      '0.4067522643',
      '0.4215619203',
    ]);
    const published = await gre(
      '--bfile',
      at('methods-study'),
      '--pheno',
      at('methods-study.pheno'),
      '--se',
      'paper-sim',
    );
    // the fixture's rows have N itself for n; here n is 199
    const se = (r2: number) => {
      const h = (199 * r2 - 30) / 169;
      return Math.sqrt((((2 * 30 * (1 - h)) / 199 + 4 * h) * (1 - h)) / 199);
    };
    expect(published.json.traits[0].blocks[0].se).toBeCloseTo(se(0.4067522643), 9);
    expect(json.traits[0].blocks[0].se).toBeCloseTo((se(0.4067522643) * 199) / 169, 9);
  });
});

describe('case-control traits', () => {
  // Lee 2011, equation 23, with the normal quantile and density written as numbers: K = 0.1
  const T = 1.2815515655446004;
  const factor = (k: number, p: number) =>
    (k * (1 - k)) ** 2 / (p * (1 - p) * (Math.exp(-(T ** 2) / 2) / Math.sqrt(2 * Math.PI)) ** 2);
  const cases = sick.reduce((sum, value) => sum + value, 0) / SAMPLES;

  it('get the liability scale from --prevalence, with the share of cases in the data', async () => {
    const { json, stdout } = await gre('--prevalence', '0.1');
    const [first, , third] = json.traits;
    expect(first.liability).toBeNull();
    expect(third.liability.ascertainment).toBeCloseTo(cases, 12);
    expect(third.liability.h2).toBeCloseTo(third.h2 * factor(0.1, cases), 10);
    expect(third.liability.se).toBeCloseTo(third.se * factor(0.1, cases), 10);
    expect(stdout).toContain('liability h²');
    expect(third.warnings.join()).not.toContain('observed scale');
    expect((await gre()).json.traits[2].warnings.join()).toContain('--prevalence');
  });

  it('may be coded 1 and 2, and have their own prevalence and ascertainment', async () => {
    writeFileSync(at('coded12'), sampleTable({ sick: sick.map((value) => value + 1) }));
    const { json } = await gre('--pheno', at('coded12'), '--prevalence', '0.1', '--ascertainment', '0.3');
    const plain = await gre('--pheno-name', 'sick');
    expect(json.traits[0].h2).toBe(plain.json.traits[0].h2);
    expect(json.traits[0].liability.h2).toBeCloseTo(json.traits[0].h2 * factor(0.1, 0.3), 10);
    const each = await gre('--prevalence', '0.3,0.2,0.1', '--ascertainment', '0.5,0.5,0.3');
    expect(each.json.traits[2].liability).toEqual(json.traits[0].liability);
  });
});

describe('--reference-compatible', () => {
  it.each([false, true])(
    'has t / sqrt(N) and LD without covariates (missing phenotypes: %s)',
    async (hasMissing) => {
      const y = hasMissing ? bmi : height;
      const { json } = await gre(
        '--covar',
        at('study.covar'),
        '--pheno-name',
        hasMissing ? 'bmi' : 'height',
        '--reference-compatible',
      );
      const people = [...y.keys()].filter((i) => !Number.isNaN(y[i]));
      for (const [k, [first, end]] of [
        [0, 25],
        [25, 45],
      ].entries()) {
        const rows = genotypes.slice(first, end);
        let samples = 0;
        const b = rows.map((row) => {
          const present = people.filter((i) => row[i] >= 0);
          samples += present.length / rows.length;
          const design = [row, sex.map(() => 1), age, sex].map((column) => present.map((i) => column[i]));
          const { beta, se } = ols(
            present.map((i) => y[i]),
            design,
          );
          return beta[0] / se[0] / Math.sqrt(present.length);
        });
        // missing genotypes at the mean over the people of the run, standardised among the trait's people
        const x = rows.map((row) => standardised(people.map((i) => meanImputed(row, people)[i])));
        const correlation = x.map((a) => x.map((c) => dot(a, c) / people.length));
        const quad = pseudoInverseForm(correlation, b);
        expect(json.traits[0].blocks[k].r2).toBeCloseTo(quad, 9);
        expect(json.traits[0].blocks[k].h2).toBeCloseTo(
          (samples * quad - (end - first)) / (samples - (end - first)),
          9,
        );
      }
    },
  );
});

describe('words of warning', () => {
  it('tell an estimate that is below 0, not told from 0, or hardly determined', async () => {
    writeFileSync(at('noise'), sampleTable({ noise: normal(77), other: normal(78) }));
    const { json, stdout, stderr } = await gre('--pheno', at('noise'), '--blocks', 'genome');
    for (const { h2, se, warnings } of json.traits) {
      if (h2 < 0) expect(warnings.join()).toContain('below 0');
      else if (h2 < 1.96 * se) expect(warnings.join()).toContain('cannot be told from 0');
    }
    expect(stdout).toMatch(/below 0|not told from 0/);
    expect(stderr).toMatch(/warning: (noise|other): the estimate/);
    const said = json.traits.flatMap(({ name, warnings }: { name: string; warnings: string[] }) =>
      warnings.map((text) => `${name}: ${text}`),
    );
    expect(json.provenance.warnings).toEqual(expect.arrayContaining(said));
  });

  it('name covariates that add nothing', async () => {
    writeFileSync(at('twice.covar'), sampleTable({ age, twice: age.map((x) => 2 * x), sex }));
    const { json, stderr } = await gre('--pheno-name', 'height', '--covar', at('twice.covar'));
    expect(stderr).toContain('covariates that add nothing to the others are left out: twice');
    expect(json.traits[0].covariates).toBe(3);
    expect(json.traits[0].h2).toBeCloseTo(
      expectedH2(height, 0, 25, [age, sex]).h2 + expectedH2(height, 25, 45, [age, sex]).h2,
      9,
    );
  });
});
