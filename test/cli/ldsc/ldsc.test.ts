import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { methodsFixture, ParkMiller } from '../../fixture.js';
import type { Files } from '../../formats/folder.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity, resultUnder } from '../run.js';

const SNPS = 3000;
const id = (j: number) => `rs${j + 1}`;
const rows = (header: string, row: (j: number) => (string | number)[]) =>
  `${[header, ...Array.from({ length: SNPS }, (_, j) => row(j).join('\t'))].join('\n')}\n`;

/** LD scores, an overlapping and a continuous annotation, a cell type, and three traits with h² .4, .2 and 0. */
function exampleFiles() {
  const random = new ParkMiller(99);
  const base = Float64Array.from({ length: SNPS }, () => Math.fround(1 + 50 * random.uniform()));
  const inSet = Array.from(base, () => (random.uniform() < 0.2 ? 1 : 0));
  const level = Array.from(base, () => Number(random.normal().toFixed(3)));
  const set = base.map((score, j) => Number((score * (0.1 + 0.5 * inSet[j])).toFixed(3)));
  const continuous = base.map((score, j) => Number((0.3 * score * level[j]).toFixed(3)));
  const chromosome = (j: number) => (j < SNPS / 2 ? 1 : 2);
  const place = (j: number) => [chromosome(j), id(j), 1000 * j];
  const z = (h2: number) =>
    Array.from(base, (score) => Math.sqrt(1 + (20_000 * h2 * score) / SNPS / 10) * random.normal());
  const [first, second, none] = [z(0.4), z(0.2), z(0)];
  const sumstats = (values: number[], name: (j: number) => string = id) =>
    rows('SNP\tA1\tA2\tZ\tN', (j) => [
      name(j),
      ...(j % 3 === 0 ? ['A', 'G'] : ['C', 'T']),
      values[j].toFixed(3),
      20_000,
    ]);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    'base.l2.ldscore': rows('CHR\tSNP\tBP\tL2', (j) => [...place(j), base[j]]),
    'base.l2.M_5_50': `${10 * SNPS}\n`,
    'parts.l2.ldscore': rows('CHR\tSNP\tBP\tbaseL2\tsetL2\tlevelL2', (j) => [
      ...place(j),
      base[j],
      set[j],
      continuous[j],
    ]),
    'parts.l2.M': `${SNPS}\t${sum(inSet)}\t${sum(level)}\n`,
    'parts.annot': rows('CHR\tBP\tSNP\tCM\tbase\tset\tlevel', (j) => [
      chromosome(j),
      1000 * j,
      id(j),
      0,
      1,
      inSet[j],
      level[j],
    ]),
    'cell1.l2.ldscore': rows('CHR\tSNP\tBP\tL2', (j) => [...place(j), set[j]]),
    'cell1.l2.M_5_50': `${sum(inSet)}\n`,
    'first.sumstats': sumstats(first),
    'again.sumstats': sumstats(first),
    'second.sumstats': sumstats(second),
    'none.sumstats': sumstats(none),
    'positions.sumstats': sumstats(first, (j) => `1:${1000 * j}`),
    'elsewhere.sumstats': sumstats(first, (j) => `rs${j + 1_000_000}`),
  };
}
const folder = mkdtempSync(join(tmpdir(), 'heredity-ldsc-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

function write(files: Files) {
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
}
write(exampleFiles());
write({ 'cells.txt': `kind1 ${at('cell@')}\n` });

let runs = 0;
async function ldsc(...words: string[]) {
  const out = at(`run${runs++}`);
  const result = await heredity(['ldsc', ...words, '--out', out, '--quiet']);
  return { ...result, out, json: resultUnder(out, ['ldsc', 'sldsc', 'sldsc-maf-lld']) };
}
const BASE = ['--ref-ld', at('base'), '--w-ld', at('base')];
const PARTS = ['--ref-ld', at('parts'), '--w-ld', at('base'), '--not-M-5-50'];

describe('heredity ldsc --h2', () => {
  it('of several traits gives both intercepts, liability and words on what is weak', async () => {
    const names = ['first', 'second', 'none'];
    const traits = names.map((name) => at(`${name}.sumstats`)).join();
    const { json, stdout, out } = await ldsc(
      '--h2',
      traits,
      ...BASE,
      '--samp-prev',
      'nan,0.5,nan',
      '--pop-prev',
      'nan,0.01,nan',
    );
    expect(json.traits.map(({ name }: { name: string }) => name)).toEqual(names);
    const [first, second, none] = json.traits;
    expect(Math.abs(first.h2 - 0.4)).toBeLessThan(4 * first.se);
    expect(first.fixedSe).toBeLessThan(first.freeSe);
    expect(first.twoStep).toBe(30);
    expect(second.liability.h2 / second.h2).toBeCloseTo(0.551907298063, 9);
    expect(none.warnings.join()).toMatch(/below 0|cannot be told from 0/);
    expect(stdout).toMatch(/^Total Liability scale h2: /m);
    const tsv = readFileSync(`${out}.ldsc.tsv`, 'utf8').trim().split('\n');
    // of each trait the total, intercept, ratio, and h² with the intercept free and fixed; liability of one
    expect(tsv.map((row) => row.split('\t').slice(0, 4).join(' ')).sort()).toEqual(
      [
        'trait method part kind',
        'second ldsc total total',
        ...names.flatMap((name) =>
          ['total', 'intercept', 'ratio', 'free', 'fixed'].map((kind) => `${name} ldsc total ${kind}`),
        ),
      ].sort(),
    );
    expect(readFileSync(`${out}.log`, 'utf8')).toMatch(/^Total Liability scale h2: /m);
    expect(existsSync(`${out}.ldsc.second.scores.svg`)).toBe(true);
    for (const ending of ['ldsc.svg', 'ldsc.png', 'ldsc.log'])
      expect(existsSync(`${out}.${ending}`)).toBe(true);
  });

  it('partitions over sets and continuous annotations, with quantiles', async () => {
    const { json, out } = await ldsc(
      '--h2',
      at('first.sumstats'),
      ...PARTS,
      '--overlap-annot',
      '--quantiles',
      '5',
    );
    const [{ categories, quantiles, method }] = json.traits;
    expect(method).toBe('sldsc');
    const [base, set, level] = categories;
    expect([base.name, set.name, level.name]).toEqual(['base', 'set', 'level']);
    expect(base.share).toBeCloseTo(1, 9);
    const { enrichment } = json.estimates[0].parts[0].quantities;
    expect(enrichment.p).toBeNull();
    expect(set.enrichment).toBeCloseTo(set.share / set.variantShare, 9);
    expect(level.enrichment).toBeUndefined();
    expect(level.standardisedCoefficient).not.toBeNull();
    expect(
      quantiles.map(({ annotation, quantile }: { annotation: string; quantile: number }) => [
        annotation,
        quantile,
      ]),
    ).toEqual([1, 2, 3, 4, 5].map((q) => ['level', q]));
    const total = quantiles.reduce((sum: number, { h2 }: { h2: number }) => sum + h2, 0);
    expect(total).toBeCloseTo(json.traits[0].h2, 6);
    expect(readFileSync(`${out}.results`, 'utf8').split('\n')[0]).toBe(
      'Category\tProp._SNPs\tProp._h2\tProp._h2_std_error\tEnrichment\tEnrichment_std_error\tEnrichment_p',
    );
  });

  it.each([
    [['--h2', 'x', '--rg', 'x,y'], /--rg means nothing with --h2/],
    [['--rg', 'x,y', '--overlap-annot'], /--overlap-annot means nothing with --rg/],
    [['--h2-cts', 'x', '--two-step', '30'], /--two-step means nothing with --h2-cts/],
    [['--h2', 'x', '--intercept-gencov', '0'], /--intercept-gencov means nothing with --h2/],
    [['--h2', 'x', '--frqfile', 'y'], /--frqfile means nothing without --overlap-annot/],
    [
      ['--bfile', 'x', '--pheno', 'y', '--model', 'sldsc-maf', '--two-step', '9'],
      /--two-step means nothing with --bfile/,
    ],
    [['--bfile', 'x', '--pheno', 'y', '--print-cov'], /--print-cov means nothing with --bfile/],
    [['--bfile', 'x'], /--pheno is needed with --bfile/],
    [[], /--h2 is needed.*or run with --rg, or with --h2-cts, or with --bfile/i],
    [['--h2', at('first.sumstats'), '--w-ld', at('base')], /--ref-ld or --ref-ld-chr is needed/],
    [
      ['--h2', at('first.sumstats'), ...BASE, '--samp-prev', '0.5'],
      /--ascertainment means nothing without --prevalence/,
    ],
    [['--h2', at('first.sumstats'), ...BASE, '--pop-prev', '0.5'], /--prevalence needs --ascertainment/],
    [
      ['--h2', at('first.sumstats'), ...BASE, '--samp-prev', '1.5', '--pop-prev', '.1'],
      /--ascertainment is not a share of people/,
    ],
    [
      ['--h2', at('first.sumstats'), ...BASE, '--intercept-h2', '1,1'],
      /--intercept-h2 has 2 values for 1 traits/,
    ],
    [['--h2', at('first.sumstats'), ...BASE, '--intercept-h2', 'one'], /--intercept-h2 is not a number/],
    [['--h2', at('first.sumstats'), ...BASE, '--maf', '0.01'], /--maf means nothing with --h2/],
    [['--h2', at('first.sumstats'), ...BASE, '--not-M-5-50'], /\.l2\.M_5_50 does/],
    [['--h2', at('first.sumstats'), ...BASE, '--overlap-annot'], /needs LD scores of several annotations/],
    [['--h2', at('first.sumstats'), ...PARTS, '--two-step', '30'], /two steps need one LD score/],
    [['--h2', at('first.sumstats'), ...BASE, '--M', '1,2'], /2 numbers of SNPs for 1 columns/],
    [
      ['--h2', at('first.sumstats'), ...BASE, '--chisq-max', '0.0000001'],
      /too few SNPs are left for the regression/,
    ],
    [['--h2', `${at('first.sumstats')},${at('first.sumstats')}`, ...BASE], /a file is given twice/],
    [
      ['--h2', at('positions.sumstats'), ...BASE],
      /0 of the 3,000 SNPs.*name SNPs by position, the LD scores by rs number/,
    ],
    [
      ['--h2', at('elsewhere.sumstats'), ...BASE],
      /0 of the 3,000 SNPs.*other chromosomes, or of another panel/,
    ],
    [['--rg', at('first.sumstats'), ...BASE], /--rg needs at least two files/],
    [['--h2-cts', at('first.sumstats'), ...BASE], /--ref-ld-chr-cts is needed with --h2-cts/],
    [['--bfile', 'x', '--pheno', 'y', '--ref-ld', 'z'], /--ref-ld means nothing with --bfile/],
  ] as [string[], RegExp][])('refuses %j', async (words, message) => {
    const { exitCode, stderr, json } = await ldsc(...words);
    expect(stderr.replaceAll('\n', ' ')).toMatch(message);
    expect([2, 3, 4]).toContain(exitCode);
    expect(json).toBeUndefined();
  });
});

describe('heredity ldsc --rg', () => {
  it('estimates all pairs and says where there is none', async () => {
    const traits = ['first', 'second', 'none'].map((name) => at(`${name}.sumstats`)).join();
    const { json, stdout } = await ldsc('--rg', traits, ...BASE);
    expect(
      json.pairs.map(({ trait1, trait2 }: { trait1: string; trait2: string }) => [trait1, trait2]),
    ).toEqual([
      ['first', 'second'],
      ['first', 'none'],
      ['second', 'none'],
    ]);
    const { rg, diagnostics } = json.pairs[0];
    expect(Math.abs(rg.value)).toBeLessThan(4 * rg.se);
    expect(rg.p).toBeGreaterThan(0);
    expect(stdout).toContain('Summary of Genetic Correlation Results');
    expect(diagnostics).toMatchObject({ variantsOfBoth: SNPS, variantsOfRegression: SNPS });
    expect(json.traits.map(({ name }: { name: string }) => name)).toEqual(['first', 'second', 'none']);
  });

  it('goes on where a trait shares nothing with the LD scores', async () => {
    const traits = ['first', 'elsewhere', 'second'].map((name) => at(`${name}.sumstats`));
    const { json, exitCode } = await ldsc('--rg', traits.join(), ...BASE);
    expect(exitCode).toBe(0);
    const rgOf = (pairs: readonly { readonly rg: { readonly value: number | null } }[]) =>
      pairs.map(({ rg }) => rg.value);
    const [bad, good, other] = rgOf(json.pairs);
    expect([bad, other]).toEqual([null, null]);
    const alone = await ldsc('--rg', `${traits[0]},${traits[2]}`, ...BASE);
    expect(good).toBe(rgOf(alone.json.pairs)[0]);
    expect(json.traits.map(({ name, h2 }: { name: string; h2: number | null }) => [name, h2])).toEqual([
      ['first', alone.json.traits[0].h2],
      ['elsewhere', null],
      ['second', alone.json.traits[1].h2],
    ]);
    expect(JSON.stringify(json.pairs[0].warnings)).toMatch(/no-estimate.*elsewhere/);
    const nothing = await ldsc('--rg', `${traits[1]},${traits[0]}`, ...BASE);
    expect([nothing.exitCode, nothing.json]).toEqual([3, undefined]);
  });

  it('of the same statistics under two names is 1', async () => {
    const { json } = await ldsc('--rg', `${at('first.sumstats')},${at('again.sumstats')}`, ...BASE);
    const [{ rg, quantities }] = json.pairs;
    expect(rg.value).toBeCloseTo(1, 2);
    expect(quantities['cross-intercept'].value).toBeCloseTo(quantities['first-intercept'].value, 2);
  });
});

describe('heredity ldsc --h2-cts', () => {
  it('sorts cell types by P and writes LDSC’s table', async () => {
    const { json, out } = await ldsc(
      '--h2-cts',
      at('first.sumstats'),
      ...BASE,
      '--ref-ld-chr-cts',
      at('cells.txt'),
    );
    const [{ name, cellTypes, h2 }] = json.traits;
    expect([name, cellTypes.length, cellTypes[0].name]).toEqual(['first', 1, 'kind1']);
    const baseline = await ldsc('--h2', at('first.sumstats'), ...BASE);
    expect(h2).toBe(baseline.json.traits[0].h2);
    const table = readFileSync(`${out}.cell_type_results.txt`, 'utf8').split('\n');
    expect(table[0]).toBe('Name\tCoefficient\tCoefficient_std_error\tCoefficient_P_value');
  });
});

describe('heredity ldsc --bfile', () => {
  const { genotypes, y } = methodsFixture();
  const part = y.map((value, i) => (i % 5 === 0 ? Number.NaN : value));
  write(cohortFiles({ genotypes, chromosome: (v) => (v < 30 ? 1 : 2), traits: { y, part } }));
  const words = ['--bfile', at('study'), '--pheno', at('study.pheno')];

  it('takes LD scores and statistics of the people themselves', async () => {
    const { json } = await ldsc(...words, '--pheno-name', 'y', '--two-step', '5', '--n-blocks', '20');
    const [trait] = json.traits;
    // METHODS 12 has Z = X'y / √N for t; the intercept step is close to it
    expect(json.estimates[0].estimand.variants.regression).toBe(60);
    expect(Math.abs(trait.fixed - 0.613695)).toBeLessThan(0.08);
    expect(trait.chi2Max).toBeNull();
  });

  it('takes all SNPs in both steps, as a --two-step above every χ² does, and says so', async () => {
    const usual = await ldsc(...words, '--n-blocks', '20');
    const byHand = await ldsc(...words, '--n-blocks', '20', '--two-step', '10000');
    for (const [t, trait] of usual.json.traits.entries()) {
      const { twoStep, firstStepSnps, h2, se, intercept } = byHand.json.traits[t];
      expect(trait).toMatchObject({ firstStepSnps, h2, se, intercept });
      expect(trait.twoStep).toBeGreaterThan(trait.maxChi2);
      expect([twoStep, firstStepSnps]).toEqual([10_000, 60]);
    }
    const said = 'From genotypes all SNPs determine the intercept';
    expect(readFileSync(`${usual.out}.ldsc.log`, 'utf8')).toContain(said);
    expect(readFileSync(`${byHand.out}.ldsc.log`, 'utf8')).not.toContain(said);
  });

  it('by allele frequency and level of LD, every trait with its own people', async () => {
    const { json } = await ldsc(...words, '--model', 'sldsc-maf-lld', '--n-blocks', '30');
    expect(json.traits.map(({ n }: { n: number }) => n)).toEqual([200, 160]);
    expect(json.traits[0].categories).toHaveLength(11);
  });
});
