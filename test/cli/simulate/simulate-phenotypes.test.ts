import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fileset, openFileset } from '../../../src/formats/fileset.js';
import { readPhenotypes } from '../../../src/formats/phenotype.js';
import { packedStride } from '../../../src/kernels/kernels.js';
import { checkedJson, heredity as run } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-phenotypes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const heredity = (...words: (string | number)[]) => run(words.map(String));
const phenotypes = (out: string, ...more: (string | number)[]) =>
  heredity('simulate', 'phenotypes', '--bfile', at('cohort'), '--quiet', '--out', at(out), ...more);

const SAMPLES = 501;
const VARIANTS = 400;
let fileset: Fileset;
let codes: Uint8Array[];

beforeAll(async () => {
  const size = ['--samples', SAMPLES, '--variants', VARIANTS, '--chromosomes', 3];
  const population = ['--founders', 200, '--maf', 0.02, '--missing', 0.01];
  await heredity('simulate', 'genotypes', ...size, ...population, '--quiet', '--out', at('cohort'));
  fileset = await openFileset(at('cohort'));
  const stride = packedStride(SAMPLES);
  const packed = new Uint8Array(VARIANTS * stride);
  await fileset.bed.readVariants(0, VARIANTS, packed, stride);
  await fileset.bed.close();
  codes = Array.from({ length: VARIANTS }, (_, v) =>
    Uint8Array.from({ length: SAMPLES }, (_, i) => (packed[v * stride + (i >> 2)] >> (2 * (i & 3))) & 3),
  );
});

/** Allele counts of a variant less their mean, missing ones at the mean. */
function centredCounts(v: number): Float64Array {
  const counts = Float64Array.from(codes[v], (code) => [2, Number.NaN, 1, 0][code]);
  const present = counts.filter((x) => !Number.isNaN(x));
  const mean = present.reduce((a, b) => a + b, 0) / present.length;
  return counts.map((x) => (Number.isNaN(x) ? 0 : x - mean));
}

const moment = (x: ArrayLike<number>, f: (value: number) => number) =>
  Array.from(x).reduce((sum, value) => sum + f(value), 0) / x.length;
function variance(x: ArrayLike<number>): number {
  const mean = moment(x, (value) => value);
  return moment(x, (value) => (value - mean) ** 2);
}

interface Effect {
  readonly trait: string;
  readonly variant: number;
  readonly perAllele: number;
  readonly standardised: number;
  readonly frequency: number;
}

function readEffects(name: string): Effect[] {
  const position = new Map(fileset.variants.id.map((id, v) => [id, v]));
  const [header, ...rows] = gunzipSync(readFileSync(at(name)))
    .toString()
    .trim()
    .split('\n');
  expect(header).toBe('trait\tSNP\tA1\tA1_FREQ\teffect\teffect_standardised');
  return rows.map((row) => {
    const [trait, id, a1, frequency, effect, standardised] = row.split('\t');
    const variant = position.get(id)!;
    expect(a1).toBe(fileset.variants.allele1[variant]);
    return {
      trait: trait,
      variant,
      perAllele: Number(effect),
      standardised: Number(standardised),
      frequency: Number(frequency),
    };
  });
}

const readColumns = async (name: string) => (await readPhenotypes(at(name))).columns;

describe('heredity simulate phenotypes', () => {
  it('writes traits and the truth about them, which reproduces them', async () => {
    const more = ['--replicates', 2, '--causal', 40, '--scaling', 'exact-sample', '--write-genetic'];
    const { exitCode, stdout } = await phenotypes('traits', '--h2', '0.25,0.5', ...more);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('h2_0.5_2');
    const traits = await readColumns('traits.pheno');
    const genetic = await readColumns('traits.genetic.pheno');
    expect(traits.map(({ name }) => name)).toEqual(['h2_0.25_1', 'h2_0.25_2', 'h2_0.5_1', 'h2_0.5_2']);
    const effects = readEffects('traits.effects.tsv.gz');
    const { traits: truths } = checkedJson(readFileSync(at('traits.phenotypes.json'), 'utf8'));
    for (const [t, { name, values }] of traits.entries()) {
      const own = effects.filter((effect) => effect.trait === name);
      expect(own).toHaveLength(40);
      const sum = new Float64Array(SAMPLES);
      let rounding = 0;
      for (const { variant, perAllele, standardised } of own) {
        const x = centredCounts(variant);
        expect(standardised).toBeCloseTo(perAllele * Math.sqrt(variance(x)), 10);
        for (let i = 0; i < SAMPLES; i++) sum[i] += perAllele * x[i];
        rounding = Math.max(rounding, Math.abs(perAllele));
      }
      // missing genotypes are at the mean to the nearest step, of which the largest effect has 32,768
      const step = rounding / 2 ** 15;
      for (let i = 0; i < SAMPLES; i++) {
        const missing = own.filter(({ variant }) => codes[variant][i] === 1).length;
        expect(Math.abs(genetic[t].values[i] - sum[i])).toBeLessThan(1e-10 + (missing * step) / 2);
      }
      const noise = values.map((y, i) => y - genetic[t].values[i]);
      const h2 = t < 2 ? 0.25 : 0.5;
      expect(Math.abs(variance(genetic[t].values) - h2)).toBeLessThan(1e-10);
      expect(Math.abs(variance(noise) - (1 - h2))).toBeLessThan(1e-10);
      expect(truths[t]).toMatchObject({ trait: name, h2, causal: 40, alpha: -1, gamma: 0 });
      expect(truths[t].realisedH2).toBeCloseTo(h2 / variance(values), 10);
    }
    const header = readFileSync(at('traits.truth.tsv'), 'utf8').split('\n')[0];
    expect(header).toBe('trait\th2\trealised_h2\tgenetic_variance\tnoise_variance\tcausal');
  });

  it('gives the same files whatever the threads and the backend', async () => {
    const more = ['--h2', '0.3,0.6', '--replicates', 3, '--alpha', -0.25, '--seed', 4];
    await phenotypes('native', ...more, '--threads', 2);
    for (const [backend, threads] of [
      ['wasm', 1],
      ['typescript', 3],
    ] as const) {
      await phenotypes('other', ...more, '--backend', backend, '--threads', threads);
      for (const file of ['pheno', 'truth.tsv', 'effects.tsv.gz']) {
        expect(readFileSync(at(`other.${file}`)).equals(readFileSync(at(`native.${file}`)))).toBe(true);
      }
    }
  });

  it('draws effects of the architecture that is asked for', async () => {
    const weights = fileset.variants.id.map((id, v) => `${id} ${v % 4 === 0 ? 4 : 1}`);
    writeFileSync(at('weights.short'), `${weights.join('\n')}\n`);
    const replicates = 200;
    const more = ['--replicates', replicates, '--p-causal', 0.25, '--cv-maf', '0.05,0.4', '--alpha', -0.25];
    await phenotypes('shaped', '--h2', 0.5, ...more, '--weights', at('weights.short'));
    const effects = readEffects('shaped.effects.tsv.gz');
    expect(effects).toHaveLength(replicates * VARIANTS * 0.25);
    const shape = ({ frequency: f, variant: v }: Effect) => (f * (1 - f)) ** 0.75 * (v % 4 === 0 ? 4 : 1);
    const bins = new Map<string, { found: number; wanted: number; count: number }>();
    for (const name of new Set(effects.map(({ trait }) => trait))) {
      const own = effects.filter(({ trait }) => trait === name);
      const total = own.reduce((sum, effect) => sum + shape(effect), 0);
      for (const effect of own) {
        const minor = Math.min(effect.frequency, 1 - effect.frequency);
        expect(minor).toBeGreaterThanOrEqual(0.05);
        expect(minor).toBeLessThanOrEqual(0.4);
        const key = `${Math.floor(minor / 0.1)} ${effect.variant % 4 === 0}`;
        const bin = bins.get(key) ?? { found: 0, wanted: 0, count: 0 };
        bin.found += effect.standardised ** 2;
        bin.wanted += (0.5 * shape(effect)) / total;
        bin.count++;
        bins.set(key, bin);
      }
    }
    expect(bins.size).toBe(8);
    for (const { found, wanted, count } of bins.values()) {
      expect(count).toBeGreaterThan(300);
      // squares of normal numbers: relative standard deviation sqrt(2) each
      expect(Math.abs(found / wanted - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    }
  });

  it('takes one over the LD score as weight', async () => {
    const lines = fileset.variants.id.map((id, v) => `1\t${id}\t${v}\t${v < 200 ? 10 : 2.5}`);
    writeFileSync(at('scores.l2.ldscore'), `CHR\tSNP\tBP\tL2\n${lines.join('\n')}\n`);
    await phenotypes('inverse', '--h2', 0.5, '--replicates', 100, '--ld-scores', at('scores.l2.ldscore'));
    const sums = [0, 0];
    for (const { variant, standardised } of readEffects('inverse.effects.tsv.gz')) {
      sums[variant < 200 ? 0 : 1] += standardised ** 2;
    }
    expect(Math.abs(sums[1] / sums[0] / 4 - 1)).toBeLessThan(4 * Math.sqrt(4 / 20_000));
  });

  it('makes cases and controls by liability threshold, and keeps as many as are wanted', async () => {
    const liability = ['--h2', 0.5, '--seed', 3];
    await phenotypes('liability', ...liability);
    await phenotypes('population', ...liability, '--prevalence', 0.2);
    await phenotypes('study', ...liability, '--prevalence', 0.2, '--cases', 40, '--controls', 60);
    const [values] = (await readColumns('liability.pheno')).map(({ values }) => values);
    const read = (name: string) =>
      readFileSync(at(name), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t')[2]);
    const population = read('population.pheno');
    const study = read('study.pheno');
    for (const [i, status] of population.entries()) {
      expect(status).toBe(values[i] > 0.8416212335729143 ? '2' : '1');
      expect([status, 'NA']).toContain(study[i]);
    }
    expect(study.filter((status) => status === '2')).toHaveLength(40);
    expect(study.filter((status) => status === '1')).toHaveLength(60);
    const { traits } = checkedJson(readFileSync(at('study.phenotypes.json'), 'utf8'));
    expect(traits[0]).toMatchObject({ prevalence: 0.2, cases: 40, controls: 60 });
  });

  it('lets a covariate explain a share of the variance', async () => {
    const { familyId, individualId } = fileset.samples;
    const lines = familyId.map(
      (family, i) => `${family} ${individualId[i]} ${i % 3 === 0 ? 'north' : 'south'}`,
    );
    writeFileSync(at('groups'), `FID IID region\n${lines.join('\n')}\n`);
    const more = ['--h2', 0.25, '--scaling', 'exact-sample'];
    const { exitCode } = await phenotypes('strata', ...more, '--covar', at('groups'), '--covar-share', 0.3);
    expect(exitCode).toBe(0);
    const [y] = (await readColumns('strata.pheno')).map(({ values }) => values);
    const means = [0, 1].map((north) =>
      moment(
        y.filter((_, i) => (i % 3 === 0 ? 0 : 1) === north),
        (x) => x,
      ),
    );
    // the groups, of shares 1/3 and 2/3, differ by d with d² 2/9 = 0.3, up to chance in what else there is
    const expected = Math.sqrt((0.3 * 9) / 2);
    expect(Math.abs(Math.abs(means[0] - means[1]) - expected)).toBeLessThan(
      4 * Math.sqrt((0.7 * 4.5) / SAMPLES),
    );
    const { covariates } = checkedJson(readFileSync(at('strata.phenotypes.json'), 'utf8'));
    expect(covariates).toEqual([{ name: 'region=south', share: 0.3 }]);
  });

  it('simulates from the variants that are chosen only', async () => {
    const { exitCode } = await phenotypes(
      'some',
      '--h2',
      0.5,
      '--chr',
      '1-2',
      '--maf',
      0.1,
      '--skip-effects',
    );
    expect(exitCode).toBe(0);
    expect((await readColumns('some.pheno'))[0].missing).toBe(0);
  });

  it('only says what it would do with --plan', async () => {
    const { stdout } = await phenotypes('planned', '--h2', 0.5, '--plan');
    expect(stdout).toMatch(
      /501 people, 400 variants before.*1 trait is simulated\n2 passes over the genotypes.*Memory: about/s,
    );
  });

  it.each([
    [['--h2', '0.5,1.5'], 2, /--h2: expected numbers from 0 to 1 separated by commas/],
    [['--h2', '0.5,0.5'], 2, /--h2 has a value twice.*use --replicates/i],
    [[], 2, /--h2/],
    [['--h2', 0.5, '--causal', 500], 4, /too few variants.*found 400, expected at least 500/],
    [['--h2', 0.5, '--causal', 5, '--p-causal', 0.1], 2, /both say how many variants are causal/],
    [['--h2', 0.5, '--p-causal', 0.001], 2, /leaves none of 400 variants causal/],
    [['--h2', 0.5, '--cv-maf', '0.4,0.1'], 2, /--cv-maf is no range/],
    [['--h2', 0.5, '--gamma', 1], 2, /--gamma is a power of weights.*give --weights or --ld-scores/i],
    [['--h2', 0.5, '--cases', 5, '--controls', 5], 2, /need a prevalence/],
    [['--h2', 0.5, '--prevalence', 0.1, '--cases', 5], 2, /--cases and --controls go together/],
    [['--h2', 0.5, '--prevalence', 0.1, '--cases', 500, '--controls', 1], 4, /too few cases.*at least 500/],
    [['--h2', 0.5, '--covar-share', 0.1], 2, /--covar-share is given without covariates/],
    [['--h2', 0.5, '--memory', '1KB'], 6, /1 traits of 501 people do not fit/],
  ])('refuses %j', async (more, code, message) => {
    const { exitCode, stderr } = await phenotypes('refused', ...more);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});
